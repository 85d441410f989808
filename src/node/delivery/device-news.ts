/** Tells of a device that came to an account: whoever has it reads along from then on. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { CertifiedDevice, VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import { deviceId } from '../account/device-id.js'
import type { NodeEvent } from '../chat-node.js'
import { findContact, type Contact, type TakenRecord } from '../contacts/contacts.js'
import { eventOf } from '../events/event-of.js'
import { addMessage } from '../history/messages.js'
import { toHex } from '../home/hex.js'
import type { Transaction } from '../home/lane.js'

export interface DeviceNewsComponents {
  clock: Clock
  random: Random
  /** this account, and this device of it */
  username: string
  deviceKey: Uint8Array
  emit: (event: NodeEvent) => void
}

/**
 * Runs in the transaction that takes a record: a line in the conversation with a contact, or for this account in the one
 * with oneself, that `events` gives as well.
 *
 * @param before what was known of the account; nothing is news about one that is seen for the first time
 */
export async function tellNewDevices (tx: Transaction, components: DeviceNewsComponents, before: VerifiedAccountRecord | undefined, taken: TakenRecord): Promise<void> {
  if (before === undefined || taken.kind === 'changed') return
  const { username, deviceKey } = components
  const account = taken.record.username
  if (account !== username && !isAcquainted(await findContact(tx, account))) return
  for (const device of taken.added) {
    if (!constantTimeEqual(device.deviceKey, deviceKey)) await tell(tx, components, account, device)
  }
}

async function tell (tx: Transaction, { clock, random, username, emit }: DeviceNewsComponents, account: string, { deviceKey, label }: CertifiedDevice): Promise<void> {
  const now = clock.now()
  const device = deviceId(deviceKey)
  const row = await addMessage(tx, {
    // Nobody can foresee it, so no message of theirs stands in the place of this line.
    id: toHex(random.bytes(16)),
    from: account,
    to: username,
    conversation: account,
    body: { kind: 'device-added', device, label, text: sentence(account, username, label, device) },
    sentAtMs: now,
    receivedAtMs: now,
    via: null,
    read: true
  })
  const event = eventOf(row, username)
  if (event !== undefined) tx.afterCommit(() => { emit(event) })
}

function sentence (account: string, self: string, label: string, device: string): string {
  const named = label === '' ? device : `${label} (${device})`
  if (account !== self) return `${account} has a new device: ${named}.`
  return `A new device was added to your account: ${named}. If it was not you: \`p2pchat device remove ${device}\`, then \`p2pchat passwd\`.`
}

/** Others are only known by name. */
function isAcquainted (contact: Contact | undefined): boolean {
  return contact !== undefined && contact.decision !== 'blocked' && (contact.talked || contact.decision === 'accepted' || contact.identity === 'verified')
}
