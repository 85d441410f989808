/**
 * Files of one signed-in device: what a person asks of them, and what messages that carry them set in motion. How they
 * come is in fetching.ts, how they go in sending.ts.
 */
import { basename } from 'node:path'
import { P2pChatError } from '../../errors.js'
import type { BulkStream, Channel, Network } from '../../overlay/network.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import type * as api from '../chat-node.js'
import { assertIdentity, findContact, findRecord } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import { fileBody, type FileArrivals } from '../delivery/body.js'
import type { Delivery } from '../delivery/delivery.js'
import { addressFreshMs } from '../delivery/limits.js'
import { encodeFileReport } from '../delivery/payload.js'
import { eventOf } from '../events/event-of.js'
import type { ChunkCipher } from '../files/cipher.js'
import type { Disk } from '../files/disk.js'
import { sweepLeftovers } from '../files/landing/sweep.js'
import { encodeManifest, parseManifest } from '../files/manifest.js'
import { prepareFile } from '../files/outgoing/prepare.js'
import { saveOutgoing } from '../files/outgoing/records.js'
import type { ReadableFile } from '../files/outgoing/regular-file.js'
import type { Spool } from '../files/outgoing/spool.js'
import type { GroupBook, GroupTalk } from '../groups/types.js'
import { addToLog, findMessage, putMessage, type FileBody, type MessageRow } from '../history/messages.js'
import { fromHex, toHex } from '../home/hex.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import { parseUsername } from '../../protocol/names.js'
import { parseGroupName } from '../../records/group/index.js'
import { Fetching } from './fetching.js'
import { maxListedTransfers, offerTtlMs } from './limits.js'
import { previewOf } from './picture.js'
import { Preparing } from './preparing.js'
import { deleteIn, findIn, findInByFile, findOut, findOutByMessage, listIn, listOut, putIn, putOut, type InTransfer, type OutTransfer } from './records.js'
import { Sending, type Recipient } from './sending.js'
import { incomingInfo, isOver, outgoingInfo } from './shown.js'
import { changeSettings, findSettings } from '../settings.js'

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

export class Transfers implements api.ChatFiles, FileArrivals {
  private readonly fetching: Fetching
  private readonly sending: Sending
  private readonly preparing: Preparing
  private waiters: Array<() => void> = []

  constructor (private readonly components: TransfersComponents) {
    const { directory } = components
    this.preparing = new Preparing(components)
    this.fetching = new Fetching({
      ...components,
      addressesOf: async (username, device) => await directory.addressesOf(username, device, addressFreshMs),
      downloadsFolder: async () => (await this.settings()).downloadsFolder,
      landed: async (tx, transfer, path, via) => { await this.landed(tx, transfer, path, via) },
      failed: async (tx, transfer) => { await this.failed(tx, transfer) }
    })
    this.sending = new Sending({
      ...components,
      recipients: async (reader, message) => await this.recipients(reader, message),
      withdrawn: async (tx, transfer) => { await this.withdrawn(tx, transfer) },
      mayHave: async (reader, message, device) => (await this.allowed(reader, message)).find((one) => one.device === device)?.username
    })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    const { lane, disk, logger } = this.components
    const { downloadsFolder } = await this.settings()
    const swept = await sweepLeftovers({ lane, disk }, downloadsFolder)
    if (swept > 0) logger.info({ swept }, 'what was left of files that are not fetched any more was removed')
    await this.upkeep()
    await this.fetching.start()
    await this.sending.start()
  }

  /** What nobody answered for, or fetched, in all the time that a pool would keep it, is given up; what is over long since is forgotten. */
  async upkeep (): Promise<void> {
    const { lane, clock } = this.components
    const before = clock.now() - offerTtlMs
    for (const transfer of await listIn(lane)) {
      if (transfer.atMs > before) continue
      await this.fetching.halt(transfer)
      await this.fetching.forget(transfer)
      await lane.write(async (tx) => { await this.expireIn(tx, transfer) })
    }
    for (const { fileId, atMs } of await listOut(lane)) if (atMs <= before) await this.sending.expire(fileId, atMs <= before - offerTtlMs)
  }

  async stop (): Promise<void> {
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
    const { self, downloadsFolder } = this.components
    const { autoAcceptBytes } = await findSettings(tx, downloadsFolder)
    const { manifest, name, mime, bytes } = row.body
    const isOffer = bytes > autoAcceptBytes
    // The picture in it lies with the message already.
    const { preview: _preview, ...bare } = parseManifest(manifest)
    const transfer: InTransfer = {
      id: row.id,
      from: row.from,
      ...(row.to === undefined ? {} : { to: row.to }),
      ...(row.group === undefined ? {} : { group: row.group }),
      device,
      own: row.from === self.username,
      fileId: toHex(bare.fileId),
      manifest: encodeManifest(bare),
      name,
      mime,
      bytes,
      atMs: row.receivedAtMs,
      state: { kind: isOffer ? 'offered' : 'active' }
    }
    putIn(tx, transfer)
    const shown: MessageRow = { ...row, body: { ...row.body, status: isOffer ? 'offered' : 'coming' } }
    putMessage(tx, shown)
    if (!isOffer) tx.afterCommit(() => { this.fetching.kick(transfer) })
    return shown
  }

  /** Of a file that was sent: somebody has it, or does not want it. Of one that is to come: it will not. */
  async fileReport (tx: Transaction, sender: { username: string, device: string }, { fileId, done }: { fileId: Uint8Array, done: boolean }): Promise<void> {
    const id = toHex(fileId)
    await this.sending.reported(tx, id, sender.device, done ? 'done' : 'declined')
    const coming = done ? undefined : await findInByFile(tx, sender.username, id)
    if (coming === undefined || coming.device !== sender.device || !['offered', 'active', 'paused'].includes(coming.state.kind)) return
    const failed: InTransfer = { ...coming, state: { kind: 'failed', code: 'ERR_CONFLICT', message: `file changed: ${coming.from} has another file now, or none, where ${coming.name} was.` } }
    putIn(tx, failed)
    await this.failed(tx, failed)
    tx.afterCommit(() => {
      this.fetching.halt(failed).then(async () => { await this.fetching.forget(failed) })
        .catch((error: unknown) => { this.components.logger.warn({ error }, 'what was left of a file is removed at the next start') })
    })
  }

  async sendFile (request: api.SendFileRequest): Promise<api.FileSent[]> {
    const { lane, random, cipher, spool, openFile, maxFileBytes } = this.components
    const target = await this.targetOf(request)
    const file = await openFile(request.path)
    try {
      const preview = await previewOf(file)
      const reading = { name: request.name ?? basename(request.path), peer: 'to' in target ? target.to : (request.groups ?? []).join(','), bytes: (await file.state()).bytes, path: request.path }
      const prepared = await this.preparing.run(reading, async (steps) => await prepareFile({ random, cipher, ...(spool === undefined ? {} : { spool }) }, {
        file,
        ...(request.name === undefined ? {} : { name: request.name }),
        ...(request.caption === undefined ? {} : { caption: request.caption }),
        ...(preview === undefined ? {} : { preview }),
        ...(maxFileBytes === undefined ? {} : { maxBytes: maxFileBytes }),
        ...steps
      }))
      const { manifest } = prepared
      const body = fileBody(manifest, encodeManifest(manifest), request.path, 'sent')
      const out = (messages: OutTransfer['messages']): OutTransfer => ({
        fileId: toHex(manifest.fileId),
        path: request.path,
        name: manifest.name,
        mime: manifest.mime,
        bytes: manifest.bytes,
        atMs: this.components.clock.now(),
        messages,
        done: [],
        declined: [],
        state: { kind: 'active' }
      })
      const keep = (tx: Transaction, messages: OutTransfer['messages']): void => {
        saveOutgoing(tx, prepared)
        putOut(tx, out(messages))
        tx.afterCommit(() => { this.sending.kick(toHex(manifest.fileId)) })
      }
      const sent = await this.send(target, body, keep).catch(async (error: unknown) => {
        await spool?.remove(manifest.fileId)
        throw error
      })
      const found = await Promise.all(sent.map(async (one) => ({ ...one, row: await findMessage(lane, this.components.self.username, one.id) })))
      return found.map(({ row, ...one }) => ({ ...one, state: row?.sent?.state ?? 'queued', name: manifest.name, bytes: manifest.bytes }))
    } finally {
      await file.close()
    }
  }

  async acceptFile ({ id }: { id: string }): Promise<void> {
    const accepted = await this.components.lane.write(async (tx) => {
      const transfer = await this.requireIn(tx, id)
      if (transfer.state.kind !== 'offered' && transfer.state.kind !== 'failed') throw new P2pChatError('ERR_USAGE', `${transfer.name} is not offered any more. \`p2pchat files\` shows how far it is.`)
      const active: InTransfer = { ...transfer, state: { kind: 'active' } }
      putIn(tx, active)
      await this.show(tx, active, 'coming')
      return active
    })
    this.fetching.kick(accepted)
  }

  async declineFile ({ id }: { id: string }): Promise<void> {
    const { lane } = this.components
    const before = await this.requireIn(lane, id)
    if (before.state.kind === 'done') throw new P2pChatError('ERR_USAGE', `${before.name} has come already: it lies at ${before.state.path}.`)
    await this.fetching.halt(before)
    const declined = await lane.write(async (tx) => {
      const transfer = await this.requireIn(tx, id)
      if (transfer.state.kind === 'done' || transfer.state.kind === 'declined') return undefined
      putIn(tx, { ...transfer, state: { kind: 'declined' } })
      await this.show(tx, transfer, 'declined')
      await this.report(tx, transfer, false)
      return transfer
    })
    if (declined !== undefined) await this.fetching.forget(declined)
  }

  async pauseFile ({ id }: { id: string }): Promise<void> {
    const { lane } = this.components
    const out = await findOutByMessage(lane, id)
    if (out !== undefined) {
      await this.setOut(out.fileId, 'active', { kind: 'paused' })
      await this.sending.pause(out.fileId, true)
      return
    }
    const transfer = await this.setIn(id, 'active', { kind: 'paused' })
    await this.fetching.halt(transfer)
  }

  async resumeFile ({ id }: { id: string }): Promise<void> {
    const out = await findOutByMessage(this.components.lane, id)
    if (out !== undefined) {
      await this.setOut(out.fileId, 'paused', { kind: 'active' })
      await this.sending.pause(out.fileId, false)
      return
    }
    this.fetching.kick(await this.setIn(id, 'paused', { kind: 'active' }))
  }

  async transfers ({ active = false }: { active?: boolean }): Promise<api.TransferInfo[]> {
    const { lane } = this.components
    const incoming = (await listIn(lane)).map((transfer) => this.infoOfIn(transfer))
    const outgoing = await Promise.all((await listOut(lane)).flatMap((out) => out.messages.map(async (message) => await this.infoOfOut(lane, out, message))))
    const all = [...this.preparing.list(), ...incoming, ...outgoing]
    return all.filter((info) => !active || !isOver(info)).sort((a, b) => b.at.localeCompare(a.at)).slice(0, maxListedTransfers)
  }

  async waitFile ({ id, timeoutMs }: { id: string, timeoutMs: number }): Promise<api.TransferInfo> {
    const { lane, clock } = this.components
    let late = false
    let wake = (): void => {}
    const timer = clock.schedule(timeoutMs, () => {
      late = true
      wake()
    })
    try {
      for (;;) {
        const changed = Promise.race([this.sending.change(), this.change(), new Promise<void>((resolve) => { wake = resolve })])
        const out = await findOutByMessage(lane, id)
        const message = out?.messages.find((one) => one.id === id)
        if (out === undefined || message === undefined) {
          const info = this.infoOfIn(await this.requireIn(lane, id))
          if (isOver(info)) return info
        } else {
          if (out.state.kind === 'failed') throw new P2pChatError('ERR_CONFLICT', out.state.message)
          if (out.state.kind === 'done' || out.keptUntilMs !== undefined) return await this.infoOfOut(lane, out, message)
        }
        if (late) throw new P2pChatError('ERR_PENDING', 'The file is on its way: it goes on whenever p2pchat runs in this home. Nothing has to be done again.')
        await changed
      }
    } finally {
      timer.cancel()
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

  async settings (): Promise<api.NodeSettings> {
    return await findSettings(this.components.lane, this.components.downloadsFolder)
  }

  async changeSettings (change: Partial<api.NodeSettings>): Promise<api.NodeSettings> {
    await changeSettings(this.components.lane, change)
    return await this.settings()
  }

  /** @throws ERR_USAGE, ERR_NOT_FOUND, ERR_NOT_PERMITTED, before the file is read */
  private async targetOf ({ to, groups }: api.SendFileRequest): Promise<{ to: string } | { groups: string[] }> {
    const { lane, book } = this.components
    if ((to === undefined) === (groups === undefined)) throw new P2pChatError('ERR_USAGE', 'Name either a user or groups.')
    if (to !== undefined) return { to: await this.knownUser(parseUsername(to)) }
    const ids = await Promise.all((groups ?? []).map(async (name) => {
      const group = await book().findByName(lane, parseGroupName(name))
      if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `You are in no group ${name}. \`p2pchat groups --mine\` lists yours.`)
      if (group.standing !== 'member') throw new P2pChatError('ERR_NOT_PERMITTED', `You are not a member of ${group.name} any more.`)
      return group.id
    }))
    return { groups: [...new Set(ids)] }
  }

  /** Without a server, a user who is not known here is looked up later, as with every message. */
  private async knownUser (username: string): Promise<string> {
    const { lane, directory, poolChannel } = this.components
    assertIdentity(username, await findContact(lane, username))
    if (await findRecord(lane, username) === undefined && poolChannel() !== undefined) await directory.refresh(username)
    return username
  }

  private async send (target: { to: string } | { groups: string[] }, body: FileBody, keep: (tx: Transaction, messages: OutTransfer['messages']) => void): Promise<Array<{ id: string, to?: string, group?: string }>> {
    const { delivery, talk } = this.components
    if ('to' in target) {
      const { to } = target
      const row = await delivery().sendBody(to, body, (tx, id) => { keep(tx, [{ id, to }]) })
      return [{ id: row.id, to }]
    }
    const sent = await talk().sendBody(target.groups, body, (tx, messages) => {
      keep(tx, messages.map(({ id, group }) => ({ id, group: { id: group.id, name: group.name } })))
    })
    return sent.map(({ id, group }) => ({ id, group: group.name }))
  }

  /** Whoever has to get it: not the other devices of this account, which take it where they find it. */
  private async recipients (reader: Reader, { id, group }: OutTransfer['messages'][number]): Promise<Recipient[]> {
    if (group !== undefined) return []
    const row = await findMessage(reader, this.components.self.username, id)
    return Object.entries(row?.sent?.devices ?? {}).map(([device, { username }]) => ({ username, device }))
  }

  private async allowed (reader: Reader, message: OutTransfer['messages'][number]): Promise<Recipient[]> {
    const { self, book } = this.components
    const usernames = message.group === undefined ? [] : (await book().find(reader, message.group.id))?.members ?? []
    const records = await Promise.all([...new Set([self.username, ...usernames])].map(async (username) => await findRecord(reader, username)))
    const devices = records.flatMap((record) => record === undefined ? [] : record.devices.map(({ deviceKey }) => ({ username: record.username, device: toHex(deviceKey) })))
    return [...await this.recipients(reader, message), ...devices]
  }

  private async landed (tx: Transaction, transfer: InTransfer, path: string, via: api.Via): Promise<void> {
    const row = await findMessage(tx, transfer.from, transfer.id)
    tx.afterCommit(() => { this.changed() })
    await this.report(tx, transfer, true)
    if (row?.body.kind !== 'file') return
    const landedCursor = await addToLog(tx, row)
    const landed: MessageRow = { ...row, via, body: { ...row.body, name: basename(path), path, status: 'landed', landedCursor } }
    putMessage(tx, landed)
    const event = eventOf(landed, this.components.self.username, landedCursor)
    if (event !== undefined) tx.afterCommit(() => { this.components.emit(event) })
  }

  private async failed (tx: Transaction, transfer: InTransfer): Promise<void> {
    const { id, name, state } = transfer
    await this.show(tx, transfer, 'failed')
    if (state.kind !== 'failed') return
    const { code, message } = state
    tx.afterCommit(() => { this.components.emit({ event: 'file-failed', id, direction: 'in', name, code, message }) })
  }

  /** Resolves when a file that comes in is over, or goes on after it was. */
  private async change (): Promise<void> {
    await new Promise<void>((resolve) => { this.waiters.push(resolve) })
  }

  private changed (): void {
    for (const wake of this.waiters.splice(0)) wake()
  }

  private async show (tx: Transaction, { from, id }: InTransfer, status: FileBody['status']): Promise<void> {
    tx.afterCommit(() => { this.changed() })
    const row = await findMessage(tx, from, id)
    if (row?.body.kind === 'file') putMessage(tx, { ...row, body: { ...row.body, status } })
  }

  /** Tells the device that sent it. Not of a group's files: its sender would get as many reports as it has members. */
  private async report (tx: Transaction, { from, device, group, manifest, own }: InTransfer, done: boolean): Promise<void> {
    if (group !== undefined || own) return
    if ((await findContact(tx, from))?.identity === 'changed') return
    await this.components.delivery().systemMail.enqueue(tx, [{ username: from, device, content: encodeFileReport(parseManifest(manifest).fileId, done) }])
  }

  private async expireIn (tx: Transaction, { id, from }: InTransfer): Promise<void> {
    const transfer = await findIn(tx, id, from)
    if (transfer === undefined) return
    if (['offered', 'active', 'paused'].includes(transfer.state.kind)) {
      // Kept for as long again, so that a person can read what became of it.
      const failed: InTransfer = { ...transfer, atMs: this.components.clock.now(), state: { kind: 'failed', code: 'ERR_NOT_FOUND', message: `${transfer.name} was not fetched in ${offerTtlMs / 86_400_000} days; nobody keeps it any more.` } }
      putIn(tx, failed)
      await this.failed(tx, failed)
    } else deleteIn(tx, transfer)
  }

  /** Tells the devices that wait for it. A group's members hear it when they ask. */
  private async withdrawn (tx: Transaction, { fileId, messages, done }: OutTransfer): Promise<void> {
    for (const message of messages) {
      for (const { username, device } of await this.recipients(tx, message)) {
        if (done.includes(device) || (await findContact(tx, username))?.identity === 'changed') continue
        await this.components.delivery().systemMail.enqueue(tx, [{ username, device, content: encodeFileReport(fromHex(fileId), false) }])
      }
    }
  }

  private async requireIn (reader: Reader, id: string): Promise<InTransfer> {
    const transfer = await findIn(reader, id)
    if (transfer === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file here. `p2pchat files` shows the ids.')
    return transfer
  }

  private async setIn (id: string, from: InTransfer['state']['kind'], state: InTransfer['state']): Promise<InTransfer> {
    return await this.components.lane.write(async (tx) => {
      const transfer = await this.requireIn(tx, id)
      if (transfer.state.kind !== from) throw new P2pChatError('ERR_USAGE', `${transfer.name} is ${stateName(transfer.state.kind)}.`)
      const changed = { ...transfer, state }
      putIn(tx, changed)
      return changed
    })
  }

  private async setOut (fileId: string, from: OutTransfer['state']['kind'], state: OutTransfer['state']): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer === undefined) return
      if (transfer.state.kind !== from) throw new P2pChatError('ERR_USAGE', `${transfer.name} is ${stateName(transfer.state.kind)}.`)
      putOut(tx, { ...transfer, state })
    })
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

function stateName (kind: string): string {
  switch (kind) {
    case 'active': return 'under way'
    case 'done': return 'done already'
    default: return kind
  }
}
