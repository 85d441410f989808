/** The messages of this device's groups: wires receiver, senders and receipts, and says when each has to work. */
import { P2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import type { Envelope } from '../../../protocol/pb/envelope.js'
import type { Clock, Logger, Random } from '../../../runtime.js'
import type { NodeEvent, Via } from '../../chat-node.js'
import type { GroupMail, Taken } from '../../delivery/inbox.js'
import type { FileArrivals } from '../../delivery/body.js'
import { checkGivenId, findGiven } from '../../delivery/given-id.js'
import { encodeText } from '../../delivery/payload.js'
import { Tasks } from '../../delivery/tasks.js'
import { addMessage, groupConversation, type MessageBody } from '../../history/messages.js'
import { readThrough } from '../../history/reading.js'
import { toHex } from '../../home/hex.js'
import type { Lane, Reader, Transaction } from '../../home/lane.js'
import { findInvitation, listInvitations } from '../invitations.js'
import type { GroupBook, GroupChange, GroupMessage, GroupTalk } from '../types.js'
import { GroupSender } from './group-sender.js'
import { InOrder } from './in-order.js'
import { findTalkState, listInStates, putDueReceipt, putInState, putTalkState } from './in-tables.js'
import { groupsWithUnsent, hasUnsent, putWaiting } from './out-tables.js'
import { maxHeard } from './limits.js'
import { GroupProgress } from './progress.js'
import { GroupReceipts } from './receipts.js'
import { Receiver } from './receiver.js'
import { Sealer, type TalkSelf } from './sealer.js'
import { GroupShelf } from './shelf.js'

export interface GroupTalkComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  self: TalkSelf
  book: GroupBook
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** Open channels to other devices, by device key in hex. */
  openPeers: () => ReadonlyMap<string, Channel>
  /** Takes a receipt envelope that came in a device's answer, as the inbox does. */
  takeAnswer: (envelope: Uint8Array, device: string, via: Via) => Promise<void>
  emit: (event: NodeEvent) => void
  /** The user has answered: what there was no room for until then is fetched. */
  answered: () => void
  /** There is room again for messages that were left in the mailbox. */
  roomMade: () => void
  files?: FileArrivals
}

export class Talk implements GroupTalk, GroupMail {
  private readonly shelf: GroupShelf
  private readonly receiver: Receiver
  private readonly progress: GroupProgress
  private readonly sealer: Sealer
  private readonly receipts: GroupReceipts
  private readonly tasks: Tasks
  /** Devices that a message or a receipt of a member was taken from. */
  private readonly heard = new Set<string>()
  private readonly senders = new Map<string, GroupSender>()
  private stopped = false

  constructor (private readonly components: GroupTalkComponents) {
    const { lane, clock, random, logger, self, book, emit } = components
    this.tasks = new Tasks(logger)
    this.shelf = new GroupShelf({ clock, username: self.username, emit, ...(components.files === undefined ? {} : { files: components.files }) })
    this.receipts = new GroupReceipts(components)
    this.progress = new GroupProgress({ lane, clock, logger, self, book, emit, heard: (device) => { this.hear(device) }, roomAgain: (id, device) => { this.senders.get(id)?.roomAgain(device) } })
    this.sealer = new Sealer({ clock, random, self, book, progress: this.progress })
    const inOrder = new InOrder({ book, shelf: this.shelf, freed: () => { this.receiver.freed() } })
    this.receiver = new Receiver({
      lane,
      clock,
      logger,
      self,
      book,
      shelf: this.shelf,
      inOrder,
      roomMade: components.roomMade,
      receiptDue: (sender, members) => { this.hear(sender.device); this.receipts.schedule(sender, members) },
      letIn: (id) => { this.changed(id); components.answered() }
    })
    book.onChange((id) => { this.changed(id) })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    await this.progress.start()
    await this.receipts.scheduleAll()
    for (const id of await groupsWithUnsent(this.components.lane)) this.sender(id).trigger()
    this.tasks.run(async () => { await this.receiver.retryAll() })
  }

  /** Waits for what is under way; nothing is begun any more. What is left stays where it is. */
  async stop (): Promise<void> {
    this.stopped = true
    await this.receipts.stop()
    await Promise.all([...this.senders.values()].map(async (sender) => { await sender.stop() }))
    await this.progress.stop()
    await this.tasks.stop()
  }

  /** This device is attached to a server: what waited is brought there. */
  async onServer (): Promise<void> {
    await this.receipts.scheduleAll()
    await this.retry()
  }

  /** Everything that is not stored for all is tried again, also where a mailbox was full. */
  async retry (): Promise<void> {
    for (const id of await groupsWithUnsent(this.components.lane)) this.sender(id).restart()
  }

  /** The chores of every twenty minutes. */
  async upkeep (): Promise<void> {
    await this.progress.expire()
    await this.progress.forget()
    await this.receiver.expire()
    await this.retry()
  }

  async send (ids: string[], text: string, id?: string): Promise<GroupMessage[]> {
    encodeText(text)
    return await this.sendBody(ids, { kind: 'text', text }, id)
  }

  async sendBody (ids: string[], body: MessageBody, id?: string, kept: (tx: Transaction, sent: GroupMessage[]) => void = () => {}): Promise<GroupMessage[]> {
    const groups = new Set(ids)
    if (groups.size === 0) throw new P2pChatError('ERR_USAGE', 'Name at least one group.')
    checkGivenId(id, groups.size)
    const { lane, book, self } = this.components
    return await lane.write(async (tx) => {
      for (const groupId of groups) {
        const before = await findGiven(tx, { id, from: self.username, conversation: groupConversation(groupId), body })
        const group = before === undefined ? undefined : await book.find(tx, groupId)
        if (before !== undefined && group !== undefined) return [{ id: before.id, group, state: before.sent.state }]
      }
      const sent: GroupMessage[] = []
      for (const groupId of groups) sent.push(await this.put(tx, groupId, body, id ?? toHex(this.components.random.bytes(16))))
      kept(tx, sent)
      return sent
    })
  }

  async putChange (tx: Transaction, change: GroupChange): Promise<void> {
    // That a server shows two logs is told once only.
    if (change.kind !== 'invited' && change.kind !== 'forked' && await findInvitation(tx, change.group.id) !== undefined) return
    await this.shelf.putChange(tx, change)
  }

  async unread (reader: Reader, id: string): Promise<{ unread: number, lastMessageAtMs: number | null }> {
    const { unread, lastMessageAtMs } = await findTalkState(reader, id)
    return { unread, lastMessageAtMs }
  }

  async markRead (id: string, tell = true, through?: number): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const size = (await this.components.book.find(tx, id))?.size
      const talk = await findTalkState(tx, id)
      const { sequenceOf, ...read } = await readThrough(tx, groupConversation(id), talk, through)
      if (talk.unread > 0) putTalkState(tx, id, { ...talk, ...read })
      if (!tell) return
      for (const { sender, state } of await listInStates(tx, id)) {
        const sequence = Math.min(sequenceOf(sender.username, sender.device), state.expected - 1)
        if (state.readThrough >= sequence) continue
        const after = { ...state, readThrough: sequence }
        putInState(tx, sender, after)
        putDueReceipt(tx, sender, after)
        tx.afterCommit(() => { this.receipts.schedule(sender, size) })
      }
    })
  }

  /** Whether the user was only invited to the group until now: what has waited is shown. */
  async join (id: string): Promise<boolean> {
    return await this.components.lane.write(async (tx) => await this.receiver.letIn(tx, id))
  }

  /** These people do not have to ask any more: nor do the groups that they have added this account to. */
  async letIn (tx: Transaction, isLetIn: (username: string) => Promise<boolean>): Promise<void> {
    for (const { id, by } of await listInvitations(tx)) if (await isLetIn(by)) await this.receiver.letIn(tx, id)
  }

  /** An identity was accepted: what was held back is shown. */
  async resume (): Promise<void> {
    await this.receiver.retryAll()
  }

  async takeMessage (envelope: Envelope, via: Via): Promise<Taken> {
    return await this.receiver.takeMessage(envelope, via)
  }

  async takeReceipt (envelope: Envelope, via: Via): Promise<Taken> {
    return await this.progress.takeReceipt(envelope, via)
  }

  /** Receipt envelopes for the answer to a device that handed over messages. */
  async receiptsFor (device: string, channel: Channel): Promise<Uint8Array[]> {
    return await this.receipts.takeForAnswer(device, channel)
  }

  /** Whether something of a member was taken from the device in this run: it may hand over more than a stranger. */
  isMember (device: string): boolean {
    return this.heard.has(device)
  }

  private hear (device: string): void {
    if (this.heard.size < maxHeard) this.heard.add(device)
  }

  private async put (tx: Transaction, groupId: string, body: MessageBody, id: string): Promise<GroupMessage> {
    const { book, clock, self } = this.components
    const group = await book.find(tx, groupId)
    if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'You are not in that group. `p2pchat groups --mine` lists yours.')
    if (group.standing !== 'member') throw new P2pChatError('ERR_NOT_PERMITTED', `You are not a member of ${group.name} any more.`)
    const now = clock.now()
    const row = await addMessage(tx, {
      id,
      from: self.username,
      group: { id: groupId, name: group.name },
      conversation: groupConversation(groupId),
      body,
      sentAtMs: now,
      receivedAtMs: now,
      via: null,
      read: true,
      sent: { state: 'queued', steps: [{ state: 'queued', atMs: now }], devices: {} }
    })
    putTalkState(tx, groupId, { ...await findTalkState(tx, groupId), lastMessageAtMs: now })
    await this.receiver.letIn(tx, groupId)
    putWaiting(tx, groupId, row.cursor, row.id)
    // In the same transaction, if the group has keys for it: one wait for the disk less.
    await this.sealer.seal(tx, groupId)
    tx.afterCommit(() => { this.sender(groupId).trigger() })
    return { id, group, state: 'queued' }
  }

  private changed (id: string): void {
    if (this.stopped) return
    this.tasks.run(async () => {
      await this.receiver.retry(id)
      if (await hasUnsent(this.components.lane, id)) this.sender(id).trigger()
    })
  }

  private sender (id: string): GroupSender {
    const { components, sealer, progress } = this
    const sender = this.senders.get(id) ?? new GroupSender(id, { ...components, sealer, progress })
    this.senders.set(id, sender)
    return sender
  }
}
