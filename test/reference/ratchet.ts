/** "Double Ratchet" of docs/wire/sessions.md, with the functions of the Double Ratchet specification, §3. */
import { Refused, dh, hkdf, hmac, join, u32, u8, x25519Public } from './bytes.js'
import { pad, unpad } from './padding.js'
import { open, seal } from './seal.js'

const MAX_SKIP = 1000
const MAX_SKIPPED_OF_SESSION = 2000
const HEADER_BYTES = 40

interface SkippedKey { DHr: Buffer, N: number, mk: Buffer }

export interface RatchetState {
  /** Private half; the public half is worked out each time. */
  DHs: Buffer
  DHr: Buffer | undefined
  RK: Buffer
  CKs: Buffer | undefined
  CKr: Buffer | undefined
  Ns: number
  Nr: number
  PN: number
  /** Oldest first. */
  MKSKIPPED: SkippedKey[]
}

export interface RatchetMessage { header: Buffer, sealed: Buffer }

function KDF_RK (rk: Uint8Array, dhOut: Uint8Array): { RK: Buffer, CK: Buffer } {
  const okm = hkdf(rk, dhOut, 'p2pchat/1 ratchet root', 64)
  return { RK: okm.subarray(0, 32), CK: okm.subarray(32, 64) }
}

function KDF_CK (ck: Uint8Array): { CK: Buffer, mk: Buffer } {
  return { mk: hmac(ck, u8(1)), CK: hmac(ck, u8(2)) }
}

export function ratchetInitAlice (rootKey: Uint8Array, SPKb: Uint8Array, newDHs: Uint8Array): RatchetState {
  const { RK, CK } = KDF_RK(rootKey, dh(newDHs, SPKb))
  return { DHs: Buffer.from(newDHs), DHr: Buffer.from(SPKb), RK, CKs: CK, CKr: undefined, Ns: 0, Nr: 0, PN: 0, MKSKIPPED: [] }
}

export function ratchetInitBob (rootKey: Uint8Array, SPKbPrivate: Uint8Array): RatchetState {
  return { DHs: Buffer.from(SPKbPrivate), DHr: undefined, RK: Buffer.from(rootKey), CKs: undefined, CKr: undefined, Ns: 0, Nr: 0, PN: 0, MKSKIPPED: [] }
}

/** Advances `state`. */
export function ratchetEncrypt (state: RatchetState, ad: Uint8Array, plaintext: Uint8Array, salt: Uint8Array): RatchetMessage {
  if (state.CKs === undefined) throw new Refused('no sending chain before the first message was read')
  const { CK, mk } = KDF_CK(state.CKs)
  const header = join(x25519Public(state.DHs), u32(state.PN), u32(state.Ns))
  const sealed = seal(mk, 'p2pchat/1 message', ad, header, pad(plaintext), salt)
  state.CKs = CK
  state.Ns += 1
  return { header, sealed }
}

/**
 * Advances `state` when the message could be read, and leaves it as it was when not.
 * @param generateDH gives a private key; called only when the ratchet turns
 */
export function ratchetDecrypt (state: RatchetState, ad: Uint8Array, message: RatchetMessage, generateDH: () => Uint8Array): Buffer {
  if (message.header.length !== HEADER_BYTES) throw new Refused('a header has 40 bytes')
  const trial: RatchetState = { ...state, MKSKIPPED: [...state.MKSKIPPED] }
  const mk = messageKeyFor(trial, message.header, generateDH)
  const plaintext = unpad(open(mk, 'p2pchat/1 message', ad, message.header, message.sealed))
  Object.assign(state, trial)
  return plaintext
}

function messageKeyFor (state: RatchetState, header: Buffer, generateDH: () => Uint8Array): Buffer {
  const headerDH = header.subarray(0, 32)
  const headerPN = header.readUInt32BE(32)
  const headerN = header.readUInt32BE(36)

  const skipped = state.MKSKIPPED.findIndex(each => each.DHr.equals(headerDH) && each.N === headerN)
  if (skipped !== -1) return takeSkipped(state, skipped)

  if (state.DHr === undefined || !headerDH.equals(state.DHr)) {
    skipMessageKeys(state, headerPN)
    dhRatchet(state, headerDH, generateDH)
  }
  if (headerN < state.Nr) throw new Refused('its key was used already')
  skipMessageKeys(state, headerN)
  if (state.CKr === undefined) throw new Refused('no receiving chain')
  const { CK, mk } = KDF_CK(state.CKr)
  state.CKr = CK
  state.Nr += 1
  return mk
}

function takeSkipped (state: RatchetState, index: number): Buffer {
  const [taken] = state.MKSKIPPED.splice(index, 1)
  if (taken === undefined) throw new Refused('no such skipped key')
  return taken.mk
}

function skipMessageKeys (state: RatchetState, until: number): void {
  if (state.CKr === undefined || state.DHr === undefined) return
  if (state.Nr + MAX_SKIP < until) throw new Refused('too many messages skipped')
  while (state.Nr < until) {
    const { CK, mk }: { CK: Buffer, mk: Buffer } = KDF_CK(state.CKr)
    state.MKSKIPPED.push({ DHr: state.DHr, N: state.Nr, mk })
    if (state.MKSKIPPED.length > MAX_SKIPPED_OF_SESSION) state.MKSKIPPED.shift()
    state.CKr = CK
    state.Nr += 1
  }
}

function dhRatchet (state: RatchetState, headerDH: Buffer, generateDH: () => Uint8Array): void {
  state.PN = state.Ns
  state.Ns = 0
  state.Nr = 0
  state.DHr = Buffer.from(headerDH)
  const receiving = KDF_RK(state.RK, dh(state.DHs, state.DHr))
  state.CKr = receiving.CK
  state.DHs = Buffer.from(generateDH())
  const sending = KDF_RK(receiving.RK, dh(state.DHs, state.DHr))
  state.RK = sending.RK
  state.CKs = sending.CK
}
