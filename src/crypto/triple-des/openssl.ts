/**
 * Triple DES through OpenSSL: the fallback where WebAssembly SIMD is missing, and the oracle of the tests. It gives
 * the same bytes as the bitslice, slowly, and looks its S-boxes up in tables, so its timing depends on the data.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { BLOCK_BYTES } from './input.js'

/** Counter blocks are made for this much data at a time. */
const PIECE_BYTES = 64 * 1024

/** As `BitslicedTripleDes.ctr`. */
export function opensslCtr (key: Uint8Array, prefix: Uint8Array, input: Uint8Array, output: Uint8Array, firstBlock: number): void {
  const cipher = createCipheriv('des-ede3', key, null)
  const counters = new Uint8Array(Math.ceil(Math.min(input.length, PIECE_BYTES) / BLOCK_BYTES) * BLOCK_BYTES)
  const view = new DataView(counters.buffer)
  for (let at = 0; at < counters.length; at += BLOCK_BYTES) counters.set(prefix, at)
  for (let start = 0; start < input.length; start += PIECE_BYTES) {
    const piece = input.subarray(start, start + PIECE_BYTES)
    const blocks = Math.ceil(piece.length / BLOCK_BYTES)
    const first = firstBlock + start / BLOCK_BYTES
    for (let n = 0; n < blocks; n++) view.setUint32(n * BLOCK_BYTES + prefix.length, first + n)
    const keystream = ecb(cipher, counters.subarray(0, blocks * BLOCK_BYTES))
    for (let i = 0; i < piece.length; i++) output[start + i] = piece[i]! ^ keystream[i]!
    keystream.fill(0)
  }
}

/** One block, encrypted or decrypted. Input must have been checked. */
export function opensslBlock (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt'): Uint8Array {
  const cipher = direction === 'encrypt' ? createCipheriv('des-ede3', key, null) : createDecipheriv('des-ede3', key, null)
  return new Uint8Array(ecb(cipher, block))
}

function ecb (cipher: ReturnType<typeof createCipheriv> | ReturnType<typeof createDecipheriv>, blocks: Uint8Array): Uint8Array {
  return cipher.setAutoPadding(false).update(blocks)
}
