/** What becomes of files that come in: told in their messages, to the person, and to the devices that sent them. */
import { basename } from 'node:path'
import type { Clock } from '../../runtime.js'
import type * as api from '../chat-node.js'
import { findContact } from '../contacts/contacts.js'
import type { Delivery } from '../delivery/delivery.js'
import { encodeFileReport } from '../delivery/payload.js'
import { eventOf } from '../events/event-of.js'
import { forgetLanded } from '../files/landing/records.js'
import { encodeManifest, parseManifest } from '../files/manifest.js'
import { addToLog, findMessage, putMessage, type FileBody, type MessageRow } from '../history/messages.js'
import { toHex } from '../home/hex.js'
import { stampNow } from '../home/home-time.js'
import type { Transaction } from '../home/lane.js'
import { findSettings } from '../settings.js'
import { offerTtlMs } from './limits.js'
import { deleteIn, findIn, findInByFile, findOutByMessage, landingId, listNamed, putIn, type InTransfer } from './records.js'
import { Waiters } from './waiters.js'

export interface ArrivalsComponents {
  clock: Clock
  /** this device in hex */
  self: { username: string, device: string }
  /** where files land unless the user says otherwise */
  downloadsFolder: string
  delivery: () => Delivery
  emit: (event: api.NodeEvent) => void
}

export class Arrivals {
  private readonly waiters = new Waiters()

  constructor (private readonly components: ArrivalsComponents) {}

  /**
   * A message says that a file is there: it comes by itself if it is small enough, and is offered else. Files are named by the
   * ids of their messages, which are their senders' choice: who has taken somebody else's gets nothing by it.
   *
   * @returns `transfer` undefined: it will not come; `ousted`: what had its id, and is to be stopped
   */
  async announced (tx: Transaction, row: MessageRow & { body: FileBody }, device: string): Promise<{ transfer?: InTransfer, ousted: InTransfer[], shown: MessageRow }> {
    const { self, clock, downloadsFolder } = this.components
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
      atMs: await stampNow(tx, clock),
      state: { kind: isOffer ? 'offered' : 'active' }
    }
    const ousted = (await listNamed(tx, row.id)).filter(({ from }) => from !== row.from)
    if (await findOutByMessage(tx, row.id) !== undefined || ousted.some((other) => rank(other) >= rank(transfer))) {
      const shown: MessageRow = { ...row, body: { ...row.body, status: 'failed' } }
      putMessage(tx, shown)
      return { ousted: [], shown }
    }
    for (const other of ousted) {
      deleteIn(tx, other)
      await forgetLanded(tx, landingId(other))
      if (isPending(other)) await this.show(tx, other, 'failed')
    }
    putIn(tx, transfer)
    const shown: MessageRow = { ...row, body: { ...row.body, status: isOffer ? 'offered' : 'coming' } }
    putMessage(tx, shown)
    return { transfer, ousted, shown }
  }

  async landed (tx: Transaction, transfer: InTransfer, path: string, via: api.Via): Promise<void> {
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

  async failed (tx: Transaction, transfer: InTransfer): Promise<void> {
    const { id, name, state } = transfer
    await this.show(tx, transfer, 'failed')
    if (state.kind !== 'failed') return
    const { code, message } = state
    tx.afterCommit(() => { this.components.emit({ event: 'file-failed', id, direction: 'in', name, code, message }) })
  }

  /** The device that sent it says that it will not come. @returns what is to be stopped */
  async withdrawn (tx: Transaction, sender: { username: string, device: string }, fileId: string): Promise<InTransfer | undefined> {
    const coming = await findInByFile(tx, sender.username, fileId)
    if (coming === undefined || coming.device !== sender.device || !isPending(coming)) return undefined
    const failed: InTransfer = { ...coming, state: { kind: 'failed', code: 'ERR_CONFLICT', message: `file changed: ${coming.from} has another file now, or none, where ${coming.name} was.` } }
    putIn(tx, failed)
    await this.failed(tx, failed)
    return failed
  }

  /** What nobody answered for in all the time that a pool keeps it is given up; what is over is forgotten. */
  async expire (tx: Transaction, { id, from }: InTransfer): Promise<void> {
    const transfer = await findIn(tx, id, from)
    if (transfer === undefined) return
    if (isPending(transfer)) {
      // Kept for as long again, so that a person can read what became of it.
      const failed: InTransfer = { ...transfer, atMs: await stampNow(tx, this.components.clock), state: { kind: 'failed', code: 'ERR_NOT_FOUND', message: `${transfer.name} was not fetched in ${offerTtlMs / 86_400_000} days; nobody keeps it any more.` } }
      putIn(tx, failed)
      await this.failed(tx, failed)
    } else {
      deleteIn(tx, transfer)
      await forgetLanded(tx, landingId(transfer))
    }
  }

  async show (tx: Transaction, { from, id }: InTransfer, status: FileBody['status']): Promise<void> {
    tx.afterCommit(() => { this.changed() })
    const row = await findMessage(tx, from, id)
    if (row?.body.kind === 'file') putMessage(tx, { ...row, body: { ...row.body, status } })
  }

  /** Tells the device that sent it. Not of a group's files: its sender would get as many reports as it has members. */
  async report (tx: Transaction, { from, device, group, manifest, own }: InTransfer, done: boolean): Promise<void> {
    if (group !== undefined || own) return
    const contact = await findContact(tx, from)
    // Who is blocked is not told of it.
    if (contact?.identity === 'changed' || contact?.decision === 'blocked') return
    await this.components.delivery().systemMail.enqueue(tx, [{ username: from, device, content: encodeFileReport(parseManifest(manifest).fileId, done) }])
  }

  /** Resolves when a file that comes in is over, or goes on after it was, or when the signal aborts. */
  async change (signal: AbortSignal): Promise<void> {
    await this.waiters.next(signal)
  }

  private changed (): void {
    this.waiters.wake()
  }
}

/** An id is known to more people in this order: so of two that have the same, the first has taken it from the second. */
function rank ({ own, group }: InTransfer): number {
  return own ? 2 : group !== undefined ? 1 : 0
}

function isPending ({ state }: InTransfer): boolean {
  return state.kind === 'offered' || state.kind === 'active' || state.kind === 'paused'
}
