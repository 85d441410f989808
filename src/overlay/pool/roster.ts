/**
 * Who the servers of a pool are: a chain of rosters from version 1 to the newest. The pool id is the SHA-256 of the
 * first roster's bytes, so that a client that knows the id can check everything that came after. Pure.
 */
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../../crypto/bytes.js'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { signRecord, verifyRecord } from '../../crypto/signed-record.js'
import { P2pChatError } from '../../errors.js'
import { maxRosterBytes } from '../../protocol/limits.js'
import { Roster as RosterMessage, RosterChain, ServerState, type RosterSignature, type SignedRoster } from '../../protocol/pb/pool.js'
import { formatPoolId, parsePoolId } from './address.js'
import { maxRosterChainBytes, maxRosterVersions, maxServers } from './limits.js'
import { decidersOf, isQuorum } from './roster-quorum.js'
import { readRoster, type Roster } from './roster-record.js'

const LABEL = 'p2pchat/1 roster'
const FIRST_INCARNATION = 1n

export interface FirstRosterInit {
  /** Ed25519 seed of the one server, 32 bytes */
  serverSeed: Uint8Array
  /** Ed25519 public key whose private half the operator keeps, 32 bytes */
  recoveryPublicKey: Uint8Array
  /** multiaddrs of the server */
  addresses: string[]
  opaqueSetupVersion: number
  /** shown to people, at most 64 bytes */
  name: string
  nowMs: number
}

/** A pool of one server. Throws ERR_INVALID_RECORD when a field would not be accepted by those who verify it. */
export function createFirstRoster (init: FirstRosterInit): { chain: Uint8Array, poolId: string } {
  const { publicKey } = ed25519KeyPair(init.serverSeed)
  const roster = RosterMessage.encode({
    version: 1n,
    createdAtMs: BigInt(init.nowMs),
    previousHash: new Uint8Array(0),
    servers: [{
      serverKey: new Uint8Array(publicKey),
      state: ServerState.MEMBER,
      acceptor: true,
      nextAcceptor: false,
      incarnation: FIRST_INCARNATION,
      addresses: init.addresses
    }],
    recoveryKey: new Uint8Array(init.recoveryPublicKey),
    opaqueSetupVersion: init.opaqueSetupVersion,
    name: init.name
  })
  const { signature } = signRecord(LABEL, init.serverSeed, roster)
  const chain = RosterChain.encode({
    rosters: [{ roster, signatures: [{ signer: new Uint8Array(publicKey), signature: new Uint8Array(signature) }] }]
  })
  const poolId = formatPoolId(sha256(roster))
  verifyRosterChain(poolId, chain)
  return { chain, poolId }
}

/** A chain of which every version has been verified. */
export interface RosterHistory {
  poolId: string
  /** the RosterChain, from version 1 to the newest */
  chain: Uint8Array
  newest: Roster
  signed: readonly SignedRoster[]
  /** SHA-256 of each version's bytes */
  hashes: readonly Uint8Array[]
}

/**
 * The newest roster of a chain, once all of it has been verified: version 1 hashes to `poolId` and is signed by all
 * its servers; every later version names the hash of the one before and is signed by a majority of that one's acceptors
 * (all of them while it recovers), or by the recovery key. Nothing in the bytes may be left over: any other encoding of
 * the same chain is refused.
 *
 * @throws ERR_NOT_IN_POOL when it is the chain of another pool, ERR_INVALID_RECORD when it is malformed, too large or
 * its versions do not link, ERR_INVALID_SIGNATURE when a signature is wrong, foreign or missing
 */
export function verifyRosterChain (poolId: string, chain: Uint8Array): Roster {
  return readRosterHistory(poolId, chain).newest
}

/** The same, with all that was verified. */
export function readRosterHistory (poolId: string, chain: Uint8Array): RosterHistory {
  const digest = parsePoolId(poolId)
  const signed = decodeChain(chain)
  const first = signed[0]
  if (first !== undefined && !equals(sha256(first.roster), digest)) {
    throw new P2pChatError('ERR_NOT_IN_POOL', 'That server belongs to another pool than the address says.')
  }
  return followedBy({ poolId, signed: [], hashes: [] }, signed)
}

/**
 * What a history and a chain that came from elsewhere know together. The versions that both have must be the same; only
 * what is new is verified.
 *
 * @throws as verifyRosterChain; ERR_INVALID_RECORD also when the chain tells another history
 */
export function extendRosterHistory (history: RosterHistory, chain: Uint8Array): RosterHistory {
  if (Buffer.compare(chain, history.chain) === 0) return history
  const rosters = decodeChain(chain)
  for (const [index, { roster }] of history.signed.entries()) {
    const other = rosters[index]
    if (other !== undefined && Buffer.compare(other.roster, roster) !== 0) {
      throw new P2pChatError('ERR_INVALID_RECORD', `That server has another version ${index + 1} of the pool's roster; it was refused.`)
    }
  }
  return followedBy(history, rosters.slice(history.hashes.length))
}

/** The version that a chain goes up to, whether it is a right one or not. @throws ERR_INVALID_RECORD */
export function rosterVersionOf (chain: Uint8Array): number {
  return decodeChain(chain).length
}

/** What a server of the version before gives for the version that was decided. */
export function signRoster (serverSeed: Uint8Array, roster: Uint8Array): RosterSignature {
  const { publicKey } = ed25519KeyPair(serverSeed)
  return { signer: new Uint8Array(publicKey), signature: new Uint8Array(signRecord(LABEL, serverSeed, roster).signature) }
}

/** A history with one more version. Throws as verifyRosterChain. */
export function appendRoster (history: RosterHistory, roster: Uint8Array, signatures: readonly RosterSignature[]): RosterHistory {
  return followedBy(history, [{ roster: new Uint8Array(roster), signatures: [...signatures] }])
}

function followedBy (known: Pick<RosterHistory, 'poolId' | 'signed' | 'hashes'> & { newest?: Roster }, later: readonly SignedRoster[]): RosterHistory {
  const signed = [...known.signed]
  const hashes = [...known.hashes]
  let { newest } = known
  for (const next of later) {
    const roster = readRoster(known.poolId, next.roster)
    checkLink(roster, newest, hashes.at(-1) ?? new Uint8Array(0))
    checkSignatures(next, roster, newest)
    newest = roster
    signed.push(next)
    hashes.push(sha256(next.roster))
  }
  if (newest === undefined) throw new P2pChatError('ERR_INVALID_RECORD', 'The roster of the pool is empty and was refused.')
  return { poolId: known.poolId, newest, signed, hashes, chain: RosterChain.encode({ rosters: signed }) }
}

function decodeChain (chain: Uint8Array): SignedRoster[] {
  if (chain.byteLength > maxRosterChainBytes) throw new P2pChatError('ERR_INVALID_RECORD', `The roster of the pool is larger than ${maxRosterChainBytes} bytes and was refused.`)
  const { rosters } = decode(chain)
  if (rosters.some(({ roster }) => roster.byteLength > maxRosterBytes)) {
    throw new P2pChatError('ERR_INVALID_RECORD', `A roster of the pool is larger than ${maxRosterBytes} bytes and was refused.`)
  }
  if (Buffer.compare(RosterChain.encode({ rosters }), chain) !== 0) throw new P2pChatError('ERR_INVALID_RECORD', 'The roster of the pool is not encoded as it must be and was refused.')
  return rosters
}

function decode (chain: Uint8Array): RosterChain {
  try {
    return RosterChain.decode(chain, { limits: { rosters: maxRosterVersions, rosters$: { signatures: maxServers + 1 } } })
  } catch (cause) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'The roster of the pool cannot be read and was refused.', { cause })
  }
}

function checkLink (roster: Roster, previous: Roster | undefined, previousHash: Uint8Array): void {
  const version = (previous?.version ?? 0) + 1
  if (roster.version !== version) throw new P2pChatError('ERR_INVALID_RECORD', `Version ${version} of the pool's roster is missing; it was refused.`)
  if (!equals(roster.previousHash, previousHash)) throw new P2pChatError('ERR_INVALID_RECORD', `Version ${version} of the pool's roster does not follow the one before it and was refused.`)
  if (previous !== undefined && !equals(roster.recoveryKey, previous.recoveryKey)) {
    throw new P2pChatError('ERR_INVALID_RECORD', `Version ${version} of the pool's roster changes the recovery key and was refused.`)
  }
}

function checkSignatures (signed: SignedRoster, roster: Roster, previous: Roster | undefined): void {
  const refuse = (why: string): never => {
    throw new P2pChatError('ERR_INVALID_SIGNATURE', `Version ${roster.version} of the pool's roster ${why} and was refused.`)
  }
  const quorum = previous === undefined
    ? { sets: [roster.servers.map((server) => server.peerId)], rule: 'all' as const }
    : decidersOf(previous)
  const allowed = (previous ?? roster).servers.filter((server) => quorum.sets.some((set) => set.includes(server.peerId)))
  const seen: Uint8Array[] = []
  const byServers = new Set<string>()
  let byRecovery = false
  for (const { signer, signature } of signed.signatures) {
    if (seen.some((other) => equals(other, signer))) refuse('is signed twice by the same key')
    seen.push(signer)
    const server = allowed.find((server) => equals(server.serverKey, signer))
    const isRecovery = previous !== undefined && equals(previous.recoveryKey, signer)
    if (server === undefined && !isRecovery) refuse('is signed by a key that may not sign it')
    if (!verifyRecord(LABEL, signer, { payload: signed.roster, signature })) refuse('carries a wrong signature')
    if (server !== undefined) byServers.add(server.peerId)
    if (isRecovery) byRecovery = true
  }
  if (!isQuorum(quorum, byServers) && !byRecovery) refuse(`is signed by ${byServers.size} servers, which is too few`)
}
