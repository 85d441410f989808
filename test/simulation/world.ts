import { isP2pChatError } from '../../src/errors.js'
import type { HistoryEntry, MessageEvent, NodeEvent } from '../../src/node/chat-node.js'
import { restoreHome, type RestoredHome } from '../../src/node/backup/index.js'
import { ClientNode } from '../../src/node/client-node.js'
import { plainCipher, type ChunkCipher } from '../../src/node/files/cipher.js'
import { ensureDevice, type HomeDevice } from '../../src/node/home/account-state.js'
import { Lane } from '../../src/node/home/lane.js'
import type { Network } from '../../src/overlay/index.js'
import type { RendezvousStatus } from '../../src/rendezvous/index.js'
import type { Logger } from '../../src/runtime.js'
import { silentLogger } from '../../src/runtime.js'
import { createMemoryDisk } from '../../src/store/index.js'
import type { Operation } from '../../src/store/key-value.js'
import { MemoryDisk } from '../node/files/memory-disk.js'
import { openMemoryFile } from '../node/files/memory-file.js'
import { FakeClock } from '../helpers/fake-clock.js'
import { MemoryHub } from '../helpers/memory-network.js'
import { PoolTestnet, type PoolTestnetInit } from '../helpers/pool-testnet.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { CrashingStore, type CrashPoint } from './crashing-store.js'
import { fakePasswordWork } from './fake-password-work.js'

export const PASSWORD = 'correct horse battery staple'

/** One device on its own disk: what a process of p2pchat is, with everything outside of it in the test's hands. */
export class SimulatedDevice {
  readonly #disk = createMemoryDisk()
  /** What it sends from, and what lands. */
  readonly files = new MemoryDisk()
  #running: { node: ClientNode, store: CrashingStore, listening: Promise<void>, stopListening: AbortController } | undefined
  #device: HomeDevice | undefined
  /** What a listener took, over all runs; each id once, as a script with a list of ids would have it. */
  readonly heard: MessageEvent[] = []
  /** Likewise, everything else that has a cursor. */
  readonly taken: Array<Extract<NodeEvent, { cursor?: string }>> = []
  cipher: ChunkCipher = plainCipher
  maxFileBytes: number | undefined
  /** Told of every event that the node emits. */
  onEvent: (event: NodeEvent) => void = () => {}
  /** Errors that the node logged: there must be none, as logs of this level say that something is broken. */
  readonly errors: string[] = []

  constructor (private readonly world: World, readonly name: string, readonly username: string) {}

  get isRunning (): boolean {
    return this.#running !== undefined
  }

  get node (): ClientNode {
    if (this.#running === undefined) throw new Error(`${this.name} is not running.`)
    return this.#running.node
  }

  get peerId (): string | undefined {
    return this.#running === undefined ? undefined : this.#peerId
  }

  #peerId = ''

  async start (): Promise<void> {
    const { world } = this
    const store = new CrashingStore(this.#disk.open(), () => { this.crash() }, (operations) => { world.onWritten(this, operations) })
    const lane = new Lane(store)
    const random = world.random.fork(`${this.name} ${world.clock.now()}`)
    const device = this.#device = await ensureDevice(lane, random)
    const network = world.hub.network({ seed: device.seed })
    this.#peerId = network.peerId
    const node = new ClientNode({
      store,
      lane,
      clock: world.clock,
      random,
      logger: this.#logger(),
      network,
      device,
      passwordWork: fakePasswordWork,
      discovery: ({ poolId, remembered, bootstrap }) => world.hub.discovery(network, poolId, [...remembered, ...bootstrap]),
      deviceLabel: this.name,
      files: {
        disk: this.files,
        cipher: { seal: async (...args) => await this.cipher.seal(...args), open: async (...args) => await this.cipher.open(...args) },
        openFile: async (path) => await openMemoryFile(this.files, path),
        downloadsFolder: '/downloads',
        ...(this.maxFileBytes === undefined ? {} : { maxFileBytes: this.maxFileBytes })
      }
    })
    const hub = node['hub']
    const emit = hub.emit.bind(hub)
    hub.emit = (event) => {
      this.onEvent(event)
      emit(event)
    }
    const stopListening = new AbortController()
    this.#running = { node, store, listening: Promise.resolve(), stopListening }
    await node.start()
    if ((await node.status()).account?.signedIn === true) this.listen()
  }

  /** Takes events from where it stopped, and acknowledges each once it is kept. */
  listen (): void {
    const running = this.#running
    if (running === undefined) return
    running.listening = this.#take(running.node, running.stopListening.signal).catch((error: unknown) => {
      if (!isP2pChatError(error, 'ERR_CLOSED', 'ERR_STORE_IO', 'ERR_NOT_SIGNED_IN')) throw error
    })
  }

  async stop (): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.stopListening.abort()
    await running?.node.stop()
    await running?.listening
  }

  /** What SIGKILL does. */
  crash (): void {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    this.world.log(`${this.name} crashes`)
    this.#disk.crash()
    this.files.crash(true)
    this.world.hub.crash(this.#peerId)
    // Frees its timers; without a disk and a network it can do no more.
    running.stopListening.abort()
    void running.node.stop().catch(() => {})
  }

  /** Loses what is stored under keys that begin so. It must not be running. */
  async forget (...prefixes: string[]): Promise<void> {
    const store = this.#disk.open()
    const keys: string[] = []
    for await (const [key] of store.range()) if (prefixes.some((prefix) => key.startsWith(prefix))) keys.push(key)
    await store.batch(keys.map((key) => ({ type: 'delete', key })), { sync: true })
    await store.close()
  }

  /** Makes its home of a backup that another device has written. It must not be running. */
  async restore (from: SimulatedDevice, path: string, password: string): Promise<RestoredHome> {
    return await restoreHome({ home: '/', path, password: async () => password, openHome: async () => this.#disk.open(), openFile: async (name) => await openMemoryFile(from.files, name), stretch: fakePasswordWork.stretchBackup })
  }

  /** Dies in the middle of one of its next writes. */
  crashAt (point: CrashPoint): void {
    this.#running?.store.arm(point)
  }

  /** What it does not sync is lost until the next start, also where what comes after it is kept. */
  loseUnsynced (): void {
    this.#running?.store.loseUnsynced()
  }

  /** Its home cannot be written any more, from the first write on for which it says so until the next start. */
  refuseWrites (isRefused: () => boolean): void {
    this.#running?.store.refuse(isRefused)
  }

  /** Whatever is written on its disk, as it would lie there. */
  async * stored (): AsyncGenerator<[string, Uint8Array]> {
    yield * stored(this.#disk)
  }

  /** Everything of a conversation, oldest first. */
  async history (user: string): Promise<HistoryEntry[]> {
    return await this.node.history({ user, limit: 10_000 })
  }

  get deviceKey (): Uint8Array | undefined {
    return this.#device?.deviceKey
  }

  async #take (node: ClientNode, signal: AbortSignal): Promise<void> {
    for await (const event of node.events({}, signal)) {
      if (!('cursor' in event) || event.cursor === undefined) continue
      if (event.event === 'message' && !this.heard.some((known) => known.id === event.id)) this.heard.push(event)
      if (event.event !== 'message' && !this.taken.some(({ cursor }) => cursor === event.cursor)) this.taken.push(event)
      await node.acknowledgeEvents({ cursor: event.cursor })
    }
  }

  #logger (): Logger {
    const run = this.world.clock.now()
    return {
      ...silentLogger,
      error: (fields, message) => {
        if (this.#running !== undefined) this.errors.push(`${this.name} (run of ${run}): ${message} ${String((fields as { error?: unknown }).error)}`)
      }
    }
  }
}

export interface WorldInit {
  /** Default: 1. */
  servers?: number
  /** of the servers, in the place of the defaults */
  limits?: PoolTestnetInit['limits']
}

/** A pool, devices of many accounts, and everything between them: all of it decided by one seed. */
export class World {
  readonly clock = new FakeClock()
  readonly random: SeededRandom
  readonly hub: MemoryHub
  readonly pool: PoolTestnet
  readonly devices: SimulatedDevice[] = []
  readonly story: string[] = []
  /** What a server is given for its network: for tests of servers that lie. */
  serverNetwork: (network: Network) => Network = (network) => network
  /** Told of everything that a device has written. */
  onWritten: (device: SimulatedDevice, operations: readonly Operation[]) => void = () => {}
  readonly #count: number

  constructor (seed: string, { servers = 1, limits = {} }: WorldInit = {}) {
    this.random = new SeededRandom(seed)
    this.#count = servers
    const { clock, random } = this
    this.hub = new MemoryHub({ clock, random: random.fork('hub') })
    this.pool = new PoolTestnet({ clock, random: random.fork('pool'), hub: this.hub, limits, log: (what) => { this.log(what) }, wrapNetwork: (network) => this.serverNetwork(network) })
  }

  /** Of the first server. */
  get serverPeerId (): string {
    return this.pool.first.peerId
  }

  get serverIsRunning (): boolean {
    return this.pool.servers.every(({ running }) => running !== undefined)
  }

  /** Of the first server. */
  async serverStatus (): Promise<RendezvousStatus> {
    const { running } = this.pool.first
    if (running === undefined) throw new Error('The server is not running.')
    return await this.clock.until(running.status())
  }

  log (what: string): void {
    this.story.push(`${String(this.clock.now() % 100_000_000).padStart(9)} ${what}`)
  }

  /** All servers: makes the pool at first, and starts what has died since. */
  async startServer (): Promise<void> {
    if (this.pool.servers.length > 0) {
      for (const server of this.pool.servers) if (server.running === undefined) await this.pool.boot(server)
      return
    }
    for (let n = 0; n < this.#count; n++) await this.pool.add()
    await this.pool.settled()
  }

  /** All servers. */
  crashServer (): void {
    for (const server of this.pool.servers) this.pool.crash(server)
  }

  /** Whatever is written on the servers' disks. */
  async * storedAtServer (): AsyncGenerator<[string, Uint8Array]> {
    for (const { disk } of this.pool.servers) yield * stored(disk)
  }

  /** A device that knows the pool and has no account yet. */
  async bareDevice (name: string, username = name): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(this, name, username)
    this.devices.push(device)
    await this.clock.until(device.start())
    await this.clock.until(device.node.usePool([this.pool.poolAddress]))
    return device
  }

  /** A device that signs up, or with a username that is there already, signs in. */
  async addDevice (name: string, username: string): Promise<SimulatedDevice> {
    const isNew = this.devices.every((other) => other.username !== username)
    const device = await this.bareDevice(name, username)
    const request = { username, password: PASSWORD }
    if (isNew) await this.clock.until(device.node.signUp(request))
    else await this.clock.until(device.node.signIn(request))
    device.listen()
    return device
  }

  async stop (): Promise<void> {
    await this.clock.until(Promise.all(this.devices.map(async (device) => { await device.stop() })))
    await this.pool.stop()
  }
}

async function * stored (disk: ReturnType<typeof createMemoryDisk>): AsyncGenerator<[string, Uint8Array]> {
  const store = disk.open()
  yield * store.range()
  await store.close()
}
