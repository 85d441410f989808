/**
 * What of a home is in a backup. A shelf that is in neither list makes a test fail: whoever adds one decides.
 *
 * Left out is whatever belongs to the device and not to the person: a second device with the same keys, sessions,
 * sequences or receipts would send what others must refuse, and read what it can never answer for.
 */

/** By the first part of their keys. */
export const KEPT_SHELVES: ReadonlySet<string> = new Set([
  // Who this is, and where the pool is; the newest roster seen, so that an older one is refused later too.
  'account', 'pool', 'settings',
  // Pinned and compared keys, and the newest records: what a server may not take back.
  'contact', 'record',
  // What strangers wrote, to be accepted yet.
  'request',
  // The history with its indexes, and how far listeners got in it.
  'message', 'message-id', 'conversation', 'log', 'counter', 'events-taken', 'events-consumer',
  // Membership as it was verified; what the log says is public to members, and holds no key.
  'group', 'group-entry', 'group-state', 'group-stay', 'group-fork', 'group-talk', 'group-invitation'
])

export const LEFT_OUT_SHELVES: ReadonlySet<string> = new Set([
  'device', 'session', 'sessions', 'ended-session', 'session-wanted', 'session-asked', 'signed-prekey', 'one-time-prekey', 'direct-prekey', 'prekey-counter', 'prekeys-kept',
  'out-chain', 'outbox', 'sealed', 'pending', 'in-chain', 'held', 'parked', 'parked-mark', 'parked-total', 'receipt-due', 'awaiting-read',
  'file-in', 'file-in-chunks', 'file-in-leaves', 'file-out', 'file-out-leaves', 'transfer-in', 'transfer-in-file', 'transfer-out', 'transfer-out-id',
  'group-epoch', 'group-missing', 'group-served', 'group-root', 'group-chain', 'group-candidate',
  'group-in', 'group-held', 'group-due', 'group-sender', 'group-wait', 'group-out', 'group-sealed', 'group-sent', 'group-audience', 'group-mark', 'group-untallied',
  'group-parked', 'group-parked-mark', 'group-parked-total',
  // Of this folder.
  'backed-up', 'restoring', 'home-time'
])

export function isKept (key: string): boolean {
  return KEPT_SHELVES.has(key.slice(0, key.indexOf('/')))
}
