import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import type { PoolStatus } from '../../rendezvous/index.js'
import { sleep, type Clock } from '../../runtime.js'
import { makeFolder } from '../../store/make-folder.js'
import { remotePool, type RemotePool } from '../control/index.js'
import { startChildServer, type ChildServer, type ReadyLine } from './child-server.js'
import { freeNumber, readUpRecord, writeUpRecord, type UpRecord } from './up-record.js'

/** How long the servers may take to have chosen who votes. */
const settleTimeoutMs = 30_000
const settlePollMs = 250
/** Pause before a server that has ended is started again, doubled up to the maximum while it does not stay. */
const minRestartMs = 1_000
const maxRestartMs = 30_000
/** One that was up for so long has stayed. */
const stayedMs = 60_000
/** For a server that is started in the next moment. */
const inviteTtlMs = 10 * 60_000

export interface LocalPoolInit {
  clock: Clock
  env: Record<string, string | undefined>
  program: string[]
  /** absolute path */
  folder: string
  /** How many servers there shall be. */
  count: number
  /** More arguments of each server. */
  args: string[]
  onLog: (number: number, line: string) => void
  /** A server has ended by itself. */
  onEnd: (number: number, error: P2pChatError | undefined) => void
  /** Aborts when all shall end. */
  signal: AbortSignal
}

export interface UpServer extends ReadyLine {
  number: number
  data: string
}

/** Several servers on this machine in one pool, each a process of its own. */
export class LocalPool {
  readonly #init: LocalPoolInit
  readonly #children = new Map<number, ChildServer>()
  readonly #ready = new Map<number, UpServer>()
  #record: UpRecord = { servers: [], removed: [] }

  constructor (init: LocalPoolInit) {
    this.#init = init
  }

  get servers (): UpServer[] {
    return [...this.#ready.values()].sort((a, b) => a.number - b.number)
  }

  /** What lets more servers in, if the pool's first server tells it. */
  get joinToken (): string | undefined {
    return this.servers.find(({ join }) => join !== undefined)?.join
  }

  /** Starts those that are in the pool, adds what is missing, and waits until they have chosen who votes. @throws what a server ends with */
  async start (): Promise<PoolStatus | undefined> {
    const { folder, count } = this.#init
    await makeFolder(folder).catch((error: unknown) => {
      throw new P2pChatError('ERR_STORE_IO', `${folder} cannot be used: ${asP2pChatError(error).message}. Make it writable, or name another folder with --data.`, { cause: error })
    })
    this.#record = await readUpRecord(folder)
    if (this.#record.servers.length === 0) await this.#startOne(1)
    else await this.#startAll(this.#record.servers)
    while (this.#record.servers.length < count) await this.#add(freeNumber(this.#record))
    return await this.#settled()
  }

  async stop (): Promise<void> {
    await Promise.all([...this.#children.values()].map(async (child) => { await child.stop() }))
  }

  /** One that cannot be started is told, and tried again; the others go on without it, and may be needed to take it out. @throws when there is none */
  async #startAll (numbers: readonly number[]): Promise<void> {
    const started = await Promise.allSettled(numbers.map(async (number) => { await this.#startKnown(number) }))
    const failed = started.flatMap((one, at) => one.status === 'rejected' ? [{ number: numbers[at] ?? 0, error: asP2pChatError(one.reason) }] : [])
    const [first] = failed
    if (first !== undefined && this.#ready.size === 0) throw first.error
    for (const { number, error } of failed) {
      // Neither an empty folder nor damage goes away by itself.
      if (isP2pChatError(error, 'ERR_NOT_FOUND', 'ERR_STORE_CORRUPT')) this.#init.onEnd(number, error)
      else void this.#goesOn(number, error, 0)
    }
  }

  async #startKnown (number: number): Promise<void> {
    await assertThere(number, join(this.#init.folder, String(number)))
    await this.#unlessRemoved(number, async () => { await this.#startOne(number) })
  }

  /** Once the number is in the record: with the server, or as that of one which was let in before, was killed, and then removed. */
  async #add (number: number): Promise<void> {
    await this.#unlessRemoved(number, async () => { await this.#startNew(number) })
  }

  async #unlessRemoved (number: number, start: () => Promise<void>): Promise<void> {
    try {
      await start()
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_IN_POOL')) throw error
      await this.#forget(number)
    }
  }

  async #startNew (number: number): Promise<void> {
    try {
      await this.#startOne(number, this.joinToken ?? await this.#invite())
    } catch (error) {
      // The first server's token is taken no more once another was made, which it may not have known when it was ready.
      if (this.joinToken === undefined || !isP2pChatError(error, 'ERR_NOT_PERMITTED')) throw error
      await this.#startOne(number, await this.#invite())
    }
  }

  /** @param token not an argument of its process: those everybody on the machine can see */
  async #startOne (number: number, token?: string): Promise<void> {
    const { clock, env, program, folder, onLog, signal } = this.#init
    const data = join(folder, String(number))
    const child = startChildServer({ clock, env: { ...env, P2PCHAT_JOIN: token }, program, args: ['--data', data, ...this.#init.args], onLog: (line) => { onLog(number, line) } })
    this.#children.set(number, child)
    const startedMs = clock.monotonicMs()
    const ready = await child.ready
    this.#ready.set(number, { ...ready, number, data })
    if (!this.#record.servers.includes(number)) await this.#write({ ...this.#record, servers: [...this.#record.servers, number] })
    child.ended.then((error) => {
      if (!signal.aborted) void this.#goesOn(number, error, clock.monotonicMs() - startedMs)
    }, () => {})
  }

  /** A server that was killed comes back with its disk, one that was removed does not. Never rejects. */
  async #goesOn (number: number, error: P2pChatError | undefined, upMs: number): Promise<void> {
    const { clock, signal, onEnd } = this.#init
    onEnd(number, error)
    this.#ready.delete(number)
    if (isP2pChatError(error, 'ERR_NOT_IN_POOL')) {
      await this.#forget(number).catch(() => {})
      return
    }
    for (let pauseMs = upMs >= stayedMs ? minRestartMs : Math.min(maxRestartMs, minRestartMs + upMs / 4); !signal.aborted; pauseMs = Math.min(maxRestartMs, pauseMs * 2)) {
      try {
        await sleep(clock, pauseMs, signal)
        await this.#startKnown(number)
        return
      } catch (cause) {
        if (!signal.aborted) onEnd(number, asP2pChatError(cause))
      }
    }
  }

  async #forget (number: number): Promise<void> {
    await this.#write({ servers: this.#record.servers.filter((one) => one !== number), removed: [...this.#record.removed, number] })
  }

  async #write (record: UpRecord): Promise<void> {
    this.#record = record
    await writeUpRecord(this.#init.folder, record)
  }

  async #invite (): Promise<string> {
    return (await (await this.#remote()).admin.invite(inviteTtlMs)).token
  }

  async #remote (): Promise<RemotePool> {
    for (const { data } of this.servers) {
      const remote = await remotePool(data)
      if (remote !== null) return remote
    }
    throw new P2pChatError('ERR_UNREACHABLE', 'No server of the pool runs here.')
  }

  /** The pool as it is once all have their place in it, or after a while. */
  async #settled (): Promise<PoolStatus | undefined> {
    const { clock, signal } = this.#init
    const untilMs = clock.monotonicMs() + settleTimeoutMs
    for (;;) {
      const status = await (await this.#remote()).admin.status()
      if (isSettled(status) || clock.monotonicMs() >= untilMs) return status
      await sleep(clock, settlePollMs, signal)
    }
  }
}

/** With an empty folder it would not come back but found a pool of its own. */
async function assertThere (number: number, folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  if (names.length > 0) return
  throw new P2pChatError('ERR_NOT_FOUND', `The folder of server ${number} is gone: ${folder}. Take it out with p2pchat pool remove, by its PeerId in pool status, and --force; another one joins with a larger count.`)
}

export function isSettled ({ phase, servers, acceptors, acceptorsUp }: PoolStatus): boolean {
  const storing = servers.filter(({ state }) => state === 'member').length
  const wanted = storing >= 5 ? 5 : Math.min(storing, 3)
  return phase === 'settled' && servers.every(({ state }) => state !== 'learner') && acceptors >= wanted && acceptorsUp === acceptors
}
