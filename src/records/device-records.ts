/** What a device signs for itself: its locator, its signed prekey, and what it took from its mailbox. */
import { constantTimeEqual } from '../crypto/bytes.js'
import { decode, encode } from '../protocol/codec.js'
import { locatorTtlMs, maxAddresses } from '../protocol/limits.js'
import { Locator, SignedPrekey } from '../protocol/pb/account.js'
import { MailboxAcknowledgement } from '../protocol/pb/service.js'
import { assertKey, invalidRecord, openRecord, safeNumber, sealRecord } from './signed.js'

// Sixteen multiaddrs of 256 bytes and the rest of the record.
const maxLocatorBytes = 4_608
const maxAddressChars = 256
// A hundred bytes today; a key of a KEM (ML-KEM-1024: 1,568 bytes) would find room.
const maxSignedPrekeyBytes = 2_048
// Ids of 16 bytes with their headers.
export const maxAcknowledgedEntries = 1_000
const maxAcknowledgementBytes = 20_000
// How far a device's clock may be ahead before its locator is refused.
const maxClockSkewMs = 60 * 60 * 1000

export interface VerifiedLocator {
  deviceKey: Uint8Array
  issuedAtMs: number
  expiresAtMs: number
  addresses: string[]
}

export function makeLocator (device: { seed: Uint8Array, publicKey: Uint8Array }, addresses: string[], nowMs: number): Uint8Array {
  return sealRecord('p2pchat/1 locator', device.seed, encode(Locator, {
    deviceKey: device.publicKey,
    issuedAtMs: BigInt(nowMs),
    expiresAtMs: BigInt(nowMs + locatorTtlMs),
    addresses: addresses.filter((address) => address.length <= maxAddressChars).slice(0, maxAddresses)
  }))
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD (also when expired), ERR_INVALID_SIGNATURE */
export function verifyLocator (signed: Uint8Array, deviceKey: Uint8Array, nowMs: number): VerifiedLocator {
  const locator = openLocator(signed, deviceKey)
  if (!isLocatorCurrent(locator, nowMs)) throw invalidRecord('A locator')
  return locator
}

/** As verifyLocator, whatever its times. @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function openLocator (signed: Uint8Array, deviceKey: Uint8Array): VerifiedLocator {
  const what = 'A locator'
  const locator = decode(Locator, openRecord('p2pchat/1 locator', deviceKey, signed, maxLocatorBytes), maxLocatorBytes, what)
  const issuedAtMs = safeNumber(locator.issuedAtMs, what)
  const expiresAtMs = safeNumber(locator.expiresAtMs, what)
  if (!constantTimeEqual(locator.deviceKey, deviceKey)) throw invalidRecord(what)
  assertAddresses(locator.addresses, what)
  return { deviceKey: locator.deviceKey, issuedAtMs, expiresAtMs, addresses: locator.addresses }
}

/** @throws ERR_INVALID_RECORD more of them, or longer ones, than a device has */
export function assertAddresses (addresses: readonly string[], what: string): void {
  if (addresses.length > maxAddresses || addresses.some((address) => address.length > maxAddressChars)) throw invalidRecord(what)
}

/** Whether it holds now, by one's own clock. */
export function isLocatorCurrent ({ issuedAtMs, expiresAtMs }: Pick<VerifiedLocator, 'issuedAtMs' | 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs > nowMs && expiresAtMs - issuedAtMs <= locatorTtlMs && issuedAtMs <= nowMs + maxClockSkewMs
}

export interface VerifiedPrekey {
  id: number
  /** X25519, X3DH's SPK */
  publicKey: Uint8Array
  createdAtMs: number
  signed: Uint8Array
}

export function makeSignedPrekey (device: { seed: Uint8Array, publicKey: Uint8Array }, prekey: { id: number, publicKey: Uint8Array, createdAtMs: number }): Uint8Array {
  return sealRecord('p2pchat/1 signed-prekey', device.seed, encode(SignedPrekey, {
    deviceKey: device.publicKey,
    id: prekey.id,
    publicKey: prekey.publicKey,
    createdAtMs: BigInt(prekey.createdAtMs)
  }))
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function verifySignedPrekey (signed: Uint8Array, deviceKey: Uint8Array): VerifiedPrekey {
  const what = 'A signed prekey'
  const prekey = decode(SignedPrekey, openRecord('p2pchat/1 signed-prekey', deviceKey, signed, maxSignedPrekeyBytes), maxSignedPrekeyBytes, what)
  if (!constantTimeEqual(prekey.deviceKey, deviceKey) || prekey.id === 0) throw invalidRecord(what)
  return { id: prekey.id, publicKey: assertKey(prekey.publicKey, what), createdAtMs: safeNumber(prekey.createdAtMs, what), signed }
}

/** @param entryIds of 16 bytes, at most maxAcknowledgedEntries */
export function makeMailboxAcknowledgement (device: { seed: Uint8Array, publicKey: Uint8Array }, entryIds: Uint8Array[]): Uint8Array {
  return sealRecord('p2pchat/1 mailbox-ack', device.seed, encode(MailboxAcknowledgement, { mailbox: device.publicKey, entryIds }))
}

/** The acknowledged entry ids. @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function verifyMailboxAcknowledgement (signed: Uint8Array, mailbox: Uint8Array): Uint8Array[] {
  const what = 'A mailbox acknowledgement'
  const payload = openRecord('p2pchat/1 mailbox-ack', mailbox, signed, maxAcknowledgementBytes)
  const acknowledgement = decode(MailboxAcknowledgement, payload, maxAcknowledgementBytes, what)
  if (!constantTimeEqual(acknowledgement.mailbox, mailbox)) throw invalidRecord(what)
  if (acknowledgement.entryIds.length > maxAcknowledgedEntries || acknowledgement.entryIds.some((id) => id.byteLength !== 16)) throw invalidRecord(what)
  return acknowledgement.entryIds
}
