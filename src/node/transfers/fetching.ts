/** Files that come in: each is fetched from its sender's device or from the pool, whichever serves, until it has landed. */
import { asP2pChatError, isP2pChatError, P2pChatError, type ErrorCode } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { NodeEvent, Via } from '../chat-node.js'
import type { ChunkCipher } from '../files/cipher.js'
import { isDiskFull, type Disk } from '../files/disk.js'
import { Fetcher } from '../files/fetch/fetcher.js'
import { forgetIncoming, openLanding, type Landing } from '../files/landing/landing.js'
import { durableBytesOf } from '../files/landing/records.js'
import { isShortOfRoom, Room } from '../files/landing/room.js'
import { parseManifest } from '../files/manifest.js'
import type { Lane, Transaction } from '../home/lane.js'
import { minFreeUnaskedBytes } from './limits.js'
import { Pace } from './pace.js'
import { Places } from './places.js'
import { findIn, landingId, listIn, putIn, type InTransfer } from './records.js'
import { Retry, type TryOutcome } from './retry.js'
import { openSource, type Found, type SourcesComponents, type Way } from './sources.js'

export interface FetchingComponents extends SourcesComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  disk: Disk
  /** this device in hex */
  self: { device: string }
  cipher: ChunkCipher
  downloadsFolder: () => Promise<string>
  /** Default: that of files/. */
  maxFileBytes?: number
  emit: (event: NodeEvent) => void
  /** The file lies there: its message becomes a file in the history, in the same transaction. */
  landed: (tx: Transaction, transfer: InTransfer, path: string, via: Via) => Promise<void>
  /** It will not come: likewise. */
  failed: (tx: Transaction, transfer: InTransfer) => Promise<void>
}

/** What is wrong with the file itself. */
const FOR_GOOD: ErrorCode[] = ['ERR_INVALID_RECORD', 'ERR_DECRYPT', 'ERR_LIMIT']
/** What its sender's device says when there is nothing more to come from it; the pool may have it yet. */
const SENDER_ENDED: ErrorCode[] = ['ERR_CONFLICT', 'ERR_ABORTED', 'ERR_NOT_PERMITTED']

/** One file over all its tries in this run. */
interface Job {
  retry: Retry
  /** Ways that have just failed, and why: left alone until the other had its turn. */
  avoid: Map<Way, P2pChatError>
  /** how much came by which way */
  came: Record<Via, number>
}

export class Fetching {
  /** One for each that is wanted, whether it flows or waits. */
  private readonly jobs = new Map<string, Job>()
  /** How far files are, as far as this run has seen, and whether they flow. */
  private readonly seen = new Map<string, { bytes: number, waits: boolean }>()
  /** Of those that are looking for a source, or have one that gives something. */
  private readonly places = new Places((key) => { this.jobs.get(key)?.retry.kick() })
  private readonly room = new Room()
  /** One word for all files that wait for the same disk. */
  private diskToldOf = false
  private stopped = false

  constructor (private readonly components: FetchingComponents) {}

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    for (const transfer of await listIn(this.components.lane)) {
      const { state } = transfer
      if (state.kind === 'active' || state.kind === 'paused') await this.recall(transfer)
      if (state.kind === 'active') this.kick(transfer)
      // The end may have come between its being noted and the removal of what was there.
      else if (state.kind === 'declined' || (state.kind === 'failed' && state.code !== 'ERR_STORE_IO')) await this.forget(transfer)
    }
  }

  async stop (): Promise<void> {
    this.stopped = true
    const closed = new P2pChatError('ERR_CLOSED', 'The node was stopped.')
    await Promise.all([...this.jobs.values()].map(async ({ retry }) => { await retry.stop(closed) }))
  }

  /** There may be a new way to it. */
  kick (transfer: Pick<InTransfer, 'id' | 'from'>): void {
    if (this.stopped) return
    const key = landingId(transfer)
    const job = this.jobs.get(key)
    if (job !== undefined) {
      job.retry.kick()
      return
    }
    this.begin(key, transfer)
  }

  /** A server or a sender came: whatever waits is tried at once. */
  kickAll (from?: string): void {
    for (const [key, { retry, avoid }] of this.jobs) {
      if (from !== undefined && !key.endsWith(`-${Buffer.from(from).toString('hex')}`)) continue
      avoid.clear()
      retry.kick()
    }
  }

  /** Ends what is under way, if anything is; the record says what becomes of it. */
  async halt (transfer: Pick<InTransfer, 'id' | 'from'>): Promise<void> {
    const key = landingId(transfer)
    this.places.forget(key)
    const job = this.jobs.get(key)
    if (job === undefined) return
    await job.retry.stop(new P2pChatError('ERR_ABORTED', 'The transfer was stopped.'))
    this.jobs.delete(key)
  }

  /** After an end: who wanted it again meanwhile has kicked a job that is none any more. */
  async goOn ({ id, from }: Pick<InTransfer, 'id' | 'from'>): Promise<void> {
    const transfer = await findIn(this.components.lane, id, from)
    if (transfer?.state.kind === 'active') this.kick(transfer)
  }

  /** Nothing of what has come stays. It must not be under way. @returns false where the disk refuses: it is tried again at the next start */
  async forget (transfer: InTransfer): Promise<boolean> {
    try {
      await this.remove(transfer)
      return true
    } catch (error) {
      this.components.logger.warn({ error }, 'what was left of a file could not be removed')
      return false
    }
  }

  /** @returns undefined when nothing of it was seen since the start */
  progressOf (transfer: InTransfer): { bytes: number, waits: boolean } | undefined {
    const key = landingId(transfer)
    const seen = this.seen.get(key)
    return this.places.waits(key) ? { bytes: seen?.bytes ?? 0, waits: true } : seen
  }

  /** How far it came before this run. */
  private async recall (transfer: InTransfer): Promise<void> {
    const bytes = await durableBytesOf(this.components.lane, landingId(transfer), transfer.bytes)
    if (bytes > 0) this.seen.set(landingId(transfer), { bytes, waits: false })
  }

  private async remove (transfer: InTransfer): Promise<void> {
    const { lane, disk, self } = this.components
    await forgetIncoming({ lane, disk, device: self.device }, landingId(transfer))
    this.seen.delete(landingId(transfer))
  }

  private begin (key: string, transfer: Pick<InTransfer, 'id' | 'from'>): void {
    const job: Job = {
      retry: new Retry(this.components, async (signal) => await this.attempt(transfer, job, signal), () => { this.end(key, transfer) }),
      avoid: new Map(),
      came: { direct: 0, relay: 0, mailbox: 0 }
    }
    this.jobs.set(key, job)
    job.retry.kick()
  }

  private end (key: string, transfer: Pick<InTransfer, 'id' | 'from'>): void {
    this.jobs.delete(key)
    this.goOn(transfer).catch((error: unknown) => { this.components.logger.debug({ error }, 'a file is looked at again at the next start') })
  }

  private async attempt (named: Pick<InTransfer, 'id' | 'from'>, job: Job, signal: AbortSignal): Promise<TryOutcome> {
    const leave = this.places.take(landingId(named), named.from)
    if (leave === undefined) return { retryAfterMs: 0 }
    try {
      return await this.tryOnce(named, job, leave, signal)
    } finally {
      leave()
    }
  }

  private async tryOnce (named: Pick<InTransfer, 'id' | 'from'>, job: Job, leave: () => void, signal: AbortSignal): Promise<TryOutcome> {
    const { lane, disk, self, maxFileBytes } = this.components
    const transfer = await findIn(lane, named.id, named.from)
    if (transfer?.state.kind !== 'active') return 'over'
    const manifest = parseManifest(transfer.manifest)
    let landing: Landing
    try {
      landing = await openLanding({ lane, disk, device: self.device, room: this.room }, {
        id: landingId(transfer),
        manifest,
        folder: await this.components.downloadsFolder(),
        ...(maxFileBytes === undefined ? {} : { maxBytes: maxFileBytes }),
        ...(transfer.asked === true || transfer.own ? {} : { keptBytes: minFreeUnaskedBytes })
      })
    } catch (error) {
      return await this.unlessForGood(transfer, error)
    }
    let found: Found | undefined
    try {
      if (!landing.complete) found = await openSource(this.components, transfer, (way) => !job.avoid.has(way), signal)
    } catch (error) {
      await landing.close()
      throw error
    }
    if (landing.complete || found !== undefined) return await this.fetch(transfer, landing, { found, job, leave }, signal)
    await landing.close()
    return await this.nobodyHasIt(transfer, landing.durableBytes, job.avoid)
  }

  /** Unless it is known that it will never come, it is waited for. */
  private async nobodyHasIt (transfer: InTransfer, bytes: number, avoid: Job['avoid']): Promise<TryOutcome> {
    const said = avoid.get('direct')
    if (isP2pChatError(said, ...SENDER_ENDED) && isP2pChatError(avoid.get('mailbox'), 'ERR_NOT_FOUND')) return await this.fail(transfer, said)
    // What the sender said stands; the others may change their minds.
    avoid.delete('mailbox')
    if (!isP2pChatError(said, ...SENDER_ENDED)) avoid.delete('direct')
    this.tell(transfer, bytes, undefined, 'waiting')
    return { retryAfterMs: 0 }
  }

  private async fetch (transfer: InTransfer, landing: Landing, { found, job, leave }: { found: Found | undefined, job: Job, leave: () => void }, signal: AbortSignal): Promise<TryOutcome> {
    const { clock, cipher, logger } = this.components
    const pace = new Pace(clock)
    const before = landing.durableBytes
    const { way, via } = found ?? { way: 'mailbox', via: 'mailbox' }
    let now = before
    const fetcher = new Fetcher({ clock, cipher, landing }, {
      onProgress: (bytes) => {
        job.came[via] += bytes - now
        now = bytes
        const paced = pace.at(bytes, bytes === transfer.bytes)
        if (paced !== undefined) this.tell(transfer, paced.bytes, via, undefined, paced.bytesPerSecond)
      },
      onHeld: leave,
      onDropped: (name, error, lied) => { logger[lied ? 'warn' : 'info']({ source: name, code: error.code, file: transfer.id }, lied ? 'a source gave chunks that are not the file\'s' : 'a source of a file is gone') },
      onLanded: async (tx, { path }) => {
        // Its record may have gone while it came to its end.
        if (await findIn(tx, transfer.id, transfer.from) !== undefined) putIn(tx, { ...transfer, state: { kind: 'done', path } })
        tx.afterCommit(() => { this.diskToldOf = false })
        await this.components.landed(tx, transfer, path, mostOf(job.came) ?? via)
      }
    })
    if (found !== undefined) fetcher.add(found.source)
    try {
      await fetcher.run(signal)
      return 'over'
    } catch (error) {
      if (signal.aborted) throw error
      const outcome = await this.unlessForGood(transfer, error)
      if (outcome === 'over' || isP2pChatError(error, 'ERR_STORE_IO')) return outcome
      job.avoid.set(way, isP2pChatError(error) && error.cause instanceof P2pChatError ? error.cause : asP2pChatError(error))
      if (now === before) return 'again'
      // As long as something comes, there is no reason to wait.
      job.avoid.delete(way === 'direct' ? 'mailbox' : 'direct')
      return 'progress'
    }
  }

  /** What goes on being wrong ends the transfer; anything else is tried again. Who has no room is told: having made some, they accept it again. */
  private async unlessForGood (transfer: InTransfer, error: unknown): Promise<TryOutcome> {
    if (!isP2pChatError(error)) throw error
    if (FOR_GOOD.includes(error.code) || isDiskFull(error) || isShortOfRoom(error)) return await this.fail(transfer, error)
    if (error.code === 'ERR_STORE_IO') this.diskRefused(transfer, error)
    return { retryAfterMs: error.retryAfterMs ?? 0 }
  }

  /** It may be back soon: a network's folder, a stick, too many open files. */
  private diskRefused (transfer: InTransfer, { code, message }: P2pChatError): void {
    if (!this.diskToldOf) this.components.emit({ event: 'error', code, message: `${transfer.name} waits, and is tried again: ${message}` })
    this.diskToldOf = true
    this.tell(transfer, this.seen.get(landingId(transfer))?.bytes ?? 0, undefined, 'waiting')
  }

  private async fail (transfer: InTransfer, error: P2pChatError): Promise<'over'> {
    const { code, message } = error
    const failed: InTransfer = { ...transfer, state: { kind: 'failed', code, message } }
    // On a full disk its room is needed to write down that it failed. Else what came is there until that is known: a home that
    // cannot be written goes on with it after the next start. Who is to make room does so for the rest.
    if (isDiskFull(error)) await this.remove(failed)
    await this.components.lane.write(async (tx) => {
      putIn(tx, failed)
      await this.components.failed(tx, failed)
    })
    if (!isDiskFull(error) && !isShortOfRoom(error)) await this.forget(failed)
    return 'over'
  }

  private tell (transfer: InTransfer, bytes: number, via: Via | undefined, idle?: 'paused' | 'waiting', bytesPerSecond = 0): void {
    this.seen.set(landingId(transfer), { bytes, waits: idle === 'waiting' })
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

/** Undefined when nothing came. */
function mostOf (came: Record<Via, number>): Via | undefined {
  const [most] = (Object.entries(came) as Array<[Via, number]>).sort(([, a], [, b]) => b - a)
  return most === undefined || most[1] === 0 ? undefined : most[0]
}
