import assert from 'node:assert/strict'
import { mkdtemp, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alignedMemory, DirectWrites } from '../../../src/node/files/direct-writes.js'
import { systemDisk } from '../../../src/node/files/disk.js'
import { directAlignBytes, gatherBytes, minDirectBytes } from '../../../src/node/files/limits.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

describe('files: writes past the cache', () => {
  let folder: string
  let handle: FileHandle
  let direct: DirectWrites
  const path = (): string => join(folder, 'a')
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-direct-'))
    handle = await open(path(), 'w+')
    direct = new DirectWrites(handle)
  })
  afterEach(async () => {
    await direct.close()
    await handle.close()
    await rm(folder, { recursive: true, force: true })
  })

  function aligned (length: number, seed: string): Uint8Array {
    const memory = alignedMemory(length)
    memory.set(new SeededRandom(seed).bytes(length))
    return memory
  }

  it('write what they say that they wrote, into this file, whatever lies under its name', async () => {
    await rename(path(), join(folder, 'b'))
    await writeFile(path(), 'of somebody else')
    const bytes = aligned(minDirectBytes, 'bytes')
    const written = await direct.write(bytes, minDirectBytes)
    // A file system without them is none that they could be tried on.
    assert.ok(written === 0 || written === bytes.byteLength, `${written}`)
    assert.equal(await readFile(path(), 'utf8'), 'of somebody else')
    if (written === 0) return
    assert.deepEqual(await readFile(join(folder, 'b')), Buffer.concat([new Uint8Array(minDirectBytes), bytes]))
  })

  it('leave to others what is small, or lies where they cannot', async () => {
    const bytes = aligned(2 * minDirectBytes, 'bytes')
    for (const [part, at] of [
      [bytes.subarray(0, minDirectBytes - directAlignBytes), 0],
      [bytes.subarray(0, minDirectBytes), 1],
      [bytes.subarray(0, minDirectBytes + 1), 0],
      [bytes.subarray(1, minDirectBytes + 1), 0]
    ] as const) assert.equal(await direct.write(part, at), 0)
    assert.equal((await readFile(path())).byteLength, 0)
  })

  it('give up where they do not work', async () => {
    const bytes = aligned(minDirectBytes, 'bytes')
    const nowhere = new DirectWrites({ fd: 1_000_000 } as FileHandle)
    assert.equal(await nowhere.write(bytes, 0), 0)
    assert.equal(await nowhere.write(bytes, 0), 0)
    await nowhere.close()
  })

  it('and the usual ones make one file, in any order', async () => {
    const content = new SeededRandom('content').bytes(3 * gatherBytes + 100_001)
    const file = await systemDisk.create(join(folder, 'c'))
    assert.ok(file !== undefined)
    const chunk = 65_536
    const order = Array.from({ length: Math.ceil(content.byteLength / chunk) }, (_, n) => n)
    for (const n of [...order.slice(20), ...order.slice(0, 20)]) {
      await file.write(content.subarray(n * chunk, (n + 1) * chunk), n * chunk)
      if (n % 7 === 0) await file.sync()
    }
    const read = new Uint8Array(content.byteLength)
    assert.equal(await file.read(read, 0), content.byteLength)
    assert.ok(Buffer.from(read).equals(content))
    await file.close()
    assert.ok((await readFile(join(folder, 'c'))).equals(content))
  })
})
