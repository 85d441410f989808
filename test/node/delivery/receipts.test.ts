import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { findContact } from '../../../src/node/contacts/contacts.js'
import { decodeEnvelope } from '../../../src/node/delivery/envelope.js'
import { answerSettledMs } from '../../../src/node/delivery/answers.js'
import { clearReceiptDue, dueReceipt, findInChain, markReceiptDue } from '../../../src/node/delivery/in-chain.js'
import { directTimeoutMs, receiptDelayMs, receiptRetryMs } from '../../../src/node/delivery/limits.js'
import { listEntries } from '../../../src/node/delivery/outbox.js'
import { Receipts } from '../../../src/node/delivery/receipts.js'
import { encode } from '../../../src/protocol/codec.js'
import { Receipt } from '../../../src/protocol/pb/content.js'
import { MailboxAppendRequest, MailboxAppendResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChannel, silence, type Answer } from '../pool/fake-channel.js'
import { seeded } from '../support.js'
import { Party } from './rig.js'

describe('Receipts', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party
  let server: FakeChannel | undefined
  let direct: FakeChannel | undefined
  let append: Answer
  let receipts: Receipts
  let welcome: boolean

  beforeEach(async () => {
    clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
    append = () => encode(MailboxAppendResponse, { replicas: 1, servers: 1, expiresAtMs: 9n })
    server = new FakeChannel({ 'mailbox/append': async (body) => await append(body) }, 'server', clock)
    direct = undefined
    welcome = true
    receipts = new Receipts({
      lane: bob.lane,
      clock,
      random: seeded('receipts'),
      logger: silentLogger,
      deviceKey: bob.device.deviceKey,
      sessions: bob.sessions,
      peers: { open: () => direct } as never,
      poolChannel: () => server,
      isWelcome: async (_, name) => welcome || name !== 'alice'
    })
    await alice.begin(bob)
    await arrives()
  })

  /** The next message of alice is at bob's; a receipt is due. */
  async function arrives (): Promise<void> {
    await alice.owes(bob, 'x')
    const newest = (await listEntries(alice.lane, bob.hex)).at(-1) ?? assert.fail()
    await bob.inbox.take(await alice.lane.write(async (tx) => await alice.sealer.seal(tx, bob.hex, newest, alice.account.record)) ?? assert.fail(), 'mailbox')
  }

  /** What alice asks on. */
  const own = (): FakeChannel => new FakeChannel({}, 'alice', clock)
  const isDue = async (): Promise<boolean> => await dueReceipt(bob.lane, alice.hex) !== undefined
  const appended = (): MailboxAppendRequest[] => (server?.of('mailbox/append') ?? []).map((body) => MailboxAppendRequest.decode(body))
  /** What alice learns from an envelope. */
  const learnt = async (envelope: Uint8Array): Promise<number | undefined> => {
    const before = alice.events.length
    await alice.inbox.take(envelope, 'mailbox', bob.device.deviceKey)
    return alice.events.slice(before).filter((event) => event.event === 'status' && event.state === 'delivered').length
  }

  it('that became due before a block wait until it ends', async () => {
    welcome = false
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.equal(await receipts.takeForAnswer(alice.hex, own()), undefined)
    assert.deepEqual([appended().length, await isDue()], [0, true])
    welcome = true
    await receipts.scheduleAll()
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('go out together after a moment, into the one slot of the sender, and are done with', async () => {
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs - 1)
    assert.equal(appended().length, 0)
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(1)
    const [request] = appended()
    assert.equal(appended().length, 1)
    assert.deepEqual([request?.mailbox, request?.slot], [alice.device.deviceKey, bob.device.deviceKey])
    assert.deepEqual(request?.entryId, decodeEnvelope(request?.envelope ?? new Uint8Array()).id)
    assert.equal(await isDue(), false)
    assert.equal(await learnt(request?.envelope ?? new Uint8Array()), 2)
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.equal(appended().length, 1, 'nothing is due')
  })

  it('go over an open channel when there is one, and to the mailbox when that does not answer', async () => {
    direct = new FakeChannel({ 'peer/receipt': () => new Uint8Array(0) }, 'alice', clock)
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.deepEqual([direct.of('peer/receipt').length, appended().length, await isDue()], [1, 0, false])
    direct = new FakeChannel({ 'peer/receipt': silence }, 'alice', clock)
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs + directTimeoutMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
    assert.deepEqual(direct.of('peer/receipt')[0], appended()[0]?.envelope)
  })

  it('stay due without a way, and go out with the next server', async () => {
    const there = server
    server = undefined
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.equal(await isDue(), true)
    server = there
    await receipts.scheduleAll()
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('that a server refuses are offered again later, or with the next message', async () => {
    const works = append
    append = () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [1, true])
    append = works
    await clock.advance(receiptRetryMs - 1)
    assert.equal(appended().length, 1)
    await clock.advance(1)
    assert.deepEqual([appended().length, await isDue()], [2, false])
    append = () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    append = works
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [4, false])
  })

  it('are not due any more to a device that is gone', async () => {
    append = () => { throw new P2pChatError('ERR_NOT_FOUND', 'There is no such device, or no longer.') }
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs + 2 * receiptRetryMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('to one device go one after the other: an older one never replaces a newer one', async () => {
    let finishFirst = (): void => {}
    const works = append
    append = async (body) => { await new Promise<void>((resolve) => { finishFirst = resolve }); return await works(body) }
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    append = works
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.equal(appended().length, 1, 'the first is under way')
    finishFirst()
    await settle()
    assert.equal(appended().length, 2)
    assert.equal(await isDue(), false)
  })

  it('that became due while one was under way stay due', async () => {
    const due = await dueReceipt(bob.lane, alice.hex)
    assert.ok(due !== undefined)
    await arrives()
    await bob.lane.write(async (tx) => { await clearReceiptDue(tx, alice.hex, due) })
    assert.equal((await dueReceipt(bob.lane, alice.hex))?.deliveredThrough, 2)
  })

  it('are given in the answer to a device\'s own request, and are not due any more when its channel has outlived that', async () => {
    const envelope = await receipts.takeForAnswer(alice.hex, own())
    assert.ok(envelope !== undefined)
    assert.equal(await learnt(envelope), 1)
    assert.equal(await learnt(envelope), 0, 'an old one changes nothing')
    receipts.schedule(alice.hex)
    await clock.advance(answerSettledMs)
    assert.deepEqual([appended().length, await isDue(), clock.pending], [0, false, 0])
    assert.equal(await receipts.takeForAnswer(alice.hex, own()), undefined)
  })

  it('are given again when the channel ends that they were answered on: the other end may have died over the answer', async () => {
    const channel = own()
    await receipts.takeForAnswer(alice.hex, channel)
    await clock.advance(answerSettledMs - 1)
    await channel.close()
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('are given again when the channel had ended before the answer', async () => {
    const channel = own()
    await channel.close()
    await receipts.takeForAnswer(alice.hex, channel)
    await clock.advance(receiptDelayMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('that were answered say more later', async () => {
    await receipts.takeForAnswer(alice.hex, own())
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(receiptDelayMs)
    assert.equal(appended().length, 1)
    await clock.advance(answerSettledMs)
    assert.deepEqual([appended().length, await isDue()], [1, false])
  })

  it('that were answered shortly before the stop stay due', async () => {
    await receipts.takeForAnswer(alice.hex, own())
    await receipts.stop()
    assert.deepEqual([appended().length, await isDue(), clock.pending], [0, true, 0])
  })

  it('are not made for a device without a session', async () => {
    await bob.lane.write(async (tx) => {
      await markReceiptDue(tx, 'ab'.repeat(32), { username: 'x', expected: 2, readThrough: 0, held: [] })
    })
    assert.equal(await receipts.takeForAnswer('ab'.repeat(32), own()), undefined)
  })

  it('say which messages were taken, up to the one that they speak of', async () => {
    for (let i = 0; i < 2; i++) await arrives()
    const { taken = assert.fail(), ...chain } = await findInChain(bob.lane, alice.hex, 'alice')
    assert.equal(taken.byteLength, 12)
    const toldAt = async (expected: number): Promise<Uint8Array | undefined> => {
      await bob.lane.write(async (tx) => { await markReceiptDue(tx, alice.hex, { ...chain, expected }) })
      const envelope = decodeEnvelope(await receipts.takeForAnswer(alice.hex, own()) ?? assert.fail())
      const plaintext = await alice.lane.write(async (tx) => await alice.sessions.openReceipt(tx, bob.hex, envelope))
      return Receipt.decode(plaintext ?? assert.fail()).taken
    }
    assert.deepEqual(await toldAt(4), taken)
    assert.deepEqual(await toldAt(2), taken.slice(0, 4))
  })

  it('say how far was read, too', async () => {
    await bob.lane.write(async (tx) => { await markReceiptDue(tx, alice.hex, { username: 'alice', expected: 2, readThrough: 1, held: [] }) })
    const envelope = await receipts.takeForAnswer(alice.hex, own())
    await alice.inbox.take(envelope ?? new Uint8Array(), 'direct', bob.device.deviceKey)
    assert.ok(alice.events.some((event) => event.event === 'status' && event.state === 'read'))
    assert.ok(await findContact(bob.lane, 'alice') !== undefined)
  })

  it('that are scheduled go out at the stop; nothing is begun after it', async () => {
    receipts.schedule(alice.hex)
    await receipts.stop()
    assert.deepEqual([appended().length, await isDue(), clock.pending], [1, false, 0])
    await arrives()
    receipts.schedule(alice.hex)
    await clock.advance(receiptRetryMs)
    assert.equal(appended().length, 1)
    await receipts.stop()
  })

  it('do not keep a stop from ending when they fail', async () => {
    append = () => { throw new P2pChatError('ERR_CLOSED', 'Gone.') }
    receipts.schedule(alice.hex)
    await receipts.stop()
    assert.deepEqual([await isDue(), clock.pending], [true, 0])
  })
})
