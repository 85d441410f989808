/** The account register: everything a pool keeps of an account, changed as one by compare-and-set (DESIGN §3). */
import { constantTimeEqual } from '../crypto/bytes.js'
import { assertKnownWhole, decode, encode } from '../protocol/codec.js'
import { maxRegisterBytes } from '../protocol/limits.js'
import { AccountRegister, SignedRecord } from '../protocol/pb/account.js'
import { verifyAccountRecord, type VerifiedAccountRecord } from './account-record.js'
import { invalidRecord, parseSelfSigned, safeNumber, sealRecord } from './signed.js'

export interface AccountRegisterFields {
  version: number
  opaqueSetupVersion: number
  opaqueRecord: Uint8Array
  vault: Uint8Array
  accountRecord: VerifiedAccountRecord
}

/** Signed by the account key that its account record introduces. Whether that is the stored key is the caller's to check. */
export interface VerifiedAccountRegister extends AccountRegisterFields {
  username: string
  /** the SignedRecord as it came */
  signed: Uint8Array
}

export function makeAccountRegister (accountSeed: Uint8Array, fields: AccountRegisterFields): VerifiedAccountRegister {
  const payload = encode(AccountRegister, {
    username: fields.accountRecord.username,
    version: BigInt(fields.version),
    opaqueSetupVersion: fields.opaqueSetupVersion,
    opaqueRecord: fields.opaqueRecord,
    vault: fields.vault,
    accountRecord: SignedRecord.decode(fields.accountRecord.signed)
  })
  return verifyAccountRegister(sealRecord('p2pchat/1 account-register', accountSeed, payload))
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE */
export function verifyAccountRegister (signed: Uint8Array): VerifiedAccountRegister {
  const what = 'An account register'
  const { payload, assertSignedBy } = parseSelfSigned('p2pchat/1 account-register', signed, maxRegisterBytes)
  const register = decode(AccountRegister, payload, maxRegisterBytes, what)
  if (register.accountRecord === undefined || register.version < 1n) throw invalidRecord(what)
  if (register.opaqueRecord.byteLength === 0 || register.vault.byteLength === 0) throw invalidRecord(what)
  const accountRecord = verifyAccountRecord(encode(SignedRecord, register.accountRecord))
  if (accountRecord.username !== register.username) throw invalidRecord(what)
  assertSignedBy(accountRecord.accountKey)
  return {
    username: register.username,
    version: safeNumber(register.version, what),
    opaqueSetupVersion: register.opaqueSetupVersion,
    opaqueRecord: register.opaqueRecord,
    vault: register.vault,
    accountRecord,
    signed
  }
}

/** @throws ERR_UNSUPPORTED when a later version wrote it, with what a successor of this version's would lack */
export function assertRegisterKnown ({ signed }: VerifiedAccountRegister): void {
  assertKnownWhole(AccountRegister, SignedRecord.decode(signed).payload, 'this account')
}

/** Whether a signature of `next` is one that the account of `previous` could give. */
export function sameAccountKey (previous: VerifiedAccountRegister, next: VerifiedAccountRegister): boolean {
  return constantTimeEqual(previous.accountRecord.accountKey, next.accountRecord.accountKey)
}
