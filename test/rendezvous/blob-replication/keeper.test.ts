/** Upkeep: what servers lack they take, also after a new roster, and what others keep they clear out. */
import assert from 'node:assert/strict'
import { handoverIntervalMs } from '../../../src/rendezvous/blob-replication/limits.js'
import { sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { range } from '../blobs/place.js'
import { sealedFile } from '../blobs/sealed-file.js'
import { BlobPool } from './pool.js'

describe('the upkeep of files', () => {
  let pool: BlobPool
  afterEach(async () => { await pool.stop() })

  it('is soon done when there is something to do, also after the clock was set on', async () => {
    pool = await BlobPool.of(3)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    await pool.settle()
    await pool.clock.until(one.pool.start())
    await pool.clock.advance(2 * handoverIntervalMs)
    pool.clock.jump(24 * 60 * 60 * 1_000)
    const before = pool.traffic.requests
    one.pool.rosterChanged()
    await pool.clock.advance(handoverIntervalMs)
    assert.ok(pool.traffic.requests > before)
    await pool.clock.until(one.pool.stop())
  })

  it('asks little of servers that have the same', async () => {
    pool = await BlobPool.of(3)
    for (let n = 0; n < 30; n++) {
      const file = sealedFile(`same ${n}`, 1, 304)
      await pool.create(pool.servers[0]!, file)
      await pool.leave(pool.servers[0]!, file, [0])
    }
    await pool.settle()
    Object.assign(pool.traffic, { bytes: 0, requests: 0, streams: 0 })
    await pool.settle(1)
    const { bytes, requests, streams } = pool.traffic
    assert.deepEqual([requests, streams], [6, 0])
    assert.ok(bytes < 6 * 60, `${bytes} bytes`)
  })

  it('gives a new server its part, and empties one that is drained', async () => {
    pool = await BlobPool.of(3)
    const files = range(8).map((n) => sealedFile(`moved ${n}`, 2))
    for (const file of files) {
      await pool.create(pool.servers[0]!, file)
      await pool.leave(pool.servers[0]!, file, range(2))
    }
    await pool.settle()
    const [one, ...others] = pool.servers
    assert.ok(one !== undefined)
    const four = await pool.add()
    one.placed.state = 'draining'
    pool.decide(one, ...others, four)
    assert.deepEqual(pool.servers.map(({ pool: { drain } }) => drain(one.peerId).mayBeRemoved), [false, false, false, false])
    // Nobody is without a file meanwhile.
    for (const file of files) await pool.assertReads(four, file, range(2))
    await pool.settle()
    for (const { pool: { drain, status } } of others) {
      assert.equal(drain(one.peerId).mayBeRemoved, true)
      assert.equal(status().closedVersion, 2)
    }
    assert.deepEqual(await one.disk.list(), [])
    for (const file of files) assert.equal(await pool.chunksAt(four, file), 2)
    await pool.kill(one)
    pool.decide(...others, four)
    await pool.settle()
    for (const file of files) await pool.assertReads(four, file, range(2))
  })

  it('is complete only with enough of the servers of before', async () => {
    pool = await BlobPool.of(3)
    const file = sealedFile('a', 2)
    const [one, two, three] = pool.servers
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    await pool.create(one, file)
    await pool.leave(one, file, range(2))
    await pool.settle()
    const four = await pool.add()
    await pool.kill(one)
    await pool.kill(two)
    pool.decide(three, four)
    await pool.settle()
    assert.ok(four.pool.status().completeVersion < 2)
    assert.notEqual((await pool.clock.until(four.pool.blobs.status(sealedFile('unknown', 1).fileId))).outcome, 'absent')
    await pool.start(two)
    await pool.settle()
    assert.equal(four.pool.status().closedVersion, 2)
    assert.equal(await pool.chunksAt(four, file), 2)
  })

  it('is complete without who was alone before, once the others had all of it', async () => {
    pool = await BlobPool.of(1)
    const file = sealedFile('a', 2)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    await pool.create(one, file)
    await pool.leave(one, file, range(2))
    const [two, three] = [await pool.add(), await pool.add()]
    pool.decide(one, two, three)
    for (const server of [two, three]) {
      await pool.clock.until(server.pool.round())
      assert.equal(server.pool.status().completeVersion, 2)
    }
    // Nobody else has heard that the second roster may be closed, and the first server is lost.
    for (const server of [one, two, three]) await pool.kill(server)
    for (const server of [two, three]) await pool.start(server)
    const four = await pool.add()
    pool.decide(two, three, four)
    await pool.settle()
    for (const server of [two, three, four]) {
      assert.equal(server.pool.status().closedVersion, 3)
      assert.equal(await pool.chunksAt(server, file), 2)
    }
  })

  it('is complete by the word of who is being emptied, too', async () => {
    pool = await BlobPool.of(1)
    const file = sealedFile('a', 2)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    await pool.create(one, file)
    await pool.leave(one, file, range(2))
    const [two, three] = [await pool.add(), await pool.add()]
    pool.decide(one, two, three)
    for (const server of [two, three]) await pool.clock.until(server.pool.round())
    for (const server of [one, two, three]) await pool.kill(server)
    for (const server of [two, three]) await pool.start(server)
    const four = await pool.add()
    two.placed.state = 'draining'
    pool.decide(two, three, four)
    await pool.settle()
    for (const server of [three, four]) {
      assert.equal(server.pool.status().closedVersion, 3)
      assert.equal(await pool.chunksAt(server, file), 2)
    }
  })

  it('tells nothing as kept by an old roster once a new one was answered for', async () => {
    pool = await BlobPool.of(3)
    const file = sealedFile('a', 3)
    const [one, two, three] = pool.servers
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    await pool.create(one, file)
    const writer = await pool.writer(one, file)
    await pool.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
    await pool.clock.until(writer.addChunk(0, file.chunk(0)))
    assert.equal((await pool.clock.until(writer.kept())).outcome, 'kept')
    const four = await pool.add()
    pool.decide(two, three, four)
    await pool.settle(1)
    const isTaken = await pool.clock.until(writer.addChunk(1, file.chunk(1))).then(() => true, () => false)
    assert.ok(!isTaken || await pool.clock.until(writer.kept()).then(({ outcome }) => outcome !== 'kept', () => true))
    await pool.clock.until(writer.close())
    assert.equal((await pool.leave(four, file, [1, 2])).keptChunks, 3)
  })

  it('drops the one of two files under one id that was never told as there', async () => {
    pool = await BlobPool.of(3)
    const file = sealedFile('a', 2)
    const [one, two, three] = pool.servers
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    assert.equal((await three.local.create({ ...sealedFile('other', 1).blob('mallory'), fileId: file.fileId })).outcome, 'there')
    await pool.create(one, file)
    assert.equal((await pool.clock.until(two.pool.blobs.create({ ...sealedFile('other', 1).blob('mallory'), fileId: file.fileId }))).outcome, 'conflict')
    await pool.leave(one, file, range(2))
    await pool.settle()
    assert.equal(await pool.chunksAt(three, file), 2)
  })

  it('keeps one of three files under one id, which would keep a roster from being closed', async () => {
    pool = await BlobPool.of(3)
    const { fileId } = sealedFile('a', 2)
    for (const [n, server] of pool.servers.entries()) {
      assert.equal((await server.local.create({ ...sealedFile(`root ${n}`, 2).blob('mallory'), fileId })).outcome, 'there')
    }
    // None of them can be written to; and that somebody is reading one holds nothing up.
    for (const server of pool.servers) assert.equal((await pool.clock.until(server.pool.blobs.append(fileId, 'mallory'))).outcome, 'unknown')
    const readers = await Promise.all(pool.servers.map(async ({ local }) => await local.read(fileId)))
    const four = await pool.add()
    pool.decide(...pool.servers)
    await pool.settle()
    for (const server of pool.servers) assert.equal(server.pool.status().closedVersion, 2)
    const copies = await Promise.all(pool.placesOf({ fileId }).keepers.map(async ({ local }) => await local.describe(fileId)))
    assert.ok(copies[0] !== undefined && four !== undefined)
    for (const copy of copies) assert.deepEqual(copy?.blob, copies[0].blob)
    for (const opened of readers) if (opened.outcome === 'open') await opened.reader.close()
  })

  it('says how much a server lacks, and makes no file younger', async () => {
    pool = await BlobPool.of(3)
    const file = sealedFile('a', 4)
    const [one, two, three] = pool.servers
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    await pool.kill(three)
    await pool.create(one, file)
    await pool.leave(one, file, range(4))
    const before = await one.local.describe(file.fileId)
    pool.clock.jump(20 * 86_400_000)
    three.disk.capacityBytes = 100
    await pool.start(three)
    await pool.clock.until(three.pool.round())
    assert.deepEqual([three.pool.status().filesLeft, three.pool.status().bytesLeft], [1, 4 * sealedChunkBytes])
    three.disk.capacityBytes = Infinity
    await pool.settle(1)
    assert.deepEqual([three.pool.status().filesLeft, three.pool.status().bytesLeft], [0, 0])
    const copy = await three.local.describe(file.fileId)
    assert.deepEqual([copy?.changedAtMs, copy?.expiresAtMs], [before?.changedAtMs, before?.expiresAtMs])
  })
})
