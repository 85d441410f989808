import assert from 'node:assert/strict'
import { P2pChatError } from '../../src/errors.js'
import { reportingStore } from '../../src/rendezvous/reporting-store.js'
import { silentLogger } from '../../src/runtime.js'
import { createMemoryStore, type Operation } from '../../src/store/index.js'
import { rejects } from './helpers/expect.js'

const operations: Operation[] = [{ type: 'put', key: 'a', value: Uint8Array.of(1) }]

describe('reportingStore', () => {
  it('tells the operator once that the disk refuses or returns what was not written, and the caller each time', async () => {
    const told: string[] = []
    const logger = { ...silentLogger, error: (_fields: object, message: string) => { told.push(message) } }
    const inner = createMemoryStore()
    const failures: string[] = []
    const store = reportingStore(inner, logger, ({ code }) => { failures.push(code) })
    await store.batch(operations, { sync: true })
    assert.deepEqual(await store.get('a'), Uint8Array.of(1))
    for await (const [key] of store.range()) assert.equal(key, 'a')
    inner.batch = async () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') }
    await rejects(store.batch(operations, { sync: true }), 'ERR_STORE_IO')
    await rejects(store.batch(operations, { sync: true }), 'ERR_STORE_IO')
    assert.equal(told.length, 1)
    assert.deepEqual(failures, ['ERR_STORE_IO'])
    inner.range = async function * () { throw new P2pChatError('ERR_STORE_CORRUPT', 'A value is damaged.') }
    await rejects(store.range()[Symbol.asyncIterator]().next(), 'ERR_STORE_CORRUPT')
    assert.deepEqual(failures, ['ERR_STORE_IO', 'ERR_STORE_CORRUPT'])
    await store.close()
    await rejects(store.get('a'), 'ERR_CLOSED')
  })
})
