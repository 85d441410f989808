/** What a home keeps of groups: one shelf for each kind, all below the group's id in hex. */
import { bytesTable, jsonTable, rememberedTable } from '../../home/table.js'
import type { GroupHead } from '../../../records/group/index.js'
import type { LogAccount } from '../types.js'

export interface GroupRow {
  name: string
  /** 'outside': only looked at, to join it; shown to nobody. */
  standing: 'member' | 'left' | 'removed' | 'ended' | 'outside'
  head: GroupHead
  /** of the state in the state table */
  stateSequence: number
  /** Where the log here begins: what was before is known by an admin's word until it was walked. */
  start: { kind: 'found' } | { kind: 'checkpoint', sequence: number, admin: string }
  /** when the entry that made the present epoch was applied here */
  epochSinceMs: number
  /** when the entry that calls for a fresh secret was applied here */
  dueSinceMs?: number
  /** The next entry, of a later version: who is a member since then is not known here. */
  later?: GroupHead
  /** since when this account is no member any more, or looks at the log from outside */
  outSinceMs?: number
}

export interface EntryRow {
  /** the SignedRecord */
  signed: Uint8Array
  hash: Uint8Array
  /** of the state after it; 0 in entries that were only walked, long before this device came */
  epoch: number
  due: boolean
  /** This device made it. */
  own?: true
}

/** When a device was a member's device, by sequences of entries: `from` made it one, `to` ended that. */
export interface Stay {
  from: number
  to?: StayEnd
  /** Missing in stays from before it was kept. */
  account?: LogAccount
}

export interface StayEnd {
  sequence: number
  /** Of who left by themselves everything sent before counts; else only what the entry's author had seen, if anything. */
  lastSeen: 'all' | 'nothing' | { epoch: number, counter: number }
}

export type EpochRow =
  /** Its chains are in their own shelf; until the first message of the epoch, their root is in another. */
  | {
    kind: 'ready'
    entryHash: Uint8Array
    receiptKey: Uint8Array
    /** until the next epoch is known */
    successor?: Uint8Array
    overSinceMs?: number
    /** Set while the secret, or one that it follows from, is known by the word of this member's device alone; else it is sure. */
    given?: { by: string, commitment: Uint8Array }
    /** Members who gave another secret, or whose messages do not open under this one. */
    against?: string[]
  }
  /** Nobody could give its secret. */
  | { kind: 'lost', entryHash: Uint8Array, overSinceMs: number }

/** An epoch whose secret is not here. */
export interface MissingRow {
  entryHash: Uint8Array
  /** undefined: it follows from the epoch before */
  commitment?: Uint8Array
  /** of the entry that made it: the devices of that moment have its chains */
  sequence: number
  sinceMs: number
  overSinceMs?: number
}

/** What gives the chains of all devices that were members' at this entry. */
export interface RootRow { chainRoot: Uint8Array, sequence: number }

/** The secret of an epoch that follows, for newcomers who ask. `sequence`: of the entry that made it; who came later is not given it. */
export interface ServedRow { entryHash: Uint8Array, sequence: number, secret: Uint8Array, untilMs: number }

export interface CandidateRow {
  /** whose device gave it */
  username: string
  secret: Uint8Array
  /** undefined: a fresh one */
  entryHash?: Uint8Array
  atMs: number
}

export const groupTable = rememberedTable<GroupRow>('group')
/** group, sequence */
export const entryTable = rememberedTable<EntryRow>('group-entry')
/** group: an encoded GroupState */
export const stateTable = bytesTable('group-state')
/** group, username, device in hex */
export const stayTable = rememberedTable<Stay[]>('group-stay')
/** group, epoch */
export const epochTable = rememberedTable<EpochRow>('group-epoch')
/** group, epoch */
export const missingTable = jsonTable<MissingRow>('group-missing')
/** group, epoch */
export const servedTable = jsonTable<ServedRow>('group-served')
/** group, epoch */
export const rootTable = jsonTable<RootRow>('group-root')
/** group, epoch, username, device in hex: an encoded chain */
export const chainTable = bytesTable('group-chain')
/** group, device in hex that gave it, a number */
export const candidateTable = jsonTable<CandidateRow>('group-candidate')
/** group, then what: heads that were found to be of another log */
export const forkTable = jsonTable<{ atMs: number }>('group-fork')
