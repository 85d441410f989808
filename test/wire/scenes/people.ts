/** Devices and accounts of a scene, from a seed. */
import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { x25519KeyPair, type X25519KeyPair } from '../../../src/crypto/x25519.js'
import type { SelfEnd } from '../../../src/crypto/x3dh.js'
import { consentingDevice, makeAccountRecord, type VerifiedAccountRecord } from '../../../src/records/index.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen } from './index.js'

/** 2026-01-01 */
export const NOW_MS = 1_767_225_600_000

export interface Person {
  username: string
  account: Ed25519KeyPair
  device: Ed25519KeyPair
  identity: X25519KeyPair
}

interface Secrets { username: string, accountSeed: Uint8Array, deviceSeed: Uint8Array, identityPrivate: Uint8Array }

/** @param bytes chance, 32 bytes a call */
export function newSecrets (username: string, bytes: (length: number) => Uint8Array): Secrets {
  return { username, accountSeed: bytes(32), deviceSeed: bytes(32), identityPrivate: bytes(32) }
}

export function personOf ({ username, accountSeed, deviceSeed, identityPrivate }: Secrets): Person {
  return { username, account: ed25519KeyPair(accountSeed), device: ed25519KeyPair(deviceSeed), identity: x25519KeyPair(identityPrivate) }
}

export function frozenPerson ({ username, account, device, identity }: Person): Frozen {
  return { username, accountSeed: meaningOf(account.seed), deviceSeed: meaningOf(device.seed), identityPrivate: meaningOf(identity.privateKey) }
}

export function readPerson (frozen: unknown): Person {
  const { username, accountSeed, deviceSeed, identityPrivate } = frozen as Frozen
  return personOf({ username: String(username), accountSeed: bytesOf(accountSeed), deviceSeed: bytesOf(deviceSeed), identityPrivate: bytesOf(identityPrivate) })
}

export function endOf ({ username, account, device, identity }: Person): SelfEnd {
  return { username, accountKey: account.publicKey, deviceKey: device.publicKey, identityKey: identity.publicKey, identityPrivateKey: identity.privateKey }
}

export function recordOf (person: Person, unlisted = false): VerifiedAccountRecord {
  const { username, account, device, identity } = person
  const consenting = consentingDevice({ seed: device.seed, deviceKey: device.publicKey, identityKey: identity.publicKey, addedAtMs: NOW_MS, label: `${username}'s laptop` }, { username, accountKey: account.publicKey })
  return makeAccountRecord(account, { username, version: 1, previousHash: new Uint8Array(0), devices: [consenting], createdAtMs: NOW_MS, unlisted })
}
