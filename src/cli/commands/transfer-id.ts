import { P2pChatError } from '../../errors.js'
import type { ChatNode, TransferInfo } from '../../node/chat-node.js'
import { fileName, shortId } from '../render/file.js'

/** What a command can be used on, and what to say where there is nothing of the kind. */
interface Wanted {
  fits: (transfer: TransferInfo) => boolean
  none: string
}

/**
 * The transfer that an id, or the beginning of one, stands for; with neither, the only one that fits.
 *
 * @throws ERR_NOT_FOUND, ERR_AMBIGUOUS; ERR_USAGE: the id is empty, which every id begins with
 */
export async function findTransfer (node: ChatNode, text: string | undefined, { fits, none }: Wanted): Promise<TransferInfo> {
  if (text === '') throw new P2pChatError('ERR_USAGE', 'The id is empty. `p2pchat files` shows the ids.')
  const prefix = text?.toLowerCase()
  // Of all only the newest are listed: what is not over may be older than those.
  const active = (await node.transfers({ active: true })).filter((transfer) => prefix === undefined ? fits(transfer) : transfer.id.startsWith(prefix))
  const over = prefix === undefined ? [] : (await node.transfers({})).filter(({ id }) => id.startsWith(prefix) && !active.some((one) => one.id === id))
  const found = [...active, ...over]
  const [first] = found
  if (first === undefined) throw new P2pChatError('ERR_NOT_FOUND', text === undefined ? none : `There is no file ${shortId(text)} here. \`p2pchat files\` shows the ids.`)
  // One file sent to several is one transfer for each; who types a whole id means one.
  if (found.length > 1) throw new P2pChatError('ERR_AMBIGUOUS', `Which one? ${found.slice(0, 4).map(({ id, name }) => `${shortId(id)} (${fileName(name)})`).join(', ')}`)
  return first
}
