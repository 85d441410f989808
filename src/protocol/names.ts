import { P2pChatError } from '../errors.js'
import { maxNameChars } from './limits.js'

const NAME = /^[a-z0-9][a-z0-9._-]{1,31}$/

/**
 * The canonical (case-folded) form of a username.
 *
 * @throws ERR_INVALID_NAME when it is not 2 to 32 of a-z 0-9 . _ - with a letter or digit first
 */
export function parseUsername (text: string): string {
  // Plain JavaScript may give anything.
  const name = typeof text === 'string' ? text.toLowerCase() : ''
  if (!NAME.test(name) || name.length > maxNameChars) {
    throw new P2pChatError('ERR_INVALID_NAME', 'A username is 2 to 32 of the characters a-z 0-9 . _ - and starts with a letter or a digit.')
  }
  return name
}

export function isUsername (text: string): boolean {
  return NAME.test(text)
}
