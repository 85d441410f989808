import type { Connection } from '@libp2p/interface'
import { P2pChatError } from '../../errors.js'
import type { Clock, Deadline, Timer } from '../../runtime.js'

/** What libp2p's connection has beneath it. */
interface Wire {
  addEventListener: (type: 'message', listener: () => void) => void
  removeEventListener: (type: 'message', listener: () => void) => void
}

export interface SilenceLimit extends Deadline {
  /** How long nothing has come now. */
  silentMs: () => number
}

/**
 * Aborts with ERR_TIMEOUT once nothing at all has come over the connection for `silenceMs`, or as `parent` does: an answer may
 * stand behind much else, which shows that the other side is there.
 */
export function silenceLimit (connection: Connection, clock: Clock, silenceMs: number, parent: AbortSignal): SilenceLimit {
  const controller = new AbortController()
  const wire = wireOf(connection)
  let timer: Timer | undefined
  let sinceMs = clock.monotonicMs()
  const listen = (): void => {
    sinceMs = clock.monotonicMs()
    timer?.cancel()
    timer = clock.schedule(silenceMs, () => {
      clear()
      controller.abort(new P2pChatError('ERR_TIMEOUT', `Nothing came for ${silenceMs} ms.`))
    }, { unref: true })
  }
  const onParent = (): void => {
    clear()
    controller.abort(parent.reason)
  }
  const clear = (): void => {
    timer?.cancel()
    wire?.removeEventListener('message', listen)
    parent.removeEventListener('abort', onParent)
  }
  if (parent.aborted) {
    onParent()
  } else {
    parent.addEventListener('abort', onParent, { once: true })
    wire?.addEventListener('message', listen)
    listen()
  }
  return { signal: controller.signal, clear, silentMs: () => clock.monotonicMs() - sinceMs }
}

/** libp2p does not say that a connection has it; without it, whatever comes is taken for silence. */
function wireOf (connection: Connection): Wire | undefined {
  const { maConn } = connection as { maConn?: Partial<Wire> }
  return typeof maConn?.addEventListener === 'function' && typeof maConn.removeEventListener === 'function' ? maConn as Wire : undefined
}
