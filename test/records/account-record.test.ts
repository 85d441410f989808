import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { recordHash } from '../../src/crypto/signed-record.js'
import { encode } from '../../src/protocol/codec.js'
import { maxAccountRecordBytes, maxDevices, maxLabelBytes } from '../../src/protocol/limits.js'
import { AccountRecord, SignedRecord } from '../../src/protocol/pb/account.js'
import { assertRecordKnown, assertSuccessor, consentingDevice, findDevice, makeAccountRecord, verifyAccountRecord, type AccountRecordFields, type CertifiedDevice } from '../../src/records/index.js'
import { sealRecord } from '../../src/records/signed.js'
import { flipBit, seeded, throwsCode } from '../node/support.js'

const random = seeded('account record')
const key = ed25519KeyPair(random.bytes(32))
const device = (label = 'laptop', account = { username: 'alice', accountKey: key.publicKey }): CertifiedDevice => {
  const pair = ed25519KeyPair(random.bytes(32))
  return consentingDevice({ seed: pair.seed, deviceKey: pair.publicKey, identityKey: random.bytes(32), addedAtMs: 5, label }, account)
}
const fields = (changed: Partial<AccountRecordFields> = {}): AccountRecordFields => ({
  username: 'alice', version: 1, previousHash: new Uint8Array(0), devices: [device(), device('phone')], createdAtMs: 7, unlisted: true, ...changed
})
const record = makeAccountRecord(key, fields())

/** Signed by the right key, whatever its fields are. */
function signedAnyway (changed: Partial<AccountRecord>): Uint8Array {
  const good = AccountRecord.decode(SignedRecord.decode(record.signed).payload)
  return sealRecord('p2pchat/1 account-record', key.seed, encode(AccountRecord, { ...good, ...changed }))
}

describe('account records', () => {
  it('come back with every field, their hash and the bytes they came in', () => {
    const read = verifyAccountRecord(record.signed)
    assert.deepEqual(read, record)
    assert.equal(read.unlisted, true)
    assert.deepEqual(read.hash, recordHash(SignedRecord.decode(record.signed).payload))
    assert.equal(findDevice(read, read.devices[1]?.deviceKey ?? new Uint8Array())?.label, 'phone')
    assert.equal(findDevice(read, random.bytes(32)), undefined)
  })

  it('are refused with any bit changed', () => {
    for (let bit = 0; bit < record.signed.byteLength * 8; bit++) {
      throwsCode(() => verifyAccountRecord(flipBit(record.signed, bit)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT')
    }
  })

  it('are refused when cut or lengthened anywhere', () => {
    for (let length = 0; length < record.signed.byteLength; length++) throwsCode(() => verifyAccountRecord(record.signed.slice(0, length)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE')
    throwsCode(() => verifyAccountRecord(Uint8Array.from([...record.signed, 0x1a, 0])), 'ERR_INVALID_RECORD')
  })

  it('are refused under the signature of another key, or of another label', () => {
    const payload = SignedRecord.decode(record.signed).payload
    throwsCode(() => verifyAccountRecord(sealRecord('p2pchat/1 account-record', random.bytes(32), payload)), 'ERR_INVALID_SIGNATURE')
    throwsCode(() => verifyAccountRecord(sealRecord('p2pchat/1 account-register', key.seed, payload)), 'ERR_INVALID_SIGNATURE')
  })

  it('with eight devices of full labels are within their limit', () => {
    const username = 'a'.repeat(32)
    const devices = Array.from({ length: maxDevices }, () => device('x'.repeat(maxLabelBytes), { username, accountKey: key.publicKey }))
    const largest = makeAccountRecord(key, fields({ username, version: Number.MAX_SAFE_INTEGER, previousHash: new Uint8Array(32), devices }))
    assert.ok(SignedRecord.decode(largest.signed).payload.byteLength <= maxAccountRecordBytes)
  })

  it('of a later version are read, and followed by none of this one, which would lose what they say more', () => {
    assertRecordKnown(record)
    const payload = SignedRecord.decode(record.signed).payload
    // Field 999, a number.
    const later = verifyAccountRecord(sealRecord('p2pchat/1 account-record', key.seed, Uint8Array.from([...payload, 0xb8, 0x3e, 1])))
    assert.equal(later.username, record.username)
    throwsCode(() => { assertRecordKnown(later) }, 'ERR_UNSUPPORTED')
  })

  it('past their limit are refused before they are read', () => {
    throwsCode(() => verifyAccountRecord(new Uint8Array(maxAccountRecordBytes + 81)), 'ERR_LIMIT')
  })

  it('with impossible fields are refused, whoever signed them', () => {
    const [one] = AccountRecord.decode(SignedRecord.decode(record.signed).payload).devices
    assert.ok(one !== undefined)
    const other = { ...one, deviceKey: new Uint8Array(32).fill(1), identityKey: new Uint8Array(32).fill(2) }
    const bad: Array<Partial<AccountRecord>> = [
      { username: '' }, { username: 'Alice' }, { username: 'a' }, { username: 'a/b' }, { version: 0n }, { version: 1n << 60n, previousHash: new Uint8Array(32) },
      { previousHash: new Uint8Array(32) }, { version: 2n }, { version: 2n, previousHash: new Uint8Array(31) },
      { devices: [] }, { devices: Array.from({ length: maxDevices + 1 }, (_, i) => ({ ...one, deviceKey: new Uint8Array(32).fill(i), identityKey: new Uint8Array(32).fill(100 + i) })) },
      { devices: [one, one] }, { devices: [one, { ...other, deviceKey: one.deviceKey }] }, { devices: [one, { ...other, identityKey: one.identityKey }] },
      { devices: [{ ...one, deviceKey: new Uint8Array(31) }] }, { devices: [{ ...one, identityKey: new Uint8Array(33) }] },
      { devices: [{ ...one, label: 'x'.repeat(maxLabelBytes + 1) }] }, { devices: [{ ...one, label: 'ü'.repeat(33) }] }, { devices: [{ ...one, addedAtMs: 1n << 63n }] },
      { createdAtMs: 1n << 63n }, { accountKey: new Uint8Array(31) }
    ]
    for (const change of bad) throwsCode(() => verifyAccountRecord(signedAnyway(change)), 'ERR_INVALID_RECORD')
  })

  it('are refused when they list a device that did not consent: not at all, to another account, or with another identity key', () => {
    const [one] = AccountRecord.decode(SignedRecord.decode(record.signed).payload).devices
    assert.ok(one !== undefined)
    const other = ed25519KeyPair(random.bytes(32))
    const elsewhere = device('laptop', { username: 'alice', accountKey: other.publicKey })
    const renamed = device('laptop', { username: 'bob', accountKey: key.publicKey })
    for (const foreign of [{ ...elsewhere, consent: new Uint8Array(64) }, elsewhere, renamed, { ...device(), identityKey: random.bytes(32) }]) {
      throwsCode(() => makeAccountRecord(key, fields({ devices: [device(), foreign] })), 'ERR_INVALID_SIGNATURE')
    }
  })
})

describe('assertSuccessor', () => {
  const next = (changed: Partial<AccountRecordFields> = {}, by = key): ReturnType<typeof makeAccountRecord> => makeAccountRecord(by, fields({ version: 2, previousHash: record.hash, ...changed }))

  it('takes the next version of the same account', () => { assertSuccessor(record, next()) })

  it('refuses another name, another key, a version left out or repeated, and another chain', () => {
    const other = ed25519KeyPair(random.bytes(32))
    const wrong = [
      next({ username: 'bob', devices: [device('x', { username: 'bob', accountKey: key.publicKey })] }),
      next({ devices: [device('x', { username: 'alice', accountKey: other.publicKey })] }, other),
      next({ version: 3 }), record, next({ previousHash: random.bytes(32) })
    ]
    for (const one of wrong) throwsCode(() => { assertSuccessor(record, one) }, 'ERR_INVALID_RECORD')
  })
})
