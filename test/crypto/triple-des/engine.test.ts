import { deepEqual, equal, ok } from 'node:assert/strict'
import { BitslicedTripleDes } from '../../../src/crypto/triple-des/bitslice.js'
import { createEngine } from '../../../src/crypto/triple-des/engine.js'
import { DATA_ADDRESS } from '../../../src/crypto/triple-des/layout.js'
import { moduleBytes } from '../../../src/crypto/triple-des/module.js'
import { instantiate } from '../../../src/crypto/triple-des/webassembly.js'

const key = Uint8Array.from({ length: 24 }, (_, i) => i + 1)
const prefix = Uint8Array.of(1, 2, 3, 4)

describe('the choice of engine', () => {
  it('is WebAssembly SIMD where it compiles', () => {
    equal(createEngine(moduleBytes()).name, 'wasm-simd')
  })

  it('is OpenSSL where an instruction is missing', () => {
    const module = moduleBytes()
    // Past the last SIMD instruction there is: what an engine without SIMD makes of all of them.
    const at = module.findLastIndex((byte, i) => byte === 0xfd && module[i + 1] === 0x51)
    module.set([0xfd, 0x7f], at)
    equal(createEngine(module).name, 'openssl')
  })

  it('is OpenSSL where there is no WebAssembly', () => {
    const holder = globalThis as { WebAssembly?: unknown }
    const { WebAssembly } = holder
    try {
      holder.WebAssembly = undefined
      equal(createEngine(moduleBytes()).name, 'openssl')
    } finally {
      holder.WebAssembly = WebAssembly
    }
  })
})

describe('the linear memory', () => {
  const instance = instantiate(moduleBytes())!
  const memory = new Uint8Array((instance.exports.memory as { buffer: ArrayBuffer }).buffer)
  const tripleDes = new BitslicedTripleDes(instance)
  const leftovers = (): number => memory.reduce((count, byte) => count + Number(byte !== 0), 0)

  it('holds nothing after a call, whatever its length and first block', () => {
    for (const [length, first] of [[0, 0], [1, 0], [64, 0], [1024, 0], [1025, 5], [65536, 0], [3_000, 127], [300_000, 300]] as const) {
      tripleDes.ctr(key, prefix, new Uint8Array(length), new Uint8Array(length), first)
      equal(leftovers(), 0, `after ${length} bytes from block ${first}`)
    }
  })

  it('holds nothing after a raw block', () => {
    for (const direction of ['encrypt', 'decrypt'] as const) {
      tripleDes.block(key, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0xff), direction)
      equal(leftovers(), 0)
    }
  })

  it('held something in between', () => {
    // Without the wipe: the module's own calls, as the driver makes them.
    const { setup, batch } = instance.exports as { setup: () => void, batch: (counter: number, direction: number, data: number) => void }
    memory.set(key, 0)
    setup()
    batch(0, 1, DATA_ADDRESS)
    ok(leftovers() > 4_000)
    memory.fill(0)
  })

  it('does not carry one key into the next call', () => {
    const once = new Uint8Array(64)
    tripleDes.ctr(key, prefix, once, once, 0)
    tripleDes.ctr(key.map((byte) => byte ^ 0xff), prefix, new Uint8Array(64), new Uint8Array(64), 0)
    const again = new Uint8Array(64)
    tripleDes.ctr(key, prefix, again, again, 0)
    deepEqual(again, once)
  })
})
