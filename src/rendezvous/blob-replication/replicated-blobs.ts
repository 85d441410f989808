import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import type { Clock } from '../../runtime.js'
import type { Absent, BlobCopies, BlobQuota, BlobReader, Blobs, BlobStatus, BlobTotals, BlobWriter, CreateOutcome, Foreign, NewBlob, OwnedBlob, RemoveOutcome } from '../blobs/index.js'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { maxRanges } from '../blobs/limits.js'
import { assertShape } from '../blobs/shape.js'
import { isAmong, overQuota, quotaOf } from '../blobs/quota.js'
import type { RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import type { Fence } from '../replication/fence.js'
import type { Stale } from '../replication/replica.js'
import { gather } from '../replication/gather.js'
import { storingServers } from '../replication/placement.js'
import type { ReplicaSet, ReplicaSets, Rosters } from '../replication/replica-sets.js'
import type { PoolState } from '../replication/pool-state.js'
import type { KeepingTimes } from '../steady-clock.js'
import { fenced } from './fenced.js'
import { describe } from './inventory.js'
import { localLane, remoteLane, type Lane, type LaneEvents } from './lane.js'
import { maxRosterRetries, type BlobReplicationLimits } from './limits.js'
import { PoolReader } from './pool-reader.js'
import { PoolWriter } from './pool-writer.js'
import { RemoteSource } from './remote-source.js'
import type { BlobReplicaOf, ReplicaCreate } from './replica.js'
import { Counts, expiryOf, search, type CopyAt, type Found, type Search } from './servers.js'

export interface ReplicatedBlobsComponents {
  /** one's own PeerId */
  peerId: string
  /** this server's own */
  blobs: Blobs & BlobCopies
  replicaOf: BlobReplicaOf
  rosters: Rosters
  sets: ReplicaSets
  fence: Fence
  poolState: PoolState
  /** A stream of /p2pchat/server-blob/1 to another server (a PeerId). */
  openStream: (peerId: string) => Promise<BulkStream>
  clock: Clock
  times: KeepingTimes
  limits: BlobReplicationLimits & Pick<RendezvousLimits, 'maxBlobBytes' | 'maxBlobsPerAccount' | 'maxBlobBytesPerAccount'>
  sweepRemovals: () => Promise<void>
}

const unknown: Unknown = { outcome: 'unknown' }

/** Files kept by several servers. Each call answers as that of one server does, once enough of them have. */
export class ReplicatedBlobs implements Blobs {
  readonly #components: ReplicatedBlobsComponents

  constructor (components: ReplicatedBlobsComponents) {
    this.#components = components
  }

  async create (blob: NewBlob): Promise<CreateOutcome> {
    const { blobs, rosters, sets, fence, poolState, times, limits } = this.#components
    assertShape(blob, limits)
    if (this.#isAlone(blob.fileId)) {
      const created = await poolState.write(sets.version, async () => await blobs.create(blob))
      if (created.outcome !== 'stale') return created
      await rosters.refresh(created.rosterVersion)
    }
    const owned = await this.#owned(blob.username)
    const refused = isAmong(owned, blob) ? undefined : overQuota(owned, blob.sealedBytes, limits, times.overMs())
    if (refused !== undefined) return refused
    // While files are handed over, one may be where the servers of today have none yet.
    if (sets.open(blob.fileId).length > 1) {
      const found = await this.#search(blob.fileId)
      if (found.outcome === 'unknown') return unknown
      if (found.outcome === 'removed' || (found.outcome === 'found' && !isSame(found, blob))) return { outcome: 'conflict' }
    }
    for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
      const set = sets.current(blob.fileId)
      const decision = await this.#createAt(set, blob)
      if (decision.outcome === 'there') return await fence.holds(blob.fileId, set) ? { ...decision, quota: quotaOf(owned, limits, blob) } : unknown
      if (decision.outcome !== 'stale') return decision
      await rosters.refresh(decision.rosterVersion)
    }
    return unknown
  }

  async status (fileId: Uint8Array): Promise<{ outcome: 'found', status: BlobStatus } | Absent | Unknown> {
    if (this.#isAlone(fileId)) return await this.#components.blobs.status(fileId)
    const found = await this.#search(fileId)
    if (found.outcome === 'removed') return { outcome: 'absent' }
    if (found.outcome !== 'found') return found
    // What too few servers speak of may be more than they know.
    if (found.copies.length + found.without.length < found.set.write) return unknown
    return { outcome: 'found', status: statusOf(found, countsOf(found)) }
  }

  async quota (username: string): Promise<BlobQuota> {
    const { blobs, limits, rosters } = this.#components
    return storingServers(rosters.current()).length <= 1 ? await blobs.quota(username) : quotaOf(await this.#owned(username), limits)
  }

  async append (fileId: Uint8Array, username: string): Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Foreign | Unknown> {
    if (this.#isAlone(fileId)) return await this.#appendAlone(fileId, username)
    const found = await this.#search(fileId)
    if (found.outcome === 'removed') return { outcome: 'absent' }
    if (found.outcome !== 'found') return found
    if (blobOf(found).username !== username) return { outcome: 'foreign' }
    const counts = countsOf(found)
    const { set } = found
    if (!await this.#components.fence.holds(fileId, set)) return unknown
    const writer = await PoolWriter.open({
      status: () => statusOf(found, counts),
      counts,
      servers: set.peerIds.length,
      write: set.write,
      clock: this.#components.clock,
      open: async (eventsOf) => await this.#openLanes(found, eventsOf),
      onLagging: (peerIds) => { this.#lookAt(peerIds) }
    })
    return writer === undefined ? unknown : { outcome: 'open', writer }
  }

  async read (fileId: Uint8Array): Promise<{ outcome: 'open', reader: BlobReader } | Absent | Unknown> {
    const { blobs, peerId } = this.#components
    const own = await blobs.read(fileId)
    if (this.#isAlone(fileId)) return own
    const local = own.outcome === 'open' ? own.reader : undefined
    if (local !== undefined && isWhole(local)) return { outcome: 'open', reader: this.#readerOf(fileId, local.chunks, local) }
    const found = await this.#search(fileId)
    if (found.outcome !== 'found') {
      if (local !== undefined && found.outcome === 'unknown') return { outcome: 'open', reader: local }
      await local?.close()
      return found.outcome === 'removed' ? { outcome: 'absent' } : found
    }
    // Another file under this id, which goes as soon as the servers have settled it.
    const isOther = local !== undefined && !found.copies.some((copy) => copy.peerId === peerId)
    if (isOther) await local.close()
    return { outcome: 'open', reader: this.#readerOf(fileId, blobOf(found).chunks, isOther ? undefined : local, found) }
  }

  async remove (fileId: Uint8Array, username: string): Promise<RemoveOutcome> {
    const { blobs, replicaOf, rosters, times, limits } = this.#components
    if (this.#isAlone(fileId)) return await blobs.remove(fileId, username)
    for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
      const found = await this.#search(fileId)
      if (found.outcome === 'removed') return { outcome: 'removed' }
      if (found.outcome !== 'found') return found
      if (blobOf(found).username !== username) return { outcome: 'foreign' }
      const { set, copies } = found
      const asked = [...new Set([...set.peerIds, ...copies.map(({ peerId }) => peerId)])]
      const expiresAtMs = times.fromMs() + limits.tombstoneMs
      const answers = await Promise.all(asked.map(async (peerId) => ({ peerId, answer: await replicaOf(peerId).remove(set.version, fileId, username, expiresAtMs) })))
      if (answers.filter(({ peerId, answer }) => set.peerIds.includes(peerId) && answer.outcome === 'done').length >= set.write) return { outcome: 'removed' }
      const stale = answers.flatMap(({ answer }) => answer.outcome === 'stale' ? [answer.rosterVersion] : [])
      if (stale.length === 0) return unknown
      await rosters.refresh(Math.max(...stale))
    }
    return unknown
  }

  async sweep (): Promise<void> {
    await this.#components.blobs.sweep()
    await this.#components.sweepRemovals()
  }

  async totals (): Promise<BlobTotals> {
    return await this.#components.blobs.totals()
  }

  /** @throws as a stream does */
  async openSource (peerId: string, fileId: Uint8Array): Promise<RemoteSource> {
    const { openStream, clock, sets } = this.#components
    const source = new RemoteSource(await openStream(peerId), clock)
    await source.open({ rosterVersion: sets.version, fileId })
    return source
  }

  /**
   * Nobody else has, or may have, anything of this file: not as long as this server lacks a roster that others go by, nor while
   * another one is being emptied.
   */
  #isAlone (fileId: Uint8Array): boolean {
    const { peerId, sets, poolState, rosters } = this.#components
    return poolState.newest <= sets.version && rosters.current().servers.length === 1 && sets.open(fileId).every(({ peerIds }) => peerIds.length === 1 && peerIds[0] === peerId)
  }

  async #appendAlone (fileId: Uint8Array, username: string): Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Foreign | Unknown> {
    const { blobs, poolState, sets } = this.#components
    const opened = await blobs.append(fileId, username)
    return opened.outcome === 'open' ? { outcome: 'open', writer: fenced(opened.writer, poolState, sets.version) } : opened
  }

  async #search (fileId: Uint8Array): Promise<Search> {
    return await search(this.#components, fileId)
  }

  /** The account's files on all storing servers that answer, each once. Every server counts its own besides. */
  async #owned (username: string): Promise<OwnedBlob[]> {
    const { rosters, replicaOf } = this.#components
    const answers = await Promise.all(storingServers(rosters.current()).map(async ({ peerId }) => await replicaOf(peerId).owned(username)))
    const files = answers.flatMap((answer) => answer.outcome === 'owned' ? answer.files : [])
    return [...new Map(files.map((file) => [toString(file.fileId, 'base16'), file])).values()]
  }

  async #createAt (set: ReplicaSet, blob: NewBlob): Promise<{ outcome: 'there', status: BlobStatus } | Refusal> {
    const { replicaOf } = this.#components
    if (set.peerIds.length === 0) return unknown
    const asking = set.peerIds.map(async (peerId) => ({ peerId, answer: await replicaOf(peerId).create(set.version, blob) }))
    return await gather(asking, (answers, pending) => {
      const copies = answers.flatMap(({ peerId, answer }): CopyAt[] => answer.outcome === 'there' ? [{ peerId, copy: answer.copy }] : [])
      if (copies.length >= set.write) {
        const found: Found = { outcome: 'found', set, copies, without: [] }
        return { outcome: 'there' as const, status: statusOf(found, countsOf(found)) }
      }
      return pending > 0 ? undefined : refusalOf(answers.map(({ answer }) => answer), set)
    })
  }

  /** Streams to the servers of the file, and this server's own disk if it is one of them. */
  async #openLanes (found: Found, eventsOf: (peerId: string) => LaneEvents): Promise<Lane[]> {
    const { set, copies, without } = found
    const lanes = await Promise.all(set.peerIds.map(async (peerId) => {
      if (without.includes(peerId)) {
        const created = await this.#components.replicaOf(peerId).create(set.version, blobOf(found))
        if (created.outcome !== 'there') return undefined
      } else if (!copies.some((copy) => copy.peerId === peerId)) return undefined
      return await this.#openLane(peerId, found, eventsOf).catch(() => undefined)
    }))
    const opened = lanes.filter((lane) => lane !== undefined)
    const missing = set.peerIds.filter((peerId) => !opened.some((lane) => lane.peerId === peerId))
    if (missing.length > 0) this.#lookAt(missing)
    return opened
  }

  async #openLane (peerId: string, found: Found, eventsOf: (peerId: string) => LaneEvents): Promise<Lane | undefined> {
    const { blobs, openStream, poolState } = this.#components
    const { fileId, username } = blobOf(found)
    const rosterVersion = found.set.version
    if (peerId !== this.#components.peerId) {
      const stream = await openStream(peerId)
      return await remoteLane(peerId, stream, { rosterVersion, fileId }, eventsOf(peerId))
    }
    const opened = await blobs.append(fileId, username)
    return opened.outcome === 'open' ? localLane(peerId, fenced(opened.writer, poolState, rosterVersion), eventsOf(peerId)) : undefined
  }

  /** @param found undefined: nobody was asked yet */
  #readerOf (fileId: Uint8Array, chunks: number, local: BlobReader | undefined, found?: Found): PoolReader {
    const { clock, peerId } = this.#components
    const others = ({ copies, set }: Found): CopyAt[] => {
      // What is here is another file.
      if (local !== undefined && !copies.some((copy) => copy.peerId === peerId)) return []
      return inOrder(copies, set).filter((copy) => copy.peerId !== peerId)
    }
    return new PoolReader({
      chunks,
      local,
      copies: found === undefined ? undefined : others(found),
      openSource: async (other) => await this.openSource(other, fileId),
      lookAgain: async () => {
        const again = await this.#search(fileId)
        if (again.outcome === 'unknown') throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The other servers do not say what they have.')
        return again.outcome === 'found' ? others(again) : []
      },
      clock
    })
  }

  /** They lack something; they will see for themselves. */
  #lookAt (peerIds: readonly string[]): void {
    for (const peerId of peerIds) this.#components.replicaOf(peerId).look().catch(() => {})
  }
}

function blobOf ({ copies }: Found): NewBlob {
  const [first] = copies
  if (first === undefined) throw new P2pChatError('ERR_INTERNAL', 'A file was found nowhere.')
  return first.copy.blob
}

function isSame (found: Found, blob: NewBlob): boolean {
  return equals(describe(blobOf(found)), describe(blob))
}

function isWhole (reader: BlobReader): boolean {
  for (let index = 0; index < reader.chunks; index++) if (!reader.has(index)) return false
  for (let piece = 0; piece < Math.ceil(reader.chunks / leavesPerPiece); piece++) if (reader.hasLeaves(piece) !== true) return false
  return true
}

/** The servers of today first, in the order of placement. */
function inOrder (copies: readonly CopyAt[], { peerIds }: ReplicaSet): CopyAt[] {
  const place = ({ peerId }: CopyAt): number => peerIds.includes(peerId) ? peerIds.indexOf(peerId) : peerIds.length
  return [...copies].sort((a, b) => place(a) - place(b))
}

function countsOf (found: Found): Counts {
  const { chunks } = blobOf(found)
  const counts = new Counts(chunks, Math.ceil(chunks / leavesPerPiece), found.set.write)
  for (const copy of found.copies) counts.addCopy(copy)
  return counts
}

function statusOf (found: Found, counts: Counts): BlobStatus {
  const { chunks, sealedBytes, root } = blobOf(found)
  const kept = counts.keptChunks()
  return {
    chunks,
    sealedBytes,
    root,
    keptChunks: kept.count,
    kept: kept.ranges(maxRanges),
    keptPieces: counts.keptPieces().ranges(maxRanges),
    expiresAtMs: expiryOf(found.copies.map(({ copy }) => copy.expiresAtMs), found.set.write),
    replicas: Math.max(1, Math.min(counts.whole, found.set.peerIds.length)),
    servers: found.set.peerIds.length
  }
}

type Refusal = Exclude<CreateOutcome, { outcome: 'there' }> | Stale

/** Why too few servers made room. */
function refusalOf (answers: readonly ReplicaCreate[], { write, peerIds }: ReplicaSet): Refusal {
  const stale = answers.find((answer) => answer.outcome === 'stale')
  if (stale !== undefined) return stale
  if (answers.some(({ outcome }) => outcome === 'conflict' || outcome === 'removed')) return { outcome: 'conflict' }
  const refusals = answers.flatMap((answer): Refusal[] => {
    if (answer.outcome === 'refused') return [answer]
    if (answer.outcome === 'full') return [{ outcome: 'full', reason: new P2pChatError('ERR_OVERLOADED', answer.message, { retryAfterMs: answer.retryAfterMs }) }]
    return []
  })
  return (refusals.length > peerIds.length - write ? refusals.at(-1) : undefined) ?? unknown
}
