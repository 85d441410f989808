import type { Clock } from '../../runtime.js'
import { maxCircuits, maxCircuitsPerDevice, maxCircuitsPerPair, maxReservations, reservationTtlMs } from './limits.js'

/** Two devices that a server connects, by PeerId. */
export interface Circuit {
  source: string
  destination: string
  /** Aborts when it is ended for a newer one of the same two. */
  over: AbortController
}

/** What a relaying server has given away: who may be dialled over it, and who is talking. Pure but for the clock. */
export class Slots {
  readonly #clock: Clock
  /** When each reservation ends, by PeerId, in the clock's monotonic milliseconds. */
  readonly #reservations = new Map<string, number>()
  readonly #circuits = new Set<Circuit>()
  /** By PeerId, and by both of a pair. */
  readonly #counts = new Map<string, number>()

  constructor (clock: Clock) {
    this.#clock = clock
  }

  get reservations (): number {
    return this.#reservations.size
  }

  get circuits (): number {
    return this.#circuits.size
  }

  /** When the reservation, new or renewed, ends, in milliseconds since the Unix epoch; undefined when there is no room. */
  reserve (peerId: string): number | undefined {
    if (!this.#reservations.has(peerId) && this.#reservations.size >= maxReservations) this.#sweep()
    if (!this.#reservations.has(peerId) && this.#reservations.size >= maxReservations) return undefined
    this.#reservations.set(peerId, this.#clock.monotonicMs() + reservationTtlMs)
    return this.#clock.now() + reservationTtlMs
  }

  hasReservation (peerId: string): boolean {
    return (this.#reservations.get(peerId) ?? -Infinity) > this.#clock.monotonicMs()
  }

  /** The device is gone. Its circuits end with its connection. */
  release (peerId: string): void {
    this.#reservations.delete(peerId)
  }

  /** Undefined when one of the two, or the server, has as many as it may. Of both together the oldest ends, which may have broken unnoticed. */
  open (source: string, destination: string): Circuit | undefined {
    const circuit = { source, destination, over: new AbortController() }
    if (this.#count(pairOf(circuit)) >= maxCircuitsPerPair) this.#endOldest(circuit)
    if (this.#circuits.size >= maxCircuits) return undefined
    if (this.#count(source) >= maxCircuitsPerDevice || this.#count(destination) >= maxCircuitsPerDevice) return undefined
    this.#circuits.add(circuit)
    for (const name of countedAs(circuit)) this.#counts.set(name, this.#count(name) + 1)
    return circuit
  }

  close (circuit: Circuit): void {
    if (!this.#circuits.delete(circuit)) return
    for (const name of countedAs(circuit)) {
      const left = this.#count(name) - 1
      if (left > 0) this.#counts.set(name, left)
      else this.#counts.delete(name)
    }
  }

  #endOldest (circuit: Circuit): void {
    const [oldest] = [...this.#circuits].filter((one) => pairOf(one) === pairOf(circuit))
    if (oldest === undefined) return
    this.close(oldest)
    oldest.over.abort()
  }

  #count (name: string): number {
    return this.#counts.get(name) ?? 0
  }

  #sweep (): void {
    for (const [peerId, expiresAtMs] of this.#reservations) if (expiresAtMs <= this.#clock.monotonicMs()) this.#reservations.delete(peerId)
  }
}

function countedAs (circuit: Circuit): string[] {
  return [circuit.source, circuit.destination, pairOf(circuit)]
}

function pairOf ({ source, destination }: Circuit): string {
  return `${source} ${destination}`
}
