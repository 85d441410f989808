import { throws } from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { tripleDesBlock, tripleDesCtr, tripleDesCtrInPlace, tripleDesCtrInto } from '../../../src/crypto/triple-des/index.js'

const key = new Uint8Array(24)
const prefix = new Uint8Array(4)
const data = new Uint8Array(64)
const refused = (pattern: RegExp) => (error: unknown) => isP2pChatError(error, 'ERR_CRYPTO_INPUT') && pattern.test(error.message)

function detached (length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))

for (const [name, ctr] of Object.entries({ tripleDesCtr, tripleDesCtrInPlace })) {
  describe(`${name} refuses`, () => {
    it('keys of any length but 24', () => {
      for (const length of [0, 8, 16, 23, 25, 32]) throws(() => ctr(new Uint8Array(length), prefix, data), refused(/key must be 24 bytes long/))
    })

    it('prefixes of any length but 4', () => {
      for (const length of [0, 3, 5, 8]) throws(() => ctr(key, new Uint8Array(length), data), refused(/prefix must be 4 bytes long/))
    })

    it('what is not a Uint8Array', () => {
      for (const wrong of ['a'.repeat(24), new Uint16Array(24), new ArrayBuffer(24), Array.from(key), null, undefined] as unknown as Uint8Array[]) {
        throws(() => ctr(wrong, prefix, data), refused(/key must be a Uint8Array/))
        throws(() => ctr(key, wrong, data), refused(/prefix must be a Uint8Array/))
        throws(() => ctr(key, prefix, wrong), refused(/data must be a Uint8Array/))
      }
    })

    it('first blocks that are no counter', () => {
      for (const first of [-1, 0.5, 2 ** 32, NaN, Infinity, '1' as unknown as number]) throws(() => ctr(key, prefix, data, first), refused(/first block must be/))
    })

    it('a counter that would wrap', () => {
      throws(() => ctr(key, prefix, new Uint8Array(64), 2 ** 32 - 7), refused(/wrap/))
      throws(() => ctr(key, prefix, new Uint8Array(9), 2 ** 32 - 1), refused(/wrap/))
    })

    it('detached buffers', () => {
      throws(() => ctr(detached(24), prefix, data), refused(/transferred/))
      throws(() => ctr(key, detached(4), data), refused(/transferred/))
      throws(() => ctr(key, prefix, detached(64)), refused(/transferred/))
    })

    it('shared buffers', () => {
      throws(() => ctr(shared(24), prefix, data), refused(/shared/))
      throws(() => ctr(key, shared(4), data), refused(/shared/))
      throws(() => ctr(key, prefix, shared(64)), refused(/shared/))
    })

    it('but not empty data', () => {
      ctr(key, prefix, new Uint8Array(0), 2 ** 32 - 1)
    })
  })
}

describe('tripleDesCtrInto refuses', () => {
  it('room of another length, room that is shared, detached or no Uint8Array', () => {
    for (const length of [0, 63, 65]) throws(() => { tripleDesCtrInto(key, prefix, data, new Uint8Array(length)) }, refused(/output must be 64 bytes long/))
    throws(() => { tripleDesCtrInto(key, prefix, data, shared(64)) }, refused(/shared/))
    throws(() => { tripleDesCtrInto(key, prefix, data, detached(64)) }, refused(/transferred/))
    throws(() => { tripleDesCtrInto(key, prefix, data, new ArrayBuffer(64) as unknown as Uint8Array) }, refused(/output must be a Uint8Array/))
  })
})

describe('tripleDesBlock refuses', () => {
  it('wrong lengths, detached and shared buffers', () => {
    throws(() => tripleDesBlock(new Uint8Array(16), new Uint8Array(8)), refused(/key must be 24/))
    throws(() => tripleDesBlock(key, new Uint8Array(7)), refused(/block must be 8/))
    throws(() => tripleDesBlock(key, detached(8)), refused(/transferred/))
    throws(() => tripleDesBlock(key, shared(8)), refused(/shared/))
  })
})
