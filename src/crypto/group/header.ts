/** The open part of a group message (docs/wire/groups.md, "A message"): one layout, no choices. */
import { fromString } from 'uint8arrays/from-string'
import { expectLength } from '../bytes.js'
import { P2pChatError } from '../../errors.js'
import { SUITE, VERSION } from '../../protocol/ids.js'
import { maxNameChars } from '../../protocol/limits.js'

export interface GroupMessageHeader {
  /** 32 bytes */
  readonly groupId: Uint8Array
  readonly epoch: number
  /** The newest entry of the membership log that the sender knows. */
  readonly head: { readonly sequence: number, readonly hash: Uint8Array }
  /** username */
  readonly sender: string
  /** Ed25519, 32 bytes */
  readonly senderDevice: Uint8Array
  /** 0, 1, 2 … of this device in this epoch */
  readonly counter: number
}

// version, suite, group, epoch, head, device, counter and the length of the username
const FIXED_BYTES = 1 + 1 + 32 + 8 + 8 + 32 + 32 + 4 + 1
export const maxGroupHeaderBytes = FIXED_BYTES + maxNameChars

/** @throws ERR_CRYPTO_INPUT */
export function encodeGroupHeader ({ groupId, epoch, head, sender, senderDevice, counter }: GroupMessageHeader): Uint8Array {
  const name = fromString(sender)
  if (name.byteLength < 1 || name.byteLength > maxNameChars) throw new P2pChatError('ERR_CRYPTO_INPUT', 'The sender of a group message must be a username.')
  const out = new Uint8Array(FIXED_BYTES + name.byteLength)
  const view = new DataView(out.buffer)
  out.set([VERSION, SUITE])
  out.set(expectLength(groupId, 32, 'A group id'), 2)
  view.setBigUint64(34, BigInt(epoch))
  view.setBigUint64(42, BigInt(head.sequence))
  out.set(expectLength(head.hash, 32, 'A head'), 50)
  out.set(expectLength(senderDevice, 32, 'A device key'), 82)
  view.setUint32(114, counter)
  out[118] = name.byteLength
  out.set(name, FIXED_BYTES)
  return out
}

/** Says nothing of who made it: that is the signature's. @throws ERR_DECRYPT; ERR_UNSUPPORTED another version or suite */
export function decodeGroupHeader (header: Uint8Array): GroupMessageHeader {
  if (header.byteLength <= FIXED_BYTES || header.byteLength !== FIXED_BYTES + header[118]! || header.byteLength > maxGroupHeaderBytes) {
    throw new P2pChatError('ERR_DECRYPT', 'The header of a group message is malformed and was refused.')
  }
  if (header[0] !== VERSION || header[1] !== SUITE) {
    throw new P2pChatError('ERR_UNSUPPORTED', 'A group message was made by another version of p2pchat; install a newer one.')
  }
  const view = new DataView(header.buffer, header.byteOffset)
  const name = header.subarray(FIXED_BYTES)
  if (name.some((byte) => byte < 0x21 || byte > 0x7e)) throw new P2pChatError('ERR_DECRYPT', 'The header of a group message is malformed and was refused.')
  return {
    groupId: new Uint8Array(header.subarray(2, 34)),
    epoch: safeNumber(view.getBigUint64(34)),
    head: { sequence: safeNumber(view.getBigUint64(42)), hash: new Uint8Array(header.subarray(50, 82)) },
    sender: String.fromCharCode(...name),
    senderDevice: new Uint8Array(header.subarray(82, 114)),
    counter: view.getUint32(114)
  }
}

function safeNumber (value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new P2pChatError('ERR_DECRYPT', 'The header of a group message is malformed and was refused.')
  return Number(value)
}
