/** Whether there is room for one more entry, and where: the rules, without the store. */
import { modestShareBytes, modestShareEntries, retryWhenFullMs, type RendezvousLimits } from '../limits.js'
import type { AppendOutcome } from './index.js'
import type { MailboxState, SenderShare, Tally } from './records.js'

export type RoomLimits = Pick<RendezvousLimits,
  'maxMailboxEntries' | 'maxMailboxBytes' | 'maxMailboxEntriesPerSender' | 'maxMailboxBytesPerSender' | 'maxMailboxExcessEntries' | 'maxMailboxExcessBytes' | 'maxMailboxReceipts' | 'maxReceiptBytes'>

export interface Newcomer {
  /** of its envelope */
  bytes: number
  hasSlot: boolean
  /** Whether an entry left this slot for it; that one is no longer counted. */
  isReplacement: boolean
}

export type Refused = Extract<AppendOutcome, { outcome: 'refused' }>

/** What a sender has beyond a modest share. */
export function excessOf ({ entries, bytes }: Tally): Tally {
  return { entries: Math.max(0, entries - modestShareEntries), bytes: Math.max(0, bytes - modestShareBytes) }
}

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
    if (used[limit] > limits[limit]) return refused(limit, limits[limit])
  }
  const [before, after] = [excessOf(share.mail), excessOf({ entries: share.mail.entries + 1, bytes: share.mail.bytes + bytes })]
  const more = { entries: after.entries - before.entries, bytes: after.bytes - before.bytes }
  if (more.entries > 0 && state.excess.entries + more.entries > limits.maxMailboxExcessEntries) return refused('maxMailboxEntriesPerSender', share.mail.entries)
  if (more.bytes > 0 && state.excess.bytes + more.bytes > limits.maxMailboxExcessBytes) return refused('maxMailboxBytesPerSender', share.mail.bytes)
  return 'mail'
}

function refused (limit: Refused['limit'], max: number): Refused {
  return { outcome: 'refused', limit, max, retryAfterMs: retryWhenFullMs }
}
