/** What every maker of Mailboxes must do. */
import assert from 'node:assert/strict'
import { toString } from 'uint8arrays/to-string'
import type { LocalMailboxes } from '../../../src/rendezvous/mailboxes/beside.js'
import type { Append, AppendOutcome, Mailboxes, SharedAppend } from '../../../src/rendezvous/mailboxes/index.js'
import type { FakeClock } from '../../helpers/fake-clock.js'

export interface MailboxesPlace {
  mailboxes: Mailboxes
  clock: FakeClock
  /** Ends the process with all that was not synced, and starts it again. */
  restart: () => Promise<Mailboxes>
}

export interface MailboxLimits {
  maxMailboxEntries: number
  maxMailboxBytes: number
  maxMailboxEntriesPerSender: number
  maxMailboxBytesPerSender: number
  maxMailboxExcessEntries: number
  maxMailboxExcessBytes: number
  maxMailboxReceipts: number
  maxReceiptBytes: number
  maxAcknowledgedIds: number
  maxStoredMailBytes: number
  mailRetentionMs: number
}

/** One sender may fill a mailbox here: tests of the shares have limits of their own. */
export const testLimits: MailboxLimits = {
  maxMailboxEntries: 8,
  maxMailboxBytes: 1000,
  maxMailboxEntriesPerSender: 8,
  maxMailboxBytesPerSender: 1000,
  maxMailboxExcessEntries: 8,
  maxMailboxExcessBytes: 1000,
  maxMailboxReceipts: 2,
  maxReceiptBytes: 20,
  maxAcknowledgedIds: 4,
  maxStoredMailBytes: 1_000_000,
  mailRetentionMs: 10_000
}

const none = new Uint8Array(0)
const ack = new Uint8Array(0)
export const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
export const id = (fill: number): Uint8Array => new Uint8Array(16).fill(fill)

export function entry (fields: Partial<Append> & { entryId: Uint8Array }): Append {
  return { mailbox: key(1), sender: key(9), slot: none, envelope: new Uint8Array(10).fill(fields.entryId[0] ?? 0), ...fields }
}

export async function readAll (mailboxes: Mailboxes, mailbox = key(1)): Promise<number[]> {
  const read = await mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 1000, maxBytes: 1_000_000 })
  if (read.outcome !== 'read') assert.fail(read.outcome)
  return read.entries.map(({ entryId }) => entryId[0] ?? -1)
}

/** Every entry that is read in a mailbox is found by its id, as it is read, and no other of these ids is. */
export async function assertFinds (mailboxes: LocalMailboxes, mailbox: Uint8Array, ids: readonly Uint8Array[]): Promise<void> {
  const read = await mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 1000, maxBytes: 1_000_000 })
  if (read.outcome !== 'read') assert.fail(read.outcome)
  const envelopes = new Map(read.entries.map(({ entryId, envelope }) => [entryId.join(), envelope]))
  for (const one of ids) assert.deepEqual(await mailboxes.find(mailbox, one), envelopes.get(one.join()))
}

/** @param makePlace with testLimits */
export function mailboxesSuite (name: string, makePlace: () => Promise<MailboxesPlace>): void {
  describe(`Mailboxes: ${name}`, () => {
    let place: MailboxesPlace
    let mailboxes: Mailboxes
    const append = async (fields: Partial<Append> & { entryId: Uint8Array }): Promise<AppendOutcome> => await mailboxes.append(entry(fields))
    const isStored = (outcome: AppendOutcome): void => { assert.equal(outcome.outcome, 'stored') }

    beforeEach(async () => {
      place = await makePlace()
      mailboxes = place.mailboxes
    })

    describe('append and read', () => {
      it('gives entries in the order of arrival, behind a cursor, in pages', async () => {
        for (let i = 1; i <= 5; i++) isStored(await append({ entryId: id(i) }))
        const first = await mailboxes.read(key(1), { afterCursor: 0, maxEntries: 2, maxBytes: 1000 })
        if (first.outcome !== 'read') assert.fail()
        assert.deepEqual(first.entries.map(({ envelope }) => envelope[0]), [1, 2])
        assert.equal(first.more, true)
        const rest = await mailboxes.read(key(1), { afterCursor: first.entries[1]?.cursor ?? 0, maxEntries: 10, maxBytes: 1000 })
        if (rest.outcome !== 'read') assert.fail()
        assert.deepEqual(rest.entries.map(({ envelope }) => envelope[0]), [3, 4, 5])
        assert.equal(rest.more, false)
      })

      it('bounds a page in bytes, but gives at least one entry', async () => {
        for (let i = 1; i <= 3; i++) await append({ entryId: id(i), envelope: new Uint8Array(100) })
        for (const [maxBytes, count] of [[1, 1], [199, 1], [200, 2], [300, 3]] as const) {
          const read = await mailboxes.read(key(1), { afterCursor: 0, maxEntries: 10, maxBytes })
          assert.equal(read.outcome === 'read' && read.entries.length, count)
          assert.equal(read.outcome === 'read' && read.more, count < 3)
        }
      })

      it('keeps mailboxes apart', async () => {
        await append({ entryId: id(1) })
        await append({ entryId: id(2), mailbox: key(2) })
        assert.deepEqual(await readAll(mailboxes), [1])
        assert.deepEqual(await readAll(mailboxes, key(2)), [2])
        assert.deepEqual(await readAll(mailboxes, key(3)), [])
      })

      it('stores an id once, also when asked at the same time, and after a crash', async () => {
        const outcomes = await Promise.all([1, 2, 3].map(async (envelope) => await append({ entryId: id(1), envelope: new Uint8Array(10).fill(envelope) })))
        outcomes.forEach(isStored)
        await place.clock.advance(500)
        assert.deepEqual(await append({ entryId: id(1) }), outcomes[0])
        mailboxes = await place.restart()
        assert.deepEqual(await append({ entryId: id(1) }), outcomes[0])
        assert.deepEqual(await readAll(mailboxes), [1])
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 1, bytes: 10 })
      })

      it('keeps everything that was told as stored over a crash', async () => {
        await Promise.all([1, 2, 3, 4].map(async (i) => { isStored(await append({ entryId: id(i) })) }))
        mailboxes = await place.restart()
        assert.deepEqual((await readAll(mailboxes)).sort(), [1, 2, 3, 4])
      })

      it('never gives a cursor twice, though all was acknowledged before a restart', async () => {
        await append({ entryId: id(1) })
        const before = await mailboxes.read(key(1), { afterCursor: 0, maxEntries: 1, maxBytes: 1000 })
        await mailboxes.acknowledge(key(1), [id(1)], ack)
        mailboxes = await place.restart()
        await append({ entryId: id(2) })
        const cursor = before.outcome === 'read' ? before.entries[0]?.cursor ?? 0 : assert.fail()
        const after = await mailboxes.read(key(1), { afterCursor: cursor, maxEntries: 1, maxBytes: 1000 })
        assert.equal(after.outcome === 'read' && after.entries[0]?.entryId[0], 2)
      })

      it('tells whoever listens, after it was stored', async () => {
        const told: string[] = []
        const end = mailboxes.onAppended((mailbox) => { told.push(toString(mailbox, 'base16').slice(0, 2)) })
        await append({ entryId: id(1) })
        await append({ entryId: id(2), mailbox: key(2) })
        end()
        await append({ entryId: id(3) })
        assert.deepEqual(told, ['01', '02'])
      })
    })

    describe('limits', () => {
      it('refuses an entry too many, by name, until one is acknowledged', async () => {
        for (let i = 1; i <= 8; i++) isStored(await append({ entryId: id(i) }))
        const refused = await append({ entryId: id(9) })
        assert.deepEqual({ ...refused, retryAfterMs: 0 }, { outcome: 'refused', limit: 'maxMailboxEntries', max: 8, retryAfterMs: 0 })
        assert.ok(refused.outcome === 'refused' && refused.retryAfterMs > 0)
        isStored(await append({ entryId: id(8) }))
        isStored(await append({ entryId: id(9), mailbox: key(2) }))
        await mailboxes.acknowledge(key(1), [id(3)], ack)
        isStored(await append({ entryId: id(9) }))
        assert.deepEqual(await readAll(mailboxes), [1, 2, 4, 5, 6, 7, 8, 9])
      })

      it('refuses bytes too many, counted exactly, also over a restart', async () => {
        isStored(await append({ entryId: id(1), envelope: new Uint8Array(600) }))
        mailboxes = await place.restart()
        const refused = await append({ entryId: id(2), envelope: new Uint8Array(401) })
        assert.equal(refused.outcome === 'refused' && refused.limit, 'maxMailboxBytes')
        isStored(await append({ entryId: id(2), envelope: new Uint8Array(400) }))
        assert.equal((await append({ entryId: id(3), envelope: new Uint8Array(1) })).outcome, 'refused')
      })

      it('holds under many at once', async () => {
        const outcomes = await Promise.all(Array.from({ length: 50 }, async (_, i) => await append({ entryId: id(i + 1) })))
        assert.equal(outcomes.filter(({ outcome }) => outcome === 'stored').length, 8)
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 8, bytes: 80 })
      })
    })

    describe('slots', () => {
      const slot = new Uint8Array(4).fill(7)

      it('hold one entry of a sender, the newest', async () => {
        isStored(await append({ entryId: id(1), slot }))
        isStored(await append({ entryId: id(2) }))
        isStored(await append({ entryId: id(3), slot }))
        isStored(await append({ entryId: id(4), slot, sender: key(8) }))
        isStored(await append({ entryId: id(5), slot: new Uint8Array(4).fill(8) }))
        assert.deepEqual(await readAll(mailboxes), [2, 3, 4, 5])
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 4, bytes: 40 })
      })

      it('are not set back by a late retry, nor filled again after an acknowledgement', async () => {
        await append({ entryId: id(1), slot })
        await append({ entryId: id(2), slot })
        isStored(await append({ entryId: id(1), slot }))
        assert.deepEqual(await readAll(mailboxes), [2])
        await mailboxes.acknowledge(key(1), [id(2)], ack)
        mailboxes = await place.restart()
        isStored(await append({ entryId: id(2), slot }))
        isStored(await append({ entryId: id(1), slot }))
        assert.deepEqual(await readAll(mailboxes), [])
        isStored(await append({ entryId: id(3), slot }))
        assert.deepEqual(await readAll(mailboxes), [3])
      })

      it('never fill a mailbox, and can be replaced in a full one', async () => {
        for (let i = 1; i <= 100; i++) isStored(await append({ entryId: id(i), slot }))
        for (let i = 101; i <= 108; i++) isStored(await append({ entryId: id(i) }))
        assert.equal((await append({ entryId: id(120) })).outcome, 'refused')
        isStored(await append({ entryId: id(121), slot }))
        assert.deepEqual(await readAll(mailboxes), [101, 102, 103, 104, 105, 106, 107, 108, 121])
      })

      it('keep what is in them when the next is refused', async () => {
        await append({ entryId: id(1), slot, envelope: new Uint8Array(10) })
        assert.equal((await append({ entryId: id(2), slot, envelope: new Uint8Array(1001) })).outcome, 'refused')
        assert.deepEqual(await readAll(mailboxes), [1])
        isStored(await append({ entryId: id(3), slot, envelope: new Uint8Array(1000) }))
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 1, bytes: 1000 })
      })
    })

    describe('appendShared', () => {
      const share = async (to: number[], fields: Partial<SharedAppend> = {}): Promise<string[]> => {
        const outcomes = await mailboxes.appendShared({ mailboxes: to.map(key), entryId: id(1), sender: key(9), envelope: new Uint8Array(10).fill(1), ...fields })
        return outcomes.map((outcome) => outcome.outcome === 'refused' ? outcome.limit : outcome.outcome)
      }
      const mailOf = async (mailbox: number): Promise<number[]> => await readAll(mailboxes, key(mailbox))

      it('puts one entry into each mailbox, behind what is there, and tells whoever listens', async () => {
        await append({ entryId: id(7), mailbox: key(2) })
        const told: string[] = []
        const end = mailboxes.onAppended((mailbox) => { told.push(toString(mailbox, 'base16').slice(0, 2)) })
        const outcomes = await mailboxes.appendShared({ mailboxes: [1, 2, 3].map(key), entryId: id(1), sender: key(9), envelope: new Uint8Array(10).fill(1) })
        end()
        assert.deepEqual(told.sort(), ['01', '02', '03'])
        assert.equal(outcomes.length, 3)
        const plain = await append({ entryId: id(8) })
        for (const outcome of outcomes) assert.deepEqual(outcome, plain)
        await append({ entryId: id(9), mailbox: key(2) })
        assert.deepEqual(await Promise.all([1, 2, 3].map(mailOf)), [[1, 8], [7, 1, 9], [1]])
        const read = await mailboxes.read(key(2), { afterCursor: 0, maxEntries: 10, maxBytes: 1000 })
        assert.deepEqual(read.outcome === 'read' && read.entries.map(({ envelope }) => envelope[0]), [7, 1, 9])
      })

      it('answers for each mailbox in its place, also for one that is named twice, and for none', async () => {
        for (let i = 11; i <= 18; i++) await append({ entryId: id(i), mailbox: key(2) })
        assert.deepEqual(await share([2, 1, 2, 1]), ['maxMailboxEntries', 'stored', 'maxMailboxEntries', 'stored'])
        assert.deepEqual(await mailOf(1), [1])
        assert.deepEqual(await share([]), [])
      })

      it('asked again adds to the mailboxes that do not have it, nor had', async () => {
        await share([1, 2])
        await mailboxes.acknowledge(key(1), [id(1)], ack)
        mailboxes = await place.restart()
        assert.deepEqual(await mailboxes.appendShared({ mailboxes: [1, 2, 3].map(key), entryId: id(1), sender: key(9), envelope: new Uint8Array(10).fill(1) }).then((all) => all.map(({ outcome }) => outcome)), ['stored', 'stored', 'stored'])
        assert.deepEqual(await Promise.all([1, 2, 3].map(mailOf)), [[], [1], [1]])
      })

      it('counts in each mailbox, and in the sender\'s share of it', async () => {
        await share([1, 2], { envelope: new Uint8Array(600) })
        assert.deepEqual(await share([1, 2, 3], { entryId: id(2), envelope: new Uint8Array(401) }), ['maxMailboxBytes', 'maxMailboxBytes', 'stored'])
        await mailboxes.acknowledge(key(1), [id(1)], ack)
        assert.deepEqual(await share([1, 2, 3], { entryId: id(2), envelope: new Uint8Array(401) }), ['stored', 'maxMailboxBytes', 'stored'])
        assert.deepEqual((await mailboxes.totals()).envelopes, 3)
      })

      it('is deleted for each mailbox by itself', async () => {
        await share([1, 2, 3, 4])
        await mailboxes.acknowledge(key(1), [id(1)], ack)
        await mailboxes.remove(key(2))
        assert.deepEqual(await Promise.all([1, 2, 3, 4].map(mailOf)), [[], [], [1], [1]])
        mailboxes = await place.restart()
        assert.deepEqual(await Promise.all([1, 2, 3, 4].map(mailOf)), [[], [], [1], [1]])
        await place.clock.advance(10_000)
        await mailboxes.sweep()
        assert.deepEqual(await Promise.all([1, 2, 3, 4].map(mailOf)), [[], [], [], []])
        assert.equal((await mailboxes.totals()).bytes, 0)
      })

      it('holds under many at once, with other changes of the same mailboxes', async () => {
        await Promise.all([
          ...Array.from({ length: 6 }, async (_, i) => await share([1, 2, 3].slice(i % 3), { entryId: id(i + 1) })),
          ...[1, 2, 3].map(async (mailbox) => await append({ entryId: id(40 + mailbox), mailbox: key(mailbox) })),
          ...[1, 2, 3].map(async (mailbox) => await mailboxes.acknowledge(key(mailbox), [id(1), id(2)], ack))
        ])
        mailboxes = await place.restart()
        const mail = await Promise.all([1, 2, 3].map(mailOf))
        for (const [index, entries] of mail.entries()) assert.ok(entries.includes(41 + index))
        assert.ok(mail[2]!.includes(3) && mail[2]!.includes(6))
        assert.equal((await mailboxes.totals()).envelopes, mail.flat().length)
      })
    })

    describe('acknowledge', () => {
      it('deletes, durably, and what it deleted does not come back', async () => {
        for (let i = 1; i <= 4; i++) await append({ entryId: id(i) })
        assert.deepEqual(await mailboxes.acknowledge(key(1), [id(2), id(4), id(2), id(77)], ack), { outcome: 'acknowledged' })
        mailboxes = await place.restart()
        isStored(await append({ entryId: id(2) }))
        assert.deepEqual(await readAll(mailboxes), [1, 3])
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 2, bytes: 20 })
      })

      it('counts once, however often and at once it is said', async () => {
        for (let i = 1; i <= 3; i++) await append({ entryId: id(i) })
        await Promise.all([1, 2, 3].map(async () => await mailboxes.acknowledge(key(1), [id(1), id(2)], ack)))
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 1, bytes: 10 })
      })

      it('touches no other mailbox', async () => {
        await append({ entryId: id(1) })
        await append({ entryId: id(1), mailbox: key(2) })
        await mailboxes.acknowledge(key(2), [id(1)], ack)
        assert.deepEqual(await readAll(mailboxes), [1])
        assert.deepEqual(await readAll(mailboxes, key(2)), [])
      })
    })

    describe('time and removal', () => {
      it('expires entries after the time that was told', async () => {
        const first = await append({ entryId: id(1) })
        await place.clock.advance(4000)
        await append({ entryId: id(2), slot: new Uint8Array(1) })
        assert.equal(first.outcome === 'stored' && first.expiresAtMs, place.clock.now() + 6000)
        await place.clock.advance(5999)
        await mailboxes.sweep()
        assert.deepEqual(await readAll(mailboxes), [1, 2])
        await place.clock.advance(1)
        await mailboxes.sweep()
        assert.deepEqual(await readAll(mailboxes), [2])
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 1, bytes: 10 })
        await place.clock.advance(5000)
        await mailboxes.sweep()
        const { envelopes, bytes } = await mailboxes.totals()
        assert.deepEqual([envelopes, bytes], [0, 0])
      })

      it('leaves nothing of a removed mailbox', async () => {
        await append({ entryId: id(1) })
        await append({ entryId: id(2), mailbox: key(2) })
        await mailboxes.remove(key(1))
        assert.deepEqual(await readAll(mailboxes), [])
        assert.deepEqual(await mailboxes.totals(), { mailboxes: 1, envelopes: 1, bytes: 10 })
        await place.clock.advance(20_000)
        await mailboxes.sweep()
        const { envelopes, bytes } = await mailboxes.totals()
        assert.deepEqual([envelopes, bytes], [0, 0])
      })
    })
  })
}
