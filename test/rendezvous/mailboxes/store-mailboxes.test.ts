import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../src/errors.js'
import type { Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { entry, id, key, mailboxesSuite, readAll, testLimits, type MailboxLimits } from './suite.js'

function makeOn (disk: MemoryDisk, clock: FakeClock, limits: Partial<MailboxLimits & { maxPendingAppends: number }> = {}): { mailboxes: Mailboxes, store: KeyValueStore } {
  const store = disk.open()
  return { mailboxes: createStoreMailboxes({ store, clock, limits: { ...testLimits, maxPendingAppends: 1000, ...limits } }), store }
}

mailboxesSuite('on a store', async () => {
  const disk = createMemoryDisk()
  const clock = new FakeClock()
  return {
    clock,
    mailboxes: makeOn(disk, clock).mailboxes,
    restart: async () => { disk.crash(); return makeOn(disk, clock).mailboxes }
  }
})

type Step =
  | { kind: 'append', id: number, slot: number, bytes: number }
  | { kind: 'acknowledge', id: number }
  | { kind: 'advance', ms: number }
  | { kind: 'sweep' }

const anyId = fc.integer({ min: 1, max: 12 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), id: anyId, slot: fc.nat(2), bytes: fc.nat(300) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), id: anyId }) },
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(6000) }),
  fc.record({ kind: fc.constant('sweep' as const) })
)

describe('Mailboxes on a store', () => {
  it('count exactly what they hold, whatever is done at once and wherever it crashes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(anyStep, { maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      for (const round of rounds) {
        const { mailboxes, store } = makeOn(disk, clock)
        await Promise.all(round.map(async (step) => {
          switch (step.kind) {
            case 'append': await mailboxes.append(entry({ entryId: id(step.id), slot: new Uint8Array(step.slot), envelope: new Uint8Array(step.bytes) })); break
            case 'acknowledge': await mailboxes.acknowledge(key(1), [id(step.id)], new Uint8Array(0)); break
            case 'advance': clock.jump(step.ms); break
            case 'sweep': await mailboxes.sweep(); break
          }
        }))
        const read = await mailboxes.read(key(1), { afterCursor: 0, maxEntries: 1000, maxBytes: 1_000_000 })
        if (read.outcome !== 'read') assert.fail(read.outcome)
        const { envelopes, bytes } = await mailboxes.totals()
        assert.equal(envelopes, read.entries.length)
        assert.equal(bytes, read.entries.reduce((sum, { envelope }) => sum + envelope.byteLength, 0))
        assert.equal(new Set(read.entries.map(({ entryId }) => entryId[0])).size, read.entries.length, 'an id twice')
        disk.crash()
        await store.close()
      }
      // Once all has expired nothing but the mailbox itself is left in the store.
      const { mailboxes, store } = makeOn(disk, clock)
      clock.jump(20_000)
      await mailboxes.sweep()
      for await (const [left] of store.range()) assert.match(left, /^mailbox\//)
    }), { numRuns: 150 })
  })

  it('tell a failed disk as unknown, and a repeat of what failed as unknown too', async () => {
    const clock = new FakeClock()
    const store = createMemoryDisk().open()
    const failing: KeyValueStore = {
      get: async (name) => await store.get(name),
      range: (options) => store.range(options),
      close: async () => { await store.close() },
      batch: async () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') }
    }
    const mailboxes = createStoreMailboxes({ store: failing, clock, limits: { ...testLimits, maxPendingAppends: 10 } })
    assert.deepEqual(await mailboxes.append(entry({ entryId: id(1) })), { outcome: 'unknown' })
    assert.deepEqual(await mailboxes.append(entry({ entryId: id(1) })), { outcome: 'unknown' })
    assert.deepEqual(await mailboxes.acknowledge(key(1), [id(1)], new Uint8Array(0)), { outcome: 'unknown' })
  })

  it('say overloaded when the disk does not keep up', async () => {
    const { mailboxes } = makeOn(createMemoryDisk(), new FakeClock(), { maxPendingAppends: 2 })
    const outcomes = await Promise.all([1, 2, 3].map(async (i) => (await mailboxes.append(entry({ entryId: id(i) }))).outcome))
    assert.deepEqual(outcomes, ['stored', 'stored', 'overloaded'])
    assert.equal((await mailboxes.append(entry({ entryId: id(3) }))).outcome, 'stored')
  })

  it('are told as stored only after the sync', async () => {
    const disk = createMemoryDisk()
    const clock = new FakeClock()
    const store = disk.open()
    const order: string[] = []
    const watching: KeyValueStore = {
      get: async (name) => await store.get(name),
      range: (options) => store.range(options),
      close: async () => { await store.close() },
      async batch (operations, options) {
        await new Promise((resolve) => { setImmediate(resolve) })
        await store.batch(operations, options)
        order.push(options.sync ? 'synced' : 'written')
      }
    }
    const mailboxes = createStoreMailboxes({ store: watching, clock, limits: { ...testLimits, maxPendingAppends: 10 } })
    mailboxes.onAppended(() => { order.push('told') })
    await Promise.all([1, 1].map(async (i) => { await mailboxes.append(entry({ entryId: id(i) })); order.push('answered') }))
    assert.deepEqual(order, ['synced', 'told', 'answered', 'synced', 'told', 'answered'])
    assert.deepEqual(await readAll(mailboxes), [1])
  })
})
