/**
 * The cryptography of p2pchat: bytes in, bytes out. No I/O, no clock, no global chance: randomness is an argument.
 *
 * From the bottom up: Triple DES (triple-des/) → `seal`, the one construction that encrypts → `x3dh`, which agrees on
 * keys between two devices → `double-ratchet`, which gives every message a key of its own → `session`, which is both.
 * Beside them: signed records, the vault, safety numbers. docs/wire/sessions.md is the specification of them all.
 *
 * This is `p2pchat/crypto`; only the first line of exports is meant for other programs (docs/library.md). Files inside the project import the file that they need.
 */
export { tripleDesBlock, tripleDesCtr, tripleDesCtrInPlace, tripleDesEngine, type TripleDesEngine } from './triple-des/index.js'
export { deriveSealKeys, open, seal, SEAL_OVERHEAD_BYTES, type SealKeys, type SealLabel } from './seal.js'
export { maxUnpaddedBytes, pad, unpad } from './padding.js'
export { isWeakDesKey, isWeakTripleDesKey } from './weak-keys.js'
export { hkdf } from './hkdf.js'
export { hmacSha256 } from './hmac.js'
export { dh, X25519PrivateKey, x25519KeyPair, type X25519KeyPair } from './x25519.js'
export { ed25519KeyPair, ed25519Sign, ed25519Verify, type Ed25519KeyPair } from './ed25519.js'
export { assertRecord, recordHash, signRecord, verifyRecord, type RecordParts, type SignatureLabel } from './signed-record.js'
export {
  associatedData, sessionId, x3dhInitiate, x3dhRespond,
  type DeviceEnd, type SelfEnd, type X3dhInitiator, type X3dhResponder, type X3dhResult
} from './x3dh.js'
export {
  forgetRatchet, ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob,
  type RatchetDecrypted, type RatchetEncrypted, type RatchetState, type SkippedKey
} from './double-ratchet.js'
export { decodeRatchet, encodeRatchet } from './ratchet-codec.js'
export {
  acceptSession, forgetSession, initiateSession, openReceipt, sealReceipt, sessionDecrypt, sessionEncrypt,
  type AcceptSessionInput, type InitiateSessionInput, type PublicPrekey, type Session, type SessionInitiation
} from './session.js'
export { decodeSession, encodeSession } from './session-codec.js'
export { openVault, sealVault, type VaultOwner } from './vault.js'
export { safetyNumber, type SafetyNumberEnd } from './safety-number.js'
export { maxEndedChains, maxSkippedKeys, maxSkippedPerHeader } from './limits.js'
export { maxSealBytes } from '../protocol/limits.js'
