/** Files of an open shell: what is being read, what was sent from it, what the prompt says of it. */
import { isP2pChatError } from '../../errors.js'
import type { ChatNode, FileSent } from '../../node/chat-node.js'
import { deadline, type Clock, type Timer } from '../../runtime.js'
import { unlessAborted } from '../open-node.js'
import { fileWords } from '../render/file.js'
import { names } from '../render/group.js'
import type { View } from '../render/view.js'
import { count } from '../render/table.js'
import type { UnderWay } from './under-way.js'

/** Asked again after it: a timer cannot be longer by much. */
const waitMs = 24 * 3_600_000
/** A shell fed by a pipe ends when its files have not moved for this long. */
const stallMs = 30_000

export interface FileWatchComponents {
  node: ChatNode
  clock: Clock
  /** Aborts when the process is to end. */
  signal: AbortSignal
  underWay: UnderWay
  view: () => View
  print: (lines: string[]) => void
  updatePrompt: () => void
}

export class FileWatch {
  readonly #components: FileWatchComponents
  /** Commands that read a file, while other lines are typed. */
  readonly #reading = new Set<Promise<void>>()
  /** Files sent from here, until nothing more can be done for them. */
  readonly #sent = new Set<Promise<void>>()
  #expiring: Timer | null = null
  #movedAtMs = -Infinity
  #isClosed = false

  constructor (components: FileWatchComponents) {
    this.#components = components
  }

  /** @param command never rejects */
  reads (command: Promise<void>): void {
    const reading: Promise<void> = command.finally(() => this.#reading.delete(reading))
    this.#reading.add(reading)
  }

  follow (sent: FileSent[]): void {
    const { print, view } = this.#components
    const [first] = sent
    if (first === undefined) return
    const peers = names(sent.map(({ to, group }) => to ?? `[${group ?? ''}]`))
    print([view().style.dim(`${fileWords(first)} is on its way to ${peers}. Leave it where it is until it is there; FILES says how far it is.`)])
    for (const { id } of sent) {
      const waiting: Promise<void> = this.#wait(id).finally(() => this.#sent.delete(waiting))
      this.#sent.add(waiting)
    }
  }

  /** After an event about progress. */
  moved (): void {
    const { clock, underWay, updatePrompt } = this.#components
    this.#movedAtMs = clock.monotonicMs()
    this.#expiring?.cancel()
    const inMs = underWay.expire(clock.now())
    this.#expiring = inMs === null
      ? null
      : clock.schedule(inMs, () => {
        underWay.expire(clock.now())
        updatePrompt()
      }, { unref: true })
  }

  /** A pipe has ended: as long as files move, or until `timeoutMs`. */
  async settle (timeoutMs: number | undefined): Promise<void> {
    const { clock, signal } = this.#components
    await unlessAborted(Promise.all(this.#reading), signal).catch(() => {})
    for (;;) {
      const sinceMs = clock.monotonicMs()
      const limit = deadline(clock, timeoutMs ?? stallMs, signal)
      await unlessAborted(Promise.all(this.#sent), limit.signal).catch(() => {})
      limit.clear()
      const goesOn = timeoutMs === undefined && this.#movedAtMs >= sinceMs
      if (this.#sent.size === 0 || signal.aborted || !goesOn) return
    }
  }

  /** What somebody who leaves should know. */
  leftover (): string[] {
    return [
      ...this.#reading.size > 0 ? ['A file was still being read: it is not sent.'] : [],
      ...this.#sent.size > 0 ? [`${count(this.#sent.size, 'file')} on the way: kept, and goes on the next time p2pchat runs.`] : []
    ]
  }

  close (): void {
    this.#isClosed = true
    this.#expiring?.cancel()
  }

  async #wait (id: string): Promise<void> {
    const { node, underWay, view, print, updatePrompt } = this.#components
    while (!this.#isClosed) {
      try {
        const transfer = await node.waitFile({ id, timeoutMs: waitMs })
        if (this.#isClosed) return
        print(underWay.sent(transfer, view()))
        return updatePrompt()
      } catch (error) {
        if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) return
      }
    }
  }
}
