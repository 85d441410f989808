/**
 * X3DH (signal.org/docs/specifications/x3dh) over X25519: how two devices that never spoke agree on keys, with the
 * names of its specification. Certificates and the signature of the signed prekey have been verified by the caller.
 */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { expectLength, lp, lpAll, sha256 } from './bytes.js'
import { hkdf } from './hkdf.js'
import { X25519PrivateKey } from './x25519.js'
import { SUITE, VERSION } from '../protocol/ids.js'

const F = new Uint8Array(32).fill(0xff)
const INFO = fromString('p2pchat/1 x3dh')
/** A libp2p PeerId of an Ed25519 key: the identity multihash of its protobuf; the key follows. */
const PEER_ID_PREFIX = Uint8Array.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20])

/** All that names one end of a session. */
export interface DeviceEnd {
  readonly username: string
  /** Ed25519, 32 bytes */
  readonly accountKey: Uint8Array
  /** Ed25519, 32 bytes; the PeerId follows from it */
  readonly deviceKey: Uint8Array
  /** IK: X25519, 32 bytes */
  readonly identityKey: Uint8Array
}

/** This device's end, with the private half of IK. */
export interface SelfEnd extends DeviceEnd {
  readonly identityPrivateKey: Uint8Array
}

export interface X3dhResult {
  /** AD, 32 bytes */
  readonly ad: Uint8Array
  /** 16 bytes */
  readonly sessionId: Uint8Array
  /** 32 bytes each */
  readonly rootKey: Uint8Array
  readonly receiptKeyInitiator: Uint8Array
  readonly receiptKeyResponder: Uint8Array
}

export interface X3dhInitiator {
  readonly self: SelfEnd
  readonly peer: DeviceEnd
  /** SPK_B, OPK_B */
  readonly signedPrekey: Uint8Array
  readonly oneTimePrekey?: Uint8Array | undefined
  /** EK_A's private half; the caller wipes it */
  readonly ephemeralPrivateKey: Uint8Array
}

export interface X3dhResponder {
  readonly self: SelfEnd
  readonly peer: DeviceEnd
  /** Private halves of SPK_B and OPK_B */
  readonly signedPrekeyPrivateKey: Uint8Array
  readonly oneTimePrekeyPrivateKey?: Uint8Array | undefined
  /** EK_A */
  readonly ephemeralKey: Uint8Array
}

/** @throws ERR_CRYPTO_INPUT a key of another length, or one that gives no secret */
export function x3dhInitiate (input: X3dhInitiator): X3dhResult & { ephemeralKey: Uint8Array } {
  const { self, peer, signedPrekey, oneTimePrekey } = input
  const IK = new X25519PrivateKey(self.identityPrivateKey)
  const EK = new X25519PrivateKey(input.ephemeralPrivateKey)
  const DH1 = IK.dh(signedPrekey)
  const DH2 = EK.dh(peer.identityKey)
  const DH3 = EK.dh(signedPrekey)
  const DH4 = oneTimePrekey === undefined ? [] : [EK.dh(oneTimePrekey)]
  const ad = associatedData(self, peer)
  return { ...deriveKeys([DH1, DH2, DH3, ...DH4], ad, EK.publicKey), ephemeralKey: EK.publicKey }
}

/** @throws ERR_CRYPTO_INPUT a key of another length, or one that gives no secret */
export function x3dhRespond (input: X3dhResponder): X3dhResult {
  const { self, peer, ephemeralKey, oneTimePrekeyPrivateKey } = input
  const SPK = new X25519PrivateKey(input.signedPrekeyPrivateKey)
  const DH1 = SPK.dh(peer.identityKey)
  const DH2 = new X25519PrivateKey(self.identityPrivateKey).dh(ephemeralKey)
  const DH3 = SPK.dh(ephemeralKey)
  const DH4 = oneTimePrekeyPrivateKey === undefined ? [] : [new X25519PrivateKey(oneTimePrekeyPrivateKey).dh(ephemeralKey)]
  return deriveKeys([DH1, DH2, DH3, ...DH4], associatedData(peer, self), ephemeralKey)
}

/** AD: both ends, initiator first, version and suite. 32 bytes. */
export function associatedData (initiator: DeviceEnd, responder: DeviceEnd): Uint8Array {
  return sha256(lp('p2pchat/1 x3dh ad'), Uint8Array.of(VERSION, SUITE), encodeEnd(initiator), encodeEnd(responder))
}

/** What names a session in envelopes: 16 bytes. */
export function sessionId (ad: Uint8Array, ephemeralKey: Uint8Array): Uint8Array {
  return sha256(lp('p2pchat/1 session'), ad, ephemeralKey).slice(0, 16)
}

function encodeEnd (end: DeviceEnd): Uint8Array {
  const accountKey = expectLength(end.accountKey, 32, 'An account key')
  const deviceKey = expectLength(end.deviceKey, 32, 'A device key')
  const identityKey = expectLength(end.identityKey, 32, 'An identity key')
  return lpAll(end.username, accountKey, deviceKey, identityKey, concat([PEER_ID_PREFIX, deviceKey]))
}

/** Wipes the DH outputs. */
function deriveKeys (dhs: Uint8Array[], ad: Uint8Array, ephemeralKey: Uint8Array): X3dhResult {
  const KM = concat([F, ...dhs])
  const SK = hkdf(new Uint8Array(32), KM, INFO, 96)
  const keys = { rootKey: SK.slice(0, 32), receiptKeyInitiator: SK.slice(32, 64), receiptKeyResponder: SK.slice(64) }
  for (const dead of [KM, SK, ...dhs]) dead.fill(0)
  return { ad, sessionId: sessionId(ad, ephemeralKey), ...keys }
}
