import { P2pChatError } from '../../errors.js'
import { maxPasswordChars, minPasswordChars } from './limits.js'

// The heads of every leaked-password list; a pool's operator could try these in minutes.
const COMMON = new Set(['password', 'passw0rd', 'qwerty', 'qwertyuiop', 'letmein', 'iloveyou', 'administrator', 'welcome', 'sunshine', 'football', 'baseball', 'princess', 'superman', 'trustno1', 'whatever', 'starwars', 'computer', 'asdfghjkl', 'zxcvbnm', 'monkey', 'dragon', 'master', 'changeme', 'p2pchat'])

/**
 * Whoever has a server's disk can guess at Argon2 cost, so what falls to the first guesses is refused.
 *
 * @throws ERR_WEAK_PASSWORD with what to do instead
 */
export function assertStrongPassword (password: string, username: string): void {
  const chars = [...password]
  const lower = password.normalize('NFKC').toLowerCase()
  // What is left of `passw0rd1!` or `(letmein)` without the decoration, and of `let.me.in` without what parts it.
  const core = lower.replace(/^[^a-z]+|[^a-z]+$/g, '')
  const letters = lower.replace(/[^a-z]/g, '')
  const weak = (why: string): P2pChatError => new P2pChatError('ERR_WEAK_PASSWORD', `This password is too weak: ${why}. Take at least ${minPasswordChars} characters that nobody would guess, for example four random words.`)
  if (chars.length < minPasswordChars) throw weak(`it has fewer than ${minPasswordChars} characters`)
  if (chars.length > maxPasswordChars) throw new P2pChatError('ERR_LIMIT', `A password has at most ${maxPasswordChars} characters (limit maxPasswordChars).`)
  if (new Set(chars).size < 5) throw weak('it repeats a few characters')
  if (isRun(lower)) throw weak('it is a run of neighbouring characters')
  if (lower.includes(username) && lower.length < username.length + 6) throw weak('it is your name with little added')
  if ([lower, core, letters].some((part) => COMMON.has(part) && lower.length - part.length <= 4)) throw weak('it is among the most common ones')
}

function isRun (text: string): boolean {
  const codes = [...text].map((char) => char.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0))
  return steps.every((step) => step === 1) || steps.every((step) => step === -1)
}
