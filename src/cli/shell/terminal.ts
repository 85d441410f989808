/** Lines in and out of the shell: a terminal with a line being typed, or a pipe. */
import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { P2pChatError } from '../../errors.js'
import { raceSignal } from '../../runtime.js'
import { LineReader } from '../input.js'
import { columnsOf, write, type Io } from '../io.js'
import { rowsFor } from '../output.js'
import { inAscii, isOtherLocale } from '../render/ascii.js'
import { count } from '../render/table.js'
import { stopAtCtrlZ } from '../suspend.js'
import { PASTES_OFF, PASTES_ON, takeKeys, withBreaks } from './keys.js'

/** What is kept of the lines typed before. */
export const maxHistoryLines = 1_000
/** A line from a pipe: the longest text and a command before it. */
const maxLineChars = 100_000

export interface Terminal {
  /** Somebody is there to be asked. */
  readonly interactive: boolean
  /** Prints above the line being typed, which stays as it is. */
  print: (lines: string[]) => void
  /** Resolves once what was printed is taken, or the terminal is closed: a pipe may be read slowly. Never rejects. */
  printed: () => Promise<void>
  setPrompt: (prompt: string) => void
  /** The answer to a question; a hidden one is not shown and never remembered. Rejects with ERR_ABORTED at Ctrl-C or the end. */
  ask: (question: string, options?: { hidden?: boolean }) => Promise<string>
  /** Lines that were typed and not read yet are not wanted any more; whoever typed them is told. What is in a pipe stays. */
  dropTyped: () => void
  /** The lines typed, until Ctrl-D or the end. */
  lines: () => AsyncIterable<string>
  close: () => void
}

export interface TerminalHandlers {
  complete: (line: string) => Promise<[string[], string]>
  /** Ctrl-C on an empty line, twice in a row the second time. */
  onInterrupt: (again: boolean) => void
}

export function openTerminal (io: Io, history: string[], handlers: TerminalHandlers): Terminal {
  return io.stdin.isTTY === true && io.stdout.isTTY === true ? new TypedTerminal(io, history, handlers) : new PipedTerminal(io)
}

interface Question {
  text: string
  hidden: boolean
  historyBefore: string[]
  resolve: (answer: string) => void
  reject: (error: P2pChatError) => void
}

class TypedTerminal implements Terminal {
  readonly interactive = true
  readonly #io: Io
  /** One that takes no cursor control: all is written below what is there, and readline has hardly any keys. */
  readonly #isDumb: boolean
  readonly #output: MutedOutput
  readonly #reader: Interface & { history?: string[] }
  readonly #queue: string[] = []
  #wake = (): void => {}
  #ended = false
  #prompt = '> '
  #question: Question | null = null
  /** The key before was Ctrl-C on an empty line. */
  #interrupted = false
  /** The prompt stands in front of what is typed. */
  #isPrompted = false
  #close = (): void => {}

  constructor (io: Io, history: string[], handlers: TerminalHandlers) {
    this.#io = io
    this.#isDumb = io.env.TERM === 'dumb'
    this.#output = new MutedOutput(io.stdout)
    let isGone = false
    io.stdin.once('end', () => { isGone = true })
    this.#reader = createInterface({
      input: io.stdin,
      output: this.#output,
      terminal: true,
      history,
      historySize: maxHistoryLines,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
        if (this.#question !== null) done(null, [[], line])
        else handlers.complete(line).then((result) => { done(null, result) }, () => { done(null, [[], line]) })
      }
    })
    // What readline does at Ctrl-D: at a question that leaves the question, as Ctrl-C does.
    const close = this.#reader.close.bind(this.#reader)
    this.#close = close
    this.#reader.close = () => {
      if (this.#question === null || isGone) close()
      else this.#cancel()
    }
    this.#reader.on('history', (lines) => {
      if (this.#question !== null) lines.splice(0, lines.length, ...this.#question.historyBefore)
    })
    this.#reader.on('line', (line) => {
      this.#isPrompted = false
      if (this.#question !== null) this.#answer(line)
      else {
        this.#queue.push(line)
        this.#promptAgain()
        this.#wake()
      }
    })
    this.#reader.on('SIGINT', () => {
      const isEmpty = this.#reader.line === ''
      this.dropTyped()
      const again = this.#interrupted
      this.#interrupted = this.#question === null && isEmpty
      if (this.#question !== null) this.#cancel()
      else if (!isEmpty) this.#clearLine('^C')
      else handlers.onInterrupt(again)
    })
    this.#tellPastes(true)
    takeKeys(this.#reader, { pastedAs: (text) => this.#pastedAs(text), clearLine: this.#isDumb ? () => { this.#clearLine('^U') } : null })
    const typed = {
      hide: () => {
        this.#tellPastes(false)
        this.#erase()
      },
      show: () => {
        this.#tellPastes(true)
        this.#draw()
      }
    }
    stopAtCtrlZ(this.#reader, io.stdin, typed)
    const onKey = (_text: unknown, key: { name?: string, ctrl?: boolean }): void => {
      if (key.name !== 'c' || key.ctrl !== true) this.#interrupted = false
    }
    io.stdin.on('keypress', onKey)
    const end = (): void => {
      io.stdin.off('keypress', onKey)
      if (!this.#ended) this.#tellPastes(false)
      this.#ended = true
      this.#cancel()
      this.#wake()
    }
    this.#reader.on('close', end)
    // The window was closed, or the connection to it.
    this.#reader.on('error', end)
  }

  print (lines: string[]): void {
    if (lines.length === 0) return
    const { stdout } = this.#io
    const text = `${rowsFor(this.#io, lines).join('\n')}\n`
    if (this.#ended) {
      stdout.write(text)
      return
    }
    this.#erase()
    stdout.write(text)
    this.#draw()
  }

  /** A terminal takes all at once. */
  async printed (): Promise<void> {}

  setPrompt (given: string): void {
    const prompt = isOtherLocale(this.#io.env) ? inAscii(given) : given
    if (prompt === this.#prompt && this.#question === null) return
    this.#prompt = prompt
    if (this.#question !== null || this.#ended) return
    if (this.#isDumb) {
      this.#reader.setPrompt(prompt)
      return
    }
    this.#erase()
    this.#reader.setPrompt(prompt)
    this.#draw()
    // Where readline finds the row that it began in: a longer prompt may have moved the cursor to a later one.
    const reader = this.#reader as Interface & { prevRows?: number }
    reader.prevRows = reader.getCursorPos().rows
  }

  dropTyped (): void {
    const lines = this.#queue.splice(0)
    const { history = [] } = this.#reader
    // A password may be among them.
    history.splice(0, history.length, ...history.filter((line) => !lines.includes(line)))
    if (lines.length > 0) this.print([`${count(lines.length, 'line')} typed ahead: dropped, not done.`])
  }

  async ask (question: string, options: { hidden?: boolean } = {}): Promise<string> {
    // Of two at once the one before would never be answered.
    this.#cancel()
    const hidden = options.hidden === true
    // Whoever types faster than the questions come is answering them, as in a pipe; but a password is typed at its own.
    if (hidden) this.dropTyped()
    const ahead = this.#queue.shift()
    if (ahead !== undefined) {
      this.print([`${question}${ahead}`])
      return ahead
    }
    if (this.#ended) throw cancelled()
    return await new Promise<string>((resolve, reject) => {
      // What was begun before the question is no answer to it.
      this.#erase()
      this.#forgetTyped()
      this.#question = { text: question, hidden, historyBefore: [...this.#reader.history ?? []], resolve, reject }
      this.#reader.setPrompt(question)
      this.#showPrompt()
      this.#output.muted = hidden
    })
  }

  async * lines (): AsyncGenerator<string> {
    for (;;) {
      const line = this.#queue.shift()
      if (line !== undefined) yield withBreaks(line)
      else if (this.#ended) return
      else {
        if (!this.#isPrompted) this.#showPrompt()
        await new Promise<void>((resolve) => { this.#wake = resolve })
      }
    }
  }

  close (): void {
    this.#close()
  }

  /** A question is answered in one line; of several in a row only the first can be the password. */
  #pastedAs (text: string): string {
    if (this.#question === null) return text
    return this.#question.hidden ? text.split('\n')[0] ?? '' : text.replace(/\n/g, ' ')
  }

  /** The terminal says from now on what is pasted, or does not any more. */
  #tellPastes (isWanted: boolean): void {
    if (!this.#isDumb) this.#io.stdout.write(isWanted ? PASTES_ON : PASTES_OFF)
  }

  #showPrompt (): void {
    // What was typed before is shown after it; readline's own prompt forgets that on a dumb terminal.
    if (this.#isDumb) this.#erase()
    this.#isPrompted = true
    if (this.#isDumb) this.#draw()
    else this.#reader.prompt(true)
  }

  /** After a line. A dumb terminal could not take the prompt away again for what is printed meanwhile: it waits for the next line. */
  #promptAgain (): void {
    if (!this.#isDumb) this.#showPrompt()
  }

  /** Takes prompt and typed line off the screen, so that the cursor is where they began; on a dumb terminal begins a new row. */
  #erase (): void {
    const { stdout } = this.#io
    if (this.#isDumb) {
      if (this.#isPrompted || this.#reader.line !== '') stdout.write('\n')
      return
    }
    moveCursor(stdout, 0, this.#question?.hidden === true ? 0 : -this.#reader.getCursorPos().rows)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
  }

  /** Puts them back, with the cursor where it was in the line: readline is not told, and finds all as it left it. */
  #draw (): void {
    const { stdout } = this.#io
    if (this.#question?.hidden === true) {
      stdout.write(this.#question.text)
      return
    }
    if (this.#isDumb) {
      stdout.write((this.#isPrompted ? this.#reader.getPrompt() : '') + this.#reader.line)
      return
    }
    const reader = this.#reader as Interface & { cursor: number }
    const { cursor } = reader
    const at = reader.getCursorPos()
    reader.cursor = reader.line.length
    const end = reader.getCursorPos()
    reader.cursor = cursor
    // A full row leaves the cursor on it until one more character comes.
    stdout.write(reader.getPrompt() + reader.line + (end.cols === 0 && end.rows > 0 ? ' ' : ''))
    moveCursor(stdout, 0, at.rows - end.rows)
    cursorTo(stdout, at.cols)
  }

  #answer (line: string): void {
    const question = this.#endQuestion()
    question?.resolve(line)
  }

  #cancel (): void {
    const question = this.#endQuestion()
    question?.reject(cancelled())
  }

  #endQuestion (): Question | null {
    const question = this.#question
    if (question === null) return null
    this.#question = null
    this.#output.muted = false
    if (question.hidden) {
      this.#io.stdout.write('\n')
      forgetEdits(this.#reader)
    }
    if (this.#ended) return question
    if (!question.hidden && this.#isPrompted) this.#erase()
    this.#forgetTyped()
    this.#reader.setPrompt(this.#prompt)
    this.#promptAgain()
    return question
  }

  #clearLine (key: string): void {
    this.#io.stdout.write(`${key}\n`)
    this.#forgetTyped()
    this.#showPrompt()
  }

  /** In readline itself, which then begins a row of its own: on a dumb terminal it takes no keys for this. */
  #forgetTyped (): void {
    Object.assign(this.#reader, { line: '', cursor: 0, prevRows: 0 })
    this.#isPrompted = false
  }
}

/** What Ctrl-Y and undo would bring back: readline keeps it in lists of its own, and has no word for this. */
function forgetEdits (reader: Interface): void {
  const lists = reader as unknown as Record<symbol, unknown>
  for (const key of Object.getOwnPropertySymbols(reader)) {
    const list = lists[key]
    if (Array.isArray(list)) list.length = 0
  }
}

/** readline's output, which can be told to show nothing. */
class MutedOutput extends Writable {
  muted = false
  readonly isTTY = true

  constructor (readonly target: Io['stdout']) {
    super({ decodeStrings: false })
    target.on('resize', () => { this.emit('resize') })
  }

  get columns (): number | undefined {
    return columnsOf(this.target)
  }

  /** Nothing is held back here: what was written before muting is shown, what comes after is not. */
  override _write (chunk: string, encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.target.write(chunk, encoding)
    done()
  }
}

class PipedTerminal implements Terminal {
  readonly interactive = false
  readonly #io: Io
  readonly #reader: LineReader
  readonly #closed = new AbortController()
  /** The last write; those before it are done by then. */
  #written: Promise<void> = Promise.resolve()

  constructor (io: Io) {
    this.#io = io
    this.#reader = new LineReader(io.stdin)
  }

  print (lines: string[]): void {
    if (lines.length > 0) this.#written = write(this.#io.stdout, `${rowsFor(this.#io, lines).join('\n')}\n`).catch(() => {})
  }

  async printed (): Promise<void> {
    await raceSignal(this.#written, this.#closed.signal).catch(() => {})
  }

  setPrompt (): void {}

  dropTyped (): void {}

  async ask (): Promise<string> {
    const line = await this.#next()
    if (line === null) throw cancelled()
    return line
  }

  async * lines (): AsyncGenerator<string> {
    for (;;) {
      const line = await this.#next()
      if (line === null) return
      yield line
    }
  }

  close (): void {
    this.#closed.abort()
  }

  /** Null at the end of input, and once it is closed: a pipe that says nothing more holds nobody up. */
  async #next (): Promise<string | null> {
    await this.printed()
    const { signal } = this.#closed
    if (signal.aborted) return null
    return await raceSignal(this.#reader.next(maxLineChars), signal).catch((error: unknown) => {
      if (signal.aborted) return null
      throw error
    })
  }
}

function cancelled (): P2pChatError {
  return new P2pChatError('ERR_ABORTED', 'Cancelled.')
}
