/**
 * Who the servers of a pool are: a chain of rosters from version 1 to the newest. The pool id is the SHA-256 of the
 * first roster's bytes, so that a client that knows the id can check everything that came after. A version of which
 * nothing is needed any more is left out, so that a server may change its address every day, for years. Pure.
 */
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../../crypto/bytes.js'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { signRecord, verifyRecord } from '../../crypto/signed-record.js'
import { P2pChatError } from '../../errors.js'
import { maxRosterBytes } from '../../protocol/limits.js'
import { ServerState } from '../../protocol/enums.js'
import { Roster as RosterMessage, RosterChain, type RosterSignature, type SignedRoster } from '../../protocol/pb/pool.js'
import { formatPoolId, parsePoolId } from './address.js'
import { maxRosterChainBytes, maxRosterVersions, maxServers } from './limits.js'
import { decidersOf, isQuorum } from './roster-quorum.js'
import { readRoster, type Roster } from './roster-record.js'
import { isSuperseded } from './superseded.js'

const LABEL = 'p2pchat/1 roster'
const FIRST_INCARNATION = 1n
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64

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
  /** the RosterChain, from version 1 to the newest, without those that are superseded (superseded.ts) */
  chain: Uint8Array
  newest: Roster
  /** SHA-256 of the newest one's bytes */
  newestHash: Uint8Array
  /** what the chain has, oldest first */
  versions: readonly RosterVersion[]
}

export interface RosterVersion {
  roster: Roster
  signed: SignedRoster
}

/**
 * The newest roster of a chain, once all of it has been verified: version 1 hashes to `poolId` and is signed by all
 * its servers; every later one is signed by a majority of the acceptors of the one before it in the chain (all of them
 * while it recovers), or by the recovery key, and names its hash if no version is missing between them. Nothing in the
 * bytes may be left over: any other encoding of the same chain is refused.
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
  return followedBy({ poolId, versions: [] }, signed)
}

/**
 * What a history and a chain that came from elsewhere know together. The versions that both have must be the same; only
 * what is new is verified.
 *
 * @throws as verifyRosterChain; ERR_INVALID_RECORD also when the chain tells another history
 */
export function extendRosterHistory (history: RosterHistory, chain: Uint8Array): RosterHistory {
  if (Buffer.compare(chain, history.chain) === 0) return history
  const known = new Map(history.versions.map(({ roster, signed }) => [roster.version, signed.roster]))
  const later = decodeChain(chain).filter(({ roster }) => {
    const { version } = readRoster(history.poolId, roster)
    const own = known.get(version)
    if (own !== undefined && Buffer.compare(own, roster) !== 0) {
      throw new P2pChatError('ERR_INVALID_RECORD', `That server has another version ${version} of the pool's roster; it was refused.`)
    }
    return version > history.newest.version
  })
  return followedBy(history, later)
}

/** The version that a chain goes up to, whether it is a right one or not. @throws ERR_INVALID_RECORD */
export function rosterVersionOf (poolId: string, chain: Uint8Array): number {
  const newest = decodeChain(chain).at(-1)
  return newest === undefined ? 0 : readRoster(poolId, newest.roster).version
}

/** One version, as those need it who place things by it; undefined: it is not known. A superseded one stored where the one before it did. */
export function rosterAt ({ versions, newest }: RosterHistory, version: number): Roster | undefined {
  const found = version > newest.version ? undefined : versions.findLast(({ roster }) => roster.version <= version)
  return found && { ...found.roster, version }
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

/**
 * Whether a chain has room for one more version and its signatures.
 *
 * @param bytes of the version, encoded
 * @param freeBytes how much shall be left then
 */
export function hasRoomFor (history: RosterHistory, bytes: Uint8Array, freeBytes: number): boolean {
  const { sets } = decidersOf(history.newest)
  const signatures = sets.flat().map(() => ({ signer: new Uint8Array(KEY_BYTES), signature: new Uint8Array(SIGNATURE_BYTES) }))
  const next = { roster: readRoster(history.poolId, bytes), signed: { roster: new Uint8Array(bytes), signatures } }
  return encodeChain(withVersion(history.versions, next)).byteLength + freeBytes <= maxRosterChainBytes
}

function followedBy (known: Pick<RosterHistory, 'poolId' | 'versions'>, later: readonly SignedRoster[]): RosterHistory {
  let { versions } = known
  for (const signed of later) {
    const roster = readRoster(known.poolId, signed.roster)
    const before = versions.at(-1)
    checkLink(roster, before)
    checkSignatures(signed, roster, before?.roster)
    versions = withVersion(versions, { roster, signed })
  }
  const newest = versions.at(-1)
  if (newest === undefined) throw new P2pChatError('ERR_INVALID_RECORD', 'The roster of the pool is empty and was refused.')
  return { poolId: known.poolId, newest: newest.roster, newestHash: sha256(newest.signed.roster), versions, chain: encodeChain(versions) }
}

function withVersion (versions: readonly RosterVersion[], next: RosterVersion): RosterVersion[] {
  const [before, last] = versions.slice(-2)
  const isOver = before !== undefined && last !== undefined && isSuperseded(before.roster, last.roster, next.roster)
  return [...isOver ? versions.slice(0, -1) : versions, next]
}

function encodeChain (versions: readonly RosterVersion[]): Uint8Array {
  return RosterChain.encode({ rosters: versions.map(({ signed }) => signed) })
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

function checkLink (roster: Roster, before: RosterVersion | undefined): void {
  const version = (before?.roster.version ?? 0) + 1
  if (roster.version < version || (before === undefined && roster.version > version)) throw new P2pChatError('ERR_INVALID_RECORD', `Version ${version} of the pool's roster is missing; it was refused.`)
  const previousHash = before === undefined ? new Uint8Array(0) : sha256(before.signed.roster)
  if (roster.version === version && !equals(roster.previousHash, previousHash)) {
    throw new P2pChatError('ERR_INVALID_RECORD', `Version ${version} of the pool's roster does not follow the one before it and was refused.`)
  }
  if (before !== undefined && !equals(roster.recoveryKey, before.roster.recoveryKey)) {
    throw new P2pChatError('ERR_INVALID_RECORD', `Version ${roster.version} of the pool's roster changes the recovery key and was refused.`)
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
