import assert from 'node:assert/strict'
import { isP2pChatError } from '../../src/errors.js'
import { createMemoryDisk, type KeyValueStore, type Operation } from '../../src/store/index.js'

describe('MemoryDisk', () => {
  it('loses in a crash what came after the last sync', async () => {
    const disk = createMemoryDisk()
    const store = disk.open()
    await write(store, 'a', 1, false)
    await write(store, 'b', 1, true)
    await write(store, 'a', 2, false)
    await store.batch([{ type: 'delete', key: 'b' }, put('c', 1), put('c', 2)], { sync: false })
    await store.batch([], { sync: true })
    disk.crash()
    assert.deepEqual(await contents(disk.open()), { a: 1, b: 1 })
  })

  it('keeps the first un-synced batches that happened to reach the disk', async () => {
    const disk = createMemoryDisk()
    const store = disk.open()
    for (const value of [1, 2, 3]) await write(store, 'a', value, false)
    disk.crash(2)
    assert.deepEqual(await contents(disk.open()), { a: 2 })
    disk.crash()
    assert.deepEqual(await contents(disk.open()), { a: 2 })
  })

  it('closes the store that crashed', async () => {
    const disk = createMemoryDisk()
    const store = disk.open()
    disk.crash()
    await assert.rejects(store.get('a'), (error) => isP2pChatError(error, 'ERR_CLOSED'))
    const next = disk.open()
    await store.close()
    assert.equal(await next.get('a'), undefined)
  })
})

function put (key: string, value: number): Operation {
  return { type: 'put', key, value: Uint8Array.of(value) }
}

async function write (store: KeyValueStore, key: string, value: number, sync: boolean): Promise<void> {
  await store.batch([put(key, value)], { sync })
}

async function contents (store: KeyValueStore): Promise<Record<string, number | undefined>> {
  const found: Record<string, number | undefined> = {}
  for await (const [key, value] of store.range()) found[key] = value[0]
  return found
}
