import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { PoolState } from '../../../src/rendezvous/replication/pool-state.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'

describe('what a server must not forget of rosters', () => {
  let disk: MemoryDisk
  let store: KeyValueStore
  let isFull: boolean
  let state: PoolState

  const load = async (): Promise<PoolState> => {
    const inner = store = disk.open()
    const limited: KeyValueStore = {
      get: async (key) => await inner.get(key),
      range: (options) => inner.range(options),
      close: async () => { await inner.close() },
      batch: async (operations, options) => {
        if (isFull) throw new P2pChatError('ERR_STORE_IO', 'The disk is full.')
        await inner.batch(operations, options)
      }
    }
    return await PoolState.load(limited, () => {})
  }
  const restart = async (): Promise<PoolState> => {
    disk.crash()
    return await load()
  }

  beforeEach(async () => {
    disk = createMemoryDisk()
    isFull = false
    state = await load()
  })
  afterEach(async () => { await store.close() })

  it('is there after a crash', async () => {
    await state.read(4, async () => {})
    await state.setComplete(3)
    await state.setClosed(2)
    state = await restart()
    assert.deepEqual([state.newest, state.complete, state.closed], [4, 3, 2])
  })

  it('is not told before it is synced, nor when that fails', async () => {
    isFull = true
    await assert.rejects(state.setComplete(3), { code: 'ERR_STORE_IO' })
    await assert.rejects(state.setClosed(3), { code: 'ERR_STORE_IO' })
    assert.deepEqual([state.complete, state.closed], [0, 0])
    isFull = false
    const completing = state.setComplete(3)
    assert.equal(state.complete, 0)
    await completing
    assert.equal((await restart()).complete, state.complete)
    assert.equal(state.complete, 3)
  })

  it('is not set back by what is written meanwhile', async () => {
    await Promise.all([state.setComplete(3), state.read(4, async () => {}), state.setClosed(2), state.setComplete(4)])
    assert.deepEqual([state.newest, state.complete, state.closed], [4, 4, 2])
    const after = await restart()
    assert.deepEqual([after.newest, after.complete, after.closed], [4, 4, 2])
  })
})
