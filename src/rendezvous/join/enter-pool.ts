import type { Network } from '../../overlay/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import { noTimeYet } from '../steady-clock.js'
import { foundPool, saveJoined, type Membership, type ServerIdentity } from '../pool/index.js'
import { joinPool } from './joiner.js'
import { forgetToken, keepToken } from './joining-state.js'
import { parseJoinToken } from './token.js'

export interface EnterPoolComponents {
  store: KeyValueStore
  identity: ServerIdentity
  /** Started. */
  network: Network
  /** multiaddrs under which this server can be dialled */
  addresses: string[]
  /** What to join with; undefined: a new pool is made. */
  joinToken: string | undefined
  /** Removes the recovery key that this server made at a first start which founded no pool. */
  dropRecoveryKey: () => Promise<void>
  /** Of a new pool. */
  name: string
  clock: Clock
  logger: Logger
  signal: AbortSignal
}

/**
 * Makes this server one of a pool, for good. After a crash at any point it is called again, and comes to the same end.
 *
 * @throws what joinPool says
 */
export async function enterPool (components: EnterPoolComponents): Promise<Membership> {
  const { store, identity, network, addresses, joinToken, dropRecoveryKey, name, clock, logger, signal } = components
  if (joinToken === undefined) return await foundPool(store, identity, { addresses, name, clock })
  const onProven = async (): Promise<void> => { await store.batch([keepToken(joinToken)], { sync: true }) }
  const joined = await joinPool({ network, clock, logger, onProven, signal }, parseJoinToken(joinToken), addresses)
  // Before, as after a crash in between it is not a joiner any more. Its token is kept, so it founds no pool either.
  if (identity.recoveryPublicKey !== undefined) await dropRecoveryKey()
  return await saveJoined(store, identity, joined, [forgetToken(), noTimeYet()])
}
