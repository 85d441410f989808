import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { decode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { PresenceNotification } from '../../../src/protocol/pb/service.js'
import { Watches } from '../../../src/rendezvous/directory/index.js'
import { presenceGatherMs, recheckMs, watchersToldAtOnce } from '../../../src/rendezvous/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'

describe('Watches', () => {
  let online: Map<string, boolean>
  let unreadable: Set<string>
  let clock: FakeClock
  let watches: Watches
  let channel: StubChannel
  const told = (): Array<[string, boolean]> => channel.sent.flatMap(({ body }) => decode(PresenceNotification, body, maxFrameBytes, '').users.map(({ username, online }): [string, boolean] => [username, online]))
  const become = (username: string, isOnline: boolean): void => {
    online.set(username, isOnline)
    watches.changed(username)
  }

  beforeEach(() => {
    online = new Map()
    unreadable = new Set()
    clock = new FakeClock()
    watches = new Watches({
      clock,
      logger: silentLogger,
      describe: async (username) => {
        if (unreadable.has(username)) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers answer.')
        return { username, online: online.get(username) ?? false, recordVersion: 1n }
      }
    })
    channel = stubChannel()
  })

  it('tells a reader who fell behind the newest state once, not every change', async () => {
    watches.set(channel, ['alice', 'bob'])
    channel.full = true
    become('alice', true)
    await settle()
    for (let i = 0; i < 100; i++) {
      become('alice', i % 2 === 0)
      become('bob', i % 2 === 1)
      await settle()
    }
    assert.deepEqual(told(), [['alice', true]])
    channel.drain()
    await clock.advance(presenceGatherMs)
    assert.deepEqual(told(), [['alice', true], ['alice', false], ['bob', true]])
    assert.equal(channel.sent.length, 2)
  })

  it('tells a change at once, and those that come soon after it in one frame', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `name${index}`)
    watches.set(channel, names)
    for (const name of names) {
      become(name, true)
      await settle()
    }
    assert.deepEqual(told(), [['name0', true]])
    await clock.advance(presenceGatherMs)
    assert.deepEqual([told().length, channel.sent.length], [50, 2])
    for (let ms = 0; ms < 10 * presenceGatherMs; ms += 10) {
      watches.changed('name7')
      await clock.advance(10)
    }
    assert.ok(channel.sent.length <= 13, `${channel.sent.length} frames for one device that moves without end`)
    await clock.advance(presenceGatherMs)
    become('name7', false)
    await settle()
    assert.deepEqual(told().at(-1), ['name7', false])
  })

  it('tells all watchers anew in turns, and whose name changes meanwhile does not wait for that', async () => {
    let answers: Array<() => void> = []
    const slow = new Watches({
      clock,
      logger: silentLogger,
      describe: async (username) => {
        await new Promise<void>((resolve) => { answers.push(resolve) })
        return { username, online: true, recordVersion: 1n }
      }
    })
    const channels = Array.from({ length: 100 }, () => stubChannel())
    for (const [i, one] of channels.entries()) slow.set(one, Array.from({ length: 40 }, (_, name) => `name${i}-${name}`))
    const toldOn = (one: StubChannel): string[] => one.sent.flatMap(({ body }) => decode(PresenceNotification, body, maxFrameBytes, '').users.map(({ username }) => username))
    slow.allChanged()
    slow.changed('name99-7')
    await settle()
    let most = 0
    while (answers.length > 0) {
      const due = answers
      most = Math.max(most, due.length)
      answers = []
      for (const one of due) one()
      await settle()
      assert.ok(toldOn(channels.at(-1) ?? assert.fail()).includes('name99-7'))
    }
    assert.ok(most <= 40 * watchersToldAtOnce + 1, `${most} names were looked at at once`)
    assert.deepEqual(channels.map((one) => new Set(toldOn(one)).size), channels.map(() => 40))
  })

  it('tells all others while some take nothing', async () => {
    const slow = Array.from({ length: 2 * watchersToldAtOnce }, () => stubChannel())
    for (const one of slow) one.full = true
    for (const one of [...slow, channel]) watches.set(one, ['alice'])
    watches.allChanged()
    await settle()
    assert.deepEqual(told(), [['alice', false]])
  })

  it('tells nothing more after the channel ended or the names were replaced', async () => {
    watches.set(channel, ['alice'])
    watches.set(channel, ['bob'])
    become('alice', true)
    await settle()
    assert.deepEqual(told(), [])
    channel.end()
    become('bob', true)
    watches.set(channel, ['bob'])
    become('bob', false)
    await settle()
    assert.deepEqual(told(), [])
  })

  it('tells nothing of names that were replaced while their state was looked up', async () => {
    let answer = (): void => {}
    const asked = new Promise<void>((resolve) => { answer = resolve })
    watches = new Watches({ clock, logger: silentLogger, describe: async (username) => { await asked; return { username, online: true, recordVersion: 1n } } })
    watches.set(channel, ['alice'])
    watches.changed('alice')
    watches.set(channel, ['bob'])
    answer()
    await settle()
    assert.deepEqual(told(), [])
    watches.changed('bob')
    await settle()
    assert.deepEqual(told(), [['bob', true]])
  })

  it('tells later what could not be read, and what could be at once', async () => {
    watches.set(channel, ['alice', 'bob', 'carol'])
    unreadable.add('alice')
    become('alice', true)
    become('bob', true)
    await settle()
    assert.deepEqual(told(), [['bob', true]])
    become('carol', true)
    await clock.advance(recheckMs)
    assert.deepEqual(told().slice(1), [['carol', true]])
    unreadable.clear()
    await clock.advance(recheckMs)
    assert.deepEqual(told().slice(2), [], 'twice as late each time')
    await clock.advance(recheckMs)
    assert.deepEqual(told().slice(2), [['alice', true]])
    assert.equal(clock.pending, 0)
  })

  it('tells later what the channel did not take', async () => {
    watches.set(channel, ['alice'])
    const { notify } = channel
    channel.notify = async () => { throw new P2pChatError('ERR_OVERLOADED', 'Too much waits.') }
    become('alice', true)
    await settle()
    channel.notify = notify
    await clock.advance(recheckMs)
    assert.deepEqual(told(), [['alice', true]])
  })

  it('tries no longer once the channel has ended, or watches others', async () => {
    unreadable.add('alice')
    for (const end of [() => { watches.set(channel, ['bob']) }, () => { channel.end() }]) {
      watches.set(channel, ['alice'])
      become('alice', true)
      await settle()
      assert.equal(clock.pending, 1)
      end()
      assert.equal(clock.pending, 0)
    }
  })

  it('listens for the end of a channel once, however often it asks', () => {
    let listeners = 0
    const add = channel.closed.addEventListener.bind(channel.closed)
    channel.closed.addEventListener = (...args: Parameters<typeof add>) => { listeners++; add(...args) }
    for (let i = 0; i < 20; i++) watches.set(channel, ['alice'])
    assert.equal(listeners, 1)
  })
})
