/** Plays a conversation through two ratchets and writes down every step, in the shape of test/vectors/sessions/ratchet.json. */
import { hex, utf8, x25519Public } from './bytes.js'
import type { CountedBytes } from './drbg.js'
import { ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob } from './ratchet.js'
import type { RatchetMessage, RatchetState } from './ratchet.js'

export type Party = 'alice' | 'bob'

type RatchetStep =
  | { by: Party, op: 'encrypt', plaintext: string, salt: string, header: string, sealed: string, message: number }
  | { by: Party, op: 'decrypt', message: number, newRatchetPrivate?: string, plaintext: string }

export interface RatchetVector {
  comment: string
  rootKey: string
  ad: string
  aliceFirstRatchetPrivate: string
  responderSignedPrekeyPrivate: string
  steps: RatchetStep[]
}

/** `SPKb` is the private half of the signed prekey: Bob starts from it. */
export interface RatchetStart { rootKey: Uint8Array, ad: Uint8Array, SPKb: Uint8Array }

interface SentMessage extends RatchetMessage { plaintext: Buffer }

export class RatchetScript {
  private readonly bytes: CountedBytes
  private readonly ad: Uint8Array
  private readonly state: Record<Party, RatchetState>
  private readonly sent: SentMessage[] = []
  readonly vector: RatchetVector

  constructor (comment: string, bytes: CountedBytes, start: RatchetStart = { rootKey: bytes.take(32), ad: bytes.take(32), SPKb: bytes.take(32) }) {
    const DHs = bytes.take(32)
    this.bytes = bytes
    this.ad = start.ad
    this.state = {
      alice: ratchetInitAlice(start.rootKey, x25519Public(start.SPKb), DHs),
      bob: ratchetInitBob(start.rootKey, start.SPKb)
    }
    this.vector = {
      comment,
      rootKey: hex(start.rootKey),
      ad: hex(start.ad),
      aliceFirstRatchetPrivate: hex(DHs),
      responderSignedPrekeyPrivate: hex(start.SPKb),
      steps: []
    }
  }

  /** Encrypts at `by`. @returns the message's number, counted from 0 over both parties */
  send (by: Party, plaintext: Uint8Array | string): number {
    const plain = typeof plaintext === 'string' ? utf8(plaintext) : Buffer.from(plaintext)
    const salt = this.bytes.take(16)
    const made = ratchetEncrypt(this.state[by], this.ad, plain, salt)
    const message = this.sent.push({ ...made, plaintext: plain }) - 1
    this.vector.steps.push({
      by, op: 'encrypt', plaintext: hex(plain), salt: hex(salt), header: hex(made.header), sealed: hex(made.sealed), message
    })
    return message
  }

  /** Decrypts messages, in this order, at `by`. */
  read (by: Party, ...messages: number[]): void {
    for (const message of messages) {
      const sent = this.sent[message]
      if (sent === undefined) throw new Error(`there is no message ${message}`)
      let drawn: Buffer | undefined
      const plain = ratchetDecrypt(this.state[by], this.ad, sent, () => {
        drawn = this.bytes.take(32)
        return drawn
      })
      if (!plain.equals(sent.plaintext)) throw new Error(`message ${message} reads differently`)
      const turned = drawn === undefined ? {} : { newRatchetPrivate: hex(drawn) }
      this.vector.steps.push({ by, op: 'decrypt', message, ...turned, plaintext: hex(plain) })
    }
  }
}
