/** What every maker of a KeyValueStore must do. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, type ErrorCode } from '../../src/errors.js'
import type { KeyValueStore, Operation, RangeOptions } from '../../src/store/index.js'

/** A place that a store can be opened on again and again. */
export interface StorePlace {
  open: () => Promise<KeyValueStore>
  remove: () => Promise<void>
}

export function keyValueStoreSuite (name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`KeyValueStore: ${name}`, () => {
    let place: StorePlace
    let store: KeyValueStore

    beforeEach(async () => {
      place = await makePlace()
      store = await place.open()
    })

    afterEach(async () => {
      await store.close()
      await place.remove()
    })

    describe('get and batch', () => {
      it('answers undefined for what was never written', async () => {
        assert.equal(await store.get('nothing'), undefined)
      })

      it('gives back what was written, synced or not, the empty value too', async () => {
        await store.batch([put('a', [1, 2, 3]), put('b', [])], { sync: true })
        await store.batch([put('c', [9])], { sync: false })
        assert.deepEqual(await store.get('a'), Uint8Array.of(1, 2, 3))
        assert.deepEqual(await store.get('b'), new Uint8Array())
        assert.deepEqual(await store.get('c'), Uint8Array.of(9))
      })

      it('applies the operations of a batch in their order', async () => {
        await store.batch([put('a', [1]), { type: 'delete', key: 'a' }, put('b', [1]), put('b', [2])], { sync: true })
        assert.equal(await store.get('a'), undefined)
        assert.deepEqual(await store.get('b'), Uint8Array.of(2))
      })

      it('applies batches in the order of the calls, synced or not', async () => {
        await Promise.all(Array.from({ length: 50 }, async (_, index) => {
          await store.batch([put('a', [index])], { sync: index % 3 === 0 })
        }))
        assert.deepEqual(await store.get('a'), Uint8Array.of(49))
      })

      it('takes an empty batch', async () => {
        await store.batch([], { sync: true })
        assert.deepEqual(await entries(store), [])
      })

      it('writes nothing of a batch with a bad key', async () => {
        for (const key of ['', 'ü', 'a\n']) {
          await rejects(store.batch([put('good', [1]), put(key, [1])], { sync: true }), 'ERR_INTERNAL')
        }
        assert.deepEqual(await entries(store), [])
      })

      it('copies values in and out', async () => {
        const value = Uint8Array.of(1, 2)
        const written = store.batch([{ type: 'put', key: 'a', value }], { sync: true })
        value[0] = 9
        await written
        const first = await store.get('a')
        assert.deepEqual(first, Uint8Array.of(1, 2))
        first?.fill(7)
        assert.deepEqual(await store.get('a'), Uint8Array.of(1, 2))
      })

      it('keeps a value of a mebibyte', async () => {
        const value = new Uint8Array(1024 * 1024).map((_, index) => index % 251)
        await store.batch([{ type: 'put', key: 'big', value }], { sync: true })
        assert.deepEqual(await store.get('big'), value)
      })
    })

    describe('range', () => {
      it('is ordered byte by byte, from gte to before lt', async () => {
        await store.batch(['b', 'a', 'a/b', 'a.b', 'A', '~', 'a0', 'a-b'].map((key) => put(key, [1])), { sync: false })
        assert.deepEqual(await keys(store), ['A', 'a', 'a-b', 'a.b', 'a/b', 'a0', 'b', '~'])
        assert.deepEqual(await keys(store, { gte: 'a', lt: 'b' }), ['a', 'a-b', 'a.b', 'a/b', 'a0'])
        assert.deepEqual(await keys(store, { gte: 'a', reverse: true, limit: 2 }), ['~', 'b'])
        assert.deepEqual(await keys(store, { gte: 'b', lt: 'a' }), [])
        assert.deepEqual(await keys(store, { limit: 0 }), [])
      })

      it('gives keys alone, without reading what is under them', async () => {
        await store.batch([put('a', [1]), put('b', [])], { sync: false })
        assert.deepEqual(await entries(store, { keysOnly: true }), [['a', new Uint8Array(0)], ['b', new Uint8Array(0)]])
      })

      it('shows the store as it was when the iteration began', async () => {
        await store.batch([put('a', [1]), put('b', [1]), put('c', [1])], { sync: false })
        const seen: Array<[string, number | undefined]> = []
        for await (const [key, value] of store.range()) {
          seen.push([key, value[0]])
          await store.batch([put('b', [2]), { type: 'delete', key: 'c' }, put('d', [2])], { sync: false })
        }
        assert.deepEqual(seen, [['a', 1], ['b', 1], ['c', 1]])
        assert.deepEqual(await keys(store), ['a', 'b', 'd'])
      })

      it('can be left early', async () => {
        await store.batch([put('a', [1]), put('b', [1])], { sync: false })
        const iterator = store.range()[Symbol.asyncIterator]()
        assert.equal((await iterator.next()).value?.[0], 'a')
        await iterator.return?.()
        await store.close()
      })
    })

    it('does what a sorted map does', async () => {
      await fc.assert(fc.asyncProperty(fc.array(anyBatch, { maxLength: 12 }), anyRange, async (batches, range) => {
        const model = new Map<string, Uint8Array>()
        const clear = (await keys(store)).map((key): Operation => ({ type: 'delete', key }))
        await store.batch(clear, { sync: false })
        for (const operations of batches) {
          for (const operation of operations) {
            if (operation.type === 'put') model.set(operation.key, operation.value)
            else model.delete(operation.key)
          }
        }
        await Promise.all(batches.map(async (operations) => { await store.batch(operations, { sync: false }) }))
        assert.deepEqual(await entries(store, range), modelRange(model, range))
      }), { numRuns: 40 })
    })

    describe('lifecycle', () => {
      it('keeps what was written over a close', async () => {
        await store.batch([put('a', [1])], { sync: false })
        await store.close()
        store = await place.open()
        assert.deepEqual(await store.get('a'), Uint8Array.of(1))
      })

      it('writes what was asked for before close', async () => {
        const written = store.batch([put('a', [1])], { sync: true })
        await store.close()
        await written
        store = await place.open()
        assert.deepEqual(await store.get('a'), Uint8Array.of(1))
      })

      it('refuses every call after close, but a second close', async () => {
        await store.close()
        await store.close()
        await rejects(store.get('a'), 'ERR_CLOSED')
        await rejects(store.batch([put('a', [1])], { sync: true }), 'ERR_CLOSED')
        await rejects(keys(store), 'ERR_CLOSED')
      })

      it('ends a range that is open at close', async () => {
        await store.batch(Array.from({ length: 3000 }, (_, index) => put(`k${index}`, [1])), { sync: false })
        const iterator = store.range()[Symbol.asyncIterator]()
        await iterator.next()
        await store.close()
        await rejects((async () => { while ((await iterator.next()).done !== true); })(), 'ERR_CLOSED')
      })

      it('cannot be opened twice', async () => {
        await rejects((async () => await place.open())(), 'ERR_STORE_LOCKED')
      })
    })
  })
}

const anyKey = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0'), minLength: 1, maxLength: 3 })
const anyBatch: fc.Arbitrary<Operation[]> = fc.array(fc.oneof(
  fc.record({ type: fc.constant('put' as const), key: anyKey, value: fc.uint8Array({ maxLength: 4 }) }),
  fc.record({ type: fc.constant('delete' as const), key: anyKey })
), { maxLength: 6 })
const anyRange: fc.Arbitrary<RangeOptions> = fc.record({
  gte: anyKey, lt: anyKey, limit: fc.nat(6), reverse: fc.boolean(), keysOnly: fc.boolean()
}, { requiredKeys: [] })

function modelRange (model: Map<string, Uint8Array>, { gte, lt, limit, reverse, keysOnly }: RangeOptions): Array<[string, Uint8Array]> {
  const inside = [...model].filter(([key]) => (gte === undefined || key >= gte) && (lt === undefined || key < lt))
  const sorted = inside.sort(([a], [b]) => a < b ? -1 : 1)
  const listed = (reverse === true ? sorted.reverse() : sorted).slice(0, limit)
  return keysOnly === true ? listed.map(([key]) => [key, new Uint8Array(0)]) : listed
}

function put (key: string, bytes: number[]): Operation {
  return { type: 'put', key, value: Uint8Array.from(bytes) }
}

async function entries (store: KeyValueStore, range?: RangeOptions): Promise<Array<[string, Uint8Array]>> {
  const found: Array<[string, Uint8Array]> = []
  for await (const [key, value] of store.range(range)) found.push([key, value])
  return found
}

async function keys (store: KeyValueStore, range?: RangeOptions): Promise<string[]> {
  return (await entries(store, range)).map(([key]) => key)
}

async function rejects (promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => isP2pChatError(error, code))
}
