import { raceSignal } from '../../../runtime.js'

/** The items of an iteration that may hang, ignore its end, or throw: over as soon as `signal` aborts. */
export async function * untilAborted<T> (items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const item = await raceSignal(iterator.next(), signal)
      ended = item.done === true
      if (item.done === true) return
      yield item.value
    }
  } finally {
    // Not waited for: a generator that hangs never returns.
    if (!ended) Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
