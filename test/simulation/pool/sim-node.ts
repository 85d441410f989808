import { P2pChatError } from '../../../src/errors.js'
import type { Clock, Timer } from '../../../src/runtime.js'
import type { KeyValueStore } from '../../../src/store/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { SimDisk, type CrashPoint } from './sim-disk.js'
import type { SimHandler, SimNetwork } from './sim-network.js'
import type { PoolWorld } from './world.js'

/** One life of a server, from start to crash. Promises that wait for the world never settle after its end. */
export class SimProcess {
  readonly clock: Clock
  readonly store: KeyValueStore
  readonly random: SeededRandom
  /** Resolves when it dies. */
  readonly died: Promise<void>
  isAlive = true
  #handler: SimHandler | undefined
  #died: () => void = () => {}

  constructor (private readonly node: SimNode, private readonly network: SimNetwork, life: number) {
    const { world, name } = node
    this.random = world.random.fork(`${name} life ${life}`)
    this.clock = {
      now: () => world.nowMs + node.clockOffsetMs,
      monotonicMs: () => world.nowMs,
      schedule: (delayMs, fn): Timer => {
        const event = world.after(delayMs, () => { this.run(fn) })
        return { cancel: () => { event.cancelled = true } }
      }
    }
    this.store = node.disk.open({
      random: this.random.fork('disk'),
      later: (delayMs, fn) => { world.after(delayMs, () => { this.run(fn) }) },
      reached: (when) => node.reached(when)
    })
    this.died = new Promise((resolve) => { this.#died = resolve })
  }

  get name (): string {
    return this.node.name
  }

  /** Answers the requests of others from now on; until then they are told that nobody is there. */
  serve (handler: SimHandler): void {
    this.#handler = handler
  }

  request (to: string, method: string, body: Uint8Array, { timeoutMs }: { timeoutMs: number }): Promise<Uint8Array> {
    return this.network.request(this, to, method, body, timeoutMs)
  }

  /** Runs `fn` now, once it is no longer frozen, or never. */
  run (fn: () => void): void {
    if (!this.isAlive) return
    if (this.node.isFrozen) this.node.backlog.push(() => { this.run(fn) })
    else fn()
  }

  /** Rejects with what the handler throws; throws when there is none yet. */
  answer (from: string, method: string, body: Uint8Array): Promise<Uint8Array> {
    if (this.#handler === undefined) throw new P2pChatError('ERR_UNREACHABLE', `${this.name} is still starting.`)
    return this.#handler(from, method, body)
  }

  answered (): void {
    this.node.reached('after answer')
  }

  end (): void {
    this.isAlive = false
    this.#died()
  }
}

/** One machine: a disk, a clock, and at most one process at a time, which `boot` makes. */
export class SimNode {
  readonly disk = new SimDisk()
  /** What its wall clock is off by. */
  clockOffsetMs = 0
  isFrozen = false
  backlog: Array<() => void> = []
  process: SimProcess | undefined
  #life = 0
  #point: CrashPoint | undefined
  readonly #random: SeededRandom

  constructor (readonly world: PoolWorld, readonly name: string, private readonly boot: (process: SimProcess) => Promise<void> | void) {
    this.#random = world.random.fork(`${name} machine`)
  }

  /** Resolves when `boot` has come to its end or its process to its own. */
  async start (): Promise<void> {
    if (this.process !== undefined) return
    this.world.log(`${this.name} starts`)
    const process = this.process = new SimProcess(this, this.world.network, this.#life++)
    await Promise.race([this.boot(process), process.died])
  }

  /** What SIGKILL or a power cut does. */
  crash (): void {
    const process = this.process
    if (process === undefined) return
    this.world.log(`${this.name} crashes`)
    this.process = undefined
    this.#point = undefined
    process.end()
    this.thaw()
    this.disk.crash(this.#random)
  }

  crashAt (point: CrashPoint): void {
    this.#point = { ...point }
  }

  /** What SIGSTOP does: what comes waits, and so do timers. */
  freeze (): void {
    this.world.log(`${this.name} freezes`)
    this.isFrozen = true
  }

  thaw (): void {
    if (!this.isFrozen) return
    this.world.log(`${this.name} thaws`)
    this.isFrozen = false
    for (const fn of this.backlog.splice(0)) fn()
  }

  jumpClock (ms: number): void {
    this.world.log(`${this.name}: its clock jumps by ${ms} ms`)
    this.clockOffsetMs += ms
  }

  /** Counts down to the armed crash; true when it has happened. */
  reached (when: CrashPoint['when']): boolean {
    if (this.#point?.when !== when || --this.#point.count > 0) return false
    this.world.log(`${this.name} dies ${when}`)
    this.crash()
    return true
  }
}
