/** The events of the node, for as long as one account is signed in: each is taken, then acknowledged. */
import { isP2pChatError } from '../../errors.js'
import type { ChatNode, NodeEvent } from '../../node/chat-node.js'
import { sleep, type Clock } from '../../runtime.js'

/** Before events are asked for again: what is wrong with the home may be over by then. */
export const retryMs = 5_000

export interface ListeningComponents {
  node: ChatNode
  clock: Clock
  take: (event: NodeEvent) => Promise<void>
  /** Why no events come; they are asked for again. Told once until one has come. */
  fail: (error: unknown) => void
  /** The shell's end. */
  signal: AbortSignal
}

export class Listening {
  readonly #components: ListeningComponents
  #running: { stop: AbortController, done: Promise<void> } | null = null

  constructor (components: ListeningComponents) {
    this.#components = components
  }

  start (): void {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, this.#components.signal])
    this.#running = { stop, done: this.#listen(signal) }
  }

  async stop (): Promise<void> {
    const running = this.#running
    this.#running = null
    running?.stop.abort()
    await running?.done
  }

  async #listen (signal: AbortSignal): Promise<void> {
    const { clock, fail } = this.#components
    let hasTold = false
    // Where it got to: a home that cannot be written to does not note it.
    let after: string | undefined
    while (!signal.aborted) {
      try {
        await this.#takeAll(signal, after, (cursor) => {
          after = cursor ?? after
          hasTold = false
        })
        return
      } catch (error) {
        // Who signs out is told so by what signed out; somebody may sign in again from another window.
        if (!signal.aborted && !hasTold && !isP2pChatError(error, 'ERR_NOT_SIGNED_IN')) fail(error)
        hasTold = true
        await sleep(clock, retryMs, signal).catch(() => {})
      }
    }
  }

  async #takeAll (signal: AbortSignal, after: string | undefined, onTaken: (cursor: string | undefined) => void): Promise<void> {
    const { node, take } = this.#components
    for await (const event of node.events(after === undefined ? {} : { after }, signal)) {
      await take(event)
      const cursor = 'cursor' in event ? event.cursor : undefined
      // What says that nothing more comes does not show that something does.
      if (event.event !== 'error') onTaken(cursor)
      if (cursor !== undefined) await node.acknowledgeEvents({ cursor }).catch(() => {})
    }
  }
}
