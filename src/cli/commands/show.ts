/** A picture in the terminal, on request. */
import { readFile, stat } from 'node:fs/promises'
import { P2pChatError } from '../../errors.js'
import type { ChatNode, TransferInfo } from '../../node/chat-node.js'
import { later } from '../../later.js'
import { textOption, type CommandContext, type CommandSpec } from '../command.js'
import { columnsOf } from '../io.js'
import { fileName, fileWords, isPicture, pathWords } from '../render/file.js'
import { PICTURE_PROTOCOLS } from '../render/picture-protocols.js'
import { findTransfer } from './transfer-id.js'

const pictures = later(async () => await import('../pictures/index.js'))
const usualRoom = { columns: 80, rows: 24 }

export const show: CommandSpec = {
  name: 'show',
  args: '[file-id]',
  completes: ['file'],
  summary: 'show a picture in the terminal',
  details: [
    'PNG and JPEG. The beginning of the id will do; without one it is the newest picture that has come.',
    'How: kitty, iterm2 or sixel where the terminal says that it knows one of them, else blocks, in 24 bit colours where COLORTERM says so and in 256 colours elsewhere; P2PCHAT_PICTURES or --protocol says otherwise.'
  ],
  options: [{ flags: '--protocol <name>', summary: 'kitty, iterm2, sixel or blocks', choices: PICTURE_PROTOCOLS }],
  examples: ['show 3f9a12bc', 'show --protocol blocks'],
  inShell: true,
  async run (context, given) {
    const { detectProtocol, hasTrueColour, pictureLines } = await pictures()
    const protocol = protocolOf(textOption(given, 'protocol') ?? context.io.env.P2PCHAT_PICTURES, context) ?? detectProtocol(context.io.env)
    const node = await context.node()
    const transfer = await find(node, given.args[0])
    const bytes = await contentOf(node, transfer, protocol === 'blocks')
    const { stdout } = context.io
    const [columns, rows] = [columnsOf(stdout) ?? usualRoom.columns, stdout.rows === 0 ? usualRoom.rows : stdout.rows ?? usualRoom.rows]
    const { lines, width, height } = await pictureLines(bytes, protocol, { columns, rows, trueColour: hasTrueColour(context.io.env) })
    await context.out.show({ event: 'picture', id: transfer.id, name: transfer.name, width, height, path: transfer.path }, [...lines, `${fileWords(transfer)}${transfer.path === null ? '' : ` · ${pathWords(transfer.path)}`}`])
  }
}

function protocolOf (named: string | undefined, context: CommandContext): typeof PICTURE_PROTOCOLS[number] | null {
  if (context.out.json) return 'blocks'
  if (named !== undefined && named !== '') {
    const found = PICTURE_PROTOCOLS.find((name) => name === named.toLowerCase())
    if (found === undefined) throw new P2pChatError('ERR_USAGE', `P2PCHAT_PICTURES is one of ${PICTURE_PROTOCOLS.join(', ')}.`)
    return found
  }
  if (context.io.stdout.isTTY === true && context.out.style.coloured) return null
  throw new P2pChatError('ERR_USAGE', 'Here are no colours to show a picture with. To write it all the same: --protocol blocks')
}

async function find (node: ChatNode, text: string | undefined): Promise<TransferInfo> {
  if (text !== undefined) return await findTransfer(node, text, { fits: () => false, none: '' })
  const newest = (await node.transfers({})).find((transfer) => transfer.direction === 'in' && transfer.state === 'done' && isPicture(transfer))
  if (newest === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'No picture has come yet.')
  return newest
}

/** The file where it lies, unless the small copy that came with the message is as good or all there is. */
async function contentOf (node: ChatNode, transfer: TransferInfo, isCoarse: boolean): Promise<Uint8Array> {
  const { maxPictureBytes, maxQuickPixels, pictureHeader } = await pictures()
  const preview = await node.filePreview({ id: transfer.id }).catch(() => null)
  const small = preview === null ? null : new Uint8Array(Buffer.from(preview.base64, 'base64'))
  const isHere = transfer.path !== null && (transfer.direction === 'out' || transfer.state === 'done')
  if (small !== null && (isCoarse || !isHere || transfer.bytes > maxPictureBytes)) return small
  if (!isPicture(transfer)) throw new P2pChatError('ERR_UNSUPPORTED', `${fileName(transfer.name)} is no picture that can be shown: PNG or JPEG.`)
  if (!isHere) throw new P2pChatError('ERR_NOT_FOUND', transfer.state === 'offered' ? `${fileName(transfer.name)} is not fetched yet: accept` : `${fileName(transfer.name)} is not here yet.`)
  if (transfer.bytes > maxPictureBytes) throw new P2pChatError('ERR_LIMIT', `${fileWords(transfer)} is too large to be shown: ${maxPictureBytes / 1024 / 1024} MiB at most.`)
  const bytes = await read(transfer.path ?? '', maxPictureBytes)
  const header = pictureHeader(bytes)
  return small !== null && header !== null && header.width * header.height > maxQuickPixels ? small : bytes
}

/** What lies there may have changed since: it is looked at again, and a pipe is never opened. */
async function read (path: string, maxBytes: number): Promise<Uint8Array> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new P2pChatError('ERR_NOT_FOUND', `${pathWords(path)} cannot be read: it may have been moved.`, { cause })
  })
  if (!found.isFile()) throw new P2pChatError('ERR_NOT_FOUND', `${pathWords(path)} is no file any more.`)
  if (found.size > maxBytes) throw new P2pChatError('ERR_LIMIT', `${pathWords(path)} is too large to be shown.`)
  return new Uint8Array(await readFile(path))
}
