/** The real binary in processes of its own: for the end-to-end tests and the demonstration. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The compiled program, whether this file runs compiled or not: its workers need it so. */
export const binary = join(packageRoot(), 'dist', 'bin', 'p2pchat.js')

export type JsonLine = Record<string, unknown>

export interface Ran {
  status: number | null
  stdout: string
  stderr: string
  /** The JSON lines of standard output. */
  events: JsonLine[]
}

export interface StartOptions {
  env?: Record<string, string>
  stdin?: string
  /** The network namespace that it runs in. Default: the test's own. */
  namespace?: string
  /** Another binary than that of this checkout. */
  program?: string
}

/** A process that goes on, and the JSON lines it has said so far. */
export class Running {
  readonly process: ChildProcess
  readonly events: JsonLine[] = []
  stdout = ''
  stderr = ''
  readonly #changed = new Set<() => void>()
  #ended: number | null | undefined

  constructor (args: string[], { env = {}, stdin, namespace, program = binary }: StartOptions = {}) {
    const { P2PCHAT_HOME: _home, P2PCHAT_POOL: _pool, P2PCHAT_PASSWORD: _password, ...inherited } = process.env
    const [command, ...before] = [...namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace], process.execPath]
    this.process = spawn(command, [...before, program, ...args], { env: { ...inherited, ...env }, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    this.process.stdin?.on('error', () => {})
    this.process.stdin?.end(stdin)
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => { this.#said(text) })
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#notify()
    })
    this.process.on('close', (status) => {
      this.#ended = status
      this.#notify()
    })
  }

  get pid (): number {
    return this.process.pid ?? 0
  }

  /** The most memory that it ever had in use, in bytes; undefined where the system does not tell, and after its end. */
  get peakMemoryBytes (): number | undefined {
    try {
      const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
      return found === undefined ? undefined : Number(found) * 1024
    } catch {
      return undefined
    }
  }

  /** Resolves with the first of `select` that is not undefined, now or later. Rejects when the process ends first. */
  async until<T> (select: (running: Running) => T | undefined, what: string): Promise<T> {
    for (;;) {
      const found = select(this)
      if (found !== undefined) return found
      if (this.#ended !== undefined) throw new Error(`p2pchat ended with ${this.#ended} before ${what}.\n${this.stdout}${this.stderr}`)
      await this.#change()
    }
  }

  /** The texts of the messages so far. */
  get texts (): string[] {
    return this.events.filter(({ event }) => event === 'message').map(({ text }) => String(text))
  }

  /** Exit status; null when a signal ended it. */
  async end (signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined && this.#ended === undefined) this.process.kill(signal)
    while (this.#ended === undefined) await this.#change()
    return this.#ended
  }

  #said (text: string): void {
    const before = this.stdout.lastIndexOf('\n') + 1
    this.stdout += text
    const complete = this.stdout.slice(before, this.stdout.lastIndexOf('\n') + 1)
    for (const line of complete.split('\n')) if (line.startsWith('{')) this.events.push(JSON.parse(line) as JsonLine)
    this.#notify()
  }

  async #change (): Promise<void> {
    await new Promise<void>((resolve) => { this.#changed.add(resolve) })
  }

  #notify (): void {
    const waiting = [...this.#changed]
    this.#changed.clear()
    for (const resolve of waiting) resolve()
  }
}

export async function runCli (args: string[], options: StartOptions = {}): Promise<Ran> {
  const running = new Running(args, options)
  const status = await running.end()
  return { status, stdout: running.stdout, stderr: running.stderr, events: running.events }
}

export interface RunningServer {
  running: Running
  pool: string
  stop: () => Promise<number | null>
}

/** A rendezvous server on loopback; `listen` to come back at the same address. */
export async function startServer (data: string, listen = '/ip4/127.0.0.1/tcp/0', options: StartOptions & { args?: string[] } = {}): Promise<RunningServer & { listen: string }> {
  const running = new Running(['rendezvous', '--data', data, '--listen', listen, '--log', 'warn', ...options.args ?? []], options)
  const ready = await running.until(({ events }) => events.find(({ event }) => event === 'ready'), 'the server was ready')
  const [address = ''] = ready.addresses as string[]
  return {
    running,
    pool: String(ready.pool),
    listen: address.replace(/\/p2p\/.*$/, ''),
    stop: async () => await running.end('SIGTERM')
  }
}

/** Somebody with a home and a password. */
export class Person {
  readonly running: Running[] = []

  constructor (readonly name: string, readonly home: string, readonly pool: string, readonly password: string, readonly namespace?: string) {}

  async cli (args: string[], options: StartOptions = {}): Promise<Ran> {
    return await runCli([...args, '--home', this.home], this.#with(options))
  }

  start (args: string[], options: StartOptions = {}): Running {
    const running = new Running([...args, '--home', this.home], this.#with(options))
    this.running.push(running)
    return running
  }

  /** A listener that owns the home and is connected. */
  async listen (...args: string[]): Promise<Running> {
    const listener = this.start(['listen', '--json', ...args])
    await listener.until(({ events }) => events.find(({ event, connection }) => event === 'pool' && (connection as JsonLine).kind === 'connected'), `${this.name} was connected`)
    return listener
  }

  #with (options: StartOptions): StartOptions {
    const env = { P2PCHAT_POOL: this.pool, P2PCHAT_PASSWORD: this.password, ...options.env }
    return { ...this.namespace === undefined ? {} : { namespace: this.namespace }, ...options, env }
  }
}

/** Every file below a folder that holds `needle`, as bytes. */
export async function filesWith (folder: string, needle: string | Buffer): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path)).includes(needle)) found.push(path)
  }
  return found
}

export async function makeFolder (...parts: string[]): Promise<string> {
  const folder = join(...parts)
  await mkdir(folder, { recursive: true })
  return folder
}

function packageRoot (): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
