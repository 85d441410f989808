/**
 * A pool's machines and all that is between them, decided by one seed: time, chance, network and disks. The same seed
 * gives the same trace. `boot` puts the code under test on a machine; it gets its clock, store and network from the
 * process it is given and from nowhere else.
 */
import { crc32 } from 'node:zlib'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { EventQueue, type SimEvent } from './event-queue.js'
import { QuickRandom } from './quick-random.js'
import { SimNetwork } from './sim-network.js'
import { SimNode, type SimProcess } from './sim-node.js'

export class PoolWorld {
  readonly random: SeededRandom
  readonly network: SimNetwork
  readonly nodes = new Map<string, SimNode>()
  /** What happened, one line each; none where only its hash is wanted. */
  readonly trace: string[] = []
  /** Lines that were logged, kept or not. */
  lines = 0
  #traceHash = 0
  #nowMs = Date.UTC(2024, 0, 1)
  readonly #startMs = this.#nowMs
  readonly #events = new EventQueue()

  constructor (readonly seed: string, private readonly keepsTrace = true) {
    this.random = new QuickRandom(seed)
    this.network = new SimNetwork({
      random: this.random.fork('network'),
      later: (delayMs, fn) => { this.after(delayMs, fn) },
      process: (name) => this.nodes.get(name)?.process,
      note: (mark, words) => { this.note(mark, words) }
    })
  }

  /** True time; what a machine believes is its process's clock. */
  get nowMs (): number {
    return this.#nowMs
  }

  addNode (name: string, boot: (process: SimProcess) => Promise<void> | void): SimNode {
    const node = new SimNode(this, name, boot)
    this.nodes.set(name, node)
    return node
  }

  log (what: string): void {
    this.note(crc32(what), () => what)
  }

  /** A line that is put into words only where it is kept; `mark` stands for it in the hash. */
  note (mark: number, words: () => string): void {
    this.lines++
    this.#traceHash = (Math.imul(this.#traceHash ^ mark, 0x9e3779b1) + (this.#nowMs - this.#startMs)) >>> 0
    if (this.keepsTrace) this.trace.push(`${this.#nowMs - this.#startMs} ${words()}`)
  }

  /** Of all lines so far: two runs with the same one have taken the same course. */
  get traceHash (): string {
    return `${this.lines} ${this.#traceHash.toString(16).padStart(8, '0')}`
  }

  /** Calls `fn` after `delayMs` of true time. */
  after (delayMs: number, fn: () => void): SimEvent {
    return this.#events.push(this.#nowMs + Math.max(0, Math.ceil(delayMs)), fn)
  }

  /** Lets `ms` go by. */
  async run (ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await eachTurn(() => (this.#events.nextDueMs ?? Infinity) <= endMs, () => { this.#step() })
    this.#nowMs = endMs
  }

  /** Lets time go by until `promise` settles, and gives its outcome. Fails after `maxMs`. */
  async until<T> (promise: Promise<T>, maxMs = 600_000): Promise<T> {
    const endMs = this.#nowMs + maxMs
    const wait = { isOver: false }
    const done = (): void => { wait.isOver = true }
    promise.then(done, done)
    await eachTurn(() => !wait.isOver, () => {
      if ((this.#events.nextDueMs ?? Infinity) > endMs) throw new Error(`Still waiting after ${maxMs} ms of simulated time.`)
      this.#step()
    })
    return await promise
  }

  #step (): void {
    const event = this.#events.pop()
    if (event === undefined) return
    this.#nowMs = event.dueMs
    event.fn()
  }
}

const maxTurnsAtOnce = 64

/**
 * Calls `step` as long as `goesOn`, and before each time lets everything run that waits only for microtasks. Immediates
 * that were asked for together share a turn of the event loop and still run their microtasks one after the other: that
 * costs a fifth of a turn for each.
 */
async function eachTurn (goesOn: () => boolean, step: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let left = 0
    let turns = 1
    let isOver = false
    const turn = (): void => {
      if (isOver) return
      left--
      try {
        isOver = !goesOn()
        if (isOver) resolve()
        else step()
      } catch (error) {
        isOver = true
        reject(error as Error)
      }
      if (left === 0 && !isOver) more()
    }
    const more = (): void => {
      turns = Math.min(2 * turns, maxTurnsAtOnce)
      for (left = 0; left < turns; left++) setImmediate(turn)
    }
    more()
  })
}
