import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { appendRoster, createFirstRoster, encodeRoster, peerIdFromEd25519, readRosterHistory, signRoster, type Roster, type RosterHistory } from '../../../src/overlay/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'
import { NOW_MS } from './people.js'

/** A pool that is founded, lets two more servers in, and changes its acceptors in two versions. */
export const roster: Scene = {
  make: () => {
    const random = new SeededRandom('p2pchat wire: roster')
    const seeds = [random.bytes(32), random.bytes(32), random.bytes(32)] as const
    const { chain, poolId } = createFirstRoster({ serverSeed: seeds[0], recoveryPublicKey: ed25519KeyPair(random.bytes(32)).publicKey, addresses: ['/ip4/192.0.2.1/tcp/4001'], opaqueSetupVersion: 1, name: 'home', nowMs: NOW_MS })
    const others = seeds.slice(1).map((seed, at): Roster['servers'][number] => {
      const serverKey = ed25519KeyPair(seed).publicKey
      return { peerId: peerIdFromEd25519(serverKey), serverKey, state: 'learner', acceptor: false, nextAcceptor: false, incarnation: 1n, addresses: [`/ip4/192.0.2.${at + 2}/tcp/4001`] }
    })
    let history = readRosterHistory(poolId, chain)
    const [first] = history.newest.servers
    if (first === undefined) throw new Error('There is no first server.')
    const member = (server: Roster['servers'][number]): Roster['servers'][number] => ({ ...server, state: 'member' })
    history = next(history, { servers: [first, ...others] }, seeds.slice(0, 1))
    history = next(history, { servers: [first, ...others.map(member)] }, seeds.slice(0, 1))
    history = next(history, { phase: 'joint', servers: [first, ...others.map(member)].map((server) => ({ ...server, nextAcceptor: true })) }, seeds.slice(0, 1))
    history = next(history, { phase: 'settled', opaqueSetupVersion: 2, servers: [first, ...others.map(member)].map((server) => ({ ...server, acceptor: true })) }, seeds.slice(0, 1))
    history = next(history, { servers: history.newest.servers.map((server, at) => at === 2 ? { ...server, state: 'draining' } : server) }, seeds.slice(0, 2))
    const given = { poolId }
    const wire = { chain: meaningOf(history.chain) }
    return { given, wire, meaning: roster.read(given, wire) }
  },
  read: (given, wire): Frozen => {
    const { newest, newestHash, versions } = readRosterHistory(String(given.poolId), bytesOf(wire.chain))
    return { newest: meaningOf(newest), newestHash: meaningOf(newestHash), signers: versions.map(({ roster: { version }, signed: { signatures } }) => [version, signatures.length]) }
  }
}

function next (history: RosterHistory, change: Partial<Roster>, seeds: readonly Uint8Array[]): RosterHistory {
  const { newest, newestHash } = history
  const bytes = encodeRoster({ ...newest, ...change, version: newest.version + 1, createdAtMs: newest.createdAtMs + 1, previousHash: newestHash })
  return appendRoster(history, bytes, seeds.map((seed) => signRoster(seed, bytes)))
}
