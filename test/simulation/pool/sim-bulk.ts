import { P2pChatError } from '../../../src/errors.js'
import type { BulkService, BulkStream } from '../../../src/overlay/network.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import type { SimProcess } from './sim-node.js'
import type { PoolWorld } from './world.js'

// A sender is held back from here on.
const maxQueuedBytes = 512 * 1024
// How long a stream hangs on a link that was cut before it breaks.
const stallMs = 2_000

/** Bulk streams between simulated processes: frames come whole, in order and late; a cut link or a crash breaks them. */
export class SimBulk {
  readonly #services = new Map<SimProcess, BulkService>()
  readonly #random: SeededRandom

  constructor (private readonly world: PoolWorld) {
    this.#random = world.random.fork('bulk')
  }

  serve (process: SimProcess, service: BulkService): void {
    this.#services.set(process, service)
  }

  /** Rejects with ERR_UNREACHABLE; never settles once the asking process has died. */
  async open (from: SimProcess, to: string): Promise<BulkStream> {
    const { world } = this
    return await new Promise<BulkStream>((resolve, reject) => {
      world.after(this.#random.between(2, 20), () => {
        from.run(() => {
          const there = world.nodes.get(to)?.process
          const service = there === undefined ? undefined : this.#services.get(there)
          if (there === undefined || service === undefined || this.#isCut(from.name, to)) {
            reject(new P2pChatError('ERR_UNREACHABLE', `${to} could not be reached.`))
            return
          }
          const near = new End(this, world, from, there)
          const far = new End(this, world, there, from)
          near.other = far
          far.other = near
          for (const [one, other] of [[near, far], [far, near]] as const) one.process.died.then(() => { other.breakLater() }).catch(() => {})
          there.run(() => {
            service.accept(far).then(async () => { await far.close() }, (error: unknown) => { far.abort(error instanceof P2pChatError ? error : new P2pChatError('ERR_INTERNAL', String(error))) }).catch(() => {})
          })
          resolve(near)
        })
      })
    })
  }

  delayMs (): number {
    return this.#random.between(1, 8)
  }

  isBroken (from: string, to: string): boolean {
    return this.#isCut(from, to)
  }

  #isCut (from: string, to: string): boolean {
    const { network } = this.world
    return network.isCut(from, to) || network.isCut(to, from)
  }
}

type EndState = { kind: 'open' } | { kind: 'goodbye' } | { kind: 'broken', error: P2pChatError }
type Message = { kind: 'frame', frame: Uint8Array } | { kind: 'goodbye' } | { kind: 'reset' }

class End implements BulkStream {
  readonly remoteAddress = '/memory'
  readonly via = 'direct'
  readonly source: AsyncIterable<Uint8Array>
  other!: End
  #unread: Uint8Array[] = []
  /** Sent and not read at the other end. */
  #queuedBytes = 0
  #lastDueMs = 0
  #end: EndState = { kind: 'open' }
  #isClosed = false
  #wakeReader = (): void => {}
  #wakeSenders: Array<() => void> = []

  constructor (private readonly bulk: SimBulk, private readonly world: PoolWorld, readonly process: SimProcess, private readonly peer: SimProcess) {
    this.source = { [Symbol.asyncIterator]: () => this.#read() }
  }

  get remotePeer (): string {
    return this.peer.name
  }

  readonly sink = async (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
    for await (const frame of source) await this.send(frame)
    await this.close()
  }

  readonly send = async (frame: Uint8Array): Promise<void> => {
    while (this.#queuedBytes >= maxQueuedBytes && this.#end.kind !== 'broken') await new Promise<void>((resolve) => { this.#wakeSenders.push(resolve) })
    if (this.#isClosed || this.#end.kind === 'broken') throw new P2pChatError('ERR_CLOSED', 'The stream is over.')
    this.#queuedBytes += frame.byteLength
    this.#say({ kind: 'frame', frame: frame.slice() })
  }

  readonly close = async (): Promise<void> => {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#finish({ kind: 'goodbye' })
    this.#say({ kind: 'goodbye' })
  }

  readonly abort = (error: P2pChatError): void => {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#finish({ kind: 'broken', error })
    this.#say({ kind: 'reset' })
  }

  /** The other end is gone, or the link: it shows after a while. */
  breakLater (): void {
    this.world.after(this.bulk.delayMs(), () => { this.process.run(() => { this.#finish({ kind: 'broken', error: new P2pChatError('ERR_CLOSED', 'The connection was lost.') }) }) })
  }

  #say (message: Message): void {
    if (!this.process.isAlive) return
    this.#lastDueMs = Math.max(this.#lastDueMs, this.world.nowMs + this.bulk.delayMs())
    this.world.after(this.#lastDueMs - this.world.nowMs, () => {
      if (this.bulk.isBroken(this.process.name, this.peer.name)) this.world.after(stallMs, () => { this.#break() })
      else this.peer.run(() => { this.other.#arrive(message) })
    })
  }

  #break (): void {
    this.breakLater()
    this.other.breakLater()
  }

  #arrive (message: Message): void {
    if (this.#end.kind !== 'open') return
    if (message.kind === 'frame') this.#unread.push(message.frame)
    else this.#finish(message.kind === 'goodbye' ? { kind: 'goodbye' } : { kind: 'broken', error: new P2pChatError('ERR_CLOSED', 'The other side broke off.') })
    this.#wakeReader()
  }

  #finish (end: EndState): void {
    if (this.#end.kind === 'broken' || (this.#end.kind === 'goodbye' && end.kind === 'goodbye')) return
    this.#end = end
    this.#wakeReader()
    this.#wakeAll()
  }

  #wakeAll (): void {
    for (const wake of this.#wakeSenders.splice(0)) wake()
  }

  async * #read (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const frame = this.#unread.shift()
        if (frame !== undefined) {
          this.other.#queuedBytes -= frame.byteLength
          this.other.#wakeAll()
          yield frame
        } else if (this.#end.kind === 'broken') throw this.#end.error
        else if (this.#end.kind === 'goodbye') return
        else await new Promise<void>((resolve) => { this.#wakeReader = resolve })
      }
    } finally {
      if (this.#end.kind === 'open') await this.close()
    }
  }
}
