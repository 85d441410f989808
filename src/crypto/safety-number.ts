/** Two accounts' keys as one number that people can read to each other (docs/wire/sessions.md, "Safety number"). */
import { expectLength, lpAll, sha256 } from './bytes.js'

/** Makes a search for a second key with the same number slow: about 112 bits of work for 30 digits. */
const ITERATIONS = 5_200

export interface SafetyNumberEnd {
  readonly username: string
  /** Ed25519, 32 bytes */
  readonly accountKey: Uint8Array
}

/** 60 digits, the same for both ends. Takes some 10 ms. */
export function safetyNumber (a: SafetyNumberEnd, b: SafetyNumberEnd): string {
  return [fingerprint(a), fingerprint(b)].sort().join('')
}

/** 30 digits. */
function fingerprint ({ username, accountKey }: SafetyNumberEnd): string {
  expectLength(accountKey, 32, 'An account key')
  let h = sha256(lpAll('p2pchat/1 safety number', username, accountKey))
  for (let i = 1; i <= ITERATIONS; i++) h = sha256(h, accountKey)
  const view = new DataView(h.buffer, h.byteOffset)
  let digits = ''
  for (let at = 0; at < 30; at += 5) {
    const group = (view.getUint8(at) * 2 ** 32 + view.getUint32(at + 1)) % 100_000
    digits += String(group).padStart(5, '0')
  }
  return digits
}
