/**
 * What a client can do, as the command line, the control socket and programs see it. Everything that goes in or comes
 * out is plain JSON, so the same interface is spoken in the process that owns the home and across its control socket.
 * Every method rejects with a P2pChatError; the codes named here are the ones a caller would act on.
 */

import type { ChatFiles, FileEvent, FileFailedEvent, OfferEvent, ProgressEvent } from './chat-files.js'
import type { ChatGroups, GroupEvent } from './chat-groups.js'
import type { MessageState, Via } from './message-state.js'

export type * from './chat-files.js'
export type * from './chat-groups.js'
export type { MessageState, Via }

export type ConnectionState =
  | { kind: 'no-pool' }
  | { kind: 'connecting' }
  /** `server`: PeerId; `home`: it is one of the servers that keep this device's mailbox */
  | { kind: 'connected', server: string, poolId: string, home: boolean }
  /** `direct`: usernames of contacts with a direct connection, to whom messages go on */
  | { kind: 'offline', poolId: string, retryAfterMs: number, direct: readonly string[] }

/**
 * What happened to the connection: `looking` for a server; the one that was there is `lost`, and another is looked for;
 * `connected`, also again; `moved` to another server without a break; `offline`, no server can be reached.
 */
export type PoolChange = 'looking' | 'lost' | 'connected' | 'moved' | 'offline'

export interface NodeStatus {
  account: AccountInfo | null
  connection: ConnectionState
  /** Messages waiting in the outbox. */
  queued: number
  /** Which Triple DES runs: 'wasm-simd' or 'openssl'. */
  cipher: string
}

export interface AccountInfo {
  username: string
  deviceId: string
  /** PeerId of this device */
  peerId: string
  /** A password was given since the last logout. */
  signedIn: boolean
  poolAddresses: string[]
}

export interface DeviceInfo {
  /** first 16 hex digits of the device key */
  id: string
  label: string
  addedAt: string
  current: boolean
  online: boolean
}

export interface ListedUser { username: string, online: boolean }
export interface UserPage { users: ListedUser[], more: boolean }

export type IdentityState = 'pinned' | 'verified' | 'changed'

export interface ContactInfo {
  username: string
  online: boolean
  unread: number
  identity: IdentityState
  /** ISO time of the newest message, or null */
  lastMessageAt: string | null
  /** `asking`: what they wrote waits for acceptContact */
  standing: 'accepted' | 'asking' | 'blocked'
  /** messages that wait for acceptContact */
  waiting: number
}

export interface StatusEvent {
  event: 'status'
  id: string
  /** the recipient's username; of a message to a group: `group` instead */
  to?: string
  group?: string
  state: MessageState
  via?: Via
  /** Servers that hold it, of how many, until when: with state 'stored'. */
  replicas?: number
  servers?: number
  until?: string
  /** Of a message to a group: how many of its members (the sender left out) have it. */
  members?: { delivered: number, read: number, of: number }
}

export interface MessageEvent {
  event: 'message'
  /** 32 hex digits, the same on every device and in every repetition */
  id: string
  from: string
  /** this account, or whom another of its devices wrote to; in a group: `group` instead */
  to?: string
  group?: string
  text: string
  sentAt: string
  receivedAt: string
  via: Via
  /** Where to go on: `listen --after` */
  cursor: string
  /** True when another device of this account sent it. */
  own: boolean
  /** Set when it was sealed by a device that its account has removed since. */
  fromRemovedDevice?: true
}

/** A message of a kind this version does not know: kept, and shown as such. */
export interface UnknownContentEvent {
  event: 'unknown-content'
  id: string
  from: string
  to?: string
  group?: string
  sentAt: string
  receivedAt: string
  cursor: string
}

/** Messages of `from` that expired before this device fetched them. */
export interface GapEvent { event: 'gap', from: string, group?: string, missing: number, cursor: string }
export interface PresenceEvent { event: 'presence', username: string, online: boolean }
/** Somebody who has to be accepted has written. */
export interface ContactRequestEvent { event: 'contact-request', username: string, message: string }
export interface IdentityChangedEvent { event: 'identity-changed', username: string, message: string }
/** An account that this home knows has a new device, which gets what is sent to it from now on. `own`: it is this account */
export interface DeviceAddedEvent { event: 'device-added', username: string, own: boolean, deviceId: string, label: string, message: string, at: string, cursor: string }
/** `before`: PeerId of the server that was lost, or moved away from */
export interface PoolEvent { event: 'pool', change: PoolChange, connection: ConnectionState, before?: string, message: string }
export interface ErrorEvent { event: 'error', code: string, message: string, retryAfterMs?: number }

export type NodeEvent = MessageEvent | UnknownContentEvent | GapEvent | StatusEvent | PresenceEvent | ContactRequestEvent | IdentityChangedEvent | DeviceAddedEvent | PoolEvent | GroupEvent | FileEvent | OfferEvent | ProgressEvent | FileFailedEvent | ErrorEvent

/** One line of a conversation, oldest first in every listing. */
export interface HistoryEntry {
  id: string
  from: string
  to?: string
  group?: string
  /** null: a kind this version does not know, or a gap; of a 'group-change' and 'device-added' the sentence that tells it */
  text: string | null
  kind: 'text' | 'file' | 'gap' | 'unknown-content' | 'group-change' | 'device-added'
  /** of kind 'file' */
  file?: { name: string, mime: string, bytes: number, sha256: string, caption?: string, path: string | null, status: 'sent' | 'offered' | 'coming' | 'landed' | 'declined' | 'failed' }
  sentAt: string
  receivedAt: string | null
  via: Via | null
  /** of messages this account sent */
  state: MessageState | null
  read: boolean
  cursor: string
  fromRemovedDevice?: true
}

export interface DeviceTrace { username: string, deviceId: string, state: MessageState, via: Via | null, at: string }
export interface MessageTrace {
  id: string
  to?: string
  group?: string
  state: MessageState
  /** Of a message to a group: how many of its members have it, and who does not. */
  members?: { delivered: number, read: number, of: number, missing: string[] }
  /** Each step with its time, oldest first. */
  steps: Array<{ state: MessageState, at: string, via?: Via, replicas?: number, servers?: number, until?: string }>
  devices: DeviceTrace[]
}

export interface SafetyNumber { username: string, number: string, identity: IdentityState }
export interface LimitInfo { name: string, unit: string, used: number | null, max: number, reason: string }

export interface SignUpRequest { username: string, password: string, unlisted?: boolean, deviceLabel?: string }
/** `replace`: id of the device whose place this one takes */
export interface SignInRequest { username: string, password: string, deviceLabel?: string, replace?: string }
export interface RecoverRequest { username: string, recoveryKey: string, newPassword: string, deviceLabel?: string, replace?: string }
/**
 * `id`: 32 hex digits of the caller's own, by chance or by a hash. Sent again under the same id, to the same recipient
 * with the same content, a message is kept and goes out once, and its state now is the answer: safe to try again.
 */
export interface SendRequest { to: string, text: string, id?: string }
/** Exactly one of `user` and `group` (a name). */
/** `before`: a cursor, which is exact, or the id of a message, preferably of this conversation; ids are their senders' choice */
export interface HistoryRequest { user?: string, group?: string, limit?: number, before?: string, search?: string }
export interface UsersRequest { prefix?: string, onlineOnly?: boolean, after?: string, limit?: number }
export interface WaitRequest { id: string, state: 'stored' | 'delivered' | 'read', timeoutMs: number }

/**
 * `after`: a cursor; `0` stands before everything. `consumer`: who listens, 1 to 64 of a-z 0-9 . _ -, with a mark of its
 * own for what was acknowledged; a new one begins with what comes from now on. All who give no name share one mark.
 */
export interface EventsRequest { after?: string, consumer?: string }

/** `path`: absolute, of a file that is not there yet */
export interface BackupRequest { path: string, password: string }
/**
 * What is not in it: `queued`: messages that only this device can bring to who they are for; `waiting`: messages that came and
 * only this device can show, later; `files`: offered, and only this device can fetch them
 */
export interface BackupInfo { path: string, bytes: number, messages: number, queued: number, waiting: number, files: number }

/** What `doctor` found: `problem` hinders something now, `advice` may later. */
export interface Finding { severity: 'problem' | 'advice', code: FindingCode, text: string, advice: string }
export type FindingCode =
  | 'no-account' | 'signed-out' | 'no-pool' | 'no-server' | 'home-damaged' | 'home-unwritable' | 'disk-full' | 'disk-low' | 'outbox-waits' | 'identity-changed'
  | 'group-waits' | 'group-forked' | 'file-failed' | 'devices-full' | 'slow-cipher' | 'no-backup' | 'home-open'

export interface ChatNode extends ChatGroups, ChatFiles {
  status: () => Promise<NodeStatus>
  /** Uses these pool addresses from now on. ERR_USAGE when they do not parse or name another pool than the account's. */
  usePool: (addresses: string[]) => Promise<void>
  /** Resolves once a server answered. ERR_NO_SERVER after `timeoutMs`. */
  connect: (timeoutMs: number) => Promise<void>

  /**
   * The recovery key is kept nowhere. Called again with the same name and password in the same home it finishes what was
   * begun, and gives the key again. ERR_NAME_TAKEN, ERR_INVALID_NAME, ERR_WEAK_PASSWORD, ERR_NO_SERVER, ERR_UNKNOWN_OUTCOME
   * (call it again), ERR_NOT_PERMITTED (the home has another account).
   */
  signUp: (request: SignUpRequest) => Promise<{ username: string, recoveryKey: string }>
  /** ERR_BAD_CREDENTIALS, ERR_RATE_LIMITED, ERR_LIMIT (devices: replace one), ERR_NOT_FOUND (none to replace), ERR_NO_SERVER. */
  signIn: (request: SignInRequest) => Promise<{ username: string, newDevice: boolean }>
  /** A forgotten password, replaced with the recovery key. ERR_BAD_CREDENTIALS, ERR_WEAK_PASSWORD, ERR_NOT_FOUND, ERR_LIMIT (devices: replace one). */
  recover: (request: RecoverRequest) => Promise<{ username: string }>
  /** Nothing is sent, received or shown in this home until the next sign-in; keys and mail stay. */
  signOut: () => Promise<void>
  /** ERR_NOT_SIGNED_IN. */
  whoAmI: () => Promise<AccountInfo>
  devices: () => Promise<DeviceInfo[]>
  /** ERR_BAD_CREDENTIALS, ERR_NOT_FOUND. */
  removeDevice: (request: { id: string, password: string }) => Promise<void>
  /** ERR_BAD_CREDENTIALS, ERR_WEAK_PASSWORD, ERR_UNKNOWN_OUTCOME (the new one may hold). */
  changePassword: (request: { oldPassword: string, newPassword: string }) => Promise<void>

  users: (request?: UsersRequest) => Promise<UserPage>
  contacts: () => Promise<ContactInfo[]>
  /** Takes what they wrote, and will write; ends a block. ERR_NOT_FOUND. */
  acceptContact: (request: { username: string }) => Promise<ContactInfo>
  /** Drops what they write from now on, without a word, and declines files that are coming; what they say in groups is shown. ERR_NOT_FOUND. */
  blockContact: (request: { username: string }) => Promise<ContactInfo>
  /** ERR_NOT_FOUND. */
  safetyNumber: (request: { username: string }) => Promise<SafetyNumber>
  /** Records that the numbers were compared; unblocks sending after a change. */
  acceptIdentity: (request: { username: string }) => Promise<void>

  /**
   * Durable once it resolves, with or without a network; whether the user exists is asked when a server can be.
   * ERR_NOT_FOUND, ERR_IDENTITY_CHANGED, ERR_LIMIT (text too long: nothing was kept), ERR_CONFLICT (the id is another
   * message's).
   */
  send: (request: SendRequest) => Promise<{ id: string, state: MessageState }>
  /** The newest status once `state` (or a later one) is reached. ERR_PENDING after `timeoutMs`, 24 days at most: do not send again. ERR_USAGE. */
  wait: (request: WaitRequest) => Promise<StatusEvent>
  history: (request: HistoryRequest) => Promise<HistoryEntry[]>
  /** Exactly one of `user` and `group`. `through`: the cursor of the last message that was shown; what came after it stays unread. ERR_USAGE. */
  markRead: (request: { user?: string, group?: string, through?: string }) => Promise<void>
  /** ERR_NOT_FOUND. */
  trace: (request: { id: string }) => Promise<MessageTrace>
  limits: () => Promise<LimitInfo[]>

  /** All but this device's own keys, for a home on another disk. ERR_USAGE (a file is there), ERR_WEAK_PASSWORD, ERR_STORE_IO. */
  backup: (request: BackupRequest) => Promise<BackupInfo>
  /** Looks at the home and at what goes on in it; also when nobody is signed in. */
  doctor: () => Promise<Finding[]>

  /**
   * Events from now on, forever, after what was stored since `after` (default: since the last acknowledgeEvents, of the
   * same consumer). At least once; stored ones carry a cursor. Ends when `signal` aborts or the node stops.
   * ERR_NOT_SIGNED_IN (when it begins, or once somebody signs out: begin again after the next sign-in), ERR_USAGE (no such cursor, no such name), ERR_LIMIT (64 consumers).
   *
   * @throws ERR_STORE_IO the home cannot be written to any more, and nothing comes until it is opened anew
   */
  events: (request?: EventsRequest, signal?: AbortSignal) => AsyncIterable<NodeEvent>
  /** What `events` gave up to this cursor was taken; it is not repeated by default, to this consumer. */
  acknowledgeEvents: (request: { cursor: string, consumer?: string }) => Promise<void>
}
