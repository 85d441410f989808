/**
 * A session between two devices: what X3DH agreed on, and the ratchet that runs on it. Pure like the ratchet: every step
 * gives a new session, which must be durable before what it made leaves (or before what it read is acknowledged).
 */
import { concat } from 'uint8arrays/concat'
import { constantTimeEqual, lp } from './bytes.js'
import { forgetRatchet, ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob, type RatchetState } from './double-ratchet.js'
import { pad, unpad } from './padding.js'
import { open, SALT_BYTES, seal } from './seal.js'
import { x3dhInitiate, x3dhRespond, type DeviceEnd, type SelfEnd, type X3dhResult } from './x3dh.js'
import { isP2pChatError, P2pChatError } from '../errors.js'
import type { X25519KeyPair } from './x25519.js'
import type { Random } from '../runtime.js'

const RECEIPT_LABEL = 'p2pchat/1 receipt'

/** What the responder needs to follow, beside the initiator's account record. */
export interface SessionInitiation {
  /** EK_A, 32 bytes */
  readonly ephemeralKey: Uint8Array
  readonly signedPrekeyId: number
  readonly oneTimePrekeyId: number | undefined
}

export interface Session {
  /** 16 bytes, the same at both ends */
  readonly id: Uint8Array
  /** X3DH's AD, 32 bytes */
  readonly ad: Uint8Array
  readonly role: 'initiator' | 'responder'
  /** Goes with every envelope while it is there: until the initiator has heard from the responder. */
  readonly initiation: SessionInitiation | undefined
  /** Seals the receipts of this end, 32 bytes. */
  readonly receiptKeyOut: Uint8Array
  /** Seals the receipts of the other end, 32 bytes. */
  readonly receiptKeyIn: Uint8Array
  readonly ratchet: RatchetState
}

/** A prekey as a bundle has it. */
export interface PublicPrekey {
  /** Chosen by the responder, an unsigned 32-bit number. */
  readonly id: number
  readonly publicKey: Uint8Array
}

export interface InitiateSessionInput {
  readonly self: SelfEnd
  /** Certified by its account key. */
  readonly peer: DeviceEnd
  /** SPK_B, whose signature was verified. */
  readonly signedPrekey: PublicPrekey
  /** OPK_B */
  readonly oneTimePrekey?: PublicPrekey | undefined
  readonly random: Random
}

export interface AcceptSessionInput {
  readonly self: SelfEnd
  /** Certified by its account key. */
  readonly peer: DeviceEnd
  /** As the envelope names it. */
  readonly sessionId: Uint8Array
  /** EK_A */
  readonly ephemeralKey: Uint8Array
  /** SPK_B's pair and OPK_B's private half, found by the ids of the initiation. */
  readonly signedPrekey: X25519KeyPair
  readonly oneTimePrekey?: Pick<X25519KeyPair, 'privateKey'> | undefined
}

/**
 * A's end of X3DH, ready to send. Draws 32 bytes for EK_A and 32 for the first ratchet key.
 *
 * @throws ERR_CRYPTO_INPUT a key of the bundle gives no secret
 */
export function initiateSession (input: InitiateSessionInput): { session: Session, initiation: SessionInitiation } {
  const { self, peer, signedPrekey, oneTimePrekey, random } = input
  const ephemeralPrivateKey = random.bytes(32)
  try {
    const x3dh = x3dhInitiate({ self, peer, signedPrekey: signedPrekey.publicKey, oneTimePrekey: oneTimePrekey?.publicKey, ephemeralPrivateKey })
    const ratchet = ratchetInitAlice(x3dh.rootKey, signedPrekey.publicKey, random)
    x3dh.rootKey.fill(0)
    const initiation = { ephemeralKey: x3dh.ephemeralKey, signedPrekeyId: signedPrekey.id, oneTimePrekeyId: oneTimePrekey?.id }
    const { receiptKeyInitiator: receiptKeyOut, receiptKeyResponder: receiptKeyIn } = x3dh
    return { session: { id: x3dh.sessionId, ad: x3dh.ad, role: 'initiator', initiation, receiptKeyOut, receiptKeyIn, ratchet }, initiation }
  } finally {
    ephemeralPrivateKey.fill(0)
  }
}

/**
 * B's end of X3DH. Worth keeping only once a message could be read in it ({@link sessionDecrypt}): until then nothing
 * shows that the initiator holds its keys.
 *
 * @throws ERR_DECRYPT EK_A gives no secret, or not the session id that the envelope names
 */
export function acceptSession (input: AcceptSessionInput): Session {
  const { rootKey, ...x3dh } = respond(input)
  const ratchet = ratchetInitBob(rootKey, input.signedPrekey)
  rootKey.fill(0)
  const { sessionId: id, ad, receiptKeyResponder: receiptKeyOut, receiptKeyInitiator: receiptKeyIn } = x3dh
  const session: Session = { id, ad, role: 'responder', initiation: undefined, receiptKeyOut, receiptKeyIn, ratchet }
  if (constantTimeEqual(id, input.sessionId)) return session
  forgetSession(session)
  throw new P2pChatError('ERR_DECRYPT', 'A message names another session than the one that it begins.')
}

/** Draws 16 bytes. @throws ERR_LIMIT, ERR_CRYPTO_INPUT as {@link ratchetEncrypt} */
export function sessionEncrypt (session: Session, plaintext: Uint8Array, random: Random): { session: Session, header: Uint8Array, sealed: Uint8Array } {
  const { state, header, sealed } = ratchetEncrypt(session.ratchet, plaintext, messageAd(session), random)
  return { session: { ...session, ratchet: state }, header, sealed }
}

/** Draws 32 bytes when the ratchet turns. @throws ERR_REPLAY, ERR_LIMIT, ERR_DECRYPT as {@link ratchetDecrypt} */
export function sessionDecrypt (session: Session, header: Uint8Array, sealed: Uint8Array, random: Random): { session: Session, plaintext: Uint8Array } {
  const { state, plaintext } = ratchetDecrypt(session.ratchet, header, sealed, messageAd(session), random)
  return { session: { ...session, ratchet: state, initiation: undefined }, plaintext }
}

/** Draws 16 bytes; takes no ratchet step, so the session stays as it is. @param receipt an encoded `Receipt` */
export function sealReceipt (session: Session, receipt: Uint8Array, random: Random): Uint8Array {
  return seal(session.receiptKeyOut, RECEIPT_LABEL, session.ad, lp(session.id), pad(receipt), random.bytes(SALT_BYTES))
}

/** The session changes when this is the first that the initiator hears. @throws ERR_DECRYPT */
export function openReceipt (session: Session, sealed: Uint8Array): { session: Session, receipt: Uint8Array } {
  const receipt = unpad(open(session.receiptKeyIn, RECEIPT_LABEL, session.ad, lp(session.id), sealed))
  return { session: session.initiation === undefined ? session : { ...session, initiation: undefined }, receipt }
}

/** Overwrites the secrets of `dead` that `kept` does not hold: of the session before a step, or of one that has ended. */
export function forgetSession (dead: Session, kept?: Session): void {
  forgetRatchet(dead.ratchet, kept?.ratchet)
  for (const key of [dead.receiptKeyOut, dead.receiptKeyIn]) {
    if (key !== kept?.receiptKeyOut && key !== kept?.receiptKeyIn) key.fill(0)
  }
}

/** Binds messages to the very bytes of EK_A, which the session id hashes: other points give the same DH outputs. */
function messageAd (session: Session): Uint8Array {
  return concat([session.ad, session.id])
}

/** A key of the envelope that gives no secret is the envelope's fault. */
function respond (input: AcceptSessionInput): X3dhResult {
  const { self, peer, ephemeralKey, signedPrekey, oneTimePrekey } = input
  try {
    return x3dhRespond({ self, peer, ephemeralKey, signedPrekeyPrivateKey: signedPrekey.privateKey, oneTimePrekeyPrivateKey: oneTimePrekey?.privateKey })
  } catch (cause) {
    if (!isP2pChatError(cause, 'ERR_CRYPTO_INPUT')) throw cause
    throw new P2pChatError('ERR_DECRYPT', 'A first message with a key that gives no secret was refused.', { cause })
  }
}
