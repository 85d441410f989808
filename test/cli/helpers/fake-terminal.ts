import type { Terminal } from '../../../src/cli/shell/terminal.js'

/** A terminal without a screen: lines are typed by a test, and what was printed is kept. */
export class FakeTerminal implements Terminal {
  readonly interactive = true
  readonly shown: string[] = []
  readonly questions: string[] = []
  prompt = ''
  readonly #typed: string[] = []
  #wake = (): void => {}
  #isClosed = false

  /** What a question is answered with. */
  constructor (private readonly answer: (question: string) => string = () => '') {}

  type (line: string): void {
    this.#typed.push(line)
    this.#wake()
  }

  print (lines: string[]): void { this.shown.push(...lines) }
  async printed (): Promise<void> {}
  setPrompt (prompt: string): void { this.prompt = prompt }

  dropTyped (): void { this.#typed.length = 0 }

  async ask (question: string): Promise<string> {
    this.questions.push(question)
    return this.answer(question)
  }

  async * lines (): AsyncGenerator<string> {
    for (;;) {
      const line = this.#typed.shift()
      if (line !== undefined) yield line
      else if (this.#isClosed) return
      else await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }

  close (): void {
    this.#isClosed = true
    this.#wake()
  }
}
