import { P2pChatError } from '../errors.js'

/** Why a signal aborted: its reason if that is one of our errors, else ERR_ABORTED. */
export function abortError (signal: AbortSignal | undefined): P2pChatError {
  const reason: unknown = signal?.reason
  return reason instanceof P2pChatError ? reason : new P2pChatError('ERR_ABORTED', 'The operation was cancelled.', { cause: reason })
}

/** The outcome of `promise`, or a rejection as soon as `signal` aborts; the promise then goes on unwatched. */
export async function raceSignal<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => { reject(abortError(signal)) }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) }).catch(reject)
  })
}
