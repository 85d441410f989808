/** Files that come in: each is fetched from its sender's device or from the pool, whichever serves, until it has landed. */
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../errors.js'
import type { Channel, Network, PeerAddress } from '../../overlay/network.js'
import { peerIdFromEd25519 } from '../../overlay/peer-id.js'
import { FILE_PROTOCOL } from '../../protocol/ids.js'
import type { Clock, Logger } from '../../runtime.js'
import type { NodeEvent, Via } from '../chat-node.js'
import type { ChunkCipher } from '../files/cipher.js'
import type { Disk } from '../files/disk.js'
import { Fetcher } from '../files/fetch/fetcher.js'
import type { ChunkSource } from '../files/fetch/source.js'
import { forgetIncoming, openLanding, type Landing } from '../files/landing/landing.js'
import { maxFileFrameBytes } from '../files/limits.js'
import { parseManifest } from '../files/manifest.js'
import { openPeerSource } from '../files/transfer/peer-source.js'
import { fromHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { bulkLink } from './bulk-link.js'
import { maxActiveFetches, openStreamTimeoutMs } from './limits.js'
import { Pace } from './pace.js'
import { findIn, landingId, listIn, putIn, type InTransfer } from './records.js'
import { Retry, type TryOutcome } from './retry.js'

export interface FetchingComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  disk: Disk
  cipher: ChunkCipher
  network: Network
  poolChannel: () => Channel | undefined
  /** Where the device can be dialled now; empty when it is offline. */
  addressesOf: (username: string, device: string) => Promise<string[]>
  downloadsFolder: () => Promise<string>
  emit: (event: NodeEvent) => void
  /** The file lies there: its message becomes a file in the history, in the same transaction. */
  landed: (tx: Transaction, transfer: InTransfer, path: string, via: Via) => Promise<void>
  /** It will not come: likewise. */
  failed: (tx: Transaction, transfer: InTransfer) => Promise<void>
}

/** A full or broken disk is told at once: whoever made room says `accept` again. */
const FOR_GOOD: ErrorCode[] = ['ERR_INVALID_RECORD', 'ERR_DECRYPT', 'ERR_LIMIT', 'ERR_STORE_IO']

/** A way that has just failed is left alone for one try, so that the other has its turn. */
type Way = 'direct' | 'mailbox'

export class Fetching {
  private readonly jobs = new Map<string, Retry>()
  /** In the order of their coming. */
  private readonly queued = new Map<string, Pick<InTransfer, 'id' | 'from'>>()
  private active = 0
  private stopped = false

  constructor (private readonly components: FetchingComponents) {}

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    for (const transfer of await listIn(this.components.lane)) if (transfer.state.kind === 'active') this.kick(transfer)
  }

  async stop (): Promise<void> {
    this.stopped = true
    const closed = new P2pChatError('ERR_CLOSED', 'The node was stopped.')
    await Promise.all([...this.jobs.values()].map(async (retry) => { await retry.stop(closed) }))
  }

  /** There may be a new way to it. */
  kick (transfer: Pick<InTransfer, 'id' | 'from'>): void {
    if (this.stopped) return
    const key = landingId(transfer)
    const job = this.jobs.get(key)
    if (job !== undefined) {
      job.kick()
      return
    }
    if (this.active >= maxActiveFetches) {
      this.queued.set(key, transfer)
      return
    }
    this.begin(key, transfer)
  }

  /** A server or a sender came: whatever waits is tried at once. */
  kickAll (from?: string): void {
    for (const [key, retry] of this.jobs) if (from === undefined || key.endsWith(`-${Buffer.from(from).toString('hex')}`)) retry.kick()
  }

  /** Ends what is under way, if anything is; the record says what becomes of it. */
  async halt (transfer: Pick<InTransfer, 'id' | 'from'>): Promise<void> {
    const key = landingId(transfer)
    this.queued.delete(key)
    const job = this.jobs.get(key)
    if (job === undefined) return
    await job.stop(new P2pChatError('ERR_ABORTED', 'The transfer was stopped.'))
    this.end(key)
  }

  /** Nothing of what has come stays. It must not be under way. */
  async forget (transfer: InTransfer): Promise<void> {
    const { lane, disk } = this.components
    await forgetIncoming({ lane, disk }, landingId(transfer))
  }

  private begin (key: string, transfer: Pick<InTransfer, 'id' | 'from'>): void {
    const avoid = new Set<Way>()
    const retry = new Retry(this.components, async (signal) => await this.attempt(transfer, avoid, signal), () => { this.end(key) })
    this.active++
    this.jobs.set(key, retry)
    retry.kick()
  }

  private end (key: string): void {
    if (!this.jobs.delete(key)) return
    this.active--
    for (const [next, transfer] of this.queued) {
      if (this.active >= maxActiveFetches || this.stopped) return
      this.queued.delete(next)
      this.begin(next, transfer)
    }
  }

  private async attempt (named: Pick<InTransfer, 'id' | 'from'>, avoid: Set<Way>, signal: AbortSignal): Promise<TryOutcome> {
    const { lane, disk } = this.components
    const transfer = await findIn(lane, named.id, named.from)
    if (transfer?.state.kind !== 'active') return 'over'
    const manifest = parseManifest(transfer.manifest)
    let landing: Landing
    try {
      landing = await openLanding({ lane, disk }, { id: landingId(transfer), manifest, folder: await this.components.downloadsFolder() })
    } catch (error) {
      return await this.unlessForGood(transfer, error)
    }
    let found: { source: ChunkSource, way: Way } | undefined
    try {
      if (!landing.complete) found = await this.openSource(transfer, manifest.fileId, avoid, signal)
    } catch (error) {
      await landing.close()
      throw error
    }
    if (!landing.complete && found === undefined) {
      await landing.close()
      avoid.clear()
      this.tell(transfer, landing.durableBytes, undefined, 'waiting')
      return { retryAfterMs: 0 }
    }
    return await this.fetch(transfer, landing, found, avoid, signal)
  }

  private async fetch (transfer: InTransfer, landing: Landing, found: { source: ChunkSource, way: Way } | undefined, avoid: Set<Way>, signal: AbortSignal): Promise<TryOutcome> {
    const { clock, cipher, logger } = this.components
    const pace = new Pace(clock)
    const before = landing.durableBytes
    const way = found?.way ?? 'mailbox'
    let came = before
    const fetcher = new Fetcher({ clock, cipher, landing }, {
      onProgress: (bytes) => {
        came = bytes
        const paced = pace.at(bytes, bytes === transfer.bytes)
        if (paced !== undefined) this.tell(transfer, paced.bytes, way, undefined, paced.bytesPerSecond)
      },
      onDropped: (name, error, lied) => { logger[lied ? 'warn' : 'info']({ source: name, code: error.code, file: transfer.id }, lied ? 'a source gave chunks that are not the file\'s' : 'a source of a file is gone') },
      onLanded: async (tx, { path }) => {
        putIn(tx, { ...transfer, state: { kind: 'done', path } })
        await this.components.landed(tx, transfer, path, way)
      }
    })
    if (found !== undefined) fetcher.add(found.source)
    try {
      await fetcher.run(signal)
      return 'over'
    } catch (error) {
      if (signal.aborted) throw error
      const outcome = await this.unlessForGood(transfer, error)
      if (outcome === 'over') return outcome
      avoid.add(way)
      // As long as something comes, or another way is left, there is no reason to wait.
      if (came > before) avoid.delete(way === 'direct' ? 'mailbox' : 'direct')
      return 'again'
    }
  }

  /** What goes on being wrong ends the transfer; anything else is tried again. */
  private async unlessForGood (transfer: InTransfer, error: unknown): Promise<TryOutcome> {
    if (!isP2pChatError(error)) throw error
    const { code, message, retryAfterMs = 0 } = error
    if (!FOR_GOOD.includes(code)) return { retryAfterMs }
    await this.components.lane.write(async (tx) => {
      const failed: InTransfer = { ...transfer, state: { kind: 'failed', code, message } }
      putIn(tx, failed)
      await this.components.failed(tx, failed)
    })
    return 'over'
  }

  /** The sender's device before the pool: it is nearer, and costs the pool nothing. */
  private async openSource (transfer: InTransfer, fileId: Uint8Array, avoid: Set<Way>, signal: AbortSignal): Promise<{ source: ChunkSource, way: Way } | undefined> {
    if (!avoid.has('direct')) {
      const addresses = await this.components.addressesOf(transfer.from, transfer.device)
      const peer = { peerId: peerIdFromEd25519(fromHex(transfer.device)), addresses }
      const source = addresses.length === 0 ? undefined : await this.tryOpen(peer, `${transfer.from}'s device`, fileId, signal)
      if (source !== undefined) return { source, way: 'direct' }
    }
    const server = this.components.poolChannel()
    if (server === undefined || avoid.has('mailbox')) return undefined
    const source = await this.tryOpen({ peerId: server.remotePeer, addresses: [] }, 'a server of the pool', fileId, signal)
    return source === undefined ? undefined : { source, way: 'mailbox' }
  }

  private async tryOpen (peer: PeerAddress, name: string, fileId: Uint8Array, signal: AbortSignal): Promise<ChunkSource | undefined> {
    try {
      const stream = await this.components.network.openBulk(peer, FILE_PROTOCOL, { maxFrameBytes: maxFileFrameBytes, timeoutMs: openStreamTimeoutMs, signal })
      return openPeerSource(name, bulkLink(stream), fileId)
    } catch (error) {
      if (signal.aborted || !isP2pChatError(error)) throw error
      return undefined
    }
  }

  private tell (transfer: InTransfer, bytes: number, via: Via | undefined, idle?: 'paused' | 'waiting', bytesPerSecond = 0): void {
    this.components.emit({
      event: 'progress',
      id: transfer.id,
      direction: 'in',
      name: transfer.name,
      peer: transfer.group?.name ?? transfer.from,
      bytes,
      total: transfer.bytes,
      bytesPerSecond,
      via: via ?? null,
      ...(idle === undefined ? {} : { idle })
    })
  }
}
