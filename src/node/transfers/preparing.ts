/** Files that are being read for the first time, before they are sent: nothing of them is in the home yet. */
import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import type { NodeEvent, TransferInfo } from '../chat-node.js'
import { progressIntervalMs } from './limits.js'
import { Pace } from './pace.js'

export interface PreparingComponents {
  clock: Clock
  emit: (event: NodeEvent) => void
}

/** What is read, and for whom: as it is shown. */
export type Reading = Pick<TransferInfo, 'name' | 'peer' | 'bytes'> & { path: string }

export interface ReadingSteps {
  /** bytes that were read so far */
  onProgress: (bytes: number) => void
  /** Aborts when the device stops. */
  signal: AbortSignal
}

export class Preparing {
  readonly #reading = new Map<string, TransferInfo>()
  readonly #running = new Set<Promise<unknown>>()
  readonly #stopping = new AbortController()
  #count = 0

  constructor (private readonly components: PreparingComponents) {}

  /** Shows the reading for as long as `work` takes. Rejects as it does. */
  async run<T> (reading: Reading, work: (steps: ReadingSteps) => Promise<T>): Promise<T> {
    const { clock } = this.components
    const startMs = clock.now()
    const pace = new Pace(clock)
    // The message that will carry it has no id yet.
    const id = String(++this.#count).padStart(8, '0')
    const info: TransferInfo = { id, direction: 'out', mime: '', doneBytes: 0, state: 'preparing', at: new Date(startMs).toISOString(), ...reading }
    this.#reading.set(id, info)
    const working = work({
      signal: this.#stopping.signal,
      onProgress: (bytes) => {
        info.doneBytes = bytes
        // What is read in a moment is not worth a word.
        const paced = Math.abs(clock.now() - startMs) < progressIntervalMs ? undefined : pace.at(bytes, bytes >= info.bytes)
        if (paced !== undefined) this.#tell(info, paced.bytesPerSecond)
      }
    })
    this.#running.add(working)
    try {
      return await working
    } finally {
      this.#running.delete(working)
      this.#reading.delete(id)
    }
  }

  list (): TransferInfo[] {
    return [...this.#reading.values()].map((info) => ({ ...info }))
  }

  /** What is being read is not sent. */
  async stop (): Promise<void> {
    this.#stopping.abort(new P2pChatError('ERR_CLOSED', 'The node was stopped.'))
    await Promise.allSettled(this.#running)
  }

  #tell ({ id, name, peer, doneBytes, bytes }: TransferInfo, bytesPerSecond: number): void {
    this.components.emit({ event: 'progress', id, direction: 'out', name, peer, bytes: doneBytes, total: bytes, bytesPerSecond, via: null, phase: 'preparing' })
  }
}
