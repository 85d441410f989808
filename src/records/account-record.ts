/** The account record: who an account's devices are, said by the account key (DESIGN §3). */
import { constantTimeEqual, lpAll } from '../crypto/bytes.js'
import { assertRecord, recordHash, signRecord } from '../crypto/signed-record.js'
import { P2pChatError } from '../errors.js'
import { assertKnownWhole, decode, encode } from '../protocol/codec.js'
import { maxAccountRecordBytes, maxDevices, maxLabelBytes } from '../protocol/limits.js'
import { isUsername } from '../protocol/names.js'
import { AccountRecord, SignedRecord } from '../protocol/pb/account.js'
import { assertKey, invalidRecord, parseSelfSigned, safeNumber, sealRecord } from './signed.js'

export interface CertifiedDevice {
  /** Ed25519, 32 bytes */
  deviceKey: Uint8Array
  /** X25519, 32 bytes */
  identityKey: Uint8Array
  addedAtMs: number
  label: string
  /** The device's own signature, 64 bytes: it belongs to this account, with this identity key. */
  consent: Uint8Array
}

/** What a device that joins an account has. */
export interface NewDevice {
  /** Ed25519 */
  seed: Uint8Array
  deviceKey: Uint8Array
  identityKey: Uint8Array
  addedAtMs: number
  label: string
}

/**
 * A device for an account record, with its consent. Without it anybody could list somebody else's device, and so get
 * into the way of what is sent to it.
 */
export function consentingDevice (device: NewDevice, account: { username: string, accountKey: Uint8Array }): CertifiedDevice {
  const { seed, deviceKey, identityKey, addedAtMs, label } = device
  const { signature } = signRecord('p2pchat/1 device', seed, consentPayload(account, identityKey))
  return { deviceKey, identityKey, addedAtMs, label, consent: signature }
}

/** A record whose signature by the key that it names was verified. Whether that key is the right one is the caller's to know. */
export interface VerifiedAccountRecord {
  username: string
  accountKey: Uint8Array
  version: number
  previousHash: Uint8Array
  devices: CertifiedDevice[]
  createdAtMs: number
  unlisted: boolean
  /** SHA-256 of the payload */
  hash: Uint8Array
  /** the SignedRecord as it came */
  signed: Uint8Array
}

export interface AccountRecordFields {
  username: string
  version: number
  previousHash: Uint8Array
  devices: CertifiedDevice[]
  createdAtMs: number
  unlisted: boolean
}

/** @param account the account key */
export function makeAccountRecord (account: { seed: Uint8Array, publicKey: Uint8Array }, fields: AccountRecordFields): VerifiedAccountRecord {
  const payload = encode(AccountRecord, {
    username: fields.username,
    accountKey: account.publicKey,
    version: BigInt(fields.version),
    previousHash: fields.previousHash,
    devices: fields.devices.map((device) => ({ ...device, addedAtMs: BigInt(device.addedAtMs) })),
    createdAtMs: BigInt(fields.createdAtMs),
    unlisted: fields.unlisted
  })
  return verifyAccountRecord(sealRecord('p2pchat/1 account-record', account.seed, payload))
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function verifyAccountRecord (signed: Uint8Array): VerifiedAccountRecord {
  return readAccountRecord(signed, true)
}

/** A record from one's own store, where only verified ones are put: its signature is not checked again. */
export function readStoredAccountRecord (signed: Uint8Array): VerifiedAccountRecord {
  return readAccountRecord(signed, false)
}

function readAccountRecord (signed: Uint8Array, checkSignature: boolean): VerifiedAccountRecord {
  const { payload, assertSignedBy } = parseSelfSigned('p2pchat/1 account-record', signed, maxAccountRecordBytes)
  const record = decode(AccountRecord, payload, maxAccountRecordBytes, 'An account record')
  const what = 'An account record'
  if (!isUsername(record.username) || record.version < 1n) throw invalidRecord(what)
  if (record.previousHash.byteLength !== (record.version === 1n ? 0 : 32)) throw invalidRecord(what)
  if (record.devices.length < 1 || record.devices.length > maxDevices) throw invalidRecord(what)
  const devices = record.devices.map((device) => {
    if (new TextEncoder().encode(device.label).byteLength > maxLabelBytes) throw invalidRecord(what)
    return {
      deviceKey: assertKey(device.deviceKey, what),
      identityKey: assertKey(device.identityKey, what),
      addedAtMs: safeNumber(device.addedAtMs, what),
      label: device.label,
      consent: device.consent
    }
  })
  const keys = devices.flatMap((device) => [String(device.deviceKey), String(device.identityKey)])
  if (new Set(keys).size !== keys.length) throw invalidRecord(what)
  assertKey(record.accountKey, what)
  if (checkSignature) {
    assertSignedBy(record.accountKey)
    for (const { deviceKey, identityKey, consent } of devices) {
      assertRecord('p2pchat/1 device', deviceKey, { payload: consentPayload(record, identityKey), signature: consent })
    }
  }
  return {
    username: record.username,
    accountKey: record.accountKey,
    version: safeNumber(record.version, what),
    previousHash: record.previousHash,
    devices,
    createdAtMs: safeNumber(record.createdAtMs, what),
    unlisted: record.unlisted,
    hash: recordHash(payload),
    signed
  }
}

/**
 * Whether `next` may follow `previous` directly: same name and key, one version more, linked by hash.
 *
 * @throws ERR_INVALID_RECORD
 */
export function assertSuccessor (previous: VerifiedAccountRecord, next: VerifiedAccountRecord): void {
  if (next.username !== previous.username || !constantTimeEqual(next.accountKey, previous.accountKey) ||
    next.version !== previous.version + 1 || !constantTimeEqual(next.previousHash, previous.hash)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'This account record does not follow the one before it and was refused.')
  }
}

/** @throws ERR_UNSUPPORTED when a later version wrote it, with what a successor of this version's would lack */
export function assertRecordKnown ({ signed }: VerifiedAccountRecord): void {
  assertKnownWhole(AccountRecord, SignedRecord.decode(signed).payload, 'this account\'s record')
}

/** The device with this key, if the record lists it. */
export function findDevice (record: VerifiedAccountRecord, deviceKey: Uint8Array): CertifiedDevice | undefined {
  return record.devices.find((device) => constantTimeEqual(device.deviceKey, deviceKey))
}

function consentPayload ({ username, accountKey }: { username: string, accountKey: Uint8Array }, identityKey: Uint8Array): Uint8Array {
  return lpAll(username, accountKey, identityKey)
}
