import assert from 'node:assert/strict'
import { takeRecord } from '../../../../src/node/contacts/contacts.js'
import { groupsWithEntries } from '../../../../src/node/groups/talk/out-tables.js'
import { stepHomeTime } from '../../../../src/node/home/home-time.js'
import { roomRetryMs } from '../../../../src/node/groups/talk/limits.js'
import { cursorIn } from '../../../../src/node/history/messages.js'
import { traceOf } from '../../../../src/node/queries.js'
import { EnvelopeKind } from '../../../../src/protocol/enums.js'
import { mailRetentionMs, maxTextBytes } from '../../../../src/protocol/limits.js'
import { silence } from '../../pool/fake-channel.js'
import { nextRecord, rejectsCode } from '../../support.js'
import { Rig } from './rig.js'

describe('a message to a group', () => {
  it('reaches every device of every member, sealed and uploaded once', async () => {
    const rig = await Rig.of({ devices: { alice: 2, bob: 2 } })
    const id = await rig.end('alice').send('hello')
    await rig.settle()
    for (const end of rig.ends) {
      const [entry] = await end.history()
      assert.deepEqual([entry?.id, entry?.from, entry?.group, entry?.to, entry?.text], [id, 'alice', 'team', undefined, 'hello'])
    }
    assert.deepEqual(rig.server.uploads.map(({ except }) => except), [[]])
    const events = rig.end('bob').events.map((event) => (event.event === 'message' ? [event.group, event.to, event.from, event.own, event.via] : event.event))
    assert.deepEqual(events, [['team', undefined, 'alice', false, 'mailbox']])
    await rig.stop()
  })

  it('is this account\'s own on its other devices: read, and shown as such', async () => {
    const rig = await Rig.of({ devices: { alice: 2 } })
    await rig.end('alice').send('hello')
    await rig.settle()
    const phone = rig.end('alice', 1)
    assert.deepEqual(phone.events.map((event) => event.event === 'message' && event.own), [true])
    assert.deepEqual(await phone.talk.unread(phone.lane, rig.world.id), { unread: 0, lastMessageAtMs: (await phone.row((await phone.history())[0]?.id ?? ''))?.receivedAtMs })
    assert.equal((await phone.history())[0]?.read, true)
    await rig.stop()
  })

  it('is read up to the one that was shown, and no further', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const ids = [await alice.send('1'), await alice.send('2'), await alice.send('3')]
    await rig.settle()
    const shown = (await bob.history()).find(({ text }) => text === '2')
    await bob.talk.markRead(rig.world.id, true, cursorIn(shown?.cursor ?? ''))
    await rig.settle()
    assert.deepEqual(ids.map((id) => alice.status(id).at(-1)), [['read', 1, 1], ['read', 1, 1], ['delivered', 1, 0]])
    assert.equal((await bob.talk.unread(bob.lane, rig.world.id)).unread, 1)
    await rig.stop()
  })

  it('is unread until it is marked, and its sender is told how many members have it, and who does not', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob', 'carol', 'dave'], devices: { bob: 2 } })
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    rig.end('dave').server = undefined
    rig.end('bob', 1).server = undefined
    const id = await alice.send('hello')
    await rig.settle()
    assert.deepEqual(alice.status(id), [['stored', 0, 0], ['stored', 2, 0]])
    const trace = await traceOf(alice.lane, 'alice', id)
    assert.deepEqual(trace.members, { delivered: 2, read: 0, of: 3, missing: ['dave'] })
    assert.deepEqual(trace.devices.map(({ username, state }) => [username, state]), [['bob', 'delivered'], ['bob', 'stored'], ['carol', 'delivered'], ['dave', 'stored']])
    assert.deepEqual([trace.group, trace.to, trace.state], ['team', undefined, 'stored'])
    assert.equal((await bob.talk.unread(bob.lane, rig.world.id)).unread, 1)
    await bob.talk.markRead(rig.world.id)
    assert.equal((await bob.talk.unread(bob.lane, rig.world.id)).unread, 0)
    rig.end('dave').server = rig.server.channel(rig.end('dave').device)
    await rig.settle()
    assert.deepEqual(alice.status(id).at(-1), ['delivered', 3, 1])
    await carol.talk.markRead(rig.world.id)
    await rig.end('dave').talk.markRead(rig.world.id)
    await rig.settle()
    assert.deepEqual(alice.status(id).at(-1), ['read', 3, 3])
    assert.deepEqual((await alice.history()).map(({ state }) => state), ['read'])
    // Bob's other device may still fetch it.
    assert.deepEqual((await alice.keys('group-out')).length, 1)
    rig.end('bob', 1).server = rig.server.channel(rig.end('bob', 1).device)
    await rig.settle()
    assert.deepEqual(await alice.keys('group-out', 'group-sealed', 'group-sent', 'group-wait', 'group-untallied'), [])
    await rig.stop()
  })

  it('to several groups is kept for all of them or for none', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    await rejectsCode(alice.talk.send([rig.world.id, '00'.repeat(32)], 'x'), 'ERR_NOT_FOUND')
    await rejectsCode(alice.talk.send([], 'x'), 'ERR_USAGE')
    await rejectsCode(alice.talk.send([rig.world.id], ''), 'ERR_USAGE')
    await rejectsCode(alice.talk.send([rig.world.id], 'x'.repeat(maxTextBytes + 1)), 'ERR_LIMIT')
    rig.world.change({ kind: 'remove', username: 'bob' })
    await rig.end('bob').book.learn()
    await rejectsCode(rig.end('bob').talk.send([rig.world.id], 'x'), 'ERR_NOT_PERMITTED')
    await rig.settle()
    assert.deepEqual([await alice.history(), await rig.end('bob').history(), rig.server.uploads], [[], [], []])
    assert.equal((await alice.talk.send([rig.world.id, rig.world.id], 'once')).length, 1)
    assert.deepEqual((await alice.history()).map(({ text }) => text), ['once'])
    await rig.stop()
  })

  it('is kept once under an id of the caller\'s, and nothing else under that id', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    const id = 'ab'.repeat(16)
    const twins = await Promise.all([alice.talk.send([rig.world.id], 'once', id), alice.talk.send([rig.world.id], 'once', id)])
    assert.deepEqual(twins.flat().map((one) => [one.id, one.state]), [[id, 'queued'], [id, 'queued']])
    await rig.settle()
    assert.deepEqual((await alice.talk.send([rig.world.id], 'once', id)).map(({ state }) => state), ['delivered'])
    await rejectsCode(alice.talk.send([rig.world.id], 'twice', id), 'ERR_CONFLICT')
    await rejectsCode(alice.talk.send([rig.world.id, '00'.repeat(32)], 'x', 'cd'.repeat(16)), 'ERR_USAGE')
    assert.deepEqual([(await alice.history()).map(({ text }) => text), await rig.end('bob').texts()], [['once'], ['alice: once']])
    await rig.stop()
  })

  it('of the longest text fits', async () => {
    const rig = await Rig.of()
    const text = '漢'.repeat(maxTextBytes / 3)
    await rig.end('alice').send(text)
    await rig.settle()
    assert.deepEqual(await rig.end('bob').texts(), [`alice: ${text}`])
    await rig.stop()
  })

  it('in a group of one has arrived', async () => {
    const rig = await Rig.of({ members: ['alice'] })
    const id = await rig.end('alice').send('a note')
    await rig.settle()
    assert.deepEqual([(await rig.end('alice').row(id))?.sent?.state, rig.server.uploads.length], ['read', 0])
    await rig.stop()
  })

  it('waits while there is no key, and goes out in order once there is one', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    rig.world.change({ kind: 'leave', username: 'carol' })
    await alice.book.learn()
    for (const text of ['1', '2', '3']) await alice.send(text)
    await rig.settle()
    assert.deepEqual([rig.server.uploads.length, (await alice.history()).map(({ state }) => state)], [0, ['queued', 'queued', 'queued']])
    rig.world.change({ kind: 'epoch' })
    await alice.book.learn()
    await rig.settle()
    assert.equal(rig.server.uploads.length, 0)
    await alice.book.catchUp()
    await bob.book.catchUp()
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: 2', 'alice: 3'])
    assert.deepEqual(await rig.end('carol').texts(), [])
    await rig.stop()
  })

  it('that waited when its sender was removed has expired', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    alice.server = undefined
    const sealed = await alice.send('sealed')
    rig.world.change({ kind: 'leave', username: 'carol' })
    await alice.book.learn()
    const waiting = await alice.send('waiting')
    rig.world.change({ kind: 'remove', username: 'alice' })
    alice.server = rig.server.channel(alice.device)
    await alice.book.learn()
    await rig.settle()
    for (const id of [sealed, waiting]) assert.deepEqual(alice.status(id).map(([state]) => state), ['expired'])
    assert.deepEqual([rig.server.uploads, await alice.keys('group-out', 'group-sealed', 'group-wait')], [[], []])
    await rig.stop()
  })

  it('that was given up is not waited for once its sender is back', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    // Carol keeps the first one alive.
    rig.end('carol').server = undefined
    await alice.send('1')
    await rig.settle()
    alice.server = undefined
    await alice.send('given up')
    rig.world.change({ kind: 'remove', username: 'alice', seen: { epoch: 1, counter: 0 } })
    await alice.book.learn()
    alice.server = rig.server.channel(alice.device)
    await alice.talk.retry()
    await rig.settle()
    rig.world.change({ kind: 'join', account: alice.account })
    for (const end of [alice, bob]) await end.book.catchUp()
    await alice.send('3')
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: (1 missing)', 'alice: 3'])
    await rig.stop()
  })

  it('expires for who does not fetch it while it is kept, and late receipts still count', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    bob.server = undefined
    rig.end('carol').server = undefined
    const [lost, partly] = [await alice.send('nobody'), await alice.send('carol')]
    await rig.clock.advance(1_000)
    const [first] = rig.end('carol').box()
    rig.server.box(rig.end('carol').hex).splice(0, 1)
    rig.end('carol').server = rig.server.channel(rig.end('carol').device)
    await rig.settle()
    // Its place is still waited for: nothing is said of it before the one that is missing.
    assert.equal(alice.status(partly).at(-1)?.[0], 'stored')
    await rig.clock.advance(2e9)
    await alice.talk.upkeep()
    await rig.settle()
    assert.deepEqual([alice.status(lost).at(-1), alice.status(partly).at(-1)], [['expired', 0, 0], ['expired', 0, 0]])
    assert.deepEqual(await alice.keys('group-out', 'group-sealed'), [])
    await rig.end('carol').take(first as Uint8Array)
    await rig.settle()
    assert.deepEqual([alice.status(lost).at(-1), alice.status(partly).at(-1)], [['expired', 1, 0], ['expired', 1, 0]])
    await rig.stop()
  })
})

describe('the way of a message to a group', () => {
  it('is the channels that are open already, and one upload for the others, together', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob', 'carol', 'dave'] })
    const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => rig.end(name)) as [ReturnType<Rig['end']>, ReturnType<Rig['end']>, ReturnType<Rig['end']>, ReturnType<Rig['end']>]
    alice.connect(bob)
    alice.connect(carol, 'relay')
    const id = await alice.send('hello')
    await rig.clock.advance(20)
    assert.deepEqual([await bob.texts(), await carol.texts(), await dave.texts()], [['alice: hello'], ['alice: hello'], []])
    assert.deepEqual((await carol.history())[0]?.via, 'relay')
    assert.deepEqual(rig.server.uploads.map(({ except }) => except), [[bob.hex, carol.hex].sort((a, b) => rig.ends.findIndex(({ hex }) => hex === a) - rig.ends.findIndex(({ hex }) => hex === b))])
    assert.deepEqual([bob.box().length, carol.box().length, dave.box().length], [0, 0, 1])
    await rig.settle()
    assert.deepEqual(alice.status(id), [['stored', 0, 0], ['stored', 2, 0], ['delivered', 3, 0]])
    await rig.stop()
  })

  it('needs no upload when all have acknowledged', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    for (const name of ['bob', 'carol']) alice.connect(rig.end(name))
    const id = await alice.send('hello')
    await rig.settle()
    assert.deepEqual([rig.server.uploads, alice.status(id)], [[], [['delivered', 2, 0]]])
    assert.deepEqual(await alice.keys('group-out', 'group-sealed'), [])
    await rig.stop()
  })

  it('is no channel to a device that its account has removed, whatever the log says; one that the log has later is reached', async () => {
    const rig = await Rig.of({ devices: { bob: 2 } })
    const [alice, bob, lost] = [rig.end('alice'), rig.end('bob'), rig.end('bob', 1)]
    alice.connect(bob)
    const channel = lost.servedTo(alice, 'direct')
    alice.peers.set(lost.hex, channel)
    await alice.lane.write(async (tx) => { await takeRecord(tx, nextRecord(bob.account, [bob.device]), 0) })
    alice.book.account = { key: bob.account.key.publicKey, version: 1 }
    await alice.send('not for everybody')
    await rig.clock.advance(100)
    assert.deepEqual([await bob.texts(), channel.of('peer/deliver').length], [['alice: not for everybody'], 0])
    // The record here is older than the log's: what that one has is not known here yet.
    alice.book.account = { key: bob.account.key.publicKey, version: 3 }
    await alice.send('for everybody')
    await rig.clock.advance(100)
    assert.deepEqual([(await bob.texts()).at(-1), channel.of('peer/deliver').length], ['alice: for everybody', 1])
    await rig.stop()
  })

  it('is the mailbox after all, under the same id, for who does not answer; and is not tried again for a while', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    alice.connect(bob)
    const channel = bob.servedTo(alice, 'direct')
    channel.answers['peer/deliver'] = silence
    alice.peers.set(bob.hex, channel)
    const id = await alice.send('hello')
    await rig.clock.advance(500)
    assert.deepEqual([bob.box().length, rig.end('carol').box().length, alice.status(id)], [0, 1, []])
    await rig.clock.advance(1_000)
    assert.deepEqual(rig.server.uploads.map(({ except }) => except), [[bob.hex], []])
    assert.deepEqual([bob.box().length, rig.end('carol').box().length, alice.status(id)[0]?.[0]], [1, 1, 'stored'])
    await alice.send('again')
    await rig.settle()
    assert.equal(channel.of('peer/deliver').length, 1)
    assert.deepEqual(await bob.texts(), ['alice: hello', 'alice: again'])
    await rig.stop()
  })

  it('is the mailbox as well for who could not read it yet', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    rig.world.change({ kind: 'epoch' })
    await alice.book.catchUp()
    await rig.end('carol').book.catchUp()
    alice.connect(bob)
    await alice.send('hello')
    await rig.clock.advance(100)
    assert.equal(bob.box().length, 1)
    await bob.book.catchUp()
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: hello'])
    await rig.stop()
  })

  it('waits for a server, which gets the same bytes, and is told from what was handed over directly', async () => {
    const rig = await Rig.of()
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    alice.server = undefined
    alice.connect(bob)
    const id = await alice.send('hello')
    await rig.clock.advance(1_000)
    assert.deepEqual([await bob.texts(), alice.status(id).map(([state]) => state)], [['alice: hello'], ['sent', 'sent']])
    alice.server = rig.server.channel(alice.device)
    await alice.talk.onServer()
    await rig.settle()
    assert.deepEqual([await carol.texts(), await bob.texts(), rig.server.uploads.map(({ except }) => except)], [['alice: hello'], ['alice: hello'], [[bob.hex]]])
    await rig.stop()
  })

  it('is found by itself when a channel is opened later and there is no server', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    alice.server = undefined
    await alice.send('hello')
    await rig.clock.advance(1_000)
    alice.connect(bob)
    assert.equal(bob.talk.isMember(alice.hex), false)
    await rig.clock.advance(30_000)
    assert.deepEqual([await bob.texts(), bob.talk.isMember(alice.hex), alice.talk.isMember(bob.hex)], [['alice: hello'], true, true])
    await rig.stop()
  })

  it('is tried again, later and later, when the server refuses, and nothing is lost', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const channel = rig.server.channel(alice.device)
    const send = channel.answers['groups/send']
    assert.ok(send !== undefined)
    channel.answers['groups/send'] = silence
    alice.server = channel
    await alice.send('hello')
    await rig.clock.advance(60_000)
    const tries = channel.of('groups/send')
    assert.ok(tries.length >= 3 && tries.length <= 6, String(tries.length))
    assert.ok(tries.every((body) => Buffer.compare(body, tries[0] as Uint8Array) === 0))
    channel.answers['groups/send'] = send
    await rig.clock.advance(60_000)
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: hello'])
    await rig.stop()
  })

  it('asks the book when the server says that this device is no member\'s', async () => {
    const rig = await Rig.of()
    rig.world.change({ kind: 'remove', username: 'alice' })
    await rig.end('alice').send('hello')
    await rig.clock.advance(100)
    assert.deepEqual(rig.end('alice').book.asked, ['the log'])
    await rig.stop()
  })

  it('leaves out full mailboxes, and fills them in once there is room', async () => {
    const rig = await Rig.of()
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    await alice.send('0')
    await rig.clock.advance(1_000)
    rig.server.full.add(bob.hex)
    const id = await alice.send('1')
    const later = await alice.send('2')
    await rig.clock.advance(1_000)
    assert.deepEqual([alice.status(id), alice.status(later), carol.box().length, bob.box().length], [[], [], 3, 1])
    const { length } = rig.server.uploads
    await rig.clock.advance(2 * roomRetryMs)
    assert.equal(rig.server.uploads.length, length + 2, 'a full mailbox is asked by one message, now and then')
    rig.server.full.clear()
    // Bob's receipt tells that he has taken some.
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: 0', 'alice: 1', 'alice: 2'])
    assert.deepEqual(alice.status(id).at(-1), ['delivered', 2, 0])
    await rig.stop()
  })

  it('finds by itself that there is room where the mail of others had filled a mailbox', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    rig.server.full.add(bob.hex)
    for (const text of ['1', '2', '3']) await alice.send(text)
    await rig.clock.advance(1_000)
    rig.server.full.clear()
    await rig.clock.advance(roomRetryMs)
    assert.equal(bob.box().length, 3)
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: 1', 'alice: 2', 'alice: 3'])
    await rig.stop()
  })

  it('waits for room as long as mail is kept, also where there was none at all', async () => {
    const rig = await Rig.of()
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    for (const { hex } of [bob, carol]) rig.server.full.add(hex)
    const id = await alice.send('hello')
    await rig.clock.advance(1_000)
    await rig.clock.advance(mailRetentionMs - 60_000)
    await alice.talk.upkeep()
    await rig.clock.advance(1_000)
    assert.deepEqual(alice.status(id), [])
    rig.server.full.clear()
    await alice.talk.retry()
    await rig.settle()
    assert.deepEqual(await bob.texts(), ['alice: hello'])
    await rig.stop()
  })

  it('is given up neither when it was sealed by a clock in 1970, nor under one that is a month ahead', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    const rightMs = rig.clock.now()
    await stepHomeTime(alice.lane, rig.clock)
    rig.clock.jump(-rightMs)
    alice.server = undefined
    const id = await alice.send('hello')
    await rig.settle()
    for (const nowMs of [rightMs, rightMs + 2 * mailRetentionMs]) {
      rig.clock.jump(nowMs - rig.clock.now())
      await stepHomeTime(alice.lane, rig.clock)
      await alice.talk.upkeep()
      await rig.settle()
    }
    assert.ok(!alice.status(id).some(([state]) => state === 'expired'))
    assert.equal((await groupsWithEntries(alice.lane)).length, 1)
    await rig.stop()
  })

  it('is not told as stored where no mailbox holds it', async () => {
    const rig = await Rig.of()
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    for (const { hex } of [bob, carol]) rig.server.unlisted.add(hex)
    const id = await alice.send('hello')
    await rig.clock.advance(600_000)
    assert.deepEqual([alice.status(id), rig.server.uploads.length], [[], 1])
    await rig.clock.advance(mailRetentionMs)
    await alice.talk.upkeep()
    assert.deepEqual(alice.status(id), [['expired', 0, 0]])
    await rig.stop()
  })

  it('leaves what waits for a full mailbox alone while others give receipts, and brings as much as there is room for, after what is new', async () => {
    const rig = await Rig.of()
    const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
    await alice.send('0')
    await rig.clock.advance(1_000)
    rig.server.full.add(bob.hex)
    for (let i = 1; i <= 200; i++) await alice.send(String(i))
    await rig.clock.advance(1_000)
    const { length } = rig.server.uploads
    for (let i = 201; i <= 210; i++) {
      await alice.send(String(i))
      await rig.clock.advance(1_000)
      await carol.takeMail()
      await rig.clock.advance(1_000)
      await alice.takeMail()
      await rig.clock.advance(1_000)
    }
    assert.equal(rig.server.uploads.length, length + 10)
    // Bob has taken the first, and has room for five; while these are brought another is written.
    rig.server.full.clear()
    rig.server.room.set(bob.hex, 5)
    await bob.takeMail()
    await rig.clock.advance(1_000)
    rig.server.uploads.length = 0
    await Promise.all([alice.takeMail(), alice.send('211')])
    await rig.clock.advance(1_000)
    assert.equal(bob.box().length, 5)
    assert.ok(rig.server.uploads.length < 100, `${rig.server.uploads.length} uploads`)
    rig.server.room.clear()
    await rig.settle()
    assert.deepEqual(await bob.texts(), Array.from({ length: 212 }, (_, i) => `alice: ${i}`))
    await rig.stop()
  })
})

describe('what waits for a full mailbox', () => {
  async function waiting (count: number): Promise<Rig> {
    const rig = await Rig.of()
    rig.server.full.add(rig.end('bob').hex)
    for (let i = 0; i < count; i++) await rig.end('alice').send(String(i))
    await rig.clock.advance(1_000)
    return rig
  }

  it('is not gone through for each further message', async () => {
    const rig = await waiting(300)
    const alice = rig.end('alice')
    await alice.send('new')
    await rig.clock.advance(1_000)
    alice.reads.rowsRead()
    await alice.send('newer')
    await rig.clock.advance(1_000)
    const read = alice.reads.rowsRead('group-sealed/')
    assert.ok(read > 0 && read < 10, `${read} rows`)
    assert.equal(rig.end('carol').box().length, 302)
    await rig.stop()
  })

  it('is not gone through where its first message finds no room again', async () => {
    const rig = await waiting(300)
    const alice = rig.end('alice')
    alice.reads.rowsRead()
    const { length } = rig.server.uploads
    await rig.clock.advance(roomRetryMs)
    assert.equal(rig.server.uploads.length, length + 1)
    const read = alice.reads.rowsRead('group-sealed/')
    assert.ok(read > 0 && read < 100, `${read} rows`)
    await rig.stop()
  })

  it('is brought where there is room, though others wait still, after a restart too', async () => {
    for (const restarts of [false, true]) {
      const rig = await waiting(100)
      const [alice, bob, carol] = [rig.end('alice'), rig.end('bob'), rig.end('carol')]
      rig.server.full.add(carol.hex)
      await alice.send('for nobody')
      await rig.clock.advance(1_000)
      if (restarts) {
        await alice.restart()
        alice.server = rig.server.channel(alice.device)
        await rig.clock.advance(1_000)
      }
      rig.server.full.delete(carol.hex)
      await carol.takeMail()
      await rig.clock.advance(1_000)
      await alice.takeMail()
      await rig.clock.advance(1_000)
      assert.equal(carol.box().length, 1)
      rig.server.full.clear()
      await rig.clock.advance(roomRetryMs)
      await rig.settle()
      assert.equal((await bob.texts()).length, 101)
      alice.reads.rowsRead()
      await rig.clock.advance(3 * roomRetryMs)
      assert.equal(alice.reads.rowsRead('group-sealed/'), 0, 'nothing waits any more')
      await rig.stop()
    }
  })
})

describe('what waits for a server', () => {
  it('is not gone through for each further message, and goes out in order when one is there', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    alice.server = undefined
    for (let i = 0; i < 100; i++) await alice.send(String(i))
    await rig.clock.advance(1_000)
    alice.reads.rowsRead()
    await alice.send('100')
    await rig.clock.advance(1_000)
    const read = alice.reads.rowsRead('group-sealed/')
    assert.ok(read < 10, `${read} rows`)
    alice.server = rig.server.channel(alice.device)
    await alice.talk.onServer()
    await rig.settle()
    assert.deepEqual(await bob.texts(), Array.from({ length: 101 }, (_, i) => `alice: ${i}`))
    await rig.stop()
  })
})

describe('what a device of a group has not acknowledged', () => {
  it('is not gone through when there is a server again, at a start, in upkeep, or after each change of the log', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    rig.end('bob').server = undefined
    for (let i = 0; i < 320; i++) await alice.send(String(i))
    await rig.clock.advance(1_000)
    assert.deepEqual([(await alice.keys('group-out')).length, await alice.keys('group-sealed')], [320, []])
    alice.reads.rowsRead()
    await alice.talk.onServer()
    await rig.clock.advance(1_000)
    const back = alice.reads.rowsRead('group-out/')
    await alice.talk.upkeep()
    await rig.clock.advance(1_000)
    const upkeep = alice.reads.rowsRead('group-out/')
    alice.book.changed()
    await rig.clock.advance(1_000)
    const changed = alice.reads.rowsRead('group-out/')
    await alice.restart()
    await rig.clock.advance(1_000)
    const started = alice.reads.rowsRead('group-out/')
    assert.ok(back < 10 && upkeep < 270 && changed < 10 && started < 10, `${back} ${upkeep} ${changed} ${started} rows`)
    await rig.stop()
  })

  it('has expired where the keys of its epoch are lost, and nothing else has', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    rig.end('bob').server = undefined
    const ids = [await alice.send('1'), await alice.send('2')]
    for (let epoch = 2; epoch <= 3; epoch++) {
      rig.world.change({ kind: 'epoch' })
      for (const name of ['alice', 'carol']) await rig.end(name).book.catchUp()
      ids.push(await alice.send('of another'), await alice.send('and again'))
    }
    await rig.clock.advance(1_000)
    await alice.book.lose(2)
    await rig.clock.advance(1_000)
    const states = (await alice.history()).filter(({ id }) => ids.includes(id)).map(({ state }) => state)
    assert.deepEqual(states, ['stored', 'stored', 'expired', 'expired', 'stored', 'stored'])
    assert.equal((await alice.keys('group-out')).length, 4)
    await rig.stop()
  })

  it('expires in turn, however much of it there is', async () => {
    const rig = await Rig.of()
    const alice = rig.end('alice')
    rig.end('bob').server = undefined
    for (let i = 0; i < 260; i++) await alice.send(String(i))
    await rig.clock.advance(1_000)
    rig.clock.jump(mailRetentionMs)
    await alice.send('new')
    await rig.clock.advance(1_000)
    await alice.talk.upkeep()
    assert.equal((await alice.keys('group-out')).length, 1)
    await rig.stop()
  })
})

describe('the receipts of a group', () => {
  it('of a device that is new are no reason to count again what was sent before it came', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    for (let i = 0; i < 40; i++) await alice.send(String(i))
    await rig.settle()
    const carol = await rig.outsider('carol')
    rig.world.change({ kind: 'join', account: carol.account })
    for (const end of [alice, bob, carol]) await end.book.catchUp()
    const id = await alice.send('welcome')
    await rig.clock.advance(1_000)
    await carol.takeMail()
    await rig.clock.advance(1_000)
    alice.reads.rowsRead()
    await alice.takeMail()
    await rig.clock.advance(1_000)
    const read = alice.reads.rowsRead('group-sent/')
    assert.ok(read < 10, `${read} rows`)
    await rig.settle()
    assert.deepEqual(alice.status(id).at(-1), ['delivered', 2, 0])
    await rig.stop()
  })

  it('that come when mail is not kept any more change nothing, and who it was for is forgotten; what is newer is counted', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const old: string[] = []
    for (let i = 0; i < 300; i++) old.push(await alice.send(String(i)))
    await rig.settle()
    rig.clock.jump(mailRetentionMs)
    rig.world.change({ kind: 'epoch' })
    for (const end of rig.ends) await end.book.catchUp()
    const id = await alice.send('new')
    await rig.settle()
    await alice.talk.upkeep()
    assert.deepEqual([(await alice.keys('group-audience')).length, (await alice.keys('group-sent')).length], [2, 301], 'the newest of them may be as young as the epoch after')
    rig.clock.jump(mailRetentionMs)
    await alice.talk.upkeep()
    assert.deepEqual([(await alice.keys('group-audience')).length, (await alice.keys('group-sent')).length], [1, 1])
    await bob.talk.markRead(rig.world.id)
    await rig.settle()
    assert.deepEqual([id, old[0]].map((one) => alice.status(one ?? '').at(-1)), [['read', 1, 1], ['delivered', 1, 0]])
    assert.deepEqual((await traceOf(alice.lane, 'alice', old[0] ?? '')).members, { delivered: 1, read: 0, of: 1, missing: [] })
    await rig.stop()
  })

  it('are one for a burst, in one slot of a mailbox', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    for (let i = 0; i < 20; i++) await alice.send(String(i))
    await rig.clock.advance(100)
    await bob.takeMail()
    await rig.clock.advance(150)
    assert.equal(alice.box(EnvelopeKind.GROUP_RECEIPT).length, 0)
    await rig.clock.advance(100)
    assert.equal(alice.box(EnvelopeKind.GROUP_RECEIPT).length, 1)
    await alice.send('more')
    await rig.clock.advance(100)
    await bob.takeMail()
    await bob.talk.markRead(rig.world.id)
    await rig.clock.advance(300)
    assert.equal(alice.box(EnvelopeKind.GROUP_RECEIPT).length, 1, 'a newer one replaces it')
    await rig.settle()
    assert.deepEqual((await alice.history()).map(({ state }) => state), Array.from({ length: 21 }, () => 'delivered'))
    await rig.stop()
  })

  it('of many members change the counts once, not once for each', async () => {
    const members = ['alice', ...Array.from({ length: 20 }, (_, i) => `user${i}`)]
    const rig = await Rig.of({ members })
    const alice = rig.end('alice')
    const id = await alice.send('hello')
    await rig.settle()
    assert.deepEqual(alice.status(id), [['stored', 0, 0], ['delivered', 20, 0]])
    await rig.stop()
  })

  it('are given again for what comes again', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    await alice.send('hello')
    await rig.clock.advance(100)
    const [envelope] = bob.box() as [Uint8Array]
    await rig.settle()
    rig.server.mail.clear()
    assert.equal(await bob.take(envelope), 'taken')
    await rig.clock.advance(300)
    assert.equal(alice.box(EnvelopeKind.GROUP_RECEIPT).length, 1)
    assert.deepEqual(await bob.texts(), ['alice: hello'])
    await rig.stop()
  })

  it('go directly when a channel is open', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const id = await alice.send('hello')
    await rig.clock.advance(100)
    alice.connect(bob)
    await bob.takeMail()
    await rig.clock.advance(300)
    assert.deepEqual([alice.status(id).at(-1), alice.box(EnvelopeKind.GROUP_RECEIPT).length], [['delivered', 1, 0], 0])
    await rig.stop()
  })

  it('are not due any more to a device that its account has removed', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    await alice.send('hello')
    await rig.clock.advance(100)
    rig.server.unlisted.add(alice.hex)
    await bob.takeMail()
    await rig.clock.advance(1_000)
    assert.deepEqual([bob.server?.of('mailbox/append').length, await bob.keys('group-due')], [1, []])
    await rig.stop()
  })

  it('that were given in an answer are given again when the channel ends soon after, and not otherwise', async () => {
    for (const ends of [true, false]) {
      const rig = await Rig.of({ members: ['alice', 'bob'] })
      const [alice, bob] = [rig.end('alice'), rig.end('bob')]
      await alice.send('hello')
      await rig.clock.advance(100)
      await bob.takeMail()
      const channel = bob.servedTo(alice, 'direct')
      assert.equal((await bob.talk.receiptsFor(alice.hex, channel)).length, 1)
      if (ends) await channel.close()
      await rig.clock.advance(10_000)
      assert.equal(alice.box(EnvelopeKind.GROUP_RECEIPT).length, ends ? 1 : 0)
      await rig.stop()
    }
  })

  it('of strangers, of other devices, or that claim what was never sent, change nothing', async () => {
    const rig = await Rig.of()
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const mallory = await rig.outsider('mallory')
    const id = await alice.send('hello')
    await rig.clock.advance(100)
    await bob.takeMail()
    await rig.clock.advance(300)
    const [receipt] = alice.box(EnvelopeKind.GROUP_RECEIPT) as [Uint8Array]
    rig.server.mail.clear()
    await rig.end('carol').take(receipt)
    assert.equal(rig.end('carol').refusals.length, 1)
    const changed = receipt.slice()
    changed[changed.length - 100] = (changed[changed.length - 100] ?? 0) ^ 1
    await alice.take(changed)
    assert.equal(alice.refusals.length, 1)
    await alice.take(receipt)
    await alice.take(receipt)
    await rig.clock.advance(300)
    assert.deepEqual(alice.status(id), [['stored', 0, 0], ['stored', 1, 0]])
    assert.deepEqual(await mallory.history(), [])
    await rig.stop()
  })

  it('survive a crash between being taken and being counted', async () => {
    const rig = await Rig.of({ members: ['alice', 'bob'] })
    const [alice, bob] = [rig.end('alice'), rig.end('bob')]
    const id = await alice.send('hello')
    await rig.clock.advance(100)
    await bob.takeMail()
    await rig.clock.advance(300)
    await alice.takeMail()
    await alice.restart()
    await rig.clock.advance(300)
    assert.deepEqual((await alice.row(id))?.sent?.members, { delivered: 1, read: 0, of: 1 })
    await rig.stop()
  })
})
