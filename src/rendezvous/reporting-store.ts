import { isP2pChatError, type P2pChatError } from '../errors.js'
import type { Logger } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'

/**
 * The same store; that the disk refuses, or returns what was never written, is told once to the operator, who alone can do
 * something about it, and to `onFailure`.
 */
export function reportingStore (store: KeyValueStore, logger: Logger, onFailure: (error: P2pChatError) => void = () => {}): KeyValueStore {
  const reported = new Set<string>()
  const told = async <T>(done: Promise<T>): Promise<T> => {
    try {
      return await done
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_STORE_CORRUPT') && !reported.has(error.code)) {
        reported.add(error.code)
        logger.error({ error }, error.code === 'ERR_STORE_IO' ? 'the disk refuses to be written: nothing more is kept until there is room' : 'the disk returns what was never written')
        onFailure(error)
      }
      throw error
    }
  }
  return {
    get: async (key) => await told(store.get(key)),
    batch: async (operations, options) => { await told(store.batch(operations, options)) },
    range: (options) => ({
      [Symbol.asyncIterator] () {
        const entries = store.range(options)[Symbol.asyncIterator]()
        return {
          next: async () => await told(entries.next()),
          return: async (value: unknown) => await entries.return?.(value) ?? { done: true, value: undefined }
        }
      }
    }),
    close: async () => { await store.close() }
  }
}
