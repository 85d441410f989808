/** Sending files: to a person, to groups. */
import { homedir } from 'node:os'
import { basename, resolve } from 'node:path'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { sleep } from '../../runtime.js'
import type { ChatNode, FileSent, ProgressEvent, SendFileRequest, StatusEvent, TransferInfo, WaitRequest } from '../../node/chat-node.js'
import { textOption, type CommandContext, type CommandSpec, type Given, type OptionSpec } from '../command.js'
import { asRequest, personName, prefixed } from '../conversation.js'
import { ProgressBar } from '../progress-bar.js'
import { fileName, fileWords } from '../render/file.js'
import { names } from '../render/group.js'
import { stateWords } from '../render/status.js'
import { assertAlive, followTransfers } from './follow.js'
import { meetServer, noteNoServer } from './reach.js'
import { givenId, groupNames, ID, inGroup, tracedStatus } from './send.js'

/** The message about a file is there long before the file; this is for what comes after it. */
const statusTimeoutMs = 30_000
/** How often it is looked how far a file has been read. */
const lookMs = 300

const OPTIONS: OptionSpec[] = [
  { flags: '--name <name>', summary: 'how it is called there (default: its own name)' },
  { flags: '--caption <text>', summary: 'a line about it' },
  { flags: '--wait <state>', summary: 'until it is stored (default): fetched, or left with a server; or delivered', choices: ['stored', 'delivered'] },
  ID
]

export const sendFile: CommandSpec = {
  name: 'send-file',
  args: '<username> <path>',
  completes: ['user', 'path'],
  summary: 'send a file',
  details: [
    'Any kind, up to 4 GiB. It goes from device to device where that is possible, else it waits on a server, encrypted.',
    'Once it was read through it goes by itself, also after Ctrl-C, a crash or a restart, whenever p2pchat runs for this home: leave the file where it is until then. Exit status 9 means: kept and on its way, do not send it again.',
    'Without --timeout it waits as long as the file moves.'
  ],
  options: OPTIONS,
  examples: ['send-file bob cat.png', 'send-file bob movie.mp4 --caption "From yesterday"', 'send-file bob /tmp/x7f3 --name report.pdf --timeout 5m'],
  inShell: true,
  async run (context, given) {
    const [name = '', path = ''] = given.args
    const to = prefixed(name) ?? { kind: 'user', name: personName(name) }
    await sendTo(context, given, to.kind === 'group' ? { groups: [to.name] } : { to: to.name }, path)
  }
}

export const groupSendFile: CommandSpec = {
  name: 'group send-file',
  args: '<groups> <path>',
  completes: ['group', 'path'],
  summary: 'send a file to a group, or to several: team,club',
  details: ['Otherwise like send-file. It is uploaded once for each group, however many are in it.'],
  options: OPTIONS,
  examples: ['group send-file team plan.pdf', 'group send-file team,club party.mp4 --caption "Saturday"'],
  inShell: true,
  async run (context, given) {
    const groups = groupNames(context, given.args[0])
    await sendTo(context, given, { groups }, given.args[1] ?? '')
  }
}

async function sendTo (context: CommandContext, given: Given, to: Pick<SendFileRequest, 'to' | 'groups'>, typed: string): Promise<void> {
  const path = absolutePath(context, typed)
  const [name, caption] = [textOption(given, 'name'), textOption(given, 'caption')]
  const node = await context.node()
  await meetServer(node, context.global.timeoutMs)
  await noteNoServer(context, node)
  const bar = new ProgressBar(context.io, context.out.json || context.follow !== null)
  const onAbort = watchAbort(context, bar)
  bar.begin(`Reading ${fileName(name ?? basename(path))} …`)
  try {
    const sending = node.sendFile({ ...to, path, ...givenId(given), ...(name === undefined ? {} : { name }), ...(caption === undefined ? {} : { caption }) })
    await showReading(context, node, path, sending)
    const sent = await sending
    onAbort.isKept = true
    if (context.follow !== null) return context.follow(sent)
    await waitFor(context, node, sent, bar, (textOption(given, 'wait') ?? 'stored') as WaitRequest['state'])
  } finally {
    bar.end()
    onAbort.clear()
  }
}

/** How far the first reading of a large file is, until `sending` is settled. */
async function showReading (context: CommandContext, node: ChatNode, path: string, sending: Promise<unknown>): Promise<void> {
  const { clock, io, out, follow, signal } = context
  const settled = new AbortController()
  const end = (): void => { settled.abort() }
  sending.then(end, end)
  const bar = new ProgressBar(io, out.json || follow !== null)
  const startMs = clock.monotonicMs()
  const over = AbortSignal.any([settled.signal, signal])
  try {
    for (;;) {
      await sleep(clock, lookMs, over)
      const reading = (await node.transfers({ active: true })).find((one) => one.state === 'preparing' && one.path === path)
      if (reading === undefined || settled.signal.aborted) continue
      const { id, name, peer, doneBytes: bytes, bytes: total } = reading
      const event: ProgressEvent = { event: 'progress', id, direction: 'out', name, peer, bytes, total, bytesPerSecond: Math.round(bytes / (clock.monotonicMs() - startMs) * 1000), via: null, phase: 'preparing' }
      bar.update(event)
      await out.show(event, [])
    }
  } catch {
    // The sending says what went wrong, if anything did.
  }
}

/** From the CLI's own folder, whoever owns the home; in the shell `~` is no one else's to read. */
export function absolutePath ({ io, numbers }: Pick<CommandContext, 'io' | 'numbers'>, typed: string): string {
  if (typed === '') throw new P2pChatError('ERR_USAGE', 'Which file? The path is empty.')
  const isTilde = numbers !== null && (typed === '~' || typed.startsWith('~/'))
  return resolve(isTilde ? `${io.env.HOME ?? homedir()}${typed.slice(1)}` : typed)
}

async function waitFor (context: CommandContext, node: ChatNode, sent: FileSent[], bar: ProgressBar, state: WaitRequest['state']): Promise<void> {
  const [first] = sent
  if (first === undefined) return
  bar.begin(`Sending ${fileWords(first)} to ${names(sent.map(peerOf))} …`)
  const after = await newestCursor(node, first)
  // Sent before under its id, and over for long, or before a restore: of such a one the message alone is known.
  const listed = new Set((await node.transfers({})).map(({ id }) => id))
  const ids = sent.map(({ id }) => id).filter((id) => listed.has(id))
  const ended = await followTransfers({ context, node, bar, ...(after === null ? {} : { after }) }, ids)
  let isPending = false
  for (const file of sent) isPending = !await report(context, node, file, ended[ids.indexOf(file.id)], state) || isPending
  if (!isPending) return
  throw new P2pChatError('ERR_PENDING', `${fileName(first.name)} is kept and on its way; do not send it again. It goes on whenever p2pchat runs for this home: p2pchat listen, or the shell.`)
}

/** False where it is on its way still. `ended`: null where the transfer is, undefined where there is none any more */
async function report (context: CommandContext, node: ChatNode, file: FileSent, ended: TransferInfo | null | undefined, state: WaitRequest['state']): Promise<boolean> {
  const transfer = ended ?? (await node.transfers({})).find(({ id }) => id === file.id)
  if (transfer !== undefined) {
    await context.out.show({ event: 'transfer', ...transfer }, [])
    assertAlive(transfer)
  }
  const reached = ended === null ? null : await messageStatus(node, { id: file.id, state, timeoutMs: context.global.timeoutMs ?? statusTimeoutMs })
  const status = reached ?? await tracedStatus(node, file.id)
  await context.out.show(status, [inGroup(file, `${fileWords(file)} ${ended === null ? '… on its way' : stateWords(status)}`)])
  return reached !== null
}

async function messageStatus (node: ChatNode, wait: WaitRequest): Promise<StatusEvent | null> {
  try {
    return await node.wait(wait)
  } catch (error) {
    if (isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) return null
    throw error
  }
}

/** Where the events about a file just sent begin: what is older need not be read again. */
async function newestCursor (node: ChatNode, file: FileSent): Promise<string | null> {
  const newest = await node.history({ ...asRequest({ kind: file.group === undefined ? 'user' : 'group', name: peerOf(file) }), limit: 1 }).catch(() => [])
  return newest.at(-1)?.cursor ?? null
}

function peerOf ({ to, group }: FileSent): string {
  return group ?? to ?? ''
}

/** Ctrl-C in a one-shot command: what was begun is kept, and that is said. */
function watchAbort (context: CommandContext, bar: ProgressBar): { isKept: boolean, clear: () => void } {
  const tell = (): void => {
    bar.end()
    void context.out.note(watch.isKept
      ? 'Stopped here; the file is kept, and goes on by itself whenever p2pchat runs for this home. Do not send it again. To hold it back: p2pchat files pause'
      : 'Stopped while it was being read. Whether it goes out all the same: p2pchat files')
  }
  const watch = { isKept: false, clear: () => { context.signal.removeEventListener('abort', tell) } }
  if (context.follow === null) context.signal.addEventListener('abort', tell, { once: true })
  return watch
}
