import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { Directory } from '../../../src/node/contacts/directory.js'
import { isHello } from '../../../src/node/delivery/hello.js'
import { maxEntriesAtOnce, maxOutboxEntries, newDeviceOverlapMs, pendingRetryMs } from '../../../src/node/delivery/limits.js'
import { addPending, findOutChain, findSealed, listEntries, oldestEntryAtMs, putOutChain } from '../../../src/node/delivery/outbox.js'
import { Outgoing } from '../../../src/node/delivery/outgoing.js'
import { Tasks } from '../../../src/node/delivery/tasks.js'
import { encode } from '../../../src/protocol/codec.js'
import { LookupResponse } from '../../../src/protocol/pb/service.js'
import type { CertifiedDevice } from '../../../src/records/index.js'
import { silentLogger } from '../../../src/runtime.js'
import type { Transaction } from '../../../src/node/home/lane.js'
import { limitsOf } from '../../../src/node/queries.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeAccount, makeDevice, nextRecord, seeded } from '../support.js'
import { Party } from './rig.js'

describe('Outgoing', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party
  let server: FakeChannel | undefined
  let canSay: boolean
  let asked: number
  let owed: string[]
  let outgoing: Outgoing

  beforeEach(async () => {
    clock = new FakeClock()
    const random = seeded('outgoing')
    alice = new Party('alice', { clock, random })
    bob = new Party('bob', { clock, random })
    await alice.knows()
    canSay = false
    asked = 0
    owed = []
    server = undefined
    const tasks = new Tasks(silentLogger)
    outgoing = new Outgoing({
      welcomed: () => {},
      lane: alice.lane,
      clock,
      random,
      self: { username: 'alice', deviceKey: alice.device.deviceKey },
      directory: new Directory({ lane: alice.lane, clock, logger: silentLogger, channel: () => server, onRecord: async () => {} }),
      progress: alice.progress,
      sealer: alice.sealer,
      hasServer: () => server !== undefined,
      emit: (event) => { alice.events.push(event) },
      owed: (devices) => { owed.push(...devices) },
      tasks
    })
  })

  function begin (): void {
    server = new FakeChannel({
      'directory/lookup': () => {
        asked++
        if (!canSay) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers answer.')
        return encode(LookupResponse, { accountRecord: bob.account.record.signed, devices: [], registerVersion: 1n })
      }
    }, 'server', clock)
  }

  it('asks again for somebody whom no server could look up when the message was written', async () => {
    begin()
    await outgoing.send('bob', 'hello')
    canSay = true
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual(owed, [bob.hex])
  })

  it('asks again, too, when the server that it found at last cannot say yet', async () => {
    await outgoing.send('bob', 'hello')
    begin()
    await assert.rejects(outgoing.resolvePending('bob'), { code: 'ERR_UNKNOWN_OUTCOME' })
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual([asked, owed], [2, []])
    canSay = true
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual([asked, owed], [3, [bob.hex]])
  })

  const cert = (): CertifiedDevice => bob.account.record.devices[0] ?? assert.fail()

  describe('gives a device that came meanwhile what was written since', () => {
    const hourMs = 60 * 60 * 1000
    const given = async (addedAtMs: number, confirmedAtMs: number): Promise<boolean> => {
      await outgoing.send('bob', 'hello')
      await clock.advance(10 * 60 * 1000)
      await alice.lane.write(async (tx) => { await outgoing.includeDevices(tx, bob.account.record, [{ ...cert(), addedAtMs: clock.now() + addedAtMs }], clock.now() + confirmedAtMs) })
      return owed.includes(bob.hex)
    }

    it('by its own time, and not by one before its record was vouched for', async () => {
      assert.equal(await given(-hourMs, -hourMs), true)
    })

    it('and not what was written before', async () => {
      assert.equal(await given(0, -hourMs), false)
    })

    it('nor before its record was vouched for, whatever it says', async () => {
      assert.equal(await given(-hourMs, 0), false)
    })

    it('also when its clock is ahead', async () => {
      assert.equal(await given(hourMs, -hourMs), true)
    })

    it('also when the clock here was ahead, and both were', async () => {
      assert.equal(await given(-hourMs, hourMs), true)
    })

    it('but not its whole past when both times are in the future', async () => {
      await outgoing.send('bob', 'long ago')
      await clock.advance(48 * hourMs)
      await alice.lane.write(async (tx) => { await outgoing.includeDevices(tx, bob.account.record, [{ ...cert(), addedAtMs: clock.now() + 1 }], clock.now() + 1) })
      assert.deepEqual(owed, [])
    })
  })

  it('asks nobody while there is no server', async () => {
    await outgoing.send('bob', 'hello')
    await assert.rejects(outgoing.resolvePending('bob'), { code: 'ERR_NO_SERVER' })
    await clock.advance(10 * pendingRetryMs)
    assert.equal(clock.pending, 0)
  })

  it('keeps what is sent again under an id of the caller\'s once, and nothing else under that id', async () => {
    await alice.knows(bob)
    const id = 'ab'.repeat(16)
    const rows = await Promise.all([1, 2, 3].map(async () => await outgoing.send('bob', 'once', id)))
    assert.deepEqual(rows.map((row) => [row.id, row.cursor, row.sent?.state]), rows.map(() => [id, 1, 'queued']))
    await assert.rejects(outgoing.send('bob', 'twice', id), { code: 'ERR_CONFLICT' })
    await assert.rejects(outgoing.send('carol', 'once', id), { code: 'ERR_CONFLICT' })
    for (const wrong of ['', 'AB'.repeat(16), 'ab'.repeat(15), 'ab'.repeat(17)]) await assert.rejects(outgoing.send('bob', 'once', wrong), { code: 'ERR_USAGE' })
    assert.deepEqual([await alice.texts('bob'), (await listEntries(alice.lane, bob.hex, { limit: 9 })).length], [['once'], 1])
  })

  describe('to an account that much waits for', () => {
    const wait = async (hex: string, count: number): Promise<void> => {
      await alice.lane.write(async (tx) => {
        const chain = await findOutChain(tx, hex)
        assert.ok(chain !== undefined)
        putOutChain(tx, hex, { ...chain, next: count + 1 })
      })
    }

    it('refuses more, under the limit that is shown, until some have arrived', async () => {
      await alice.knows(bob)
      await outgoing.send('bob', 'the oldest')
      await wait(bob.hex, maxOutboxEntries)
      const shown = (await limitsOf(alice.lane, { devices: null, quota: null })).find(({ name }) => name === 'maxOutboxEntries')
      assert.deepEqual([shown?.used, shown?.max], [maxOutboxEntries, maxOutboxEntries])
      await assert.rejects(outgoing.send('bob', 'too much'), { code: 'ERR_LIMIT', message: /maxOutboxEntries/ })
      assert.deepEqual(await alice.texts('bob'), ['the oldest'])
      await alice.lane.write(async (tx) => { await alice.progress.receipt(tx, bob.hex, { deliveredThrough: 1, readThrough: 0 }, 'direct') })
      await outgoing.send('bob', 'more')
      assert.deepEqual(await alice.texts('bob'), ['the oldest', 'more'])
    })

    it('goes on to its devices that are not away for ever', async () => {
      const carol = makeAccount('carol', seeded('carol'), 2)
      await alice.pins(carol.record)
      await outgoing.send('carol', 'the oldest')
      const [gone, other] = carol.devices.map(({ hex }) => hex)
      assert.ok(gone !== undefined && other !== undefined)
      await wait(gone, maxOutboxEntries)
      const { id } = await outgoing.send('carol', 'more')
      const states = (await alice.row(id))?.sent?.devices
      assert.deepEqual([states?.[gone]?.state, states?.[other]?.state, (await alice.row(id))?.sent?.state], ['expired', 'queued', 'queued'])
      assert.deepEqual((await listEntries(alice.lane, gone)).map(({ sequence }) => sequence), [1])
    })

    it('has the devices that are left out told so, once they have taken the rest', async () => {
      const carol = makeAccount('carol', seeded('carol'), 2)
      const own = makeDevice(seeded('second'))
      await alice.pins(nextRecord(alice.account, [alice.device, own], clock.now()))
      await alice.pins(carol.record)
      await outgoing.send('carol', 'the oldest')
      const away = [carol.devices[0]!.hex, own.hex]
      for (const hex of away) await wait(hex, maxOutboxEntries)
      for (const text of ['missed', 'missed, too']) await outgoing.send('carol', text)
      const shown = (await limitsOf(alice.lane, { devices: null, quota: null })).find(({ name }) => name === 'maxOutboxEntries')
      assert.equal(shown?.used, maxOutboxEntries)
      for (const hex of away) {
        const takes = async (): Promise<boolean> => await alice.lane.write(async (tx) => await alice.progress.receipt(tx, hex, { deliveredThrough: maxOutboxEntries, readThrough: 0 }, 'direct'))
        assert.deepEqual([await takes(), await takes()], [true, false])
        assert.deepEqual((await listEntries(alice.lane, hex)).map(({ sequence, entry }) => [sequence, isHello(entry)]), [[maxOutboxEntries + 3, true]])
      }
    })

    it('refuses more also while its devices are not known', async () => {
      const first = await outgoing.send('bob', 'the oldest')
      await alice.lane.write(async (tx) => { for (let n = 1; n < maxOutboxEntries; n++) await addPending(tx, 'carol', n, first.id) })
      await outgoing.send('carol', 'the last that there is room for')
      await assert.rejects(outgoing.send('carol', 'too much'), { code: 'ERR_LIMIT', message: /maxOutboxEntries/ })
      await outgoing.send('bob', 'more')
      assert.deepEqual(await alice.texts('carol'), ['the last that there is room for'])
    })
  })

  it('brings what waited for devices to be known on its way in pages, in its order', async () => {
    const texts = Array.from({ length: maxEntriesAtOnce + 2 }, (_, n) => String(n))
    for (const text of texts) await outgoing.send('bob', text)
    begin()
    canSay = true
    let most = 0
    const write = alice.lane.write.bind(alice.lane)
    alice.lane.write = async (work) => {
      const before = (await listEntries(alice.lane, bob.hex)).length
      const result = await write(work)
      most = Math.max(most, (await listEntries(alice.lane, bob.hex)).length - before)
      return result
    }
    await outgoing.resolvePending('bob')
    assert.equal(most, maxEntriesAtOnce)
    const ids = await Promise.all((await listEntries(alice.lane, bob.hex)).map(async ({ entry }) => (await alice.row(entry.messageId))?.body))
    assert.deepEqual(ids.map((body) => body?.kind === 'text' && body.text), texts)
    assert.equal(await oldestEntryAtMs(alice.lane), clock.now())
  })

  it('gives a new device of the account what was sent since it came, and reads nothing of those with whom nothing was said since', async () => {
    await alice.knows(bob)
    await alice.pins(makeAccount('carol', seeded('carol')).record)
    await outgoing.send('carol', 'long ago')
    await clock.advance(10 * newDeviceOverlapMs)
    const { id } = await outgoing.send('bob', 'just now')
    const added = makeDevice(seeded('second'))
    const record = nextRecord(alice.account, [alice.device, added], clock.now())
    await alice.pins(record)
    const listed: string[] = []
    await alice.lane.write(async (tx) => {
      const counted: Transaction = Object.assign(Object.create(tx) as Transaction, { list: async (...args: Parameters<Transaction['list']>) => { listed.push(args[0]); return await tx.list(...args) } })
      await outgoing.includeDevices(counted, record, [{ ...record.devices[1]! }], clock.now())
    })
    assert.deepEqual((await listEntries(alice.lane, added.hex)).map(({ entry }) => entry.messageId), [id])
    assert.deepEqual(listed.filter((prefix) => prefix.startsWith('conversation/')), ['conversation/bob/', 'conversation/alice/'])
  })

  it('seals in the transaction that keeps the message, when there is a session to seal in', async () => {
    await alice.knows(bob)
    await outgoing.send('bob', 'before the first session')
    assert.equal(await findSealed(alice.lane, bob.hex, 1), undefined)
    await alice.begin(bob)
    await outgoing.send('bob', 'after it')
    const envelope = await findSealed(alice.lane, bob.hex, 2)
    assert.ok(envelope !== undefined)
    await bob.knows(alice)
    assert.equal(await bob.inbox.take(envelope, 'direct', alice.device.deviceKey), 'taken')
    // It comes after what was written first, which is sealed now as well, and once.
    assert.deepEqual(await bob.texts('alice'), [])
    const sealed = async (): Promise<Uint8Array> => await alice.lane.write(async (tx) => {
      const [first] = await listEntries(tx, bob.hex, { limit: 1 })
      assert.ok(first !== undefined)
      return await alice.sealer.seal(tx, bob.hex, first, alice.account.record) ?? assert.fail('there is a session')
    })
    const first = await sealed()
    assert.deepEqual(await sealed(), first)
    await bob.inbox.take(first, 'direct', alice.device.deviceKey)
    assert.deepEqual(await bob.texts('alice'), ['before the first session', 'after it'])
  })
})
