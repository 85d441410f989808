/** Files that come and go while the shell is open: few characters of the prompt, and a line where something changes. Pure. */
import type { FileFailedEvent, ProgressEvent, TransferInfo } from '../../node/chat-node.js'
import { fileName, fileWords } from '../render/file.js'
import type { View } from '../render/view.js'
import { progressBrief } from '../render/progress.js'
import { safeLine } from '../render/safe-text.js'

/** What was not heard of for this long does not move, whatever the last word was. */
const staleMs = 5_000
/** Ends that are remembered, so that each is told once. */
const maxEnded = 1_000

export class UnderWay {
  readonly #moving = new Map<string, { event: ProgressEvent, atMs: number }>()
  /** Where each file sent from here went last. */
  readonly #via = new Map<string, ProgressEvent['via']>()
  readonly #ended = new Set<string>()

  /** For the prompt; empty while nothing moves. */
  get brief (): string {
    return progressBrief([...this.#moving.values()].map(({ event }) => event))
  }

  moved (event: ProgressEvent, view: View): string[] {
    if (this.#ended.has(event.id)) return []
    const before = this.#moving.get(event.id)?.event
    if (event.via !== null) this.#via.set(event.id, event.via)
    if (event.bytes >= event.total) {
      this.#moving.delete(event.id)
      return []
    }
    this.#moving.set(event.id, { event, atMs: view.nowMs })
    const isNews = event.idle === 'waiting' && before?.idle !== 'waiting'
    return isNews ? [view.style.dim(`${fileName(event.name)} waits for ${event.direction === 'in' ? 'a source' : safeLine(event.peer)}; it goes on by itself.`)] : []
  }

  /** How a file that was sent from here ended. */
  sent (transfer: TransferInfo, { style }: View): string[] {
    // Why it failed comes as an event.
    if (transfer.state === 'failed' || !this.#end(transfer.id)) return []
    const peer = safeLine(transfer.peer)
    switch (transfer.state) {
      case 'done': return [style.dim(`✓ ${fileWords(transfer)} ${this.#via.get(transfer.id) === 'mailbox' ? `is on a server for ${peer}` : `is sent to ${peer}`}.`)]
      case 'declined': return [style.yellow(`${peer} declined ${fileName(transfer.name)}.`)]
      default: return []
    }
  }

  /** False when that was told already. */
  failed ({ id }: Pick<FileFailedEvent, 'id'>): boolean {
    return this.#end(id)
  }

  /** A file that has come. */
  came (id: string): void {
    this.#end(id)
  }

  /** Lets go of what does not move any more; how long until there is more to let go of, or null. */
  expire (nowMs: number): number | null {
    // Also when the clock was set since.
    for (const [id, { atMs }] of this.#moving) if (Math.abs(nowMs - atMs) >= staleMs) this.#moving.delete(id)
    const oldest = Math.min(...[...this.#moving.values()].map(({ atMs }) => atMs))
    return oldest === Infinity ? null : Math.min(staleMs, Math.max(0, oldest + staleMs - nowMs))
  }

  #end (id: string): boolean {
    this.#moving.delete(id)
    if (this.#ended.has(id)) return false
    this.#ended.add(id)
    const oldest = this.#ended.values().next().value
    if (this.#ended.size > maxEnded && oldest !== undefined) this.#ended.delete(oldest)
    return true
  }
}
