import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import type { Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { createPoolMail, defaultReplicationLimits, type PoolMail, type ReplicationLimits, type RosterView } from '../../../src/rendezvous/replication/index.js'
import type { PlacedServer } from '../../../src/rendezvous/replication/placement.js'
import { P2pChatError } from '../../../src/errors.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryDisk, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { testLimits, type MailboxLimits } from '../mailboxes/suite.js'

export interface TestServer {
  peerId: string
  placed: PlacedServer
  disk: MemoryDisk
  local: Mailboxes
  mail: PoolMail
  /** Answers nothing while false. */
  isUp: boolean
}

/** Servers in one process that ask each other at once, over the messages of the wire. */
export class TestPool {
  readonly clock = new FakeClock()
  readonly servers: TestServer[] = []
  readonly rosters: RosterView[] = []
  /** Bytes of requests and answers. */
  readonly traffic = { bytes: 0, requests: 0 }
  /** PeerIds that reach each other, and nobody else. */
  readonly island = new Set<string>()
  /** Overrides what a server is given to see as the newest roster, by PeerId. */
  readonly seen = new Map<string, number>()
  /** PeerIds of those whose disk the acceptors found to be an old copy. */
  readonly oldDisks = new Set<string>()

  constructor (private readonly limits: Partial<MailboxLimits & ReplicationLimits> = {}, private readonly readAcknowledgement?: (signed: Uint8Array, mailbox: Uint8Array) => Uint8Array[]) {}

  async add (index: number): Promise<TestServer> {
    const { publicKey } = ed25519KeyPair(new Uint8Array(32).fill(index + 1))
    const peerId = peerIdFromEd25519(publicKey)
    const disk = createMemoryDisk()
    const server: TestServer = { peerId, placed: { peerId, serverKey: publicKey, state: 'member' }, disk, isUp: true, ...await this.#open(peerId, disk, index) }
    this.servers.push(server)
    return server
  }

  /** What SIGKILL and a start do. */
  async restart (server: TestServer): Promise<void> {
    server.disk.crash()
    Object.assign(server, await this.#open(server.peerId, server.disk, 0))
  }

  /** What is on a server's disk now. It is stopped for that, and started again. */
  async copy (server: TestServer): Promise<Array<[string, Uint8Array]>> {
    server.disk.crash()
    const store = server.disk.open()
    const entries: Array<[string, Uint8Array]> = []
    for await (const entry of store.range()) entries.push(entry)
    await store.close()
    await this.restart(server)
    return entries
  }

  /** Puts a copy into a server in the place of its disk, and starts it. */
  async putBack (server: TestServer, copy: ReadonlyArray<[string, Uint8Array]>): Promise<void> {
    server.disk.crash()
    server.disk = createMemoryDisk()
    const store = server.disk.open()
    await store.batch(copy.map(([name, value]) => ({ type: 'put', key: name, value })), { sync: true })
    await store.close()
    await this.restart(server)
  }

  /** The next roster, known to all at once. */
  decide (...servers: PlacedServer[]): void {
    this.rosters.push({ version: this.rosters.length + 1, servers })
    for (const { mail } of this.servers) mail.rosterChanged()
  }

  server (peerId: string): TestServer {
    const found = this.servers.find((server) => server.peerId === peerId)
    if (found === undefined) throw new Error(`There is no server ${peerId}.`)
    return found
  }

  /** Upkeep of all servers that are up, until nothing changes. */
  async settle (rounds = 4): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const { mail, isUp } of this.servers) if (isUp) await mail.round()
    }
  }

  async #open (peerId: string, disk: MemoryDisk, index: number): Promise<{ local: Mailboxes, mail: PoolMail }> {
    const { clock, rosters, seen, traffic } = this
    const store = disk.open()
    const limits = { ...testLimits, ...defaultReplicationLimits, tombstoneMs: 11_000, maxClockSkewMs: 500, caughtUpMs: 0, ...this.limits }
    const local = createStoreMailboxes({ store, clock, limits })
    const newest = (): RosterView => rosters[(seen.get(peerId) ?? rosters.length) - 1] ?? { version: 0, servers: [] }
    const mail = await createPoolMail({
      peerId,
      store,
      localMailboxes: local,
      rosters: {
        current: newest,
        at: (version) => rosters[version - 1],
        refresh: async () => { seen.delete(peerId) }
      },
      ask: async (other, method, body) => {
        const { isUp, mail: asked } = this.server(other)
        if (!isUp || !this.server(peerId).isUp || this.island.has(other) !== this.island.has(peerId)) throw new P2pChatError('ERR_UNREACHABLE', 'It is down.')
        const answer = await asked.handlers[method]?.(peerId, body.slice()) ?? new Uint8Array(0)
        traffic.bytes += body.byteLength + answer.byteLength
        traffic.requests++
        return answer
      },
      poolAddressesOf: (peerIds) => [...peerIds],
      clock,
      random: new SeededRandom(`${index} ${this.#runs++}`),
      logger: silentLogger,
      limits,
      isDiskOld: () => this.oldDisks.has(peerId),
      ...this.readAcknowledgement === undefined ? {} : { readAcknowledgement: this.readAcknowledgement }
    })
    return { local, mail }
  }

  #runs = 0
}

/** Acknowledgements of keys that cannot sign: the ids, one after the other. */
export function unsigned (mailboxes: Mailboxes): Mailboxes {
  return {
    append: async (entry) => await mailboxes.append(entry),
    appendShared: async (entry) => await mailboxes.appendShared(entry),
    read: async (mailbox, options) => await mailboxes.read(mailbox, options),
    acknowledge: async (mailbox, ids) => await mailboxes.acknowledge(mailbox, ids, Uint8Array.from(ids.flatMap((id) => [...id]))),
    remove: async (mailbox) => { await mailboxes.remove(mailbox) },
    sweep: async () => { await mailboxes.sweep() },
    onAppended: (listener) => mailboxes.onAppended(listener),
    totals: async () => await mailboxes.totals()
  }
}

export function readUnsigned (signed: Uint8Array): Uint8Array[] {
  return Array.from({ length: signed.byteLength / 16 }, (_, index) => signed.slice(index * 16, (index + 1) * 16))
}
