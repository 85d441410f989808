/** What the user is told of the pool: as a state, and as events in their order. */
import { asP2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { ConnectionState, PoolChange, PoolEvent } from '../chat-node.js'
import { maxNamedContacts } from './limits.js'
import type { PoolState } from './pool-connection.js'

export interface PoolNewsComponents {
  clock: Clock
  logger: Logger
  /** undefined: no pool is known */
  poolId: () => string | undefined
  /** Usernames of contacts with an open direct connection. */
  reachable: () => Promise<string[]>
  emit: (event: PoolEvent) => void
}

export class PoolNews {
  /** One event after the other: some have to look something up first. */
  private tail: Promise<void> = Promise.resolve()

  constructor (private readonly components: PoolNewsComponents) {}

  async connection (state: PoolState | undefined): Promise<ConnectionState> {
    const poolId = this.components.poolId()
    if (state === undefined || poolId === undefined) return { kind: 'no-pool' }
    switch (state.kind) {
      case 'connected': return { kind: 'connected', server: state.channel.remotePeer, poolId, home: state.isHome }
      case 'offline': return { kind: 'offline', poolId, retryAfterMs: Math.max(0, state.retryAtMs - this.components.clock.monotonicMs()), direct: await this.components.reachable() }
      case 'connecting':
      case 'stopped': return { kind: 'connecting' }
    }
  }

  tell (state: PoolState): void {
    const { emit, logger } = this.components
    this.tail = this.tail.then(async () => {
      const connection = await this.connection(state)
      const change = changeOf(state)
      const before = state.kind === 'connecting' ? state.lost : state.kind === 'connected' ? state.movedFrom : undefined
      emit({ event: 'pool', change, connection, ...(before === undefined ? {} : { before }), message: wordsOf(change, connection) })
    }).catch((error: unknown) => { logger.info({ code: asP2pChatError(error).code }, 'news of the pool could not be told') })
  }
}

function changeOf (state: PoolState): PoolChange {
  switch (state.kind) {
    case 'connected': return state.movedFrom === undefined ? 'connected' : 'moved'
    case 'offline': return 'offline'
    case 'connecting':
    case 'stopped': return state.kind === 'connecting' && state.lost !== undefined ? 'lost' : 'looking'
  }
}

function wordsOf (change: PoolChange, connection: ConnectionState): string {
  switch (change) {
    case 'looking': return 'Looking for a server of the pool…'
    case 'lost': return 'The server went away; another one is being looked for.'
    case 'connected': return 'Connected to a server of the pool.'
    case 'moved': return 'Another server of the pool is used from now on.'
    case 'offline': return `Sorry, no rendezvous server is reachable. ${whatStillWorks(connection.kind === 'offline' ? connection.direct : [])}`
  }
}

/** @param direct usernames */
export function whatStillWorks (direct: readonly string[]): string {
  if (direct.length === 0) return 'What you write is kept, and sent when there is one.'
  const named = direct.slice(0, maxNamedContacts).join(', ')
  const others = direct.length - maxNamedContacts
  return `Messages to ${named}${others > 0 ? ` and ${others} more` : ''} go on directly; all others are kept, and sent when there is one.`
}
