import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../runtime.js'
import { idleSweepMs } from './limits.js'
import type { Host } from './options.js'

export interface IdleInit {
  clock: Clock
  /** Whether a peer (by PeerId) is to stay connected though it does nothing now. */
  isNeeded: (peerId: string) => boolean
  stopped: AbortSignal
}

/** Of a server: ends the connections that others made and use for nothing, neither at one look nor at the next. */
export function closeIdleConnections (host: Pick<Host, 'getConnections'>, { clock, isNeeded, stopped }: IdleInit): void {
  let idleBefore = new Set<Connection>()
  const sweep = (): void => {
    const idle = host.getConnections().filter((connection) => connection.direction === 'inbound' && !isUsed(connection) && !isNeeded(connection.remotePeer.toString()))
    for (const connection of idle) {
      if (!idleBefore.has(connection)) continue
      connection.close().catch(() => { connection.abort(new Error('The connection was used for nothing.')) })
    }
    idleBefore = new Set(idle)
    timer = clock.schedule(idleSweepMs, sweep, { unref: true })
  }
  let timer = clock.schedule(idleSweepMs, sweep, { unref: true })
  stopped.addEventListener('abort', () => { timer.cancel() }, { once: true })
}

/** What libp2p asks by itself (identify, ping) is no use. */
function isUsed (connection: Connection): boolean {
  return connection.streams.some(({ protocol }) => !protocol.startsWith('/ipfs/'))
}
