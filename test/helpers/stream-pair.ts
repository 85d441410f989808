import type { ByteReader, ByteStream } from '../../src/overlay/frames/index.js'
import type { Clock } from '../../src/runtime.js'

/** How bytes get from one end of a pair to the other. */
export interface Wire {
  /** True: nothing arrives, not even the end, until `release` of the pair is called. */
  held?: () => boolean
  /** Time on the way for the bytes being sent; needs `clock`. */
  delayMs?: () => number
  clock?: Clock
  /** Cuts what is sent into the pieces that arrive. */
  cut?: (bytes: Uint8Array) => Uint8Array[]
  /** Bytes that may be under way before send() says that it is full. */
  capacityBytes?: number
}

export interface StreamPair {
  ends: [MemoryStream, MemoryStream]
  /** Call when `held` has become false. */
  release: () => void
  /** Breaks both directions, as a lost connection does. */
  reset: (error: Error) => void
}

/** Two ends of one connection, in memory. */
export function streamPair (wire: Wire = {}): StreamPair {
  const left = new MemoryStream(wire)
  const right = new MemoryStream(wire)
  left.other = right
  right.other = left
  return {
    ends: [left, right],
    release: () => { left.pump(); right.pump() },
    reset: (error) => { left.break(error); right.break(error) }
  }
}

type Item = { type: 'bytes', bytes: Uint8Array, dueMs: number } | { type: 'end', dueMs: number } | { type: 'reset', error: Error, dueMs: number }

/** One end. `incoming` holds what the other end has sent and this one has not been given yet. */
export class MemoryStream implements ByteStream {
  other: MemoryStream | undefined
  readonly #wire: Wire
  #incoming: Item[] = []
  #incomingBytes = 0
  #reader: ByteReader | undefined
  #paused = false
  #pumping = false
  #timerDueMs: number | undefined
  #writable = true
  #readable = true
  #drains: Array<{ resolve: () => void, reject: (error: Error) => void }> = []

  constructor (wire: Wire) {
    this.#wire = wire
  }

  /** Bytes that the other end has sent and this one has not taken. */
  get unreadBytes (): number {
    return this.#incomingBytes
  }

  get isOpen (): boolean {
    return this.#writable || this.#readable
  }

  send (bytes: Uint8Array): boolean {
    if (!this.#writable || this.other === undefined) throw new Error('The stream is closed for writing.')
    const pieces = this.#wire.cut?.(bytes) ?? [bytes]
    for (const piece of pieces) this.other.take({ type: 'bytes', bytes: piece, dueMs: this.#dueMs() })
    return this.other.unreadBytes < this.#capacityBytes
  }

  async onDrain (): Promise<void> {
    if (this.other === undefined || this.other.unreadBytes < this.#capacityBytes) return
    if (!this.#writable) throw new Error('The stream is closed for writing.')
    await new Promise<void>((resolve, reject) => { this.#drains.push({ resolve, reject }) })
  }

  read (reader: ByteReader): void {
    this.#reader = reader
    this.pump()
  }

  pause (): void {
    this.#paused = true
  }

  resume (): void {
    this.#paused = false
    this.pump()
  }

  async close (): Promise<void> {
    if (!this.#writable) return
    this.#writable = false
    this.other?.take({ type: 'end', dueMs: this.#dueMs() })
  }

  abort (error: Error): void {
    if (!this.isOpen) return
    this.other?.take({ type: 'reset', error: new Error('The stream was reset.'), dueMs: this.#dueMs() })
    this.break(error)
  }

  /** Ends this end only. */
  break (error: Error): void {
    const readable = this.#readable
    this.#writable = false
    this.#readable = false
    this.#incoming = []
    this.#incomingBytes = 0
    for (const drain of this.#drains.splice(0)) drain.reject(error)
    if (readable) queueMicrotask(() => { this.#reader?.onEnd(error) })
  }

  take (item: Item): void {
    if (!this.#readable) return
    this.#incoming.push(item)
    if (item.type === 'bytes') this.#incomingBytes += item.bytes.byteLength
    this.pump()
  }

  pump (): void {
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(() => {
      this.#pumping = false
      this.#deliver()
    })
  }

  drained (): void {
    for (const drain of this.#drains.splice(0)) drain.resolve()
  }

  get #capacityBytes (): number {
    return this.#wire.capacityBytes ?? 256 * 1024
  }

  #dueMs (): number {
    const { clock, delayMs } = this.#wire
    return clock === undefined ? 0 : clock.now() + (delayMs?.() ?? 0)
  }

  #deliver (): void {
    for (let item = this.#incoming[0]; item !== undefined; item = this.#incoming[0]) {
      if (this.#reader === undefined || this.#wire.held?.() === true) return
      if (this.#paused && item.type !== 'reset') return
      const now = this.#wire.clock?.now() ?? item.dueMs
      if (item.dueMs > now) {
        this.#wait(item.dueMs, now)
        return
      }
      this.#incoming.shift()
      this.#give(this.#reader, item)
    }
  }

  #give (reader: ByteReader, item: Item): void {
    switch (item.type) {
      case 'bytes':
        this.#incomingBytes -= item.bytes.byteLength
        reader.onBytes(item.bytes)
        if (this.#incomingBytes < this.#capacityBytes) this.other?.drained()
        break
      case 'end':
        this.#readable = false
        reader.onEnd()
        break
      case 'reset':
        this.break(item.error)
        break
    }
  }

  #wait (dueMs: number, now: number): void {
    if (this.#timerDueMs !== undefined && this.#timerDueMs <= dueMs) return
    this.#timerDueMs = dueMs
    this.#wire.clock?.schedule(dueMs - now, () => {
      this.#timerDueMs = undefined
      this.#deliver()
    })
  }
}

/** Pieces of one byte. */
export function byteByByte (bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte))
}
