import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import { appendRoster, encodeRoster, signRoster, type RosterHistory } from '../../overlay/index.js'
import { assertRosterKnownWhole, recoveryBody } from './roster-plan.js'

/**
 * A roster for a pool that lost the majority of its acceptors for good, signed with the recovery key alone: only the
 * survivors vote, all of them together, until every register has been written again. What only the lost servers had is
 * lost; were they started again, there would be two pools. It has the same bytes wherever it is made, so that two survivors
 * may be asked at once.
 *
 * @param survivors PeerIds of acceptors
 * @returns the chain, to be installed at each survivor
 * @throws ERR_BAD_CREDENTIALS when the seed is not the recovery key's; ERR_NOT_FOUND when a survivor does not vote; what
 * assertRosterKnownWhole says
 */
export function recoverRoster (history: RosterHistory, survivors: readonly string[], recoverySeed: Uint8Array): Uint8Array {
  const { newest } = history
  if (!equals(ed25519KeyPair(recoverySeed).publicKey, newest.recoveryKey)) {
    throw new P2pChatError('ERR_BAD_CREDENTIALS', 'That is not the recovery key of this pool.')
  }
  assertRosterKnownWhole(history)
  const roster = encodeRoster({
    ...newest,
    ...recoveryBody(newest, survivors),
    version: newest.version + 1,
    createdAtMs: newest.createdAtMs + 1,
    previousHash: history.newestHash
  })
  return appendRoster(history, roster, [signRoster(recoverySeed, roster)]).chain
}
