import { fromString } from 'uint8arrays/from-string'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import type { OpaqueServer } from '../../src/crypto/opaque/server.js'
import { formatPoolAddress, peerIdFromEd25519, type Network, type Roster } from '../../src/overlay/index.js'
import { defaultLimits, type RendezvousLimits } from '../../src/rendezvous/limits.js'
import type { Member } from '../../src/rendezvous/member/index.js'
import { noMetrics, type Metrics } from '../../src/rendezvous/metrics/index.js'
import { loadIdentity } from '../../src/rendezvous/pool/index.js'
import { RunningServer } from '../../src/rendezvous/running-server.js'
import { noTimeYet } from '../../src/rendezvous/steady-clock.js'
import { silentLogger, type Clock, type Logger } from '../../src/runtime.js'
import { createMemoryBlobs, createMemoryDisk, keyOf, type KeyValueStore, type MemoryBlobs, type MemoryDisk, type Operation } from '../../src/store/index.js'
import { fakeOpaque } from '../rendezvous/helpers/fake-opaque.js'
import { FakeClock, settle } from './fake-clock.js'
import { MemoryHub } from './memory-network.js'
import { SeededRandom } from './seeded-random.js'

export interface PoolTestnetInit {
  clock?: FakeClock
  random?: SeededRandom
  hub?: MemoryHub
  limits?: Partial<RendezvousLimits>
  opaque?: OpaqueServer
  /** What a server is given for its network: for tests of servers that lie. */
  wrapNetwork?: (network: Network) => Network
  log?: (what: string) => void
  /** The clock of a machine. Default: that of the net. */
  clockOf?: (server: TestServer, clock: Clock) => Clock
  /** What a server is given for its disk. Default: the disk. */
  wrapStore?: (server: TestServer, store: KeyValueStore) => KeyValueStore
  metrics?: (server: TestServer) => Metrics | undefined
}

/** One machine of the pool: what stays when its process dies, and the process while it runs. */
export class TestServer {
  readonly disk: MemoryDisk = createMemoryDisk()
  readonly blobDisk: MemoryBlobs = createMemoryBlobs()
  readonly seed: Uint8Array
  readonly peerId: string
  /** Errors that it logged: logs of this level say that something is broken. */
  readonly errors: string[] = []
  running: RunningServer | undefined

  constructor (readonly name: string, readonly address: string, random: SeededRandom) {
    this.seed = random.bytes(32)
    this.peerId = peerIdFromEd25519(ed25519KeyPair(this.seed).publicKey)
  }

  get member (): Member {
    const member = this.running?.member
    if (member === undefined) throw new Error(`${this.name} is not running.`)
    return member
  }

  /** The newest that it knows. */
  get roster (): Roster {
    return this.member.consensus.roster.roster
  }
}

/** A pool of several servers in memory: the real ones, with time, chance, disks and network of the test. */
export class PoolTestnet {
  readonly clock: FakeClock
  readonly random: SeededRandom
  readonly hub: MemoryHub
  readonly servers: TestServer[] = []
  readonly #init: PoolTestnetInit
  readonly #opaque: OpaqueServer
  #poolId = ''
  #shared: ReadonlyArray<[string, Uint8Array]> | undefined

  constructor (init: PoolTestnetInit = {}) {
    this.#init = init
    this.clock = init.clock ?? new FakeClock()
    this.random = init.random ?? new SeededRandom('pool testnet')
    this.hub = init.hub ?? new MemoryHub({ clock: this.clock, random: this.random.fork('hub') })
    this.#opaque = init.opaque ?? fakeOpaque()
  }

  /** A pool with so many servers that all store, with its acceptors settled. */
  static async start (count: number, init: PoolTestnetInit = {}): Promise<PoolTestnet> {
    const net = new PoolTestnet(init)
    for (let n = 0; n < count; n++) await net.add()
    await net.settled()
    return net
  }

  get poolId (): string {
    return this.#poolId
  }

  /** With the addresses of all servers. */
  get poolAddress (): string {
    return formatPoolAddress({ poolId: this.#poolId, addresses: this.servers.map(({ address, peerId }) => `${address}/p2p/${peerId}`).slice(0, 8) })
  }

  get first (): TestServer {
    const [server] = this.servers
    if (server === undefined) throw new Error('The pool has no server.')
    return server
  }

  /** One server more, running and in the roster. */
  async add (): Promise<TestServer> {
    const number = this.servers.length + 1
    const server = new TestServer(`s${number}`, `/ip4/10.9.9.${number}/tcp/1`, this.random.fork(`server ${number}`))
    if (number > 1) await this.#letIn(server)
    await this.#write(server, [[keyOf('pool', 'server-seed'), server.seed], ...await this.#secrets()])
    this.servers.push(server)
    await this.boot(server)
    if (number === 1) this.#poolId = server.running?.place().poolId ?? ''
    return server
  }

  async boot (server: TestServer): Promise<void> {
    const { clock, hub } = this
    const store = this.#init.wrapStore?.(server, server.disk.open()) ?? server.disk.open()
    const random = this.random.fork(`${server.name} ${clock.now()}`)
    const identity = await loadIdentity({ store, random, opaque: this.#opaque, keepRecoverySeed: async () => {} })
    const running = server.running = new RunningServer({
      store,
      blobDisk: server.blobDisk,
      identity,
      clock: this.#init.clockOf?.(server, clock) ?? clock,
      random,
      logger: this.#logger(server),
      opaque: this.#opaque,
      listen: [server.address],
      announce: [],
      name: '',
      limits: { ...defaultLimits, ...this.#init.limits },
      metrics: this.#init.metrics?.(server) ?? noMetrics,
      makeNetwork: ({ seed }) => {
        const network = (this.#init.wrapNetwork ?? ((plain) => plain))(hub.network({ seed, address: server.address }))
        return { network, discovery: (poolId) => hub.discovery(network, poolId) }
      }
    })
    await clock.until(running.start())
  }

  /** What SIGKILL does: what was not synced is gone. */
  crash (server: TestServer): void {
    const { running } = server
    if (running === undefined) return
    this.#init.log?.(`${server.name} crashes`)
    server.running = undefined
    server.disk.crash()
    server.blobDisk.crash()
    this.hub.crash(server.peerId)
    void running.stop({ handOver: false }).catch(() => {})
  }

  /** What SIGTERM does. */
  async stopServer (server: TestServer): Promise<void> {
    const { running } = server
    server.running = undefined
    if (running !== undefined) await this.clock.until(running.stop())
  }

  /** Waits until every running server has the same roster, with nobody learning and the acceptors that it should have. */
  async settled (maxMs = 120_000): Promise<void> {
    const endMs = this.clock.now() + maxMs
    while (!this.isSettled) {
      if (this.clock.now() >= endMs) throw new Error(`The roster does not settle: ${JSON.stringify(this.#overview())}`)
      await this.clock.advance(500)
    }
  }

  get isSettled (): boolean {
    const running = this.servers.filter((server) => server.running?.member !== undefined)
    const [newest] = running.map(({ roster }) => roster).sort((a, b) => b.version - a.version)
    if (newest === undefined) return false
    const storing = newest.servers.filter(({ state }) => state === 'member').length
    const wanted = storing >= 5 ? 5 : Math.min(storing, 3)
    return running.every(({ roster }) => roster.version === newest.version) && newest.phase === 'settled' &&
      newest.servers.every(({ state }) => state !== 'learner') && newest.servers.filter(({ acceptor }) => acceptor).length === wanted
  }

  async stop (): Promise<void> {
    await this.clock.until(Promise.all(this.servers.map(async ({ running }) => { await running?.stop() })))
    for (const server of this.servers) server.running = undefined
    await settle()
  }

  #overview (): unknown {
    return this.servers.map((server) => server.running?.member === undefined
      ? `${server.name} is down`
      : `${server.name} v${server.roster.version} ${server.roster.phase} ${server.roster.servers.map(({ state, acceptor, nextAcceptor }) => `${state}${acceptor ? '+' : ''}${nextAcceptor ? '>' : ''}`).join(' ')} ${server.member.consensus.life.state}`)
  }

  /** As if it had shown a token: the roster names it, and it has what all servers of the pool have. */
  async #letIn (server: TestServer): Promise<void> {
    const host = this.servers.find(({ running }) => running?.member !== undefined)
    if (host === undefined) throw new Error('No server runs that could let another one in.')
    const { roster, changer } = host.member.consensus
    const serverKey = ed25519KeyPair(server.seed).publicKey
    await this.clock.until(changer.change({ kind: 'add', server: { peerId: server.peerId, serverKey, addresses: [`${server.address}/p2p/${server.peerId}`] } }))
    await this.#write(server, [[keyOf('pool', 'id'), fromString(this.#poolId)], [keyOf('pool', 'roster'), roster.history.chain]], [noTimeYet()])
  }

  /** What all servers of the pool have. */
  async #secrets (): Promise<ReadonlyArray<[string, Uint8Array]>> {
    this.#shared ??= [
      [keyOf('pool', 'recovery-key'), ed25519KeyPair(this.random.bytes(32)).publicKey],
      [keyOf('pool', 'opaque-setup', 1), await this.#opaque.createSetup()]
    ]
    return this.#shared
  }

  async #write ({ disk }: TestServer, rows: ReadonlyArray<[string, Uint8Array]>, also: readonly Operation[] = []): Promise<void> {
    const store = disk.open()
    await store.batch([...rows.map(([key, value]): Operation => ({ type: 'put', key, value })), ...also], { sync: true })
    await store.close()
  }

  #logger (server: TestServer): Logger {
    return {
      ...silentLogger,
      error: (fields, message) => {
        if (server.running !== undefined) server.errors.push(`${server.name}: ${message} ${String((fields as { error?: unknown }).error)}`)
      }
    }
  }
}
