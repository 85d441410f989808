/**
 * Keys that make Triple DES less than it is: halves of DES that undo each other or themselves. The eighth bit of every
 * key byte is parity and no part of the key, so all comparisons leave it out. Every key in use passes through here, so
 * no comparison ends early.
 */
import { fromString } from 'uint8arrays/from-string'

/** FIPS 74 and SP 800-67r2 §3.3.2: the 4 weak keys, then the 6 pairs of semi-weak ones. */
const WEAK_DES_KEYS = [
  '0101010101010101', 'fefefefefefefefe', 'e0e0e0e0f1f1f1f1', '1f1f1f1f0e0e0e0e',
  '011f011f010e010e', '1f011f010e010e01',
  '01e001e001f101f1', 'e001e001f101f101',
  '01fe01fe01fe01fe', 'fe01fe01fe01fe01',
  '1fe01fe00ef10ef1', 'e01fe01ff10ef10e',
  '1ffe1ffe0efe0efe', 'fe1ffe1ffe0efe0e',
  'e0fee0fef1fef1fe', 'fee0fee0fef1fef1'
].map((hex) => fromString(hex, 'base16'))

/** Whether 8 bytes are a weak or semi-weak DES key. */
export function isWeakDesKey (key: Uint8Array): boolean {
  return weakness(key) !== 0
}

/** Whether K1 ‖ K2 ‖ K3 (24 bytes) has two equal parts or a weak or semi-weak one. */
export function isWeakTripleDesKey (key: Uint8Array): boolean {
  const K1 = key.subarray(0, 8)
  const K2 = key.subarray(8, 16)
  const K3 = key.subarray(16, 24)
  return (same(K1, K2) | same(K2, K3) | same(K1, K3) | weakness(K1) | weakness(K2) | weakness(K3)) !== 0
}

function weakness (key: Uint8Array): number {
  let found = 0
  for (const weak of WEAK_DES_KEYS) found |= same(weak, key)
  return found
}

/** 1 when both are the same DES key, else 0; without a branch on their bytes. */
function same (a: Uint8Array, b: Uint8Array): number {
  let difference = 0
  for (let at = 0; at < 8; at++) difference |= (a[at]! ^ b[at]!) & 0xfe
  return (difference - 1) >>> 31
}
