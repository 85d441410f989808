/** The list of transfers, and what can be done with one. */
import { P2pChatError } from '../../errors.js'
import type { ChatNode, TransferInfo } from '../../node/chat-node.js'
import { flagOption, numberOption, wholeNumber, type CommandContext, type CommandSpec } from '../command.js'
import { ProgressBar } from '../progress-bar.js'
import { fileWords, fileName, pathWords, shortId, transferLine } from '../render/file.js'
import { safeLine } from '../render/safe-text.js'
import { assertAlive, followTransfers } from './follow.js'
import { meetServer, noteNoServer } from './reach.js'
import { findTransfer } from './transfer-id.js'

/** What a person is shown; a program is given all. */
const shownAtOnce = 30

export const files: CommandSpec = {
  name: 'files',
  summary: 'list the files that come and go, the newest first',
  details: ['The eight digits in front are what accept, decline, show and files pause take.'],
  options: [
    { flags: '--active', summary: 'only those that are not over' },
    { flags: '--limit <n>', summary: `at most this many (default on a terminal: ${shownAtOnce})`, parse: wholeNumber(1, 1_000_000) }
  ],
  examples: ['files', 'files --active'],
  inShell: true,
  async run (context, given) {
    const node = await context.node()
    const all = await node.transfers(flagOption(given, 'active') ? { active: true } : {})
    const limit = numberOption(given, 'limit') ?? (context.io.stdout.isTTY === true && !context.out.json ? shownAtOnce : Infinity)
    const { nowMs } = context.view(null)
    for (const transfer of all.slice(0, limit)) await context.out.show({ event: 'transfer', ...transfer }, [transferLine(transfer, nowMs, context.out.style)])
    if (all.length === 0) await context.out.note('No files. To send one: send-file NAME PATH')
    else if (all.length > limit) await context.out.note(`There are ${all.length}. All of them: files --limit ${all.length}`)
  }
}

const isOffered = (transfer: TransferInfo): boolean => transfer.direction === 'in' && transfer.state === 'offered'
const OFFERED = { fits: isOffered, none: 'No file is offered to you.' }

export const accept: CommandSpec = {
  name: 'accept',
  args: '[file-id]',
  completes: ['offer'],
  summary: 'fetch a file that is offered',
  details: [
    'The beginning of the id will do; without one it is the only file that is offered.',
    'It ends when the file is there. After Ctrl-C or a crash the rest comes by itself whenever p2pchat runs for this home; without --timeout it waits as long as the file moves, then exit status 9.'
  ],
  examples: ['accept 3f9a12bc', 'accept'],
  inShell: true,
  async run (context, given) {
    const node = await context.node()
    const offered = await findTransfer(node, given.args[0], OFFERED)
    await meetServer(node, context.global.timeoutMs)
    await noteNoServer(context, node)
    await node.acceptFile({ id: offered.id })
    if (context.follow !== null) return await context.out.show({ event: 'transfer', ...offered }, [`${fileWords(offered)} is coming from ${safeLine(offered.peer)}.`])
    await fetch(context, node, offered)
  }
}

async function fetch (context: CommandContext, node: ChatNode, offered: TransferInfo): Promise<void> {
  const bar = new ProgressBar(context.io, context.out.json)
  const tell = (): void => {
    bar.end()
    void context.out.note('Stopped here; the rest comes by itself whenever p2pchat runs for this home.')
  }
  context.signal.addEventListener('abort', tell, { once: true })
  bar.begin(`Fetching ${fileWords(offered)} from ${safeLine(offered.peer)} …`)
  try {
    const [ended] = await followTransfers({ context, node, bar }, [offered.id])
    const transfer = ended ?? (await node.transfers({})).find(({ id }) => id === offered.id) ?? offered
    await context.out.show({ event: 'transfer', ...transfer }, ended === null || transfer.path === null ? [] : [`${fileWords(transfer)}: ${pathWords(transfer.path)}`])
    assertAlive(transfer)
    if (ended === null) throw new P2pChatError('ERR_PENDING', `${fileName(offered.name)} is not all here yet. The rest comes by itself whenever p2pchat runs for this home: p2pchat listen, or the shell.`)
  } finally {
    context.signal.removeEventListener('abort', tell)
  }
}

export const decline: CommandSpec = {
  name: 'decline',
  args: '[file-id]',
  completes: ['offer'],
  summary: 'refuse a file that is offered, or end one that is coming',
  details: ['Who sent it is told.'],
  examples: ['decline 3f9a12bc'],
  inShell: true,
  async run (context, given) {
    await change(context, given.args[0], OFFERED, 'declined', async (node, id) => { await node.declineFile({ id }) }, (name) => `Declined ${name}.`)
  }
}

export const filesPause: CommandSpec = {
  name: 'files pause',
  args: '[file-id]',
  completes: ['file'],
  summary: 'hold a file back, coming or going, until files resume',
  examples: ['files pause 3f9a12bc'],
  inShell: true,
  async run (context, given) {
    const wanted = { fits: ({ state, direction }: TransferInfo) => state === 'active' || state === 'waiting' || (state === 'offered' && direction === 'out'), none: 'No file is under way.' }
    await change(context, given.args[0], wanted, 'paused', async (node, id) => { await node.pauseFile({ id }) }, (name, id) => `Paused ${name}. To go on: files resume ${id}`)
  }
}

export const filesResume: CommandSpec = {
  name: 'files resume',
  args: '[file-id]',
  completes: ['file'],
  summary: 'let a file that was held back go on',
  examples: ['files resume 3f9a12bc'],
  inShell: true,
  async run (context, given) {
    const wanted = { fits: ({ state }: TransferInfo) => state === 'paused', none: 'No file is paused.' }
    await change(context, given.args[0], wanted, 'active', async (node, id) => { await node.resumeFile({ id }) }, (name) => `${name} goes on.`)
  }
}

async function change (context: CommandContext, text: string | undefined, wanted: Parameters<typeof findTransfer>[2], state: TransferInfo['state'], act: (node: ChatNode, id: string) => Promise<void>, said: (name: string, id: string) => string): Promise<void> {
  const node = await context.node()
  const before = await findTransfer(node, text, wanted)
  await act(node, before.id)
  const after = (await node.transfers({})).find(({ id }) => id === before.id) ?? { ...before, state }
  await context.out.show({ event: 'transfer', ...after }, [said(fileWords(before), shortId(before.id))])
}
