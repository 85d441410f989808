import { asP2pChatError } from '../../errors.js'
import { deadline, sleep, type Clock, type Logger } from '../../runtime.js'
import type { PeerAddress, PoolDiscovery } from '../network.js'
import { parsePoolId } from '../pool/address.js'
import { isRelayAddress } from '../relay/addresses.js'
import { Announcer } from './announcer.js'
import { joinPollMs, joinTimeoutMs, lookupTimeoutMs } from './limits.js'
import type { ProviderRouting } from './routing.js'

export interface PoolDiscoveryInit {
  routing: ProviderRouting
  poolId: string
  /** Servers that were good before, the best first; what is good now is for the caller to keep. */
  remembered: readonly PeerAddress[]
  /** Servers that the pool's address names. */
  bootstrap: readonly PeerAddress[]
  clock: Clock
  logger: Logger
}

/** Finds the servers of a pool by what is known already, then by the DHT. Throws ERR_USAGE when the pool id is none. */
export function createPoolDiscovery (init: PoolDiscoveryInit): PoolDiscovery {
  const key = parsePoolId(init.poolId)
  let announcer: Announcer | undefined
  return {
    find: (signal) => find(init, key, signal),
    announce: () => {
      if (announcer === undefined) announcer = new Announcer(init, key)
      else announcer.soon()
    }
  }
}

async function * find (init: PoolDiscoveryInit, key: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerAddress> {
  for (const peer of merge([...init.remembered, ...init.bootstrap])) {
    if (signal.aborted) return
    yield peer
  }
  // Checking these candidates is what connects us to the DHT, so the caller works while we wait here.
  if (!await joined(init, signal)) return
  yield * lookUp(init, key, signal)
}

async function joined ({ routing, clock }: PoolDiscoveryInit, signal: AbortSignal): Promise<boolean> {
  const untilMs = clock.monotonicMs() + joinTimeoutMs
  while (routing.knownServers === 0) {
    if (signal.aborted || routing.stopped.aborted || clock.monotonicMs() >= untilMs) return false
    await sleep(clock, joinPollMs, signal).catch(() => {
      // Aborted: seen at the start of the next round.
    })
  }
  return !signal.aborted
}

async function * lookUp ({ routing, clock, logger }: PoolDiscoveryInit, key: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerAddress> {
  const limit = deadline(clock, lookupTimeoutMs, signal)
  try {
    for await (const { peerId, addresses } of routing.findProviders(key, limit.signal)) {
      // No server is behind a relay: such an address, which anybody may write, leads to a host that only calls itself one of the pool.
      yield { peerId, addresses: addresses.filter((address) => !isRelayAddress(address)) }
    }
  } catch (error) {
    // What was found until now is with the caller; a lookup that could not end finds nothing more.
    if (!signal.aborted) logger.debug({ error: asP2pChatError(error) }, 'the DHT lookup ended early')
  } finally {
    limit.clear()
  }
}

/** One entry a peer, with all its addresses, in the order of first mention. */
function merge (peers: readonly PeerAddress[]): PeerAddress[] {
  const merged = new Map<string, Set<string>>()
  for (const { peerId, addresses } of peers) {
    const known = merged.get(peerId) ?? new Set()
    merged.set(peerId, known)
    for (const address of addresses) known.add(address)
  }
  return [...merged].map(([peerId, addresses]) => ({ peerId, addresses: [...addresses] }))
}
