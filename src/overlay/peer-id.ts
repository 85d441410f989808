/**
 * PeerIds of Ed25519 keys (libp2p "peer-ids" specification): base58btc of an identity multihash of the public key in
 * libp2p's protobuf. Done by hand, so that servers and tools need no libp2p to name a peer.
 */
import { base58btc } from 'multiformats/bases/base58'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../errors.js'

// Multihash code 0 (identity) and length 36, then protobuf: Type = Ed25519 (1), Data = 32 bytes.
const PREFIX = Uint8Array.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20])
const KEY_BYTES = 32
/** A PeerId of 38 bytes takes 52 characters of base58btc. */
const PEER_ID_CHARS = 52

/** The PeerId that belongs to an Ed25519 public key of 32 bytes, as `12D3KooW…`. */
export function peerIdFromEd25519 (publicKey: Uint8Array): string {
  if (publicKey.byteLength !== KEY_BYTES) {
    throw new P2pChatError('ERR_INVALID_RECORD', `An Ed25519 public key must be ${KEY_BYTES} bytes, not ${publicKey.byteLength}.`)
  }
  return base58btc.baseEncode(concat([PREFIX, publicKey]))
}

/** The Ed25519 public key (32 bytes) inside a PeerId. Throws ERR_INVALID_RECORD for anything else. */
export function ed25519FromPeerId (peerId: string): Uint8Array {
  const bytes = decode(peerId)
  if (bytes?.byteLength !== PREFIX.byteLength + KEY_BYTES || !equals(bytes.subarray(0, PREFIX.byteLength), PREFIX)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'That is not the PeerId of an Ed25519 key.')
  }
  return bytes.slice(PREFIX.byteLength)
}

export function isEd25519PeerId (peerId: string): boolean {
  try {
    return ed25519FromPeerId(peerId).byteLength === KEY_BYTES
  } catch {
    return false
  }
}

function decode (peerId: string): Uint8Array | undefined {
  if (peerId.length !== PEER_ID_CHARS) return undefined
  try {
    return base58btc.baseDecode(peerId)
  } catch {
    return undefined
  }
}
