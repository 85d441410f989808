/** The lines typed in the shell, newest last, in the home; readable by its owner alone. */
import { appendFile, chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { maxHistoryLines } from './terminal.js'

const FILE_NAME = 'shell-history'

export class HistoryFile {
  readonly #path: string
  #writing: Promise<void> = Promise.resolve()

  constructor (home: string) {
    this.#path = join(home, FILE_NAME)
  }

  /** Newest first, as readline wants them. A file that cannot be read is no reason not to chat. */
  async read (): Promise<string[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '')
    const lines = text.split('\n').filter((line) => line !== '')
    const kept = lines.slice(-maxHistoryLines)
    if (lines.length > 2 * maxHistoryLines) await this.#replace(kept)
    return kept.reverse()
  }

  add (line: string): void {
    if (line.includes('\n')) return
    this.#writing = this.#writing.then(async () => {
      await appendFile(this.#path, `${line}\n`, { mode: 0o600 })
      await chmod(this.#path, 0o600)
    }).catch(() => {})
  }

  async flush (): Promise<void> {
    await this.#writing
  }

  async #replace (lines: string[]): Promise<void> {
    const next = `${this.#path}.new`
    await writeFile(next, `${lines.join('\n')}\n`, { mode: 0o600 })
    await rename(next, this.#path)
  }
}
