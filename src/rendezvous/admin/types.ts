/** What the operator of a pool is told. Plain data: it goes over the control socket as JSON. */
import type { SignUpState } from '../accounts/index.js'

/** What a server says of itself. */
export interface ServerFigures {
  /** of its clock, Unix ms */
  nowMs: number
  /** of the program */
  version: string
  /** Connections of clients. */
  clients: number
  /** Devices that are signed in over them. */
  devices: number
  /** Registers that it keeps as one that votes. */
  registers: number
  envelopes: number
  envelopeBytes: number
  blobs: number
  blobBytes: number
  freeDiskBytes: number
  rosterVersion: number
  /** The newest version of the roster by which all mail and files are where they belong. */
  closedVersion: number
  mailboxesInAll: number
  mailboxesLeft: number
  underReplicated: number
  /** Files that it, or another server of them, lacked something of at the last comparison. */
  filesUnderReplicated: number
  /** Bytes of files that it lacks and takes from others. */
  fileBytesLeft: number
  /** `retired`: its disk is an old copy. `none` of one that has a vote: it has just started, and asks the others first. */
  vote: 'none' | 'voting' | 'retired'
  /** PeerIds whose disks are older than what they have said before. */
  distrusted: string[]
}

export interface ServerStatus {
  /** Its place in the roster, from 1; `drain` and `remove` take it, too. */
  number: number
  peerId: string
  /** Whether it is the one that was asked. */
  self: boolean
  state: 'member' | 'learner' | 'draining'
  /** Whether it votes. */
  acceptor: boolean
  /** multiaddrs */
  addresses: string[]
  /** null: it does not answer. */
  figures: ServerFigures | null
}

export interface PoolStatus {
  poolId: string
  /** What clients give to --pool. */
  pool: string
  name: string
  rosterVersion: number
  phase: 'settled' | 'joint' | 'recovering'
  /** How many vote, and how many of them answer. */
  acceptors: number
  acceptorsUp: number
  /** Whether registers (accounts, groups) can be changed with those that answer. */
  canDecide: boolean
  /** Whether new accounts are taken; null: too few answer to say. */
  signUp: SignUpState | null
  /** null: no server that votes answers. */
  registers: number | null
  /** Copies of all servers that answer. */
  envelopes: number
  /** Items that lack a copy. */
  underReplicated: number
  /** Mailboxes on their way to where the roster wants them. */
  mailboxesInAll: number
  mailboxesLeft: number
  /** Files that lack something of a copy, as that server counts which sees most of them. */
  filesUnderReplicated: number
  /** Bytes of files on their way to where they lack. */
  fileBytesLeft: number
  servers: ServerStatus[]
}

export interface DrainStatus {
  peerId: string
  /** Whether `remove` may be called now. */
  isDrained: boolean
  /** What is in the way; undefined: nothing. */
  reason: string | undefined
  mailboxesInAll: number
  mailboxesLeft: number
  /** Bytes of files that other servers have found to take over and have not yet. */
  fileBytesLeft: number
}

export interface MadeToken {
  token: string
  /** Unix ms */
  expiresAtMs: number
}

export interface Finding {
  /** `problem`: something does not work or soon will not; `advice`: it works, and could be better. */
  severity: 'problem' | 'advice'
  /** Stable, for scripts. */
  code: FindingCode
  /** The server it is about; null: the pool. */
  peerId: string | null
  /** What is the matter, one line. */
  text: string
  /** What to do, one line. */
  advice: string
}

export type FindingCode =
  | 'no-majority' | 'server-silent' | 'not-voting' | 'disk-retired' | 'disk-distrusted' | 'one-server' | 'two-servers'
  | 'clock-skew' | 'handing-over' | 'under-replicated' | 'disk-full' | 'not-reachable' | 'change-unfinished' | 'version-mix'
  | 'drained' | 'setup-old' | 'none-storing'

/** What the operator of a pool can do at any of its servers. */
export interface PoolAdmin {
  status: () => Promise<PoolStatus>
  /** A token for one more server. @throws ERR_USAGE, ERR_UNKNOWN_OUTCOME (make another), ERR_OVERLOADED */
  invite: (ttlMs: number) => Promise<MadeToken>
  /**
   * Has a server hand over all that it keeps, and tells how far that is: call it again and again. Repeatable.
   *
   * @throws ERR_NOT_FOUND; ERR_NOT_PERMITTED: no other server would keep anything; ERR_UNREACHABLE: too few servers answer
   */
  drain: (peerId: string) => Promise<DrainStatus>
  /**
   * Takes a server out of the roster, and makes a new OPAQUE setup that it does not know. Repeatable: what a call that
   * failed had begun is ended.
   *
   * @throws ERR_NOT_FOUND; ERR_NOT_PERMITTED: it is not drained (and not `force`), or the last one that keeps mail;
   * ERR_USAGE: it is this server; ERR_UNREACHABLE, ERR_UNKNOWN_OUTCOME: call it again
   */
  remove: (peerId: string, options: { force: boolean }) => Promise<void>
  /**
   * Goes on without servers that are lost for good and among which is a majority of those that vote; they are taken out.
   * Repeatable.
   *
   * @param recoveryKey the private half, 64 hex digits
   * @throws ERR_BAD_CREDENTIALS: it is not this pool's; ERR_NOT_FOUND; ERR_NOT_PERMITTED: there is a majority, or a lost
   * server answers; ERR_UNREACHABLE, ERR_UNKNOWN_OUTCOME: call it again
   */
  recover: (lost: string[], recoveryKey: string) => Promise<void>
  /**
   * Whether the pool takes new accounts, set first if `set` is given ('open' or 'closed').
   *
   * @throws ERR_USAGE, ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED
   */
  signUp: (set?: string) => Promise<SignUpState>
  doctor: () => Promise<Finding[]>
}
