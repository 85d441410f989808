import assert from 'node:assert/strict'
import { startGroupEpoch, sealGroupMessage, type GroupMessageHeader } from '../../../../src/crypto/group/index.js'
import type { End } from './rig.js'
import { decodeEnvelope, encodeGroupEnvelope } from '../../../../src/node/delivery/envelope.js'
import { encodeDirect, encodeGroupConversation, encodePayload, encodeSystem, encodeText, type PayloadFields } from '../../../../src/node/delivery/payload.js'
import { maxGroupHeld, parkedOfAllStrangers, parkedOfSender, parkedOfStrangers } from '../../../../src/node/groups/talk/limits.js'
import { encode } from '../../../../src/protocol/codec.js'
import { mailRetentionMs, maxTextBytes } from '../../../../src/protocol/limits.js'
import { GroupMessage } from '../../../../src/protocol/pb/group.js'
import { flipBit, makeAccount, type TestAccount } from '../../support.js'
import { Rig } from './rig.js'

interface Forged {
  header?: Partial<GroupMessageHeader>
  payload?: Partial<PayloadFields>
  plaintext?: Uint8Array
  /** Default: alice, with her keys of the epoch. */
  account?: TestAccount
  envelopeBy?: Uint8Array
}

/** An envelope as a member's faulty or evil client would make it; each is the first of its chain. */
function forge (rig: Rig, { header = {}, payload = {}, plaintext, account = rig.end('alice').account, envelopeBy }: Forged = {}): Uint8Array {
  const { world, random } = rig
  const device = account.devices[0]
  assert.ok(device !== undefined)
  const epoch = header.epoch ?? world.head.epoch
  const groupId = header.groupId ?? world.groupId
  const username = header.sender ?? account.username
  const keys = startGroupEpoch({ groupId, epoch, secret: world.secrets.get(epoch) ?? random.bytes(32), owners: [{ username, deviceKey: device.deviceKey }] })
  const content = plaintext ?? encodePayload({
    wireId: random.bytes(16), sequence: 1, lowestAlive: 1, record: { version: 1, hash: new Uint8Array(32) }, sentAtMs: 1, conversation: encodeGroupConversation(groupId), content: encodeText('forged'), ...payload
  })
  const { message } = sealGroupMessage(keys, { username, device: { seed: device.seed, publicKey: device.deviceKey } }, header.head ?? world.head, content, random)
  return encodeGroupEnvelope(envelopeBy ?? device.deviceKey, random.bytes(16), encode(GroupMessage, message))
}

describe('a device of a group', () => {
  let rig: Rig
  let alice: End
  let bob: End

  beforeEach(async () => {
    rig = await Rig.of()
    alice = rig.end('alice')
    bob = rig.end('bob')
  })

  afterEach(async () => { await rig.stop() })

  /** Sends without anybody taking it, and gives the envelopes. */
  const sent = async (...texts: string[]): Promise<Uint8Array[]> => {
    for (const text of texts) {
      await alice.send(text)
      // One after the other, so that each is a batch of its own.
      await rig.clock.advance(10)
    }
    return bob.box().splice(-texts.length)
  }

  it('shows messages in the order in which their device sent them, whatever the order of arrival, once each', async () => {
    const [one, two, three] = await sent('1', '2', '3') as [Uint8Array, Uint8Array, Uint8Array]
    await bob.take(three)
    await bob.take(two)
    assert.deepEqual(await bob.texts(), [])
    await bob.take(one)
    await Promise.all([one, two, three, one].map(async (envelope) => await bob.take(envelope)))
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: 2', 'alice: 3'])
    assert.deepEqual(await bob.keys('group-held', 'group-parked'), [])
    assert.equal((await bob.talk.unread(bob.lane, rig.world.id)).unread, 3)
  })

  it('reads a message, puts it in its place and owes the receipt in one write', async () => {
    const envelopes = await sent(...Array.from({ length: 5 }, (_, i) => String(i)))
    let writes = 0
    const batch = bob.store.batch.bind(bob.store)
    bob.store.batch = async (...args) => { writes++; await batch(...args) }
    for (const envelope of envelopes) await bob.take(envelope)
    assert.equal(writes, envelopes.length)
    await Promise.all((await sent('a', 'b', 'c', 'd')).map(async (envelope) => await bob.take(envelope)))
    assert.ok(writes <= envelopes.length + 2, 'what comes together is written together')
  })

  it('keeps what it cannot read yet, asks for what is missing, and reads it in order once it has that', async () => {
    const [before] = await sent('1') as [Uint8Array]
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    const [two, three] = await sent('2', '3') as [Uint8Array, Uint8Array]
    assert.deepEqual([await bob.take(three), await bob.take(two), await bob.take(two)], ['taken', 'taken', 'taken'])
    assert.deepEqual(bob.book.asked, ['the log', 'the log', 'the log'])
    await bob.restart()
    await bob.take(before)
    await bob.book.learn()
    await rig.clock.advance(1)
    assert.deepEqual([bob.book.asked, await bob.texts()], [['epoch 2', 'epoch 2'], ['alice: 1']])
    await bob.book.grant(2)
    await rig.clock.advance(1)
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: 2', 'alice: 3'])
    assert.deepEqual(await bob.keys('group-parked', 'group-parked-mark', 'group-parked-total'), [])
  })

  it('keeps messages of a group that it does not know yet', async () => {
    const dave = await rig.outsider('dave')
    rig.world.change({ kind: 'join', account: dave.account })
    await alice.book.catchUp()
    await alice.send('welcome')
    await rig.clock.advance(10)
    await dave.takeMail()
    assert.deepEqual([await dave.texts(), dave.book.asked], [[], ['the log']])
    await dave.book.catchUp()
    await rig.clock.advance(1)
    assert.deepEqual(await dave.texts(), ['alice: welcome'])
  })

  it('that is new begins where it was let in: nothing before is shown, waited for, or called missing', async () => {
    const dave = await rig.outsider('dave')
    for (const text of ['1', '2', '3']) await alice.send(text)
    await rig.settle()
    rig.world.change({ kind: 'join', account: dave.account })
    await Promise.all([alice, dave].map(async (end) => { await end.book.catchUp() }))
    await alice.send('4')
    rig.world.change({ kind: 'epoch' })
    await Promise.all([alice, dave].map(async (end) => { await end.book.catchUp() }))
    await alice.send('5')
    await rig.clock.advance(10)
    const [four, five] = dave.box() as [Uint8Array, Uint8Array]
    await dave.take(five)
    assert.deepEqual(await dave.texts(), [])
    await dave.take(four)
    assert.deepEqual(await dave.texts(), ['alice: 4', 'alice: 5'])
  })

  it('drops what was sent before it was a member without a word', async () => {
    const dave = await rig.outsider('dave')
    const [old] = await sent('1') as [Uint8Array]
    rig.world.change({ kind: 'join', account: dave.account })
    await dave.book.catchUp()
    assert.equal(await dave.take(old), 'taken')
    assert.deepEqual([await dave.history(), dave.refusals, await dave.keys('group-parked', 'group-in')], [[], [], []])
  })

  it('that comes back goes on where it is a member again', async () => {
    await rig.settle()
    const [one, two, three] = await sent('1', '2', '3') as [Uint8Array, Uint8Array, Uint8Array]
    await bob.take(one)
    await bob.take(three)
    rig.world.change({ kind: 'leave', username: 'bob' })
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    await alice.send('4')
    await rig.clock.advance(10)
    rig.world.change({ kind: 'join', account: bob.account })
    await Promise.all([alice, bob].map(async (end) => { await end.book.catchUp() }))
    const [five] = await sent('5') as [Uint8Array]
    await bob.take(five)
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: (1 missing)', 'alice: 3', 'alice: 5'])
    await bob.take(two)
    assert.deepEqual((await bob.texts()).length, 4)
  })

  it('goes past messages of an epoch whose keys are lost, and shows how many they were', async () => {
    const [one] = await sent('1') as [Uint8Array]
    await bob.take(one)
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    const lost = await sent('2', '3', '4')
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    const [five] = await sent('5') as [Uint8Array]
    await bob.book.learn()
    await bob.book.grant(3)
    for (const envelope of [lost[0] as Uint8Array, lost[1] as Uint8Array, five]) await bob.take(envelope)
    assert.deepEqual([await bob.texts(), bob.book.asked], [['alice: 1'], ['epoch 2', 'epoch 2']])
    await bob.book.lose(2)
    await rig.clock.advance(1)
    // Two of them it has seen; that there was a third one it learns from where the next epoch begins.
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: (2 missing)', 'alice: (1 missing)', 'alice: 5'])
    assert.equal(await bob.take(lost[2] as Uint8Array), 'taken')
    await bob.take(lost[0] as Uint8Array)
    assert.deepEqual((await bob.keys('group-held', 'group-parked')), [])
    assert.deepEqual((await bob.texts()).filter((text) => text.includes('missing')).length, 2)
  })

  it('shows messages that came in an epoch whose keys are lost also when nothing comes after them', async () => {
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    const [one, two] = await sent('1', '2') as [Uint8Array, Uint8Array]
    await bob.take(one)
    await bob.book.learn()
    await bob.book.lose(2)
    await rig.clock.advance(1)
    assert.deepEqual(await bob.texts(), ['alice: (1 missing)'])
    await bob.take(two)
    await bob.take(one)
    assert.deepEqual(await bob.texts(), ['alice: (1 missing)', 'alice: (1 missing)'])
    rig.world.change({ kind: 'epoch' })
    await Promise.all([alice, bob].map(async (end) => { await end.book.catchUp() }))
    await bob.take((await sent('3'))[0] as Uint8Array)
    assert.deepEqual((await bob.texts()).slice(2), ['alice: 3'], 'they are not told twice')
  })

  it('takes of who was removed what the remover has seen, and shows once that more came', async () => {
    const [one, two, three] = await sent('1', '2', '3') as [Uint8Array, Uint8Array, Uint8Array]
    rig.world.change({ kind: 'remove', username: 'alice', seen: { epoch: 1, counter: 0 } })
    await bob.book.catchUp()
    for (const envelope of [one, two, three]) await bob.take(envelope)
    assert.deepEqual(await bob.texts(), ['alice: 1', 'group-change'])
    const event = bob.events.at(-1)
    assert.ok(event?.event === 'group' && event.kind === 'refused' && event.group === 'team' && event.users.includes('alice'))
    assert.match(event.message, /alice was refused/)
    assert.equal((await bob.history())[1]?.kind, 'group-change')
  })

  describe('refuses, without a trace,', () => {
    const refused = async (envelope: Uint8Array, why: RegExp): Promise<void> => {
      const keys = await bob.lane.list('')
      assert.equal(await bob.take(envelope), 'taken')
      assert.deepEqual((await bob.lane.list('')).map(([key]) => key), keys.map(([key]) => key))
      assert.match(bob.refusals.join(), why)
    }

    it('what another than the signer hands over', async () => { await refused(forge(rig, { envelopeBy: bob.device.deviceKey }), /another device/) })
    it('what is for another group than its keys', async () => { await refused(forge(rig, { payload: { conversation: encodeGroupConversation(new Uint8Array(32)) } }), /not for the group/) })
    it('what is for no group', async () => { await refused(forge(rig, { payload: { conversation: encodeDirect('alice', 'bob') } }), /not for the group/) })
    it('what is no message', async () => { await refused(forge(rig, { plaintext: Uint8Array.of(8, 7) }), /could not be read/) })
    it('what has impossible fields', async () => { await refused(forge(rig, { payload: { record: { version: 0, hash: new Uint8Array(32) } } }), /impossible/) })
    it('what names another head at a place that is known', async () => { await refused(forge(rig, { header: { head: { sequence: 1, hash: new Uint8Array(32) } } }), /another log/) })
    it('who is no member', async () => { await refused(forge(rig, { account: makeAccount('mallory', rig.random) }), /not a member/) })
    it('a member\'s name with another\'s device', async () => { await refused(forge(rig, { account: makeAccount('mallory', rig.random), header: { sender: 'alice' } }), /not a member/) })
    it('a sender whose name is none', async () => { await refused(forge(rig, { header: { sender: 'a/b' } }), /no user/) })

    it('any bit that was changed', async () => {
      const good = forge(rig)
      const message = GroupMessage.decode(decodeEnvelope(good).sealed)
      for (const field of ['header', 'sealed', 'signature'] as const) {
        for (let bit = 0; bit < message[field].byteLength * 8; bit += 23) {
          const keys = (await bob.lane.list('')).length
          await bob.take(encodeGroupEnvelope(alice.device.deviceKey, rig.random.bytes(16), encode(GroupMessage, { ...message, [field]: flipBit(message[field], bit) })))
          assert.deepEqual([await bob.texts(), (await bob.lane.list('')).length], [[], keys], `bit ${bit} of the ${field}`)
        }
      }
      assert.equal(await bob.take(good), 'taken')
      assert.deepEqual(await bob.texts(), ['alice: forged'])
    })

    it('its own messages that somebody sends back', async () => {
      await bob.send('mine')
      await rig.clock.advance(10)
      const [own] = alice.box() as [Uint8Array]
      const before = await bob.keys('group-in')
      await bob.take(own)
      assert.deepEqual([await bob.keys('group-in'), await bob.texts()], [before, ['bob: mine']])
    })
  })

  it('never shows what is not meant to be shown, but counts it', async () => {
    await bob.take(forge(rig, { payload: { content: encodeSystem({ hello: true }) } }))
    assert.deepEqual([await bob.texts(), (await bob.keys('group-due')).length], [[], 1])
  })

  it('keeps what its keys do not open, and asks for others', async () => {
    const wrong = new Uint8Array(32)
    const secret = rig.world.secrets.get(1) as Uint8Array
    rig.world.secrets.set(1, wrong)
    const envelope = forge(rig)
    rig.world.secrets.set(1, secret)
    await bob.take(envelope)
    assert.deepEqual([bob.book.asked, (await bob.keys('group-parked')).length], [['epoch 1'], 1])
    await rig.clock.advance(mailRetentionMs)
    await bob.talk.upkeep()
    assert.deepEqual([await bob.texts(), await bob.keys('group-parked', 'group-parked-total')], [['alice: (1 missing)'], []])
  })

  describe('with messages of 64 KiB that name a head which never comes', () => {
    const head = { sequence: 5, hash: new Uint8Array(32) }
    const large = { content: encodeText('x'.repeat(maxTextBytes)) }
    const perMiB = 15

    it('keeps no more of one device than a bound, leaves the rest where it is, and nobody else has to wait for that', async () => {
      let taken = 0
      while (taken < 1_000 && await bob.take(forge(rig, { header: { head }, payload: large })) === 'taken') taken++
      const bytes = (await bob.lane.list('group-parked/')).length * 65_536
      assert.ok(bytes > parkedOfSender.bytes * 0.9 && bytes <= parkedOfSender.bytes, `${taken} messages`)
      assert.equal(await bob.take(forge(rig, { header: { head }, account: rig.end('carol').account })), 'taken')
    })

    it('keeps little of who may be anybody, in any number of groups, and members do not have to wait for that', async () => {
      const mallory = makeAccount('mallory', rig.random)
      const taken: string[] = []
      for (let group = 0; group * parkedOfStrangers.bytes <= parkedOfAllStrangers.bytes; group++) {
        for (let i = 0; i <= perMiB; i++) taken.push(await bob.take(forge(rig, { header: { head, groupId: new Uint8Array(32).fill(group) }, account: mallory, payload: large })))
      }
      assert.deepEqual(taken.slice(0, perMiB + 1), [...Array.from({ length: perMiB }, () => 'taken'), 'full'])
      const bytes = (await bob.lane.list('group-parked/')).length * 65_536
      assert.ok(bytes > parkedOfAllStrangers.bytes * 0.9 && bytes <= parkedOfAllStrangers.bytes)
      assert.equal(await bob.take(forge(rig, { header: { head } })), 'taken')
    })
  })

  it('takes no more than it can keep back in order, and goes on when what is missing has come', async () => {
    const [first, ...others] = await sent('0', '1', '2') as [Uint8Array, Uint8Array, Uint8Array]
    await bob.take(others[0] as Uint8Array)
    const state = (await bob.lane.list('group-in/'))[0] as [string, Uint8Array]
    const full = JSON.parse(Buffer.from(state[1]).toString()) as { held: number[] }
    full.held = [2, ...Array.from({ length: maxGroupHeld - 1 }, (_, i) => i + 10)]
    await bob.lane.write((tx) => { tx.put(state[0], new Uint8Array(Buffer.from(JSON.stringify(full)))) })
    assert.equal(await bob.take(others[1] as Uint8Array), 'full')
    assert.equal(bob.roomsMade, 0, 'nothing was shown meanwhile')
    assert.equal(await bob.take(first), 'taken')
    assert.equal(bob.roomsMade, 1)
    assert.deepEqual(await bob.texts(), ['alice: 0', 'alice: 1'])
    assert.equal(await bob.take(others[1] as Uint8Array), 'taken')
    assert.deepEqual(await bob.texts(), ['alice: 0', 'alice: 1', 'alice: 2'])
  })
})

describe('a line about a group', () => {
  it('stands in its conversation once, with an event, and no message can take its place', async () => {
    const rig = await Rig.of()
    const bob = rig.end('bob')
    const change = { group: { id: rig.world.id, name: 'team' }, kind: 'join' as const, by: 'carol', users: [], text: 'carol joined', hash: rig.world.head.hash, atMs: 5 }
    await bob.lane.write(async (tx) => { await bob.talk.putChange(tx, change) })
    await bob.lane.write(async (tx) => { await bob.talk.putChange(tx, change) })
    const [entry, ...others] = await bob.history()
    assert.deepEqual([entry?.kind, entry?.from, entry?.text, entry?.group, others], ['group-change', 'carol', 'carol joined', 'team', []])
    assert.deepEqual(bob.events.map((event) => event.event === 'group' && [event.group, event.groupId, event.kind, event.by, event.message, event.cursor]), [['team', rig.world.id, 'join', 'carol', 'carol joined', entry?.cursor]])
    const { unread } = await bob.talk.unread(bob.lane, rig.world.id)
    assert.equal(unread, 0)
    await rig.stop()
  })
})
