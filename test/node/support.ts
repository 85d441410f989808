import assert from 'node:assert/strict'
import { ed25519KeyPair, type Ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import type { SelfEnd } from '../../src/crypto/x3dh.js'
import { isP2pChatError, type ErrorCode } from '../../src/errors.js'
import type { HomeDevice } from '../../src/node/home/account-state.js'
import { toHex } from '../../src/node/home/hex.js'
import { Lane } from '../../src/node/home/lane.js'
import { consentingDevice, makeAccountRecord, type CertifiedDevice, type VerifiedAccountRecord } from '../../src/records/index.js'
import type { Random } from '../../src/runtime.js'
import { createMemoryStore } from '../../src/store/index.js'
import { SeededRandom } from '../helpers/seeded-random.js'

/** Asserts that `fn` throws a P2pChatError with this code, and gives it. */
export function throwsCode (fn: () => unknown, ...codes: ErrorCode[]): Error {
  try {
    fn()
  } catch (error) {
    assert.ok(isP2pChatError(error, ...codes), `expected ${codes.join(' or ')}, got ${String(error)}`)
    return error
  }
  assert.fail(`expected ${codes.join(' or ')}, nothing was thrown`)
}

/** Asserts that `promise` rejects with a P2pChatError with this code, and gives it. */
export async function rejectsCode (promise: Promise<unknown>, ...codes: ErrorCode[]): Promise<Error> {
  const outcome = await promise.then(() => undefined, (error: unknown) => ({ error }))
  assert.ok(outcome !== undefined, `expected ${codes.join(' or ')}, nothing was thrown`)
  assert.ok(isP2pChatError(outcome.error, ...codes), `expected ${codes.join(' or ')}, got ${String(outcome.error)}`)
  return outcome.error
}

/** Asserts that `fn` gives a value, or throws nothing but a P2pChatError. */
export function onlyOurErrors (fn: () => unknown): void {
  try {
    fn()
  } catch (error) {
    assert.ok(isP2pChatError(error), `not one of our errors: ${String(error)}`)
  }
}

export function utf8 (text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function flipBit (bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice()
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}

export interface TestDevice extends HomeDevice { hex: string }

export function makeDevice (random: Random): TestDevice {
  const signing = ed25519KeyPair(random.bytes(32))
  const identity = x25519KeyPair(random.bytes(32))
  return { seed: signing.seed, deviceKey: signing.publicKey, identityPrivate: identity.privateKey, identityKey: identity.publicKey, hex: toHex(signing.publicKey) }
}

export interface TestAccount {
  username: string
  key: Ed25519KeyPair
  devices: TestDevice[]
  record: VerifiedAccountRecord
}

/** An account with its keys, its devices and the first version of its record. */
export function makeAccount (username: string, random: Random, deviceCount = 1): TestAccount {
  const key = ed25519KeyPair(random.bytes(32))
  const devices = Array.from({ length: deviceCount }, () => makeDevice(random))
  const record = makeAccountRecord(key, { username, version: 1, previousHash: new Uint8Array(0), devices: devices.map((device, i) => certified(username, key, device, i)), createdAtMs: 1, unlisted: false })
  return { username, key, devices, record }
}

/** The record after `record`, with these devices. */
export function nextRecord (account: TestAccount, devices: TestDevice[], addedAtMs = 0): VerifiedAccountRecord {
  const before = account.record
  const kept = (device: TestDevice): number => before.devices.find((one) => toHex(one.deviceKey) === device.hex)?.addedAtMs ?? addedAtMs
  return makeAccountRecord(account.key, {
    username: account.username,
    version: before.version + 1,
    previousHash: before.hash,
    devices: devices.map((device) => certified(account.username, account.key, device, kept(device))),
    createdAtMs: before.createdAtMs,
    unlisted: false
  })
}

export function selfEnd (account: TestAccount, device: TestDevice): SelfEnd {
  return { username: account.username, accountKey: account.key.publicKey, deviceKey: device.deviceKey, identityKey: device.identityKey, identityPrivateKey: device.identityPrivate }
}

export function makeLane (): Lane {
  return new Lane(createMemoryStore())
}

export function seeded (name: string): SeededRandom {
  return new SeededRandom(name)
}

function certified (username: string, key: Ed25519KeyPair, device: TestDevice, addedAtMs: number): CertifiedDevice {
  return consentingDevice({ ...device, addedAtMs, label: 'a device' }, { username, accountKey: key.publicKey })
}
