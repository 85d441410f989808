/** What every maker of a BlobDisk must do, and what a crash leaves of the one in memory. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isP2pChatError, type ErrorCode } from '../../src/errors.js'
import { createMemoryBlobs, openFolderBlobs, type BlobDisk, type BlobFile } from '../../src/store/index.js'

const coded = (code: ErrorCode) => (error: unknown) => isP2pChatError(error, code)
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

async function read (file: BlobFile, at: number, length: number): Promise<number[]> {
  const into = new Uint8Array(length)
  return [...into.subarray(0, await file.read(into, at))]
}

function suite (name: string, make: () => Promise<{ disk: BlobDisk, remove: () => Promise<void> }>): void {
  describe(`BlobDisk: ${name}`, () => {
    let disk: BlobDisk
    let remove: () => Promise<void>
    beforeEach(async () => { ({ disk, remove } = await make()) })
    afterEach(async () => { await remove() })

    it('writes and reads at any offset', async () => {
      const file = await disk.create('a1')
      await file.write(bytes(7, 8), 4)
      await file.write(bytes(1, 2, 3), 0)
      assert.deepEqual(await read(file, 0, 100), [1, 2, 3, 0, 7, 8])
      assert.deepEqual(await read(file, 5, 2), [8])
      assert.deepEqual(await read(file, 50, 2), [])
      await file.sync()
      await file.close()
    })

    it('opens what was created, twice at a time, and nothing else', async () => {
      assert.equal(await disk.open('a1'), undefined)
      const one = await disk.create('a1')
      const two = await disk.open('a1') ?? assert.fail('there is none')
      await one.write(bytes(5), 0)
      assert.deepEqual(await read(two, 0, 1), [5])
      await one.close()
      await two.close()
    })

    it('creates anew in the place of what was there', async () => {
      const old = await disk.create('a1')
      await old.write(bytes(1, 2, 3), 0)
      await old.close()
      const file = await disk.create('a1')
      assert.deepEqual(await read(file, 0, 3), [])
      await file.close()
    })

    it('lists and removes', async () => {
      await (await disk.create('a1')).close()
      await (await disk.create('b-2')).close()
      assert.deepEqual((await disk.list()).sort(), ['a1', 'b-2'])
      await disk.remove('a1')
      await disk.remove('a1')
      assert.deepEqual(await disk.list(), ['b-2'])
      assert.equal(await disk.open('a1'), undefined)
    })

    it('says how much may still be written', async () => {
      assert.ok(await disk.freeBytes() > 0)
    })
  })
}

suite('memory', async () => ({ disk: createMemoryBlobs(), remove: async () => {} }))
suite('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-blobs-'))
  return { disk: await openFolderBlobs(join(folder, 'blobs')), remove: async () => { await rm(folder, { recursive: true }) } }
})

describe('blobs in a folder', () => {
  let folder: string
  let disk: BlobDisk
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-blobs-'))
    disk = await openFolderBlobs(join(folder, 'blobs'))
  })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  it('are nobody else\'s to read', async () => {
    await (await disk.create('a1')).close()
    const [name] = await readdir(join(folder, 'blobs'))
    assert.equal((await stat(join(folder, 'blobs'))).mode & 0o777, 0o700)
    assert.equal((await stat(join(folder, 'blobs', name ?? ''))).mode & 0o777, 0o600)
  })

  it('never leave the folder: no other names, no links, no foreign files', async () => {
    await assert.rejects(disk.create('../a1'), coded('ERR_INTERNAL'))
    await writeFile(join(folder, 'elsewhere'), 'x')
    await symlink(join(folder, 'elsewhere'), join(folder, 'blobs', 'a1.blob'))
    await assert.rejects(disk.open('a1'), coded('ERR_STORE_IO'))
    await writeFile(join(folder, 'blobs', 'notes.txt'), 'x')
    assert.deepEqual(await disk.list(), ['a1'])
  })
})

describe('blobs in memory', () => {
  it('lose what was not synced when the process dies, and files opened before it are dead', async () => {
    const disk = createMemoryBlobs()
    const file = await disk.create('a1')
    await file.write(bytes(1, 2), 0)
    await file.sync()
    await file.write(bytes(9, 9, 9, 9), 1)
    disk.crash()
    await assert.rejects(file.write(bytes(1), 0), coded('ERR_CLOSED'))
    assert.deepEqual(await read(await disk.open('a1') ?? assert.fail('gone'), 0, 9), [1, 2])
  })

  it('keep any part of what was not synced', async () => {
    const disk = createMemoryBlobs()
    const file = await disk.create('a1')
    await file.write(bytes(1, 2, 3), 0)
    await file.write(bytes(4, 5, 6), 3)
    const survives = [0, 2]
    disk.crash(() => survives.shift() ?? 0)
    assert.deepEqual(await read(await disk.open('a1') ?? assert.fail('gone'), 0, 9), [0, 0, 0, 4, 5])
  })

  it('may bring back what was removed', async () => {
    const disk = createMemoryBlobs()
    await disk.create('a1')
    await disk.remove('a1')
    disk.crash(() => 1)
    assert.deepEqual(await disk.list(), ['a1'])
    await disk.remove('a1')
    disk.crash(() => 0)
    assert.deepEqual(await disk.list(), [])
  })

  it('are full at their capacity, and lose what a failed sync did not write', async () => {
    const disk = createMemoryBlobs()
    disk.capacityBytes = 4
    const file = await disk.create('a1')
    await file.write(bytes(1, 2, 3), 0)
    await assert.rejects(file.write(bytes(4, 5), 3), coded('ERR_OVERLOADED'))
    assert.equal(await disk.freeBytes(), 1)
    disk.failSyncs = true
    await assert.rejects(file.sync(), coded('ERR_STORE_IO'))
    assert.deepEqual(await read(file, 0, 9), [])
  })
})
