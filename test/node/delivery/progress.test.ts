import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Via } from '../../../src/node/chat-node.js'
import { isHello } from '../../../src/node/delivery/hello.js'
import { helloEveryMs, maxAwaitingRead, maxEntriesAtOnce, maxReadAtOnce, maxSequence } from '../../../src/node/delivery/limits.js'
import { encodeText } from '../../../src/node/delivery/payload.js'
import { countEntries, countOwed, devicesWithEntries, findEntry, findOutChain, findSealed, leaveOut, listEntries, putEntry, putSealed } from '../../../src/node/delivery/outbox.js'
import { stepHomeTime } from '../../../src/node/home/home-time.js'
import { mailRetentionMs } from '../../../src/protocol/limits.js'
import { createMemoryDisk, type KeyValueStore } from '../../../src/store/index.js'
import { CrashingStore } from '../../simulation/crashing-store.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeAccount, seeded } from '../support.js'
import { Party } from './rig.js'

describe('Progress', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party

  beforeEach(async () => {
    clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
  })

  const envelopeOf = (sequence: number): Uint8Array => Uint8Array.of(sequence, 1, 2, 3)
  const seal = async (...sequences: number[]): Promise<void> => {
    await alice.lane.write((tx) => { for (const sequence of sequences) putSealed(tx, bob.hex, sequence, envelopeOf(sequence)) })
  }
  const store = async (sequence: number, untilMs = clock.now() + 1_000, envelope = envelopeOf(sequence)): Promise<void> => {
    const entry = await findEntry(alice.lane, bob.hex, sequence)
    assert.ok(entry !== undefined)
    await alice.lane.write(async (tx) => { await alice.progress.stored(tx, bob.hex, { sequence, entry, envelope }, { replicas: 1, servers: 1, untilMs }) })
  }
  const receive = async (deliveredThrough: number, readThrough = 0): Promise<void> => {
    await alice.lane.write(async (tx) => { await alice.progress.receipt(tx, bob.hex, { deliveredThrough, readThrough }, 'direct') })
  }
  const readOn = async (): Promise<boolean> => await alice.lane.write(async (tx) => await alice.progress.readOn(tx, bob.hex))
  const state = async (id: string): Promise<string | undefined> => (await alice.row(id))?.sent?.state
  const told = (): Array<[string, string]> => alice.events.flatMap((event) => (event.event === 'status' ? [[event.id, event.state] as [string, string]] : []))

  it('says whether more is owed to a device that has taken some: there is room for it then', async () => {
    for (const text of ['1', '2']) await alice.owes(bob, text)
    const takes = async (deliveredThrough: number): Promise<boolean> => await alice.lane.write(async (tx) => await alice.progress.receipt(tx, bob.hex, { deliveredThrough, readThrough: 0 }, 'mailbox'))
    assert.deepEqual([await takes(1), await takes(1), await takes(2)], [true, false, false])
  })

  it('has a device that was owed too much show that something is missing, also when nothing more is said', async () => {
    const give = async (): Promise<void> => {
      for (const numbered of await listEntries(alice.lane, bob.hex)) {
        await bob.inbox.take(await alice.lane.write(async (tx) => await alice.sealer.seal(tx, bob.hex, numbered, alice.account.record)) ?? assert.fail(), 'direct', alice.device.deviceKey)
      }
    }
    await bob.knows(alice)
    await alice.begin(bob)
    await alice.owes(bob, 'the oldest')
    await alice.lane.write(async (tx) => { for (let n = 0; n < 3; n++) await leaveOut(tx, bob.hex) })
    await give()
    await receive(1)
    await give()
    assert.deepEqual((await bob.history('alice')).map(({ kind }) => kind), ['text', 'gap'])
    await receive(5)
    assert.equal(await countEntries(alice.lane), 0)
  })

  it('says where a message is stored, once, until when', async () => {
    const id = await alice.owes(bob, 'hi')
    await seal(1)
    await store(1, 5_000)
    await store(1, 5_000)
    assert.deepEqual(await findEntry(alice.lane, bob.hex, 1).then((entry) => entry?.state), { kind: 'stored', untilMs: 5_000 })
    assert.deepEqual(alice.events, [{ event: 'status', id, to: 'bob', state: 'stored', via: 'mailbox', replicas: 1, servers: 1, until: '1970-01-01T00:00:05.000Z' }])
  })

  it('does not take a message for stored whose envelope has been sealed anew since', async () => {
    const id = await alice.owes(bob, 'hi')
    await seal(1)
    await alice.lane.write(async (tx) => { await alice.progress.sealAgain(tx, bob.hex) })
    await store(1)
    assert.equal(await state(id), 'queued')
    await alice.lane.write((tx) => { putSealed(tx, bob.hex, 1, Uint8Array.of(9)) })
    await store(1)
    assert.equal(await state(id), 'queued')
    await store(1, clock.now() + 1_000, Uint8Array.of(9))
    assert.equal(await state(id), 'stored')
  })

  it('closes entries up to a watermark, and remembers them until they are read', async () => {
    const ids = [await alice.owes(bob, '1'), await alice.owes(bob, '2'), await alice.owes(bob, '3')]
    await seal(1, 2, 3)
    await receive(2)
    assert.deepEqual(await Promise.all(ids.map(state)), ['delivered', 'delivered', 'queued'])
    assert.deepEqual((await listEntries(alice.lane, bob.hex)).map(({ sequence }) => sequence), [3])
    assert.equal(await findSealed(alice.lane, bob.hex, 1), undefined)
    await receive(2, 1)
    assert.deepEqual(await Promise.all(ids.map(state)), ['read', 'delivered', 'queued'])
    await receive(3, 3)
    assert.deepEqual(await Promise.all(ids.map(state)), ['read', 'read', 'read'])
    assert.deepEqual([await countEntries(alice.lane), await devicesWithEntries(alice.lane), await alice.lane.list('awaiting-read/')], [0, [], []])
  })

  it('moves on a page at a time what was read at once, also after the process has died in between', async () => {
    const count = 2 * maxReadAtOnce + 1
    const ids: string[] = []
    for (let n = 0; n < count; n++) ids.push(await alice.owes(bob, String(n)))
    const reads = (): string[] => told().flatMap(([id, step]) => step === 'read' ? [id] : [])
    const isLeft = `reads left of ${bob.hex}`
    await receive(count)
    await receive(count, 10)
    assert.ok(!alice.effects.includes(isLeft))
    await receive(count, count)
    assert.ok(alice.effects.includes(isLeft))
    assert.equal(reads().length, 10 + maxReadAtOnce)
    await receive(count, count)
    assert.deepEqual(await alice.progress.halfRead(alice.lane), [bob.hex])
    assert.deepEqual([await readOn(), await readOn()], [false, false])
    assert.deepEqual(reads(), ids)
    assert.deepEqual(await alice.progress.halfRead(alice.lane), [])
  })

  it('remembers no more than so many messages to a device that says of none that it was read', async () => {
    const oldest = await alice.owes(bob, 'the oldest')
    await receive(1)
    // Whatever takes the places after it: nobody sees a message in some of them.
    await alice.lane.write(async (tx) => { for (let n = 2; n <= maxAwaitingRead + 1; n++) await leaveOut(tx, bob.hex) })
    const newest = await alice.owes(bob, 'the newest')
    await receive(maxAwaitingRead + 2)
    await receive(maxAwaitingRead + 2, maxAwaitingRead + 2)
    assert.deepEqual([await state(oldest), await state(newest)], ['delivered', 'read'])
  })

  it('moves all on that the device says it has read, also with the receipt that brings more than are remembered', async () => {
    const oldest = await alice.owes(bob, 'the oldest')
    await receive(1)
    await alice.lane.write(async (tx) => { for (let n = 2; n <= maxAwaitingRead; n++) await leaveOut(tx, bob.hex) })
    const newest = await alice.owes(bob, 'the newest')
    await receive(maxAwaitingRead + 1, maxAwaitingRead + 1)
    assert.deepEqual([await state(oldest), await state(newest)], ['read', 'read'])
  })

  it('takes a watermark beyond what was sent for a sign that this home is an older one: what is owed gets other sequences, and the user hears it once', async () => {
    const ids = [await alice.owes(bob, '1'), await alice.owes(bob, '2'), await alice.owes(bob, '3')]
    await seal(2, 3)
    await receive(1, 1)
    await receive(8, 6)
    assert.deepEqual(await Promise.all(ids.map(state)), ['read', 'queued', 'queued'])
    assert.deepEqual(await findOutChain(alice.lane, bob.hex), { username: 'bob', next: 11, deliveredThrough: 8, readThrough: 6 })
    assert.deepEqual((await listEntries(alice.lane, bob.hex)).map(({ sequence, entry }) => [sequence, entry.messageId, entry.state.kind]), [[9, ids[1], 'queued'], [10, ids[2], 'queued']])
    assert.deepEqual(await Promise.all([2, 3, 9, 10].map(async (sequence) => await findSealed(alice.lane, bob.hex, sequence))), [undefined, undefined, undefined, undefined])
    await receive(20)
    assert.deepEqual(alice.events.flatMap((event) => (event.event === 'error' ? [event.code] : [])), ['ERR_STORE_CORRUPT'])
    await receive(22, 22)
    assert.deepEqual(await Promise.all(ids.map(state)), ['read', 'read', 'read'])
  })

  it('believes no watermark that nobody can reach, and none for a device that nothing was sent to', async () => {
    const id = await alice.owes(bob, '1')
    await receive(maxSequence + 1, 2 ** 64)
    assert.equal(await state(id), 'read')
    assert.deepEqual(await findOutChain(alice.lane, bob.hex), { username: 'bob', next: 2, deliveredThrough: 1, readThrough: 1 })
    await alice.lane.write(async (tx) => { await alice.progress.receipt(tx, 'ff'.repeat(32), { deliveredThrough: 5, readThrough: 5 }, 'direct') })
  })

  it('ends at the highest watermarks, whatever the order and however often receipts come, and tells each step once', async () => {
    const receipts = fc.array(fc.record({ delivered: fc.nat({ max: 7 }), read: fc.nat({ max: 9 }) }), { maxLength: 15 })
    await fc.assert(fc.asyncProperty(receipts, async (list) => {
      const [one, other] = [new Party('alice', { clock, random: seeded('a') }), new Party('bob', { clock, random: seeded('b') })]
      await one.knows(other)
      const ids: string[] = []
      for (let i = 1; i <= 7; i++) ids.push(await one.owes(other, String(i)))
      let delivered = 0
      let read = 0
      for (const receipt of list) {
        delivered = Math.max(delivered, receipt.delivered)
        read = Math.max(read, Math.min(receipt.read, delivered))
        for (let times = 0; times < 2; times++) {
          await one.lane.write(async (tx) => { await one.progress.receipt(tx, other.hex, { deliveredThrough: receipt.delivered, readThrough: receipt.read }, 'mailbox') })
        }
      }
      const states = await Promise.all(ids.map(async (id) => (await one.row(id))?.sent?.state))
      assert.deepEqual(states, ids.map((_, i) => (i < read ? 'read' : i < delivered ? 'delivered' : 'queued')))
      const steps = one.events.map((event) => (event.event === 'status' ? `${event.id} ${event.state}` : ''))
      assert.equal(new Set(steps).size, steps.length)
      assert.equal((await listEntries(one.lane, other.hex)).length, 7 - delivered)
    }), { numRuns: 60 })
  })

  it('gives nothing up under a clock that is a month ahead for a moment', async () => {
    const id = await alice.owes(bob, 'stored')
    await seal(1)
    await stepHomeTime(alice.lane, clock)
    await store(1, clock.now() + mailRetentionMs)
    clock.jump(mailRetentionMs + 1)
    await stepHomeTime(alice.lane, clock)
    await alice.lane.write(async (tx) => { await alice.progress.expire(tx, bob.hex) })
    assert.equal(await state(id), 'stored')
  })

  it('gives up what no server keeps any longer, and nothing else', async () => {
    const ids = [await alice.owes(bob, 'stored'), await alice.owes(bob, 'stored longer'), await alice.owes(bob, 'never stored')]
    await seal(1, 2, 3)
    await store(1, clock.now() + 10)
    await store(2, clock.now() + 1_000)
    await clock.advance(10)
    await alice.lane.write(async (tx) => { await alice.progress.expire(tx, bob.hex) })
    assert.deepEqual(await Promise.all(ids.map(state)), ['expired', 'stored', 'queued'])
    assert.deepEqual((await listEntries(alice.lane, bob.hex)).map(({ sequence }) => sequence), [2, 3, 4])
  })

  it('owes the device the news that something has expired, and none that such news has', async () => {
    const expire = async (): Promise<boolean> => (await alice.lane.write(async (tx) => await alice.progress.expire(tx, bob.hex))).owesHello
    const hellos = async (): Promise<number[]> => (await listEntries(alice.lane, bob.hex)).filter(({ entry }) => isHello(entry)).map(({ sequence }) => sequence)
    for (let i = 1; i <= 3; i++) await alice.owes(bob, String(i))
    await seal(1, 2, 3)
    await store(1, clock.now() + 10)
    await store(2, clock.now() + 20)
    await store(3, clock.now() + helloEveryMs)
    assert.deepEqual([await expire(), await hellos()], [false, []])
    await clock.advance(10)
    assert.deepEqual([await expire(), await hellos()], [true, [4]])
    await clock.advance(10)
    assert.deepEqual([await expire(), await hellos()], [false, [4]], 'it was told a moment ago')
    await seal(4)
    await store(4, clock.now() + 2 * helloEveryMs)
    await clock.advance(helloEveryMs)
    assert.deepEqual([await expire(), await hellos()], [true, [4, 5]])
    await seal(5)
    await store(5, clock.now() + helloEveryMs)
    await clock.advance(helloEveryMs)
    assert.deepEqual([await expire(), await hellos(), await countEntries(alice.lane)], [false, [], 0])
  })

  it('gives up much of it in pages, and owes the device one hello for all', async () => {
    const count = 2 * maxEntriesAtOnce + 1
    const ids: string[] = []
    for (let n = 1; n <= count; n++) ids.push(await alice.owes(bob, String(n)))
    await alice.lane.write(async (tx) => {
      for (const { sequence, entry } of await listEntries(tx, bob.hex)) putEntry(tx, bob.hex, { sequence, entry: { ...entry, state: { kind: 'stored', untilMs: clock.now() } } })
    })
    const pages: Array<[number, boolean]> = []
    for (let after: number | undefined = 0; after !== undefined;) {
      const from: number = after
      const { through, owesHello } = await alice.lane.write(async (tx) => await alice.progress.expire(tx, bob.hex, from))
      pages.push([await countEntries(alice.lane), owesHello])
      after = through
    }
    assert.deepEqual(pages, [[count - maxEntriesAtOnce + 1, true], [2, false], [1, false]])
    assert.deepEqual(await Promise.all(ids.map(state)), ids.map(() => 'expired'))
    assert.equal(await countOwed(alice.lane, bob.hex), 1)
  })

  it('drops what is owed to a device that is gone in pages', async () => {
    for (let n = 0; n <= maxEntriesAtOnce; n++) await alice.owes(bob, String(n))
    const drop = async (): Promise<boolean> => await alice.lane.write(async (tx) => await alice.progress.dropDevice(tx, bob.hex))
    assert.deepEqual([await drop(), await countEntries(alice.lane), await drop(), await countEntries(alice.lane)], [true, 1, false, 0])
  })

  it('tells an account\'s devices apart: delivered with the first of them', async () => {
    const account = makeAccount('carol', seeded('carol'), 2)
    const [laptop, phone] = account.devices.map((device, i) => new Party('carol', { clock, random: seeded(`carol ${i}`), account, device }))
    assert.ok(laptop !== undefined && phone !== undefined)
    const id = await alice.owes(laptop, 'hi')
    await alice.lane.write(async (tx) => { await alice.progress.receipt(tx, phone.hex, { deliveredThrough: 1, readThrough: 0 }, 'direct') })
    const row = await alice.row(id)
    assert.equal(row?.sent?.state, 'delivered')
    assert.deepEqual([row.sent.devices[phone.hex]?.state, row.sent.devices[laptop.hex]?.state], ['delivered', 'queued'])
  })

  it('owes nothing to a device that is gone', async () => {
    const id = await alice.owes(bob, 'hi')
    await alice.owes(bob, 'delivered')
    await alice.lane.write(async (tx) => { await alice.progress.dropDevice(tx, bob.hex) })
    assert.equal(await state(id), 'expired')
    assert.equal(await countEntries(alice.lane), 0)
    assert.equal(told().length, 2)
  })

  it('has everything that is owed sealed again, under the same ids', async () => {
    await alice.owes(bob, '1')
    await alice.owes(bob, '2')
    await seal(1, 2)
    await store(1)
    const before = await listEntries(alice.lane, bob.hex)
    await alice.lane.write(async (tx) => { await alice.progress.sealAgain(tx, bob.hex) })
    const after = await listEntries(alice.lane, bob.hex)
    assert.deepEqual(after.map(({ entry }) => [entry.wireId, entry.content, entry.state.kind]), before.map(({ entry }) => [entry.wireId, entry.content, 'queued']))
    assert.deepEqual([await findSealed(alice.lane, bob.hex, 1), await findSealed(alice.lane, bob.hex, 2)], [undefined, undefined])
    assert.deepEqual(after[0]?.entry.content, encodeText('1'))
  })

  it('may forget without power that a device acknowledged, until it is told again; not what was read, or what a server handed over', async () => {
    const disk = createMemoryDisk()
    const start = (): Party => new Party('alice', { clock, random: seeded('power'), account: alice.account, device: alice.device, store: disk.open() })
    const owes = async (party: Party, ...receipt: [number, number, Via]): Promise<void> => {
      const [deliveredThrough, readThrough, via] = receipt
      await party.lane.write(async (tx) => { await party.progress.receipt(tx, bob.hex, { deliveredThrough, readThrough }, via) })
    }
    let party = start()
    await party.knows(bob)
    for (const text of ['one', 'two', 'three']) await party.owes(bob, text)
    const left = async (): Promise<number[]> => (await listEntries(party.lane, bob.hex)).map(({ sequence }) => sequence)
    const restarted = async (): Promise<number[]> => {
      disk.crash()
      party = start()
      return await left()
    }
    await owes(party, 1, 0, 'direct')
    assert.deepEqual(await left(), [2, 3])
    assert.deepEqual(await restarted(), [1, 2, 3])
    await owes(party, 1, 0, 'mailbox')
    assert.deepEqual(await restarted(), [2, 3])
    await owes(party, 2, 1, 'direct')
    assert.deepEqual(await restarted(), [3])
  })

  it('finishes at the start what a device has acknowledged where a power cut took that alone, and not what was written after it', async () => {
    const disk = createMemoryDisk()
    const store = new CrashingStore(disk.open(), () => {})
    store.loseUnsynced()
    const start = (kept: KeyValueStore): Party => new Party('alice', { clock, random: seeded('power'), account: alice.account, device: alice.device, store: kept })
    let party = start(store)
    await party.knows(bob)
    const ids = [await party.owes(bob, 'one'), await party.owes(bob, 'two')]
    await party.lane.write((tx) => { putSealed(tx, bob.hex, 1, envelopeOf(1)) })
    await party.lane.write(async (tx) => { await party.progress.receipt(tx, bob.hex, { deliveredThrough: 2, readThrough: 0 }, 'direct') })
    ids.push(await party.owes(bob, 'three'))
    await store.close()
    party = start(disk.open())
    const states = async (): Promise<Array<string | undefined>> => await Promise.all(ids.map(async (id) => (await party.row(id))?.sent?.state))
    assert.deepEqual([await states(), await countEntries(party.lane)], [['queued', 'queued', 'queued'], 3])
    await party.lane.write(async (tx) => { await party.progress.finishDelivered(tx, bob.hex) })
    assert.deepEqual([await states(), await countEntries(party.lane), await findSealed(party.lane, bob.hex, 1)], [['delivered', 'delivered', 'queued'], 1, undefined])
    await party.lane.write(async (tx) => { await party.progress.receipt(tx, bob.hex, { deliveredThrough: 3, readThrough: 2 }, 'direct') })
    assert.deepEqual(await states(), ['read', 'read', 'delivered'])
  })
})
