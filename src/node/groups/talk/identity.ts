/** Whether who the log says has sent a message is who is known under that name: a server alone can let somebody else join under it. */
import { constantTimeEqual, lpAll, sha256 } from '../../../crypto/bytes.js'
import type { GroupMessageHeader } from '../../../crypto/group/index.js'
import { findDevice } from '../../../records/index.js'
import { findContact, findRecord } from '../../contacts/contacts.js'
import type { Reader } from '../../home/lane.js'
import type { GroupChange, LogAccount } from '../types.js'
import type { NamedGroup } from './shelf.js'

export type Identity =
  | 'known'
  /** its account has removed the device since */
  | 'removed'
  /** the account's identity has changed and was not accepted yet */
  | 'changed'
  /** the group has another account of this name than the one that is pinned */
  | 'another'

/** @param account whose device the log has it as */
export async function identityOf (reader: Reader, { sender, senderDevice }: GroupMessageHeader, account: LogAccount | undefined): Promise<Identity> {
  const contact = await findContact(reader, sender)
  if (contact?.identity === 'changed') return 'changed'
  if (contact === undefined || account === undefined) return 'known'
  if (!constantTimeEqual(contact.accountKey, account.key)) return 'another'
  return await hasRemoved(reader, sender, senderDevice, account) ? 'removed' : 'known'
}

/** Whether an account has removed a device that the log still has as its own. @param account as the log has it */
export async function hasRemoved (reader: Reader, username: string, deviceKey: Uint8Array, account: LogAccount): Promise<boolean> {
  const record = await findRecord(reader, username)
  // A record that is older than the log's does not know the device yet.
  return record !== undefined && record.version >= account.version && findDevice(record, deviceKey) === undefined
}

/** The line that tells, once for each account, that what it writes is held back. */
export function heldBackLine (group: NamedGroup, { groupId, sender }: GroupMessageHeader, identity: 'changed' | 'another', account: LogAccount | undefined, atMs: number): GroupChange {
  const why = identity === 'changed'
    ? `the identity of ${sender} has changed. Compare safety numbers and run \`p2pchat verify ${sender} --accept\`.`
    : `it is another account than the ${sender} that you know. Compare safety numbers (\`p2pchat verify ${sender}\`), and have an admin remove it if they differ.`
  return {
    group: { id: group.id, name: group.name },
    kind: 'identity',
    by: null,
    users: [sender],
    text: `What ${sender} writes to ${group.name} is held back: ${why}`,
    hash: sha256(lpAll('identity', identity, groupId, sender, account?.key ?? '')),
    atMs
  }
}
