import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../../src/errors.js'
import { maxDevices } from '../../../src/protocol/limits.js'
import { defaultLimits, modestShareBytes, modestShareEntries, retryWhenFullMs } from '../../../src/rendezvous/limits.js'
import type { LocalMailboxes } from '../../../src/rendezvous/mailboxes/beside.js'
import type { Append, AppendOutcome, Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import * as records from '../../../src/rendezvous/mailboxes/records.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { assertFinds, entry, id, key, mailboxesSuite, readAll, testLimits, type MailboxLimits } from './suite.js'

function makeOn (disk: MemoryDisk, clock: FakeClock, limits: Partial<MailboxLimits & { maxPendingAppends: number }> = {}): { mailboxes: LocalMailboxes, store: KeyValueStore } {
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
  | { kind: 'append', id: number, sender: number, slot: number, bytes: number }
  | { kind: 'acknowledge', ids: number[] }
  | { kind: 'advance', ms: number }
  | { kind: 'sweep' }

const anyId = fc.integer({ min: 1, max: 12 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), id: anyId, sender: fc.integer({ min: 8, max: 9 }), slot: fc.nat(2), bytes: fc.oneof(fc.nat(20), fc.nat(300)) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), ids: fc.array(anyId, { maxLength: 6 }) }) },
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(6000) }),
  fc.record({ kind: fc.constant('sweep' as const) })
)

/** Every counter of mailbox 1 says what is there, and the totals say so, too. */
async function assertExactCounters (store: KeyValueStore, mailboxes: Mailboxes): Promise<void> {
  const mail: Record<string, number> = { entries: 0, bytes: 0 }
  const receipts: Record<string, number> = { entries: 0, bytes: 0 }
  const shares = new Map<string, records.SenderShare>()
  const told = new Map<string, records.SenderShare>()
  let tombstones = 0
  for await (const [name, value] of store.range(records.mailboxRange(key(1)))) {
    const [, , kind, part = ''] = name.split('/')
    if (kind === 'sender') told.set(part, records.decodeShare(value))
    if (kind === 'gone') tombstones++
    if (kind !== 'id') continue
    const { status, bytes, sender } = records.decodeId(value)
    if (status === 'acknowledged') continue
    const tally = status === 'mail' ? mail : receipts
    tally['entries'] = (tally['entries'] ?? 0) + 1
    tally['bytes'] = (tally['bytes'] ?? 0) + bytes
    const share = shares.get(toString(sender, 'base16')) ?? records.decodeShare(undefined)
    if (status === 'mail') share.mail = { entries: share.mail.entries + 1, bytes: share.mail.bytes + bytes }
    else share.receipts++
    shares.set(toString(sender, 'base16'), share)
  }
  const state = records.decodeState(await store.get(records.stateKey(key(1))))
  assert.deepEqual({ mail: state.mail, receipts: state.receipts, tombstones: state.tombstones }, { mail, receipts, tombstones })
  const sumOf = (part: string): number => (mail[part] ?? 0) + (receipts[part] ?? 0)
  const states = await store.get(records.stateKey(key(1))) === undefined ? 0 : 1
  assert.deepEqual(await mailboxes.totals(), { mailboxes: states, envelopes: sumOf('entries'), bytes: sumOf('bytes') })
  assert.deepEqual(new Map([...told].sort()), new Map([...shares].sort()))
  assert.ok(tombstones <= testLimits.maxAcknowledgedIds)
  for (const share of shares.values()) assert.ok(share.receipts <= 1)
}

describe('Mailboxes on a store', () => {
  it('count exactly what they hold, whatever is done at once and wherever it crashes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(anyStep, { maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      for (const round of rounds) {
        const { mailboxes, store } = makeOn(disk, clock, { maxMailboxEntriesPerSender: 3, maxMailboxBytesPerSender: 500 })
        await Promise.all(round.map(async (step) => {
          switch (step.kind) {
            case 'append': await mailboxes.append(entry({ entryId: id(step.id), sender: key(step.sender), slot: new Uint8Array(step.slot), envelope: new Uint8Array(step.bytes) })); break
            case 'acknowledge': await mailboxes.acknowledge(key(1), step.ids.map(id), new Uint8Array(0)); break
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
        await assertExactCounters(store, mailboxes)
        await assertFinds(mailboxes, key(1), Array.from({ length: 13 }, (_, index) => id(index + 1)))
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

  it('give what took the place of an entry while a page was read', async () => {
    const slot = new Uint8Array(4).fill(7)
    const store = createMemoryDisk().open()
    let onEntry = async (): Promise<void> => {}
    const watched: KeyValueStore = {
      get: async (name) => {
        if (name === records.entryKey(key(1), 1)) await onEntry()
        return await store.get(name)
      },
      batch: async (operations, options) => { await store.batch(operations, options) },
      range: (options) => store.range(options),
      close: async () => { await store.close() }
    }
    const mailboxes = createStoreMailboxes({ store: watched, clock: new FakeClock(), limits: { ...testLimits, maxPendingAppends: 10 } })
    await mailboxes.append(entry({ entryId: id(1), slot }))
    onEntry = async () => {
      onEntry = async () => {}
      await mailboxes.append(entry({ entryId: id(2), slot }))
    }
    assert.deepEqual(await readAll(mailboxes), [2])
  })

  describe('share the room', () => {
    const shares = { maxMailboxEntriesPerSender: 2, maxMailboxBytesPerSender: 250, maxMailboxReceipts: 2, maxReceiptBytes: 20 }
    const slot = new Uint8Array(4).fill(7)
    let disk: MemoryDisk
    let mailboxes: Mailboxes
    const append = async (fields: Partial<Append> & { entryId: Uint8Array }): Promise<string> => {
      const outcome = await mailboxes.append(entry(fields))
      return outcome.outcome === 'refused' ? outcome.limit : outcome.outcome
    }
    const restart = (): void => {
      disk.crash()
      mailboxes = makeOn(disk, new FakeClock(), shares).mailboxes
    }

    beforeEach(() => {
      disk = createMemoryDisk()
      restart()
    })

    it('so that one sender fills a part of it only, also over a restart, until some is fetched', async () => {
      assert.equal(await append({ entryId: id(1) }), 'stored')
      assert.equal(await append({ entryId: id(2) }), 'stored')
      assert.equal(await append({ entryId: id(3) }), 'maxMailboxEntriesPerSender')
      restart()
      assert.equal(await append({ entryId: id(3) }), 'maxMailboxEntriesPerSender')
      assert.equal(await append({ entryId: id(4), sender: key(8) }), 'stored')
      assert.equal(await append({ entryId: id(5), mailbox: key(2) }), 'stored')
      await mailboxes.acknowledge(key(1), [id(1)], new Uint8Array(0))
      assert.equal(await append({ entryId: id(3) }), 'stored')
      assert.equal(await append({ entryId: id(6) }), 'maxMailboxEntriesPerSender')
    })

    it('in bytes too, to the byte', async () => {
      assert.equal(await append({ entryId: id(1), envelope: new Uint8Array(200) }), 'stored')
      assert.equal(await append({ entryId: id(2), envelope: new Uint8Array(51) }), 'maxMailboxBytesPerSender')
      assert.equal(await append({ entryId: id(2), envelope: new Uint8Array(50) }), 'stored')
      assert.equal(await append({ entryId: id(3), sender: key(8), envelope: new Uint8Array(51) }), 'stored')
    })

    describe('so that a few senders leave a part of it to the others', () => {
      const roomy = { maxMailboxEntries: 1_000, maxMailboxBytes: 1e9, maxMailboxEntriesPerSender: 300, maxMailboxBytesPerSender: 1e9, maxMailboxExcessEntries: 350, maxMailboxExcessBytes: 500_000, maxStoredMailBytes: 1e9 }
      let store: KeyValueStore
      const open = (): void => {
        disk.crash()
        ;({ mailboxes, store } = makeOn(disk, new FakeClock(), roomy))
      }
      const stateNow = async (): Promise<records.MailboxState> => records.decodeState(await store.get(records.stateKey(key(1))))
      const numbered = (n: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => (n >> (8 * i)) & 0xff)
      /** Stores entries of a sender, up to `count` or the first that is refused. */
      const fill = async (sender: number, count: number, bytes = 1): Promise<AppendOutcome | undefined> => {
        for (let n = 0; n < count; n++) {
          const outcome = await mailboxes.append(entry({ entryId: numbered(sender * 1_000 + n), sender: key(sender), envelope: new Uint8Array(bytes) }))
          if (outcome.outcome !== 'stored') return outcome
        }
        return undefined
      }
      const refused = (limit: string, max: number): Partial<AppendOutcome> => ({ outcome: 'refused', limit, max, retryAfterMs: retryWhenFullMs }) as Partial<AppendOutcome>

      beforeEach(() => {
        disk = createMemoryDisk()
        open()
      })

      it('in messages, whatever the order in which another server takes them over', async () => {
        assert.equal(await fill(1, 300), undefined)
        assert.deepEqual(await fill(2, 300), refused('maxMailboxEntriesPerSender', 250))
        assert.equal(await fill(3, 100), undefined)
        assert.deepEqual(await fill(3, 101), refused('maxMailboxEntriesPerSender', 100))
        open()
        assert.deepEqual(await fill(2, 251), refused('maxMailboxEntriesPerSender', 250))
        await mailboxes.acknowledge(key(1), [numbered(1_000)], new Uint8Array(0))
        assert.equal(await fill(2, 251), undefined)
        disk = createMemoryDisk()
        open()
        for (const [sender, count] of [[3, 100], [2, 251], [1, 299]] as const) assert.equal(await fill(sender, count), undefined)
      })

      it('in bytes', async () => {
        assert.deepEqual(await fill(1, 20, 100_000), refused('maxMailboxBytesPerSender', 1_500_000))
        assert.equal(await fill(2, 10, 100_000), undefined)
      })

      it('and what it counts for that is gone with the mail', async () => {
        await fill(1, 120, 10_000)
        assert.deepEqual((await stateNow()).excess, { entries: 20, bytes: 1_200_000 - 1024 * 1024 })
        await mailboxes.acknowledge(key(1), Array.from({ length: 120 }, (_, n) => numbered(1_000 + n)), new Uint8Array(0))
        assert.deepEqual((await stateNow()).excess, { entries: 0, bytes: 0 })
      })

      it('by the defaults: three quarters for the devices of one account at most', () => {
        const { maxMailboxExcessEntries, maxMailboxExcessBytes, maxMailboxEntries, maxMailboxBytes } = defaultLimits
        assert.equal(maxMailboxExcessEntries + maxDevices * modestShareEntries, 0.75 * maxMailboxEntries)
        assert.equal(maxMailboxExcessBytes + maxDevices * modestShareBytes, 0.75 * maxMailboxBytes)
      })

      it('also where it was not counted when the mailbox was stored', async () => {
        const state = { ...records.decodeState(undefined), mail: { entries: 200, bytes: 200 }, sharedBytes: 7 }
        const old = records.encodeState(state).slice(0, 56)
        assert.deepEqual(records.decodeState(old), state)
        await fill(1, 200)
        const stored = await store.get(records.stateKey(key(1))) ?? assert.fail()
        await store.batch([{ type: 'put', key: records.stateKey(key(1)), value: stored.slice(0, 56) }], { sync: true })
        open()
        await mailboxes.acknowledge(key(1), [numbered(1_000)], new Uint8Array(0))
        assert.deepEqual((await stateNow()).excess, { entries: 0, bytes: 0 })
      })
    })

    it('and take one receipt of each sender into a mailbox that is full', async () => {
      for (let i = 1; i <= 8; i++) assert.equal(await append({ entryId: id(i), sender: key(20 + i) }), 'stored')
      assert.equal(await append({ entryId: id(9) }), 'maxMailboxEntries')
      assert.equal(await append({ entryId: id(10), slot, envelope: new Uint8Array(21) }), 'maxMailboxEntries', 'too large for the room of receipts')
      assert.equal(await append({ entryId: id(11), slot }), 'stored')
      assert.equal(await append({ entryId: id(12), slot: new Uint8Array(4).fill(8) }), 'maxMailboxEntries', 'a second slot of one sender')
      assert.equal(await append({ entryId: id(13), slot, sender: key(8) }), 'stored')
      assert.equal(await append({ entryId: id(14), slot, sender: key(7) }), 'maxMailboxEntries', 'the room of receipts is full')
      restart()
      assert.equal(await append({ entryId: id(15), slot }), 'stored', 'a replacement')
      await mailboxes.acknowledge(key(1), [id(15)], new Uint8Array(0))
      assert.equal(await append({ entryId: id(14), slot, sender: key(7) }), 'stored', 'room again')
    })

    it('and never refuse a small replacement of what lies outside of the room of receipts', async () => {
      const other = new Uint8Array(4).fill(8)
      assert.equal(await append({ entryId: id(1), slot }), 'stored')
      assert.equal(await append({ entryId: id(2), slot: other, envelope: new Uint8Array(5) }), 'stored')
      assert.equal(await append({ entryId: id(3), envelope: new Uint8Array(245) }), 'stored')
      assert.equal(await append({ entryId: id(4), slot: other, envelope: new Uint8Array(21) }), 'maxMailboxBytesPerSender')
      assert.equal(await append({ entryId: id(5), slot: other, envelope: new Uint8Array(20) }), 'stored')
      assert.deepEqual((await readAll(mailboxes)).sort(), [1, 3, 5])
    })
  })

  describe('bound what they take of the disk', () => {
    // An envelope of 88 bytes weighs 600.
    const heavy = (i: number, fields: Partial<Append> = {}): Append => entry({ entryId: id(i), envelope: new Uint8Array(88), ...fields })

    it('all together, whichever mailbox, over restarts, and counting what expires and is removed', async () => {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      const limits = { maxStoredMailBytes: 1_800, maxAcknowledgedIds: 0 }
      let { mailboxes } = makeOn(disk, clock, limits)
      const outcome = async (append: Append): Promise<string> => (await mailboxes.append(append)).outcome
      for (const i of [1, 2, 3]) assert.equal(await outcome(heavy(i, { mailbox: key(i) })), 'stored')
      const full = { outcome: 'overloaded', limit: 'maxStoredMailBytes', retryAfterMs: 600_000, alternatives: [] }
      assert.deepEqual(await mailboxes.append(heavy(4, { mailbox: key(4) })), full)
      disk.crash()
      mailboxes = makeOn(disk, clock, limits).mailboxes
      assert.deepEqual(await mailboxes.append(heavy(4, { mailbox: key(4) })), full)
      assert.equal(await outcome(heavy(1, { mailbox: key(1) })), 'stored', 'it is there already')
      await mailboxes.remove(key(1))
      assert.equal(await outcome(heavy(4)), 'stored')
      assert.equal(await outcome(heavy(5)), 'overloaded')
      await mailboxes.acknowledge(key(1), [id(4)], new Uint8Array(0))
      assert.equal(await outcome(heavy(5)), 'stored')
      assert.equal(await outcome(heavy(6)), 'overloaded')
      clock.jump(10_000)
      await mailboxes.sweep()
      const outcomes = await Promise.all([7, 8, 9, 10, 11].map(async (i) => await outcome(heavy(i, { mailbox: key(i) }))))
      assert.deepEqual(outcomes, ['stored', 'stored', 'stored', 'overloaded', 'overloaded'])
    })

    it('and still take a slot\'s newer entry that is no larger', async () => {
      const { mailboxes } = makeOn(createMemoryDisk(), new FakeClock(), { maxStoredMailBytes: 600 })
      const slot = new Uint8Array(4).fill(7)
      assert.equal((await mailboxes.append(heavy(1, { slot }))).outcome, 'stored')
      assert.equal((await mailboxes.append(heavy(2, { slot }))).outcome, 'stored')
      assert.equal((await mailboxes.append(heavy(3, { slot, envelope: new Uint8Array(89) }))).outcome, 'overloaded')
      assert.deepEqual(await readAll(mailboxes), [2])
    })

    it('but nothing of what was acknowledged, also after a restart', async () => {
      const disk = createMemoryDisk()
      const limits = { maxStoredMailBytes: 600 }
      let { mailboxes } = makeOn(disk, new FakeClock(), limits)
      for (const i of [1, 2, 3]) {
        assert.equal((await mailboxes.append(heavy(i))).outcome, 'stored', `${i}`)
        await mailboxes.acknowledge(key(1), [id(i)], new Uint8Array(0))
      }
      disk.crash()
      mailboxes = makeOn(disk, new FakeClock(), limits).mailboxes
      assert.equal((await mailboxes.append(heavy(4))).outcome, 'stored')
      assert.equal((await mailboxes.append(heavy(5))).outcome, 'overloaded')
    })

    it('and know the newest acknowledged ids only, of slots too', async () => {
      const { mailboxes, store } = makeOn(createMemoryDisk(), new FakeClock(), { maxAcknowledgedIds: 2 })
      const slot = new Uint8Array(4).fill(7)
      await mailboxes.append(entry({ entryId: id(1), slot }))
      for (const i of [2, 3, 4]) await mailboxes.append(entry({ entryId: id(i) }))
      await mailboxes.acknowledge(key(1), [1, 2, 3, 4].map(id), new Uint8Array(0))
      const left: string[] = []
      for await (const [name] of store.range()) left.push(name.split('/')[0] === 'mail' ? name.split('/')[2] ?? '' : name.split('/')[0] ?? '')
      assert.deepEqual(left, ['mail-expiry', 'mail-expiry', 'gone', 'gone', 'id', 'id', 'mailbox'])
      for (const i of [1, 2, 3, 4]) await mailboxes.append(entry({ entryId: id(i), ...(i === 1 ? { slot } : {}) }))
      assert.deepEqual(await readAll(mailboxes), [1, 2])
    })

    it('and leave nothing of a removed mailbox, not even till it would have expired', async () => {
      const { mailboxes, store } = makeOn(createMemoryDisk(), new FakeClock())
      const slot = new Uint8Array(4).fill(7)
      for (const i of [1, 2]) await mailboxes.append(entry({ entryId: id(i) }))
      for (const i of [3, 4]) await mailboxes.append(entry({ entryId: id(i), slot, sender: key(i) }))
      await mailboxes.acknowledge(key(1), [id(1), id(3)], new Uint8Array(0))
      await mailboxes.remove(key(1))
      for await (const [name] of store.range()) assert.equal(name.split('/')[0], 'mailbox-floor', name)
    })

    it('and go on behind the cursors of before in a mailbox that was removed and comes back, also after a restart', async () => {
      const disk = createMemoryDisk()
      const { mailboxes } = makeOn(disk, new FakeClock())
      for (const i of [1, 2, 3]) await mailboxes.append(entry({ entryId: id(i) }))
      const before = await mailboxes.read(key(1), { afterCursor: 0, maxEntries: 10, maxBytes: 1_000 })
      const afterCursor = before.outcome === 'read' ? before.entries.at(-1)?.cursor ?? 0 : 0
      await mailboxes.remove(key(1))
      disk.crash()
      const again = makeOn(disk, new FakeClock()).mailboxes
      await again.append(entry({ entryId: id(4) }))
      await again.appendShared({ mailboxes: [key(1), key(2)], entryId: id(5), envelope: entry({ entryId: id(5) }).envelope, sender: key(9) })
      const after = await again.read(key(1), { afterCursor, maxEntries: 10, maxBytes: 1_000 })
      assert.deepEqual(after.outcome === 'read' ? after.entries.map(({ entryId }) => entryId) : after, [id(4), id(5)])
    })
  })

  it('are counted from the disk once, however often somebody asks', async () => {
    const store = createMemoryDisk().open()
    let ranges = 0
    const watched: KeyValueStore = {
      get: async (name) => await store.get(name),
      batch: async (operations, options) => { await store.batch(operations, options) },
      range: (options) => {
        ranges++
        return store.range(options)
      },
      close: async () => { await store.close() }
    }
    const mailboxes = createStoreMailboxes({ store: watched, clock: new FakeClock(), limits: { ...testLimits, maxPendingAppends: 10 } })
    assert.deepEqual(await mailboxes.totals(), { mailboxes: 0, envelopes: 0, bytes: 0 })
    const before = ranges
    await mailboxes.append(entry({ entryId: id(1), envelope: new Uint8Array(7) }))
    await mailboxes.append(entry({ entryId: id(2), mailbox: key(2), envelope: new Uint8Array(5) }))
    assert.deepEqual(await mailboxes.totals(), { mailboxes: 2, envelopes: 2, bytes: 12 })
    await mailboxes.acknowledge(key(1), [id(1)], new Uint8Array(0))
    assert.deepEqual(await mailboxes.totals(), { mailboxes: 2, envelopes: 1, bytes: 5 })
    assert.equal(ranges, before)
    await mailboxes.remove(key(2))
    await mailboxes.remove(key(3))
    assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 0, bytes: 0 })
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
