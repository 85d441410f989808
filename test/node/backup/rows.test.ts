import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeRows, encodeRow, type Row } from '../../../src/node/backup/rows.js'
import { maxBackupRowBytes } from '../../../src/node/backup/limits.js'
import { concat } from 'uint8arrays/concat'
import { rejectsCode, throwsCode } from '../support.js'

describe('rows of a backup', () => {
  const cut = async function * (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
  }

  const all = async (parts: AsyncIterable<Uint8Array>): Promise<Row[]> => {
    const rows: Row[] = []
    for await (const row of decodeRows(parts)) rows.push(row)
    return rows
  }

  it('come back as they were, however their bytes are cut', async () => {
    const key = fc.string({ unit: fc.constantFrom(...'abc/09-'), minLength: 1, maxLength: 40 })
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(key, fc.uint8Array({ maxLength: 300 })), { maxLength: 20 }), fc.integer({ min: 1, max: 200 }), async (rows, size) => {
      const found = await all(cut(concat(rows.map((row) => encodeRow(row))), size))
      assert.deepEqual(found.map(([name, value]) => [name, [...value]]), rows.map(([name, value]) => [name, [...value]]))
    }))
  })

  it('that are cut off, or too long, are refused', async () => {
    const row = encodeRow(['a/b', new Uint8Array(10)])
    await rejectsCode(all(cut(row.subarray(0, -1), 5)), 'ERR_STORE_CORRUPT')
    const long = row.slice()
    new DataView(long.buffer).setUint32(5, maxBackupRowBytes + 1)
    await rejectsCode(all(cut(long, 100)), 'ERR_STORE_CORRUPT')
    throwsCode(() => encodeRow(['a', new Uint8Array(maxBackupRowBytes + 1)]), 'ERR_LIMIT')
  })
})
