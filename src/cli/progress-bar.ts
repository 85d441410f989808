/** A line of standard error that says how far files are, drawn over as they go on; into a pipe goes only its beginning. */
import type { ProgressEvent } from '../node/chat-node.js'
import { columnsOf, type Io } from './io.js'
import { progressLine, sumOf } from './render/progress.js'
import { inAscii, isOtherLocale } from './render/ascii.js'
import { makeStyle, wantsColour, type Style } from './render/style.js'
import { shortened, width, withoutColours } from './render/wrap.js'

const usualColumns = 80

export class ProgressBar {
  readonly #io: Pick<Io, 'stderr' | 'env'>
  readonly #style: Style
  /** Nothing at all: a program reads the events. */
  readonly #silent: boolean
  readonly #drawsOver: boolean
  readonly #latest = new Map<string, ProgressEvent>()
  #isDrawn = false

  constructor (io: Pick<Io, 'stderr' | 'env'>, silent: boolean) {
    this.#io = io
    this.#silent = silent
    this.#drawsOver = io.stderr.isTTY === true && io.env.TERM !== 'dumb'
    this.#style = makeStyle(wantsColour(io.stderr.isTTY === true, io.env))
  }

  /** What begins, in words. */
  begin (words: string): void {
    if (this.#silent) return
    if (this.#drawsOver) this.#draw(words)
    else this.#io.stderr.write(`${words}\n`)
  }

  update (event: ProgressEvent): void {
    this.#latest.set(event.id, event)
    const sum = sumOf([...this.#latest.values()])
    if (this.#silent || !this.#drawsOver || sum === null) return
    this.#draw(progressLine(sum, this.#columns, this.#style))
  }

  /** Takes the line away. */
  end (): void {
    if (this.#isDrawn) this.#io.stderr.write('\r\u001b[K')
    this.#isDrawn = false
  }

  /** A line that does not fit would leave rows behind. */
  #draw (line: string): void {
    this.#isDrawn = true
    const given = isOtherLocale(this.#io.env) ? inAscii(line) : line
    const row = width(given) < this.#columns ? given : shortened(withoutColours(given), this.#columns - 1)
    this.#io.stderr.write(`\r${isOtherLocale(this.#io.env) ? row.replace('…', '~') : row}\u001b[K`)
  }

  get #columns (): number {
    return columnsOf(this.#io.stderr) ?? usualColumns
  }
}
