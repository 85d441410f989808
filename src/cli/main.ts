/** Arguments in, exit status out. */
import { Socket } from 'node:net'
import { asP2pChatError, type P2pChatError } from '../errors.js'
import { later, loadParts } from '../later.js'
import type { ChatNode } from '../node/chat-node.js'
import { deadline, systemClock, systemRandom, type Clock } from '../runtime.js'
import type { CommandContext } from './command.js'
import { COMMANDS } from './commands/index.js'
import { readAll } from './input.js'
import { isBrokenPipe, processIo, write, type Io } from './io.js'
import { closeTimeoutMs, openNode, unlessAborted, type OpenedNode, type OpenNodeComponents } from './open-node.js'
import { errorEvent, errorLine, streamOutput, type Output } from './output.js'
import { passwordSource } from './password.js'
import { homeFolder, poolAddresses } from './paths.js'
import { parseArguments, type Parsed } from './program.js'
import { inAscii, isOtherLocale } from './render/ascii.js'
import { Interruption } from './signals.js'
import { version } from './version.js'

/** As a program that SIGPIPE ended. */
const cutOffStatus = 128 + 13
/** When a process that stays loads what it may need later: it has begun by then, and the most are ended. */
const partsAfterMs = 3_000

/** libp2p is loaded only by the process that becomes the owner of a home, or may become it later: it costs most of a second. */
const nodes = later(async () => await Promise.all([import('../node/index.js'), import('./logger.js')]))

export interface MainComponents {
  io: Io
  clock: Clock
  createNode: OpenNodeComponents['createNode']
  interruption: Interruption
}

/** @param argv without node and script */
export async function main (argv: readonly string[], given: Partial<MainComponents> = {}): Promise<number> {
  const io = given.io ?? processIo()
  const interruption = given.interruption ?? new Interruption()
  const components: MainComponents = { clock: systemClock, createNode: libp2pNode(io), ...given, io, interruption }
  const unwatch = given.interruption === undefined ? interruption.watchProcess() : () => {}
  io.stdout.on('error', () => {})
  io.stderr.on('error', () => {})
  // Whoever reads it learns of it all the same; a terminal that is gone says it once more when its keys are given back.
  io.stdin.on('error', () => {})
  try {
    return await parseAndRun(argv, components)
  } finally {
    unwatch()
  }
}

async function parseAndRun (argv: readonly string[], components: MainComponents): Promise<number> {
  const { io } = components
  let out = streamOutput(io, argv.includes('--json'))
  try {
    const parsed = parseArguments(argv, { specs: COMMANDS, version: version(), inShell: false })
    if (parsed.kind === 'run') {
      out = streamOutput(io, parsed.global.json)
      return await run(parsed, components, out)
    }
    await out.show(parsed.kind === 'help' ? { event: 'help', text: parsed.text } : { event: 'version', version: parsed.text }, [parsed.text])
    return 0
  } catch (error) {
    if (components.interruption.status !== null) return components.interruption.status
    if (isBrokenPipe(error)) return 0
    return await fail(asP2pChatError(error), io, out)
  }
}

async function run ({ spec, given, global }: Parsed & { kind: 'run' }, components: MainComponents, out: Output): Promise<number> {
  const { io, clock, createNode, interruption } = components
  let opened: Promise<OpenedNode> | null = null
  const context: CommandContext = {
    specs: COMMANDS,
    io,
    out,
    clock,
    global,
    signal: interruption.signal,
    async node (): Promise<ChatNode> {
      if (opened === null) {
        opened = openNode({ clock, random: systemRandom, env: io.env, createNode }, { home: homeFolder(global.home, io.env), pool: poolAddresses(global.pool, io.env), signal: interruption.signal })
        if (spec.endsBySignal === true) clock.schedule(partsAfterMs, () => { void loadParts() }, { unref: true })
      }
      return (await opened).node
    },
    askPassword: passwordSource(io, global.passwordStdin, interruption.signal),
    readText: async (maxBytes) => await readAll(io.stdin, maxBytes),
    view: (self) => ({ style: out.style, nowMs: clock.now(), self }),
    numbers: null,
    follow: null
  }
  // Some systems' nohup leaves standard input as it is; what another program reads ends with that.
  const isAtTerminal = [io.stdout, io.stderr].some(({ isTTY }) => isTTY === true) || io.stdout instanceof Socket
  if (spec.endsBySignal === true && spec.readsLines !== true && !isAtTerminal) interruption.outliveTerminal()
  let isCutOff = false
  io.stdout.on('error', (error) => {
    if (!isBrokenPipe(error)) return
    isCutOff = spec.readsLines === true && io.stdin.isTTY !== true
    interruption.interrupt(isCutOff ? cutOffStatus : 0)
  })
  try {
    const running = spec.run(context, given)
    await (spec.endsBySignal === true ? running : unlessAborted(running, interruption.signal))
    if (!isCutOff) return 0
    await out.note('Nobody reads the answers any more: lines that were left, if any, are not done.')
    return cutOffStatus
  } finally {
    await closeNode(opened, clock)
  }
}

async function closeNode (opened: Promise<OpenedNode> | null, clock: Clock): Promise<void> {
  const node = await opened?.catch(() => null)
  if (node === null || node === undefined) return
  const limit = deadline(clock, closeTimeoutMs)
  await unlessAborted(node.close(), limit.signal).catch(() => {})
  limit.clear()
}

async function fail (error: P2pChatError, io: Io, out: Output): Promise<number> {
  const tell = async (text: string): Promise<void> => { await write(io.stderr, `${io.stderr.isTTY === true && isOtherLocale(io.env) ? inAscii(text) : text}\n`).catch(() => {}) }
  if (!out.json) await tell(errorLine(error))
  // Where standard output takes nothing, as on a full disk, the reason is to be read all the same.
  else await out.show(errorEvent(error), []).catch(async () => { await tell(errorLine(error)) })
  if (io.env.P2PCHAT_LOG === 'debug') await tell(`${String(error.stack)}\n${String(error.cause ?? '')}`)
  return error.exitStatus
}

function libp2pNode (io: Io): OpenNodeComponents['createNode'] {
  return async (options) => {
    const [{ createNode }, { clientLogger }] = await nodes()
    return await createNode({ ...options, logger: await clientLogger(io.env) })
  }
}
