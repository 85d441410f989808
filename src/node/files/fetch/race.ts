import { P2pChatError } from '../../../errors.js'

/** Why a signal aborted, as one of our errors. */
export function abortError (signal: AbortSignal): P2pChatError {
  const reason: unknown = signal.reason
  return reason instanceof P2pChatError ? reason : new P2pChatError('ERR_ABORTED', 'The transfer was stopped.', { cause: reason })
}

/** The outcome of `promise`, or a rejection as soon as `signal` aborts: for what may never settle. */
export async function race<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {})
  if (signal.aborted) throw abortError(signal)
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => { reject(abortError(signal)) }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
  })
}

/** The items of an iteration that may hang, ignore its end, or throw: over as soon as `signal` aborts. */
export async function * untilAborted<T> (items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const item = await race(iterator.next(), signal)
      ended = item.done === true
      if (item.done === true) return
      yield item.value
    }
  } finally {
    // Not waited for: a generator that hangs never returns.
    if (!ended) Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
