import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { sha256 } from '../../../src/crypto/bytes.js'
import { P2pChatError } from '../../../src/errors.js'
import { makeSignedPrekey } from '../../../src/records/index.js'
import type { Links } from '../../../src/rendezvous/links/index.js'
import { PoolPrekeys, PrekeyShelf } from '../../../src/rendezvous/prekeys/index.js'
import { deadline, raceSignal, silentLogger } from '../../../src/runtime.js'
import { createMemoryDisk, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { CrashingStore, type CrashPoint } from '../../simulation/crashing-store.js'

export interface Weather {
  lost: number
  doubled: number
  maxDelayMs: number
}

interface Process {
  prekeys: PoolPrekeys
  shelf: PrekeyShelf
  store: CrashingStore
}

interface Server {
  disk: MemoryDisk
  process: Process | undefined
  /** The roster that it knows: its place in `rosters`. */
  knows: number
}

/** A device of a test, with the ids that its client has used. */
export class PrekeyDevice {
  readonly key: Ed25519KeyPair
  last = 0
  signedId = 0

  constructor (name: string) {
    this.key = ed25519KeyPair(sha256(new TextEncoder().encode(name)))
  }

  signed (): Uint8Array {
    return makeSignedPrekey(this.key, { id: this.signedId, publicKey: new Uint8Array(32).fill(1), createdAtMs: 1 })
  }
}

/** Servers that keep prekeys, on disks that crash and a network that loses, doubles and delays. */
export class PrekeyNet {
  readonly clock = new FakeClock()
  readonly random: SeededRandom
  readonly servers = new Map<string, Server>()
  readonly rosters: string[][]
  isListed: (device: Uint8Array) => boolean = () => true
  weather: Weather = { lost: 0, doubled: 0, maxDelayMs: 0 }

  constructor (names: readonly string[], seed: number) {
    this.random = new SeededRandom(seed)
    this.rosters = [[...names]]
    for (const name of names) {
      this.servers.set(name, { disk: createMemoryDisk(), process: undefined, knows: 0 })
      this.start(name)
    }
  }

  server (name: string): Server {
    return this.servers.get(name) ?? (() => { throw new Error(name) })()
  }

  /** Of a process that runs. */
  prekeys (name: string): PoolPrekeys | undefined {
    return this.server(name).process?.prekeys
  }

  start (name: string): void {
    const server = this.server(name)
    if (server.process !== undefined) return
    const store = new CrashingStore(server.disk.open(), () => { this.crash(name) })
    const shelf = new PrekeyShelf(store)
    const prekeys = new PoolPrekeys({
      self: name,
      shelf,
      links: this.#linksOf(name),
      replicasOf: (device) => this.replicasOf(device, server.knows),
      isListed: async (device) => this.isListed(device),
      isRemembered: async () => false,
      clock: this.clock,
      logger: silentLogger
    })
    server.process = { prekeys, shelf, store }
  }

  /** Kills the process, with all that was not synced. */
  crash (name: string): void {
    const server = this.server(name)
    if (server.process === undefined) return
    server.process = undefined
    server.disk.crash()
  }

  arm (name: string, point: CrashPoint): void {
    this.server(name).process?.store.arm(point)
  }

  /** Three of a roster's servers, in an order of the device's own. */
  replicasOf (device: Uint8Array, roster: number): string[] {
    const score = (name: string): string => Buffer.from(sha256(device, new TextEncoder().encode(name))).toString('hex')
    return [...this.rosters[roster] ?? []].sort((a, b) => score(a) < score(b) ? -1 : 1).slice(0, 3)
  }

  #linksOf (self: string): Pick<Links, 'ask' | 'isLinked'> {
    return {
      isLinked: (peerId) => this.server(peerId).process !== undefined,
      ask: async (peerId, method, body, { timeoutMs = 2_000 } = {}) => {
        const target = this.server(peerId).process
        if (target === undefined) throw new P2pChatError('ERR_UNREACHABLE', `${peerId} is down.`)
        const answered = new Promise<Uint8Array>((resolve, reject) => {
          const deliver = (): void => {
            if (this.server(peerId).process !== target) return
            target.prekeys.handlers[method]!(self, body).then((answer) => {
              if (!this.random.chance(this.weather.lost)) this.#soon(() => { resolve(answer) })
            }, reject)
          }
          if (!this.random.chance(this.weather.lost)) this.#soon(deliver)
          if (this.random.chance(this.weather.doubled)) this.#soon(deliver, 10)
        })
        const time = deadline(this.clock, timeoutMs)
        try {
          return await raceSignal(answered, time.signal)
        } finally {
          time.clear()
        }
      }
    }
  }

  #soon (task: () => void, factor = 1): void {
    const delayMs = this.random.between(0, this.weather.maxDelayMs * factor)
    if (delayMs === 0) task()
    else this.clock.schedule(delayMs, task)
  }
}
