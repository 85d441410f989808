/** Files that go out: served to the devices that may have them, and left in the pool for those who are not here to fetch. */
import { chunkBytes } from '../../crypto/file/index.js'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../errors.js'
import type { BulkStream, Channel, Network } from '../../overlay/network.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import type { NodeEvent, Via } from '../chat-node.js'
import type { ChunkCipher } from '../files/cipher.js'
import type { Readable } from '../files/outgoing/reading.js'
import { deleteOutgoing, hasOutgoing, loadOutgoing } from '../files/outgoing/records.js'
import { fileChanged, type ReadableFile } from '../files/outgoing/regular-file.js'
import type { Spool } from '../files/outgoing/spool.js'
import { FileServing } from '../files/transfer/serve.js'
import { fromHex, toHex } from '../home/hex.js'
import { steadyNow } from '../home/home-time.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import { answered, hasAnswered, haveAllAnswered, isDeclined, type Answer } from './answers.js'
import type { Recipient } from './audience.js'
import { bulkLink } from './bulk-link.js'
import { directGraceMs, maxExpiredAtOnce, offerTtlMs } from './limits.js'
import { Pace } from './pace.js'
import { deleteOut, findOut, listOut, putOut, type OutTransfer } from './records.js'
import { Retry, type TryOutcome } from './retry.js'
import { removeBlob, uploadFile } from './upload.js'
import { UploadTurns } from './upload-turns.js'
import { Waiters } from './waiters.js'

export interface SendingComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  cipher: ChunkCipher
  spool?: Spool
  network: Network
  openFile: (path: string) => Promise<ReadableFile>
  poolChannel: () => Channel | undefined
  /** The devices that a message is for by now. */
  recipients: (reader: Reader, message: OutTransfer['messages'][number]) => Promise<Recipient[]>
  /** Whether this device of this account, our own among them, may have what that message carries. */
  mayHave: (reader: Reader, message: OutTransfer['messages'][number], device: string) => Promise<string | undefined>
  /** It will not come: tells those who wait for it. */
  withdrawn: (tx: Transaction, transfer: OutTransfer) => Promise<void>
  emit: (event: NodeEvent) => void
}

/** What the file itself can be the reason for: it is not what it was. */
const FILE_GONE: ErrorCode[] = ['ERR_CONFLICT', 'ERR_NOT_FOUND', 'ERR_USAGE', 'ERR_NOT_PERMITTED']

export class Sending {
  /** Devices that fetch a file directly now, by file id. */
  private readonly serving = new Map<string, Map<string, FileServing>>()
  private readonly uploads = new Map<string, Retry>()
  private readonly graces = new Map<string, Timer>()
  private readonly active = new Set<Promise<void>>()
  /** How far each is, by whatever way is furthest, as far as this run has seen. */
  private readonly seen = new Map<string, number>()
  private readonly stopping = new AbortController()
  private readonly waiters = new Waiters()
  private readonly turns = new UploadTurns((fileId) => { this.uploads.get(fileId)?.kick() })

  constructor (private readonly components: SendingComponents) {}

  async start (): Promise<void> {
    await this.components.spool?.clear()
    for (const { fileId, state, inPool } of await listOut(this.components.lane)) {
      if (state.kind === 'active') this.kick(fileId)
      else if (state.kind !== 'paused' && inPool === true) this.atPool(fileId)
    }
  }

  async stop (): Promise<void> {
    const closed = new P2pChatError('ERR_CLOSED', 'The node was stopped.')
    this.stopping.abort(closed)
    for (const timer of this.graces.values()) timer.cancel()
    await Promise.all([...this.uploads.values()].map(async (upload) => { await upload.stop(closed) }))
    await Promise.all(this.active)
    await this.components.spool?.clear()
  }

  /** /p2pchat/file/1: a device asks for a file. */
  async accept (stream: BulkStream): Promise<void> {
    const work = this.serve(stream)
    const quiet = work.catch(() => {})
    this.active.add(quiet)
    try {
      await work
    } finally {
      this.active.delete(quiet)
    }
  }

  /** Whoever is online may begin to fetch; then the pool gets it for the others. */
  kick (fileId: string): void {
    if (this.stopping.signal.aborted || this.graces.has(fileId)) return
    const timer = this.components.clock.schedule(directGraceMs, () => {
      this.graces.delete(fileId)
      this.atPool(fileId)
    }, { unref: true })
    this.graces.set(fileId, timer)
  }

  /** A server came: what waited for one goes on. */
  kickAll (): void {
    for (const upload of this.uploads.values()) upload.kick()
  }

  /** Holds back what is under way, or lets it go on; the record says for how long. */
  async pause (fileId: string, paused: boolean): Promise<void> {
    for (const serving of this.serving.get(fileId)?.values() ?? []) serving.pause(paused)
    if (!paused) this.kick(fileId)
    else await this.halt(fileId)
  }

  /** Whether a device is fetching it now, or it is being left in the pool. */
  isMoving (fileId: string): boolean {
    return (this.serving.get(fileId)?.size ?? 0) > 0 || this.uploads.has(fileId) || this.graces.has(fileId)
  }

  /** Resolves at the next change of any file, or when the signal aborts. */
  async change (signal: AbortSignal): Promise<void> {
    await this.waiters.next(signal)
  }

  /** Gives up what nobody has fetched in all the time that a pool would keep it; forgets what is over for as long. */
  async expire (): Promise<void> {
    const { lane, clock } = this.components
    const before = await steadyNow(lane, clock) - offerTtlMs
    const due: Array<{ fileId: string, forget: boolean }> = []
    for (const { fileId, atMs } of await listOut(lane)) {
      const forget = atMs <= before - offerTtlMs
      // Once is enough: of what has expired no key is left.
      if (atMs <= before && (forget || await hasOutgoing(lane, fileId))) due.push({ fileId, forget })
    }
    while (due.length > 0) await Promise.all(due.splice(0, maxExpiredAtOnce).map(async ({ fileId, forget }) => { await this.expireOne(fileId, forget) }))
  }

  /** Its key and leaf hashes go first, and what became of it later. */
  private async expireOne (fileId: string, forget: boolean): Promise<void> {
    await this.halt(fileId)
    this.seen.delete(fileId)
    await this.forgetCopy(fileId)
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer === undefined) return
      deleteOutgoing(tx, fromHex(fileId))
      if (forget) deleteOut(tx, transfer)
      else if (transfer.state.kind === 'active' || transfer.state.kind === 'paused') {
        const { inPool: _inPool, keptUntilMs, ...rest } = transfer
        putOut(tx, { ...rest, state: keptUntilMs === undefined ? { kind: 'failed', code: 'ERR_NOT_FOUND', message: `Nobody fetched ${transfer.name} in ${offerTtlMs / 86_400_000} days; it is not offered any more.` } : { kind: 'done' } })
      }
    })
    this.changed()
  }

  /** A device has said, in a message, that it has the file or does not want it. */
  async reported (tx: Transaction, fileId: string, device: string, what: Answer): Promise<void> {
    const transfer = await findOut(tx, fileId)
    const username = transfer === undefined ? undefined : await this.ownerIn(tx, transfer, device)
    if (username !== undefined) await this.note(tx, fileId, username, device, what)
  }

  private async halt (fileId: string): Promise<void> {
    this.graces.get(fileId)?.cancel()
    this.graces.delete(fileId)
    const upload = this.uploads.get(fileId)
    this.uploads.delete(fileId)
    await upload?.stop(new P2pChatError('ERR_ABORTED', 'The transfer was stopped.'))
    this.turns.forget(fileId)
  }

  private async serve (stream: BulkStream): Promise<void> {
    const { clock, cipher, lane } = this.components
    const device = toHex(ed25519FromPeerId(stream.remotePeer))
    const pace = new Pace(clock)
    let served: { transfer: OutTransfer, username: string } | undefined
    const serving: FileServing = new FileServing({
      clock,
      cipher,
      open: async (fileId) => {
        served = await this.permitted(toHex(fileId), device)
        return await this.open(served.transfer)
      }
    }, bulkLink(stream), {
      onOpen: ({ manifest }) => {
        const id = toHex(manifest.fileId)
        const others = this.serving.get(id) ?? new Map<string, FileServing>()
        this.serving.set(id, others.set(device, serving))
        if (served?.transfer.state.kind === 'paused') serving.pause(true)
      },
      onProgress: (chunks) => {
        if (served === undefined) return
        const { transfer } = served
        const bytes = Math.min(transfer.bytes, chunks * chunkBytes)
        const paced = pace.at(bytes, bytes === transfer.bytes)
        if (paced !== undefined) this.tell(transfer, paced.bytes, stream.via, paced.bytesPerSecond)
      }
    })
    try {
      const reason = await serving.run(this.stopping.signal)
      const { transfer, username } = served ?? {}
      if (transfer !== undefined && username !== undefined && (reason === 'done' || reason === 'declined')) {
        await lane.write(async (tx) => { await this.note(tx, transfer.fileId, username, device, reason) })
      }
    } catch (error) {
      if (served !== undefined && isP2pChatError(error, ...FILE_GONE)) await this.fail(served.transfer.fileId, error)
      throw error
    } finally {
      if (served !== undefined) {
        const { fileId } = served.transfer
        const others = this.serving.get(fileId)
        if (others?.get(device) === serving) others.delete(device)
        if (others?.size === 0) this.serving.delete(fileId)
        // Whoever broke off may not come back: the pool is to have it then.
        if (served.transfer.state.kind === 'active') this.kick(fileId)
        this.changed()
      }
    }
  }

  /** One answer for all: who may not have it does not learn that it is here. @throws ERR_NOT_FOUND; what the file ended with */
  private async permitted (fileId: string, device: string): Promise<{ transfer: OutTransfer, username: string }> {
    const { lane } = this.components
    const transfer = await findOut(lane, fileId)
    const username = transfer === undefined ? undefined : await this.ownerIn(lane, transfer, device)
    if (transfer === undefined || username === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file here.')
    if (transfer.state.kind === 'failed') throw gone(transfer.path, transfer.state.code === 'ERR_CONFLICT')
    return { transfer, username }
  }

  private async open (transfer: OutTransfer): Promise<Readable> {
    const prepared = await loadOutgoing(this.components.lane, fromHex(transfer.fileId))
    if (prepared === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file here.')
    try {
      return { prepared, file: await this.components.openFile(transfer.path), ...await this.copyOf(prepared.manifest.fileId) }
    } catch (error) {
      if (!isP2pChatError(error, ...FILE_GONE)) throw error
      await this.fail(transfer.fileId, error)
      throw gone(transfer.path, false)
    }
  }

  private async copyOf (fileId: Uint8Array): Promise<Pick<Readable, 'copy'>> {
    const copy = await this.components.spool?.open(fileId)
    return copy === undefined ? {} : { copy }
  }

  /** Whoever fetches it from here later is given what is sealed again. */
  private async forgetCopy (fileId: string): Promise<void> {
    await this.components.spool?.remove(fromHex(fileId))
  }

  private async ownerIn (reader: Reader, { messages }: OutTransfer, device: string): Promise<string | undefined> {
    for (const message of messages) {
      const username = await this.components.mayHave(reader, message, device)
      if (username !== undefined) return username
    }
    return undefined
  }

  /** Leaves it in the pool if somebody needs it there, and takes it away when nobody does any more. */
  private atPool (fileId: string): void {
    if (this.stopping.signal.aborted) return
    const running = this.uploads.get(fileId)
    if (running !== undefined) {
      running.kick()
      return
    }
    const retry = new Retry(this.components, async (signal) => await this.tryPool(fileId, signal), () => {
      if (this.uploads.get(fileId) === retry) this.uploads.delete(fileId)
      this.turns.forget(fileId)
      this.changed()
    })
    this.uploads.set(fileId, retry)
    retry.kick()
  }

  private async tryPool (fileId: string, signal: AbortSignal): Promise<TryOutcome> {
    const { lane, poolChannel } = this.components
    const transfer = await findOut(lane, fileId)
    if (transfer === undefined) return 'over'
    const isOver = transfer.state.kind === 'done' || transfer.state.kind === 'failed'
    if (isOver ? transfer.inPool !== true : !await this.isNeeded(transfer)) return 'over'
    const channel = poolChannel()
    if (channel === undefined) return { retryAfterMs: 0 }
    if (isOver) return await this.takeAway(channel, fileId)
    const prepared = await loadOutgoing(lane, fromHex(fileId))
    if (prepared === undefined) return 'over'
    const tried = await this.turns.take(fileId, async (onKept) => { await this.uploadTo(channel, transfer, prepared, onKept, signal) })
    if (tried === undefined) return { retryAfterMs: 0 }
    const { error, grew } = tried
    // It may have come to its end meanwhile.
    if (error === undefined) return 'again'
    if (signal.aborted) throw error
    if (isP2pChatError(error, ...FILE_GONE)) {
      await this.fail(fileId, error)
      return 'again'
    }
    if (isP2pChatError(error, 'ERR_LIMIT')) this.components.emit({ event: 'error', code: error.code, message: `${transfer.name} cannot be left on a server now, only fetched from here: ${error.message}` })
    // A way that breaks off now and then is no reason to wait, unless the server wants it.
    else if (grew && isP2pChatError(error) && error.retryAfterMs === undefined) return 'progress'
    throw error
  }

  private async takeAway (channel: Channel, fileId: string): Promise<TryOutcome> {
    await removeBlob(channel, fromHex(fileId))
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer === undefined) return
      const { inPool: _inPool, keptUntilMs: _keptUntilMs, ...rest } = transfer
      putOut(tx, rest)
    })
    return 'over'
  }

  private async uploadTo (channel: Channel, transfer: OutTransfer, prepared: Readable['prepared'], onKept: (chunks: number) => void, signal: AbortSignal): Promise<void> {
    const { clock, openFile } = this.components
    const pace = new Pace(clock)
    const file = await openFile(transfer.path)
    const copied = await this.copyOf(prepared.manifest.fileId)
    try {
      await this.edit(transfer.fileId, (current) => ({ ...current, inPool: true }))
      const kept = await uploadFile(this.components, {
        channel,
        prepared,
        file,
        ...copied,
        signal,
        onKept: (chunks) => {
          onKept(chunks)
          const bytes = Math.min(transfer.bytes, chunks * chunkBytes)
          const paced = pace.at(bytes, bytes === transfer.bytes)
          if (paced !== undefined) this.tell(transfer, paced.bytes, 'mailbox', paced.bytesPerSecond)
        }
      })
      await this.edit(transfer.fileId, (current) => ({ ...current, keptUntilMs: kept.untilMs }))
      await this.forgetCopy(transfer.fileId)
    } finally {
      await copied.copy?.close()
      await file.close()
    }
  }

  /** Whether somebody will have to fetch it from the pool: who has it not, and does not fetch it right now. */
  private async isNeeded (transfer: OutTransfer): Promise<boolean> {
    if (transfer.state.kind !== 'active' || transfer.keptUntilMs !== undefined) return false
    const fetching = this.serving.get(transfer.fileId)
    for (const message of transfer.messages) {
      // A group's file goes to the pool once: no member has to wait for this device.
      if (message.group !== undefined) return true
      const recipients = await this.components.recipients(this.components.lane, message)
      // Nobody knows yet where they are.
      if (recipients.length === 0) return true
      for (const recipient of recipients) {
        if (!hasAnswered(transfer, recipient) && fetching?.has(recipient.device) !== true) return true
      }
    }
    return false
  }

  private async note (tx: Transaction, fileId: string, username: string, device: string, what: Answer): Promise<void> {
    const transfer = await findOut(tx, fileId)
    if (transfer === undefined || transfer.state.kind === 'failed') return
    const noted = answered(transfer, { username, device }, what)
    if (noted === undefined) return
    const isDone = await haveAllAnswered(tx, noted, this.components.recipients)
    const after: OutTransfer = isDone ? { ...noted, state: { kind: 'done' } } : noted
    putOut(tx, after)
    tx.afterCommit(() => {
      if (isDone) this.endUpload(fileId)
      if (isDeclined(after) && !isDeclined(transfer)) this.emitFailed(after, { code: 'ERR_NOT_PERMITTED', message: `${username} declined it.` })
      this.changed()
    })
  }

  /** Nobody needs it in the pool any more. */
  private endUpload (fileId: string): void {
    this.halt(fileId).then(async () => {
      await this.forgetCopy(fileId)
      this.atPool(fileId)
    }).catch((error: unknown) => { this.components.logger.error({ error }, 'a file could not be taken out of the pool') })
  }

  /** The file is not what it was. What lies in the pool as a whole is as good as ever. */
  private async fail (fileId: string, { code, message }: P2pChatError): Promise<void> {
    await this.forgetCopy(fileId)
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer === undefined || transfer.keptUntilMs !== undefined || (transfer.state.kind !== 'active' && transfer.state.kind !== 'paused')) return
      putOut(tx, { ...transfer, state: { kind: 'failed', code, message } })
      await this.components.withdrawn(tx, transfer)
      tx.afterCommit(() => {
        this.emitFailed(transfer, { code, message })
        this.atPool(fileId)
        this.changed()
      })
    })
  }

  private emitFailed ({ messages, name }: OutTransfer, why: { code: string, message: string }): void {
    for (const { id } of messages) this.components.emit({ event: 'file-failed', id, direction: 'out', name, ...why })
  }

  private async edit (fileId: string, change: (transfer: OutTransfer) => OutTransfer): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer !== undefined) putOut(tx, change(transfer))
    })
  }

  private changed (): void {
    this.waiters.wake()
  }

  /** @returns bytes */
  progressOf (fileId: string): number {
    return this.seen.get(fileId) ?? 0
  }

  private tell (transfer: OutTransfer, bytes: number, via: Via, bytesPerSecond: number): void {
    this.seen.set(transfer.fileId, Math.max(bytes, this.progressOf(transfer.fileId)))
    for (const { id, to, group } of transfer.messages) {
      this.components.emit({ event: 'progress', id, direction: 'out', name: transfer.name, peer: to ?? group?.name ?? '', bytes, total: transfer.bytes, bytesPerSecond, via })
    }
  }
}

/** What a device is told that may have the file: the code alone. */
function gone (path: string, changed: boolean): P2pChatError {
  return changed ? fileChanged(path) : new P2pChatError('ERR_ABORTED', `${path} is not there any more.`)
}
