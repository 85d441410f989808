import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { encodeFrames } from '../../../src/overlay/frames/frame-decoder.js'
import { FrameStream, type ByteStream } from '../../../src/overlay/frames/index.js'
import { maxBatchBytes, maxQueuedBytes, stallTimeoutMs } from '../../../src/overlay/frames/limits.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { byteByByte, streamPair, type MemoryStream, type Wire } from '../../helpers/stream-pair.js'

const MAX = 1024 * 1024
const clock = new FakeClock()

interface End {
  stream: MemoryStream
  frames: FrameStream
  got: Uint8Array[]
  ended: Array<P2pChatError | undefined>
}

function makeEnd (stream: MemoryStream, onFrame?: (end: End) => void): End {
  const end: End = { stream, got: [], ended: [], frames: undefined as unknown as FrameStream }
  end.frames = new FrameStream({
    stream, clock, maxFrameBytes: MAX, onFrame: (frame) => { end.got.push(frame); onFrame?.(end) }, onEnd: (error) => { end.ended.push(error) }
  })
  return end
}

function makeEnds (wire?: Wire): [End, End] {
  const { ends } = streamPair(wire)
  return [makeEnd(ends[0]), makeEnd(ends[1])]
}

/** Counts writes. */
function counting (stream: ByteStream): { writes: number[] } {
  const writes: number[] = []
  const send = stream.send.bind(stream)
  stream.send = (bytes) => { writes.push(bytes.byteLength); return send(bytes) }
  return { writes }
}

describe('frame stream', () => {
  it('carries frames both ways, byte by byte too', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), fc.boolean(), async (given, pieces) => {
      const [left, right] = makeEnds(pieces ? { cut: byteByByte } : {})
      for (const frame of given) await Promise.all([left.frames.send(frame), right.frames.send(frame)])
      await settle()
      assert.deepEqual([left.got, right.got], [given, given])
      await left.frames.close()
      await settle()
      assert.deepEqual([right.ended, left.ended], [[undefined], []])
      await right.frames.close()
    }), { numRuns: 50 })
  })

  it('writes all frames of one turn at once', async () => {
    const [left, right] = makeEnds()
    const { writes } = counting(left.stream)
    for (let index = 0; index < 100; index++) await left.frames.send(new Uint8Array(10))
    await settle()
    assert.deepEqual(writes, [1400])
    await left.frames.send(new Uint8Array(10))
    await settle()
    assert.deepEqual(writes, [1400, 14])
    assert.equal(right.got.length, 101)
  })

  it('refuses a frame that is too large without sending anything', async () => {
    const [left, right] = makeEnds()
    await assert.rejects(left.frames.send(new Uint8Array(MAX + 1)), (error) => isP2pChatError(error, 'ERR_LIMIT'))
    await left.frames.send(new Uint8Array(MAX))
    await settle()
    assert.equal(right.got.length, 1)
  })

  it('lets the sender wait for a slow reader, and keeps memory bounded', async () => {
    const [left, right] = makeEnds({ capacityBytes: 100_000 })
    right.frames.pause()
    let accepted = 0
    const sending = (async () => {
      for (let index = 0; index < 300; index++) {
        await left.frames.send(new Uint8Array(10_000))
        accepted++
      }
    })()
    await settle(20)
    assert.ok(accepted < 140, `${accepted} frames were taken`)
    assert.ok(right.stream.unreadBytes < 100_000 + maxBatchBytes + 10_000)
    assert.ok(accepted * 10_000 < maxQueuedBytes + 300_000)
    right.frames.resume()
    await settle(400)
    await sending
    await settle()
    assert.equal(right.got.length, 300)
  })

  it('stops in the middle of what has arrived when it is paused', async () => {
    const { ends } = streamPair()
    const left = makeEnd(ends[0])
    const right = makeEnd(ends[1], (end) => { if (end.got.length % 10 === 0) end.frames.pause() })
    for (let index = 0; index < 35; index++) await left.frames.send(Uint8Array.of(index))
    await left.frames.close()
    for (const count of [10, 20, 30, 35]) {
      await settle()
      assert.equal(right.got.length, count)
      assert.deepEqual(right.ended, count === 35 ? [undefined] : [])
      right.frames.resume()
    }
    assert.deepEqual(right.got.map((frame) => frame[0]), Array.from({ length: 35 }, (_, index) => index))
  })

  it('aborts on a frame that is cut off, empty or too large', async () => {
    for (const bytes of [[0, 0, 0, 5, 1, 2], [0, 0], [0, 0, 0, 0], [0, 16, 0, 1], [0xff, 0xff, 0xff, 0xff]]) {
      const { ends: [left, stream] } = streamPair()
      const right = makeEnd(stream)
      left.read({ onBytes: () => {}, onEnd: () => {} })
      left.send(Uint8Array.from(bytes))
      await left.close()
      await settle()
      assert.equal(right.ended.length, 1)
      assert.equal(right.ended[0]?.code, 'ERR_INVALID_FRAME')
      assert.deepEqual(right.got, [])
      assert.equal(left.isOpen, false)
      await assert.rejects(right.frames.send(Uint8Array.of(1)), (error) => isP2pChatError(error, 'ERR_CLOSED'))
    }
  })

  it('tells everyone who waits when the stream breaks', async () => {
    const [left, right] = makeEnds({ capacityBytes: 1000 })
    right.frames.pause()
    const sends = Array.from({ length: 40 }, async () => { await left.frames.send(new Uint8Array(100_000)) })
    const outcomes = Promise.allSettled(sends)
    await settle()
    right.stream.abort(new Error('gone'))
    await settle()
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected')
    assert.ok(refused.length > 20)
    assert.ok(refused.every(({ reason }) => isP2pChatError(reason, 'ERR_CLOSED')))
    assert.equal(left.ended.length, 1)
    assert.equal(left.ended[0]?.code, 'ERR_CLOSED')
  })

  it('gives up a reader that takes nothing', async () => {
    const [left, right] = makeEnds({ capacityBytes: 10 })
    right.frames.pause()
    await left.frames.send(new Uint8Array(1000))
    await clock.advance(stallTimeoutMs - 1)
    assert.equal(left.ended.length, 0)
    await clock.advance(1)
    assert.equal(left.ended[0]?.code, 'ERR_TIMEOUT')
    await right.frames.close()
    await clock.advance(10_000)
  })

  it('sends what is queued before it says goodbye, and does not wait for ever for the other goodbye', async () => {
    const [left, right] = makeEnds()
    await left.frames.send(Uint8Array.of(1))
    await left.frames.close()
    await settle()
    assert.deepEqual(right.got, [Uint8Array.of(1)])
    assert.equal(left.stream.isOpen, true)
    await clock.advance(10_000)
    assert.equal(left.stream.isOpen, false)
    assert.equal(clock.pending, 0)
  })

  it('may be closed and aborted in any order, and refuses to send afterwards', async () => {
    const end: Array<(end: End) => unknown> = [async ({ frames }) => { await frames.close() }, ({ frames }) => { frames.abort(new P2pChatError('ERR_ABORTED', 'Enough.')) }]
    for (const first of end) {
      for (const second of end) {
        const [left, right] = makeEnds()
        await first(left)
        await second(left)
        await assert.rejects(left.frames.send(Uint8Array.of(1)), (error) => isP2pChatError(error, 'ERR_CLOSED'))
        left.frames.pause()
        left.frames.resume()
        assert.deepEqual(left.ended, [], 'who ends it is not told')
        await settle()
        assert.equal(right.ended.length, 1)
        await right.frames.close()
        await clock.advance(10_000)
        assert.equal(clock.pending, 0)
      }
    }
  })

  it('survives any garbage with one clear error', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const { ends: [left, stream] } = streamPair()
      const right = makeEnd(stream)
      left.read({ onBytes: () => {}, onEnd: () => {} })
      left.send(bytes)
      await left.close()
      await settle()
      assert.equal(right.ended.length, 1)
      const whole = right.ended[0] === undefined
      if (whole) assert.deepEqual(encodeFrames(right.got), bytes)
      else assert.equal(right.ended[0]?.code, 'ERR_INVALID_FRAME')
    }))
  })
})
