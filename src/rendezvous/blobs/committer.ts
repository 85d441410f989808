/** Syncs together what was written within a short time, one batch after the other. */
import { asP2pChatError, type P2pChatError } from '../../errors.js'
import type { Clock, Timer } from '../../runtime.js'
import { commitBytes, commitDelayMs, maxUncommittedBytes } from './limits.js'

/** What was written since the batch before. */
export interface Batch {
  readonly chunks: number[]
  readonly pieces: Set<number>
  readonly bytes: number
}

export interface CommitterInit {
  clock: Clock
  /** Makes the batch durable. */
  commit: (batch: Batch) => Promise<void>
  /** It was not: of everything that was written and not committed, nothing may be counted on. */
  failed: (batches: readonly Batch[], error: P2pChatError) => void
}

interface Open {
  chunks: number[]
  pieces: Set<number>
  bytes: number
  isDue: boolean
  timer: Timer
  done: Promise<void>
  resolve: () => void
  reject: (error: P2pChatError) => void
}

export class Committer {
  readonly #init: CommitterInit
  #open: Open | undefined
  #running: Open | undefined

  constructor (init: CommitterInit) {
    this.#init = init
  }

  /** Something was written. */
  add (written: { chunk: number, bytes: number } | { piece: number, bytes: number }): void {
    const open = this.#open ?? this.#begin()
    if ('chunk' in written) open.chunks.push(written.chunk)
    else open.pieces.add(written.piece)
    open.bytes += written.bytes
    if (open.bytes >= commitBytes) this.flush()
  }

  /** Does not wait for more. */
  flush (): void {
    if (this.#open === undefined) return
    this.#open.isDue = true
    this.#pump()
  }

  /** Resolves when there is room for more. */
  async ready (): Promise<void> {
    while (this.#running !== undefined && this.#running.bytes + (this.#open?.bytes ?? 0) >= maxUncommittedBytes) await this.#running.done
  }

  /** Resolves when everything that was added before is durable. Rejects when it is not. */
  async done (): Promise<void> {
    await (this.#open ?? this.#running)?.done
  }

  /** Resolves when nothing is under way any more, however it went. */
  async idle (): Promise<void> {
    this.flush()
    while (this.#open !== undefined || this.#running !== undefined) await this.done().catch(() => {})
  }

  #begin (): Open {
    let resolve = (): void => {}
    let reject = (_error: P2pChatError): void => {}
    const done = new Promise<void>((_resolve, _reject) => { resolve = _resolve; reject = _reject })
    // Nobody need be waiting.
    done.catch(() => {})
    const timer = this.#init.clock.schedule(commitDelayMs, () => { this.flush() }, { unref: true })
    this.#open = { chunks: [], pieces: new Set(), bytes: 0, isDue: false, timer, done, resolve, reject }
    return this.#open
  }

  #pump (): void {
    if (this.#running !== undefined || this.#open?.isDue !== true) return
    const batch = this.#open
    batch.timer.cancel()
    this.#open = undefined
    this.#running = batch
    void this.#commit(batch)
  }

  async #commit (batch: Open): Promise<void> {
    try {
      await this.#init.commit(batch)
      this.#running = undefined
      batch.resolve()
    } catch (cause) {
      this.#fail(batch, asP2pChatError(cause, 'ERR_STORE_IO'))
    }
    this.#pump()
  }

  #fail (batch: Open, error: P2pChatError): void {
    const later = this.#open
    this.#running = undefined
    this.#open = undefined
    later?.timer.cancel()
    const failed = later === undefined ? [batch] : [batch, later]
    this.#init.failed(failed, error)
    for (const { reject } of failed) reject(error)
  }
}
