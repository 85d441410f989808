import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { DiskFile } from '../../../src/node/files/disk.js'
import { GatheringFile } from '../../../src/node/files/gathering-file.js'
import { gatherBytes } from '../../../src/node/files/limits.js'

/** A file that counts its calls, fails when told to, and takes a turn of the event loop for each. */
class CountingFile implements DiskFile {
  data = Buffer.alloc(0)
  writes = 0
  readonly memories = new Set<ArrayBufferLike>()
  synced = Buffer.alloc(0)
  fail: Error | undefined
  slowSync: Promise<void> | undefined
  closed = false

  async write (bytes: Uint8Array, at: number): Promise<void> {
    this.writes++
    this.memories.add(bytes.buffer)
    const copy = Buffer.from(bytes)
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    if (this.fail !== undefined) throw this.fail
    const grown = Buffer.alloc(Math.max(this.data.byteLength, at + copy.byteLength))
    this.data.copy(grown)
    copy.copy(grown, at)
    this.data = grown
  }

  async read (into: Uint8Array, at: number): Promise<number> {
    return this.data.copy(into, 0, at)
  }

  async truncate (bytes: number): Promise<void> {
    this.data = this.data.subarray(0, bytes)
  }

  async sync (): Promise<void> {
    this.synced = Buffer.from(this.data)
    await this.slowSync
  }

  async close (): Promise<void> {
    this.closed = true
  }
}

describe('a file whose writes are gathered', () => {
  it('holds what was written, whatever the order, once it is synced or read', async () => {
    const write = fc.record({ at: fc.nat(40), length: fc.integer({ min: 1, max: 12 }), sync: fc.boolean(), together: fc.boolean() })
    await fc.assert(fc.asyncProperty(fc.array(write, { maxLength: 40 }), async (writes) => {
      const unit = gatherBytes / 16
      const below = new CountingFile()
      const file = new GatheringFile(below)
      const wanted = Buffer.alloc(60 * unit)
      let end = 0
      let pending: Array<Promise<void>> = []
      for (const [n, { at, length, sync, together }] of writes.entries()) {
        const bytes = Buffer.alloc(length * unit, n + 1)
        bytes.copy(wanted, at * unit)
        end = Math.max(end, (at + length) * unit)
        pending.push(file.write(bytes, at * unit))
        if (!together) {
          await Promise.all(pending)
          pending = []
        }
        if (!sync) continue
        await file.sync()
        assert.ok(below.synced.equals(wanted.subarray(0, end)))
      }
      await Promise.all(pending)
      const read = Buffer.alloc(end)
      assert.equal(await file.read(read, 0), end)
      assert.ok(read.equals(wanted.subarray(0, end)))
    }), { numRuns: 30 })
  })

  it('writes what lies side by side in few calls', async () => {
    const below = new CountingFile()
    const file = new GatheringFile(below)
    const chunk = gatherBytes / 16
    for (let n = 0; n < 64; n++) await file.write(new Uint8Array(chunk).fill(n), n * chunk)
    await file.sync()
    assert.equal(below.writes, 4)
  })

  it('takes no more memory than two buffers, however often it is synced', async () => {
    const below = new CountingFile()
    const file = new GatheringFile(below)
    const chunk = gatherBytes / 16
    for (let n = 0; n < 100; n++) {
      await file.write(new Uint8Array(chunk), n * chunk)
      if (n % 7 === 0) await file.sync()
      else if (n % 5 === 0) file.sync().catch(() => {})
    }
    await file.sync()
    assert.equal(below.memories.size, 2)
  })

  it('takes writes while the disk syncs, and is closed afterwards', async () => {
    const below = new CountingFile()
    let synced = (): void => {}
    below.slowSync = new Promise<void>((resolve) => { synced = resolve })
    const file = new GatheringFile(below)
    await file.write(Uint8Array.of(1), 0)
    const order: string[] = []
    const syncing = file.sync().then(() => { order.push('synced') })
    for (let n = 0; n < 3; n++) await file.write(new Uint8Array(gatherBytes).fill(n), 1 + n * gatherBytes)
    order.push('written')
    const closing = file.close()
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    assert.equal(below.closed, false)
    synced()
    await Promise.all([syncing, closing])
    assert.deepEqual(order, ['written', 'synced'])
    assert.equal(below.closed, true)
    assert.equal(below.synced.byteLength, 1)
  })

  it('tells of a failed write at the next call, and at no later than the sync', async () => {
    const below = new CountingFile()
    const file = new GatheringFile(below)
    below.fail = new Error('full')
    await file.write(new Uint8Array(10), 0)
    await assert.rejects(file.sync(), /full/)
    await assert.rejects(file.write(new Uint8Array(gatherBytes), 0).then(async () => { await file.sync() }), /full/)
    await file.close()
  })
})
