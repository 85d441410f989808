/** Files on the real servers of a pool in memory: over their links and streams, with rosters that are decided. */
import assert from 'node:assert/strict'
import { PoolTestnet, type TestServer } from '../../helpers/pool-testnet.js'
import { range } from '../blobs/place.js'
import { sealedFile, type SealedFile } from '../blobs/sealed-file.js'

describe('files in a pool', () => {
  let net: PoolTestnet

  const leave = async (at: TestServer, file: SealedFile, chunks: number): Promise<{ replicas: number, servers: number }> => {
    const { blobs } = at.member.files
    assert.equal((await net.clock.until(blobs.create(file.blob('alice')))).outcome, 'there')
    const opened = await net.clock.until(blobs.append(file.fileId, 'alice'))
    assert.ok(opened.outcome === 'open', opened.outcome)
    const { writer } = opened
    await net.clock.until(writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path))
    for (const index of range(chunks)) await net.clock.until(writer.addChunk(index, file.chunk(index)))
    const kept = await net.clock.until(writer.kept())
    await net.clock.until(writer.close())
    assert.ok(kept.outcome === 'kept' && kept.keptChunks === chunks)
    return kept
  }

  const assertReads = async (at: TestServer, file: SealedFile, chunks: number): Promise<void> => {
    const opened = await net.clock.until(at.member.files.blobs.read(file.fileId))
    assert.ok(opened.outcome === 'open', opened.outcome)
    for (const index of range(chunks)) assert.deepEqual(await net.clock.until(opened.reader.chunk(index)), file.chunk(index))
    await net.clock.until(opened.reader.close())
  }

  it('outlive a server, and one that comes takes its part', async function () {
    this.timeout(120_000)
    net = await PoolTestnet.start(3, { limits: { minFreeDiskBytes: 0 } })
    const [one, two, three] = net.servers
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    const file = sealedFile('a', 6)
    const { replicas, servers } = await leave(one, file, 6)
    assert.ok(replicas >= 2)
    assert.equal(servers, 3)
    await assertReads(two, file, 6)
    net.crash(one)
    await assertReads(three, file, 6)
    await net.boot(one)
    const four = await net.add()
    await net.settled()
    await net.clock.advance(30_000)
    await assertReads(four, file, 6)
    const holders = await Promise.all(net.servers.map(async ({ blobDisk }) => (await blobDisk.list()).length))
    assert.equal(holders.reduce((sum, count) => sum + count, 0), 3)
    for (const server of net.servers) {
      const { closedVersion, rosterVersion, lastRound } = server.member.files.status()
      assert.equal(closedVersion, rosterVersion)
      assert.equal(lastRound?.underReplicated, 0)
      assert.deepEqual(server.errors, [])
    }
    for (const server of net.servers) await net.stopServer(server)
  })
})
