import assert from 'node:assert/strict'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import { maxBulkStreamsPerPeer } from '../../../src/overlay/bulk/index.js'
import { pauseAtUnreadBytes } from '../../../src/overlay/bulk/limits.js'
import type { BulkStream, Network } from '../../../src/overlay/network.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

const PROTOCOL = '/test/bulk/1'
const maxFrameBytes = 64 * 1024
const coded = (code: ErrorCode) => (error: unknown) => isP2pChatError(error, code)

async function all (source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for await (const frame of source) frames.push(frame)
  return frames
}

describe('bulk streams', () => {
  let clock: FakeClock
  let hub: MemoryHub
  let networks: Network[]

  beforeEach(() => {
    clock = new FakeClock(0)
    hub = new MemoryHub({ clock, random: new SeededRandom(7) })
    networks = []
  })
  afterEach(async () => {
    await clock.until(Promise.all(networks.map(async (network) => { await network.stop() })))
    await clock.advance(10_000)
    assert.equal(clock.pending, 0)
    assert.equal(hub.streams(), 0)
  })

  async function node (accept: (stream: BulkStream) => Promise<void> = async () => {}): Promise<Network> {
    const network = hub.network()
    network.serveBulk(PROTOCOL, { maxFrameBytes, accept })
    await network.start()
    networks.push(network)
    return network
  }
  const open = async (from: Network, to: Network): Promise<BulkStream> =>
    await clock.until(from.openBulk({ peerId: to.peerId, addresses: to.addresses() }, PROTOCOL, { maxFrameBytes }))

  it('carry frames both ways, whole and in order, and end with them', async () => {
    const frames = Array.from({ length: 50 }, (_, n) => new Uint8Array(1 + n * 700).fill(n))
    const heard: Uint8Array[] = []
    const echo = await node(async (stream) => {
      for await (const frame of stream.source) {
        heard.push(frame)
        await stream.send(frame)
        if (heard.length === frames.length) return
      }
    })
    const stream = await open(await node(), echo)
    assert.equal(stream.remotePeer, echo.peerId)
    const answer = all(stream.source)
    await clock.until((async () => { for (const frame of frames) await stream.send(frame) })())
    assert.deepEqual(await clock.until(answer), frames)
    assert.deepEqual(heard, frames)
    await clock.until(stream.close())
  })

  it('hold back the sender of what is not read, and go on when it is', async () => {
    let stream: BulkStream | undefined
    let release: () => void = () => {}
    const reader = await node(async (opened) => {
      stream = opened
      await new Promise<void>((resolve) => { release = resolve })
    })
    const sender = await open(await node(), reader)
    let sent = 0
    const total = 200
    const sending = (async () => {
      for (; sent < total; sent++) await sender.send(new Uint8Array(maxFrameBytes))
    })()
    await settle(50)
    const held = sent
    assert.ok(held < total / 2, `${held} frames were taken though nobody reads`)
    assert.ok(held * maxFrameBytes >= pauseAtUnreadBytes)
    const source = stream!.source[Symbol.asyncIterator]()
    for (let n = 0; n < total; n++) assert.equal((await clock.until(source.next())).value?.byteLength, maxFrameBytes)
    await clock.until(sending)
    release()
  })

  it('tell the reader when the other side breaks off', async () => {
    const breaker = await node(async (stream) => {
      await stream.send(Uint8Array.of(1))
      throw new P2pChatError('ERR_NOT_FOUND', 'gone')
    })
    const stream = await open(await node(), breaker)
    await assert.rejects(clock.until(all(stream.source)), coded('ERR_CLOSED'))
  })

  it('are aborted when what they send fails, and the failure is told', async () => {
    let ended: unknown
    const reader = await node(async (stream) => {
      try {
        await all(stream.source)
      } catch (error) {
        ended = error
        throw error
      }
    })
    const stream = await open(await node(), reader)
    const failing = (async function * () {
      yield Uint8Array.of(1)
      throw new P2pChatError('ERR_CONFLICT', 'changed')
    })()
    await assert.rejects(clock.until(stream.sink(failing)), coded('ERR_CONFLICT'))
    await settle()
    assert.ok(isP2pChatError(ended, 'ERR_CLOSED'))
  })

  it('refuse a frame that is too large on both sides', async () => {
    const hoarder = await node(async (stream) => { await all(stream.source) })
    const stream = await open(await node(), hoarder)
    await assert.rejects(stream.send(new Uint8Array(maxFrameBytes + 1)), coded('ERR_LIMIT'))
    const small = hub.network()
    small.serveBulk(PROTOCOL, { maxFrameBytes: 10, accept: async (opened) => { await all(opened.source) } })
    await small.start()
    networks.push(small)
    const other = await open(await node(), small)
    await other.send(new Uint8Array(11))
    await assert.rejects(clock.until(all(other.source)), coded('ERR_CLOSED'))
  })

  it('are few for each peer', async () => {
    const server = await node(async (stream) => { await all(stream.source) })
    const client = await node()
    const streams: BulkStream[] = []
    for (let n = 0; n < maxBulkStreamsPerPeer; n++) streams.push(await open(client, server))
    const tooMany = await open(client, server)
    await assert.rejects(clock.until(all(tooMany.source)), coded('ERR_CLOSED'))
    await clock.until(streams[0]!.close())
    await settle()
    const again = await open(client, server)
    await again.send(Uint8Array.of(1))
    await clock.until(again.close())
  })

  it('end with the network, and are refused to who does not speak the protocol', async () => {
    const server = await node(async (stream) => { await all(stream.source) })
    const client = await node()
    const stream = await open(client, server)
    const reading = all(stream.source)
    await clock.until(client.stop())
    await clock.until(reading)
    await assert.rejects(clock.until(client.openBulk({ peerId: server.peerId, addresses: server.addresses() }, PROTOCOL, { maxFrameBytes })), coded('ERR_CLOSED'))
    const deaf = hub.network()
    await deaf.start()
    networks.push(deaf)
    await assert.rejects(open(server, deaf), coded('ERR_UNSUPPORTED'))
  })
})
