/**
 * Taking a server out for good, in steps that anybody can go on with: it stops storing and voting, leaves the roster,
 * and only then comes a new OPAQUE setup, which it has therefore never seen.
 */
import { P2pChatError } from '../../errors.js'
import { chooseAcceptors } from '../consensus/index.js'
import { renewSetup, type RenewalComponents } from '../join/index.js'

export interface RemovalComponents extends RenewalComponents {
  /** Whether a server answers: nobody else is made to vote. */
  isThere: (peerId: string) => boolean
}

/** @throws ERR_NOT_PERMITTED: nobody else could vote; ERR_UNREACHABLE, ERR_UNKNOWN_OUTCOME: call it again */
export async function removeServer (components: RemovalComponents, peerId: string): Promise<void> {
  const { history, change } = components
  const entry = history().newest.servers.find((server) => server.peerId === peerId)
  if (entry !== undefined) {
    acceptorsWithout(components, peerId)
    // From here on nobody elects it again.
    await change({ kind: 'state', peerId, state: 'draining' })
    await change({ kind: 'acceptors', peerIds: acceptorsWithout(components, peerId) })
    await change({ kind: 'remove', peerId })
  }
  await renewSetup(components)
}

function acceptorsWithout ({ history, isThere }: RemovalComponents, peerId: string): string[] {
  const roster = history().newest
  const servers = roster.servers.filter((server) => server.peerId !== peerId && isThere(server.peerId))
  const chosen = chooseAcceptors({ ...roster, servers })
  if (chosen.length === 0) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'No other server of the pool that keeps mail answers; nobody could take its place. Start another one, or add one: p2pchat pool invite')
  }
  return chosen
}
