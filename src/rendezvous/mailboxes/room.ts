/** Whether there is room for one more entry, and where: the rules, without the store. */
import { retryWhenFullMs, type RendezvousLimits } from '../limits.js'
import type { AppendOutcome } from './index.js'
import type { MailboxState, SenderShare } from './records.js'

export type RoomLimits = Pick<RendezvousLimits,
  'maxMailboxEntries' | 'maxMailboxBytes' | 'maxMailboxEntriesPerSender' | 'maxMailboxBytesPerSender' | 'maxMailboxReceipts' | 'maxReceiptBytes'>

export interface Newcomer {
  /** of its envelope */
  bytes: number
  hasSlot: boolean
  /** Whether an entry left this slot for it; that one is no longer counted. */
  isReplacement: boolean
}

export type Refused = Extract<AppendOutcome, { outcome: 'refused' }>

/** Where the newcomer is counted, or why it is not taken. */
export function placeFor (newcomer: Newcomer, state: MailboxState, share: SenderShare, limits: RoomLimits): 'mail' | 'receipt' | Refused {
  const { bytes, hasSlot, isReplacement } = newcomer
  const isSmall = hasSlot && bytes <= limits.maxReceiptBytes
  if (isSmall && share.receipts === 0 && state.receipts.entries < limits.maxMailboxReceipts) return 'receipt'
  if (isSmall && isReplacement) return 'mail'
  const used = {
    maxMailboxEntries: state.mail.entries + 1,
    maxMailboxBytes: state.mail.bytes + bytes,
    maxMailboxEntriesPerSender: share.mail.entries + 1,
    maxMailboxBytesPerSender: share.mail.bytes + bytes
  }
  for (const limit of ['maxMailboxEntries', 'maxMailboxBytes', 'maxMailboxEntriesPerSender', 'maxMailboxBytesPerSender'] as const) {
    if (used[limit] > limits[limit]) return { outcome: 'refused', limit, max: limits[limit], retryAfterMs: retryWhenFullMs }
  }
  return 'mail'
}
