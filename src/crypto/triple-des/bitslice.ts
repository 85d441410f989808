/** Drives one instance of the generated module. Pure: runs in Node and in a browser alike. */
import { BLOCK_BYTES, KEY_BYTES } from './input.js'
import { BATCH_BYTES, DATA_ADDRESS, DATA_BYTES, KEY_ADDRESS, LANES, PREFIX_ADDRESS, SECRET_BYTES } from './layout.js'
import type { WasmInstance } from './webassembly.js'

interface Exports {
  memory: { readonly buffer: ArrayBuffer }
  setup: () => void
  batch: (counter: number, direction: 1 | -1, data: number) => void
}

/** A Triple DES engine with its own memory. Calls must not overlap; they cannot, being synchronous. */
export class BitslicedTripleDes {
  readonly #setup: Exports['setup']
  readonly #batch: Exports['batch']
  readonly #memory: Uint8Array

  /** @param instance of the module that `generateModule` wrote */
  constructor (instance: WasmInstance) {
    const exports = instance.exports as unknown as Exports
    this.#setup = exports.setup
    this.#batch = exports.batch
    this.#memory = new Uint8Array(exports.memory.buffer)
  }

  /**
   * `output` becomes `input` XOR the keystream of blocks `firstBlock`, `firstBlock + 1`, ... The two are as long as each
   * other, and may be the same array. Arguments must have been checked.
   */
  ctr (key: Uint8Array, prefix: Uint8Array, input: Uint8Array, output: Uint8Array, firstBlock: number): void {
    this.#memory.set(key, KEY_ADDRESS)
    this.#memory.set(prefix, PREFIX_ADDRESS)
    this.#setup()
    // Batches start at a multiple of 128, so the first one may begin in its middle.
    let skip = (firstBlock % LANES) * BLOCK_BYTES
    let counter = firstBlock - firstBlock % LANES
    for (let start = 0; start < input.length;) {
      // For a small input, a view more is as dear as the copy.
      const part = start === 0 && input.length <= DATA_BYTES - skip ? input : input.subarray(start, start + DATA_BYTES - skip)
      this.#memory.set(part, DATA_ADDRESS + skip)
      const end = this.#batches(counter, DATA_ADDRESS, DATA_ADDRESS + skip + part.length)
      output.set(this.#memory.subarray(DATA_ADDRESS + skip, DATA_ADDRESS + skip + part.length), start)
      this.#memory.fill(0, DATA_ADDRESS, end)
      counter += DATA_BYTES / BLOCK_BYTES
      start += part.length
      skip = 0
    }
    this.#memory.fill(0, 0, SECRET_BYTES)
  }

  /** One block, through a batch whose only other use is that it is the code that counter mode runs. */
  block (key: Uint8Array, block: Uint8Array, direction: 'encrypt' | 'decrypt'): Uint8Array {
    const forwards = direction === 'encrypt'
    for (let k = 0; k < KEY_BYTES; k += BLOCK_BYTES) {
      this.#memory.set(key.subarray(k, k + BLOCK_BYTES), KEY_ADDRESS + (forwards ? k : KEY_BYTES - BLOCK_BYTES - k))
    }
    this.#memory.set(block.subarray(0, 4), PREFIX_ADDRESS)
    this.#setup()
    const counter = new DataView(block.buffer, block.byteOffset, block.length).getUint32(4)
    this.#batch(counter & -LANES, forwards ? 1 : -1, DATA_ADDRESS)
    const address = DATA_ADDRESS + (counter % LANES) * BLOCK_BYTES
    const output = this.#memory.slice(address, address + BLOCK_BYTES)
    this.#memory.fill(0, DATA_ADDRESS, DATA_ADDRESS + BATCH_BYTES)
    this.#memory.fill(0, 0, SECRET_BYTES)
    return output
  }

  /** Whole batches until `end` is reached; returns the address where the last one ended. */
  #batches (counter: number, address: number, end: number): number {
    for (; address < end; address += BATCH_BYTES) {
      this.#batch(counter, 1, address)
      counter += LANES
    }
    return address
  }
}
