import assert from 'node:assert/strict'
import { findRecord } from '../../../src/node/contacts/contacts.js'
import { clearReceiptDue, dueReceipt, listParked } from '../../../src/node/delivery/in-chain.js'
import { resendRequestMs } from '../../../src/node/delivery/limits.js'
import { listEntries } from '../../../src/node/delivery/outbox.js'
import { Resets } from '../../../src/node/delivery/resets.js'
import { Tasks } from '../../../src/node/delivery/tasks.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { makeDevice, nextRecord, seeded } from '../support.js'
import { Party } from './rig.js'

describe('Resets of two devices', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party

  beforeEach(async () => {
    clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
    for (const party of [alice, bob]) withResets(party)
  })

  afterEach(() => {
    for (const party of [alice, bob]) party.resets?.stop()
    assert.equal(clock.pending, 0, 'timers are left')
  })

  it('ask no device that its account does not list any more: it would be owed that for ever', async () => {
    await bob.pins(nextRecord(alice.account, [makeDevice(seeded('new laptop'))]))
    await bob.lane.write(async (tx) => { await bob.resets?.ask(tx, 'alice', alice.hex) })
    assert.deepEqual(await listEntries(bob.lane, alice.hex), [])
  })

  function withResets (party: Party): void {
    party.resets = new Resets({
      lane: party.lane,
      clock,
      random: seeded(`resets of ${party.username}`),
      sessions: party.sessions,
      progress: party.progress,
      senders: { restart: async () => {} },
      people: { writableRecord: async (username) => await findRecord(party.lane, username), isWelcome: async () => true },
      tasks: new Tasks(silentLogger)
    })
  }

  /** Seals what is owed, as it would leave. */
  const seals = async (from: Party, to: Party): Promise<Uint8Array[]> => {
    if (!await from.sessions.hasSession(from.lane, to.hex)) await from.begin(to)
    return await from.lane.write(async (tx) => {
      const envelopes: Uint8Array[] = []
      for (const numbered of await listEntries(tx, to.hex)) envelopes.push(await from.sealer.seal(tx, to.hex, numbered, from.account.record) ?? assert.fail('there is no session'))
      return envelopes
    })
  }
  /** All that is owed comes to the other, and its receipt back. */
  const brings = async (from: Party, to: Party): Promise<void> => {
    for (const envelope of await seals(from, to)) assert.equal(await to.inbox.take(envelope, 'mailbox'), 'taken')
    const due = await dueReceipt(to.lane, from.hex)
    if (due !== undefined && await to.sessions.hasSession(to.lane, from.hex)) {
      await from.inbox.take(await to.receipt(from, due.deliveredThrough), 'mailbox')
      await to.lane.write(async (tx) => { await clearReceiptDue(tx, from.hex, due) })
    }
    await settle()
  }
  const owed = async (from: Party, to: Party): Promise<number> => (await listEntries(from.lane, to.hex)).length
  const parked = async (): Promise<number> => (await listParked(bob.lane, alice.hex)).length

  it('agree on a new session when more was lost than the ratchet passes over', async () => {
    await alice.owes(bob, 'first')
    await brings(alice, bob)
    for (let i = 0; i < 1_002; i++) await alice.text(bob, 'lost', { sequence: 2 })
    await alice.owes(bob, 'after')
    await alice.owes(bob, 'and more')
    for (const envelope of await seals(alice, bob)) assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'taken')
    assert.deepEqual([await parked(), await owed(bob, alice)], [2, 0])
    await clock.advance(resendRequestMs)
    assert.equal(await owed(bob, alice), 1, 'it asks')
    await brings(bob, alice)
    assert.deepEqual([await parked(), await owed(bob, alice)], [0, 0], 'what cannot be read is not kept')
    await brings(alice, bob)
    assert.deepEqual(await bob.texts('alice'), ['first', 'after', 'and more'])
    assert.equal(await owed(alice, bob), 0)
    await bob.owes(alice, 'yes')
    await brings(bob, alice)
    assert.deepEqual(await alice.texts('bob'), ['first', 'after', 'and more', 'yes'])
  }).timeout(60_000)

  it('keep the session when what is missing was only late', async () => {
    const envelopes: Uint8Array[] = []
    for (let i = 1; i <= 1_003; i++) envelopes.push(await alice.text(bob, String(i)))
    await bob.inbox.take(envelopes.pop() ?? assert.fail(), 'mailbox')
    assert.equal(await parked(), 1)
    for (const envelope of envelopes) await bob.inbox.take(envelope, 'mailbox')
    await settle(6)
    await clock.advance(resendRequestMs)
    assert.deepEqual([await parked(), await owed(bob, alice), (await bob.texts('alice')).length], [0, 0, 1_003])
  }).timeout(60_000)

  it('agree on a new session also when something came meanwhile, but not enough', async () => {
    const envelopes: Uint8Array[] = []
    for (let i = 1; i <= 1_010; i++) envelopes.push(await alice.text(bob, String(i)))
    const takes = async (i: number): Promise<void> => { await bob.inbox.take(envelopes[i] ?? assert.fail(), 'mailbox') }
    await takes(0)
    await takes(1_009)
    await takes(1)
    await clock.advance(resendRequestMs)
    assert.deepEqual([await parked(), await owed(bob, alice)], [1, 0])
    await clock.advance(resendRequestMs)
    assert.equal(await owed(bob, alice), 1)
  }).timeout(60_000)

  describe('one of which is an older copy of itself', () => {
    let errors: string[]
    beforeEach(async () => {
      // A turn of the ratchet, so that the copy that is made has a key which the talk then leaves behind.
      await alice.owes(bob, 'a1')
      await brings(alice, bob)
      await bob.owes(alice, 'b1')
      await brings(bob, alice)
      const copy = await bob.lane.list('')
      for (const turn of ['2', '3']) {
        await alice.owes(bob, `a${turn}`)
        await brings(alice, bob)
        await bob.owes(alice, `b${turn}`)
        await brings(bob, alice)
      }
      const store = createMemoryStore()
      await store.batch(copy.map(([key, value]) => ({ type: 'put', key, value })), { sync: true })
      bob = new Party('bob', { clock, random: seeded('bob, later'), account: bob.account, device: bob.device, store })
      withResets(bob)
      errors = []
    })
    const talks = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) {
        await brings(bob, alice)
        await brings(alice, bob)
      }
      errors.push(...bob.events.flatMap((event) => (event.event === 'error' ? [event.code] : [])))
    }

    it('read each other again when the other one writes', async () => {
      await alice.owes(bob, 'a4')
      await brings(alice, bob)
      await talks()
      assert.deepEqual((await bob.texts('alice')).filter((text) => text !== null), ['a1', 'b1', 'a4'])
      const id = await bob.owes(alice, 'b4')
      await talks()
      assert.equal((await alice.texts('bob')).at(-1), 'b4')
      assert.equal((await bob.row(id))?.sent?.state, 'delivered')
      assert.deepEqual([await owed(alice, bob), await owed(bob, alice)], [0, 0])
      assert.deepEqual(new Set(errors), new Set(['ERR_STORE_CORRUPT']))
    })

    it('read each other again when the older one writes, and nothing counts as delivered that was not read', async () => {
      const id = await bob.owes(alice, 'b4')
      for (const envelope of await seals(bob, alice)) await alice.inbox.take(envelope, 'mailbox')
      assert.ok(!(await alice.texts('bob')).includes('b4'))
      const due = await dueReceipt(alice.lane, bob.hex)
      await bob.inbox.take(await alice.receipt(bob, due?.deliveredThrough ?? 0), 'mailbox')
      assert.equal((await bob.row(id))?.sent?.state, 'queued')
      await talks()
      assert.equal((await alice.texts('bob')).at(-1), 'b4')
      assert.equal((await bob.row(id))?.sent?.state, 'delivered')
      await alice.owes(bob, 'a4')
      await talks()
      assert.deepEqual((await bob.texts('alice')).filter((text) => text !== null), ['a1', 'b1', 'b4', 'a4'])
      assert.deepEqual([await owed(alice, bob), await owed(bob, alice)], [0, 0])
    })

    for (const count of [2, 3, 5]) {
      it(`show all that the older one writes, and are told, also when ${count} messages go out before it hears of the two that came since`, async () => {
        const ids: string[] = []
        for (let i = 1; i <= count; i++) ids.push(await bob.owes(alice, `later ${i}`))
        await talks()
        const shown = (await alice.texts('bob')).filter((text) => text?.startsWith('later'))
        assert.deepEqual(shown.sort(), Array.from({ length: count }, (_, i) => `later ${i + 1}`))
        for (const id of ids) assert.equal((await bob.row(id))?.sent?.state, 'delivered')
        assert.deepEqual(new Set(errors), new Set(['ERR_STORE_CORRUPT']))
        assert.deepEqual([await owed(alice, bob), await owed(bob, alice)], [0, 0])
      })
    }
  })
})
