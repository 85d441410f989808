import { createRequire } from 'node:module'
import { spawn, type IPty } from '@lydell/node-pty'
import type * as xterm from '@xterm/headless'

// A CommonJS bundle whose names an ESM import does not find.
const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as typeof xterm

export interface ScreenOptions {
  env?: Record<string, string>
  /** 0: the terminal does not say; it has 80. */
  columns?: number
  rows?: number
}

/** A program in a terminal, and what a person would see of it. */
export class Screen {
  readonly process: IPty
  readonly #terminal: xterm.Terminal
  readonly #changed = new Set<() => void>()
  /** Every byte the program wrote, for what must never be written. */
  raw = ''
  exitStatus: number | null = null
  #isGone = false

  constructor (file: string, args: string[], { env = {}, columns = 80, rows = 30 }: ScreenOptions = {}) {
    this.#terminal = new Terminal({ cols: columns === 0 ? 80 : columns, rows, allowProposedApi: true, scrollback: 1_000 })
    // A terminal of its own: what the one that the tests run in can do, or wants, is not its matter.
    const { NO_COLOR, TERM_PROGRAM, KITTY_WINDOW_ID, P2PCHAT_PICTURES, LC_ALL, LC_CTYPE, LANG, ...outside } = process.env
    const [program, given] = columns === 0 ? ['sh', ['-c', 'stty cols 0; exec "$0" "$@"', file, ...args]] : [file, args]
    this.process = spawn(program, given, { name: env.TERM ?? 'xterm-256color', cols: columns, rows, cwd: process.cwd(), env: { ...outside, ...env } as Record<string, string> })
    this.process.onData((data) => {
      this.raw += data
      this.#terminal.write(data, () => { this.#notify() })
    })
    this.process.onExit(({ exitCode, signal }) => {
      this.#isGone = true
      // The terminal takes what it is given a little later: all of that is on the screen by then.
      this.#terminal.write('', () => {
        this.exitStatus = signal === undefined || signal === 0 ? exitCode : 128 + signal
        this.#notify()
      })
    })
  }

  type (text: string): void {
    this.process.write(text)
  }

  /** As when its window is closed. */
  hangUp (): void {
    (this.process as IPty & { destroy: () => void }).destroy()
  }

  /** The lines a person sees or can scroll back to, without empty ones at the end. */
  get lines (): string[] {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '')
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  get text (): string {
    return this.lines.join('\n')
  }

  /** The line the cursor is in, without blanks at its end, and the cursor's column. */
  get cursor (): { line: string, column: number } {
    const { active } = this.#terminal.buffer
    return { line: (active.getLine(active.baseY + active.cursorY)?.translateToString(true) ?? '').trimEnd(), column: active.cursorX }
  }

  /** Resolves once the screen is as `isThere` wants it; a test that waits in vain shows the screen. */
  async until (isThere: RegExp | ((screen: Screen) => boolean), maxMs = 15_000): Promise<void> {
    const holds = (): boolean => isThere instanceof RegExp ? isThere.test(this.text) : isThere(this)
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => { finish(new Error(`The screen never showed ${String(isThere)}:\n${this.text}`)) }, maxMs)
      const check = (): void => {
        if (holds()) finish()
        else if (this.exitStatus !== null) finish(new Error(`The program ended (${this.exitStatus}) before the screen showed ${String(isThere)}:\n${this.text}`))
      }
      const finish = (error?: Error): void => {
        clearTimeout(timer)
        this.#changed.delete(check)
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#changed.add(check)
    })
  }

  async exit (): Promise<number> {
    while (this.exitStatus === null) await new Promise<void>((resolve) => { this.#changed.add(resolve) })
    return this.exitStatus
  }

  close (): void {
    if (!this.#isGone) this.process.kill('SIGKILL')
    this.#terminal.dispose()
  }

  #notify (): void {
    for (const check of [...this.#changed]) check()
  }
}
