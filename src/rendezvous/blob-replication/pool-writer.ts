/** A file is left on several servers at once: what comes is passed on as it comes, and kept nowhere else. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import type { BlobStatus, BlobWriter, Kept } from '../blobs/index.js'
import type { Added, Lane, LaneEvents } from './lane.js'
import { laggingAfterMs } from './limits.js'
import { expiryOf, type Counts } from './servers.js'

export interface PoolWriterInit {
  /** as it is at the opening */
  status: () => BlobStatus
  counts: Counts
  /** Servers that keep the file, and how many of them must have synced. */
  servers: number
  write: number
  clock: Clock
  /** Opens the lanes; those that cannot be opened are left out. */
  open: (eventsOf: (peerId: string) => LaneEvents) => Promise<Lane[]>
  /** Servers (PeerIds) that took less than the others, at the end. */
  onLagging: (peerIds: readonly string[]) => void
}

interface Track {
  peerId: string
  /** Takes no more. */
  isOver: boolean
  kept: number
  expiresAtMs: number
  /** Chunks given to it and not kept yet, in order; -1: leaf hashes. */
  pending: number[]
}

export class PoolWriter implements BlobWriter {
  readonly #init: PoolWriterInit
  readonly #tracks = new Map<string, Track>()
  #lanes: Lane[] = []
  #added = 0
  #isClosed = false
  /** Why a server took no more: what is the sender's fault before all else. */
  #failure: P2pChatError | undefined
  readonly #listeners = new Set<() => void>()

  private constructor (init: PoolWriterInit) {
    this.#init = init
  }

  /** Undefined when too few servers take it. */
  static async open (init: PoolWriterInit): Promise<PoolWriter | undefined> {
    const writer = new PoolWriter(init)
    writer.#lanes = await init.open((peerId) => writer.#events(peerId))
    if (writer.#live().length >= init.write) return writer
    await writer.close()
    return undefined
  }

  status (): BlobStatus {
    return this.#init.status()
  }

  async addLeaves (piece: number, leaves: Uint8Array, path: Uint8Array): Promise<void> {
    await this.#add({ type: 'leaves', piece, leaves, path })
  }

  async addChunk (index: number, sealed: Uint8Array): Promise<void> {
    await this.#add({ type: 'chunk', index, sealed })
  }

  async kept (): Promise<Kept> {
    const { write, servers, counts } = this.#init
    const target = this.#added
    for (;;) {
      if (this.#failure !== undefined && isTold(this.#failure)) throw this.#failure
      const kept = [...this.#tracks.values()].filter((track) => track.kept >= target)
      if (kept.length >= write) {
        const expiresAtMs = expiryOf(kept.map((track) => track.expiresAtMs), write)
        return { outcome: 'kept', keptChunks: counts.kept, expiresAtMs, replicas: kept.length, servers }
      }
      const possible = [...this.#tracks.values()].filter((track) => track.kept >= target || !track.isOver)
      if (this.#isClosed || possible.length < write) return { outcome: 'unknown' }
      await new Promise<void>((resolve) => { this.#listeners.add(resolve) })
    }
  }

  async close (): Promise<void> {
    this.#isClosed = true
    this.#tell()
    await Promise.all(this.#lanes.map(async (lane) => { await lane.close() }))
    const most = Math.max(0, ...[...this.#tracks.values()].map(({ kept }) => kept))
    const lagging = [...this.#tracks.values()].filter(({ isOver, kept }) => isOver && kept < most)
    if (lagging.length > 0) this.#init.onLagging(lagging.map(({ peerId }) => peerId))
  }

  /** To all that still take; who is slower than enough others is not waited for any longer than a moment. */
  async #add (added: Added): Promise<void> {
    this.#assertEnough()
    const lanes = this.#live()
    this.#added++
    let taken = 0
    let settled = 0
    await new Promise<void>((resolve) => {
      let timer: { cancel: () => void } | undefined
      const look = (): void => {
        if (settled === lanes.length) {
          timer?.cancel()
          resolve()
        } else if (taken >= this.#init.write && timer === undefined) {
          timer = this.#init.clock.schedule(laggingAfterMs, () => {
            for (const lane of lanes.filter((one) => waiting.has(one))) this.#drop(lane)
            resolve()
          }, { unref: true })
        }
      }
      const waiting = new Set(lanes)
      for (const lane of lanes) {
        this.#tracks.get(lane.peerId)?.pending.push(added.type === 'chunk' ? added.index : -1)
        lane.add(added).then(() => { taken++ }, () => {}).finally(() => {
          settled++
          waiting.delete(lane)
          look()
        }).catch(() => {})
      }
    })
    this.#assertEnough()
  }

  #live (): Lane[] {
    return this.#lanes.filter(({ peerId }) => this.#tracks.get(peerId)?.isOver === false)
  }

  #assertEnough (): void {
    if (this.#failure !== undefined && isTold(this.#failure)) throw this.#failure
    if (this.#live().length < this.#init.write) throw this.#failure ?? tooFew()
  }

  #drop (lane: Lane): void {
    const track = this.#tracks.get(lane.peerId)
    if (track !== undefined) track.isOver = true
    lane.close().catch(() => {})
    this.#tell()
  }

  #events (peerId: string): LaneEvents {
    const track: Track = { peerId, isOver: false, kept: 0, expiresAtMs: Infinity, pending: [] }
    this.#tracks.set(peerId, track)
    return {
      onKept: (frames, expiresAtMs) => {
        for (const index of track.pending.splice(0, frames - track.kept)) if (index >= 0) this.#init.counts.addChunk(peerId, index)
        track.kept = frames
        track.expiresAtMs = expiresAtMs
        this.#tell()
      },
      onFailed: (error) => {
        track.isOver = true
        if (isTold(error) || this.#failure === undefined || !isTold(this.#failure)) this.#failure = reasonOf(error)
        this.#tell()
      }
    }
  }

  #tell (): void {
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }
}

/** What is the sender's own fault: no other server would say anything else. */
function isTold (error: P2pChatError): boolean {
  return isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_INVALID_FRAME')
}

/** What the sender is told when too few servers are left. */
function reasonOf (error: P2pChatError): P2pChatError {
  return isTold(error) || isP2pChatError(error, 'ERR_OVERLOADED', 'ERR_NOT_FOUND') ? error : tooFew(error)
}

function tooFew (cause?: P2pChatError): P2pChatError {
  return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers of the pool can keep this file now. Try again.', { cause })
}
