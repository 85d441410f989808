import { P2pChatError } from '../../errors.js'
import { isUsername } from '../../protocol/names.js'

/** A group's name: as a username, but not all digits, which stand for places in the last list. */
export function isGroupName (text: string): boolean {
  return isUsername(text) && !/^[0-9]+$/.test(text)
}

/** The canonical (case-folded) form of a group's name. @throws ERR_INVALID_NAME */
export function parseGroupName (text: string): string {
  // Plain JavaScript may give anything.
  const name = typeof text === 'string' ? text.toLowerCase() : ''
  if (!isGroupName(name)) {
    throw new P2pChatError('ERR_INVALID_NAME', 'A group name is 2 to 32 of the characters a-z 0-9 . _ - , starts with a letter or a digit, and is not all digits.')
  }
  return name
}
