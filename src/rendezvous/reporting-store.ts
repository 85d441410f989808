import { isP2pChatError } from '../errors.js'
import type { Logger } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'

/** The same store; the first batch that the disk refuses is told to the operator, who alone can do something about it. */
export function reportingStore (store: KeyValueStore, logger: Logger): KeyValueStore {
  let reported = false
  return {
    get: async (key) => await store.get(key),
    range: (options) => store.range(options),
    close: async () => { await store.close() },
    async batch (operations, options) {
      try {
        await store.batch(operations, options)
      } catch (error) {
        if (!reported && isP2pChatError(error, 'ERR_STORE_IO')) {
          reported = true
          logger.error({ error }, 'the disk refuses to be written: nothing more is kept until there is room and the server is started again')
        }
        throw error
      }
    }
  }
}
