import { P2pChatError } from '../../errors.js'
import { parseUsername } from '../../protocol/names.js'

/**
 * Who is meant: `bob`, or `user:bob`.
 *
 * @throws ERR_INVALID_NAME; ERR_UNSUPPORTED at `group:team`
 */
export function recipient (text: string): string {
  if (/^group:/i.test(text)) throw new P2pChatError('ERR_UNSUPPORTED', 'This version has no groups yet. Write to a person: send NAME TEXT')
  return parseUsername(text.replace(/^user:/i, ''))
}
