import type { Channel } from '../../../src/overlay/network.js'

export interface StubChannel extends Channel {
  /** Notifications that were handed to it. */
  sent: Array<{ method: string, body: Uint8Array }>
  /** Whether its send queue is full: notify then waits. */
  full: boolean
  /** Room again. */
  drain: () => void
  end: () => void
}

/** A channel whose send queue is in the test's hands. */
export function stubChannel (remotePeer = 'a peer'): StubChannel {
  const controller = new AbortController()
  let waiting: Array<() => void> = []
  const channel: StubChannel = {
    remotePeer,
    remoteAddress: '/ip4/192.0.2.1/tcp/1',
    via: 'direct',
    remoteCapabilities: [],
    closed: controller.signal,
    sent: [],
    full: false,
    drain () {
      channel.full = false
      for (const resolve of waiting.splice(0)) resolve()
    },
    end: () => { controller.abort() },
    request: async () => new Uint8Array(0),
    async notify (method, body) {
      channel.sent.push({ method, body })
      if (channel.full) await new Promise<void>((resolve) => { waiting.push(resolve) })
    },
    async close () {
      waiting = []
      controller.abort()
    }
  }
  return channel
}
