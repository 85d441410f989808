import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../../src/errors.js'
import { chunkBytes } from '../../../../src/crypto/file/index.js'
import { plainCipher } from '../../../../src/node/files/cipher.js'
import { Fetcher } from '../../../../src/node/files/fetch/fetcher.js'
import { openLanding } from '../../../../src/node/files/landing/landing.js'
import { maxFileFrameBytes } from '../../../../src/node/files/limits.js'
import { prepareFile, type PreparedFile } from '../../../../src/node/files/outgoing/prepare.js'
import type { ReadableFile } from '../../../../src/node/files/outgoing/regular-file.js'
import type { FileLink } from '../../../../src/node/files/transfer/link.js'
import { decodeFrame, encodeFrame, type EndReason, type FetchMessage } from '../../../../src/node/files/transfer/messages.js'
import { openPeerSource } from '../../../../src/node/files/transfer/peer-source.js'
import { FileServing } from '../../../../src/node/files/transfer/serve.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { bulkLink } from '../../../../src/node/transfers/bulk-link.js'
import { openBulkStream } from '../../../../src/overlay/bulk/index.js'
import { createMemoryDisk } from '../../../../src/store/index.js'
import { FakeClock, settle } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { streamPair, type MemoryStream, type StreamPair, type Wire } from '../../../helpers/stream-pair.js'
import { rejectsCode } from '../../support.js'
import { MemoryDisk } from '../memory-disk.js'
import { device, temporaryOf } from '../support.js'

const content = new SeededRandom('transfer').bytes(chunkBytes * 10 + 5)
const folder = '/home/downloads'

class FakeFile implements ReadableFile {
  readonly path = '/pictures/cat.png'
  reads: number[] = []
  open = true
  data: Uint8Array = content
  onRead: (at: number) => void = () => {}

  async read (into: Uint8Array, at: number): Promise<number> {
    assert.ok(this.open, 'read after it was closed')
    for (let index = at / chunkBytes; index < (at + into.byteLength) / chunkBytes; index++) {
      this.reads.push(index)
      this.onRead(index)
    }
    const part = this.data.subarray(at, at + into.byteLength)
    into.set(part)
    return part.byteLength
  }

  async state (): Promise<{ bytes: number, modifiedMs: number }> { return { bytes: this.data.byteLength, modifiedMs: 0 } }
  async close (): Promise<void> { this.open = false }
}

/** A sender and a receiver with a wire between them. */
class Two {
  readonly clock = new FakeClock()
  readonly disk = new MemoryDisk()
  readonly lane = new Lane(createMemoryDisk().open())
  file = new FakeFile()
  pair!: StreamPair
  serving!: FileServing
  served!: Promise<EndReason>
  readonly seen: string[] = []
  prepared!: PreparedFile

  async prepare (): Promise<this> {
    this.prepared = await prepareFile({ random: new SeededRandom('key'), cipher: plainCipher }, { file: this.file })
    this.file.reads = []
    return this
  }

  link (stream: MemoryStream, peer: string): FileLink {
    return bulkLink(openBulkStream({ stream, remotePeer: peer, remoteAddress: '/memory', via: 'direct' }, this.clock, maxFileFrameBytes))
  }

  /** Connects them; the sender serves at once. */
  connect (wire: Wire = {}, signal?: AbortSignal): FileLink {
    this.pair = streamPair(wire)
    const [left, right] = this.pair.ends
    this.serving = new FileServing({
      clock: this.clock,
      cipher: plainCipher,
      open: async (fileId, remotePeer) => {
        if (remotePeer !== 'bob') throw new P2pChatError('ERR_NOT_PERMITTED', 'no')
        if (!Buffer.from(fileId).equals(this.prepared.manifest.fileId)) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file.')
        this.file.open = true
        return { prepared: this.prepared, file: this.file }
      }
    }, this.link(left, 'bob'), {
      onOpen: (prepared) => { this.seen.push(`open ${prepared.manifest.name}`) },
      onProgress: (chunks) => { this.seen.push(`progress ${chunks}`) },
      onPeerPaused: (paused) => { this.seen.push(`paused ${paused}`) }
    })
    this.served = this.serving.run(signal)
    this.served.catch(() => {})
    return this.link(right, 'alice')
  }

  async fetch (link: FileLink, fileId = this.prepared.manifest.fileId): Promise<Fetcher> {
    const landing = await openLanding({ lane: this.lane, disk: this.disk, device }, { id: 't1', manifest: this.prepared.manifest, folder })
    const fetcher = new Fetcher({ clock: this.clock, cipher: plainCipher, landing }, { onDropped: (name, error) => { this.seen.push(`dropped ${name}: ${error.code}`) } })
    fetcher.add(openPeerSource('alice', link, fileId))
    return fetcher
  }

  assertLanded (): void {
    assert.deepEqual(this.disk.paths, [`${folder}/cat.png`])
    assert.deepEqual(new Uint8Array(this.disk.contents(`${folder}/cat.png`)!), content)
  }
}

describe('files: a transfer between two devices', () => {
  let two: Two
  beforeEach(async () => { two = await new Two().prepare() })

  it('brings the file over, each chunk once, and both know when it is done', async () => {
    const fetcher = await two.fetch(two.connect())
    await two.clock.until(fetcher.run())
    two.assertLanded()
    assert.equal(await two.clock.until(two.served), 'done')
    assert.deepEqual(two.file.reads, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert.equal(two.file.open, false)
    assert.equal(two.seen[0], 'open cat.png')
    await two.clock.advance(10_000)
    assert.deepEqual([two.pair.ends.map(({ isOpen }) => isOpen), two.clock.pending], [[false, false], 0])
  })

  it('however the stream cuts it into pieces', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
      two = await new Two().prepare()
      let n = 0
      const cut = (bytes: Uint8Array): Uint8Array[] => {
        const parts: Uint8Array[] = []
        for (let at = 0; at < bytes.byteLength;) {
          const size = Math.max(500, sizes[n++ % sizes.length] ?? 1)
          parts.push(bytes.subarray(at, at + size))
          at += size
        }
        return parts
      }
      await two.clock.until((await two.fetch(two.connect({ cut }))).run())
      two.assertLanded()
    }), { numRuns: 10 })
  })

  it('sends no further than the other side reads', async () => {
    const link = two.connect({ capacityBytes: 1 })
    await link.send(encodeFrame({ type: 'open', fileId: two.prepared.manifest.fileId }))
    for (let n = 0; n < 20; n++) await link.send(encodeFrame({ type: 'want', first: 0, count: 11, verified: 0 }))
    await settle(100)
    // The frames that are looked at, the bounded queue of 1 MiB, and what the stages have read ahead.
    assert.ok(two.file.reads.length > 8 && two.file.reads.length < 50, `${two.file.reads.length} chunks were read`)
    for (let frames = 0; frames < 220; frames++) assert.ok(await link.next() !== undefined)
    assert.equal(two.file.reads.length, 220)
  })

  it('keeps no more frames than it looks at', async () => {
    const pair = streamPair()
    const sender = two.link(pair.ends[0], 'bob')
    const link = two.link(pair.ends[1], 'alice')
    let sent = 0
    void (async () => {
      for (let index = 0; index < 500; index++) {
        await sender.send(encodeFrame({ type: 'chunk', index, sealed: new Uint8Array(60_000) }))
        sent = index
      }
    })().catch(() => {})
    await settle(60)
    assert.ok(sent < 40, `${sent} frames were taken`)
    for (let index = 0; index < 500; index++) {
      const frame = await link.next()
      assert.deepEqual(frame === undefined ? undefined : (decodeFrame(frame) as { index: number }).index, index)
    }
  })

  it('goes on over another stream when one breaks, without what it has', async () => {
    let breakAt = 5
    two.file.onRead = (index) => { if (index === breakAt) { breakAt = -1; two.pair.reset(new Error('the network changed')) } }
    const first = await two.fetch(two.connect())
    await two.clock.until(rejectsCode(first.run(), 'ERR_UNREACHABLE'))
    await rejectsCode(two.clock.until(two.served), 'ERR_CLOSED')
    assert.equal(two.file.open, false)
    two.file.reads = []
    const link = two.connect()
    const second = await two.fetch(link)
    await two.clock.until(second.run())
    two.assertLanded()
    assert.equal(await two.clock.until(two.served), 'done')
  })

  it('pauses on the sender\'s word, for as long as it takes', async () => {
    const fetcher = await two.fetch(two.connect())
    two.serving.pause(true)
    const landed = fetcher.run()
    await two.clock.advance(3_600_000)
    assert.deepEqual(two.seen.filter((line) => line.startsWith('dropped')), [])
    assert.deepEqual(two.disk.paths, [`${folder}/${temporaryOf('t1')}`])
    two.serving.pause(false)
    await two.clock.until(landed)
    two.assertLanded()
  })

  it('pauses on the receiver\'s word, for as long as it takes', async () => {
    const fetcher = await two.fetch(two.connect())
    fetcher.pause(true)
    const landed = fetcher.run()
    await two.clock.advance(3_600_000)
    assert.ok(two.seen.includes('paused true'))
    assert.deepEqual(two.file.reads, [])
    fetcher.pause(false)
    await two.clock.until(landed)
    two.assertLanded()
  })

  it('that is stopped here or there ends on both sides', async () => {
    for (const where of ['sender', 'receiver']) {
      two = await new Two().prepare()
      const controller = new AbortController()
      two.file.onRead = (index) => { if (index === 3) controller.abort() }
      const fetcher = await two.fetch(two.connect({}, where === 'sender' ? controller.signal : undefined))
      const fetched = fetcher.run(where === 'receiver' ? controller.signal : undefined)
      await two.clock.until(rejectsCode(fetched, where === 'sender' ? 'ERR_UNREACHABLE' : 'ERR_ABORTED'))
      await two.clock.until(rejectsCode(two.served, where === 'sender' ? 'ERR_ABORTED' : 'ERR_CLOSED'))
      assert.equal(two.file.open, false)
      await two.clock.advance(10_000)
      assert.deepEqual(two.pair.ends.map(({ isOpen }) => isOpen), [false, false])
    }
  })

  it('that is declined is known to the sender', async () => {
    const source = openPeerSource('alice', two.connect(), two.prepared.manifest.fileId)
    source.end?.('declined')
    assert.equal(await two.clock.until(two.served), 'declined')
  })

  it('ends with "file changed" on both sides, and nothing of the change leaves', async () => {
    two.file.data = content.slice()
    two.file.data[chunkBytes * 7]! ^= 1
    const fetcher = await two.fetch(two.connect())
    const error = await two.clock.until(rejectsCode(fetcher.run(), 'ERR_UNREACHABLE'))
    assert.match(error.message, /file changed/)
    assert.match((await two.clock.until(rejectsCode(two.served, 'ERR_CONFLICT'))).message, /file changed/)
    assert.ok(two.seen.includes('dropped alice: ERR_CONFLICT'))
  })

  it('of a file that is gone, or not for this device, says so', async () => {
    const unknown = await two.fetch(two.connect(), new Uint8Array(16))
    assert.match((await two.clock.until(rejectsCode(unknown.run(), 'ERR_UNREACHABLE'))).message, /does not have the file/)
    await rejectsCode(two.served, 'ERR_NOT_FOUND')
    two.file.data = content.subarray(0, 5)
    const shorter = await two.fetch(two.connect())
    assert.match((await two.clock.until(rejectsCode(shorter.run(), 'ERR_UNREACHABLE'))).message, /file changed/)
  })

  it('is not waited for by a sender to whom nobody says which file, or what of it', async () => {
    two.connect()
    await two.clock.until(rejectsCode(two.served, 'ERR_TIMEOUT'))
    const link = two.connect()
    await link.send(encodeFrame({ type: 'open', fileId: two.prepared.manifest.fileId }))
    await two.clock.until(rejectsCode(two.served, 'ERR_TIMEOUT'))
    assert.equal(two.file.open, false)
  })

  it('is not waited for by a receiver whose sender says nothing', async () => {
    const pair = streamPair()
    const fetcher = await two.fetch(two.link(pair.ends[1], 'alice'))
    await two.clock.until(rejectsCode(fetcher.run(), 'ERR_UNREACHABLE'))
    assert.deepEqual(two.seen, ['dropped alice: ERR_TIMEOUT'])
  })

  it('comes over a way on which a chunk takes a minute, each chunk once', async () => {
    const cut = (bytes: Uint8Array): Uint8Array[] => Array.from({ length: Math.ceil(bytes.byteLength / 2_048) }, (_, n) => bytes.subarray(n * 2_048, (n + 1) * 2_048))
    let freeAtMs = 0
    const delayMs = (): number => {
      freeAtMs = Math.max(freeAtMs, two.clock.now()) + 2_000
      return freeAtMs - two.clock.now()
    }
    const fetcher = await two.fetch(two.connect({ clock: two.clock, delayMs, cut, capacityBytes: 16 * chunkBytes }))
    const landed = fetcher.run()
    await two.clock.advance(20 * 60_000)
    await landed
    two.assertLanded()
    assert.deepEqual(two.file.reads, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert.deepEqual(two.seen.filter((what) => what.startsWith('dropped')), [])
  })

  it('is not waited for without end when next to nothing of it comes', async () => {
    const trickling: FileLink = { remotePeer: 'alice', signs: 0, send: async () => {}, next: async () => await new Promise(() => {}), close: async () => {}, abort: () => {} }
    const link = new Proxy(trickling, { get: (of, key) => key === 'signs' ? Math.floor(two.clock.now() / 1_000) : Reflect.get(of, key) })
    const fetcher = await two.fetch(link)
    const over = rejectsCode(fetcher.run(), 'ERR_UNREACHABLE')
    await two.clock.advance(100_000)
    assert.deepEqual(two.seen, [])
    await two.clock.until(over)
    assert.deepEqual(two.seen, ['dropped alice: ERR_TIMEOUT'])
  })

  it('of a receiver that breaks the rules ends, and nobody else is disturbed', async () => {
    const open: FetchMessage = { type: 'open', fileId: two.prepared.manifest.fileId }
    const bad: Array<[Array<FetchMessage | Uint8Array>, 'ERR_INVALID_FRAME' | 'ERR_LIMIT']> = [
      [[{ type: 'want', first: 0, count: 1, verified: 0 }], 'ERR_INVALID_FRAME'],
      [[open, open], 'ERR_INVALID_FRAME'],
      [[open, { type: 'want', first: 11, count: 1, verified: 0 }], 'ERR_INVALID_FRAME'],
      [[open, Uint8Array.of(0, 0xff, 0xff)], 'ERR_INVALID_FRAME'],
      [[open, ...Array.from({ length: 60 }, (): FetchMessage => ({ type: 'want', first: 0, count: 11, verified: 0 }))], 'ERR_LIMIT']
    ]
    for (const [messages, code] of bad) {
      const link = two.connect()
      for (const message of messages) link.send(message instanceof Uint8Array ? message : encodeFrame(message)).catch(() => {})
      await two.clock.until(rejectsCode(two.served, code))
      assert.equal(two.pair.ends[0].isOpen, false)
    }
    await two.clock.until((await two.fetch(two.connect())).run())
    two.assertLanded()
  })
})
