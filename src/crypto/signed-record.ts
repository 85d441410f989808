/**
 * Signed records: raw payload bytes and an Ed25519 signature over lp(label) ‖ lp(payload). What is verified, kept and
 * hashed are the bytes that came, never a re-encoding. This file and ed25519.ts are all of the crypto folder, beside
 * OPAQUE's server half, that a server may import.
 */
import { lpAll, sha256 } from './bytes.js'
import { ed25519Sign, ed25519Verify } from './ed25519.js'
import { P2pChatError } from '../errors.js'

/** What a signature is for. A signature made under one label is worth nothing under another. */
export type SignatureLabel =
  | 'p2pchat/1 account-record'
  | 'p2pchat/1 account-register'
  | 'p2pchat/1 device'
  | 'p2pchat/1 locator'
  | 'p2pchat/1 signed-prekey'
  | 'p2pchat/1 mailbox-ack'
  | 'p2pchat/1 roster'
  | 'p2pchat/1 group-entry'
  | 'p2pchat/1 group-message'
  | 'p2pchat/1 group-receipt'

export interface RecordParts {
  payload: Uint8Array
  /** 64 bytes */
  signature: Uint8Array
}

export function signRecord (label: SignatureLabel, seed: Uint8Array, payload: Uint8Array): RecordParts {
  return { payload, signature: ed25519Sign(seed, lpAll(label, payload)) }
}

export function verifyRecord (label: SignatureLabel, publicKey: Uint8Array, record: RecordParts): boolean {
  return ed25519Verify(publicKey, lpAll(label, record.payload), record.signature)
}

/** @throws ERR_INVALID_SIGNATURE */
export function assertRecord (label: SignatureLabel, publicKey: Uint8Array, record: RecordParts): void {
  if (!verifyRecord(label, publicKey, record)) {
    throw new P2pChatError('ERR_INVALID_SIGNATURE', `A record (${label.slice(label.indexOf(' ') + 1)}) carries a wrong signature and was refused.`)
  }
}

/** What names a version of a record: SHA-256 of its payload, 32 bytes. */
export function recordHash (payload: Uint8Array): Uint8Array {
  return sha256(payload)
}
