import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { contentOf, itemsUnder, SetSum, type Item } from '../../../src/rendezvous/replication/digest.js'
import { findDifference } from '../../../src/rendezvous/replication/difference.js'
import { replicaHandlers } from '../../../src/rendezvous/replication/handlers.js'
import { remoteReplica } from '../../../src/rendezvous/replication/remote-replica.js'
import type { Replica, ReplicaEntry } from '../../../src/rendezvous/replication/replica.js'
import { key } from '../mailboxes/suite.js'
import { readUnsigned, TestPool, unsigned } from './helpers.js'

const records = 100_000
const differing = 100
/** As small as envelopes get: with larger ones the share is smaller. */
const envelopeBytes = 400

const idOf = (index: number): Uint8Array => new Uint8Array(createHash('sha256').update(`record ${index}`).digest().subarray(0, 16))
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const itemOf = (index: number): Item => ({ key: hex(idOf(index)), value: Uint8Array.of(1) })
const inOrder = (items: Item[]): Item[] => items.sort((a, b) => a.key < b.key ? -1 : 1)

function entryOf (entryId: Uint8Array, bytes: number): ReplicaEntry {
  return { entryId, envelope: new Uint8Array(bytes).fill(7), sender: key(9), slot: new Uint8Array(0), expiresAtMs: Date.UTC(2024, 0, 1), writer: new Uint8Array(16).fill(3), sequence: 123_456 }
}

/** A server that has these items, and can do no more than be compared with and hand on entries. */
function having (items: readonly Item[], envelopeBytes: number): Replica {
  const notAsked = async (): Promise<never> => { assert.fail('It is not asked for that.') }
  const fingerprint = SetSum.of(items).fingerprint()
  return {
    append: notAsked,
    appendShared: notAsked,
    acknowledge: notAsked,
    mailboxes: notAsked,
    remove: notAsked,
    status: notAsked,
    compare: async (_version, _mailbox, query) => ({
      outcome: 'ranges',
      ranges: hex(query.fingerprint) === hex(fingerprint) ? [] : query.prefixes.map((prefix) => contentOf(prefix, itemsUnder(items, prefix)))
    }),
    fetch: async (_version, _mailbox, entryIds) => ({ outcome: 'fetched', entries: entryIds.map((entryId) => entryOf(entryId, envelopeBytes)), acknowledgements: [], left: [] })
  }
}

describe('The bytes of a repair', () => {
  it('are at most 0.5 % of a full transfer: 100,000 records, 100 differing', async () => {
    // Fifty that only the one has, fifty that only the other has.
    const shared = records - differing / 2
    const mine = inOrder(Array.from({ length: records }, (_, index) => itemOf(index < shared ? index : index + records)))
    const theirs = inOrder(Array.from({ length: records }, (_, index) => itemOf(index)))
    const handlers = replicaHandlers(having(theirs, envelopeBytes))
    let bytes = 0
    const remote = remoteReplica(async (method, body) => {
      const answer = await handlers[method]?.('somebody', body) ?? assert.fail(method)
      bytes += body.byteLength + answer.byteLength
      return answer
    }, queueMicrotask)
    const fingerprint = SetSum.of(mine).fingerprint()
    const difference = await findDifference(mine, async (prefixes) => {
      const answer = await remote.compare(1, key(1), { fingerprint, prefixes })
      return answer.outcome === 'ranges' ? answer.ranges : assert.fail(answer.outcome)
    })
    assert.equal(difference.mine.length, differing / 2)
    assert.equal(difference.theirs.length, differing / 2)
    // What the other side lacks costs what fetching it would.
    await remote.fetch(1, key(1), [...difference.theirs, ...difference.mine].map((item) => Buffer.from(item.key, 'hex')))
    const one = 48 + 16 + 16 + 32 + envelopeBytes
    assert.ok(bytes <= 0.005 * records * one, `${bytes} bytes of ${records * one}: ${(100 * bytes / (records * one)).toFixed(3)} %`)
    process.stdout.write(`      ${bytes} bytes: ${(100 * bytes / (records * one)).toFixed(3)} % of ${records * one}\n`)
  })

  it('of equal servers are one small question, however much they have', async () => {
    const pool = new TestPool({ maxMailboxEntries: 1_000, maxMailboxEntriesPerSender: 1_000, maxMailboxBytes: 1e6, maxMailboxBytesPerSender: 1e6 }, readUnsigned)
    for (let index = 0; index < 3; index++) await pool.add(index)
    pool.decide(...pool.servers.map(({ placed }) => placed))
    const [home] = pool.servers
    const mailboxes = unsigned(home?.mail.mailboxes ?? assert.fail())
    for (let index = 0; index < 300; index++) {
      const stored = await mailboxes.append({ mailbox: key(1 + index % 10), entryId: idOf(index), envelope: new Uint8Array(50), sender: key(9), slot: new Uint8Array(0) })
      assert.equal(stored.outcome, 'stored')
    }
    await pool.settle()
    pool.traffic.bytes = 0
    const report = await home?.mail.round()
    assert.deepEqual({ ...report, rosterVersion: 1 }, { rosterVersion: 1, underReplicated: 0, notCompared: [], moved: 0 })
    // Two other servers, asked once each.
    assert.ok(pool.traffic.bytes < 2 * 100, `${pool.traffic.bytes} bytes`)
  })
})
