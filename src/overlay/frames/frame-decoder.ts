import { P2pChatError } from '../../errors.js'
import { firstBufferBytes, lengthBytes, maxSpareFrames, uncopiedBytes } from './limits.js'

/**
 * Cuts a stream of bytes, in pieces of any size, into frames: u32 big-endian length, then that many bytes (at least
 * one). Each frame has memory of its own, so that keeping a part of it keeps nothing else.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #header = new Uint8Array(lengthBytes)
  #headerFilled = 0
  #length = 0
  #body: Uint8Array = new Uint8Array(0)
  #bodyFilled = 0
  /** Memory of frames that nobody needs any more, all of one length. */
  #spare: Uint8Array[] = []

  constructor (maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /**
   * Takes bytes from `at` on, up to the end of the first frame that they complete: how many, and that frame.
   *
   * @throws ERR_INVALID_FRAME as soon as a length of 0 or above the limit is declared
   */
  take (bytes: Uint8Array, at: number): { taken: number, frame?: Uint8Array } {
    let next = at
    while (next < bytes.byteLength) {
      if (this.#headerFilled < lengthBytes) {
        next += this.#fillHeader(bytes, next)
        continue
      }
      next += this.#fillBody(bytes, next)
      if (this.#bodyFilled === this.#length) return { taken: next - at, frame: this.#finish() }
    }
    return { taken: next - at }
  }

  /** Gives back the memory of a large frame: the next one of the same length is gathered in it. Nobody may look at it any more. */
  recycle (frame: Uint8Array): void {
    if (frame.byteLength < uncopiedBytes || this.#spare.length === maxSpareFrames) return
    if (this.#spare[0]?.byteLength !== frame.byteLength) this.#spare = []
    this.#spare.push(frame)
  }

  /** Whether the bytes so far end between two frames. */
  get atBoundary (): boolean {
    return this.#headerFilled === 0
  }

  #finish (): Uint8Array {
    const frame = this.#body
    this.#headerFilled = 0
    this.#body = new Uint8Array(0)
    return frame
  }

  #fillHeader (bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + lengthBytes - this.#headerFilled)
    this.#header.set(part, this.#headerFilled)
    this.#headerFilled += part.byteLength
    if (this.#headerFilled === lengthBytes) {
      this.#length = new DataView(this.#header.buffer).getUint32(0)
      if (this.#length === 0 || this.#length > this.#maxFrameBytes) {
        throw new P2pChatError('ERR_INVALID_FRAME', `A frame of ${this.#length} bytes was declared; 1 to ${this.#maxFrameBytes} are allowed.`)
      }
      this.#bodyFilled = 0
    }
    return part.byteLength
  }

  #fillBody (bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + this.#length - this.#bodyFilled)
    const filled = this.#bodyFilled + part.byteLength
    if (filled > this.#body.byteLength) this.#grow(filled)
    this.#body.set(part, this.#bodyFilled)
    this.#bodyFilled = filled
    return part.byteLength
  }

  #grow (filled: number): void {
    const size = filled === this.#length ? filled : Math.min(this.#length, Math.max(firstBufferBytes, filled * 2))
    const spare = this.#spare[0]?.byteLength === this.#length ? this.#spare.pop() : undefined
    const body = spare ?? new Uint8Array(size)
    body.set(this.#body.subarray(0, this.#bodyFilled))
    this.#body = body
  }
}

/** A frame with its length before it. */
export function encodeFrames (frames: readonly Uint8Array[]): Uint8Array {
  const total = frames.reduce((sum, frame) => sum + lengthBytes + frame.byteLength, 0)
  const out = new Uint8Array(total)
  const view = new DataView(out.buffer)
  let at = 0
  for (const frame of frames) {
    view.setUint32(at, frame.byteLength)
    out.set(frame, at + lengthBytes)
    at += lengthBytes + frame.byteLength
  }
  return out
}

/** The bytes of {@link encodeFrames} in pieces: small frames are put together, large ones stay where they are. */
export function framePieces (frames: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let small: Uint8Array[] = []
  for (const frame of frames) {
    if (frame.byteLength < uncopiedBytes) {
      small.push(frame)
      continue
    }
    // The length goes to the end of what is before it.
    const before = encodeFrames(small)
    const piece = new Uint8Array(before.byteLength + lengthBytes)
    piece.set(before)
    new DataView(piece.buffer).setUint32(before.byteLength, frame.byteLength)
    pieces.push(piece, frame)
    small = []
  }
  return small.length === 0 ? pieces : [...pieces, encodeFrames(small)]
}
