import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { findContact, putContact, takeRecord } from '../../../src/node/contacts/contacts.js'
import type { Lane } from '../../../src/node/home/lane.js'
import type { SeenUser } from '../../../src/node/pool/requests.js'
import { leavingGraceMs, maxWatchDelayMs, watchDelayMs } from '../../../src/node/presence/limits.js'
import { Presence } from '../../../src/node/presence/presence.js'
import { encode } from '../../../src/protocol/codec.js'
import { WatchRequest, WatchResponse, type ListedUser } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeAccount, makeLane, seeded } from '../support.js'

describe('presence', () => {
  let lane: Lane
  let events: NodeEvent[]
  let passedOn: string[]
  let presence: Presence
  let asked: string[][]
  let answer: ListedUser[]
  let work: Promise<void>
  let clock: FakeClock
  let channel: FakeChannel | undefined
  const server = (): FakeChannel => new FakeChannel({
    'directory/watch': (body) => {
      asked.push(WatchRequest.decode(body).usernames)
      return encode(WatchResponse, { users: answer })
    }
  })
  const listed = (username: string, online = true): ListedUser => ({ username, online, recordVersion: 0n })
  const seen = (username: string, online = true): SeenUser => ({ username, online, recordVersion: 0 })

  beforeEach(async () => {
    lane = makeLane()
    clock = new FakeClock()
    channel = undefined
    events = []
    passedOn = []
    asked = []
    answer = []
    work = Promise.resolve()
    presence = new Presence({
      lane,
      clock,
      logger: silentLogger,
      username: () => 'bob',
      channel: () => channel,
      emit: (event) => { events.push(event) },
      onSeen: async (users) => {
        passedOn.push(...users.map(({ username }) => username))
        await work
      }
    })
    for (const username of ['alice', 'carol']) {
      await lane.write(async (tx) => {
        await takeRecord(tx, makeAccount(username, seeded(username)).record, 0)
        const contact = await findContact(tx, username)
        if (contact !== undefined && username === 'alice') putContact(tx, username, { ...contact, talked: true })
      })
    }
  })

  it('is asked for of this account and of those that were talked with', async () => {
    answer = [listed('alice')]
    await presence.watch(server())
    assert.deepEqual(asked, [['bob', 'alice']])
    assert.ok(presence.isOnline('alice'))
    assert.deepEqual(events, [{ event: 'presence', username: 'alice', online: true }])
  })

  it('is not believed of names that nobody asked for', async () => {
    answer = [listed('invented'), listed('carol')]
    await presence.watch(server())
    await presence.onTold([seen('invented'), seen('mallory'), seen('carol')])
    assert.deepEqual([events, passedOn], [[], []])
    assert.ok(!presence.isOnline('carol'))
    await presence.onTold([seen('alice'), seen('invented')])
    assert.deepEqual(passedOn, ['alice'])
  })

  it('is not believed before anything was asked', async () => {
    await presence.onTold([seen('alice')])
    assert.deepEqual([events, passedOn], [[], []])
  })

  it('holds the one who tells it back until what follows is done', async () => {
    await presence.watch(server())
    let finish = (): void => {}
    work = new Promise((resolve) => { finish = resolve })
    let isDone = false
    const told = presence.onTold([seen('alice')]).then(() => { isDone = true })
    await new Promise((resolve) => { setImmediate(resolve) })
    assert.ok(!isDone)
    finish()
    await told
    assert.ok(isDone)
  })

  it('is as it was told last, also when that came right behind an older answer', async () => {
    let told = Promise.resolve()
    const channel = new FakeChannel({
      'directory/watch': () => {
        told = presence.onTold([seen('alice', false)])
        return encode(WatchResponse, { users: [listed('alice')] })
      }
    })
    await presence.watch(channel)
    await told
    await clock.advance(leavingGraceMs)
    assert.ok(!presence.isOnline('alice'))
  })

  it('ends without a server, with a word about each that was there', async () => {
    answer = [listed('alice'), listed('bob')]
    await presence.watch(server())
    presence.clear()
    await clock.advance(leavingGraceMs)
    assert.deepEqual(events.at(-1), { event: 'presence', username: 'alice', online: false })
    assert.ok(!presence.isOnline('bob'))
    assert.equal(clock.pending, 0)
  })

  it('says nothing of who is back within moments, as after the death of a server', async () => {
    answer = [listed('alice')]
    await presence.watch(server())
    presence.clear()
    await clock.advance(leavingGraceMs - 1)
    assert.ok(presence.isOnline('alice'))
    await presence.onTold([seen('alice', false)])
    await presence.onTold([seen('alice')])
    await clock.advance(leavingGraceMs)
    assert.deepEqual(events, [{ event: 'presence', username: 'alice', online: true }])
  })

  it('ends for who is watched no more, as after being blocked', async () => {
    answer = [listed('alice')]
    await presence.watch(server())
    await lane.write(async (tx) => {
      const contact = await findContact(tx, 'alice')
      if (contact !== undefined) putContact(tx, 'alice', { ...contact, decision: 'blocked' })
    })
    await presence.watch(server())
    assert.deepEqual(asked.at(-1), ['bob'])
    await clock.advance(leavingGraceMs)
    assert.ok(!presence.isOnline('alice'))
    assert.deepEqual(events.at(-1), { event: 'presence', username: 'alice', online: false })
  })

  it('is asked for again, later each time, when the server could not say, while it is the same', async () => {
    let isAble = false
    let tries = 0
    const answering = server()
    channel = new FakeChannel({
      'directory/watch': async (body) => {
        tries++
        if (!isAble) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers answer.')
        return await answering.request('directory/watch', body)
      }
    })
    presence.watchSoon()
    await clock.advance(watchDelayMs)
    assert.equal(tries, 1)
    await clock.advance(2 * watchDelayMs)
    assert.equal(tries, 2)
    await clock.advance(2 * watchDelayMs)
    assert.equal(tries, 2)
    isAble = true
    await clock.advance(2 * watchDelayMs)
    assert.deepEqual([tries, asked.length], [3, 1])
    await clock.advance(maxWatchDelayMs)
    assert.equal(tries, 3)
    isAble = false
    presence.watchSoon()
    await clock.advance(watchDelayMs)
    channel = server()
    await clock.advance(maxWatchDelayMs)
    assert.deepEqual([tries, asked.length], [4, 1], 'who connects anew asks anew')
  })

  it('leaves no timer when it ends', async () => {
    answer = [listed('alice')]
    await presence.watch(server())
    await presence.onTold([seen('alice', false)])
    presence.stop()
    presence.clear()
    assert.equal(clock.pending, 0)
  })
})
