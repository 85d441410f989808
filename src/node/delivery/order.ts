/**
 * The order of one sending device's messages, by its sequence numbers. Pure: what arrived, early or late or twice, gives
 * what may be shown now. Messages that came too early are held (durably, by the caller) until those before them are
 * there, or are known to be lost.
 */

export interface Arrival {
  sequence: number
  /** the lowest sequence that may still arrive */
  lowestAlive: number
}

export type Release =
  | { kind: 'message', sequence: number }
  /** so many messages, from sequence `first` on, will never arrive */
  | { kind: 'gap', first: number, missing: number }

export interface OrderResult {
  /** What may be shown now, in this order; `message` may name the arrival itself or a held one. */
  release: Release[]
  /** The next sequence that is waited for. */
  expected: number
  /** Whether the arrival was known already. */
  duplicate: boolean
}

/**
 * @param expected the next sequence that is waited for; 1 at the start
 * @param held sequences kept back so far, in any order
 */
export function arrive (expected: number, held: readonly number[], arrival: Arrival): OrderResult {
  const duplicate = arrival.sequence < expected || held.includes(arrival.sequence)
  return { ...goOn(expected, duplicate ? held : [...held, arrival.sequence], arrival.lowestAlive), duplicate }
}

/** What may be shown once it is known that nothing below `lowestAlive` will arrive any more. */
export function goOn (expected: number, held: readonly number[], lowestAlive: number): Omit<OrderResult, 'duplicate'> {
  const waiting = [...held].sort((a, b) => a - b)
  const release: Release[] = []
  let next = expected
  for (const sequence of waiting) {
    next = skipTo(next, Math.min(sequence, lowestAlive), release)
    if (sequence !== next) break
    release.push({ kind: 'message', sequence })
    next = sequence + 1
  }
  next = skipTo(next, lowestAlive, release)
  return { release, expected: next }
}

function skipTo (next: number, target: number, release: Release[]): number {
  if (target <= next) return next
  release.push({ kind: 'gap', first: next, missing: target - next })
  return target
}
