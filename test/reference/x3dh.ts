/** "Associated data" and "X3DH" of docs/wire/sessions.md. */
import { EMPTY, dh, ed25519Public, hkdf, join, lp, sha256, u8, unhex, utf8, x25519Public } from './bytes.js'

/** The public side of one end. */
export interface End { username: string, accountKey: Uint8Array, deviceKey: Uint8Array, identityKey: Uint8Array }

/** The private side of one end: two Ed25519 seeds and an X25519 private key. */
export interface EndSecrets { username: string, accountSeed: Uint8Array, deviceSeed: Uint8Array, identityPrivate: Uint8Array }

export interface SessionKeys { rootKey: Buffer, receiptKeyInitiator: Buffer, receiptKeyResponder: Buffer, sessionId: Buffer }

export function publicEnd (secrets: EndSecrets): End {
  return {
    username: secrets.username,
    accountKey: ed25519Public(secrets.accountSeed),
    deviceKey: ed25519Public(secrets.deviceSeed),
    identityKey: x25519Public(secrets.identityPrivate)
  }
}

function end (e: End): Buffer {
  const peerId = join(unhex('002408011220'), e.deviceKey)
  return join(lp(e.username), lp(e.accountKey), lp(e.deviceKey), lp(e.identityKey), lp(peerId))
}

export function associatedData (initiator: End, responder: End): Buffer {
  return sha256(join(lp('p2pchat/1 x3dh ad'), u8(1), u8(1), end(initiator), end(responder)))
}

function sessionKeys (ad: Uint8Array, EKa: Uint8Array, DH1: Uint8Array, DH2: Uint8Array, DH3: Uint8Array, DH4: Uint8Array): SessionKeys {
  const F = Buffer.alloc(32, 0xff)
  const KM = join(F, DH1, DH2, DH3, DH4)
  const SK = hkdf(Buffer.alloc(32), KM, utf8('p2pchat/1 x3dh'), 96)
  return {
    rootKey: SK.subarray(0, 32),
    receiptKeyInitiator: SK.subarray(32, 64),
    receiptKeyResponder: SK.subarray(64, 96),
    sessionId: sha256(join(lp('p2pchat/1 session'), ad, EKa)).subarray(0, 16)
  }
}

/** A's side: its private keys, B's public ones. */
export function initiate (ad: Uint8Array, IKa: Uint8Array, EKa: Uint8Array, IKb: Uint8Array, SPKb: Uint8Array, OPKb?: Uint8Array): SessionKeys {
  const DH4 = OPKb === undefined ? EMPTY : dh(EKa, OPKb)
  return sessionKeys(ad, x25519Public(EKa), dh(IKa, SPKb), dh(EKa, IKb), dh(EKa, SPKb), DH4)
}

/** B's side: its private keys, A's public ones. */
export function respond (ad: Uint8Array, IKb: Uint8Array, SPKb: Uint8Array, OPKb: Uint8Array | undefined, IKa: Uint8Array, EKa: Uint8Array): SessionKeys {
  const DH4 = OPKb === undefined ? EMPTY : dh(OPKb, EKa)
  return sessionKeys(ad, EKa, dh(SPKb, IKa), dh(IKb, EKa), dh(SPKb, EKa), DH4)
}
