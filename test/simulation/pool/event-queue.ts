/** A binary heap of things to happen, by time and then by the order they were asked for. */
export interface SimEvent {
  dueMs: number
  order: number
  fn: () => void
  cancelled: boolean
}

export class EventQueue {
  readonly #heap: SimEvent[] = []
  #order = 0

  push (dueMs: number, fn: () => void): SimEvent {
    const event: SimEvent = { dueMs, order: this.#order++, fn, cancelled: false }
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >>> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(event, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
    return event
  }

  /** When the next event is due that was not cancelled. */
  get nextDueMs (): number | undefined {
    while (this.#heap[0]?.cancelled === true) this.#removeFirst()
    return this.#heap[0]?.dueMs
  }

  pop (): SimEvent | undefined {
    return this.nextDueMs === undefined ? undefined : this.#removeFirst()
  }

  #removeFirst (): SimEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const below = heap[child]
      if (below === undefined || !isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore (a: SimEvent, b: SimEvent): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}
