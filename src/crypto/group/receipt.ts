/**
 * What a member's device says of the messages of another one (docs/wire/groups.md, "Receipts"): sealed under the receipt key
 * of an epoch, which all members have, and signed, which only its giver can. Pure; who is a member is for the log to say.
 */
import { expectLength, lpAll } from '../bytes.js'
import { pad, unpad } from '../padding.js'
import { open, SALT_BYTES, seal } from '../seal.js'
import { assertRecord, signRecord } from '../signed-record.js'
import { P2pChatError } from '../../errors.js'
import { maxNameChars } from '../../protocol/limits.js'
import type { Random } from '../../runtime.js'

const SIGNATURE = 'p2pchat/1 group-receipt'
const SEAL = 'p2pchat/1 group receipt'
/** As in the header of a message: whether it is a username is for who takes it to ask. */
const isName = new RegExp(`^[\\x21-\\x7e]{1,${maxNameChars}}$`)
const nothing = new Uint8Array(0)

/** The open part. */
export interface GroupReceiptHeader {
  /** 32 bytes */
  readonly groupId: Uint8Array
  /** whose receipt key it is sealed under */
  readonly epoch: number
  /** who gives it: username and Ed25519 device key */
  readonly username: string
  readonly deviceKey: Uint8Array
  /** to whom: the device that sent the messages */
  readonly recipientDevice: Uint8Array
}

/** What travels. */
export interface SealedGroupReceipt extends GroupReceiptHeader {
  /** salt ‖ ciphertext ‖ tag */
  readonly sealed: Uint8Array
  /** Ed25519, 64 bytes */
  readonly signature: Uint8Array
}

/**
 * Draws 16 bytes.
 *
 * @param receiptKey of the epoch that the header names, 32 bytes
 * @param seed of the header's device key
 * @throws ERR_CRYPTO_INPUT, ERR_LIMIT
 */
export function sealGroupReceipt (receiptKey: Uint8Array, header: GroupReceiptHeader, seed: Uint8Array, plaintext: Uint8Array, random: Random): SealedGroupReceipt {
  const encoded = encodeHeader(header)
  const sealed = seal(receiptKey, SEAL, nothing, encoded, pad(plaintext), random.bytes(SALT_BYTES))
  const { signature } = signRecord(SIGNATURE, seed, lpAll(encoded, sealed))
  return { ...header, sealed, signature }
}

/** That the device it names gave it. @throws ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function verifyGroupReceipt ({ sealed, signature, ...header }: SealedGroupReceipt): void {
  const sizes = [header.groupId, header.deviceKey, header.recipientDevice].every(({ byteLength }) => byteLength === 32)
  if (!sizes || !Number.isSafeInteger(header.epoch) || header.epoch < 1 || !isName.test(header.username)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'A malformed receipt of a group was refused.')
  }
  assertRecord(SIGNATURE, header.deviceKey, { payload: lpAll(encodeHeader(header), sealed), signature })
}

/** After {@link verifyGroupReceipt}: the plaintext. @throws ERR_DECRYPT */
export function openGroupReceipt (receiptKey: Uint8Array, receipt: SealedGroupReceipt): Uint8Array {
  return unpad(open(receiptKey, SEAL, nothing, encodeHeader(receipt), receipt.sealed))
}

function encodeHeader ({ groupId, epoch, username, deviceKey, recipientDevice }: GroupReceiptHeader): Uint8Array {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setBigUint64(0, BigInt(epoch))
  return lpAll(expectLength(groupId, 32, 'A group id'), number, username, expectLength(deviceKey, 32, 'A device key'), expectLength(recipientDevice, 32, 'A device key'))
}
