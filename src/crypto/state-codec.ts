/** Reading and writing of stored state: fixed-length keys and big-endian numbers, nothing optional, no room for doubt. */
import { concat } from 'uint8arrays/concat'
import { u32 } from './bytes.js'
import { P2pChatError } from '../errors.js'

/** Collects parts; not kept after `done`. */
export class StateWriter {
  readonly #parts: Uint8Array[] = []

  bytes (bytes: Uint8Array): this {
    this.#parts.push(bytes)
    return this
  }

  u8 (value: number): this {
    return this.bytes(Uint8Array.of(value))
  }

  u32 (value: number): this {
    return this.bytes(u32(value))
  }

  done (): Uint8Array {
    return concat(this.#parts)
  }
}

/** Reads what a {@link StateWriter} wrote; every copy is its own. Throws ERR_STORE_CORRUPT where bytes are missing. */
export class StateReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor (bytes: Uint8Array) {
    this.#bytes = bytes
  }

  bytes (length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.byteLength) throw corruptState('it ends too early')
    const out = new Uint8Array(this.#bytes.subarray(this.#at, end))
    this.#at = end
    return out
  }

  u8 (): number {
    return this.bytes(1)[0]!
  }

  u32 (): number {
    return new DataView(this.bytes(4).buffer).getUint32(0)
  }

  /** The version byte that stands first. */
  version (known: number): void {
    const version = this.u8()
    if (version > known) throw new P2pChatError('ERR_STORE_NEWER', 'A session was stored by a newer version of p2pchat; use that one.')
    if (version !== known) throw corruptState(`it has an unknown version, ${version}`)
  }

  /** A number of things, refused above `max` before any of them is read. */
  count (max: number): number {
    const value = this.u32()
    if (value > max) throw corruptState(`it counts ${value} where ${max} is the limit`)
    return value
  }

  /** The rest, for a reader of its own. */
  rest (): Uint8Array {
    return this.bytes(this.#bytes.byteLength - this.#at)
  }

  end (): void {
    if (this.#at !== this.#bytes.byteLength) throw corruptState('more follows after its end')
  }
}

export function corruptState (why: string): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', `The stored state of a session is damaged: ${why}.`)
}
