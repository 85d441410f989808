import assert from 'node:assert/strict'
import type { Clock } from '../../../src/runtime.js'
import type { BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { PoolTestnet, type TestServer } from '../../helpers/pool-testnet.js'
import { sealedFile } from '../blobs/sealed-file.js'

const dayMs = 24 * 60 * 60 * 1_000
const retentionMs = defaultLimits.mailRetentionMs
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
const everything = { afterCursor: 0, maxEntries: 100, maxBytes: 1_000_000 }
const file = sealedFile('a', 3)

describe('what is kept by servers', () => {
  let net: PoolTestnet
  /** By how much a machine's clock is wrong, by its name. */
  const wrongMs = new Map<string, number>()
  const clockOf = (server: TestServer, clock: Clock): Clock => ({
    now: () => Math.max(0, clock.now() + (wrongMs.get(server.name) ?? 0)),
    monotonicMs: () => clock.monotonicMs(),
    schedule: (...timer) => clock.schedule(...timer)
  })
  const in1970 = -Number.MAX_SAFE_INTEGER

  beforeEach(() => { wrongMs.clear() })
  afterEach(async () => { await net.stop() })

  const append = async (at: TestServer, number: number): Promise<void> => {
    const { outcome } = await net.clock.until(at.member.mail.mailboxes.append({ mailbox: bytes(32, 1), sender: bytes(32, 2), slot: new Uint8Array(0), entryId: bytes(16, number), envelope: bytes(200, number) }))
    assert.equal(outcome, 'stored')
  }

  /** The numbers of the entries that a server gives out, when it says that these are all. */
  async function read (at: TestServer): Promise<number[]> {
    const read = await net.clock.until(at.member.mail.mailboxes.read(bytes(32, 1), everything))
    assert.ok(read.outcome === 'read' && !read.more, JSON.stringify(read))
    return read.entries.map(({ entryId }) => entryId[0] ?? 0).sort((a, b) => a - b)
  }

  async function write (at: TestServer, indices: readonly number[]): Promise<void> {
    const opened = await net.clock.until(at.member.files.blobs.append(file.fileId, 'alice'))
    assert.ok(opened.outcome === 'open')
    const writer: BlobWriter = opened.writer
    const { leaves, path } = file.leaves(0)
    await net.clock.until(writer.addLeaves(0, leaves, path))
    for (const index of indices) await net.clock.until(writer.addChunk(index, file.chunk(index)))
    await net.clock.until(writer.kept())
    await net.clock.until(writer.close())
  }

  async function chunksAt (at: TestServer): Promise<number> {
    const found = await net.clock.until(at.member.files.blobs.status(file.fileId))
    return found.outcome === 'found' ? found.status.keptChunks : 0
  }

  const sweep = async (): Promise<void> => { for (const { running } of net.servers) if (running !== undefined) await net.clock.until(running.member!.sweep()) }

  /** As a machine without a battery does. */
  async function startIn1970 (server: TestServer): Promise<void> {
    await net.stopServer(server)
    wrongMs.set(server.name, in1970)
    await net.boot(server)
  }

  it('is not lost where one begins in 1970 and learns the time later', async () => {
    net = await PoolTestnet.start(1, { clockOf })
    const { first } = net
    await net.clock.until(first.member.files.blobs.create(file.blob('alice')))
    await write(first, [0])
    await startIn1970(first)
    await append(first, 1)
    await write(first, [1, 2])
    await sweep()
    wrongMs.clear()
    for (let sweeps = 0; sweeps < 10; sweeps++) await sweep()
    assert.deepEqual(await read(first), [1])
    assert.equal(await chunksAt(first), 3)
  })

  it('is not lost when the clocks of all are a year ahead for an hour', async () => {
    net = await PoolTestnet.start(3, { clockOf })
    const { first } = net
    await net.clock.until(first.member.files.blobs.create(file.blob('alice')))
    await write(first, [0, 1, 2])
    await append(first, 1)
    for (const { name } of net.servers) wrongMs.set(name, 365 * dayMs)
    for (let sweeps = 0; sweeps < 6; sweeps++) await sweep()
    wrongMs.clear()
    await sweep()
    await net.clock.advance(60_000)
    for (const server of net.servers) {
      assert.deepEqual(await read(server), [1], server.name)
      assert.equal(await chunksAt(server), 3, server.name)
    }
  })

  it('is given out by one whose clock is 40 days ahead, that of the others too', async () => {
    net = await PoolTestnet.start(3, { clockOf })
    const [first, second, ahead] = net.servers as [TestServer, TestServer, TestServer]
    await append(first, 1)
    await net.stopServer(ahead)
    await append(first, 2)
    wrongMs.set(ahead.name, 40 * dayMs)
    await net.boot(ahead)
    await append(second, 3)
    assert.deepEqual(await read(ahead), [1, 2, 3])
    await net.clock.advance(15 * 60_000)
    await append(first, 4)
    assert.deepEqual(await read(ahead), [1, 2, 3, 4])
  })

  it('is taken over by one that joins with its clock 40 days ahead', async () => {
    net = await PoolTestnet.start(2, { clockOf })
    await append(net.first, 1)
    await net.clock.until(net.first.member.files.blobs.create(file.blob('alice')))
    await write(net.first, [0, 1, 2])
    wrongMs.set('s3', 40 * dayMs)
    const joined = await net.add()
    await net.settled()
    await net.clock.advance(15 * 60_000)
    const { envelopes, blobs } = await net.clock.until(joined.running!.status())
    assert.deepEqual([envelopes, blobs], [1, 1])
  })

  it('is not lost when one joins while the clocks of all are a year ahead', async () => {
    net = await PoolTestnet.start(1, { clockOf })
    await append(net.first, 1)
    for (const name of ['s1', 's2']) wrongMs.set(name, 365 * dayMs)
    await net.add()
    await net.settled()
    await net.clock.advance(15 * 60_000)
    wrongMs.clear()
    await net.clock.advance(60_000)
    for (const server of net.servers) assert.equal((await net.clock.until(server.running!.status())).envelopes, 1, server.name)
  })

  it('stays as long as it would have, where all were off for days and nobody knows better', async () => {
    net = await PoolTestnet.start(3, { clockOf })
    await append(net.first, 1)
    await net.clock.advance(5_000)
    for (const server of net.servers) await net.stopServer(server)
    await net.clock.advance(retentionMs)
    for (const server of net.servers) await net.boot(server)
    await net.clock.advance(5_000)
    for (let sweeps = 0; sweeps < 100; sweeps++) await sweep()
    for (const server of net.servers) assert.deepEqual(await read(server), [1], server.name)
    for (let sweeps = 0; sweeps < 25; sweeps++) await sweep()
    for (const server of net.servers) assert.deepEqual(await read(server), [], server.name)
  })

  it('goes when it is over, also at one that was off for longer than that', async () => {
    net = await PoolTestnet.start(3, { clockOf })
    const [first, second, away] = net.servers as [TestServer, TestServer, TestServer]
    await append(first, 1)
    await net.clock.advance(5_000)
    for (const server of net.servers) await net.stopServer(server)
    await net.clock.advance(retentionMs)
    await net.boot(first)
    await net.boot(second)
    for (let sweeps = 0; sweeps < 125; sweeps++) await sweep()
    assert.deepEqual(await read(first), [])
    await net.boot(away)
    await net.clock.advance(150_000)
    const report = await net.clock.until(away.member.mail.round())
    assert.deepEqual([report.underReplicated, report.notCompared], [0, []])
    assert.deepEqual(await read(first), [])
    // By the time of the others, long before it would have come to it step by step.
    assert.deepEqual(await read(away), [])
  })
})
