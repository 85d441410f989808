import type { Clock } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import { noMetrics, type Metrics } from './metrics.js'

/** The same store; each batch is told with how long it took, from the call until it was there. */
export function measuredStore (metrics: Metrics, clock: Clock, store: KeyValueStore): KeyValueStore {
  if (metrics === noMetrics) return store
  return {
    get: async (key) => await store.get(key),
    range: (options) => store.range(options),
    close: async () => { await store.close() },
    async batch (operations, options) {
      const startMs = clock.monotonicMs()
      let ok = false
      try {
        await store.batch(operations, options)
        ok = true
      } finally {
        metrics.storeBatch({ sync: options.sync, ok, durationMs: clock.monotonicMs() - startMs })
      }
    }
  }
}
