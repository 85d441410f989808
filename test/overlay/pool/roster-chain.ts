import { sha256 } from '../../../src/crypto/bytes.js'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { signRecord } from '../../../src/crypto/signed-record.js'
import { formatPoolId } from '../../../src/overlay/pool/address.js'
import { RosterPhase, ServerState } from '../../../src/protocol/enums.js'
import { Roster, RosterChain, type RosterServer, type SignedRoster } from '../../../src/protocol/pb/pool.js'

/** A seed that is told by its number. */
export function seedOf (number: number): Uint8Array {
  return new Uint8Array(32).fill(number)
}

export function keyOf (number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ed25519KeyPair(seedOf(number)).publicKey)
}

export interface VersionInit {
  /** numbers of the seeds of the servers */
  servers: number[]
  /** which of them vote; default: all */
  acceptors?: number[]
  /** numbers of the seeds of those who sign */
  signers: number[]
  /** changes a field before signing */
  change?: (roster: Roster) => void
  /** whether it also has a field that only later versions know */
  hasLaterField?: boolean
  /** changes the bytes after signing */
  tamper?: (signed: SignedRoster) => void
}

export const RECOVERY = 200

/** Field 127 with the number 1. */
const LATER_FIELD = [0xf8, 0x07, 0x01]

/** A chain of rosters, with every mistake that a test wants to make in it. */
export function makeChain (versions: readonly VersionInit[]): { chain: Uint8Array, poolId: string } {
  const rosters: SignedRoster[] = []
  let previousHash = new Uint8Array(0)
  for (const [index, init] of versions.entries()) {
    const message: Roster = {
      version: BigInt(index + 1),
      createdAtMs: 1_700_000_000_000n,
      previousHash,
      servers: init.servers.map((number) => server(number, init.acceptors?.includes(number) ?? true)),
      recoveryKey: keyOf(RECOVERY),
      opaqueSetupVersion: 1,
      name: 'the pool',
      phase: RosterPhase.SETTLED
    }
    init.change?.(message)
    const roster = Uint8Array.from([...Roster.encode(message), ...init.hasLaterField === true ? LATER_FIELD : []])
    const signed: SignedRoster = {
      roster,
      signatures: init.signers.map((number) => ({
        signer: keyOf(number),
        signature: new Uint8Array(signRecord('p2pchat/1 roster', seedOf(number), roster).signature)
      }))
    }
    init.tamper?.(signed)
    rosters.push(signed)
    previousHash = new Uint8Array(sha256(signed.roster))
  }
  const first = rosters[0]
  if (first === undefined) throw new Error('A chain has at least one version.')
  return { chain: RosterChain.encode({ rosters }), poolId: formatPoolId(sha256(first.roster)) }
}

function server (number: number, acceptor: boolean): RosterServer {
  return { serverKey: keyOf(number), state: ServerState.MEMBER, acceptor, nextAcceptor: false, incarnation: 1n, addresses: [`/ip4/127.0.0.1/tcp/${4000 + number}`] }
}
