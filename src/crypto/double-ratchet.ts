/**
 * The Double Ratchet (signal.org/docs/specifications/doubleratchet), name by name from its specification §3; only
 * ENCRYPT is ours, the seal. Pure: every step takes a state and gives a new one. The old one is left as it was, so that
 * a step counts only once the new state is durable; {@link forgetRatchet} then wipes what it has left behind.
 */
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { expectLength, u32 } from './bytes.js'
import { hkdf } from './hkdf.js'
import { hmacSha256 } from './hmac.js'
import { maxEndedChains, maxSkippedKeys, maxSkippedPerHeader } from './limits.js'
import { pad, unpad } from './padding.js'
import { open, SALT_BYTES, seal } from './seal.js'
import { dh, X25519PrivateKey, type X25519KeyPair } from './x25519.js'
import { P2pChatError } from '../errors.js'
import type { Random } from '../runtime.js'

const LABEL = 'p2pchat/1 message'
const ROOT_INFO = fromString('p2pchat/1 ratchet root')
const ONE = Uint8Array.of(1)
const TWO = Uint8Array.of(2)
const MAX_U32 = 0xffff_ffff
export const HEADER_BYTES = 40

/** A message key kept for a message that may still come. */
export interface SkippedKey {
  readonly DHr: Uint8Array
  readonly N: number
  readonly mk: Uint8Array
}

/** The variables of the specification (§3.2). Keys are 32 bytes; `undefined` is its None. */
export interface RatchetState {
  readonly DHs: X25519KeyPair
  readonly DHr: Uint8Array | undefined
  readonly RK: Uint8Array
  readonly CKs: Uint8Array | undefined
  readonly CKr: Uint8Array | undefined
  readonly Ns: number
  readonly Nr: number
  readonly PN: number
  /** Oldest first; never more than {@link maxSkippedKeys}. */
  readonly MKSKIPPED: readonly SkippedKey[]
  /** DHr of receiving chains that ended, oldest first; never more than {@link maxEndedChains}. */
  readonly endedChains: readonly Uint8Array[]
}

export interface RatchetEncrypted {
  readonly state: RatchetState
  /** {@link HEADER_BYTES} */
  readonly header: Uint8Array
  /** salt ‖ ciphertext ‖ tag */
  readonly sealed: Uint8Array
}

export interface RatchetDecrypted {
  readonly state: RatchetState
  readonly plaintext: Uint8Array
}

/** A state that has a receiving chain. */
type Receiving = RatchetState & { readonly DHr: Uint8Array, readonly CKr: Uint8Array }

/** What a step derived on its way, to be wiped at its end. */
type Secrets = Uint8Array[]

/**
 * RatchetInitAlice: the initiator, who sends first. Draws 32 bytes.
 *
 * @param rootKey 32 bytes; not kept
 * @param peerRatchetKey SPK_B; copied
 * @throws ERR_CRYPTO_INPUT
 */
export function ratchetInitAlice (rootKey: Uint8Array, peerRatchetKey: Uint8Array, random: Random): RatchetState {
  return step((made) => {
    const DHr = copyOf(peerRatchetKey, 'A signed prekey')
    const start = { ...nothingYet, RK: expectLength(rootKey, 32, 'A root key'), DHr }
    return { state: newSendingChain(start, random, made) }
  }).state
}

/**
 * RatchetInitBob: the responder, who can send once it has read a message.
 *
 * @param rootKey 32 bytes; copied
 * @param signedPrekey SPK_B with its private half; copied
 * @throws ERR_CRYPTO_INPUT
 */
export function ratchetInitBob (rootKey: Uint8Array, signedPrekey: X25519KeyPair): RatchetState {
  const privateKey = copyOf(signedPrekey.privateKey, 'A private key')
  const publicKey = copyOf(signedPrekey.publicKey, 'A public key')
  return { ...nothingYet, DHs: { privateKey, publicKey }, RK: copyOf(rootKey, 'A root key') }
}

/**
 * RatchetEncrypt. Draws 16 bytes (the salt). The new state must be durable before the bytes leave.
 *
 * @param plaintext at most {@link maxUnpaddedBytes}
 * @throws ERR_LIMIT too long; ERR_CRYPTO_INPUT a responder that has read nothing yet
 */
export function ratchetEncrypt (state: RatchetState, plaintext: Uint8Array, ad: Uint8Array, random: Random): RatchetEncrypted {
  const { DHs, CKs, PN, Ns } = state
  if (CKs === undefined) throw new P2pChatError('ERR_CRYPTO_INPUT', 'This session cannot send before it has read a message.')
  if (Ns >= MAX_U32) throw new P2pChatError('ERR_LIMIT', 'This session has no numbers left for messages; start a new one.')
  return step((made) => {
    const padded = secret(made, pad(plaintext))
    const { CK, mk } = kdfCk(CKs, made)
    const header = concat([DHs.publicKey, u32(PN), u32(Ns)])
    const sealed = seal(mk, LABEL, ad, header, padded, random.bytes(SALT_BYTES))
    return { state: { ...state, CKs: CK, Ns: Ns + 1 }, header, sealed }
  })
}

/**
 * RatchetDecrypt. Draws 32 bytes when the message begins a new receiving chain and could be read. A message that is
 * refused changes nothing.
 *
 * @throws ERR_REPLAY its key was used already, or given up as the oldest of too many. Said of the header alone: without
 *   the key nothing can be verified.
 * @throws ERR_LIMIT it would skip more than {@link maxSkippedPerHeader} of a chain; readable once some of those came
 * @throws ERR_DECRYPT anything else
 */
export function ratchetDecrypt (state: RatchetState, header: Uint8Array, sealed: Uint8Array, ad: Uint8Array, random: Random): RatchetDecrypted {
  const { DH, PN, N } = decodeHeader(header)
  const skipped = state.MKSKIPPED.find((key) => key.N === N && equals(key.DHr, DH))
  if (skipped !== undefined) {
    const plaintext = decrypt(skipped.mk, ad, header, sealed)
    return { state: { ...state, MKSKIPPED: state.MKSKIPPED.filter((key) => key !== skipped) }, plaintext }
  }
  const ended = state.endedChains.some((chain) => equals(chain, DH))
  if (ended || (continues(state, DH) && N < state.Nr)) {
    throw new P2pChatError('ERR_REPLAY', 'This message was read already, or is too old to be read.')
  }
  return step((made) => {
    const receiving = continues(state, DH) ? state : newReceivingChain(state, DH, PN, made)
    const { CKr, ...ahead } = skipMessageKeys(receiving, N, made)
    const { CK, mk } = kdfCk(CKr, made)
    const plaintext = decrypt(mk, ad, header, sealed)
    const after = { ...ahead, CKr: CK, Nr: N + 1 }
    return { state: continues(state, DH) ? after : newSendingChain(after, random, made), plaintext }
  })
}

/**
 * Overwrites every secret of `dead` that `kept` does not hold: of the state before a step, once the one after it is
 * durable.
 */
export function forgetRatchet (dead: RatchetState, kept?: RatchetState): void {
  const alive = new Set(kept === undefined ? [] : secretsOf(kept))
  for (const bytes of secretsOf(dead)) if (!alive.has(bytes)) bytes.fill(0)
}

const nothingYet = { DHr: undefined, CKs: undefined, CKr: undefined, Ns: 0, Nr: 0, PN: 0, MKSKIPPED: [], endedChains: [] }

/** Runs one step and wipes all secrets that were made in it and that its new state does not hold. */
function step<T extends { state: RatchetState }> (run: (made: Secrets) => T): T {
  const made: Secrets = []
  let alive = new Set<Uint8Array>()
  try {
    const result = run(made)
    alive = new Set(secretsOf(result.state))
    return result
  } finally {
    for (const bytes of made) if (!alive.has(bytes)) bytes.fill(0)
  }
}

/** Whether a header with this DH is of the receiving chain that `state` is in. */
function continues (state: RatchetState, DH: Uint8Array): state is Receiving {
  return isReceiving(state) && equals(state.DHr, DH)
}

/** DHRatchet, first half: the chain that begins with the peer's new key; what is missing of the one before is skipped. */
function newReceivingChain (before: RatchetState, DH: Uint8Array, PN: number, made: Secrets): Receiving {
  const state = isReceiving(before) ? skipMessageKeys(before, PN, made) : before
  const endedChains = isReceiving(before) ? [...state.endedChains, before.DHr].slice(-maxEndedChains) : state.endedChains
  const { RK, CK } = kdfRk(state.RK, dhWithPeer(state.DHs.privateKey, DH, made), made)
  return { ...state, DHr: DH, RK, CKr: CK, Nr: 0, endedChains }
}

/** DHRatchet, second half: a new key pair, and the chain to send in that begins with it. */
function newSendingChain (state: Omit<RatchetState, 'DHs'> & { DHr: Uint8Array }, random: Random, made: Secrets): RatchetState {
  const privateKey = secret(made, random.bytes(32))
  const key = new X25519PrivateKey(privateKey)
  const { RK, CK } = kdfRk(state.RK, secret(made, key.dh(state.DHr)), made)
  return { ...state, DHs: { privateKey, publicKey: key.publicKey }, RK, CKs: CK, PN: state.Ns, Ns: 0 }
}

/** SkipMessageKeys: derives and keeps the keys of the chain below `until`. */
function skipMessageKeys (state: Receiving, until: number, made: Secrets): Receiving {
  if (until - state.Nr > maxSkippedPerHeader) {
    throw new P2pChatError('ERR_LIMIT', `This message is ${until - state.Nr} ahead of the last one that was read (limit: ${maxSkippedPerHeader}).`)
  }
  let { CKr, Nr } = state
  const skipped: SkippedKey[] = []
  while (Nr < until) {
    const { CK, mk } = kdfCk(CKr, made)
    skipped.push({ DHr: state.DHr, N: Nr, mk })
    CKr = CK
    Nr++
  }
  return { ...state, CKr, Nr, MKSKIPPED: [...state.MKSKIPPED, ...skipped].slice(-maxSkippedKeys) }
}

function kdfRk (rk: Uint8Array, dh: Uint8Array, made: Secrets): { RK: Uint8Array, CK: Uint8Array } {
  const out = hkdf(rk, dh, ROOT_INFO, 64)
  return { RK: secret(made, out.subarray(0, 32)), CK: secret(made, out.subarray(32)) }
}

function kdfCk (ck: Uint8Array, made: Secrets): { CK: Uint8Array, mk: Uint8Array } {
  return { mk: secret(made, hmacSha256(ck, ONE)), CK: secret(made, hmacSha256(ck, TWO)) }
}

function decrypt (mk: Uint8Array, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array {
  const padded = open(mk, LABEL, ad, header, sealed)
  try {
    return unpad(padded)
  } finally {
    padded.fill(0)
  }
}

/** A key in a header that gives no secret is the header's fault. */
function dhWithPeer (privateKey: Uint8Array, DH: Uint8Array, made: Secrets): Uint8Array {
  try {
    return secret(made, dh(privateKey, DH))
  } catch (cause) {
    throw new P2pChatError('ERR_DECRYPT', 'A message with a key that gives no secret was refused.', { cause })
  }
}

function decodeHeader (header: Uint8Array): { DH: Uint8Array, PN: number, N: number } {
  if (header.byteLength !== HEADER_BYTES) {
    throw new P2pChatError('ERR_DECRYPT', `The header of a message must be ${HEADER_BYTES} bytes, not ${header.byteLength}.`)
  }
  const view = new DataView(header.buffer, header.byteOffset)
  return { DH: new Uint8Array(header.subarray(0, 32)), PN: view.getUint32(32), N: view.getUint32(36) }
}

function isReceiving (state: RatchetState): state is Receiving {
  return state.DHr !== undefined && state.CKr !== undefined
}

function secretsOf (state: RatchetState): Uint8Array[] {
  const { DHs, RK, CKs, CKr, MKSKIPPED } = state
  return [DHs.privateKey, RK, ...[CKs, CKr].filter((key) => key !== undefined), ...MKSKIPPED.map(({ mk }) => mk)]
}

/** Also of a Buffer, whose `slice` would share its bytes with whoever wipes or reuses them. */
function copyOf (key: Uint8Array, what: string): Uint8Array {
  return new Uint8Array(expectLength(key, 32, what))
}

function secret (made: Secrets, bytes: Uint8Array): Uint8Array {
  made.push(bytes)
  return bytes
}
