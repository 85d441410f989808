/**
 * Three-key Triple DES (EDE), as counter mode and as a raw block function. Policy (weak keys, blocks per key) is the
 * seal's. How it works, what is claimed of it and what not: docs/triple-des.md.
 */
import { uninitialised } from '../bytes.js'
import { createEngine } from './engine.js'
import type { Engine, TripleDesEngine } from './engine.js'
import { checkBlockInput, checkCtrInput, checkOutput } from './input.js'
import { moduleBytes } from './module.js'

export type { TripleDesEngine } from './engine.js'

// One instance a thread, made when it is first needed: a command that enciphers nothing does not pay for it.
let shared: Engine | undefined

function engine (): Engine {
  shared ??= createEngine(moduleBytes())
  return shared
}

/** The engine that runs in this process: `openssl` is slow, and its timing depends on the data. */
export function tripleDesEngine (): TripleDesEngine {
  return engine().name
}

/**
 * Counter mode: `data` XOR the keystream of blocks prefix ‖ 32-bit big-endian counter. Decrypts as it encrypts.
 *
 * @param key 24 bytes, K1 ‖ K2 ‖ K3; parity bits are ignored
 * @param prefix 4 bytes, the first half of every counter block
 * @param data any length
 * @param firstBlock the counter of the first block, 0 to 2^32 - 1
 * @returns a new array as long as `data`; a small one shares its `buffer` with others, as Node's Buffers do
 * @throws ERR_CRYPTO_INPUT wrong lengths, a counter that would wrap, a detached or shared buffer
 */
export function tripleDesCtr (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): Uint8Array<ArrayBuffer> {
  checkCtrInput(key, prefix, data, firstBlock)
  const output = uninitialised(data.length)
  engine().ctr(key, prefix, data, output, firstBlock)
  return output
}

/** As {@link tripleDesCtr}, but overwrites `data`. */
export function tripleDesCtrInPlace (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): void {
  tripleDesCtrInto(key, prefix, data, data, firstBlock)
}

/**
 * As {@link tripleDesCtr}, but puts the result into an array that is there.
 *
 * @param into as long as `data`; the same array or one that does not overlap it
 */
export function tripleDesCtrInto (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, into: Uint8Array, firstBlock = 0): void {
  checkCtrInput(key, prefix, data, firstBlock)
  if (into !== data) checkOutput(into, data.length)
  engine().ctr(key, prefix, data, into, firstBlock)
}

/**
 * The raw block function, without any policy: what test vectors need. Not for messages: unlike counter mode, its
 * timing may depend on the block.
 *
 * @param key 24 bytes
 * @param block 8 bytes
 * @throws ERR_CRYPTO_INPUT wrong lengths, a detached or shared buffer
 */
export function tripleDesBlock (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt' = 'encrypt'): Uint8Array {
  checkBlockInput(key, block)
  return engine().block(key, block, direction)
}
