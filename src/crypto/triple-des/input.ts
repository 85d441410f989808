/** What every engine may take for granted about its input. */
import { P2pChatError } from '../../errors.js'

export const KEY_BYTES = 24
export const PREFIX_BYTES = 4
export const BLOCK_BYTES = 8

/** The counter is 32 bits wide: this many blocks have a number of their own under one key and prefix. */
export const MAX_COUNTER_BLOCKS = 2 ** 32

/** Throws ERR_CRYPTO_INPUT unless the arguments of a CTR call are sound. */
export function checkCtrInput (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock: number): void {
  checkBytes('key', key, KEY_BYTES)
  checkBytes('prefix', prefix, PREFIX_BYTES)
  checkBytes('data', data)
  if (!Number.isInteger(firstBlock) || firstBlock < 0 || firstBlock >= MAX_COUNTER_BLOCKS) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `The first block must be a whole number from 0 to ${MAX_COUNTER_BLOCKS - 1}, not ${firstBlock}.`)
  }
  if (firstBlock + Math.ceil(data.length / BLOCK_BYTES) > MAX_COUNTER_BLOCKS) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `${data.length} bytes from block ${firstBlock} would wrap the 32-bit block counter.`)
  }
}

/** Throws ERR_CRYPTO_INPUT unless a result of `length` bytes can be put there. */
export function checkOutput (into: Uint8Array, length: number): void {
  checkBytes('output', into, length)
}

/** Throws ERR_CRYPTO_INPUT unless the arguments of a raw block call are sound. */
export function checkBlockInput (key: Uint8Array, block: Uint8Array): void {
  checkBytes('key', key, KEY_BYTES)
  checkBytes('block', block, BLOCK_BYTES)
}

function checkBytes (name: string, bytes: Uint8Array, length?: number): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `The Triple DES ${name} must be a Uint8Array.`)
  }
  // Another thread could change shared bytes while they are read.
  if (typeof SharedArrayBuffer === 'function' && bytes.buffer instanceof SharedArrayBuffer) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `The Triple DES ${name} is in shared memory; pass a copy of it.`)
  }
  if (bytes.length === 0 && isDetached(bytes.buffer)) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `The Triple DES ${name} was transferred to another thread and is gone.`)
  }
  if (length !== undefined && bytes.length !== length) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `The Triple DES ${name} must be ${length} bytes long, not ${bytes.length}.`)
  }
}

/** A detached buffer is told from an empty one by refusing a view (`ArrayBuffer.detached` is missing in Node 20). */
function isDetached (buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).length < 0
  } catch {
    return true
  }
}
