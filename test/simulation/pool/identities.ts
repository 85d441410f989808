/** Keys of servers and devices, each made once for all seeds: only their number tells them apart. */
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { peerIdFromEd25519, readRosterHistory, type RosterHistory } from '../../../src/overlay/index.js'
import { verifyMailboxAcknowledgement } from '../../../src/records/index.js'
import { keyOf, makeChain, seedOf } from '../../overlay/pool/roster-chain.js'
import { signaturesAreCheap } from './cheap-signatures.js'

export interface ServerIdentity { peerId: string, seed: Uint8Array, serverKey: Uint8Array }

export const serverIdentity = remembered((number: number): ServerIdentity => {
  const serverKey = keyOf(number)
  return { serverKey, seed: seedOf(number), peerId: peerIdFromEd25519(serverKey) }
})

export interface DeviceIdentity { keys: Ed25519KeyPair, peerId: string }

export const deviceIdentity = remembered((number: number): DeviceIdentity => {
  const keys = ed25519KeyPair(sha256(new TextEncoder().encode('device'), u32(number)))
  return { keys, peerId: peerIdFromEd25519(keys.publicKey) }
})

const firstRosters = new Map<string, RosterHistory>()

/** The first roster of a pool of so many servers, of which the first ones vote. */
export function firstRoster (servers: number, acceptors: number): RosterHistory {
  const name = `${servers} ${acceptors} ${signaturesAreCheap() ? 'cheap' : 'real'}`
  const known = firstRosters.get(name)
  if (known !== undefined) return known
  const numbers = Array.from({ length: servers }, (_, index) => index + 1)
  const change: NonNullable<Parameters<typeof makeChain>[0][0]>['change'] = (roster) => {
    for (const [index, server] of roster.servers.entries()) server.addresses = [`/ip4/10.0.0.${index + 1}/tcp/4001`]
  }
  const { chain, poolId } = makeChain([{ servers: numbers, acceptors: numbers.slice(0, acceptors), signers: numbers, change }])
  const made = readRosterHistory(poolId, chain)
  firstRosters.set(name, made)
  return made
}

const maxVerified = 1_000
const verified = new Map<string, Uint8Array[]>()

/** As verifyMailboxAcknowledgement; what several servers verify costs once. */
export function acknowledgementReader (signed: Uint8Array, mailbox: Uint8Array): Uint8Array[] {
  const name = Buffer.from(mailbox).toString('latin1') + Buffer.from(signed).toString('latin1')
  const known = verified.get(name)
  if (known !== undefined) return known
  const entryIds = verifyMailboxAcknowledgement(signed, mailbox)
  if (verified.size >= maxVerified) verified.clear()
  verified.set(name, entryIds)
  return entryIds
}

function remembered<Value> (make: (number: number) => Value): (number: number) => Value {
  const made = new Map<number, Value>()
  return (number) => {
    const value = made.get(number) ?? make(number)
    made.set(number, value)
    return value
  }
}
