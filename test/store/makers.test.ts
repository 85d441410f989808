import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLevel } from '../../src/store/level.js'
import { createMemoryDisk, openStore, type KeyValueStore } from '../../src/store/index.js'
import { keyValueStoreSuite } from './suite.js'

keyValueStoreSuite('memory', async () => {
  const disk = createMemoryDisk()
  return { open: async () => disk.open(), remove: async () => {} }
})

keyValueStoreSuite('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-store-'))
  return {
    open: async () => hidingMeta(await openStore({ folder, kind: 'home' })),
    remove: async () => { await rm(folder, { recursive: true }) }
  }
})

keyValueStoreSuite('level', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-level-'))
  let isNew = true
  return {
    open: async () => {
      const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: isNew })
      isNew = false
      return store
    },
    remove: async () => { await rm(folder, { recursive: true }) }
  }
})

/** The store without the record that openStore keeps in it. */
function hidingMeta (store: KeyValueStore): KeyValueStore {
  return {
    ...store,
    get: async (key) => await store.get(key),
    batch: async (operations, options) => { await store.batch(operations, options) },
    close: async () => { await store.close() },
    async * range (options = {}) {
      let left = options.limit ?? Infinity
      for await (const entry of store.range({ ...options, limit: left + 1 })) {
        if (entry[0] === 'meta/schema') continue
        if (left-- <= 0) return
        yield entry
      }
    }
  }
}
