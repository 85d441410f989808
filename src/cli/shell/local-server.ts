/**
 * A rendezvous server that the shell runs beside itself: a child process that lives as long as the shell. The home
 * remembers it, and the next shell starts it again with the same data at the same address.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import { startChildServer, type ChildServer, type ReadyLine } from '../pool/child-server.js'

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
  const { clock, env, program, home } = components
  const args = ['--data', record.data, ...record.listen.flatMap((address) => ['--listen', address]), '--log', 'error']
  const child = startChildServer({ clock, env: { ...env, P2PCHAT_JOIN: undefined }, program, args, onLog: () => {}, stopTimeoutMs })
  const ready = await readyInTime(clock, child).catch(async (error: unknown) => {
    await child.stop()
    const cause = asP2pChatError(error)
    throw new P2pChatError(cause.code === 'ERR_STORE_LOCKED' ? 'ERR_STORE_LOCKED' : 'ERR_UNREACHABLE', `The server did not start: ${cause.message}`, { cause })
  })
  const kept = { data: record.data, listen: fixedPort(record.listen, ready.addresses) }
  await writeFile(join(home, RECORD_NAME), `${JSON.stringify(kept)}\n`, { mode: 0o600 })
  return {
    pool: ready.pool,
    command: ['p2pchat', 'rendezvous', '--data', quoted(kept.data), ...kept.listen.flatMap((address) => ['--listen', address])].join(' '),
    stop: async () => { await child.stop() }
  }
}

async function readyInTime (clock: Clock, child: ChildServer): Promise<ReadyLine> {
  const limit = new AbortController()
  const timedOut = sleep(clock, readyTimeoutMs, limit.signal).then(() => { throw new P2pChatError('ERR_TIMEOUT', 'It did not say that it is ready.') })
  timedOut.catch(() => {})
  try {
    return await Promise.race([child.ready, timedOut])
  } finally {
    limit.abort()
  }
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
