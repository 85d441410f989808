/**
 * Files of one signed-in device: what a person asks of them, and what messages that carry them set in motion. How they
 * come is in fetching.ts, what becomes of them in arrivals.ts, how they go in sending.ts.
 */
import { basename, isAbsolute } from 'node:path'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkStream, Channel, Network } from '../../overlay/network.js'
import { deadline, raceSignal, type Clock, type Logger, type Random } from '../../runtime.js'
import type * as api from '../chat-node.js'
import type { Directory } from '../contacts/directory.js'
import { fileBody, type FileArrivals } from '../delivery/body.js'
import type { Delivery } from '../delivery/delivery.js'
import { checkGivenId, findGiven } from '../delivery/given-id.js'
import { addressFreshMs } from '../delivery/limits.js'
import type { ChunkCipher } from '../files/cipher.js'
import type { Disk } from '../files/disk.js'
import { sweepLeftovers } from '../files/landing/sweep.js'
import { encodeManifest, parseManifest } from '../files/manifest.js'
import { safeFileName } from '../files/names.js'
import { prepareFile } from '../files/outgoing/prepare.js'
import { saveOutgoing } from '../files/outgoing/records.js'
import type { ReadableFile } from '../files/outgoing/regular-file.js'
import type { Spool } from '../files/outgoing/spool.js'
import type { GroupBook, GroupTalk } from '../groups/types.js'
import { findMessage, groupConversation, type FileBody, type MessageRow } from '../history/messages.js'
import { recipient } from '../history/view.js'
import { toHex } from '../home/hex.js'
import { stampNow, steadyNow } from '../home/home-time.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import { Arrivals } from './arrivals.js'
import { Audience } from './audience.js'
import { Decisions } from './decisions.js'
import { Fetching } from './fetching.js'
import { maxExpiredAtOnce, maxListedTransfers, offerTtlMs } from './limits.js'
import { previewOf } from './picture.js'
import { Preparing } from './preparing.js'
import { findIn, findOutByMessage, listIn, listOut, putOut, requireIn, type InTransfer, type OutTransfer } from './records.js'
import { Sending } from './sending.js'
import { incomingInfo, isOver, outgoingInfo } from './shown.js'
import { targetOf, type Target } from './target.js'
import { checkTimeout } from '../timeout.js'
import { findSettings } from '../settings.js'

export interface TransfersComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  disk: Disk
  cipher: ChunkCipher
  /** Without one, what is sent is sealed again for each who fetches it. */
  spool?: Spool
  openFile: (path: string) => Promise<ReadableFile>
  network: Network
  directory: Directory
  /** this device in hex */
  self: { username: string, device: string }
  /** where files land unless the user says otherwise */
  downloadsFolder: string
  /** Default: that of files/. */
  maxFileBytes?: number
  poolChannel: () => Channel | undefined
  delivery: () => Delivery
  book: () => GroupBook
  talk: () => GroupTalk
  emit: (event: api.NodeEvent) => void
}

export class Transfers implements Omit<api.ChatFiles, 'settings' | 'changeSettings'>, FileArrivals {
  private readonly stopping = new AbortController()
  private readonly fetching: Fetching
  private readonly sending: Sending
  private readonly preparing: Preparing
  private readonly arrivals: Arrivals
  private readonly decisions: Decisions

  constructor (private readonly components: TransfersComponents) {
    const { directory } = components
    const audience = new Audience(components)
    this.arrivals = new Arrivals(components)
    this.preparing = new Preparing(components)
    this.fetching = new Fetching({
      ...components,
      addressesOf: async (username, device) => await directory.addressesOf(username, device, addressFreshMs),
      downloadsFolder: async () => (await this.settings()).downloadsFolder,
      landed: async (tx, transfer, path, via) => { await this.arrivals.landed(tx, transfer, path, via) },
      failed: async (tx, transfer) => { await this.arrivals.failed(tx, transfer) }
    })
    this.sending = new Sending({
      ...components,
      recipients: async (reader, message) => await audience.of(reader, message),
      withdrawn: async (tx, transfer) => { await audience.withdraw(tx, transfer) },
      mayHave: async (reader, message, device) => await audience.usernameOf(reader, message, device)
    })
    this.decisions = new Decisions({ lane: components.lane, fetching: this.fetching, sending: this.sending, arrivals: this.arrivals })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    const { lane, disk, logger, self } = this.components
    const { downloadsFolder } = await this.settings()
    try {
      const swept = await sweepLeftovers({ lane, disk, device: self.device }, downloadsFolder)
      if (swept > 0) logger.info({ swept }, 'what was left of files that are not fetched any more was removed')
    } catch (error) {
      // All but files works without that folder.
      logger.warn({ error }, 'the downloads folder could not be looked through')
    }
    await this.upkeep()
    await this.fetching.start()
    await this.sending.start()
  }

  /** What nobody answered for, or fetched, in all the time that a pool would keep it, is given up; what is over long since is forgotten. */
  async upkeep (): Promise<void> {
    const { lane, clock } = this.components
    const before = await steadyNow(lane, clock) - offerTtlMs
    const due = (await listIn(lane)).filter(({ atMs }) => atMs <= before)
    while (due.length > 0) {
      await Promise.all(due.splice(0, maxExpiredAtOnce).map(async (transfer) => {
        await this.fetching.halt(transfer)
        if (await this.fetching.forget(transfer)) await lane.write(async (tx) => { await this.arrivals.expire(tx, transfer) })
      }))
    }
    await this.sending.expire()
  }

  async stop (): Promise<void> {
    this.stopping.abort(new P2pChatError('ERR_CLOSED', 'The node was stopped, or signed out.'))
    await Promise.all([this.fetching.stop(), this.sending.stop(), this.preparing.stop()])
  }

  /** A server is there: what waited for one goes on. */
  onServer (): void {
    this.fetching.kickAll()
    this.sending.kickAll()
  }

  /** Somebody came: what is to come from them may come directly. */
  onPresence (usernames: string[]): void {
    for (const username of usernames) this.fetching.kickAll(username)
  }

  /** /p2pchat/file/1 */
  async accept (stream: BulkStream): Promise<void> {
    await this.sending.accept(stream)
  }

  async fileArrived (tx: Transaction, row: MessageRow & { body: FileBody }, device: string): Promise<MessageRow> {
    const { transfer, ousted, shown } = await this.arrivals.announced(tx, row, device)
    for (const other of ousted) tx.afterCommit(() => { this.stopIn(other) })
    if (transfer?.state.kind === 'active') tx.afterCommit(() => { this.fetching.kick(transfer) })
    return shown
  }

  /** Of a file that was sent: somebody has it, or does not want it. Of one that is to come: it will not. */
  async fileReport (tx: Transaction, sender: { username: string, device: string }, { fileId, done }: { fileId: Uint8Array, done: boolean }): Promise<void> {
    const id = toHex(fileId)
    await this.sending.reported(tx, id, sender.device, done ? 'done' : 'declined')
    const withdrawn = done ? undefined : await this.arrivals.withdrawn(tx, sender, id)
    if (withdrawn !== undefined) tx.afterCommit(() => { this.stopIn(withdrawn) })
  }

  async sendFile (request: api.SendFileRequest): Promise<api.FileSent[]> {
    const { random, cipher, spool, openFile, maxFileBytes } = this.components
    if (typeof request.path !== 'string' || !isAbsolute(request.path)) throw new P2pChatError('ERR_USAGE', `The path of a file must be absolute: ${request.path}`)
    const { name = basename(request.path) } = request
    const target = await targetOf(this.components, request)
    checkGivenId(request.id, 'to' in target ? 1 : target.groups.length)
    const file = await openFile(request.path)
    try {
      const { bytes } = await file.state()
      const content = { name: safeFileName(name), bytes }
      const before = await this.sentBefore(request, target, content)
      if (before !== undefined) return before
      const preview = await previewOf(file)
      const reading = { name, peer: 'to' in target ? target.to : (request.groups ?? []).join(','), bytes, path: request.path }
      const prepared = await this.preparing.run(reading, async (steps) => await prepareFile({ random, cipher, ...(spool === undefined ? {} : { spool }) }, {
        file,
        name,
        ...(request.caption === undefined ? {} : { caption: request.caption }),
        ...(preview === undefined ? {} : { preview }),
        ...(maxFileBytes === undefined ? {} : { maxBytes: maxFileBytes }),
        ...steps
      }))
      const { manifest } = prepared
      const body = fileBody(manifest, encodeManifest(manifest), request.path, 'sent')
      const atMs = await stampNow(this.components.lane, this.components.clock)
      const out = (messages: OutTransfer['messages']): OutTransfer => ({
        fileId: toHex(manifest.fileId),
        path: request.path,
        name: manifest.name,
        mime: manifest.mime,
        bytes: manifest.bytes,
        atMs,
        messages,
        done: [],
        declined: [],
        state: { kind: 'active' }
      })
      let isKept = false
      const keep = (tx: Transaction, messages: OutTransfer['messages']): void => {
        saveOutgoing(tx, prepared)
        putOut(tx, out(messages))
        tx.afterCommit(() => {
          isKept = true
          this.sending.kick(toHex(manifest.fileId))
        })
      }
      try {
        return await this.fileSent(await this.send(target, body, request.id, keep), content)
      } finally {
        // Not sent, or sent under this id while it was read.
        if (!isKept) await spool?.remove(manifest.fileId)
      }
    } finally {
      await file.close()
    }
  }

  async acceptFile (request: { id: string }): Promise<void> {
    await this.decisions.accept(request)
  }

  async declineFile (request: { id: string, from?: string }): Promise<void> {
    await this.decisions.decline(request)
  }

  async pauseFile (request: { id: string }): Promise<void> {
    await this.decisions.pause(request)
  }

  async resumeFile (request: { id: string }): Promise<void> {
    await this.decisions.resume(request)
  }

  async transfers ({ active = false }: { active?: boolean } = {}): Promise<api.TransferInfo[]> {
    const { lane } = this.components
    const incoming = (await listIn(lane)).map((transfer) => this.infoOfIn(transfer))
    const outgoing = await Promise.all((await listOut(lane)).flatMap((out) => out.messages.map(async (message) => await this.infoOfOut(lane, out, message))))
    const all = [...this.preparing.list(), ...incoming, ...outgoing]
    return all.filter((info) => !active || !isOver(info)).sort((a, b) => b.at.localeCompare(a.at)).slice(0, maxListedTransfers)
  }

  async waitFile ({ id, timeoutMs }: { id: string, timeoutMs: number }): Promise<api.TransferInfo> {
    checkTimeout(timeoutMs)
    const { lane, clock } = this.components
    const limit = deadline(clock, timeoutMs, this.stopping.signal)
    let turn = new AbortController()
    try {
      for (;;) {
        turn.abort()
        turn = new AbortController()
        const changed = Promise.race([this.sending.change(turn.signal), this.arrivals.change(turn.signal)])
        const out = await findOutByMessage(lane, id)
        const message = out?.messages.find((one) => one.id === id)
        if (out === undefined || message === undefined) {
          const info = this.infoOfIn(await requireIn(lane, id))
          if (isOver(info)) return info
        } else {
          if (out.state.kind === 'done' || out.state.kind === 'failed' || out.keptUntilMs !== undefined) return await this.infoOfOut(lane, out, message)
        }
        await raceSignal(changed, limit.signal)
      }
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_TIMEOUT')) throw error
      throw new P2pChatError('ERR_PENDING', 'The file is on its way: it goes on whenever p2pchat runs in this home. Nothing has to be done again.', { cause: error })
    } finally {
      turn.abort()
      limit.clear()
    }
  }

  async filePreview ({ id }: { id: string }): Promise<{ mime: string, base64: string } | null> {
    const { lane, self } = this.components
    const from = (await findIn(lane, id))?.from ?? self.username
    const row = await findMessage(lane, from, id)
    if (row?.body.kind !== 'file') throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file here. `p2pchat files` shows the ids.')
    const { preview } = parseManifest(row.body.manifest)
    return preview === undefined ? null : { mime: preview.mime, base64: Buffer.from(preview.picture).toString('base64') }
  }

  private async settings (): Promise<api.NodeSettings> {
    return await findSettings(this.components.lane, this.components.downloadsFolder)
  }

  /** Its record says that it does not come; nothing of it stays. */
  private stopIn (transfer: InTransfer): void {
    this.fetching.halt(transfer).then(async () => {
      await this.fetching.forget(transfer)
      await this.fetching.goOn(transfer)
    })
      .catch((error: unknown) => { this.components.logger.warn({ error }, 'a file that will not come could not be stopped') })
  }

  /** What this device has sent already under the id that is asked for. */
  private async sentBefore ({ id, path, caption = '' }: api.SendFileRequest, target: Target, content: Pick<FileBody, 'name' | 'bytes'>): Promise<api.FileSent[] | undefined> {
    const { lane, self } = this.components
    const conversation = 'to' in target ? target.to : groupConversation(target.groups[0] ?? '')
    const before = await findGiven(lane, { id, from: self.username, conversation, body: { kind: 'file', path, caption, ...content } })
    return before === undefined ? undefined : await this.fileSent([{ id: before.id, ...recipient(before) }], content)
  }

  private async fileSent (sent: Array<{ id: string, to?: string, group?: string }>, content: Pick<FileBody, 'name' | 'bytes'>): Promise<api.FileSent[]> {
    const { lane, self } = this.components
    return await Promise.all(sent.map(async (one) => ({ ...one, state: (await findMessage(lane, self.username, one.id))?.sent?.state ?? 'queued', ...content })))
  }

  private async send (target: Target, body: FileBody, id: string | undefined, keep: (tx: Transaction, messages: OutTransfer['messages']) => void): Promise<Array<{ id: string, to?: string, group?: string }>> {
    const { delivery, talk } = this.components
    if ('to' in target) {
      const { to } = target
      const row = await delivery().sendBody(to, body, id, (tx, id) => { keep(tx, [{ id, to }]) })
      return [{ id: row.id, to }]
    }
    const sent = await talk().sendBody(target.groups, body, id, (tx, messages) => {
      keep(tx, messages.map(({ id, group }) => ({ id, group: { id: group.id, name: group.name } })))
    })
    return sent.map(({ id, group }) => ({ id, group: group.name }))
  }

  private infoOfIn (transfer: InTransfer): api.TransferInfo {
    return incomingInfo(transfer, this.fetching.progressOf(transfer))
  }

  private async infoOfOut (reader: Reader, out: OutTransfer, message: OutTransfer['messages'][number]): Promise<api.TransferInfo> {
    const row = await findMessage(reader, this.components.self.username, message.id)
    return outgoingInfo(out, message, {
      doneBytes: this.sending.progressOf(out.fileId),
      isMoving: this.sending.isMoving(out.fileId),
      isKnown: row?.sent?.state === 'delivered' || row?.sent?.state === 'read'
    })
  }
}
