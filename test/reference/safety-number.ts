/** "Safety number" of docs/wire/sessions.md. */
import { join, lp, sha256 } from './bytes.js'

interface SafetyAccount { username: string, accountKey: Uint8Array }

function fingerprint (account: SafetyAccount): string {
  let h = sha256(join(lp('p2pchat/1 safety number'), lp(account.username), lp(account.accountKey)))
  for (let i = 1; i <= 5200; i++) h = sha256(join(h, account.accountKey))
  let digits = ''
  for (let at = 0; at < 30; at += 5) digits += String(h.readUIntBE(at, 5) % 100_000).padStart(5, '0')
  return digits
}

/** 60 digits, the same whichever account is given first. */
export function safetyNumber (a: SafetyAccount, b: SafetyAccount): string {
  return [fingerprint(a), fingerprint(b)].sort().join('')
}
