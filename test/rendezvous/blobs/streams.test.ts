/** Files left with a server and fetched from it, over real bulk streams on a network in memory. */
import assert from 'node:assert/strict'
import { maxBlobStreamsPerDevice, maxWantedChunks, maxWantedPieces, missingTimeoutMs, openTimeoutMs, idleTimeoutMs, pausedTimeoutMs, sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { openPeerSource } from '../../../src/node/files/transfer/peer-source.js'
import type { FileLink } from '../../../src/node/files/transfer/link.js'
import { FILE_PROTOCOL } from '../../../src/protocol/ids.js'
import { chunkFrame, controlFrame } from '../../../src/protocol/bulk-frames.js'
import { FileFrame } from '../../../src/protocol/pb/file.js'
import type { BulkStream } from '../../../src/overlay/network.js'
import { settle } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { TestPool } from '../helpers/test-pool.js'
import { BlobClient } from './blob-client.js'
import { range } from './place.js'
import { sealedFile } from './sealed-file.js'

describe('files on the pool', () => {
  let pool: TestPool
  let alice: BlobClient
  let bob: BlobClient

  const device = async (username: string): Promise<BlobClient> => new BlobClient(await pool.clock.until(pool.user(username)), pool)
  const start = async (limits = {}): Promise<void> => {
    pool = await new TestPool({ limits: { minFreeDiskBytes: 0, ...limits } }).start()
    alice = await device('alice')
    bob = await device('bob')
  }
  beforeEach(async () => { await start() })
  afterEach(async () => {
    await pool.stop()
    await pool.clock.advance(60_000)
    assert.equal(pool.hub.streams(), 0)
  })

  describe('leaving', () => {
    it('is acknowledged once it is durable, and another device fetches it', async () => {
      const file = sealedFile('a', 40)
      const { state, quota } = await alice.create(file)
      assert.deepEqual(state?.kept, [])
      assert.equal(quota?.usedBytes, BigInt(40 * sealedChunkBytes + 8_192))
      const upload = await alice.upload(file)
      assert.deepEqual((await upload.opened()).kept, [])
      await upload.leaves(file)
      for (const index of range(40)) await upload.chunk(index, file.chunk(index))
      const kept = await upload.kept()
      assert.deepEqual([kept.keptChunks, kept.replicas, kept.servers], [40, 1, 1])
      const fetch = await bob.fetch(file)
      await fetch.say({ wantLeaves: { piece: 0 } })
      await fetch.want(0, 20)
      await fetch.want(20, 20)
      await fetch.until(() => fetch.chunks.length === 40)
      assert.deepEqual(fetch.chunks, range(40).map((index) => ({ index, sealed: file.chunk(index) })))
      assert.deepEqual(fetch.controls.map(({ leaves }) => leaves), [{ piece: 0, ...file.leaves(0) }])
      await fetch.say({ end: { reason: 'done' } })
      await pool.clock.until(fetch.heard.end())
      const status = await pool.server.status()
      assert.deepEqual([status.blobs, status.blobBytes], [1, 40 * sealedChunkBytes])
    })

    it('goes on after a break with what is missing', async () => {
      const file = sealedFile('a', 12)
      await alice.create(file)
      const first = await alice.upload(file)
      await first.opened()
      await first.leaves(file)
      for (const index of [0, 1, 2, 7]) await first.chunk(index, file.chunk(index))
      await first.kept()
      await first.chunk(8, file.chunk(8))
      pool.hub.reset(alice.client.network.peerId)
      await pool.clock.until(first.heard.end())
      await pool.clock.advance(1_000)
      alice = new BlobClient(await pool.clock.until(pool.client({ device: alice.client.device })), pool)
      await pool.clock.until(alice.client.attach('alice'))
      const again = await alice.upload(file)
      const opened = await again.opened()
      const have = opened.kept.flatMap(({ first, count }) => range(count).map((n) => first + n))
      assert.deepEqual(have.filter((index) => index !== 8), [0, 1, 2, 7])
      assert.deepEqual(opened.keptPieces, [{ first: 0, count: 1 }])
      for (const index of range(12)) if (!have.includes(index)) await again.chunk(index, file.chunk(index))
      assert.equal((await again.kept()).keptChunks, 12)
    })

    it('goes on after the server was killed, with everything that was acknowledged', async () => {
      const file = sealedFile('a', 12)
      await alice.leave(file, [0, 1, 2, 3])
      const upload = await alice.upload(file)
      await upload.opened()
      await upload.chunk(4, file.chunk(4))
      await pool.clock.until(pool.crash())
      alice = new BlobClient(await pool.clock.until(pool.client({ device: alice.client.device })), pool)
      await pool.clock.until(alice.client.attach('alice'))
      assert.deepEqual((await alice.create(file)).state?.kept, [{ first: 0, count: 4 }])
      await alice.leave(file, range(12).slice(4))
      assert.equal((await alice.status(file.fileId)).state?.keptChunks, 12)
    })

    const wrongs: Array<[string, (file: ReturnType<typeof sealedFile>) => [number, Uint8Array]]> = [
      ['another chunk in the place of one that is there', (file) => [0, file.chunk(1)]],
      ['a chunk that is not what its leaf hash says', (file) => [2, file.chunk(3)]],
      ['an index behind the end', (file) => [4, file.chunk(0)]],
      ['an index as large as there is', (file) => [0xffff_ffff, file.chunk(0)]],
      ['a short chunk', (file) => [1, file.chunk(1).slice(0, 100)]],
      ['an empty chunk', () => [1, new Uint8Array(0)]]
    ]
    for (const [name, wrong] of wrongs) {
      it(`refuses ${name}`, async () => {
        const file = sealedFile('a', 4)
        await alice.leave(file, [0])
        const upload = await alice.upload(file)
        await upload.opened()
        await upload.chunk(...wrong(file))
        assert.equal((await upload.ended()).reason, 'ERR_INVALID_RECORD')
        assert.deepEqual((await alice.status(file.fileId)).state?.kept, [{ first: 0, count: 1 }])
      })
    }

    it('is refused to others, for what was not created, and without a name', async () => {
      const file = sealedFile('a', 4)
      await alice.create(file)
      assert.equal((await (await bob.upload(file)).ended()).reason, 'ERR_NOT_PERMITTED')
      assert.equal((await (await bob.upload(sealedFile('b', 1))).ended()).reason, 'ERR_NOT_FOUND')
      const nameless = await alice.upload()
      await nameless.leaves(file)
      assert.equal((await nameless.ended()).reason, 'ERR_INVALID_FRAME')
      const silent = await alice.upload()
      await pool.clock.advance(openTimeoutMs)
      assert.equal((await silent.ended()).reason, 'ERR_TIMEOUT')
      const twice = await alice.upload(file)
      await twice.opened()
      await twice.say({ open: { fileId: file.fileId } })
      assert.equal((await twice.ended()).reason, 'ERR_INVALID_FRAME')
    })

    it('is refused to devices that are not signed in, or not any more', async () => {
      const file = sealedFile('a', 100)
      await alice.create(file)
      const stranger = new BlobClient(await pool.clock.until(pool.client()), pool)
      assert.equal((await (await stranger.upload(file)).ended()).reason, 'ERR_NOT_PERMITTED')
      assert.equal(await (await stranger.fetch(file)).ended(), 'ERR_NOT_PERMITTED')
      await rejects(stranger.create(file), 'ERR_NOT_PERMITTED')
      const upload = await alice.upload(file)
      await upload.opened()
      await upload.leaves(file)
      await pool.clock.until(alice.client.channel.close())
      for (const index of range(70)) await upload.chunk(index, file.chunk(index)).catch(() => {})
      assert.equal((await upload.ended()).reason, 'ERR_NOT_PERMITTED')
    })

    it('ends when nothing comes for long; frames of versions to come are ignored', async () => {
      const file = sealedFile('a', 4)
      await alice.create(file)
      const upload = await alice.upload(file)
      await upload.opened()
      await pool.clock.until(upload.stream.send(Uint8Array.of(9, 9, 9)))
      await upload.say({})
      await upload.leaves(file)
      assert.equal((await upload.kept()).frames, 1)
      await pool.clock.advance(idleTimeoutMs)
      assert.equal((await upload.ended()).reason, 'ERR_TIMEOUT')
    })

    it('tells a full disk, and goes on when there is room', async () => {
      const file = sealedFile('a', 4)
      await alice.leave(file, [0])
      const other = sealedFile('b', 4)
      await alice.create(other)
      pool.blobDisk.capacityBytes = 4 * sealedChunkBytes + 1_000
      const upload = await alice.upload(other)
      await upload.opened()
      await upload.leaves(other)
      const end = await upload.ended()
      assert.equal(end.reason, 'ERR_OVERLOADED')
      pool.blobDisk.capacityBytes = Infinity
      await alice.leave(other, range(4))
    })

    it('is held back while the disk does not keep up', async () => {
      const file = sealedFile('a', 400)
      await alice.create(file)
      const upload = await alice.upload(file)
      await upload.opened()
      const open = pool.blobDisk.open.bind(pool.blobDisk)
      let release = (): void => {}
      const blocked = new Promise<void>((resolve) => { release = resolve })
      await pool.clock.until(upload.stream.close())
      pool.blobDisk.open = async (name) => {
        const file = await open(name)
        return file === undefined ? undefined : { ...file, sync: async () => { await blocked; await file.sync() } }
      }
      await pool.clock.advance(5_000)
      const slow = await alice.upload(file)
      await slow.opened()
      await slow.leaves(file)
      let sent = 0
      const sending = (async () => {
        for (; sent < 400; sent++) await slow.stream.send(chunkFrame(sent, file.chunk(sent)))
      })()
      await settle(400)
      const held = sent
      assert.ok(held < 320, `${held} chunks were taken`)
      release()
      await pool.clock.until(sending)
      assert.equal(sent, 400)
    }).timeout(30_000)
  })

  describe('fetching', () => {
    it('serves what is there, waits for what is being left, and says so', async () => {
      const file = sealedFile('a', 6)
      await alice.create(file)
      const upload = await alice.upload(file)
      await upload.opened()
      const fetch = await bob.fetch(file)
      await fetch.say({ wantLeaves: { piece: 0 } })
      await fetch.want(0, 6)
      await fetch.until(() => fetch.controls.length === 1)
      assert.equal(fetch.controls[0]?.paused, true)
      await upload.leaves(file)
      await fetch.until(() => fetch.controls.length >= 3)
      assert.deepEqual([fetch.controls[1]?.paused, fetch.controls[2]?.leaves?.piece], [false, 0])
      for (const index of [3, 0, 1, 2, 5, 4]) await upload.chunk(index, file.chunk(index))
      await fetch.until(() => fetch.chunks.length === 6)
      assert.deepEqual(fetch.chunks.map(({ index, sealed }) => [index, Buffer.compare(sealed, file.chunk(index))]).sort(), range(6).map((index) => [index, 0]))
    })

    it('says that the rest is yet to come when nobody is leaving it', async () => {
      const file = sealedFile('a', 6)
      await alice.leave(file, [0, 1, 4])
      const fetch = await bob.fetch(file)
      await fetch.want(0, 6)
      assert.equal(await fetch.ended(), 'ERR_PENDING')
      assert.deepEqual(fetch.chunks.map(({ index }) => index), [0, 1, 4])
    })

    it('also when who leaves it goes, or takes too long', async () => {
      const file = sealedFile('a', 6)
      await alice.leave(file, [0])
      const upload = await alice.upload(file)
      await upload.opened()
      const first = await bob.fetch(file)
      await first.want(1, 1)
      await first.until(() => first.controls.length === 1)
      await pool.clock.advance(missingTimeoutMs)
      assert.equal(await first.ended(), 'ERR_PENDING')
      const second = await bob.fetch(file)
      await second.want(1, 1)
      await second.until(() => second.controls.length === 1)
      await pool.clock.until(upload.stream.close())
      assert.equal(await second.ended(), 'ERR_PENDING')
    })

    it('knows nothing of files that are not there, or were removed', async () => {
      const file = sealedFile('a', 6)
      assert.equal(await (await bob.fetch(file)).ended(), 'ERR_NOT_FOUND')
      await rejects(bob.status(file.fileId), 'ERR_NOT_FOUND')
      await alice.leave(file, range(6))
      const fetch = await bob.fetch(file)
      await fetch.want(0, 1)
      await fetch.until(() => fetch.chunks.length === 1)
      await rejects(bob.remove(file.fileId), 'ERR_NOT_PERMITTED')
      await alice.remove(file.fileId)
      await alice.remove(file.fileId)
      await fetch.want(1, 1)
      assert.equal(await fetch.ended(), 'ERR_NOT_FOUND')
    })

    const bad: Array<[string, Parameters<Awaited<ReturnType<BlobClient['fetch']>>['say']>[0], string]> = [
      ['chunks behind the end', { want: { first: 3, count: 2, verified: 0 } }, 'ERR_INVALID_FRAME'],
      ['no chunks', { want: { first: 0, count: 0, verified: 0 } }, 'ERR_INVALID_FRAME'],
      ['more chunks than there are numbers', { want: { first: 0xffff_ffff, count: 0xffff_ffff, verified: 0 } }, 'ERR_INVALID_FRAME'],
      ['a piece that is none', { wantLeaves: { piece: 1 } }, 'ERR_INVALID_FRAME'],
      ['another file', { open: { fileId: new Uint8Array(16) } }, 'ERR_INVALID_FRAME'],
      ['nothing, but leaves hashes', { leaves: { piece: 0, leaves: new Uint8Array(32), path: new Uint8Array(0) } }, 'ERR_INVALID_FRAME']
    ]
    for (const [name, frame, code] of bad) {
      it(`refuses who asks for ${name}`, async () => {
        const file = sealedFile('a', 4)
        await alice.leave(file, range(4))
        const fetch = await bob.fetch(file)
        await fetch.say(frame)
        assert.equal(await fetch.ended(), code)
      })
    }

    it('refuses who asks for too much at once', async () => {
      const file = sealedFile('a', maxWantedChunks)
      await alice.create(file)
      const upload = await alice.upload(file)
      await upload.opened()
      const fetch = await bob.fetch(file)
      await fetch.want(0, maxWantedChunks)
      await fetch.want(0, 1)
      assert.equal(await fetch.ended(), 'ERR_LIMIT')
      const other = await bob.fetch(file)
      for (let n = 0; n <= maxWantedPieces; n++) await other.say({ wantLeaves: { piece: 0 } })
      assert.equal(await other.ended(), 'ERR_LIMIT')
    })

    it('gives a reader that takes nothing no more than a bounded piece of memory', async () => {
      const file = sealedFile('a', 250)
      await alice.leave(file, range(250))
      let reads = 0
      const open = pool.blobDisk.open.bind(pool.blobDisk)
      pool.blobDisk.open = async (name) => {
        const file = await open(name)
        return file === undefined ? undefined : { ...file, read: async (into, at) => { reads++; return await file.read(into, at) } }
      }
      await pool.clock.advance(5_000)
      const stream = await bob.stream(FILE_PROTOCOL)
      await stream.send(controlFrame(FileFrame, { open: { fileId: file.fileId } }))
      await stream.send(controlFrame(FileFrame, { want: { first: 0, count: 250, verified: 0 } }))
      await settle(500)
      assert.ok(reads > 5 && reads < 60, `${reads} chunks were read`)
      let got = 0
      await pool.clock.until((async () => { for await (const frame of stream.source) if (frame[0] === 1 && ++got === 250) break })())
      assert.equal(got, 250)
    })

    it('hangs up on who is silent, later on who has said that it pauses', async () => {
      const file = sealedFile('a', 4)
      await alice.leave(file, range(4))
      const silent = await bob.fetch()
      const idle = await bob.fetch(file)
      const paused = await bob.fetch(file)
      await paused.say({ paused: true })
      await pool.clock.advance(openTimeoutMs)
      assert.equal(await silent.ended(), 'ERR_TIMEOUT')
      await pool.clock.advance(idleTimeoutMs)
      assert.equal(await idle.ended(), 'ERR_TIMEOUT')
      await pool.clock.advance(pausedTimeoutMs - 2 * idleTimeoutMs)
      assert.equal(paused.heard.over, undefined)
      await pool.clock.advance(2 * idleTimeoutMs)
      assert.equal(await paused.ended(), 'ERR_TIMEOUT')
    })

    it('gives every stream its turn', async () => {
      const file = sealedFile('a', 60)
      await alice.leave(file, range(60))
      const fetches = await Promise.all(range(3).map(async () => await bob.fetch(file)))
      const order: number[] = []
      const [one, two, three] = fetches
      if (one === undefined || two === undefined || three === undefined) return assert.fail('unreachable')
      for (const [n, fetch] of fetches.entries()) {
        const items = fetch.heard.items
        const push = items.push.bind(items)
        items.push = (...added) => { order.push(n); return push(...added) }
      }
      for (const fetch of fetches) await fetch.stream.send(controlFrame(FileFrame, { want: { first: 0, count: 60, verified: 0 } }))
      for (const fetch of fetches) await fetch.until(() => fetch.chunks.length === 60)
      const whenDone = [0, 1, 2].map((n) => order.lastIndexOf(n))
      assert.ok(Math.min(...whenDone) > 100, `one was done at ${Math.min(...whenDone)} of 180`)
    })
  })

  describe('limits', () => {
    it('a device has so many streams, and others have theirs', async () => {
      const file = sealedFile('a', 2)
      await alice.leave(file, range(2))
      const open = await Promise.all(range(maxBlobStreamsPerDevice).map(async () => await bob.fetch(file)))
      for (const fetch of open) {
        await fetch.want(0, 1)
        await fetch.until(() => fetch.chunks.length === 1)
      }
      assert.equal(await (await bob.fetch(file)).ended(), 'ERR_OVERLOADED')
      const carol = await (await device('carol')).fetch(file)
      await carol.want(0, 1)
      await carol.until(() => carol.chunks.length === 1)
      const [first] = open
      await pool.clock.until(first?.stream.close() ?? Promise.resolve())
      await settle()
      const next = await bob.fetch(file)
      await next.want(0, 1)
      await next.until(() => next.chunks.length === 1)
    })

    it('and may not open them too often, nor ask too often', async () => {
      await pool.stop()
      await start({ blobStreamsPerPeer: { burst: 2, refillMs: 60_000 }, blobRequestsPerPeer: { burst: 3, refillMs: 60_000 } })
      const file = sealedFile('a', 2)
      assert.equal(await (await bob.fetch(file)).ended(), 'ERR_NOT_FOUND')
      assert.equal(await (await bob.fetch(file)).ended(), 'ERR_NOT_FOUND')
      assert.equal(await (await bob.fetch(file)).ended(), 'ERR_RATE_LIMITED')
      for (let n = 0; n < 3; n++) await bob.status()
      assert.ok(((await rejects(bob.status(), 'ERR_RATE_LIMITED')).retryAfterMs ?? 0) > 0)
    })

    it('a quota is named, with when there will be room', async () => {
      await pool.stop()
      await start({ maxBlobsPerAccount: 1 })
      await alice.create(sealedFile('a', 2))
      const refused = await rejects(alice.create(sealedFile('b', 2)), 'ERR_LIMIT')
      assert.match(refused.message, /maxBlobsPerAccount/)
      assert.ok((refused.retryAfterMs ?? 0) > 0)
      await rejects(bob.create(sealedFile('a', 2)), 'ERR_CONFLICT')
    })
  })

  it('a client\'s own source of chunks fetches from the pool as from a device', async () => {
    const file = sealedFile('a', 9)
    await alice.leave(file, range(9))
    const source = openPeerSource('the pool', linkOf(await bob.stream(FILE_PROTOCOL)), file.fileId)
    const signal = new AbortController().signal
    const leaves = await pool.clock.until(source.leaves(0, signal))
    assert.deepEqual(leaves, file.leaves(0))
    const got: number[] = []
    await pool.clock.until(source.fetch({ first: 2, count: 7 }, ({ index, sealed }) => {
      assert.deepEqual(sealed, file.chunk(index))
      got.push(index)
    }, signal))
    assert.deepEqual(got, [2, 3, 4, 5, 6, 7, 8])
    source.end?.('done')
  })

  function linkOf (stream: BulkStream): FileLink {
    const frames = stream.source[Symbol.asyncIterator]()
    return {
      remotePeer: stream.remotePeer,
      send: async (frame) => { await stream.send(frame) },
      next: async () => {
        const { done, value } = await frames.next()
        return done === true ? undefined : value
      },
      close: async () => { await stream.close() },
      abort: (error) => { stream.abort(error) }
    }
  }
})
