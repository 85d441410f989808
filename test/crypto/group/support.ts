import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { sealGroupMessage, startGroupEpoch, type GroupEpochKeys, type SealedGroupMessage } from '../../../src/crypto/group/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { utf8 } from '../support.js'

export interface Member { username: string, device: Ed25519KeyPair }

export function makeMember (username: string, random: SeededRandom): Member {
  return { username, device: ed25519KeyPair(random.bytes(32)) }
}

export function owners (...members: Member[]): Array<{ username: string, deviceKey: Uint8Array }> {
  return members.map(({ username, device }) => ({ username, deviceKey: device.publicKey }))
}

/** One member's end: the keys it holds, and what it sends and reads with them. */
export class End {
  keys: GroupEpochKeys
  readonly member: Member
  readonly #random: SeededRandom

  constructor (member: Member, group: { groupId: Uint8Array, epoch: number, secret: Uint8Array, members: Member[] }, random: SeededRandom) {
    this.member = member
    this.#random = random
    this.keys = startGroupEpoch({ ...group, owners: owners(...group.members) })
  }

  send (text: string): SealedGroupMessage {
    const { keys, message } = sealGroupMessage(this.keys, this.member, { sequence: 3, hash: new Uint8Array(32).fill(9) }, utf8(text), this.#random)
    this.keys = keys
    return message
  }
}
