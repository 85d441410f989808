import type { OpaqueServer } from '../../../src/crypto/opaque/server.js'
import type { Network } from '../../../src/overlay/network.js'
import { poolServers, parsePoolAddress } from '../../../src/overlay/index.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { createRendezvous, type RendezvousLimits, type RendezvousServer } from '../../../src/rendezvous/index.js'
import { noMetrics, type Metrics } from '../../../src/rendezvous/metrics/index.js'
import { createMemoryBlobs, createMemoryDisk, type MemoryBlobs, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { fakeOpaque } from './fake-opaque.js'
import { makeDevice, TestClient, type TestDevice } from './test-client.js'

export interface TestPoolInit {
  limits?: Partial<RendezvousLimits>
  opaque?: OpaqueServer
  metrics?: Metrics
}

/** A server in memory and clients of it, with a clock that stands still. */
export class TestPool {
  readonly clock = new FakeClock()
  readonly random = new SeededRandom('test pool')
  readonly hub = new MemoryHub({ clock: this.clock, random: new SeededRandom('test hub') })
  readonly opaque: OpaqueServer
  readonly disk: MemoryDisk = createMemoryDisk()
  readonly blobDisk: MemoryBlobs = createMemoryBlobs()
  readonly #limits: Partial<RendezvousLimits>
  readonly #networks: Network[] = []
  readonly #metrics: Metrics
  #server: RendezvousServer | undefined

  constructor ({ limits = {}, opaque = fakeOpaque(), metrics = noMetrics }: TestPoolInit = {}) {
    this.opaque = opaque
    this.#metrics = metrics
    this.#limits = limits
  }

  get server (): RendezvousServer {
    if (this.#server === undefined) throw new Error('The server was not started.')
    return this.#server
  }

  async start (): Promise<this> {
    const { clock, hub, opaque } = this
    this.#server = await createRendezvous({
      store: this.disk.open(),
      blobDisk: this.blobDisk,
      clock,
      random: this.random,
      limits: this.#limits,
      opaque,
      metrics: this.#metrics,
      network: ({ seed }) => {
        const network = hub.network({ seed, address: '/ip4/10.9.9.9/tcp/1' })
        return { network, discovery: (poolId) => hub.discovery(network, poolId) }
      }
    })
    await this.#server.start()
    return this
  }

  async stop (): Promise<void> {
    await this.clock.until(Promise.all([this.#server?.stop(), ...this.#networks.map(async (network) => { await network.stop() })]))
  }

  /** What SIGKILL and a new start do. Channels are gone. */
  async crash (): Promise<void> {
    this.hub.crash(this.server.peerId)
    this.disk.crash()
    this.blobDisk.crash()
    await settle()
    await this.start()
  }

  /** A device with a channel to the server. */
  async client (init: { device?: TestDevice, address?: string } = {}): Promise<TestClient> {
    const device = init.device ?? makeDevice(this.random)
    const network = this.hub.network({ seed: device.key.seed, ...(init.address === undefined ? {} : { address: init.address }) })
    this.#networks.push(network)
    const notifications: TestClient['notifications'] = []
    const note = (method: string) => (body: Uint8Array): void => { notifications.push({ method, body }) }
    const notified = ['mailbox/mail', 'directory/presence', 'groups/head']
    network.serve(POOL_PROTOCOL, { requests: {}, notifications: Object.fromEntries(notified.map((method) => [method, note(method)])) })
    await network.start()
    const [server] = poolServers(parsePoolAddress(this.server.poolAddress))
    if (server === undefined) throw new Error('The server has no address.')
    return new TestClient({ device, network, channel: await network.connect(server, POOL_PROTOCOL), notifications, clock: this.clock, random: this.random })
  }

  /** A device that signed up and is attached. */
  async user (username: string, init: { address?: string, unlisted?: boolean } = {}): Promise<TestClient> {
    const client = await this.client(init)
    await client.signUp(username, { unlisted: init.unlisted ?? false })
    await client.attach(username)
    return client
  }
}
