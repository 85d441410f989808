/**
 * Three-key Triple DES (EDE), as counter mode and as a raw block function. Policy (weak keys, blocks per key) is the
 * seal's. What is claimed of it, and what not: docs/triple-des.md.
 */
import { checkBlockInput, checkCtrInput } from './input.js'
import { opensslBlock, opensslCtrInPlace } from './openssl.js'

export type TripleDesEngine = 'wasm-simd' | 'openssl'

/** The engine that runs in this process. */
export function tripleDesEngine (): TripleDesEngine {
  return 'openssl'
}

/**
 * Counter mode: `data` XOR the keystream of blocks prefix ‖ 32-bit big-endian counter. Decrypts as it encrypts.
 *
 * @param key 24 bytes, K1 ‖ K2 ‖ K3; parity bits are ignored
 * @param prefix 4 bytes, the first half of every counter block
 * @param data any length
 * @param firstBlock the counter of the first block, 0 to 2^32 - 1
 * @returns a new array as long as `data`
 * @throws ERR_CRYPTO_INPUT wrong lengths, a counter that would wrap, a detached or shared buffer
 */
export function tripleDesCtr (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): Uint8Array {
  checkCtrInput(key, prefix, data, firstBlock)
  const output = new Uint8Array(data)
  opensslCtrInPlace(key, prefix, output, firstBlock)
  return output
}

/** As {@link tripleDesCtr}, but overwrites `data`. */
export function tripleDesCtrInPlace (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): void {
  checkCtrInput(key, prefix, data, firstBlock)
  opensslCtrInPlace(key, prefix, data, firstBlock)
}

/**
 * The raw block function, without any policy: what test vectors need. Not for messages.
 *
 * @param key 24 bytes
 * @param block 8 bytes
 * @throws ERR_CRYPTO_INPUT wrong lengths, a detached or shared buffer
 */
export function tripleDesBlock (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt' = 'encrypt'): Uint8Array {
  checkBlockInput(key, block)
  return opensslBlock(key, block, direction)
}
