import assert from 'node:assert/strict'
import fc from 'fast-check'
import { accountTable, ensureDevice, findAccount, requireAccount, SELF } from '../../../src/node/home/account-state.js'
import { Lane } from '../../../src/node/home/lane.js'
import { bytesTable, jsonTable } from '../../../src/node/home/table.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { makeLane, rejectsCode, seeded, utf8 } from '../support.js'

describe('tables', () => {
  const table = jsonTable<unknown>('thing')

  it('give back JSON, with bytes anywhere in it', async () => {
    const lane = makeLane()
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 40 }))
    const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), leaf, { noNullPrototype: true }))
    await fc.assert(fc.asyncProperty(value, async (given) => {
      await lane.write((tx) => { table.put(tx, given, 'x') })
      assert.deepEqual(await table.get(lane, 'x'), given)
    }))
  })

  it('give back Buffers as the bytes they are', async () => {
    const lane = makeLane()
    await lane.write((tx) => { table.put(tx, { bytes: Buffer.from([1, 2, 3]), list: [Buffer.from([4])] }, 'x') })
    assert.deepEqual(await table.get(lane, 'x'), { bytes: Uint8Array.of(1, 2, 3), list: [Uint8Array.of(4)] })
  })

  it('list in the order of the last part, numbers as numbers, without neighbours of a similar name', async () => {
    const lane = makeLane()
    const other = jsonTable<string>('things')
    await lane.write((tx) => {
      for (const n of [256, 3, 20, 1]) table.put(tx, n, 'bob', n)
      table.put(tx, 0, 'bob-x', 2)
      table.put(tx, 0, 'bo', 2)
      other.put(tx, 'no', 'bob', 2)
    })
    const numbers = async (options?: Parameters<typeof table.list>[2]): Promise<unknown[]> => (await table.list(lane, ['bob'], options)).map(({ value }) => value)
    assert.deepEqual(await numbers(), [1, 3, 20, 256])
    assert.deepEqual(await numbers({ after: 3 }), [20, 256])
    assert.deepEqual(await numbers({ before: 20 }), [1, 3])
    assert.deepEqual(await numbers({ after: 1, before: 256, reverse: true, limit: 1 }), [20])
    assert.deepEqual((await table.list(lane, [])).map(({ key }) => key[0]), ['bo', 'bob-x', 'bob', 'bob', 'bob', 'bob'])
  })

  it('read no values where keys alone are asked for', async () => {
    const store = createMemoryStore()
    const reads: boolean[] = []
    const lane = new Lane({ get: async (key) => await store.get(key), batch: async (...args) => { await store.batch(...args) }, close: async () => {}, range: (options) => { reads.push(options?.keysOnly !== true); return store.range(options) } })
    await lane.write((tx) => { for (const n of [3, 1]) table.put(tx, n, 'bob', n) })
    const keys = await table.keys(lane, ['bob'], { limit: 1 })
    const inside = await lane.write(async (tx) => {
      table.put(tx, 2, 'bob', 2)
      return await table.keys(tx, ['bob'])
    })
    assert.deepEqual([keys.length, inside.map(([, n]) => Number.parseInt(n ?? '', 16)), reads], [1, [1, 2, 3], [false, false]])
    assert.deepEqual((await table.list(lane, ['bob'])).map(({ value }) => value), [1, 2, 3])
  })

  it('say so when an entry is damaged', async () => {
    const lane = makeLane()
    await lane.write((tx) => { bytesTable('thing').put(tx, utf8('{"half'), 'x') })
    await rejectsCode(table.get(lane, 'x'), 'ERR_STORE_CORRUPT')
  })
})

describe('the account of a home', () => {
  it('has one device, made once and kept', async () => {
    const lane = makeLane()
    const [first, second] = await Promise.all([ensureDevice(lane, seeded('a')), ensureDevice(lane, seeded('b'))])
    assert.deepEqual(first, second)
    assert.deepEqual(await ensureDevice(lane, seeded('c')), first)
    assert.equal(first.deviceKey.byteLength + first.identityKey.byteLength + first.seed.byteLength + first.identityPrivate.byteLength, 128)
  })

  it('is asked for before anything that needs it, also after a sign-out', async () => {
    const lane = makeLane()
    await rejectsCode(requireAccount(lane), 'ERR_NOT_SIGNED_IN')
    const account = { username: 'alice', accountKey: new Uint8Array(32), poolId: 'p', signedIn: false }
    await lane.write((tx) => { accountTable.put(tx, account, SELF) })
    await rejectsCode(requireAccount(lane), 'ERR_NOT_SIGNED_IN')
    assert.deepEqual(await findAccount(lane), account)
    await lane.write((tx) => { accountTable.put(tx, { ...account, signedIn: true }, SELF) })
    assert.equal((await requireAccount(lane)).username, 'alice')
  })
})
