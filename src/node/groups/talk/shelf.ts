/** Puts what belongs to a group's conversation into the history, once, and tells who listens. */
import { lpAll, sha256 } from '../../../crypto/bytes.js'
import type { Clock } from '../../../runtime.js'
import type { NodeEvent, Via } from '../../chat-node.js'
import type { ParsedPayload } from '../../delivery/payload.js'
import { bodyOf, withFile, type FileArrivals } from '../../delivery/body.js'
import { eventOf } from '../../events/event-of.js'
import { addMessage, findMessage, groupConversation, type MessageRow } from '../../history/messages.js'
import { toHex } from '../../home/hex.js'
import type { Transaction } from '../../home/lane.js'
import type { GroupChange } from '../types.js'
import { findTalkState, putTalkState, type SendingDevice } from './in-tables.js'

export interface GroupShelfComponents {
  clock: Clock
  username: string
  emit: (event: NodeEvent) => void
  files?: FileArrivals
}

export interface NamedGroup { id: string, name: string }

export interface Arrived { payload: ParsedPayload, via: Via, fromRemovedDevice?: true }

export class GroupShelf {
  constructor (private readonly components: GroupShelfComponents) {}

  async putArrived (tx: Transaction, group: NamedGroup, { username: from, device }: SendingDevice, { payload, via, fromRemovedDevice }: Arrived): Promise<void> {
    if (payload.content.kind === 'hello') return
    const id = toHex(payload.wireId)
    if (await findMessage(tx, from, id) !== undefined) return
    const own = from === this.components.username
    await this.add(tx, { ...this.row(group, from), id, body: bodyOf(payload), sentAtMs: payload.sentAtMs, via, read: own, origin: { device, sequence: payload.sequence }, ...(fromRemovedDevice === true ? { fromRemovedDevice } : {}) }, device)
  }

  /** @param mark tells this gap from all others of the device */
  async putGap (tx: Transaction, group: NamedGroup, { username, device }: SendingDevice, missing: number, mark: string): Promise<void> {
    const id = idOf('gap', group.id, username, device, mark)
    if (await findMessage(tx, username, id) !== undefined) return
    await this.add(tx, { ...this.row(group, username), id, body: { kind: 'gap', missing }, sentAtMs: this.components.clock.now(), via: null, read: false })
  }

  async putChange (tx: Transaction, { group, kind, by, users, text, hash, atMs }: GroupChange): Promise<void> {
    const from = groupConversation(group.id)
    const id = idOf('change', group.id, hash)
    if (await findMessage(tx, from, id) !== undefined) return
    await this.add(tx, { ...this.row(group, from), id, body: { kind: 'group-change', change: kind, by, users, text }, sentAtMs: atMs, via: null, read: true })
  }

  private row ({ id, name }: NamedGroup, from: string): Pick<MessageRow, 'from' | 'group' | 'conversation' | 'receivedAtMs'> {
    return { from, group: { id, name }, conversation: groupConversation(id), receivedAtMs: this.components.clock.now() }
  }

  private async add (tx: Transaction, added: Omit<MessageRow, 'cursor'>, device = ''): Promise<void> {
    const row = await withFile(tx, await addMessage(tx, added), device, this.components.files)
    const id = row.group?.id ?? ''
    if (row.body.kind !== 'group-change') {
      const state = await findTalkState(tx, id)
      putTalkState(tx, id, { ...state, lastMessageAtMs: row.receivedAtMs, unread: state.unread + (row.read ? 0 : 1) })
    }
    const event = eventOf(row, this.components.username)
    if (event !== undefined) tx.afterCommit(() => { this.components.emit(event) })
  }
}

/** As long as a message's, so that it can be named like one. */
function idOf (...parts: Array<string | Uint8Array>): string {
  return toHex(sha256(lpAll(...parts)).slice(0, 16))
}
