import { P2pChatError } from '../../errors.js'
import type { RequestContext, RequestHandler } from '../../overlay/network.js'
import { addressGroup, type Roster, type RosterHistory } from '../../overlay/index.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { maxAddresses } from '../../protocol/limits.js'
import { JoinRequest, JoinResponse } from '../../protocol/pb/join.js'
import type { Clock, Logger } from '../../runtime.js'
import { assertMayEnter, type RosterChange } from '../consensus/index.js'
import { assertBytes } from '../fields.js'
import { method } from '../method.js'
import { Limiter, takeAll } from '../rate/limiter.js'
import type { Registers } from '../registers/index.js'
import type { Invites } from './invites.js'
import { inviteIdBytes, joinsInAll, joinsPerAddress, maxJoinRequestBytes, secretBytes } from './limits.js'
import { readSetups } from './setups.js'

export const JOIN_METHOD = 'join/request'

export interface AdmissionComponents {
  registers: Registers
  invites: Invites
  /** The newest roster that this server knows, with all before it. */
  history: () => RosterHistory
  /** As RosterChanger.change. */
  change: (change: RosterChange) => Promise<Roster>
  clock: Clock
  logger: Logger
}

/** Lets servers in that show a token: for strangers on /p2pchat/server/1, so everything is counted and checked before it costs much. */
export function admissionHandlers (components: AdmissionComponents): Record<string, RequestHandler> {
  const { clock } = components
  const perAddress = Limiter.of(clock, { joinsPerAddress }, 'joinsPerAddress', 'tries to join from this address')
  const inAll = Limiter.of(clock, { joinsInAll }, 'joinsInAll', 'servers want to join just now')
  return {
    [JOIN_METHOD]: method({
      request: JoinRequest,
      response: JoinResponse,
      maxBytes: maxJoinRequestBytes,
      async answer (request, { channel }) {
        takeAll([[perAddress, addressGroup(channel.remoteAddress)], [inAll, '']])
        return await admit(components, request, channel)
      }
    })
  }
}

async function admit ({ registers, invites, history, change, logger }: AdmissionComponents, request: JoinRequest, channel: RequestContext['channel']): Promise<JoinResponse> {
  const { inviteId, secret, addresses } = request
  const peerId = channel.remotePeer
  assertBytes(inviteId, inviteIdBytes, 'The id of an invitation')
  assertBytes(secret, secretBytes, 'The secret of an invitation')
  if (addresses.length > maxAddresses) throw new P2pChatError('ERR_LIMIT', `A server has at most ${maxAddresses} addresses (limit maxAddresses).`)
  const serverKey = ed25519FromPeerId(peerId)
  // Before the token counts as used.
  assertMayEnter(history(), peerId)
  // One that was let in, and killed before it had the answer, comes again however late.
  await invites.use(inviteId, secret, serverKey, () => history().newest.servers.some((server) => server.peerId === peerId))
  const roster = await change({ kind: 'add', server: { peerId, serverKey, addresses } })
  const setups = await readSetups(registers)
  // They may be those made because it was removed meanwhile.
  assertMayEnter(history(), peerId)
  logger.info({ peerId, addresses, rosterVersion: roster.version }, 'a server has joined the pool')
  return { rosterChain: copy(history().chain), opaqueSetups: [...setups].map(([version, setup]) => ({ version, setup: copy(setup) })) }
}

function copy (bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
