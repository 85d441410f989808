import { deepEqual, equal, notEqual } from 'node:assert/strict'
import * as fc from 'fast-check'
import { createEngine } from '../../../src/crypto/triple-des/engine.js'
import { tripleDesCtr, tripleDesCtrInPlace, tripleDesCtrInto, tripleDesEngine } from '../../../src/crypto/triple-des/index.js'
import { DATA_BYTES } from '../../../src/crypto/triple-des/layout.js'
import { oracleCtr } from './oracle.js'
import { runRandomCases } from './random-cases.js'

const key = Uint8Array.from({ length: 24 }, (_, i) => i * 11 + 1)
const prefix = Uint8Array.of(0xde, 0xad, 0xbe, 0xef)
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff)

describe('tripleDesCtr', () => {
  it('runs on WebAssembly SIMD here', () => { equal(tripleDesEngine(), 'wasm-simd') })

  it('is the same as OpenSSL over the counter blocks in 100,000 random cases', () => {
    equal(runRandomCases(tripleDesCtrInPlace, 100_000, 3), undefined)
  }).timeout(60_000)

  it('is the same on the fallback', () => {
    const { ctr } = createEngine(Uint8Array.of(0))
    equal(runRandomCases((key, prefix, data, first) => { ctr(key, prefix, data, data, first) }, 2_000, 4), undefined)
  })

  it('has data in more than one piece right on the fallback', () => {
    const { ctr } = createEngine(Uint8Array.of(0))
    const output = new Uint8Array(200_003)
    ctr(key, prefix, bytes(200_003), output, 12_345)
    deepEqual(output, oracleCtr(key, prefix, bytes(200_003), 12_345))
  })

  it('tells a wrong byte, wherever it is', () => {
    const broken = (at: (length: number) => number) => (...[k, p, data, first]: Parameters<typeof tripleDesCtrInPlace>): void => {
      tripleDesCtrInPlace(k, p, data, first)
      if (data.length > 1000) data[at(data.length)]! ^= 1
    }
    for (const at of [() => 0, (length: number) => length - 1]) notEqual(runRandomCases(broken(at), 500, 5), undefined)
  })

  it('has every length from 0 to 1,100 bytes right', () => {
    for (let length = 0; length <= 1100; length++) deepEqual(tripleDesCtr(key, prefix, bytes(length)), oracleCtr(key, prefix, bytes(length), 0))
  })

  it('has every first block from 0 to 260 right', () => {
    for (let first = 0; first <= 260; first++) deepEqual(tripleDesCtr(key, prefix, bytes(50), first), oracleCtr(key, prefix, bytes(50), first))
  })

  it('has data longer than its memory right, whatever the first block', () => {
    const data = bytes(2 * DATA_BYTES + 9)
    for (const first of [0, 1, 127, 2 ** 31 - 5, 2 ** 32 - Math.ceil(data.length / 8)]) {
      deepEqual(tripleDesCtr(key, prefix, data, first), oracleCtr(key, prefix, data, first))
    }
  })

  it('reaches the last counter', () => {
    deepEqual(tripleDesCtr(key, prefix, bytes(8), 2 ** 32 - 1), oracleCtr(key, prefix, bytes(8), 2 ** 32 - 1))
  })

  it('continues where an earlier call ended', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 3000 }), (blocks, rest) => {
      const data = bytes(blocks * 8 + rest)
      const pieces = [tripleDesCtr(key, prefix, data.subarray(0, blocks * 8), 9), tripleDesCtr(key, prefix, data.subarray(blocks * 8), 9 + blocks)]
      deepEqual(new Uint8Array(Buffer.concat(pieces)), tripleDesCtr(key, prefix, data, 9))
    }))
  })

  it('is its own inverse', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (data) => {
      deepEqual(tripleDesCtr(key, prefix, tripleDesCtr(key, prefix, data)), data)
    }))
  })

  it('ignores parity bits', () => {
    deepEqual(tripleDesCtr(key.map((byte) => byte ^ 1), prefix, bytes(100)), tripleDesCtr(key, prefix, bytes(100)))
  })

  it('leaves its arguments as they were', () => {
    const [k, p, data] = [Uint8Array.from(key), Uint8Array.from(prefix), bytes(100)]
    tripleDesCtr(k, p, data)
    deepEqual([k, p, data], [key, prefix, bytes(100)])
  })

  it('takes a Buffer and answers with a Uint8Array that later calls leave alone', () => {
    const output = tripleDesCtr(Buffer.from(key), Buffer.from(prefix), Buffer.from(bytes(100)))
    equal(Object.getPrototypeOf(output), Uint8Array.prototype)
    equal(output.length, 100)
    for (let n = 0; n < 200; n++) tripleDesCtr(key, prefix, bytes(100), n)
    deepEqual(output, oracleCtr(key, prefix, bytes(100), 0))
  })
})

describe('tripleDesCtrInPlace', () => {
  it('changes the view it is given, and nothing beside it', () => {
    const buffer = bytes(5000)
    tripleDesCtrInPlace(key, prefix, buffer.subarray(13, 4013), 77)
    const expected = bytes(5000)
    expected.set(oracleCtr(key, prefix, bytes(5000).subarray(13, 4013), 77), 13)
    deepEqual(buffer, expected)
  })

  it('may overwrite its own key', () => {
    const buffer = bytes(64)
    tripleDesCtrInPlace(buffer.subarray(0, 24), prefix, buffer)
    deepEqual(buffer, oracleCtr(bytes(64).subarray(0, 24), prefix, bytes(64), 0))
  })
})

describe('tripleDesCtrInto', () => {
  it('fills the view it is given and nothing beside it, and leaves the data as it was', () => {
    const room = bytes(5000)
    const data = bytes(4000)
    tripleDesCtrInto(key, prefix, data, room.subarray(13, 4013), 77)
    const expected = bytes(5000)
    expected.set(oracleCtr(key, prefix, bytes(4000), 77), 13)
    deepEqual(room, expected)
    deepEqual(data, bytes(4000))
  })
})
