/**
 * Triple DES through OpenSSL: the fallback where WebAssembly SIMD is missing, and the oracle of the tests. It gives
 * the same bytes as the bitslice, slowly, and looks its S-boxes up in tables, so its timing depends on the data.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { BLOCK_BYTES } from './input.js'

/** XORs the keystream of blocks `firstBlock`, `firstBlock + 1`, ... into `data`. Input must have been checked. */
export function opensslCtrInPlace (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock: number): void {
  const blocks = Math.ceil(data.length / BLOCK_BYTES)
  const counters = new Uint8Array(blocks * BLOCK_BYTES)
  const view = new DataView(counters.buffer)
  for (let block = 0; block < blocks; block++) {
    counters.set(prefix, block * BLOCK_BYTES)
    view.setUint32(block * BLOCK_BYTES + prefix.length, firstBlock + block)
  }
  const keystream = ecb(createCipheriv('des-ede3', key, null), counters)
  for (let i = 0; i < data.length; i++) data[i]! ^= keystream[i]!
  keystream.fill(0)
}

/** One block, encrypted or decrypted. Input must have been checked. */
export function opensslBlock (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt'): Uint8Array {
  const cipher = direction === 'encrypt' ? createCipheriv('des-ede3', key, null) : createDecipheriv('des-ede3', key, null)
  return new Uint8Array(ecb(cipher, block))
}

function ecb (cipher: ReturnType<typeof createCipheriv> | ReturnType<typeof createDecipheriv>, blocks: Uint8Array): Uint8Array {
  return cipher.setAutoPadding(false).update(blocks)
}
