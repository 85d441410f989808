/** Checks of single fields of requests. */
import { P2pChatError } from '../errors.js'
import { isUsername } from '../protocol/names.js'

const NAME_PART = /^[a-z0-9._-]{0,32}$/

/** @throws ERR_INVALID_NAME unless it is a username in its canonical form */
export function assertUsername (username: string): void {
  if (!isUsername(username)) {
    throw new P2pChatError('ERR_INVALID_NAME', 'A username is 2 to 32 of the characters a-z 0-9 . _ - and starts with a letter or a digit.')
  }
}

/** @throws ERR_INVALID_RECORD unless it has that length */
export function assertBytes (bytes: Uint8Array, length: number, what: string): void {
  if (bytes.byteLength !== length) throw new P2pChatError('ERR_INVALID_RECORD', `${what} must be ${length} bytes, not ${bytes.byteLength}.`)
}

/** @throws ERR_INVALID_NAME unless a name could begin so, or it is empty */
export function assertNamePart (text: string): void {
  if (!NAME_PART.test(text)) throw new P2pChatError('ERR_INVALID_NAME', 'A prefix is made of the characters a-z 0-9 . _ - only.')
}
