/**
 * The way of bytes through an established Noise connection, with as little fresh memory as can be: fresh memory for 64 KiB
 * costs more than to encrypt them. What is on the wire is the same.
 */
import { Uint8ArrayList } from 'uint8arraylist'
import { uninitialised } from '../../crypto/bytes.js'

/** The two length bytes before a message, and the longest message: libp2p's Noise specification. */
const lengthBytes = 2
const maxMessageBytes = 65_535
const tagBytes = 16
/** Smaller messages are given memory of their own, for they may be decrypted in place. */
const minViewedBytes = 4_096

/** Where what is to be sent is put together, one message after the other: what is made of it is memory of its own. */
const scratch = new Uint8Array(maxMessageBytes)

/**
 * Cuts what comes into messages. Nothing of what it was given is kept: it may be overwritten once decode() has been gone
 * through; and so may be a message once the next one is taken.
 */
export class NoiseDecoder {
  /** The first of the two length bytes, when the second is still to come. */
  #highByte: number | undefined
  /** A message that comes in several pieces. */
  #part: { message: Uint8Array, filled: number } | undefined

  * decode (data: Uint8Array | Uint8ArrayList): Generator<Uint8Array> {
    for (const piece of data instanceof Uint8Array ? [data] : data) {
      for (let at = 0; at < piece.byteLength;) {
        const { taken, message } = this.#part === undefined ? this.#begin(piece, at) : this.#goOn(this.#part, piece, at)
        at += taken
        if (message !== undefined) yield message
      }
    }
  }

  /** The length of a message, and the message itself if all of it is here. */
  #begin (piece: Uint8Array, at: number): Taken {
    if (this.#highByte === undefined && at + 1 === piece.byteLength) {
      this.#highByte = piece[at] ?? 0
      return { taken: 1 }
    }
    const start = this.#highByte === undefined ? at + lengthBytes : at + 1
    const length = (this.#highByte ?? piece[at] ?? 0) << 8 | (piece[start - 1] ?? 0)
    this.#highByte = undefined
    const end = start + length
    if (length === 0) return { taken: start - at }
    if (end > piece.byteLength) {
      this.#part = { message: uninitialised(length), filled: 0 }
      return { taken: start - at }
    }
    return { taken: end - at, message: length < minViewedBytes ? new Uint8Array(piece.subarray(start, end)) : piece.subarray(start, end) }
  }

  #goOn (part: { message: Uint8Array, filled: number }, piece: Uint8Array, at: number): Taken {
    const { message, filled } = part
    const more = piece.subarray(at, at + message.byteLength - filled)
    message.set(more, filled)
    part.filled += more.byteLength
    if (part.filled < message.byteLength) return { taken: more.byteLength }
    this.#part = undefined
    return { taken: more.byteLength, message }
  }
}

interface Taken { taken: number, message?: Uint8Array }

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

/**
 * libp2p does not say how its connections work inside: where one is not as expected, nothing is lost but speed.
 *
 * @returns whether nothing that the connection is given is kept from now on
 */
export function shortenPath (connection: object): boolean {
  if (!('decoder' in connection) || !('encrypt' in connection) || !('handshake' in connection)) return false
  const { handshake, decoder } = connection as { handshake: { encrypt?: Encrypt }, decoder: { buffer?: { byteLength?: number } } }
  const { encrypt } = handshake
  // Bytes that it holds already would be lost.
  if (typeof encrypt !== 'function' || decoder.buffer?.byteLength !== 0) return false
  Object.assign(connection, {
    decoder: new NoiseDecoder(),
    encrypt: (data: Uint8Array | Uint8ArrayList) => encryptMessages(encrypt, data)
  })
  return true
}
