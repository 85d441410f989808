import assert from 'node:assert/strict'
import { P2pChatError } from '../../../../src/errors.js'
import { askOnlineMs, sealTimeoutMs } from '../../../../src/node/groups/book/limits.js'
import { missingTable } from '../../../../src/node/groups/book/tables.js'
import * as pb from '../../../../src/protocol/pb/service.js'
import { epochMakers } from '../../../../src/records/group/index.js'
import { sleep } from '../../../../src/runtime.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { changed, EvilServer } from '../evil-server.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

describe('what a group needs of a device', () => {
  let world: GroupWorld
  let server: EvilServer
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice
  let dave: SimulatedDevice
  let id: string

  beforeEach(async () => {
    world = new GroupWorld(`caretaker ${seed++}`)
    server = new EvilServer()
    world.serverNetwork = server.network
    await world.startServer()
    ;[alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave') as [SimulatedDevice, SimulatedDevice, SimulatedDevice, SimulatedDevice]
    id = (await world.group('team', alice, bob, carol)).id
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const epochAt = async (at: SimulatedDevice): Promise<number | undefined> => (await bookOf(at).find(laneOf(at), id))?.epoch
  const texts = async (at: SimulatedDevice): Promise<Array<string | null>> => (await world.do(at.node.history({ group: 'team', limit: 1_000 }))).filter(({ kind }) => kind === 'text').map(({ text }) => text)

  /** While bob is away carol is removed, alice writes under the fresh key, and dave comes. */
  const goesOnWithoutBob = async (): Promise<void> => {
    await world.do(bob.stop())
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.do(alice.node.groupSend({ names: ['team'], text: 'under the fresh key' }))
    await world.do(dave.node.groupJoin({ name: 'team' }))
    await world.clock.advance(5_000)
  }

  it('is not to give an epoch up while the mailbox that holds its secret cannot be read', async () => {
    await goesOnWithoutBob()
    server.lies['mailbox/read'] = async () => { throw new P2pChatError('ERR_OVERLOADED', 'The mailbox is busy.', { retryAfterMs: 1_000 }) }
    await world.do(bob.start())
    await world.clock.advance(120_000)
    server.lies = {}
    await world.clock.advance(60_000)
    assert.deepEqual(await texts(bob), ['under the fresh key'])
    await world.assertTogether(id, alice, bob, dave)
  })

  it('is not to give an epoch up while there is no server, whatever was read before', async () => {
    await goesOnWithoutBob()
    // Only later the secret comes into the mailbox.
    server.lies['mailbox/read'] = changed(pb.MailboxReadResponse, (answer) => ({ ...answer, entries: [] }))
    await world.do(bob.start())
    await world.clock.advance(2_000)
    assert.ok((await missingTable.keys(laneOf(bob), [id])).length > 0)
    server.lies = {}
    const { peerId = '' } = bob
    world.hub.cut(world.serverPeerId, peerId)
    await world.clock.advance(40_000)
    world.hub.heal(world.serverPeerId, peerId)
    await world.clock.advance(60_000)
    assert.deepEqual(await texts(bob), ['under the fresh key'])
    await world.assertTogether(id, alice, bob, dave)
  })

  it('is to give an epoch up 30 s after the mailbox was read, and no earlier', async () => {
    await goesOnWithoutBob()
    server.lies['mailbox/read'] = changed(pb.MailboxReadResponse, (answer) => ({ ...answer, entries: [] }))
    await world.do(bob.start())
    await world.clock.advance(25_000)
    assert.equal(await bookOf(bob).isLost(laneOf(bob), id, 4), false)
    await world.clock.advance(10_000)
    assert.equal(await bookOf(bob).isLost(laneOf(bob), id, 4), true)
  })

  it('is no key of its own while the one that it lacks may still be in the mailbox', async () => {
    await world.do(bob.stop())
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(2_000)
    const before = await epochAt(alice)
    server.lies['mailbox/read'] = async (body, honest) => {
      await sleep(world.clock, 5_000)
      return await honest(body)
    }
    await world.do(bob.start())
    await world.clock.advance(15_000)
    assert.equal(await world.assertTogether(id, alice, bob), before)
  })

  describe('when a key is due', () => {
    let everybody: SimulatedDevice[]
    /** Names of those who began to make the key, with the time since it was due. */
    let made: Array<[name: string, afterMs: number]>
    let dueAtMs: number

    /** Those who make the key that is due when carol has left, in their order. */
    const makers = async (): Promise<SimulatedDevice[]> => {
      await world.do(carol.node.groupLeave({ name: 'team' }))
      dueAtMs = world.clock.now()
      const state = await bookOf(carol).state(laneOf(carol), id)
      assert.ok(state !== undefined)
      return epochMakers(state).map(({ username }) => everybody.find((device) => device.username === username)!)
    }

    const watch = (device: SimulatedDevice): void => {
      const caretaker = bookOf(device)['caretaker']
      const makeEpoch = caretaker['makeEpoch'].bind(caretaker)
      caretaker['makeEpoch'] = async (...args) => {
        made.push([device.name, world.clock.now() - dueAtMs])
        return await makeEpoch(...args)
      }
    }

    beforeEach(async () => {
      everybody = [alice, bob, dave, ...await world.people('erin', 'frank', 'grace')]
      for (const device of everybody.slice(2)) await world.do(device.node.groupJoin({ name: 'team' }))
      await world.clock.advance(5_000)
      made = []
      everybody.forEach(watch)
    })

    it('is one key, soon, also where one of them cannot be stored for', async () => {
      const full = everybody.at(-1)!
      const { deviceKey } = full
      await world.do(full.stop())
      await world.clock.advance(2_000)
      server.lies['mailbox/append'] = async (body, honest) => {
        if (Buffer.compare(pb.MailboxAppendRequest.decode(body).mailbox, deviceKey ?? body) === 0) throw new P2pChatError('ERR_LIMIT', 'This mailbox is full.')
        return await honest(body)
      }
      await makers()
      await world.clock.advance(3_500)
      const there = everybody.filter((device) => device !== full)
      await world.assertTogether(id, ...there)
      assert.equal(made.length, 1, `made by ${made.join(', ')}`)
    })

    describe('and of many members one is online', () => {
      let last: SimulatedDevice

      beforeEach(async () => {
        const more = await world.people('heidi', 'ivan', 'judy', 'mallory', 'niaj', 'olivia', 'peggy', 'rupert')
        for (const device of more) await world.do(device.node.groupJoin({ name: 'team' }))
        everybody.push(...more)
        more.forEach(watch)
        await world.clock.advance(5_000)
      })

      /** All but the one whose turn is last, and carol, who leaves, go away. */
      const leaveOne = async (): Promise<void> => {
        const order = await makers()
        last = order.at(-1)!
        assert.equal(order.length, 14)
        for (const device of order.slice(0, -1)) world.hub.cut(world.serverPeerId, device.peerId ?? '')
      }

      it('is made by that one soon', async () => {
        await leaveOne()
        await world.clock.advance(askOnlineMs + 1_000)
        await world.assertTogether(id, last)
      })

      it('is made by few of those who all come back when the turns of all are over', async () => {
        let isBusy = true
        for (const device of everybody) {
          const { changes } = bookOf(device)['caretaker']['components']
          const tryAt = changes.tryAt.bind(changes)
          changes.tryAt = async (...args) => {
            if (isBusy) throw new P2pChatError('ERR_OVERLOADED', 'The log is busy.')
            return await tryAt(...args)
          }
        }
        await leaveOne()
        world.hub.cut(world.serverPeerId, last.peerId ?? '')
        await world.clock.advance(60_000)
        made = []
        isBusy = false
        for (const device of everybody) world.hub.heal(world.serverPeerId, device.peerId ?? '')
        await world.clock.advance(60_000)
        await world.assertTogether(id, ...everybody)
        assert.ok(made.length > 0 && made.length <= 3, `made by ${made.join(', ')}`)
      })

      it('is made in the order of all where the server does not say who is online', async () => {
        server.lies['directory/watch'] = async () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
        await leaveOne()
        await world.clock.advance(askOnlineMs + 1_000)
        assert.equal((await bookOf(last).sendingEpoch(laneOf(last), id)).kind, 'waiting')
        await world.clock.advance(5_000)
        await world.assertTogether(id, last)
      })
    })

    it('waits for who has begun before it, and no longer than that may take', async () => {
      for (const device of everybody) {
        const { changes } = bookOf(device)['caretaker']['components']
        const tryAt = changes.tryAt.bind(changes)
        changes.tryAt = async (...args) => {
          if (device.name !== made[0]?.[0]) return await tryAt(...args)
          throw new P2pChatError('ERR_OVERLOADED', 'The log is busy.')
        }
      }
      const [first, second] = await makers()
      await world.clock.advance(sealTimeoutMs)
      assert.deepEqual(new Set(made.map(([name]) => name)), new Set([first?.name]))
      await world.clock.advance(2_000)
      assert.deepEqual(new Set(made.map(([name]) => name)), new Set([first?.name, second?.name]))
      await world.assertTogether(id, ...everybody)
    })
  })
})
