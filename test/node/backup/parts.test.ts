import assert from 'node:assert/strict'
import { concat } from 'uint8arrays/concat'
import { sha256 } from '../../../src/crypto/bytes.js'
import type { StretchPassword } from '../../../src/crypto/backup.js'
import { SEAL_OVERHEAD_BYTES } from '../../../src/crypto/seal.js'
import { backupPartBytes } from '../../../src/node/backup/limits.js'
import { keyOfBackup, openParts, PartsWriter, readHeader } from '../../../src/node/backup/parts.js'
import { MemoryDisk } from '../files/memory-disk.js'
import { openMemoryFile } from '../files/memory-file.js'
import { flipBit, rejectsCode, seeded, utf8 } from '../support.js'

describe('the file of a backup', () => {
  const stretch: StretchPassword = async (password, salt) => sha256(utf8(password), salt)
  const HEADER = 31
  /** where the parts begin */
  const BEGIN = HEADER + SEAL_OVERHEAD_BYTES
  const PART = backupPartBytes + SEAL_OVERHEAD_BYTES
  const random = seeded('backup parts')

  async function written (...pieces: Uint8Array[]): Promise<Uint8Array> {
    const disk = new MemoryDisk()
    const file = await disk.create('/b')
    assert.ok(file !== undefined)
    const parts = await PartsWriter.begin(file, 'secret', random, { stretch })
    for (const piece of pieces) await parts.write(piece)
    assert.equal(await parts.end(), disk.contents('/b')?.byteLength)
    return new Uint8Array(disk.contents('/b') ?? [])
  }

  async function opened (bytes: Uint8Array, password = 'secret'): Promise<Uint8Array> {
    const disk = new MemoryDisk()
    disk.put('/b', bytes)
    const backup = await readHeader(await openMemoryFile(disk, '/b'))
    const parts: Uint8Array[] = []
    for await (const part of openParts(backup, await keyOfBackup(backup, password, { stretch }))) parts.push(part)
    return concat(parts)
  }

  it('opens to what was written, at every length around a full part', async () => {
    for (const length of [0, 1, backupPartBytes - 1, backupPartBytes, backupPartBytes + 1, 3 * backupPartBytes, 3 * backupPartBytes + 7]) {
      const content = random.bytes(length)
      const bytes = await written(content.subarray(0, length >> 2), content.subarray(length >> 2))
      assert.equal(bytes.byteLength, BEGIN + Math.max(1, Math.ceil(length / backupPartBytes)) * SEAL_OVERHEAD_BYTES + length)
      assert.deepEqual(Buffer.from(await opened(bytes)), Buffer.from(content), String(length))
    }
  })

  it('does not open with another password', async () => {
    await rejectsCode(opened(await written(random.bytes(100)), 'Secret'), 'ERR_BAD_CREDENTIALS')
  })

  it('is told to be something else, newer, or damaged', async () => {
    const bytes = await written(random.bytes(2 * backupPartBytes + 5))
    const mistakes: Array<[string, Uint8Array, Parameters<typeof rejectsCode>[1]]> = [
      ['nothing', new Uint8Array(0), 'ERR_STORE_FOREIGN'],
      ['another file', utf8('#!/bin/sh\necho hello, this is a script and no backup\n'.repeat(3)), 'ERR_STORE_FOREIGN'],
      ['a head alone', bytes.subarray(0, HEADER), 'ERR_STORE_CORRUPT'],
      ['a later version', Uint8Array.from(bytes, (byte, at) => at === 14 ? 2 : byte), 'ERR_STORE_NEWER'],
      ['another salt', flipBit(bytes, 8 * 20), 'ERR_BAD_CREDENTIALS'],
      ['a bit of the check', flipBit(bytes, 8 * (HEADER + 20)), 'ERR_BAD_CREDENTIALS'],
      ['cut off in the check', bytes.subarray(0, HEADER + 20), 'ERR_STORE_CORRUPT'],
      ['cut off in the first part', bytes.subarray(0, BEGIN + 1_000), 'ERR_STORE_CORRUPT'],
      ['a bit of the first part', flipBit(bytes, 8 * (BEGIN + 100)), 'ERR_STORE_CORRUPT'],
      ['a bit of the second', flipBit(bytes, 8 * (BEGIN + PART + 100)), 'ERR_STORE_CORRUPT'],
      ['a bit of the last', flipBit(bytes, 8 * bytes.byteLength - 1), 'ERR_STORE_CORRUPT'],
      ['cut off in a part', bytes.subarray(0, BEGIN + PART + 1_000), 'ERR_STORE_CORRUPT'],
      ['cut off behind one', bytes.subarray(0, BEGIN + 2 * PART), 'ERR_STORE_CORRUPT'],
      ['a byte more', concat([bytes, Uint8Array.of(0)]), 'ERR_STORE_CORRUPT'],
      ['two parts in each other\'s place', concat([bytes.subarray(0, BEGIN), bytes.subarray(BEGIN + PART, BEGIN + 2 * PART), bytes.subarray(BEGIN, BEGIN + PART), bytes.subarray(BEGIN + 2 * PART)]), 'ERR_STORE_CORRUPT'],
      ['a part left out', concat([bytes.subarray(0, BEGIN + PART), bytes.subarray(BEGIN + 2 * PART)]), 'ERR_STORE_CORRUPT']
    ]
    for (const [what, file, code] of mistakes) await rejectsCode(opened(file), code).catch((error: unknown) => { throw new Error(what, { cause: error }) })
  })
})
