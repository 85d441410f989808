/** Whose turn it is to be left in the pool, and whether a try brought a file further than those before it. */
import { maxActiveUploads } from './limits.js'

export class UploadTurns {
  #active = 0
  readonly #waiting = new Set<string>()
  /** Chunks that a server had for good, by file id. */
  readonly #kept = new Map<string, number>()

  /** @param onTurn told of a file that waits and may be begun now */
  constructor (private readonly onTurn: (fileId: string) => void) {}

  /**
   * @param work is given what to tell of chunks that are kept
   * @returns undefined: others are being left, and it waits for its turn; `error` of the work, and whether more was kept than ever before
   */
  async take (fileId: string, work: (onKept: (chunks: number) => void) => Promise<void>): Promise<{ error?: unknown, grew: boolean } | undefined> {
    if (this.#active >= maxActiveUploads) {
      this.#waiting.add(fileId)
      return undefined
    }
    this.#active++
    let grew = false
    try {
      await work((chunks) => {
        if (chunks <= (this.#kept.get(fileId) ?? 0)) return
        grew = true
        this.#kept.set(fileId, chunks)
      })
      return { grew }
    } catch (error) {
      return { error, grew }
    } finally {
      this.#active--
      // Only those that wait for a turn: who waits because a server refuses is to wait.
      const waiting = [...this.#waiting]
      this.#waiting.clear()
      for (const next of waiting) this.onTurn(next)
    }
  }

  /** It is not left in the pool any more. */
  forget (fileId: string): void {
    this.#waiting.delete(fileId)
    this.#kept.delete(fileId)
  }
}
