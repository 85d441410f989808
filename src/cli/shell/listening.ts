/** The events of the node, for as long as one account is signed in: each is taken, then acknowledged. */
import type { ChatNode, NodeEvent } from '../../node/chat-node.js'

export interface ListeningComponents {
  node: ChatNode
  take: (event: NodeEvent) => Promise<void>
  /** Events have ended by themselves. */
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
    const done = this.#listen(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#components.fail(error)
    })
    this.#running = { stop, done }
  }

  async stop (): Promise<void> {
    const running = this.#running
    this.#running = null
    running?.stop.abort()
    await running?.done
  }

  async #listen (signal: AbortSignal): Promise<void> {
    const { node, take } = this.#components
    for await (const event of node.events({}, signal)) {
      await take(event)
      if ('cursor' in event && event.cursor !== undefined) await node.acknowledgeEvents({ cursor: event.cursor }).catch(() => {})
    }
  }
}
