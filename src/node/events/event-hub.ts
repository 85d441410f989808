/** Live events to any number of listeners. A slow listener is never waited for: past its bound it is told to start again. */
import { P2pChatError } from '../../errors.js'
import type { NodeEvent } from '../chat-node.js'

// A listener that lags behind by more reads the log again from its cursor.
const maxBuffered = 10_000

interface Listener {
  buffer: NodeEvent[]
  overflowed: boolean
  wake: () => void
}

export interface Subscription {
  /** Events since the subscription, in order. Throws ERR_OVERLOADED when the listener fell too far behind, and what they failed with. */
  next: (signal: AbortSignal) => Promise<NodeEvent | undefined>
  close: () => void
}

export class EventHub {
  private readonly listeners = new Set<Listener>()
  private closed = false
  private failure: P2pChatError | undefined

  emit (event: NodeEvent): void {
    for (const listener of this.listeners) {
      // Nothing is told behind a hole: the listener would take the cursor behind it for the last one it has.
      if (listener.overflowed || listener.buffer.length >= maxBuffered) listener.overflowed = true
      else listener.buffer.push(event)
      listener.wake()
    }
  }

  subscribe (): Subscription {
    const listener: Listener = { buffer: [], overflowed: false, wake: () => {} }
    this.listeners.add(listener)
    return {
      next: async (signal) => {
        while (listener.buffer.length === 0) {
          if (listener.overflowed) throw new P2pChatError('ERR_OVERLOADED', 'Events came faster than they were taken; go on from the last cursor.')
          if (this.failure !== undefined) throw this.failure
          if (this.closed || signal.aborted) return undefined
          await new Promise<void>((resolve) => {
            const wake = (): void => { signal.removeEventListener('abort', wake); resolve() }
            listener.wake = wake
            signal.addEventListener('abort', wake, { once: true })
          })
        }
        return listener.buffer.shift()
      },
      close: () => { this.listeners.delete(listener) }
    }
  }

  get isClosed (): boolean {
    return this.closed
  }

  close (): void {
    this.closed = true
    this.wakeAll()
  }

  /** No more events can come, for this reason: told after those that came before. */
  fail (error: P2pChatError): void {
    this.failure = error
    this.wakeAll()
  }

  private wakeAll (): void {
    for (const listener of this.listeners) listener.wake()
  }
}
