import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../../src/errors.js'
import { encodeFrames, FrameDecoder, framePieces } from '../../../src/overlay/frames/frame-decoder.js'
import { uncopiedBytes } from '../../../src/overlay/frames/limits.js'

const MAX = 5000

function decodeAll (decoder: FrameDecoder, bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const { taken, frame } = decoder.take(bytes, at)
    assert.ok(taken > 0)
    at += taken
    if (frame !== undefined) frames.push(frame)
  }
  return frames
}

const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 600 }), { maxLength: 20 })

describe('frame decoder', () => {
  it('has the same bytes in pieces, where large frames are not copied', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: uncopiedBytes - 1, max: uncopiedBytes + 1 })), { maxLength: 8 })
    fc.assert(fc.property(sizes, (lengths) => {
      const given = lengths.map((length, n) => new Uint8Array(length).fill(n + 1))
      const pieces = framePieces(given)
      assert.ok(Buffer.concat(pieces).equals(encodeFrames(given)))
      for (const frame of given) assert.equal(pieces.includes(frame), frame.byteLength >= uncopiedBytes)
    }))
  })

  it('gathers large frames in memory that was given back, and only those of the same length', () => {
    const decoder = new FrameDecoder(10 * uncopiedBytes)
    const decode = (length: number, fill: number): Uint8Array => {
      const [frame] = decodeAll(decoder, encodeFrames([new Uint8Array(length).fill(fill)]))
      assert.ok(frame !== undefined && frame.every((byte) => byte === fill))
      assert.equal(frame.byteLength, length)
      return frame
    }
    const large = decode(uncopiedBytes, 1)
    const other = decode(uncopiedBytes, 2)
    assert.notEqual(other.buffer, large.buffer)
    decoder.recycle(large)
    assert.notEqual(decode(uncopiedBytes + 1, 3).buffer, large.buffer)
    assert.equal(decode(uncopiedBytes, 4).buffer, large.buffer)
    assert.notEqual(decode(uncopiedBytes, 5).buffer, large.buffer)
    const small = decode(10, 6)
    decoder.recycle(small)
    assert.notEqual(decode(10, 7).buffer, small.buffer)
  })

  it('gives back what was framed, however the bytes are cut', () => {
    fc.assert(fc.property(frames, fc.array(fc.nat(64), { minLength: 1 }), (given, cuts) => {
      const bytes = encodeFrames(given)
      const decoder = new FrameDecoder(MAX)
      const out: Uint8Array[] = []
      for (let at = 0, piece = 0; at < bytes.byteLength; piece++) {
        const end = at + 1 + (cuts[piece % cuts.length] ?? 0)
        out.push(...decodeAll(decoder, bytes.subarray(at, end)))
        at = end
      }
      assert.deepEqual(out, given)
      assert.equal(decoder.atBoundary, true)
    }))
  })

  it('knows the middle of a frame from the space between two', () => {
    const bytes = encodeFrames([new Uint8Array(10), new Uint8Array(3)])
    for (let end = 0; end <= bytes.byteLength; end++) {
      const decoder = new FrameDecoder(MAX)
      decodeAll(decoder, bytes.subarray(0, end))
      assert.equal(decoder.atBoundary, [0, 14, 21].includes(end), `after ${end} bytes`)
    }
  })

  it('refuses a length of nothing or too much as soon as it is declared', () => {
    for (const declared of [[0, 0, 0, 0], [0, 0, 0x13, 0x89], [0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0]]) {
      const decoder = new FrameDecoder(MAX)
      decodeAll(decoder, Uint8Array.from(declared.slice(0, 3)))
      assert.throws(() => decoder.take(Uint8Array.from(declared), 3), (error) => isP2pChatError(error, 'ERR_INVALID_FRAME'))
    }
    assert.equal(decodeAll(new FrameDecoder(MAX), encodeFrames([new Uint8Array(MAX)])).length, 1)
  })

  it('takes memory for what has arrived, not for what was declared', () => {
    const header = Uint8Array.from([0x10, 0, 0, 0])
    const before = process.memoryUsage().arrayBuffers
    const decoders = Array.from({ length: 50 }, () => {
      const decoder = new FrameDecoder(0x1000_0000)
      decodeAll(decoder, header)
      decodeAll(decoder, new Uint8Array(10))
      return decoder
    })
    assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 16_384)
    assert.equal(decoders.length, 50)
  })

  it('gives every frame memory of its own', () => {
    const bytes = encodeFrames([Uint8Array.of(1), Uint8Array.of(2)])
    const [first, second] = decodeAll(new FrameDecoder(MAX), bytes)
    bytes.fill(9)
    assert.deepEqual([first, second], [Uint8Array.of(1), Uint8Array.of(2)])
    assert.equal(first?.buffer.byteLength, 1)
  })
})
