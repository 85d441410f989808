import { toString } from 'uint8arrays/to-string'
import type { PoolDiscovery } from '../../../src/overlay/index.js'
import { createRendezvous, type RendezvousServer } from '../../../src/rendezvous/index.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { fakeOpaque } from './fake-opaque.js'

/** A machine: its disk, and the server that runs on it or not. */
export interface Machine {
  readonly name: string
  readonly disk: MemoryDisk
  server: RendezvousServer | undefined
}

export interface BootOptions {
  join?: string
  /** Puts something between the server and its disk. */
  wrap?: (store: KeyValueStore) => KeyValueStore
}

/** Servers in memory that come into a pool as real ones do, by tokens; with time and chance of the test. */
export class JoiningPool {
  readonly clock = new FakeClock()
  readonly hub = new MemoryHub({ clock: this.clock })
  readonly machines: Machine[] = []
  /** The private half of the recovery key, as 64 hex digits. */
  recoveryKey = ''
  /** The name of a machine for each time that its server was told to announce itself. */
  readonly announced: string[] = []
  readonly #random: SeededRandom
  #starts = 0

  /** @param seed two pools of the same seed are the same pool */
  constructor (seed = 'joining pool') {
    this.#random = new SeededRandom(seed)
  }

  machine (): Machine {
    const machine: Machine = { name: `m${this.machines.length + 1}`, disk: createMemoryDisk(), server: undefined }
    this.machines.push(machine)
    return machine
  }

  /** The server on a machine, started. Rejects as its start does; it is stopped then. */
  async boot (machine: Machine, { join, wrap = (store) => store }: BootOptions = {}): Promise<RendezvousServer> {
    const { clock, hub } = this
    const address = `/ip4/10.9.9.${this.machines.indexOf(machine) + 1}/tcp/1`
    const server = await createRendezvous({
      store: wrap(machine.disk.open()),
      clock,
      random: this.#random.fork(`${machine.name} ${this.#starts++}`),
      opaque: { ...fakeOpaque(), createSetup: async () => this.#random.bytes(128) },
      network: ({ seed }) => {
        const network = hub.network({ seed, address })
        const discovery = (poolId: string): PoolDiscovery => {
          const made = hub.discovery(network, poolId)
          return { ...made, announce: () => { this.announced.push(machine.name); made.announce() } }
        }
        return { network, discovery }
      },
      keepRecoverySeed: async (seed) => { this.recoveryKey = toString(seed, 'base16') },
      version: '1.2.3',
      ...(join === undefined ? {} : { join })
    })
    machine.server = server
    try {
      await clock.until(server.start())
    } catch (error) {
      machine.server = undefined
      await clock.until(server.stop()).catch(() => {})
      throw error
    }
    return server
  }

  /** What SIGKILL does: what was not synced is gone. */
  kill (machine: Machine): void {
    const { server, disk } = machine
    machine.server = undefined
    disk.crash()
    if (server === undefined) return
    this.hub.crash(server.peerId)
    server.stop().catch(() => {})
  }

  /** A pool of so many, with those voting that should. */
  async grow (count: number): Promise<RendezvousServer[]> {
    const founder = await this.boot(this.machine())
    const join = await this.clock.until(founder.joinToken())
    for (let n = 1; n < count; n++) {
      await this.boot(this.machine(), join === undefined ? {} : { join })
      await this.settle()
    }
    return this.machines.flatMap(({ server }) => server === undefined ? [] : [server])
  }

  /** Lets time go by until a server says of its pool what is waited for. */
  async until (server: RendezvousServer, isSo: (status: Awaited<ReturnType<RendezvousServer['admin']['status']>>) => boolean, maxMs = 120_000): Promise<void> {
    const endMs = this.clock.now() + maxMs
    for (;;) {
      const status = await this.clock.until(server.admin.status())
      if (isSo(status)) return
      if (this.clock.now() >= endMs) throw new Error(`It does not come: ${JSON.stringify(status)}`)
      await this.clock.advance(500)
    }
  }

  /** Waits until nobody learns and those vote that should. */
  async settle (): Promise<void> {
    const server = this.machines.find((machine) => machine.server !== undefined)?.server
    if (server === undefined) throw new Error('No server runs.')
    await this.until(server, ({ phase, servers, acceptors }) => {
      const storing = servers.filter(({ state }) => state === 'member').length
      return phase === 'settled' && servers.every(({ state }) => state !== 'learner') && acceptors === (storing >= 5 ? 5 : Math.min(3, storing))
    })
  }

  async stop (): Promise<void> {
    await this.clock.until(Promise.all(this.machines.map(async ({ server }) => { await server?.stop() })))
  }
}
