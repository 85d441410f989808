/** A fresh secret on its way to an epoch: sealed to everyone and stored before the log is told of it. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { epochCommitment } from '../../../crypto/group/index.js'
import { findDevice } from '../../../records/index.js'
import { afterLostEpoch, groupDevices, type GroupDevice, type GroupState } from '../../../records/group/index.js'
import type { Logger, Random } from '../../../runtime.js'
import { findContact, findRecord } from '../../contacts/contacts.js'
import type { SystemMail, SystemMailer } from '../../delivery/system-mail.js'
import { fromHex, toHex } from '../../home/hex.js'
import type { Lane, Reader } from '../../home/lane.js'
import { secretContent, type Keys } from './keys.js'
import { sealLullMs, sealTimeoutMs } from './limits.js'

export interface FreshSecretComponents {
  lane: Lane
  random: Random
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  keys: Keys
  mail: SystemMailer
}

export class FreshSecret {
  private constructor (
    private readonly components: FreshSecretComponents,
    private readonly id: string,
    private readonly secret: Uint8Array,
    readonly commitment: Uint8Array,
    private sealed: { headSequence: number, devices: GroupDevice[] }
  ) {}

  /** Makes one for all devices of a state, those of `without` left out, and has it stored for them. */
  static async make (components: FreshSecretComponents, id: string, state: GroupState | undefined, devices: GroupDevice[]): Promise<FreshSecret> {
    const secret = components.random.bytes(32)
    const fresh = new FreshSecret(components, id, secret, epochCommitment(secret), { headSequence: state?.head.sequence ?? 0, devices: [] })
    await fresh.store(devices)
    return fresh
  }

  /** For a group that is not there yet: its id is not known before its secret is. */
  static of (components: FreshSecretComponents, secret: Uint8Array, id: string): FreshSecret {
    return new FreshSecret(components, id, secret, epochCommitment(secret), { headSequence: 0, devices: [] })
  }

  /** Has it stored for more devices; in this home first, as an entry that wins after a crash needs it here. */
  async store (devices: GroupDevice[]): Promise<void> {
    const { lane, keys, mail, self, logger } = this.components
    await lane.write(async (tx) => {
      await keys.take(tx, this.id, { username: self.username, device: toHex(self.deviceKey), secret: this.secret, entryHash: undefined }, true)
    })
    const content = secretContent(fromHex(this.id), this.secret, undefined)
    const outcomes = await mail.send(await mailFor(lane, self, devices, content), { timeoutMs: sealTimeoutMs, lullMs: sealLullMs })
    const unsent = outcomes.filter((outcome) => outcome === 'waiting' || outcome === 'dropped').length
    if (unsent > 0) logger.info({ group: this.id, unsent, of: outcomes.length }, 'a fresh secret could not be stored for all devices; those will ask for another')
    this.sealed = { ...this.sealed, devices: [...this.sealed.devices, ...devices] }
  }

  /**
   * After a lost compare-and-set: whether it may be tried again at this state. It is stored for who came meanwhile then.
   *
   * @param removing whom the entry is to remove
   */
  async again (state: GroupState, removing: string[]): Promise<boolean> {
    const next = afterLostEpoch(this.sealed, state, removing)
    if (next.kind !== 'seal-to') return false
    await this.store(next.devices)
    this.sealed = { ...this.sealed, headSequence: state.head.sequence }
    return true
  }
}

/** All devices of a state but those of `without`. */
export function devicesWithout (state: GroupState, without: string[]): GroupDevice[] {
  return groupDevices(state).filter(({ username }) => !without.includes(username))
}

/**
 * Mail for those of the devices that may be given a key: not this one, none whose account's identity has changed and was
 * not accepted, none that its account has removed, whatever the log says.
 */
export async function mailFor (reader: Reader, self: { username: string, deviceKey: Uint8Array }, devices: GroupDevice[], content: Uint8Array): Promise<SystemMail[]> {
  const mail: SystemMail[] = []
  for (const { username, deviceKey, identityKey } of devices) {
    if (username === self.username && constantTimeEqual(deviceKey, self.deviceKey)) continue
    const record = await findRecord(reader, username)
    const known = record === undefined ? undefined : findDevice(record, deviceKey)
    if (known === undefined || !constantTimeEqual(known.identityKey, identityKey)) continue
    if ((await findContact(reader, username))?.identity === 'changed') continue
    mail.push({ username, device: toHex(deviceKey), content })
  }
  return mail
}
