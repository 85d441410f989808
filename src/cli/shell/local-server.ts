/**
 * A rendezvous server that the shell runs beside itself: a child process that lives as long as the shell. The home
 * remembers it, and the next shell starts it again with the same data at the same address.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'

const RECORD_NAME = 'local-server.json'
const readyTimeoutMs = 30_000
const stopTimeoutMs = 5_000

interface ServerRecord {
  data: string
  listen: string[]
}

export interface LocalServer {
  /** What friends give to --pool. */
  pool: string
  /** How to run it without the shell. */
  command: string
  stop: () => Promise<void>
}

export interface LocalServerComponents {
  clock: Clock
  home: string
  env: Record<string, string | undefined>
  /** node, its options, and this program: what `rendezvous …` is appended to. */
  program: string[]
}

/** The server that this home remembers, started again; null when there is none or it runs already. */
export async function startRememberedServer (components: LocalServerComponents): Promise<LocalServer | null> {
  const record = await readRecord(components.home)
  if (record === null) return null
  try {
    return await start(components, record)
  } catch (error) {
    if (error instanceof P2pChatError && error.code === 'ERR_STORE_LOCKED') return null
    throw error
  }
}

/** @throws what the server ends with when it does not come up */
export async function startNewServer (components: LocalServerComponents, data: string): Promise<LocalServer> {
  const remembered = await readRecord(components.home)
  return await start(components, remembered ?? { data, listen: ['/ip4/0.0.0.0/tcp/0'] })
}

async function start (components: LocalServerComponents, record: ServerRecord): Promise<LocalServer> {
  const args = ['rendezvous', '--data', record.data, ...record.listen.flatMap((address) => ['--listen', address])]
  const [program = process.execPath, ...before] = components.program
  // Its own process group: Ctrl-C in the shell is not meant for it. It ends when its standard input does.
  const child = spawn(program, [...before, ...args, '--until-stdin-ends', '--json', '--log', 'error'], { env: components.env, stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const ready = await firstLine(components.clock, child).catch(async (error: unknown) => {
    await stop(components.clock, child)
    throw error
  })
  if (typeof ready.pool !== 'string' || !Array.isArray(ready.addresses)) {
    await stop(components.clock, child)
    const code = ready.code === 'ERR_STORE_LOCKED' ? 'ERR_STORE_LOCKED' : 'ERR_UNREACHABLE'
    throw new P2pChatError(code, `The server did not start: ${typeof ready.message === 'string' ? ready.message : 'it said nothing.'}`)
  }
  const kept = { data: record.data, listen: fixedPort(record.listen, ready.addresses.map(String)) }
  await writeFile(join(components.home, RECORD_NAME), `${JSON.stringify(kept)}\n`, { mode: 0o600 })
  return {
    pool: ready.pool,
    command: ['p2pchat', 'rendezvous', '--data', quoted(kept.data), ...kept.listen.flatMap((address) => ['--listen', address])].join(' '),
    stop: async () => { await stop(components.clock, child) }
  }
}

async function firstLine (clock: Clock, child: ChildProcess): Promise<Record<string, unknown>> {
  const { stdout } = child
  if (stdout === null) throw new P2pChatError('ERR_INTERNAL', 'The server has no output.')
  const limit = new AbortController()
  const timedOut = sleep(clock, readyTimeoutMs, limit.signal).then(() => { throw new P2pChatError('ERR_TIMEOUT', 'The server did not say that it is ready.') })
  timedOut.catch(() => {})
  const read = async (): Promise<Record<string, unknown>> => {
    let said = ''
    for await (const chunk of stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      said += String(chunk)
      if (said.includes('\n')) break
    }
    try {
      return JSON.parse(said.slice(0, said.indexOf('\n') + 1)) as Record<string, unknown>
    } catch {
      return {}
    }
  }
  const spawnFailed = once(child, 'error', { signal: limit.signal }).then(([cause]: unknown[]) => { throw new P2pChatError('ERR_UNREACHABLE', 'The server could not be started.', { cause }) })
  spawnFailed.catch(() => {})
  try {
    return await Promise.race([read(), timedOut, spawnFailed])
  } finally {
    limit.abort()
    stdout.resume()
  }
}

async function stop (clock: Clock, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  child.stdin?.on('error', () => {})
  child.stdin?.end()
  const limit = new AbortController()
  await Promise.race([gone, sleep(clock, stopTimeoutMs, limit.signal).catch(() => {})])
  limit.abort()
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

/** The address friends got must be there again the next time: the port that was free becomes the port. */
function fixedPort (listen: string[], addresses: string[]): string[] {
  const port = addresses.map((address) => /\/tcp\/(\d+)/.exec(address)?.[1]).find((found) => found !== undefined)
  return port === undefined ? listen : listen.map((address) => address.replace(/\/tcp\/0$/, `/tcp/${port}`))
}

async function readRecord (home: string): Promise<ServerRecord | null> {
  try {
    const { data, listen } = JSON.parse(await readFile(join(home, RECORD_NAME), 'utf8')) as Record<string, unknown>
    if (typeof data !== 'string' || !Array.isArray(listen)) return null
    return { data, listen: listen.map(String) }
  } catch {
    return null
  }
}

function quoted (path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replace(/'/g, '\'\\\'\'')}'`
}
