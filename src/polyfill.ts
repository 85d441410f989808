// libp2p 3 calls Promise.withResolvers, which Node 20 lacks. Every entry point imports this file first.
interface WithResolvers { withResolvers?: unknown }

if (typeof (Promise as WithResolvers).withResolvers !== 'function') {
  (Promise as WithResolvers).withResolvers = function withResolvers<T> () {
    let resolve!: (value: T | PromiseLike<T>) => void
    let reject!: (reason?: unknown) => void
    const promise = new Promise<T>((_resolve, _reject) => { resolve = _resolve; reject = _reject })
    return { promise, resolve, reject }
  }
}
