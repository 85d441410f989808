import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import type { Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import * as records from '../../../src/rendezvous/mailboxes/records.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { assertFinds, entry, id, key, readAll, testLimits } from './suite.js'

const limits = { ...testLimits, maxPendingAppends: 1000 }
const everyMailbox = [1, 2, 3, 4]
/** Of three contents: the same bytes may be sent under several ids. */
const content = (number: number): Uint8Array => new Uint8Array(20 + number % 3).fill(number % 3)

/** The same store, whose disk fails at this batch. */
function failingAt (store: KeyValueStore, batch: number): KeyValueStore {
  let batches = 0
  return {
    get: async (name) => await store.get(name),
    range: (options) => store.range(options),
    close: async () => { await store.close() },
    async batch (operations, options) {
      if (++batches >= batch) throw new P2pChatError('ERR_STORE_IO', 'The disk is full.')
      await store.batch(operations, options)
    }
  }
}

/** Each shared envelope is there exactly as long as entries point to it, with their number. */
async function assertExactReferences (store: KeyValueStore): Promise<void> {
  const pointed = new Map<string, number>()
  const counted = new Map<string, number>()
  const there: string[] = []
  for await (const [name, value] of store.range()) {
    const [table, hash = '', kind] = name.split('/')
    if (table === 'shared-mail-count') counted.set(hash, records.decodeShared(value).references)
    if (table === 'shared-mail') there.push(hash)
    if (table !== 'mail' || kind !== 'id') continue
    const record = records.decodeId(value)
    if (record.status !== 'shared') continue
    const content = Buffer.from(record.content).toString('hex')
    pointed.set(content, (pointed.get(content) ?? 0) + 1)
  }
  assert.deepEqual(new Map([...counted].sort()), new Map([...pointed].sort()))
  assert.deepEqual(there.sort(), [...pointed.keys()].sort())
}

type Step =
  | { kind: 'share', id: number, content: number, mailboxes: number[] }
  | { kind: 'append', id: number, mailbox: number }
  | { kind: 'acknowledge', mailbox: number, ids: number[] }
  | { kind: 'remove', mailbox: number }
  | { kind: 'advance', ms: number }
  | { kind: 'sweep' }

const anyId = fc.integer({ min: 1, max: 6 })
const anyMailbox = fc.constantFrom(...everyMailbox)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('share' as const), id: anyId, content: fc.nat(2), mailboxes: fc.subarray(everyMailbox) }) },
  fc.record({ kind: fc.constant('append' as const), id: anyId, mailbox: anyMailbox }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), mailbox: anyMailbox, ids: fc.array(anyId, { maxLength: 4 }) }) },
  fc.record({ kind: fc.constant('remove' as const), mailbox: anyMailbox }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(6000) }),
  fc.record({ kind: fc.constant('sweep' as const) })
)

async function take (mailboxes: Mailboxes, clock: FakeClock, step: Step): Promise<void> {
  switch (step.kind) {
    case 'share': await mailboxes.appendShared({ mailboxes: step.mailboxes.map(key), entryId: id(step.id), sender: key(9), envelope: content(step.content) }); break
    case 'append': await mailboxes.append(entry({ entryId: id(step.id), mailbox: key(step.mailbox) })); break
    case 'acknowledge': await mailboxes.acknowledge(key(step.mailbox), step.ids.map(id), new Uint8Array(0)); break
    case 'remove': await mailboxes.remove(key(step.mailbox)); break
    case 'advance': clock.jump(step.ms); break
    case 'sweep': await mailboxes.sweep(); break
  }
}

describe('Shared envelopes on a store', () => {
  it('are there as long as anything points to them, whatever is done at once, at whichever write the disk fails', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.array(anyStep, { maxLength: 10 }), fc.integer({ min: 1, max: 12 })), { maxLength: 6 }), async (rounds) => {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      for (const [steps, failure] of rounds) {
        const mailboxes = createStoreMailboxes({ store: failingAt(disk.open(), failure), clock, limits })
        await Promise.all(steps.map(async (step) => {
          await take(mailboxes, clock, step).catch((error: unknown) => { if (!isP2pChatError(error, 'ERR_STORE_IO')) throw error })
        }))
        disk.crash()
        await assertConsistent(disk, clock)
      }
      const store = disk.open()
      const mailboxes = createStoreMailboxes({ store, clock, limits })
      clock.jump(20_000)
      await mailboxes.sweep()
      for await (const [left] of store.range()) assert.match(left, /^mailbox(\/|-floor$)/)
    }), { numRuns: 200 })
  })

  async function assertConsistent (disk: MemoryDisk, clock: FakeClock): Promise<void> {
    const store = disk.open()
    const mailboxes = createStoreMailboxes({ store, clock, limits })
    const mail = await Promise.all(everyMailbox.map(async (mailbox) => await readAll(mailboxes, key(mailbox))))
    assert.equal((await mailboxes.totals()).envelopes, mail.flat().length)
    for (const entries of mail) assert.equal(new Set(entries).size, entries.length)
    for (const mailbox of everyMailbox) await assertFinds(mailboxes, key(mailbox), [1, 2, 3, 4, 5, 6, 7].map(id))
    await assertExactReferences(store)
    await store.close()
  }

  it('are written for two hundred mailboxes in one synced batch', async () => {
    const store = createMemoryDisk().open()
    const batches: Array<{ operations: number, sync: boolean }> = []
    const watching: KeyValueStore = {
      ...failingAt(store, Infinity),
      async batch (operations, options) {
        batches.push({ operations: operations.length, sync: options.sync })
        await store.batch(operations, options)
      }
    }
    const mailboxes = createStoreMailboxes({ store: watching, clock: new FakeClock(), limits })
    const outcomes = await mailboxes.appendShared({ mailboxes: Array.from({ length: 200 }, (_, i) => key(i)), entryId: id(1), sender: key(9), envelope: new Uint8Array(500) })
    assert.ok(outcomes.every(({ outcome }) => outcome === 'stored'))
    assert.deepEqual(batches.map(({ sync }) => sync), [true])
    let withEnvelope = 0
    for await (const [, value] of store.range()) if (value.byteLength >= 500) withEnvelope++
    assert.equal(withEnvelope, 1)
  })

  it('are all there or in no mailbox after a crash in between', async () => {
    for (const failure of [1, 2]) {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      const share = async (mailboxes: Mailboxes): Promise<string[]> => (await mailboxes.appendShared({ mailboxes: [1, 2, 3].map(key), entryId: id(1), sender: key(9), envelope: content(1) })).map(({ outcome }) => outcome)
      assert.deepEqual(await share(createStoreMailboxes({ store: failingAt(disk.open(), failure), clock, limits })), Array(3).fill(failure === 1 ? 'unknown' : 'stored'))
      disk.crash()
      const store = disk.open()
      const mailboxes = createStoreMailboxes({ store, clock, limits })
      assert.equal((await mailboxes.totals()).envelopes, failure === 1 ? 0 : 3)
      assert.deepEqual(await share(mailboxes), ['stored', 'stored', 'stored'])
      assert.equal((await mailboxes.totals()).envelopes, 3)
      await store.close()
    }
  })

  it('weigh once in all that is stored, over restarts, until the last entry goes', async () => {
    const disk = createMemoryDisk()
    const clock = new FakeClock()
    // The envelope: 88 and 512 bytes; each entry 512 more.
    const tight = { ...limits, maxStoredMailBytes: 600 + 3 * 512, maxAcknowledgedIds: 0 }
    const open = (): Mailboxes => createStoreMailboxes({ store: disk.open(), clock, limits: tight })
    let mailboxes = open()
    const share = async (entryId: number, to: number[]): Promise<string[]> => (await mailboxes.appendShared({ mailboxes: to.map(key), entryId: id(entryId), sender: key(9), envelope: new Uint8Array(88).fill(entryId) })).map(({ outcome }) => outcome)
    assert.deepEqual(await share(1, [1, 2]), ['stored', 'stored'])
    assert.deepEqual(await share(1, [1, 2, 3, 4]), ['stored', 'stored', 'overloaded', 'overloaded'])
    disk.crash()
    mailboxes = open()
    assert.deepEqual(await share(1, [1, 2, 3, 4]), ['stored', 'stored', 'overloaded', 'overloaded'])
    assert.deepEqual(await share(1, [3]), ['stored'])
    assert.deepEqual(await share(2, [1]), ['overloaded'])
    for (const mailbox of [1, 2]) await mailboxes.acknowledge(key(mailbox), [id(1)], new Uint8Array(0))
    assert.deepEqual(await share(2, [4]), ['overloaded'], 'an entry has room, an envelope not')
    await mailboxes.remove(key(3))
    assert.deepEqual(await share(2, [4]), ['stored'])
    assert.deepEqual((await mailboxes.totals()).bytes, 88)
  })

  it('that are missing though an entry points to them are a damaged store, and not an empty mailbox', async () => {
    const store = createMemoryDisk().open()
    const mailboxes = createStoreMailboxes({ store, clock: new FakeClock(), limits })
    await mailboxes.appendShared({ mailboxes: [key(1)], entryId: id(1), sender: key(9), envelope: content(1) })
    for await (const [name] of store.range()) if (name.startsWith('shared-mail/')) await store.batch([{ type: 'delete', key: name }], { sync: true })
    await assert.rejects(readAll(mailboxes), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT'))
  })
})
