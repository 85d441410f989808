/** Seals what is owed to other devices, once: whatever carries an entry carries these bytes. */
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { Random } from '../../runtime.js'
import { fromHex } from '../home/hex.js'
import type { Transaction } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { encodeMessageEnvelope } from './envelope.js'
import { findSealed, listEntries, putSealed, type NumberedEntry } from './outbox.js'
import { encodePayload } from './payload.js'

export interface SealerComponents {
  self: SelfEnd
  sessions: Sessions
  random: Random
}

export class Sealer {
  constructor (private readonly components: SealerComponents) {}

  /**
   * The envelope of an entry that is in the outbox; it may leave once the transaction is on the disk, with the session's
   * next state. Undefined while there is no session to seal in.
   *
   * @param own the newest record of this account here
   */
  async seal (tx: Transaction, device: string, { sequence, entry }: NumberedEntry, own: VerifiedAccountRecord): Promise<Uint8Array | undefined> {
    const before = await findSealed(tx, device, sequence)
    if (before !== undefined) return before
    const { self, sessions, random } = this.components
    if (!await sessions.hasSession(tx, device)) return undefined
    const [oldest] = await listEntries(tx, device, { limit: 1 })
    const payload = encodePayload({ ...entry, sequence, lowestAlive: oldest?.sequence ?? sequence, record: { version: own.version, hash: own.hash } })
    const sealed = await sessions.seal(tx, device, payload)
    if (sealed === undefined) return undefined
    const envelope = encodeMessageEnvelope({ senderDevice: self.deviceKey, recipientDevice: fromHex(device) }, random.bytes(16), sealed, own.signed)
    putSealed(tx, device, sequence, envelope)
    return envelope
  }
}
