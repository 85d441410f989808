/** Stages that bytes flow through: `it-pipe` composes them, and so does a plain call. Each takes what it needs, when it can. */

export type Stage<In, Out> = (source: AsyncIterable<In>) => AsyncGenerator<Out>

/**
 * `work` on every item, on up to `limit` of them at once; what comes out keeps the order. A result is handed on as soon
 * as it is its turn, also while the source lets wait for the next item. What fails comes in its turn, too.
 */
export function mapAhead<In, Out> (work: (item: In) => Promise<Out>, limit: number): Stage<In, Out> {
  return async function * (source) {
    const items = source[Symbol.asyncIterator]()
    const running: Array<Promise<Out>> = []
    let next: Promise<IteratorResult<In, unknown>> | undefined
    let ended = false
    let failure: { error: unknown } | undefined
    try {
      for (;;) {
        if (!ended && next === undefined && running.length < limit) next = quiet(items.next())
        const [head] = running
        if (head === undefined && next === undefined) {
          if (failure !== undefined) throw failure.error
          return
        }
        if (next !== undefined && await isFirst(next, head)) {
          const item = await next.catch((error: unknown) => { failure = { error } })
          next = undefined
          if (item === undefined || item.done === true) ended = true
          else running.push(quiet(work(item.value)))
        } else if (head !== undefined) {
          const result = await head
          void running.shift()
          yield result
        }
      }
    } finally {
      if (!ended) void quiet(Promise.resolve(items.return?.()))
      await Promise.allSettled(running)
    }
  }
}

/** Whether `promise` settles before `other` does, or there is no other. */
async function isFirst (promise: Promise<unknown>, other: Promise<unknown> | undefined): Promise<boolean> {
  if (other === undefined) return true
  return await Promise.race([promise.then(() => true, () => true), other.then(() => false, () => false)])
}

/** It is awaited later, or not at all: a rejection until then is nobody's fault. */
function quiet<T> (promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
