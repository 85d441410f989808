import assert from 'node:assert/strict'
import { toString } from 'uint8arrays/to-string'
import { blobOverheadBytes, commitBytes, commitDelayMs, maxDiskCalls, sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { P2pChatError } from '../../../src/errors.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { settle } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { Place, range } from './place.js'
import { sealedFile } from './sealed-file.js'

const day = 24 * 60 * 60 * 1000

describe('the blob store', () => {
  it('gives back what was left, also after a new start', async () => {
    const place = new Place()
    const file = sealedFile('a', 5)
    await place.create(file)
    await place.leave(file, range(5))
    await place.restart()
    const reader = await place.reader(file)
    for (const index of range(5)) assert.deepEqual(await reader.chunk(index), file.chunk(index))
    assert.deepEqual(await reader.leaves(0), file.leaves(0))
    await reader.close()
    assert.deepEqual(await place.blobs.totals(), { blobs: 1, bytes: 5 * sealedChunkBytes })
  })

  it('takes a file of one short chunk', async () => {
    const place = new Place()
    const file = sealedFile('short', 1, 304)
    await place.create(file)
    await place.leave(file, [0])
    assert.deepEqual(await (await place.reader(file)).chunk(0), file.chunk(0))
  })

  it('knows files of more pieces than one', async () => {
    const place = new Place()
    const file = sealedFile('large', 1_026)
    await place.create(file)
    const chunks = [1_025, 0, 1_024, 1_023]
    await place.leave(file, chunks)
    await place.restart()
    assert.deepEqual(await place.kept(file), [{ first: 0, count: 1 }, { first: 1_023, count: 3 }])
    const reader = await place.reader(file)
    for (const index of chunks) assert.deepEqual(await reader.chunk(index), file.chunk(index))
    assert.deepEqual(await reader.leaves(1), file.leaves(1))
    assert.equal(reader.hasLeaves(2), undefined)
    assert.equal(await reader.chunk(1), undefined)
  })

  it('never tells as kept what the disk dropped before it was asked about', async () => {
    const place = new Place()
    const file = sealedFile('a', 3)
    await place.create(file)
    const writer = await place.writer(file)
    await writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path)
    await writer.addChunk(0, file.chunk(0))
    place.disk.failSyncs = true
    await place.clock.advance(commitDelayMs)
    place.disk.failSyncs = false
    assert.equal((await place.clock.until(writer.kept())).outcome, 'unknown')
    await writer.close()
    assert.deepEqual(await place.kept(file), [])
  })

  it('says that the disk does not give something, and keeps it until another server has given it', async () => {
    const place = new Place()
    const file = sealedFile('a', 2)
    await place.create(file)
    await place.leave(file, range(2))
    const open = place.disk.open.bind(place.disk)
    let unreadableAt = Infinity
    place.disk.open = async (name) => {
      const found = await open(name)
      return found === undefined
        ? undefined
        : {
            ...found,
            read: async (into, at) => {
              if (at === unreadableAt) throw new P2pChatError('ERR_STORE_IO', 'EIO: i/o error, read')
              return await found.read(into, at)
            }
          }
    }
    // The second chunk, then the leaf hashes of both.
    for (const at of [sealedChunkBytes, 2 * sealedChunkBytes]) {
      unreadableAt = at
      const reader = await place.reader(file)
      await rejects(reader.chunk(1), 'ERR_STORE_IO')
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 2 }])
      reader.lost?.(1)
      await reader.close()
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 1 }])
      unreadableAt = Infinity
      await place.leave(file, range(2))
      const again = await place.reader(file)
      assert.deepEqual(await again.chunk(1), file.chunk(1))
      await again.close()
    }
  })

  it('is no older because more of it comes under a clock that was set back', async () => {
    const place = new Place()
    const file = sealedFile('resumed', 2)
    await place.create(file)
    await place.leave(file, [0])
    const before = await place.blobs.describe(file.fileId)
    place.clock.jump(-365 * day)
    await place.leave(file, [1])
    assert.equal((await place.blobs.describe(file.fileId))?.changedAtMs, before?.changedAtMs)
  })

  it('gives a copy the age and the expiry of what it was made from, and counts no quota for it', async () => {
    const place = new Place({ maxBlobsPerAccount: 0 })
    const file = sealedFile('a', 2)
    const now = place.clock.now()
    assert.equal((await place.blobs.create(file.blob('alice'))).outcome, 'refused')
    assert.equal((await place.blobs.adopt(file.blob('alice'), { changedAtMs: now - 20 * day, expiresAtMs: now + 10 * day })).outcome, 'there')
    const opened = await place.blobs.copy(file.fileId)
    assert.ok(opened.outcome === 'open')
    const { writer } = opened
    await writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path)
    await writer.addChunk(1, file.chunk(1))
    await place.clock.until(writer.kept())
    await place.restart()
    await place.clock.advance(9 * day)
    await place.blobs.sweep()
    const copy = await place.blobs.describe(file.fileId)
    assert.deepEqual([copy?.kept, copy?.pieces, copy?.expiresAtMs, copy?.changedAtMs], [Uint8Array.of(2), Uint8Array.of(1), now + 10 * day, now - 20 * day])
    await place.clock.advance(day)
    await place.blobs.sweep()
    assert.equal(await place.blobs.describe(file.fileId), undefined)
  })

  describe('create', () => {
    it('again says what is there, and changes nothing', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      await place.leave(file, [0, 2])
      const again = await place.blobs.create(file.blob('alice'))
      assert.equal(again.outcome, 'there')
      assert.deepEqual(again.outcome === 'there' && again.status.kept, [{ first: 0, count: 1 }, { first: 2, count: 1 }])
      assert.equal((await place.blobs.totals()).blobs, 1)
    })

    it('refuses another file, or another account\'s, under the same id', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      for (const other of [{ ...file.blob('alice'), root: new Uint8Array(32) }, { ...file.blob('alice'), chunks: 2, sealedBytes: 2 * sealedChunkBytes }, file.blob('mallory')]) {
        assert.deepEqual(await place.blobs.create(other), { outcome: 'conflict' })
      }
    })

    it('refuses what no file is like, and what is too large', async () => {
      const place = new Place({ maxBlobBytes: 10 * sealedChunkBytes })
      const blob = sealedFile('a', 2).blob('alice')
      for (const wrong of [{ chunks: 0 }, { chunks: 3 }, { sealedBytes: 2 * sealedChunkBytes - 1 }, { chunks: 1, sealedBytes: sealedChunkBytes + 1 }, { chunks: 1, sealedBytes: 0 }, { root: new Uint8Array(31) }, { fileId: new Uint8Array(15) }]) {
        await rejects(place.blobs.create({ ...blob, ...wrong }), 'ERR_INVALID_RECORD')
      }
      assert.match((await rejects(place.blobs.create({ ...blob, chunks: 11, sealedBytes: 11 * sealedChunkBytes }), 'ERR_LIMIT')).message, /maxBlobBytes/)
      assert.deepEqual(await place.disk.list(), [])
    })

    it('counts an account\'s files as they were declared, and says when there will be room', async () => {
      const place = new Place({ maxBlobBytesPerAccount: 5 * sealedChunkBytes + 2 * blobOverheadBytes })
      await place.create(sealedFile('a', 3))
      await place.clock.advance(day)
      const refused = await place.blobs.create(sealedFile('b', 3).blob('alice'))
      assert.deepEqual(refused, { outcome: 'refused', limit: 'maxBlobBytesPerAccount', max: 5 * sealedChunkBytes + 2 * blobOverheadBytes, retryAfterMs: 6 * day })
      assert.equal((await place.blobs.quota('alice')).usedBytes, 3 * sealedChunkBytes + blobOverheadBytes)
      await place.create(sealedFile('c', 2))
      await place.create(sealedFile('b', 3), 'bob')
      assert.deepEqual(await place.blobs.remove(sealedFile('a', 3).fileId, 'alice'), { outcome: 'removed' })
      await place.create(sealedFile('d', 3))
    })

    it('counts them without reading each, and says with what was made what they take', async () => {
      const place = new Place()
      const now = place.clock.now()
      for (const name of ['a', 'b', 'c']) await place.create(sealedFile(name, 1))
      await place.clock.advance(day)
      await place.leave(sealedFile('b', 1), [0])
      const get = place.store.get.bind(place.store)
      let reads = 0
      place.store.get = async (key) => {
        reads++
        return await get(key)
      }
      const used = 3 * (sealedChunkBytes + blobOverheadBytes)
      assert.equal((await place.blobs.quota('alice')).usedBytes, used)
      const owned = new Map((await place.blobs.owned('alice')).map(({ fileId, expiresAtMs }) => [toString(fileId), expiresAtMs]))
      assert.deepEqual(['a', 'b', 'c'].map((name) => owned.get(toString(sealedFile(name, 1).fileId))), [now + 7 * day, place.clock.now() + 30 * day, now + 7 * day])
      assert.equal(reads, 0)
      const [again, more] = [await place.blobs.create(sealedFile('a', 1).blob('alice')), await place.blobs.create(sealedFile('d', 1).blob('alice'))]
      assert.ok(again.outcome === 'there' && more.outcome === 'there')
      assert.deepEqual([again.quota.usedBytes, more.quota.usedBytes], [used, used + sealedChunkBytes + blobOverheadBytes])
    })

    it('counts files, too', async () => {
      const place = new Place({ maxBlobsPerAccount: 2 })
      await Promise.all([place.create(sealedFile('a', 1)), place.create(sealedFile('b', 1))])
      const refused = await place.blobs.create(sealedFile('c', 1).blob('alice'))
      assert.equal(refused.outcome === 'refused' && refused.limit, 'maxBlobsPerAccount')
    })

    it('two at once cannot both take the last room', async () => {
      const place = new Place({ maxBlobsPerAccount: 1 })
      const outcomes = await Promise.all(['a', 'b', 'c'].map(async (name) => (await place.blobs.create(sealedFile(name, 1).blob('alice'))).outcome))
      assert.deepEqual(outcomes.sort(), ['refused', 'refused', 'there'])
    })

    it('refuses when the server is full, by what is there', async () => {
      const place = new Place({ maxStoredBlobBytes: 4 * sealedChunkBytes + 3 * blobOverheadBytes })
      const file = sealedFile('a', 4)
      await place.create(file)
      await place.create(sealedFile('b', 3), 'bob')
      await place.leave(file, [0, 1])
      const full = await place.blobs.create(sealedFile('c', 3).blob('carol'))
      assert.ok(full.outcome === 'full')
      assert.equal(full.reason.code, 'ERR_OVERLOADED')
      assert.match(full.reason.message, /maxStoredBlobBytes/)
      assert.ok((full.reason.retryAfterMs ?? 0) > 0)
    })

    it('leaves room on the disk for the mail', async () => {
      const place = new Place({ minFreeDiskBytes: 10 * sealedChunkBytes })
      place.disk.capacityBytes = 12 * sealedChunkBytes
      const full = await place.blobs.create(sealedFile('a', 3).blob('alice'))
      assert.match(full.outcome === 'full' ? full.reason.message : '', /minFreeDiskBytes/)
      place.disk.capacityBytes = 20 * sealedChunkBytes
      await place.create(sealedFile('a', 3))
    })
  })

  describe('writing', () => {
    it('takes chunks in any order and twice, and refuses wrong ones', async () => {
      const place = new Place()
      const file = sealedFile('a', 4)
      await place.create(file)
      const writer = await place.writer(file)
      await rejects(writer.addChunk(0, file.chunk(0)), 'ERR_INVALID_RECORD')
      const { leaves, path } = file.leaves(0)
      const wrong = leaves.slice()
      wrong[40]! ^= 1
      await rejects(writer.addLeaves(0, wrong, path), 'ERR_INVALID_RECORD')
      await rejects(writer.addLeaves(0, leaves.slice(0, 96), path), 'ERR_INVALID_RECORD')
      await rejects(writer.addLeaves(0, leaves, new Uint8Array(32)), 'ERR_INVALID_RECORD')
      await rejects(writer.addLeaves(1, leaves, path), 'ERR_INVALID_RECORD')
      await writer.addLeaves(0, leaves, path)
      await writer.addLeaves(0, leaves, path)
      await rejects(writer.addLeaves(0, wrong, path), 'ERR_INVALID_RECORD')
      await writer.addChunk(3, file.chunk(3))
      await writer.addChunk(3, file.chunk(3))
      await rejects(writer.addChunk(3, file.chunk(2)), 'ERR_INVALID_RECORD')
      await rejects(writer.addChunk(2, file.chunk(3)), 'ERR_INVALID_RECORD')
      await rejects(writer.addChunk(4, file.chunk(3)), 'ERR_INVALID_RECORD')
      await rejects(writer.addChunk(2, file.chunk(2).slice(1)), 'ERR_INVALID_RECORD')
      const kept = await place.clock.until(writer.kept())
      assert.equal(kept.outcome === 'kept' && kept.keptChunks, 1)
      await writer.close()
      assert.deepEqual(await place.kept(file), [{ first: 3, count: 1 }])
    })

    it('says what is kept only once it was synced, and syncs together', async () => {
      const place = new Place()
      const file = sealedFile('a', 40)
      await place.create(file)
      const writer = await place.writer(file)
      const { leaves, path } = file.leaves(0)
      await writer.addLeaves(0, leaves, path)
      await writer.addChunk(0, file.chunk(0))
      let kept = false
      const done = writer.kept().then(() => { kept = true })
      await settle()
      assert.equal(kept, false)
      assert.equal(writer.status().keptChunks, 0)
      await place.clock.advance(commitDelayMs)
      await done
      assert.equal(writer.status().keptChunks, 1)
      // Enough of it does not wait.
      for (let index = 1; index * sealedChunkBytes < commitBytes + sealedChunkBytes; index++) await writer.addChunk(index, file.chunk(index))
      await settle()
      assert.ok(writer.status().keptChunks > 1)
      await place.clock.until(writer.close())
    })

    it('is for the account that made it', async () => {
      const place = new Place()
      const file = sealedFile('a', 2)
      await place.create(file)
      assert.deepEqual(await place.blobs.append(file.fileId, 'mallory'), { outcome: 'foreign' })
      assert.deepEqual(await place.blobs.remove(file.fileId, 'mallory'), { outcome: 'foreign' })
      assert.deepEqual(await place.blobs.append(sealedFile('b', 1).fileId, 'alice'), { outcome: 'absent' })
    })

    it('of the same chunks by two at once keeps them once', async () => {
      const place = new Place()
      const file = sealedFile('a', 6)
      await place.create(file)
      await Promise.all([place.leave(file, range(6)), place.leave(file, range(6).reverse())])
      assert.deepEqual(await place.blobs.totals(), { blobs: 1, bytes: 6 * sealedChunkBytes })
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 6 }])
    })

    it('loses nothing when the disk is full, and goes on when there is room', async () => {
      const place = new Place()
      const file = sealedFile('a', 4)
      await place.create(file)
      await place.leave(file, [0])
      // The leaf hashes lie behind the chunks: in this model the room is taken.
      const writer = await place.writer(file)
      const other = sealedFile('b', 2)
      await place.create(other)
      place.disk.capacityBytes = 4 * sealedChunkBytes + 4 * 32 + sealedChunkBytes
      const second = await place.writer(other)
      const { leaves, path } = other.leaves(0)
      assert.equal((await rejects(second.addLeaves(0, leaves, path), 'ERR_OVERLOADED')).code, 'ERR_OVERLOADED')
      await writer.addChunk(1, file.chunk(1))
      place.disk.capacityBytes = Infinity
      await second.addLeaves(0, leaves, path)
      await second.addChunk(0, other.chunk(0))
      await place.clock.until(Promise.all([writer.kept(), second.kept()]))
      await place.crash()
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 2 }])
      assert.deepEqual(await place.kept(other), [{ first: 0, count: 1 }])
    })

    it('stops at the server\'s limit in the middle of a file, and goes on later', async () => {
      const place = new Place({ maxStoredBlobBytes: 3 * sealedChunkBytes + 2 * blobOverheadBytes })
      const file = sealedFile('a', 2)
      const other = sealedFile('b', 2)
      await place.create(file)
      await place.create(other, 'bob')
      await place.leave(file, [0, 1])
      await place.leave(other, [0], 'bob')
      const writer = await place.writer(other, 'bob')
      assert.match((await rejects(writer.addChunk(1, other.chunk(1)), 'ERR_OVERLOADED')).message, /maxStoredBlobBytes/)
      await place.blobs.remove(file.fileId, 'alice')
      await writer.addChunk(1, other.chunk(1))
      await place.clock.until(writer.close())
      assert.deepEqual(await place.kept(other), [{ first: 0, count: 2 }])
    })

    it('tells a failed sync as unknown, forgets what it did not write, and takes it again', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      await place.leave(file, [0])
      const writer = await place.writer(file)
      place.disk.failSyncs = true
      await writer.addChunk(1, file.chunk(1))
      assert.deepEqual(await place.clock.until(writer.kept()), { outcome: 'unknown' })
      assert.deepEqual(writer.status().kept, [{ first: 0, count: 1 }])
      place.disk.failSyncs = false
      await writer.addChunk(1, file.chunk(1))
      await writer.addChunk(2, file.chunk(2))
      assert.equal((await place.clock.until(writer.kept())).outcome, 'kept')
      await writer.close()
      assert.deepEqual(await place.blobs.totals(), { blobs: 1, bytes: 3 * sealedChunkBytes })
      await place.crash()
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 3 }])
    })

    it('forgets leaf hashes that a failed sync did not write', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      const writer = await place.writer(file)
      const { leaves, path } = file.leaves(0)
      place.disk.failSyncs = true
      await writer.addLeaves(0, leaves, path)
      assert.deepEqual(await place.clock.until(writer.kept()), { outcome: 'unknown' })
      await rejects(writer.addChunk(1, file.chunk(1)), 'ERR_INVALID_RECORD')
    })

    it('leaves disk calls to others', async () => {
      const place = new Place()
      const files = range(6).map((n) => sealedFile(`f${n}`, 8))
      let running = 0
      let most = 0
      const create = place.disk.open.bind(place.disk)
      place.disk.open = async (name) => {
        const opened = await create(name)
        return opened === undefined
          ? undefined
          : {
              ...opened,
              write: async (bytes, at) => {
                most = Math.max(most, ++running)
                await settle()
                await opened.write(bytes, at)
                running--
              }
            }
      }
      for (const file of files) await place.create(file)
      await Promise.all(files.map(async (file) => { await place.leave(file, range(8)) }))
      assert.equal(most, maxDiskCalls)
    })
  })

  describe('time and damage', () => {
    it('a whole file goes when its time is over, counted from its last chunk', async () => {
      const place = new Place()
      const file = sealedFile('a', 2)
      await place.create(file)
      await place.leave(file, [0])
      await place.clock.advance(6 * day)
      await place.blobs.sweep()
      await place.leave(file, [1])
      await place.clock.advance(defaultLimits.mailRetentionMs - 1)
      await place.blobs.sweep()
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 2 }])
      await place.clock.advance(1)
      await place.blobs.sweep()
      assert.deepEqual(await place.blobs.status(file.fileId), { outcome: 'absent' })
      assert.deepEqual(await place.disk.list(), [])
      assert.deepEqual(await place.blobs.totals(), { blobs: 0, bytes: 0 })
      assert.equal((await place.blobs.quota('alice')).usedBytes, 0)
      const left: string[] = []
      for await (const [key] of place.store.range()) left.push(key)
      assert.deepEqual(left, [])
    })

    it('one that nobody goes on with goes sooner; every chunk gives it time', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      for (const index of [0, 1]) {
        await place.clock.advance(defaultLimits.unfinishedBlobTtlMs - 1_000)
        await place.blobs.sweep()
        await place.leave(file, [index])
      }
      await place.clock.advance(defaultLimits.unfinishedBlobTtlMs)
      await place.blobs.sweep()
      assert.deepEqual(await place.blobs.status(file.fileId), { outcome: 'absent' })
    })

    it('one that is being read when it goes is told so', async () => {
      const place = new Place()
      const file = sealedFile('a', 2)
      await place.create(file)
      await place.leave(file, [0, 1])
      const reader = await place.reader(file)
      await place.clock.advance(defaultLimits.mailRetentionMs)
      await place.blobs.sweep()
      await rejects(reader.chunk(0), 'ERR_NOT_FOUND')
      await reader.close()
      await place.create(file)
      assert.deepEqual(await place.kept(file), [])
    })

    it('what was being written when it was removed is refused', async () => {
      const place = new Place()
      const file = sealedFile('a', 2)
      await place.create(file)
      await place.leave(file, [0])
      const writer = await place.writer(file)
      await writer.addChunk(1, file.chunk(1))
      assert.deepEqual(await place.clock.until(place.blobs.remove(file.fileId, 'alice')), { outcome: 'removed' })
      await rejects(writer.addChunk(1, file.chunk(1)), 'ERR_NOT_FOUND')
      await rejects(writer.kept(), 'ERR_NOT_FOUND')
      await writer.close()
      assert.deepEqual(await place.blobs.totals(), { blobs: 0, bytes: 0 })
    })

    it('files that no record tells of go at the start', async () => {
      const place = new Place()
      const file = sealedFile('a', 1)
      await place.create(file)
      await place.disk.create('0123')
      await place.restart()
      await place.blobs.start()
      assert.equal((await place.disk.list()).length, 1)
      await place.leave(file, [0])
    })

    it('of a file that is not on the disk any more nothing is kept: it may be left again, and does not expire sooner', async () => {
      const place = new Place()
      const file = sealedFile('a', 2)
      await place.create(file)
      await place.leave(file, [0, 1])
      await place.create(sealedFile('b', 1))
      const before = await place.blobs.describe(file.fileId)
      await place.disk.remove(toString(file.fileId, 'base16'))
      const reader = await place.reader(file)
      assert.deepEqual([reader.has(0), reader.has(1), await reader.chunk(0)], [false, false, undefined])
      await place.clock.until(reader.close())
      const after = await place.blobs.describe(file.fileId)
      assert.deepEqual([after?.blob, after?.expiresAtMs, after?.kept], [before?.blob, before?.expiresAtMs, new Uint8Array(1)])
      await place.create(file)
      assert.deepEqual(await place.kept(file), [])
      await place.leave(file, [0, 1])
      assert.deepEqual(await place.blobs.totals(), { blobs: 2, bytes: 2 * sealedChunkBytes })
    })

    it('none is forgotten where the folder was unmounted, also when something was left there since', async () => {
      const place = new Place()
      const files = ['a', 'b', 'c'].map((name) => sealedFile(name, 1))
      for (const file of files) await place.create(file)
      for (const name of await place.disk.list()) await place.disk.remove(name)
      assert.equal((await place.blobs.create(files[0]!.blob('alice'))).outcome, 'unknown')
      await place.create(sealedFile('d', 1))
      await place.restart()
      assert.match((await rejects(place.blobs.start(), 'ERR_STORE_IO')).message, /4 files .* 3 are not/)
    })

    it('so at a start; but a disk with none at all may only not be mounted', async () => {
      const place = new Place()
      const files = ['a', 'b', 'c'].map((name) => sealedFile(name, 1))
      for (const file of files) {
        await place.create(file)
        await place.leave(file, [0])
      }
      await place.disk.remove(toString(files[1]!.fileId, 'base16'))
      await place.restart()
      await place.blobs.start()
      assert.deepEqual((await Promise.all(files.map(async ({ fileId }) => await place.blobs.describe(fileId)))).map((copy) => copy?.kept), [Uint8Array.of(1), Uint8Array.of(0), Uint8Array.of(1)])
      assert.deepEqual(await place.blobs.totals(), { blobs: 3, bytes: 2 * sealedChunkBytes })
      assert.equal((await place.blobs.owned('alice')).length, 3)
      for (const name of await place.disk.list()) await place.disk.remove(name)
      await place.restart()
      assert.match((await rejects(place.blobs.start(), 'ERR_STORE_IO')).message, /3 files .* 3 are not .*Mount/)
      // What its operator does who has no other copy.
      await place.disk.create('lost')
      await place.restart()
      await place.blobs.start()
      assert.deepEqual([await place.blobs.totals(), (await place.disk.list()).length], [{ blobs: 3, bytes: 0 }, 3])
    })

    it('a chunk that the disk changed is not given out, and may be left again', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      await place.leave(file, range(3))
      const [name = ''] = await place.disk.list()
      await (await place.disk.open(name))?.write(Uint8Array.of(1, 2, 3), sealedChunkBytes + 100)
      const reader = await place.reader(file)
      assert.equal(await reader.chunk(1), undefined)
      assert.deepEqual(await reader.chunk(2), file.chunk(2))
      await place.clock.until(reader.close())
      await place.restart()
      assert.deepEqual(await place.kept(file), [{ first: 0, count: 1 }, { first: 2, count: 1 }])
      await place.leave(file, [1])
      assert.deepEqual(await (await place.reader(file)).chunk(1), file.chunk(1))
    })

    it('so with leaf hashes, and the chunks that nobody can check any more', async () => {
      const place = new Place()
      const file = sealedFile('a', 3)
      await place.create(file)
      await place.leave(file, range(3))
      await place.restart()
      const [name = ''] = await place.disk.list()
      await (await place.disk.open(name))?.write(Uint8Array.of(1, 2, 3), 3 * sealedChunkBytes)
      const reader = await place.reader(file)
      assert.equal(await reader.leaves(0), undefined)
      assert.equal(await reader.chunk(2), undefined)
      await place.clock.until(reader.close())
      await place.restart()
      assert.deepEqual(await place.kept(file), [])
      await place.leave(file, range(3))
      assert.deepEqual(await place.blobs.totals(), { blobs: 1, bytes: 3 * sealedChunkBytes })
    })
  })
})
