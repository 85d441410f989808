import { isP2pChatError, P2pChatError } from '../../errors.js'
import { POOL_PROTOCOL } from '../../protocol/ids.js'
import { deadline, type Clock } from '../../runtime.js'
import type { Channel, Network, PeerAddress } from '../network.js'
import { candidateTimeoutMs } from './limits.js'
import { extendRosterHistory, readRosterHistory, rosterVersionOf, type RosterHistory } from './roster.js'

/** Answers with a RosterChain; the request is empty. The first request on every channel to a server. */
export const ROSTER_METHOD = 'pool/roster'

/** A server that has proven that it belongs to the pool. */
export interface PoolServer {
  channel: Channel
  /** The rosters that this server knows, all of them verified. */
  history: RosterHistory
  /** Where it was found. */
  peer: PeerAddress
}

export interface OpenPoolChannelOptions {
  clock: Clock
  signal?: AbortSignal
  /** For dialling and proving together. Default: candidateTimeoutMs. */
  timeoutMs?: number
  /** The highest roster version seen so far: whoever knows less is refused. Default: 0. */
  minVersion?: number
  /** What was verified before need not be again, and whoever knows less is refused. */
  known?: RosterHistory | undefined
  /** Whether another check has handed out the channel to this peer meanwhile (they share it): it stays open then. */
  isTaken?: () => boolean
}

/**
 * A channel to a server of this pool. Nothing but `pool/roster` is asked before the answer has been verified.
 *
 * @throws ERR_NOT_IN_POOL (another pool, a forged, broken or outdated roster, or not in it), ERR_UNREACHABLE,
 * ERR_TIMEOUT, ERR_UNSUPPORTED, ERR_ABORTED; the channel is closed then
 */
export async function openPoolChannel (network: Network, peer: PeerAddress, poolId: string, options: OpenPoolChannelOptions): Promise<PoolServer> {
  const { clock, signal, timeoutMs = candidateTimeoutMs, minVersion = 0, known, isTaken = () => false } = options
  const limit = deadline(clock, timeoutMs, signal)
  try {
    const channel = await network.connect(peer, POOL_PROTOCOL, { timeoutMs, signal: limit.signal })
    try {
      const chain = await channel.request(ROSTER_METHOD, new Uint8Array(0), { timeoutMs, signal: limit.signal })
      const history = verify(poolId, chain, known)
      assertCurrent(rosterVersionOf(poolId, chain), Math.max(minVersion, known?.newest.version ?? 0))
      assertMember(history, channel.remotePeer)
      return { channel, history, peer }
    } catch (error) {
      if (!isTaken()) {
        channel.close().catch(() => {
          // It counts as closed from the call on; how the goodbye goes is no matter.
        })
      }
      throw isP2pChatError(error, 'ERR_CLOSED') ? new P2pChatError('ERR_UNREACHABLE', 'The server hung up.', { cause: error }) : error
    }
  } finally {
    limit.clear()
  }
}

function verify (poolId: string, chain: Uint8Array, known: RosterHistory | undefined): RosterHistory {
  try {
    return known?.poolId === poolId ? extendRosterHistory(known, chain) : readRosterHistory(poolId, chain)
  } catch (error) {
    if (isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE')) throw new P2pChatError('ERR_NOT_IN_POOL', error.message, { cause: error })
    throw error
  }
}

function assertCurrent (version: number, minVersion: number): void {
  if (version < minVersion) {
    throw new P2pChatError('ERR_NOT_IN_POOL', `The server knows version ${version} of the pool's roster, this device already version ${minVersion}; it is outdated.`)
  }
}

function assertMember ({ newest }: RosterHistory, peerId: string): void {
  if (!newest.servers.some((server) => server.peerId === peerId)) {
    throw new P2pChatError('ERR_NOT_IN_POOL', `The server ${peerId} is not, or no longer, in the pool's roster.`)
  }
}
