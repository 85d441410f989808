import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { encode } from '../../src/protocol/codec.js'
import { maxRegisterBytes } from '../../src/protocol/limits.js'
import { AccountRegister, SignedRecord } from '../../src/protocol/pb/account.js'
import { consentingDevice, makeAccountRecord, makeAccountRegister, sameAccountKey, verifyAccountRegister, type CertifiedDevice } from '../../src/records/index.js'
import { sealRecord } from '../../src/records/signed.js'
import { flipBit, seeded, throwsCode } from '../node/support.js'

const random = seeded('account register')
const key = ed25519KeyPair(random.bytes(32))
const device = ed25519KeyPair(random.bytes(32))
const identityKey = random.bytes(32)
const consent = (account: { publicKey: Uint8Array }): CertifiedDevice => consentingDevice({ seed: device.seed, deviceKey: device.publicKey, identityKey, addedAtMs: 1, label: 'laptop' }, { username: 'alice', accountKey: account.publicKey })
const accountRecord = makeAccountRecord(key, {
  username: 'alice', version: 1, previousHash: new Uint8Array(0), devices: [consent(key)], createdAtMs: 1, unlisted: false
})
const fields = { version: 1, opaqueSetupVersion: 3, opaqueRecord: random.bytes(192), vault: random.bytes(176), accountRecord }
const register = makeAccountRegister(key.seed, fields)

function signedAnyway (changed: Partial<AccountRegister>, seed = key.seed): Uint8Array {
  const good = AccountRegister.decode(SignedRecord.decode(register.signed).payload)
  return sealRecord('p2pchat/1 account-register', seed, encode(AccountRegister, { ...good, ...changed }))
}

describe('account registers', () => {
  it('come back with every field', () => {
    const read = verifyAccountRegister(register.signed)
    assert.deepEqual(read, register)
    assert.deepEqual([read.version, read.opaqueSetupVersion, read.opaqueRecord, read.vault, read.username], [1, 3, fields.opaqueRecord, fields.vault, 'alice'])
    assert.deepEqual(read.accountRecord, accountRecord)
  })

  it('are refused with any bit changed: the signature covers name, version, setup version and every field', () => {
    for (let bit = 0; bit < register.signed.byteLength * 8; bit++) {
      throwsCode(() => verifyAccountRegister(flipBit(register.signed, bit)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT')
    }
  })

  it('are refused when another key signed them than the record in them names', () => {
    throwsCode(() => verifyAccountRegister(signedAnyway({}, random.bytes(32))), 'ERR_INVALID_SIGNATURE')
  })

  it('with impossible fields are refused, whoever signed them', () => {
    const bad: Array<Partial<AccountRegister>> = [
      { username: 'bob' }, { version: 0n }, { version: 1n << 60n }, { opaqueRecord: new Uint8Array(0) }, { vault: new Uint8Array(0) }, { accountRecord: undefined }
    ]
    for (const change of bad) throwsCode(() => verifyAccountRegister(signedAnyway(change)), 'ERR_INVALID_RECORD')
    throwsCode(() => verifyAccountRegister(signedAnyway({ accountRecord: { payload: new Uint8Array(3), signature: new Uint8Array(64) } })), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE')
  })

  it('past their limit are refused before they are read', () => {
    throwsCode(() => verifyAccountRegister(new Uint8Array(maxRegisterBytes + 81)), 'ERR_LIMIT')
  })

  it('of one account have the same key, of another not', () => {
    const other = ed25519KeyPair(random.bytes(32))
    const stolen = makeAccountRegister(other.seed, { ...fields, accountRecord: makeAccountRecord(other, { ...accountRecord, devices: [consent(other)] }) })
    assert.ok(sameAccountKey(register, makeAccountRegister(key.seed, { ...fields, version: 2 })))
    assert.ok(!sameAccountKey(register, stolen))
  })
})
