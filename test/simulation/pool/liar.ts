/** A server that lies: changed and invented answers to its clients, and to other servers what nobody has signed. */
import { sha256 } from '../../../src/crypto/bytes.js'
import { encodeRoster, readRoster, signRoster } from '../../../src/overlay/index.js'
import { RosterChain } from '../../../src/protocol/pb/pool.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { fromBody, hex, toBody, unhex, type ReadAnswer } from './client-methods.js'
import { deviceIdentity, serverIdentity } from './identities.js'
import type { Device } from './mail-record.js'
import type { PoolServer } from './pool-server.js'

/** Neither a server of any pool nor a device of anybody here. */
const STRANGER = 99

export interface Liar {
  poolId: string
  /** tells its keys */
  number: number
  random: SeededRandom
}

/** What a lying server makes of an answer to a client. */
export function lie (liar: Liar, method: string, answer: Uint8Array): Uint8Array {
  switch (method) {
    case 'client/roster': return forgedChain(liar, answer)
    case 'client/home': return toBody([hex(serverIdentity(STRANGER).serverKey)])
    case 'client/read': return toBody(forgedPage(liar, fromBody<ReadAnswer>(answer)))
    default: return answer
  }
}

/** Shows the other servers a roster that only it has signed, and acknowledgements that no device has. */
export function deceiveServers (liar: Liar, server: PoolServer, device: Device, entryIds: readonly string[]): void {
  const { running } = server
  if (running === undefined) return
  const chain = forgedChain(liar, running.consensus.roster.history.chain)
  for (const peerId of running.links.others()) running.links.ask(peerId, 'roster/install', chain).catch(() => {})
  if (entryIds.length === 0) return
  const { publicKey } = device.identity.keys
  const ids = entryIds.map(unhex)
  const forged = makeMailboxAcknowledgement({ seed: deviceIdentity(STRANGER).keys.seed, publicKey }, ids)
  running.mail.mailboxes.acknowledge(publicKey, ids, forged).catch(() => {})
}

/** The pool's rosters and one more, in which a stranger votes. */
function forgedChain ({ poolId, number }: Liar, chain: Uint8Array): Uint8Array {
  const { rosters } = RosterChain.decode(chain)
  const last = rosters.at(-1)
  if (last === undefined) return chain
  const before = readRoster(poolId, last.roster)
  // Who has come to decide alone decides whatever it signs.
  if (before.servers.filter(({ acceptor }) => acceptor).length < 2) return chain
  const stranger = { ...serverIdentity(STRANGER), state: 'member' as const, acceptor: true, nextAcceptor: false, incarnation: 1n, addresses: [] }
  const roster = encodeRoster({ ...before, version: before.version + 1, previousHash: sha256(last.roster), phase: 'settled', servers: [...before.servers.map((server) => ({ ...server, nextAcceptor: false })), stranger] })
  return RosterChain.encode({ rosters: [...rosters, { roster: new Uint8Array(roster), signatures: [signRoster(serverIdentity(number).seed, roster)] }] })
}

function forgedPage ({ random }: Liar, page: ReadAnswer): ReadAnswer {
  if (page.outcome !== 'read') return page
  switch (random.pick(['withheld', 'changed', 'invented'] as const)) {
    case 'withheld': return { outcome: 'read', entries: [], more: false }
    case 'changed': return { ...page, entries: page.entries.map((entry) => ({ ...entry, envelope: hex(flipped(unhex(entry.envelope), random)) })) }
    case 'invented': return { ...page, entries: [...page.entries, { entryId: hex(random.bytes(16)), envelope: hex(random.bytes(64)), cursor: (page.entries.at(-1)?.cursor ?? 0) + 1 }] }
  }
}

function flipped (bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const out = bytes.slice()
  const at = random.between(0, out.byteLength - 1)
  out[at] = (out[at] ?? 0) ^ (1 << random.between(0, 7))
  return out
}
