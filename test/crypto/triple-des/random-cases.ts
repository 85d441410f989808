/** Seeded random cases of counter mode, held against OpenSSL; a test runs some, scripts/triple-des-cases.ts any number. */
import { createCipheriv } from 'node:crypto'
import { oracleCtr } from './oracle.js'

export type CtrInPlace = (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock: number) => void

/**
 * Runs `count` cases: random keys, prefixes and data; lengths around every boundary; counters that carry, or end
 * exactly at the last block; data that starts anywhere in its buffer, whose other bytes must not change.
 *
 * @returns a line that describes the first case that went wrong, undefined when none did
 */
export function runRandomCases (ctrInPlace: CtrInPlace, count: number, seed: number): string | undefined {
  const random = seededBytes(seed)
  const below = (end: number): number => Buffer.from(random(4)).readUInt32LE() % end
  for (let n = 0; n < count; n++) {
    const key = random(24)
    const prefix = random(4)
    const length = below([9, 70, 200, 1100, 5000][below(20) < 19 ? below(4) : 4]!)
    const blocks = Math.ceil(length / 8)
    const firstBlock = firstBlockOf(below, blocks)
    const [before, after] = [below(17), below(17)]
    const buffer = random(before + length + after)
    const original = Uint8Array.from(buffer)
    const expected = Uint8Array.from(buffer)
    expected.set(oracleCtr(key, prefix, buffer.subarray(before, before + length), firstBlock), before)
    ctrInPlace(key, prefix, buffer.subarray(before, before + length), firstBlock)
    const same = Buffer.compare(buffer, expected) === 0
    if (!same) return `case ${n} of seed ${seed}: key ${hex(key)}, prefix ${hex(prefix)}, first block ${firstBlock}, data ${hex(original.subarray(before, before + length))}`
  }
  return undefined
}

function firstBlockOf (below: (end: number) => number, blocks: number): number {
  const last = 2 ** 32 - blocks
  const candidates = [
    0,
    below(300),
    // Just before a carry into any of the bits 7 to 31.
    2 ** (7 + below(25)) - below(200),
    last - below(200),
    last,
    below(2 ** 32)
  ]
  return Math.min(Math.max(candidates[below(candidates.length)]!, 0), last, 2 ** 32 - 1)
}

/** Bytes of AES-256-CTR under the seed: quick, and the same everywhere. */
function seededBytes (seed: number): (length: number) => Uint8Array {
  const key = Buffer.alloc(32)
  key.writeUInt32LE(seed)
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return (length) => new Uint8Array(cipher.update(Buffer.alloc(length)))
}

function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
