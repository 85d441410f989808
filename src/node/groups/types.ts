/**
 * The seam between the two halves of a client's groups. The book (log, membership, epochs, keys) knows who may speak
 * and under which keys; the talk (messages, receipts) seals, opens and orders. Neither imports the other's files.
 */
import type { GroupChainOwner, GroupMessageHeader, SenderChain } from '../../crypto/group/index.js'
import type { GroupDevice, GroupHead } from '../../records/group/index.js'
import type { GroupChangeKind } from '../chat-groups.js'
import type { MessageState } from '../message-state.js'
import type { MessageBody } from '../history/messages.js'
import type { Reader, Transaction } from '../home/lane.js'

/** A group as this home knows it; `id` is its id in hex, as in all of these. */
export interface KnownGroup {
  id: string
  name: string
  standing: 'member' | 'left' | 'removed' | 'ended'
  head: GroupHead
  epoch: number
  /** usernames */
  members: Iterable<string>
  /** how many */
  size: number
}

/** An account record as the log has it: as a rule the one by which a device became a member's. */
export interface LogAccount { /** the account's key */ key: Uint8Array, /** of the record */ version: number }

/** What the log says of a message, by its header alone. */
export type Standing =
  /** Its sender was a member's device at the head it names, and nothing since takes the message back. Without `account` it is not known whose. */
  | { kind: 'ok', account?: LogAccount }
  /** The log as known here does not reach that head yet, or the group itself is not known: ask again after a change. */
  | { kind: 'ahead' }
  /** Sent before this account was a member: dropped without a word. */
  | { kind: 'before-us' }
  /** `removed`: it came after its sender's device was taken away, which people are shown. */
  | { kind: 'refused', why: string, removed: boolean }
  /** The head it names is not the one at that place of our log: somebody was shown another log. The book tells people. */
  | { kind: 'forked' }

/** A head that is not known here, by a message with a right signature. */
export type NamedHead = Pick<GroupMessageHeader, 'head' | 'sender' | 'senderDevice'>

export type SendingEpoch =
  /** devices: all of all members at `head`, this one too */
  | { kind: 'ready', epoch: number, head: GroupHead, devices: GroupDevice[] }
  /** Messages stay in the outbox until `onChange`. */
  | { kind: 'waiting', why: string }
  | { kind: 'not-member' }

export interface GroupBook {
  find: (reader: Reader, id: string) => Promise<KnownGroup | undefined>
  findByName: (reader: Reader, name: string) => Promise<KnownGroup | undefined>
  list: (reader: Reader) => Promise<KnownGroup[]>
  standingOf: (reader: Reader, header: GroupMessageHeader) => Promise<Standing>
  sendingEpoch: (reader: Reader, id: string) => Promise<SendingEpoch>
  /** The account record that the log has of a member now. */
  accountOf: (reader: Reader, id: string, username: string) => Promise<LogAccount | undefined>
  /** The number of the entry and the epoch that made this account a member, at `epoch` or (without it) now: what was sent in epochs before cannot be read. */
  memberSince: (reader: Reader, id: string, epoch?: number) => Promise<{ sequence: number, epoch: number } | undefined>

  /** Undefined: no keys of that epoch here (yet). */
  chain: (reader: Reader, id: string, epoch: number, owner: GroupChainOwner) => Promise<SenderChain | undefined>
  /** The chain after a step; what is dead in the one before is the caller's to wipe after the commit. */
  putChain: (tx: Transaction, id: string, epoch: number, chain: SenderChain) => Promise<void>
  /** Seals receipts of an epoch's messages, 32 bytes. */
  receiptKey: (reader: Reader, id: string, epoch: number) => Promise<Uint8Array | undefined>

  /**
   * Reads the log soon: a message named a head or a group that is not known here, or another head at a known place. People are
   * told when the server does not give the head that a member has `named`.
   */
  readLog: (id: string, named?: NamedHead) => void
  /** A message came in an epoch whose keys are not here: asks members for them. */
  missEpoch: (id: string, epoch: number) => void
  /**
   * A member's message with a right signature does not open under the keys of its epoch. People are told, and a new key is
   * made. True: the keys here are sure to be right, so that it never will.
   */
  cannotRead: (tx: Transaction, id: string, epoch: number, username: string) => Promise<boolean>
  /** Whether nobody could give the keys of that epoch: what was sent in it will never be read here. */
  isLost: (reader: Reader, id: string, epoch: number) => Promise<boolean>
  /** After a commit: the log went on, keys came, an epoch was given up, sending waits or goes on. */
  onChange: (listener: (id: string) => void) => void
}

/** A line about the group in its conversation. */
export interface GroupChange {
  group: { id: string, name: string }
  kind: GroupChangeKind | 'forked' | 'refused' | 'wrong-key' | 'identity' | 'hidden' | 'unsupported' | 'invited'
  by: string | null
  users: string[]
  text: string
  /** of the log entry, or the text's own identity: makes each line appear once */
  hash: Uint8Array
  atMs: number
}

/** One that this device has sent. */
export interface GroupMessage { id: string, group: KnownGroup, state: MessageState }

export interface GroupTalk {
  /**
   * Keeps a text for each of the groups in one transaction and begins to deliver it. With an `id`, for one group: once.
   *
   * @throws ERR_LIMIT, ERR_USAGE, ERR_NOT_FOUND, ERR_NOT_PERMITTED (no member any more), ERR_CONFLICT (the id is another
   * message's); nothing was kept then
   */
  send: (ids: string[], text: string, id?: string) => Promise<GroupMessage[]>
  /** As `send`, for whatever can be sent; `kept`: writes of the caller's that are to be one with the messages', none where it was sent before. */
  sendBody: (ids: string[], body: MessageBody, id?: string, kept?: (tx: Transaction, sent: GroupMessage[]) => void) => Promise<GroupMessage[]>
  /** Puts a line into the group's conversation, once. */
  putChange: (tx: Transaction, change: GroupChange) => Promise<void>
  unread: (reader: Reader, id: string) => Promise<{ unread: number, lastMessageAtMs: number | null }>
  /** Shows what has waited in a group that this account was only invited to; false: it was not. */
  join: (id: string) => Promise<boolean>
  /** @param tell whether the members may know. Default: they may. @param through the cursor of the last that was read. Default: all */
  markRead: (id: string, tell?: boolean, through?: number) => Promise<void>
}

/** What devices say to each other about keys, as the inbox has parsed it: never shown. */
export type GroupContent =
  /** an encoded GroupEpochSecret */
  | { kind: 'group-epoch', epoch: Uint8Array }
  | { kind: 'group-epoch-request', groupId: Uint8Array, epoch: number, entryHash: Uint8Array }

/** Who sent it, by the session that it came in. */
export interface GroupContentSender { username: string, /** device key in hex */ device: string }

/** What the inbox hands over, in the transaction that took the message. */
export interface GroupContentTaker {
  groupContent: (tx: Transaction, sender: GroupContentSender, content: GroupContent) => Promise<void>
}
