/** Chooses what enciphers: the bitslice, or OpenSSL where WebAssembly SIMD is missing. */
import { BitslicedTripleDes } from './bitslice.js'
import { opensslBlock, opensslCtr } from './openssl.js'
import { instantiate } from './webassembly.js'

export type TripleDesEngine = 'wasm-simd' | 'openssl'

export interface Engine {
  readonly name: TripleDesEngine
  readonly ctr: (key: Uint8Array, prefix: Uint8Array, input: Uint8Array, output: Uint8Array, firstBlock: number) => void
  readonly block: (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt') => Uint8Array
}

/** @param module the generated module */
export function createEngine (module: Uint8Array): Engine {
  const instance = instantiate(module)
  if (instance === undefined) return { name: 'openssl', ctr: opensslCtr, block: opensslBlock }
  const bitslice = new BitslicedTripleDes(instance)
  return {
    name: 'wasm-simd',
    ctr: (key, prefix, input, output, firstBlock) => { bitslice.ctr(key, prefix, input, output, firstBlock) },
    block: (key, block, direction) => bitslice.block(key, block, direction)
  }
}
