/** "Receipts" of docs/wire/sessions.md. */
import { join, lp, u8 } from './bytes.js'
import { pad, unpad } from './padding.js'
import { open, seal } from './seal.js'

const LABEL = 'p2pchat/1 receipt'

function varint (n: bigint): Buffer {
  return n < 128n ? u8(Number(n)) : join(u8(Number(n & 127n) | 128), varint(n >> 7n))
}

/** The protobuf bytes of `Receipt { uint64 delivered_through = 1; uint64 read_through = 2 }`; zero is left out, as proto3 does. */
export function receiptBytes (deliveredThrough: bigint, readThrough: bigint): Buffer {
  const field = (tag: number, n: bigint): Buffer => n === 0n ? Buffer.alloc(0) : join(u8(tag), varint(n))
  return join(field(0x08, deliveredThrough), field(0x10, readThrough))
}

export function sealReceipt (receiptKey: Uint8Array, ad: Uint8Array, sessionId: Uint8Array, receipt: Uint8Array, salt: Uint8Array): Buffer {
  return seal(receiptKey, LABEL, ad, lp(sessionId), pad(receipt), salt)
}

export function openReceipt (receiptKey: Uint8Array, ad: Uint8Array, sessionId: Uint8Array, sealed: Uint8Array): Buffer {
  return unpad(open(receiptKey, LABEL, ad, lp(sessionId), sealed))
}
