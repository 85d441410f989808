/** The file half of {@link ChatNode}: plain JSON, like the rest of it. */
import type { MessageState, Via } from './message-state.js'

/**
 * A file that came whole: its hash is right, and it lies at `path`. Stored, with a cursor. `via` is where most of it came
 * from.
 */
export interface FileEvent {
  event: 'file'
  /** of the message that carried it; the same on every device */
  id: string
  from: string
  to?: string
  group?: string
  /** as it lies on the disk: made safe, and with a number where there was another */
  name: string
  mime: string
  bytes: number
  sha256: string
  caption?: string
  path: string
  sentAt: string
  receivedAt: string
  via: Via
  /** True when another device of this account sent it. */
  own: boolean
  cursor: string
}

/** A file that waits for `accept` or `decline`: larger than `settings auto-accept`, or from who may not yet write here. Stored, with a cursor. */
export interface OfferEvent {
  event: 'offer'
  id: string
  from: string
  to?: string
  group?: string
  name: string
  mime: string
  bytes: number
  caption?: string
  sentAt: string
  cursor: string
}

/** How far a file is, at most a few times a second. */
export interface ProgressEvent {
  event: 'progress'
  id: string
  direction: 'in' | 'out'
  name: string
  /** who it comes from or goes to: a username, or a group's name */
  peer: string
  bytes: number
  total: number
  bytesPerSecond: number
  via: Via | null
  /** Set when it does not flow: `paused` by a person, `waiting` for a source or for the other side. */
  idle?: 'paused' | 'waiting'
  /** Set while a file that is to be sent is read for the first time. `id` is then one for the reading alone: the message has none yet. */
  phase?: 'preparing'
}

/** A file that will not come, or not go: declined, changed while it was sent, expired, refused. */
export interface FileFailedEvent { event: 'file-failed', id: string, direction: 'in' | 'out', name: string, code: string, message: string }

export type TransferState =
  /** being read for the first time; nothing has left yet */
  | 'preparing'
  /** waits for accept or decline here (in), or there (out) */
  | 'offered'
  | 'active'
  | 'paused'
  | 'waiting'
  | 'done'
  | 'declined'
  | 'failed'

export interface TransferInfo {
  id: string
  direction: 'in' | 'out'
  peer: string
  name: string
  mime: string
  bytes: number
  doneBytes: number
  state: TransferState
  /** Set when it failed. */
  error?: { code: string, message: string }
  /** Where it lies (in), or what is sent (out). */
  path: string | null
  /** Set when all of it lies in the pool, for who has not fetched it: until then. */
  keptUntil?: string
  at: string
}

export interface FileSent { to?: string, group?: string, id: string, state: MessageState, name: string, bytes: number }

export interface SendFileRequest {
  /** a username; else `groups` */
  to?: string
  /** names: one file to one or many groups, uploaded once for each */
  groups?: string[]
  /** absolute, on the machine of the process that owns the home */
  path: string
  /** Shown instead of the path's last part. */
  name?: string
  caption?: string
  /** As in SendRequest, to a user or to one group. The content is the same when path, name, caption and size are. */
  id?: string
}

export interface ChatFiles {
  /**
   * Resolves once the file was read through, and its hashes and the message that carries it are durable: from then on it
   * goes by itself, over restarts. ERR_NOT_FOUND (no such file, user or group), ERR_USAGE (a relative path, a
   * directory, a pipe; empty is allowed), ERR_LIMIT (too large: nothing was read), ERR_IDENTITY_CHANGED, ERR_NOT_PERMITTED,
   * ERR_CONFLICT (it changed while it was read; the id is another message's).
   */
  sendFile: (request: SendFileRequest) => Promise<FileSent[]>
  /** Fetches an offered file. ERR_NOT_FOUND, ERR_USAGE (it is not offered). */
  acceptFile: (request: { id: string }) => Promise<void>
  /** Refuses an offered file, or ends one that is under way; the sender is told, unless it is to a group or they are blocked. */
  declineFile: (request: { id: string }) => Promise<void>
  /** Stops a transfer, in or out, until resumeFile: what is there stays. */
  pauseFile: (request: { id: string }) => Promise<void>
  resumeFile: (request: { id: string }) => Promise<void>
  /** The newest first. */
  transfers: (request?: { active?: boolean }) => Promise<TransferInfo[]>
  /** Resolves when the transfer is done, declined or failed, or where nothing more can be done now: uploaded for who is offline. ERR_PENDING after `timeoutMs`, 24 days at most; ERR_CLOSED when the node stops or is signed out; ERR_USAGE. */
  waitFile: (request: { id: string, timeoutMs: number }) => Promise<TransferInfo>
  /** The picture that came with a manifest, or that the file is, for a terminal to show; null: none. */
  filePreview: (request: { id: string }) => Promise<{ mime: string, base64: string } | null>
  settings: () => Promise<NodeSettings>
  /** ERR_USAGE. */
  changeSettings: (request: Partial<NodeSettings>) => Promise<NodeSettings>
}

export interface NodeSettings {
  /** Files up to this size are fetched unasked. 0: none. */
  autoAcceptBytes: number
  /** Where files land: absolute. */
  downloadsFolder: string
  /** This device is reached, and reaches others, only through servers of the pool: nobody else learns its address. */
  relayOnly: boolean
  /** Who may write: anybody on the pool, or only who was accepted, written to, or talked with before. */
  contacts: 'open' | 'request'
  /** Whether others are told that what they wrote was read. */
  receipts: boolean
}
