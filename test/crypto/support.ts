import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fromString } from 'uint8arrays/from-string'
import { isP2pChatError, type ErrorCode } from '../../src/errors.js'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import type { SelfEnd } from '../../src/crypto/x3dh.js'
import type { Random } from '../../src/runtime.js'

export function hex (text: string): Uint8Array {
  return fromString(text, 'base16')
}

export function toHex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function utf8 (text: string): Uint8Array {
  return fromString(text)
}

/** Asserts that `fn` throws a P2pChatError with this code. */
export function assertCode (fn: () => unknown, ...codes: ErrorCode[]): void {
  assert.throws(fn, (error) => {
    assert.ok(isP2pChatError(error, ...codes), `expected ${codes.join(' or ')}, got ${String(error)}`)
    return true
  })
}

/** Gives exactly these bytes, in this order, in these lengths. */
export class ScriptedRandom implements Random {
  readonly #script: Uint8Array[]

  constructor (...script: Uint8Array[]) {
    this.#script = script
  }

  bytes (length: number): Uint8Array {
    const next = this.#script.shift()
    assert.equal(next?.byteLength, length, 'randomness that the script does not have')
    return next!.slice()
  }

  /** Everything must have been drawn. */
  end (): void {
    assert.equal(this.#script.length, 0, 'randomness of the script was not drawn')
  }
}

/** The text of a file in test/vectors. Tests run from the root of the project, compiled or not. */
export function readVectors (path: string): string {
  return readFileSync(`test/vectors/${path}`, 'utf8')
}

/** Records of `NAME = value` lines; the first name begins each record. */
export function readRecords (path: string): Array<Record<string, string>> {
  const lines = readVectors(path).split('\n').map((line) => /^(\w+)\s*=\s*(.*)$/.exec(line)).filter((match) => match !== null)
  const records: Array<Record<string, string>> = []
  for (const [, name = '', value = ''] of lines) {
    if (name === lines[0]?.[1]) records.push({})
    records.at(-1)![name] = value.trim()
  }
  return records
}

/** A device with all of its keys, made from `random`. */
export function makeDevice (username: string, random: Random): SelfEnd {
  const identity = x25519KeyPair(random.bytes(32))
  return {
    username,
    accountKey: ed25519KeyPair(random.bytes(32)).publicKey,
    deviceKey: ed25519KeyPair(random.bytes(32)).publicKey,
    identityKey: identity.publicKey,
    identityPrivateKey: identity.privateKey
  }
}

/** `bytes` with one bit changed. */
export function flipBit (bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice()
  out[bit >> 3]! ^= 1 << (bit & 7)
  return out
}

/** 32 bytes, the lowest first, as the curves have them. */
export function fromNumber (number: bigint): Uint8Array {
  return hex(number.toString(16).padStart(64, '0')).reverse()
}

export function littleEndian (bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`)
}
