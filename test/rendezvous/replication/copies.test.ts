import assert from 'node:assert/strict'
import fc from 'fast-check'
import { timesOf } from '../../../src/rendezvous/steady-clock.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { Copies } from '../../../src/rendezvous/replication/copies.js'
import { SetSum, type Item } from '../../../src/rendezvous/replication/digest.js'
import { Inventory } from '../../../src/rendezvous/replication/inventory.js'
import { defaultReplicationLimits } from '../../../src/rendezvous/replication/limits.js'
import type { ReplicaEntry } from '../../../src/rendezvous/replication/replica.js'
import { Standings } from '../../../src/rendezvous/replication/standings.js'
import { createMemoryDisk, type KeyValueStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { id, key, testLimits } from '../mailboxes/suite.js'

const nothing = new Uint8Array(0)
const firstInSlot = 20

class Place {
  readonly clock = new FakeClock()
  /** How often keys that begin so were walked through. */
  ranges: string[] = []
  readonly store: KeyValueStore
  /** Waited for once, after it was looked for rows that have expired. */
  onExpired: (() => Promise<void>) | undefined
  /** Of which table. */
  expiryTable: 'replica-expiry' | 'mail-expiry' = 'replica-expiry'
  readonly #random = new SeededRandom('syncs')
  /** Counts up: of one writer. */
  #sequence = 0
  /** The id of the next entry in a slot: none comes twice, as none does within the time that ids are known. */
  #nextInSlot = firstInSlot

  constructor () {
    const store = createMemoryDisk().open()
    this.store = {
      get: async (name) => await store.get(name),
      batch: async (operations, options) => {
        await store.batch(operations, options)
        // Whoever asked hears of it later than others find it.
        await this.turns()
      },
      range: (options) => {
        this.ranges.push(options?.gte ?? '')
        return this.#walk(store.range(options), options?.gte ?? '')
      },
      close: async () => { await store.close() }
    }
  }

  async * #walk (range: AsyncIterable<[string, Uint8Array]>, from: string): AsyncGenerator<[string, Uint8Array]> {
    yield * range
    const { onExpired } = this
    if (onExpired === undefined || !from.startsWith(this.expiryTable)) return
    this.onExpired = undefined
    await onExpired()
  }

  /** Lets others go on, some way. */
  async turns (): Promise<void> {
    for (let left = (this.#random.bytes(1)[0] ?? 0) % 64; left > 0; left--) await Promise.resolve()
  }

  async open (): Promise<Copies> {
    const { store, clock } = this
    const limits = { ...defaultReplicationLimits, ...testLimits, maxPendingAppends: 1_000, tombstoneMs: 2_000, maxClockSkewMs: 500, mailRetentionMs: 1_000 }
    return new Copies({ store, times: timesOf(clock), limits, mailboxes: createStoreMailboxes({ store, clock, limits }), standings: await Standings.load(store, new SeededRandom('standings')) })
  }

  entry (number: number, slot = 0): ReplicaEntry {
    return { entryId: id(slot === 0 ? number : this.#nextInSlot++), envelope: new Uint8Array(8), sender: key(9), slot: slot === 0 ? nothing : Uint8Array.of(slot), expiresAtMs: this.clock.now() + 1_000, writer: new Uint8Array(16), sequence: ++this.#sequence }
  }

  /** Keys on the disk that name this mailbox. */
  async keysOf (mailbox: Uint8Array): Promise<string[]> {
    const found: string[] = []
    for await (const [name] of this.store.range()) if (name.includes(Buffer.from(mailbox).toString('hex'))) found.push(name)
    return found
  }
}

const acknowledge = async (copies: Copies, { clock }: Place, mailbox: Uint8Array, numbers: number[]): Promise<string> =>
  (await copies.acknowledge(mailbox, numbers.map(id), { signed: Uint8Array.from(numbers), expiresAtMs: clock.now() + 2_000 })).outcome

const anyMailbox = fc.integer({ min: 1, max: 3 })
const anyEntry = fc.integer({ min: 1, max: 5 })
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), mailbox: anyMailbox, entry: anyEntry, slot: fc.nat(1) }) },
  fc.record({ kind: fc.constant('share' as const), entry: anyEntry }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), mailbox: anyMailbox, entries: fc.uniqueArray(fc.oneof(anyEntry, fc.integer({ min: firstInSlot, max: firstInSlot + 5 })), { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), mailbox: anyMailbox }) },
  fc.record({ kind: fc.constant('read' as const), mailbox: anyMailbox }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep' as const), ms: fc.nat(1_500) }) }
)

describe('The copies of a server', () => {
  it('are compared by what is on the disk, whatever is done and forgotten at once', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(anyStep, { maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
      const place = new Place()
      const copies = await place.open()
      const inventory = new Inventory({ copies, keepersOf: () => ['a'] })
      for (const round of rounds) {
        await Promise.all(round.map(async (step) => {
          await place.turns()
          switch (step.kind) {
            case 'append': return await copies.append(key(step.mailbox), place.entry(step.entry, step.slot))
            case 'share': return await copies.appendShared([1, 2, 3].map(key), place.entry(step.entry + 5))
            case 'acknowledge': return await acknowledge(copies, place, key(step.mailbox), step.entries)
            case 'drop': return await copies.drop(key(step.mailbox))
            case 'read': return await copies.box(key(step.mailbox))
            case 'sweep':
              place.clock.jump(step.ms)
              return await copies.sweep()
          }
        }))
        const list: Item[] = []
        for (const mailbox of [1, 2, 3].map(key)) {
          const { sum, isNoted } = await copies.box(mailbox)
          const box = await (await place.open()).box(mailbox)
          const items = await box.items('')
          assert.deepEqual([sum.count, sum.fingerprint(), isNoted], [items.length, SetSum.of(items).fingerprint(), box.isNoted])
          if (sum.count > 0) list.push({ key: Buffer.from(mailbox).toString('hex'), value: sum.fingerprint() })
          const { entries } = await copies.fetch(mailbox, items.map(({ key: name }) => Uint8Array.from(Buffer.from(name, 'hex'))))
          assert.equal(entries.length, items.filter(({ value }) => value[0] === 1).length)
        }
        assert.deepEqual((await inventory.items({ version: 1, servers: [] }, ['a'])).under(''), list)
      }
      place.clock.jump(10_000)
      await copies.sweep()
      for (const mailbox of [1, 2, 3].map(key)) assert.deepEqual(await place.keysOf(mailbox), [])
    }), { numRuns: 150 })
  })

  it('keep nothing in memory of a mailbox that went to other servers, or never was here', async () => {
    const place = new Place()
    const copies = await place.open()
    const reads = async (): Promise<number> => {
      place.ranges = []
      await copies.box(key(1))
      return place.ranges.length
    }
    assert.deepEqual([await reads(), await reads()], [1, 1])
    await copies.append(key(1), place.entry(1))
    assert.deepEqual([await reads(), await reads()], [0, 0])
    await copies.drop(key(1))
    assert.deepEqual([await reads(), await reads()], [1, 1])
  })

  it('of an entry that went and came again stay, though its first time has come', async () => {
    const place = new Place()
    const copies = await place.open()
    await copies.append(key(1), place.entry(1))
    place.clock.jump(1_000)
    const again = place.entry(1)
    // Between the look at what has expired and the change of it.
    place.onExpired = async () => {
      await copies.drop(key(1))
      await copies.append(key(1), again)
    }
    await copies.sweep()
    const page = await copies.readPage(key(1), { afterCursor: 0, maxEntries: 10, maxBytes: 1_000 })
    assert.deepEqual(page.outcome === 'read' ? page.entries.map(({ entryId }) => entryId) : page, [id(1)])
  })

  it('know the newest of a slot that came while the one before it expired', async () => {
    const place = new Place()
    const copies = await place.open()
    const [first, late, newest] = [place.entry(0, 1), place.entry(0, 1), place.entry(0, 1)]
    await copies.append(key(1), first)
    place.clock.jump(1_000)
    const expiresAtMs = place.clock.now() + 1_000
    place.onExpired = async () => { await copies.append(key(1), { ...newest, expiresAtMs }) }
    await copies.sweep()
    assert.equal((await copies.append(key(1), { ...late, expiresAtMs })).outcome, 'superseded')
    place.clock.jump(1_000)
    await copies.sweep()
    assert.deepEqual(await place.keysOf(key(1)), [])
  })

  it('of a slot whose entry went and came again give way to its next one', async () => {
    const place = new Place()
    const copies = await place.open()
    const entry = place.entry(0, 1)
    await copies.append(key(1), entry)
    place.clock.jump(1_000)
    place.expiryTable = 'mail-expiry'
    place.onExpired = async () => {
      await copies.drop(key(1))
      await copies.append(key(1), { ...entry, expiresAtMs: place.clock.now() + 1_000 })
    }
    await copies.sweep()
    const next = place.entry(0, 1)
    await copies.append(key(1), next)
    const page = await copies.readPage(key(1), { afterCursor: 0, maxEntries: 10, maxBytes: 1_000 })
    assert.deepEqual(page.outcome === 'read' ? page.entries.map(({ entryId }) => entryId) : page, [next.entryId])
  })

  it('have the acknowledgement of what went and was acknowledged again, though its first time has come', async () => {
    const place = new Place()
    const copies = await place.open()
    await acknowledge(copies, place, key(1), [1])
    place.clock.jump(2_000)
    place.onExpired = async () => {
      await copies.drop(key(1))
      await acknowledge(copies, place, key(1), [1])
    }
    await copies.sweep()
    assert.deepEqual((await copies.fetch(key(1), [id(1)])).acknowledgements.map(({ signed }) => signed), [Uint8Array.of(1)])
  })

  it('of a mailbox in which all has expired are gone, and what comes then is behind the cursors of before', async () => {
    const place = new Place()
    const copies = await place.open()
    for (const number of [1, 2]) await copies.append(key(1), place.entry(number))
    await acknowledge(copies, place, key(1), [1])
    place.clock.jump(1_200)
    await copies.sweep()
    assert.deepEqual((await place.keysOf(key(1))).map((name) => name.split('/')[0]).filter((table) => table === 'mailbox' || table === 'replica-box'), ['mailbox', 'replica-box'], 'what was acknowledged is still known')
    place.clock.jump(1_000)
    await copies.sweep()
    assert.deepEqual(await place.keysOf(key(1)), [])
    await copies.append(key(1), place.entry(3))
    const page = await copies.readPage(key(1), { afterCursor: 2, maxEntries: 10, maxBytes: 1_000 })
    assert.deepEqual(page.outcome === 'read' ? page.entries.map(({ entryId }) => entryId) : page, [id(3)])
  })
})
