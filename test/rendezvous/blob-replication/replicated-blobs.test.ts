import assert from 'node:assert/strict'
import { maxServerBlobStreams, sourceTimeoutMs } from '../../../src/rendezvous/blob-replication/limits.js'
import { SERVER_BLOB_PROTOCOL } from '../../../src/protocol/ids.js'
import { maxBlobFrameBytes, sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { P2pChatError } from '../../../src/errors.js'
import { settle } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { range } from '../blobs/place.js'
import { sealedFile } from '../blobs/sealed-file.js'
import { BlobPool } from './pool.js'

describe('files on several servers', () => {
  let pool: BlobPool
  afterEach(async () => { await pool.stop() })

  describe('leaving', () => {
    it('is done at any server, which passes on what it does not keep itself', async () => {
      pool = await BlobPool.of(5)
      const file = sealedFile('a', 20)
      const { keepers, others } = pool.placesOf(file)
      const [at] = others
      assert.ok(at !== undefined)
      await pool.create(at, file)
      const kept = await pool.leave(at, file, range(20))
      assert.deepEqual([kept.keptChunks, kept.servers], [20, 3])
      assert.ok(kept.replicas >= 2)
      for (const server of keepers) assert.equal(await pool.chunksAt(server, file), 20)
      for (const server of others) {
        assert.equal(await pool.chunksAt(server, file), -1)
        assert.deepEqual(await server.disk.list(), [])
      }
      const status = await pool.clock.until(at.pool.blobs.status(file.fileId))
      assert.ok(status.outcome === 'found')
      assert.deepEqual([status.status.keptChunks, status.status.replicas, status.status.servers], [20, 3, 3])
    })

    it('goes on without the third, which takes the rest later', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 12)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      const writer = await pool.writer(one, file)
      await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
      for (const index of range(6)) await pool.clock.until(writer.addChunk(index, file.chunk(index)))
      assert.equal((await pool.clock.until(writer.kept())).outcome, 'kept')
      await pool.kill(three)
      for (const index of range(12).slice(6)) await pool.clock.until(writer.addChunk(index, file.chunk(index)))
      const kept = await pool.clock.until(writer.kept())
      assert.ok(kept.outcome === 'kept' && kept.keptChunks === 12 && kept.replicas === 2)
      await pool.clock.until(writer.close())
      await pool.start(three)
      const { copiedBytes } = await pool.clock.until(three.pool.round())
      assert.ok(copiedBytes >= 6 * sealedChunkBytes, `${copiedBytes} bytes were copied`)
      assert.equal(await pool.chunksAt(three, file), 12)
      await pool.settle(1)
      assert.deepEqual(pool.servers.map((server) => server.pool.status().lastRound?.underReplicated), [0, 0, 0])
    })

    it('is not told as kept by one of three, and goes on at another server', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 12)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      await pool.leave(one, file, range(4))
      // The third has it a moment later.
      await pool.clock.advance(1_000)
      const writer = await pool.writer(one, file)
      await pool.kill(two)
      await pool.kill(three)
      await pool.clock.advance(1)
      const isTaken = await writer.addChunk(4, file.chunk(4)).then(() => true, () => false)
      assert.ok(!isTaken || await pool.clock.until(writer.kept()).then(({ outcome }) => outcome !== 'kept', () => true))
      await pool.clock.until(writer.close())
      assert.equal((await pool.clock.until(one.pool.blobs.append(file.fileId, 'alice'))).outcome, 'unknown')
      assert.equal((await pool.clock.until(one.pool.blobs.status(file.fileId))).outcome, 'unknown')
      await pool.kill(one)
      await pool.start(two)
      await pool.start(three)
      const again = await pool.clock.until(two.pool.blobs.status(file.fileId))
      assert.ok(again.outcome === 'found')
      assert.deepEqual(again.status.kept, [{ first: 0, count: 4 }])
      assert.equal((await pool.leave(two, file, range(12).slice(4))).keptChunks, 12)
    })

    it('is refused where a chunk is wrong, whichever server it comes by', async () => {
      pool = await BlobPool.of(4)
      const file = sealedFile('a', 4)
      await pool.create(pool.servers[0]!, file)
      for (const server of pool.servers) {
        const writer = await pool.writer(server, file)
        await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
        await writer.addChunk(0, file.chunk(1)).catch(() => {})
        await rejects(pool.clock.until(writer.kept()), 'ERR_INVALID_RECORD')
        await pool.clock.until(writer.close())
      }
      for (const server of pool.servers) assert.ok(await pool.chunksAt(server, file) <= 0)
    })

    it('waits for no server any more once its sender is gone', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 2)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      const writer = await pool.writer(one, file)
      for (const other of [two, three]) pool.hub.hold(one.peerId, other.peerId)
      await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
      let outcome = ''
      const kept = writer.kept().then((told) => { outcome = told.outcome })
      await pool.clock.advance(1_000)
      assert.equal(outcome, '')
      await pool.clock.until(Promise.all([writer.close(), kept]))
      assert.equal(outcome, 'unknown')
      pool.hub.heal()
    })

    it('does not wait for a server that takes nothing', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 60)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      const writer = await pool.writer(one, file)
      pool.hub.hold(one.peerId, three.peerId)
      await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
      for (const index of range(60)) await pool.clock.until(writer.addChunk(index, file.chunk(index)))
      const kept = await pool.clock.until(writer.kept())
      assert.ok(kept.outcome === 'kept' && kept.keptChunks === 60 && kept.replicas === 2)
      await pool.clock.until(writer.close())
      pool.hub.heal()
      await pool.clock.advance(10_000)
      assert.equal(await pool.chunksAt(three, file), 60)
    })
  })

  describe('quotas', () => {
    it('count an account\'s files wherever they are, each once', async () => {
      pool = await BlobPool.of(5, { maxBlobsPerAccount: 6 })
      for (let n = 0; n < 6; n++) await pool.create(pool.servers[n % 5]!, sealedFile(`quota ${n}`, 2))
      const again = await pool.clock.until(pool.servers[3]!.pool.blobs.create(sealedFile('quota 2', 2).blob('alice')))
      assert.equal(again.outcome === 'there' && again.quota.usedBytes, 6 * (2 * sealedChunkBytes + 8_192))
      const quota = await pool.clock.until(pool.servers[3]!.pool.blobs.quota('alice'))
      assert.equal(quota.usedBytes, 6 * (2 * sealedChunkBytes + 8_192))
      const refused = await pool.clock.until(pool.servers[2]!.pool.blobs.create(sealedFile('quota 6', 2).blob('alice')))
      assert.ok(refused.outcome === 'refused' && refused.limit === 'maxBlobsPerAccount' && refused.retryAfterMs > 0)
      await pool.create(pool.servers[1]!, sealedFile('quota 2', 2))
      await pool.create(pool.servers[1]!, sealedFile('of bob', 2), 'bob')
    })

    it('bound what each server keeps of an account also when the servers do not hear each other', async () => {
      pool = await BlobPool.of(3, { maxBlobsPerAccount: 2 })
      const [one] = pool.servers
      assert.ok(one !== undefined)
      for (const name of ['a', 'b']) assert.equal((await one.local.create(sealedFile(name, 1).blob('alice'))).outcome, 'there')
      assert.equal((await one.local.create(sealedFile('c', 1).blob('alice'))).outcome, 'refused')
    })
  })

  describe('fetching', () => {
    it('is done at any server, and changes over in the middle when one dies', async () => {
      pool = await BlobPool.of(5)
      const file = sealedFile('a', 40)
      const { keepers, others } = pool.placesOf(file)
      const [at] = others
      assert.ok(at !== undefined)
      await pool.create(at, file)
      await pool.leave(at, file, range(40))
      const reader = await pool.reader(at, file)
      reader.expect?.(0, 40)
      for (const index of range(40)) {
        if (index === 10) await pool.kill(keepers[0]!)
        if (index === 20) await pool.kill(keepers[1]!)
        const sealed = await pool.clock.until(reader.chunk(index))
        assert.ok(sealed !== undefined && Buffer.compare(sealed, file.chunk(index)) === 0, `chunk ${index}`)
      }
      await pool.clock.until(reader.close())
      await pool.kill(keepers[2]!)
      assert.equal((await pool.clock.until(at.pool.blobs.read(file.fileId))).outcome, 'unknown')
    })

    it('changes over when one says nothing any more', async () => {
      pool = await BlobPool.of(4)
      const file = sealedFile('a', 40)
      const { keepers, others } = pool.placesOf(file)
      const [at] = others
      assert.ok(at !== undefined)
      await pool.create(at, file)
      await pool.leave(at, file, range(40))
      const reader = await pool.reader(at, file)
      assert.ok(await pool.clock.until(reader.chunk(0)) !== undefined)
      pool.hub.hold(at.peerId, keepers[0]!.peerId)
      const before = pool.clock.now()
      for (const index of range(40)) assert.ok(await pool.clock.until(reader.chunk(index)) !== undefined)
      assert.ok(pool.clock.now() - before <= 2 * sourceTimeoutMs)
      await pool.clock.until(reader.close())
      pool.hub.heal()
    })

    it('gives what the own disk lacks from another server', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 8)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      await pool.leave(one, file, range(4))
      await pool.kill(three)
      await pool.leave(one, file, range(8).slice(4))
      await pool.start(three)
      await pool.assertReads(three, file, range(8))
    })

    it('gives what the own disk cannot read any more from another server, and takes it from there', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 4)
      const [one] = pool.servers
      assert.ok(one !== undefined)
      await pool.create(one, file)
      await pool.leave(one, file, range(4))
      await pool.settle(1)
      const open = one.disk.open.bind(one.disk)
      let isBroken = true
      one.disk.open = async (name) => {
        const disk = await open(name)
        return disk === undefined
          ? undefined
          : {
              ...disk,
              read: async (into, at) => {
                if (isBroken && at === 2 * sealedChunkBytes) throw new P2pChatError('ERR_STORE_IO', 'EIO: i/o error, read')
                return await disk.read(into, at)
              }
            }
      }
      await pool.assertReads(one, file, range(4))
      await pool.clock.advance(1_000)
      assert.equal(await pool.chunksAt(one, file), 3)
      isBroken = false
      await pool.settle(1)
      assert.equal(await pool.chunksAt(one, file), 4)
      await pool.assertReads(one, file, range(4))
    })

    it('waits for what is being left elsewhere, and says when there is more', async () => {
      pool = await BlobPool.of(4)
      const file = sealedFile('a', 4)
      const { keepers, others } = pool.placesOf(file)
      await pool.create(keepers[0]!, file)
      const writer = await pool.writer(keepers[0]!, file)
      await pool.clock.advance(100)
      const reader = await pool.reader(others[0]!, file)
      assert.deepEqual([reader.has(0), reader.growing(), reader.hasLeaves(0), reader.hasLeaves(1)], [false, true, false, undefined])
      let changes = 0
      reader.onChange(() => { changes++ })
      await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
      await pool.clock.until(writer.addChunk(2, file.chunk(2)))
      await pool.clock.until(writer.kept())
      await pool.clock.advance(3_000)
      assert.ok(changes > 0 && reader.has(2) && !reader.has(0))
      assert.deepEqual(await pool.clock.until(reader.chunk(2)), file.chunk(2))
      await pool.clock.until(writer.close())
      await pool.clock.advance(3_000)
      assert.equal(reader.growing(), false)
      await pool.clock.until(reader.close())
    })

    it('knows what is nowhere from what cannot be asked', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 4)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      assert.equal((await pool.clock.until(one.pool.blobs.read(file.fileId))).outcome, 'absent')
      await pool.kill(three)
      assert.equal((await pool.clock.until(one.pool.blobs.status(file.fileId))).outcome, 'absent')
      await pool.kill(two)
      assert.equal((await pool.clock.until(one.pool.blobs.status(file.fileId))).outcome, 'unknown')
    })
  })

  describe('on an old copy of a disk', () => {
    it('do not count: neither as kept, nor as not there', async () => {
      pool = await BlobPool.of(3)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      const [forgotten, file] = [sealedFile('forgotten', 4), sealedFile('a', 4)]
      pool.oldDisks.add(two.peerId)
      await pool.create(one, file)
      assert.equal((await pool.leave(one, file, range(4))).replicas, 2)
      assert.equal(await pool.chunksAt(two, file), -1)
      // Who has the other file cannot be asked.
      await pool.kill(three)
      for (const server of [one, two]) assert.equal((await pool.clock.until(server.pool.blobs.status(forgotten.fileId))).outcome, 'unknown')
      assert.equal((await pool.clock.until(one.pool.blobs.create(forgotten.blob('alice')))).outcome, 'unknown')
      assert.deepEqual((await pool.clock.until(one.pool.round())).notCompared.sort(), [two.peerId, three.peerId].sort())
    })
  })

  describe('removing', () => {
    it('is for the owner, and no copy brings the file back', async () => {
      pool = await BlobPool.of(4)
      const file = sealedFile('a', 4)
      const { keepers, others } = pool.placesOf(file)
      const [one, two, three] = keepers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.create(one, file)
      await pool.leave(one, file, range(4))
      assert.equal((await pool.clock.until(others[0]!.pool.blobs.remove(file.fileId, 'mallory'))).outcome, 'foreign')
      await pool.kill(three)
      assert.equal((await pool.clock.until(others[0]!.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'removed')
      await pool.start(three)
      assert.equal(await pool.chunksAt(three, file), 4)
      await pool.settle(2)
      for (const server of pool.servers) {
        assert.equal(await pool.chunksAt(server, file), -1)
        assert.equal((await pool.clock.until(server.pool.blobs.status(file.fileId))).outcome, 'absent')
      }
      assert.equal((await pool.clock.until(one.pool.blobs.create(file.blob('alice')))).outcome, 'conflict')
    })

    it('says nothing about another account\'s file under that id', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 2)
      const [one, two, three] = pool.servers
      assert.ok(one !== undefined && two !== undefined && three !== undefined)
      await pool.kill(three)
      await pool.create(one, file)
      await pool.leave(one, file, range(2))
      // Who knows the id leaves another file where it has not come yet, and removes that while the others are away.
      await pool.start(three)
      for (const server of [one, two]) await pool.kill(server)
      assert.equal((await three.local.create({ ...sealedFile('other', 1).blob('mallory'), fileId: file.fileId })).outcome, 'there')
      assert.equal((await pool.clock.until(three.pool.blobs.remove(file.fileId, 'mallory'))).outcome, 'unknown')
      for (const server of [one, two]) await pool.start(server)
      await pool.assertReads(three, file, range(2))
      await pool.settle()
      for (const server of pool.servers) assert.equal(await pool.chunksAt(server, file), 2)
      assert.equal((await pool.clock.until(three.pool.blobs.remove(file.fileId, 'mallory'))).outcome, 'foreign')
      // Its own account's removal counts as ever.
      assert.equal((await pool.clock.until(three.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'removed')
      await pool.settle()
      for (const server of pool.servers) {
        assert.equal(await pool.chunksAt(server, file), -1)
        assert.equal((await pool.clock.until(server.pool.blobs.status(file.fileId))).outcome, 'absent')
      }
    })

    it('is remembered until no copy can be left', async () => {
      pool = await BlobPool.of(3)
      const file = sealedFile('a', 1)
      const [one] = pool.servers
      assert.ok(one !== undefined)
      await pool.create(one, file)
      assert.equal((await pool.clock.until(one.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'removed')
      await pool.settle(1)
      pool.clock.jump(30 * 86_400_000)
      for (const server of pool.servers) await server.pool.blobs.sweep()
      assert.equal((await pool.clock.until(one.pool.blobs.create(file.blob('alice')))).outcome, 'conflict')
      pool.clock.jump(2 * 86_400_000)
      for (const server of pool.servers) await server.pool.blobs.sweep()
      await pool.create(one, file)
    })
  })

  it('are not left and removed without end, as each removal is remembered', async () => {
    pool = await BlobPool.of(3, { maxRemovedBlobsPerAccount: 3 })
    const [one, , three] = pool.servers
    assert.ok(one !== undefined && three !== undefined)
    const remove = async (name: string): Promise<string> => (await pool.clock.until(one.pool.blobs.remove(sealedFile(name, 1).fileId, 'alice'))).outcome
    await pool.create(one, sealedFile('left', 1))
    for (const name of ['a', 'b', 'c']) {
      await pool.create(one, sealedFile(name, 1))
      assert.equal(await remove(name), 'removed')
    }
    await pool.kill(three)
    await pool.start(three)
    for (const server of pool.servers) {
      const refused = await pool.clock.until(server.pool.blobs.create(sealedFile('d', 1).blob('alice')))
      assert.ok(refused.outcome === 'refused' && refused.limit === 'maxRemovedBlobsPerAccount' && refused.max === 3, refused.outcome)
    }
    // What is there is told as before, and can be removed; others may leave theirs.
    await pool.create(one, sealedFile('left', 1))
    await pool.create(one, sealedFile('of bob', 1), 'bob')
    assert.equal(await remove('left'), 'removed')
    pool.clock.jump(32 * 86_400_000)
    for (const server of pool.servers) await server.pool.blobs.sweep()
    await pool.create(one, sealedFile('d', 1))
  })

  it('streams between servers are for servers only', async () => {
    pool = await BlobPool.of(2)
    const stranger = pool.hub.network()
    await stranger.start()
    const [one] = pool.servers
    assert.ok(one !== undefined)
    const stream = await pool.clock.until(stranger.openBulk({ peerId: one.peerId, addresses: one.network.addresses() }, SERVER_BLOB_PROTOCOL, { maxFrameBytes: maxBlobFrameBytes }))
    const frames: Uint8Array[] = []
    const reading = (async () => { for await (const frame of stream.source) frames.push(frame) })().catch(() => {})
    await pool.clock.until(reading)
    assert.match(Buffer.concat(frames).toString(), /ERR_NOT_PERMITTED/)
    await pool.clock.until(stranger.stop())
    assert.ok(maxServerBlobStreams > 16)
  })

  it('one server alone asks nobody and keeps no list', async () => {
    pool = await BlobPool.of(1)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    const file = sealedFile('a', 4)
    await pool.create(one, file)
    const kept = await pool.leave(one, file, range(4))
    assert.deepEqual([kept.keptChunks, kept.replicas, kept.servers], [4, 1, 1])
    await pool.assertReads(one, file, range(4))
    one.pool.start().catch(() => {})
    await pool.clock.advance(200_000)
    await settle()
    assert.deepEqual(pool.traffic, { bytes: 0, requests: 0, streams: 0 })
    assert.equal((await one.pool.blobs.remove(file.fileId, 'alice')).outcome, 'removed')
    await pool.create(one, file)
  })

  it('do not come back from a server that was being emptied when the last other one removed them', async () => {
    pool = await BlobPool.of(2)
    const [one, two] = pool.servers
    assert.ok(one !== undefined && two !== undefined)
    const file = sealedFile('a', 4)
    await pool.create(two, file)
    await pool.leave(two, file, range(4))
    one.placed.state = 'draining'
    pool.decide(one, two)
    await pool.clock.until(two.pool.round())
    assert.equal(two.pool.status().closedVersion, 2)
    assert.equal((await pool.clock.until(two.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'removed')
    const three = await pool.add()
    pool.decide(one, two, three)
    await pool.settle()
    assert.deepEqual([await pool.chunksAt(one, file), await pool.chunksAt(two, file), await pool.chunksAt(three, file)], [-1, -1, -1])
  })

  it('are told as there by a new roster only once nobody can say by the old one that they are not', async () => {
    pool = await BlobPool.of(2)
    const [one, two] = pool.servers
    assert.ok(one !== undefined && two !== undefined)
    pool.behind.add(one.peerId)
    pool.decide({ placed: { ...one.placed, state: 'draining' } }, two)
    const file = sealedFile('a', 4)
    const create = async (): Promise<string> => (await pool.clock.until(two.pool.blobs.create(file.blob('alice')))).outcome
    // Cut off from the second, the first goes by the old roster, of which either may speak for both.
    one.isUp = false
    await pool.settle()
    assert.equal(await create(), 'unknown')
    one.isUp = true
    assert.equal(await create(), 'there')
    one.isUp = false
    assert.equal((await pool.clock.until(one.pool.blobs.status(file.fileId))).outcome, 'unknown')
    one.isUp = true
  })

  it('one server is not alone any more once another has gone by a roster that it lacks', async () => {
    pool = await BlobPool.of(1)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    const second = await pool.add()
    pool.behind.add(one.peerId)
    pool.decide(one, second)
    const file = sealedFile('a', 4)
    await pool.create(second, file)
    // Removed by itself alone, it would come back from the second.
    assert.equal((await pool.clock.until(one.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'unknown')
    assert.equal(await pool.chunksAt(one, file), 0)
    pool.behind.clear()
    assert.equal((await pool.clock.until(one.pool.blobs.remove(file.fileId, 'alice'))).outcome, 'removed')
    await pool.settle()
    assert.deepEqual([await pool.chunksAt(one, file), await pool.chunksAt(second, file)], [-1, -1])
  })
})
