import { P2pChatError } from '../../errors.js'
import { encode } from '../../protocol/codec.js'
import { maxAddresses, maxRosterBytes } from '../../protocol/limits.js'
import { RosterPhase, ServerState } from '../../protocol/enums.js'
import { Roster as RosterMessage, type RosterServer as RosterServerMessage } from '../../protocol/pb/pool.js'
import { peerIdFromEd25519 } from '../peer-id.js'
import { isPrintable } from '../printable.js'
import { isAddressText } from './address.js'
import { maxPoolNameBytes, maxServers } from './limits.js'

const KEY_BYTES = 32

/** One version of a pool's roster, checked field by field. */
export interface Roster {
  poolId: string
  /** 1, 2, 3 … */
  version: number
  createdAtMs: number
  servers: RosterServer[]
  /** Which quorums decide: roster-quorum.ts. */
  phase: 'settled' | 'joint' | 'recovering'
  /** Ed25519 public key of the operator, 32 bytes; the same in every version */
  recoveryKey: Uint8Array
  opaqueSetupVersion: number
  name: string
  /** SHA-256 of the roster before this one; empty in version 1 */
  previousHash: Uint8Array
}

export interface RosterServer {
  peerId: string
  /** Ed25519 public key, 32 bytes */
  serverKey: Uint8Array
  /** A member stores; a learner is being filled; a draining one is being emptied. */
  state: 'member' | 'learner' | 'draining'
  /** Whether it votes on registers, and on the next roster. */
  acceptor: boolean
  /** In the joint phase: whether it votes after it. */
  nextAcceptor: boolean
  /** One more for every disk this server has had. */
  incarnation: bigint
  /** multiaddrs */
  addresses: string[]
}

/** Reads the bytes of one roster. Throws ERR_INVALID_RECORD for any field out of its bounds, ERR_UNSUPPORTED when it was made by a newer version. */
export function readRoster (poolId: string, bytes: Uint8Array): Roster {
  const message = decode(bytes)
  const servers = message.servers.map(readServer)
  if (servers.length === 0) refuse('names no server')
  if (new Set(servers.map((server) => server.peerId)).size !== servers.length) refuse('names a server twice')
  if (!servers.some((server) => server.acceptor)) refuse('names no server that votes')
  if (message.recoveryKey.byteLength !== KEY_BYTES) refuse('has no recovery key')
  const phase = readPhase(message.phase)
  if (servers.some((server) => server.nextAcceptor) !== (phase === 'joint')) refuse('does not say whether its acceptors change')
  return {
    poolId,
    version: safeInteger(message.version, 'version'),
    createdAtMs: safeInteger(message.createdAtMs, 'date'),
    servers,
    phase,
    recoveryKey: message.recoveryKey,
    opaqueSetupVersion: message.opaqueSetupVersion,
    name: readName(message.name),
    previousHash: message.previousHash
  }
}

const PHASES = { settled: RosterPhase.SETTLED, joint: RosterPhase.JOINT, recovering: RosterPhase.RECOVERING }
const STATES = { member: ServerState.MEMBER, learner: ServerState.LEARNER, draining: ServerState.DRAINING }

/** The bytes of a roster, to be decided on and signed. Throws ERR_INVALID_RECORD when they would not be accepted, ERR_LIMIT when they are too many. */
export function encodeRoster (roster: Roster): Uint8Array {
  const bytes = encode(RosterMessage, {
    ...roster,
    version: BigInt(roster.version),
    createdAtMs: BigInt(roster.createdAtMs),
    phase: PHASES[roster.phase],
    servers: roster.servers.map((server) => ({ ...server, state: STATES[server.state] }))
  })
  if (bytes.byteLength > maxRosterBytes) throw new P2pChatError('ERR_LIMIT', `The list of the pool's servers and their addresses has at most ${maxRosterBytes} bytes (limit maxRosterBytes). Let servers announce fewer addresses: --announce`)
  readRoster(roster.poolId, bytes)
  return bytes
}

function decode (bytes: Uint8Array): RosterMessage {
  try {
    return RosterMessage.decode(bytes, { limits: { servers: maxServers, servers$: { addresses: maxAddresses } } })
  } catch (cause) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'A roster of the pool cannot be read and was refused.', { cause })
  }
}

function readServer (message: RosterServerMessage): RosterServer {
  if (message.serverKey.byteLength !== KEY_BYTES) refuse('names a server without a key')
  if (!message.addresses.every(isAddressText)) refuse('names an address that is none')
  return {
    peerId: peerIdFromEd25519(message.serverKey),
    serverKey: message.serverKey,
    state: readState(message.state),
    acceptor: message.acceptor,
    nextAcceptor: message.nextAcceptor,
    incarnation: message.incarnation,
    addresses: message.addresses
  }
}

function readState (state: number): RosterServer['state'] {
  switch (state) {
    case ServerState.MEMBER: return 'member'
    case ServerState.LEARNER: return 'learner'
    case ServerState.DRAINING: return 'draining'
    default: return refuseNewer()
  }
}

function readPhase (phase: number): Roster['phase'] {
  switch (phase) {
    case RosterPhase.SETTLED: return 'settled'
    case RosterPhase.JOINT: return 'joint'
    case RosterPhase.RECOVERING: return 'recovering'
    default: return refuseNewer()
  }
}

function readName (name: string): string {
  if (Buffer.byteLength(name) > maxPoolNameBytes || !isPrintable(name)) refuse(`has a name that is not printable or longer than ${maxPoolNameBytes} bytes`)
  return name
}

function safeInteger (value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`has a ${what} out of bounds`)
  return Number(value)
}

/** Only a newer server makes such a roster: whether it is a right one, too, who cannot read it does not know. */
function refuseNewer (): never {
  throw new P2pChatError('ERR_UNSUPPORTED', 'The list of the pool\'s servers was made by a newer p2pchat, and this one cannot read it: update p2pchat.')
}

function refuse (why: string): never {
  throw new P2pChatError('ERR_INVALID_RECORD', `A roster of the pool ${why} and was refused.`)
}
