import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { createMemoryDisk, createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import { registersSuite } from './suite.js'

registersSuite('on a store', async () => {
  const disk = createMemoryDisk()
  const make = (): ReturnType<typeof createStoreRegisters> => createStoreRegisters({ store: disk.open(), derive: () => [] })
  return {
    registers: make(),
    restart: async () => { disk.crash(); return make() }
  }
})

describe('Registers on a store', () => {
  it('write what follows from a value in one batch with it', async () => {
    const store = createMemoryStore()
    const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value)
    const registers = createStoreRegisters({
      store,
      derive: (name, previous, next) => [{ type: 'put', key: `derived/${name}`, value: new TextEncoder().encode(`${text(previous)}>${text(next)}`) }]
    })
    await registers.compareAndSet('a', 0, new TextEncoder().encode('one'))
    await registers.compareAndSet('a', 1, new TextEncoder().encode('two'))
    assert.equal(text(await store.get('derived/a')), 'one>two')
  })

  it('list the keys that follow from values, page by page', async () => {
    const registers = createStoreRegisters({ store: createMemoryStore(), derive: (name) => [{ type: 'put', key: `index/${name}`, value: new Uint8Array(0) }] })
    for (const name of ['b2', 'a', 'b1', 'b3', 'c']) await registers.compareAndSet(name, 0, new Uint8Array(1))
    assert.deepEqual(await registers.derived('index/b', { limit: 2 }), { outcome: 'listed', keys: ['index/b1', 'index/b2'], next: 'index/b2' })
    assert.deepEqual(await registers.derived('index/b', { after: 'index/b2', limit: 2 }), { outcome: 'listed', keys: ['index/b3'], next: undefined })
    assert.deepEqual(await registers.derived('index/x', { limit: 2 }), { outcome: 'listed', keys: [], next: undefined })
  })

  it('tell a failed disk as unknown', async () => {
    const failing: KeyValueStore = {
      ...createMemoryStore(),
      get: async () => undefined,
      batch: async () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') }
    }
    const registers = createStoreRegisters({ store: failing, derive: () => [] })
    assert.deepEqual(await registers.compareAndSet('a', 0, new Uint8Array(1)), { outcome: 'unknown' })
  })
})
