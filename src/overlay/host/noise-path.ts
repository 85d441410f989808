/**
 * The way of bytes through an established Noise connection, with as little fresh memory as can be: fresh memory for 64 KiB
 * costs more than to encrypt them. What is on the wire is the same.
 */
import { Uint8ArrayList } from 'uint8arraylist'

/** The two length bytes before a message, and the longest message: libp2p's Noise specification. */
const lengthBytes = 2
const maxMessageBytes = 65_535
const tagBytes = 16
/** Smaller messages that come in several pieces are put together in memory of their own, for they may be decrypted in place. */
const minScratchBytes = 4_096

/** Where pieces of a message are put together, one after the other: what is made of it is memory of its own. */
const scratch = new Uint8Array(maxMessageBytes)

/** Cuts what comes into messages. One must not be looked at any more when the next one is taken. */
export class NoiseDecoder {
  #pieces: Uint8Array[] = []
  /** From here on the first piece is not taken yet. */
  #at = 0
  #bytes = 0

  #byteAt (offset: number): number {
    let at = this.#at + offset
    for (const piece of this.#pieces) {
      if (at < piece.byteLength) return piece[at] ?? 0
      at -= piece.byteLength
    }
    return 0
  }

  * decode (data: Uint8Array | Uint8ArrayList): Generator<Uint8Array> {
    for (const piece of data instanceof Uint8Array ? [data] : data) {
      this.#pieces.push(piece)
      this.#bytes += piece.byteLength
    }
    while (this.#bytes >= lengthBytes) {
      const length = this.#byteAt(0) << 8 | this.#byteAt(1)
      if (this.#bytes < lengthBytes + length) return
      this.#skip(lengthBytes)
      const message = this.#take(length)
      if (length > 0) yield message
    }
  }

  #take (length: number): Uint8Array {
    const [first] = this.#pieces
    if (first !== undefined && first.byteLength - this.#at >= length) {
      const message = first.subarray(this.#at, this.#at + length)
      this.#skip(length)
      return message
    }
    const message = length < minScratchBytes ? new Uint8Array(length) : scratch.subarray(0, length)
    let filled = 0
    for (const [n, piece] of this.#pieces.entries()) {
      const start = n === 0 ? this.#at : 0
      const part = piece.subarray(start, start + length - filled)
      message.set(part, filled)
      filled += part.byteLength
      if (filled === length) break
    }
    this.#skip(length)
    return message
  }

  #skip (count: number): void {
    this.#bytes -= count
    this.#at += count
    for (let first = this.#pieces[0]; first !== undefined && this.#at >= first.byteLength; first = this.#pieces[0]) {
      this.#at -= first.byteLength
      this.#pieces.shift()
    }
  }
}

type Encrypt = (plaintext: Uint8ArrayList) => Uint8Array | Uint8ArrayList

/** What is to be sent as messages, each with its length before it, encrypted in one go. */
export function encryptMessages (encrypt: Encrypt, data: Uint8Array | Uint8ArrayList): Uint8ArrayList {
  const out = new Uint8ArrayList()
  const most = maxMessageBytes - tagBytes
  let filled = 0
  const leave = (plaintext: Uint8Array): void => {
    // As a list: of one array the ciphertext would be copied once more, to have its tag behind it.
    const message = encrypt(new Uint8ArrayList(plaintext))
    out.append(Uint8Array.of(message.byteLength >> 8, message.byteLength & 0xff))
    out.append(message)
  }
  for (const piece of data instanceof Uint8Array ? [data] : data) {
    for (let at = 0; at < piece.byteLength;) {
      const part = piece.subarray(at, at + most - filled)
      at += part.byteLength
      if (part.byteLength === most) {
        leave(part)
        continue
      }
      scratch.set(part, filled)
      filled += part.byteLength
      if (filled < most) continue
      leave(scratch.subarray(0, filled))
      filled = 0
    }
  }
  if (filled > 0) leave(scratch.subarray(0, filled))
  return out
}

/** libp2p does not say how its connections work inside: where one is not as expected, nothing is lost but speed. */
export function shortenPath (connection: object): void {
  if (!('decoder' in connection) || !('encrypt' in connection) || !('handshake' in connection)) return
  const { handshake, decoder } = connection as { handshake: { encrypt?: Encrypt }, decoder: { buffer?: { byteLength?: number } } }
  const { encrypt } = handshake
  // Bytes that it holds already would be lost.
  if (typeof encrypt !== 'function' || decoder.buffer?.byteLength !== 0) return
  Object.assign(connection, {
    decoder: new NoiseDecoder(),
    encrypt: (data: Uint8Array | Uint8ArrayList) => encryptMessages(encrypt, data)
  })
}
