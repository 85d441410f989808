/** A rendezvous server as a child process. It ends when its standard input does, so none outlives who started it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { isErrorCode, P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'

/** Handing clients over and closing the store takes seconds; what hangs longer is ended. */
const defaultStopTimeoutMs = 20_000

export interface ReadyLine {
  pool: string
  join?: string
  peerId: string
  addresses: string[]
  pid: number
}

export interface ChildServerInit {
  clock: Clock
  env: Record<string, string | undefined>
  /** node, its options, and this program: what `rendezvous …` is appended to */
  program: string[]
  /** of `rendezvous` */
  args: string[]
  /** Told of every line of its log. */
  onLog: (line: string) => void
  /** How long it may take to end. Default: 20 s. */
  stopTimeoutMs?: number
}

export interface ChildServer {
  /** Rejects with the error that it ends with before it is ready. */
  ready: Promise<ReadyLine>
  /** Resolves when it has ended, with the error it told, if it told one. */
  ended: Promise<P2pChatError | undefined>
  stop: () => Promise<void>
}

export function startChildServer ({ clock, env, program, args, onLog, stopTimeoutMs = defaultStopTimeoutMs }: ChildServerInit): ChildServer {
  const [node = process.execPath, ...before] = program
  // Its own process group: Ctrl-C is meant for who started it, and that one stops it in order.
  const child = spawn(node, [...before, 'rendezvous', ...args, '--until-stdin-ends', '--json'], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  child.stdin.on('error', () => {})
  let told: P2pChatError | undefined
  const ready = new Promise<ReadyLine>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = parse(line)
      const ready = readyLine(event)
      if (ready !== undefined) resolve(ready)
      if (event.event === 'error') told = asError(event)
    })
    child.once('error', (cause) => { reject(new P2pChatError('ERR_UNREACHABLE', 'The server could not be started.', { cause })) })
    child.once('close', (code) => { reject(told ?? new P2pChatError('ERR_UNREACHABLE', `The server ended with ${String(code)} before it was ready.`)) })
  })
  ready.catch(() => {
    // Whoever waits for `ended` alone learns it there.
  })
  createInterface({ input: child.stderr }).on('line', onLog)
  const ended = new Promise<P2pChatError | undefined>((resolve) => {
    child.once('error', () => { resolve(told) })
    child.once('close', () => { resolve(told) })
  })
  return {
    ready,
    ended,
    async stop () {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const gone = once(child, 'exit')
      child.stdin.end()
      const limit = new AbortController()
      await Promise.race([gone, sleep(clock, stopTimeoutMs, limit.signal).catch(() => {})])
      limit.abort()
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    }
  }
}

/** Undefined for anything else. */
function readyLine ({ event, pool, join, peerId, addresses, pid }: Record<string, unknown>): ReadyLine | undefined {
  if (event !== 'ready' || typeof pool !== 'string' || typeof peerId !== 'string' || !Array.isArray(addresses)) return undefined
  return { pool, ...(typeof join === 'string' ? { join } : {}), peerId, addresses: addresses.map(String), pid: Number(pid) }
}

function parse (line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
  } catch {
    return {}
  }
}

function asError ({ code, message }: Record<string, unknown>): P2pChatError {
  return new P2pChatError(typeof code === 'string' && isErrorCode(code) ? code : 'ERR_INTERNAL', typeof message === 'string' ? message : 'The server ended.')
}
