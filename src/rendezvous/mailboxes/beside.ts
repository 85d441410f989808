import type { Operation } from '../../store/index.js'
import type { AcknowledgeOutcome, Append, AppendOutcome, Mailboxes, SharedAppend } from './index.js'

/** The store, and what is being written to it: what is read here must not be told to anyone before it is synced. */
export interface View {
  get: (key: string) => Promise<Uint8Array | undefined>
}

/** Called as the batch is given to the store: nothing comes between what is decided here and its place on the disk. */
export type Writes = () => readonly Operation[]

/**
 * What somebody keeps beside a mailbox, written in one batch with its change. It is asked in the mailbox's lane, where
 * nothing else changes the mailbox nor what lies beside it. Undefined: the change is not wanted, and nothing is written.
 */
export type Beside = (view: View) => Promise<Writes | undefined>

/** Something beside the mailbox made it needless; all that was decided before it is synced. */
export interface Unwanted { outcome: 'unwanted' }

/** Mailboxes on a store of one's own, for whoever keeps rows beside them. */
export interface LocalMailboxes extends Mailboxes {
  appendWith: (entry: Append, beside: Beside) => Promise<AppendOutcome | Unwanted>
  /** @param besides one for each of the mailboxes, none of which is named twice */
  appendSharedWith: (entry: SharedAppend, besides: readonly Beside[]) => Promise<Array<AppendOutcome | Unwanted>>
  /**
   * With no ids it changes only what lies beside the mailbox. Whoever keeps something beside it knows by that what was
   * acknowledged, and answers late retries by it: with `beside` the mailbox forgets the entries.
   */
  acknowledge: (mailbox: Uint8Array, entryIds: readonly Uint8Array[], acknowledgement: Uint8Array, beside?: Beside) => Promise<AcknowledgeOutcome>
  remove: (mailbox: Uint8Array, beside?: Beside) => Promise<void>
  /** The envelope of an entry, as read would give it; undefined: it is not there, or not any more. */
  find: (mailbox: Uint8Array, entryId: Uint8Array) => Promise<Uint8Array | undefined>
}

const noWrites: Writes = () => []

/** For those who keep nothing beside a mailbox. */
export const nothingBeside: Beside = async () => noWrites
