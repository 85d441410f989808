import { constantTimeEqual } from '../crypto/bytes.js'
import { assertRecord, signRecord, verifyRecord, type SignatureLabel } from '../crypto/signed-record.js'
import { P2pChatError } from '../errors.js'
import { decode, encode } from '../protocol/codec.js'
import { SignedRecord } from '../protocol/pb/account.js'

/** Signs `payload` and encodes the SignedRecord. */
export function sealRecord (label: SignatureLabel, seed: Uint8Array, payload: Uint8Array): Uint8Array {
  return encode(SignedRecord, signRecord(label, seed, payload))
}

/**
 * The payload of a SignedRecord whose signer is known.
 *
 * @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE
 */
export function openRecord (label: SignatureLabel, publicKey: Uint8Array, signed: Uint8Array, maxBytes: number): Uint8Array {
  const record = parseSigned(signed, maxBytes)
  assertRecord(label, publicKey, record)
  return record.payload
}

/** The payload of a SignedRecord and a check for the key that it names itself. */
export function parseSelfSigned (label: SignatureLabel, signed: Uint8Array, maxBytes: number): { payload: Uint8Array, assertSignedBy: (publicKey: Uint8Array) => void } {
  const record = parseSigned(signed, maxBytes)
  return {
    payload: record.payload,
    assertSignedBy (publicKey) {
      if (!verifyRecord(label, publicKey, record)) throw new P2pChatError('ERR_INVALID_SIGNATURE', 'A record carries a wrong signature and was refused.')
    }
  }
}

export function invalidRecord (what: string): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', `${what} is not valid and was refused.`)
}

/** A protobuf uint64 as a number. @throws ERR_INVALID_RECORD past 2^53 - 1 */
export function safeNumber (value: bigint, what: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw invalidRecord(what)
  return number
}

export function assertKey (key: Uint8Array, what: string): Uint8Array {
  if (key.byteLength !== 32) throw invalidRecord(what)
  return key
}

/** One record has one encoding: whatever else the decoder would overlook (wire types, unknown fields) is refused. */
function parseSigned (signed: Uint8Array, maxBytes: number): SignedRecord {
  const what = 'A signed record'
  const record = decode(SignedRecord, signed, maxBytes + signatureOverheadBytes, what)
  if (!constantTimeEqual(encode(SignedRecord, record), signed)) throw invalidRecord(what)
  return record
}

// Two field headers, two lengths and the signature.
const signatureOverheadBytes = 80
