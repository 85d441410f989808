/**
 * Messages of a group: sealed under a key of the sender's own chain, which all members have, and signed, which only the
 * sender can. Pure like the ratchet: a step gives a new chain, to be durable before what it made leaves, or before what
 * it read is acknowledged; a message that is refused changes nothing.
 */
import { lpAll } from '../bytes.js'
import { hmacSha256 } from '../hmac.js'
import { pad, unpad } from '../padding.js'
import { open, SALT_BYTES, seal } from '../seal.js'
import { assertRecord, signRecord } from '../signed-record.js'
import { P2pChatError } from '../../errors.js'
import { chainOf, withChain, type GroupEpochKeys, type GroupSkippedKey, type SenderChain } from './epoch.js'
import { decodeGroupHeader, encodeGroupHeader, type GroupMessageHeader } from './header.js'
import { maxGroupSkip, maxGroupSkippedKeys } from './limits.js'
import type { Random } from '../../runtime.js'

const SIGNATURE = 'p2pchat/1 group-message'
const SEAL = 'p2pchat/1 group message'
const ONE = Uint8Array.of(1)
const TWO = Uint8Array.of(2)
const MAX_U32 = 0xffff_ffff
const nothing = new Uint8Array(0)

/** What travels. */
export interface SealedGroupMessage {
  /** see header.ts */
  readonly header: Uint8Array
  /** salt ‖ ciphertext ‖ tag */
  readonly sealed: Uint8Array
  /** Ed25519, 64 bytes */
  readonly signature: Uint8Array
}

export interface GroupSenderDevice {
  readonly username: string
  readonly device: { readonly seed: Uint8Array, readonly publicKey: Uint8Array }
}

/**
 * Seals once for everyone. Draws 16 bytes. The new keys must be durable before the bytes leave.
 *
 * @param head of the membership log, as the sender knows it
 * @param plaintext at most maxUnpaddedBytes
 * @throws ERR_NOT_PERMITTED the device has no part in this epoch; ERR_LIMIT
 */
export function sealGroupMessage (keys: GroupEpochKeys, from: GroupSenderDevice, head: GroupMessageHeader['head'], plaintext: Uint8Array, random: Random): { keys: GroupEpochKeys, message: SealedGroupMessage } {
  const { groupId, epoch } = keys
  const { chain, message } = sealOnChain(chainOf(keys, { username: from.username, deviceKey: from.device.publicKey }), { groupId, epoch, head }, from.device.seed, plaintext, random)
  return { keys: withChain(keys, chain), message }
}

/**
 * The same for who keeps an epoch chain by chain.
 *
 * @param chain the sender's own in the epoch of `place`
 * @param seed of its device key
 */
export function sealOnChain (chain: SenderChain, place: Pick<GroupMessageHeader, 'groupId' | 'epoch' | 'head'>, seed: Uint8Array, plaintext: Uint8Array, random: Random): { chain: SenderChain, message: SealedGroupMessage } {
  if (chain.N >= MAX_U32) throw new P2pChatError('ERR_LIMIT', 'This epoch has no numbers left for messages; make a new one.')
  const header = encodeGroupHeader({ ...place, sender: chain.username, senderDevice: chain.deviceKey, counter: chain.N })
  const padded = pad(plaintext)
  const mk = hmacSha256(chain.CK, ONE)
  try {
    const sealed = seal(mk, SEAL, nothing, header, padded, random.bytes(SALT_BYTES))
    const { signature } = signRecord(SIGNATURE, seed, lpAll(header, sealed))
    return { chain: { ...chain, CK: hmacSha256(chain.CK, TWO), N: chain.N + 1 }, message: { header, sealed, signature } }
  } finally {
    mk.fill(0)
    padded.fill(0)
  }
}

/**
 * The header of a message that its sender signed: for the log to say whether that was a member's device at that head,
 * and for a server to refuse what nobody could read anyway.
 *
 * @throws ERR_DECRYPT, ERR_UNSUPPORTED, ERR_INVALID_SIGNATURE
 */
export function verifyGroupMessage ({ header, sealed, signature }: SealedGroupMessage): GroupMessageHeader {
  const fields = decodeGroupHeader(header)
  assertRecord(SIGNATURE, fields.senderDevice, { payload: lpAll(header, sealed), signature })
  return fields
}

/**
 * The signature first: the keys of a chain are known to every member, the device key to its owner alone. That the header
 * names a member's device, and a head that is in the log, is for the caller to check.
 *
 * @param keys of the epoch that the header names
 * @throws ERR_INVALID_SIGNATURE; ERR_NOT_PERMITTED the sender has no part in this epoch
 * @throws ERR_REPLAY its key was used already, or given up as the oldest of too many
 * @throws ERR_LIMIT it would skip more than maxGroupSkip messages
 * @throws ERR_DECRYPT, ERR_UNSUPPORTED
 */
export function openGroupMessage (keys: GroupEpochKeys, message: SealedGroupMessage): { keys: GroupEpochKeys, header: GroupMessageHeader, plaintext: Uint8Array } {
  const header = verifyGroupMessage(message)
  const { groupId, epoch, sender: username, senderDevice: deviceKey, counter } = header
  if (epoch !== keys.epoch || !groupId.every((byte, i) => byte === keys.groupId[i])) {
    throw new P2pChatError('ERR_DECRYPT', 'A message of another group or epoch was refused.')
  }
  const { chain, plaintext } = openOnChain(chainOf(keys, { username, deviceKey }), counter, message)
  return { keys: withChain(keys, chain), header, plaintext }
}

/**
 * The last step of {@link openGroupMessage}, for who keeps an epoch chain by chain and has verified the message and
 * asked the log before.
 *
 * @param chain of the sender that the header names, in the epoch that it names
 * @param counter the header's
 * @throws ERR_REPLAY, ERR_LIMIT, ERR_DECRYPT
 */
export function openOnChain (chain: SenderChain, counter: number, message: SealedGroupMessage): { chain: SenderChain, plaintext: Uint8Array } {
  if (counter < chain.N) {
    const kept = chain.skipped.find(({ N }) => N === counter)
    if (kept === undefined) throw new P2pChatError('ERR_REPLAY', 'This message was read already, or is too old to be read.')
    const plaintext = decrypt(kept.mk, message)
    return { chain: { ...chain, skipped: chain.skipped.filter((key) => key !== kept) }, plaintext }
  }
  if (counter - chain.N > maxGroupSkip || counter >= MAX_U32) {
    throw new P2pChatError('ERR_LIMIT', `This message is ${counter - chain.N} ahead of the last one that was read (limit: ${maxGroupSkip}).`)
  }
  const walked = walkTo(chain, counter)
  const mk = hmacSha256(walked.CK, ONE)
  try {
    const plaintext = decrypt(mk, message)
    return { chain: { ...chain, CK: hmacSha256(walked.CK, TWO), N: counter + 1, skipped: [...chain.skipped, ...walked.skipped].slice(-maxGroupSkippedKeys) }, plaintext }
  } catch (error) {
    for (const { mk } of walked.skipped) mk.fill(0)
    throw error
  } finally {
    mk.fill(0)
    if (walked.CK !== chain.CK) walked.CK.fill(0)
  }
}

/** The chain key of message `counter`, and the keys of those before it that will still be kept. */
function walkTo (chain: SenderChain, counter: number): { CK: Uint8Array, skipped: GroupSkippedKey[] } {
  const skipped: GroupSkippedKey[] = []
  let { CK, N } = chain
  while (N < counter) {
    if (N >= counter - maxGroupSkippedKeys) skipped.push({ N, mk: hmacSha256(CK, ONE) })
    const next = hmacSha256(CK, TWO)
    if (CK !== chain.CK) CK.fill(0)
    CK = next
    N++
  }
  return { CK, skipped }
}

function decrypt (mk: Uint8Array, { header, sealed }: SealedGroupMessage): Uint8Array {
  const padded = open(mk, SEAL, nothing, header, sealed)
  try {
    return unpad(padded)
  } finally {
    padded.fill(0)
  }
}
