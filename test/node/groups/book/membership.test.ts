import assert from 'node:assert/strict'
import { P2pChatError } from '../../../../src/errors.js'
import { fromHex } from '../../../../src/node/home/hex.js'
import { askGroupHead } from '../../../../src/node/pool/group-requests.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { rejectsCode } from '../../support.js'
import { bookOf, GroupWorld } from './group-world.js'

describe('the membership of groups', () => {
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice

  beforeEach(async () => {
    world = new GroupWorld(`membership ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  it('begins with a founder, who is an admin and can send', async () => {
    const { group, refused } = await world.do(alice.node.groupCreate({ name: 'Team' }))
    assert.deepEqual(refused, [])
    assert.deepEqual({ ...group, id: '' }, { id: '', name: 'team', standing: 'member', members: 1, admin: true, inviteOnly: false, unlisted: false, epoch: 1, unread: 0, lastMessageAt: null })
    await rejectsCode(world.do(bob.node.groupCreate({ name: 'team' })), 'ERR_NAME_TAKEN')
    await rejectsCode(world.do(bob.node.groupCreate({ name: '12' })), 'ERR_INVALID_NAME')
    assert.equal(await world.assertTogether(group.id, alice), 1)
  })

  it('grows by who joins and by who is added, each of whom has the key', async () => {
    const told = world.groupEvents(alice)
    const { group } = await world.do(alice.node.groupCreate({ name: 'team', members: ['carol', 'nobody', 'alice'] }))
    const joined = await world.do(bob.node.groupJoin({ name: 'team' }))
    assert.equal(joined.created, false)
    await world.clock.advance(5_000)
    assert.equal(await world.assertTogether(group.id, alice, bob, carol), 3)
    for (const device of [alice, bob, carol]) assert.deepEqual(await world.members(device, 'team'), ['alice', 'bob', 'carol'])
    assert.deepEqual(told.map(({ kind, by, users }) => [kind, by, users]), [['found', 'alice', []], ['add', 'alice', ['carol']], ['join', 'bob', []]])
    assert.equal((await world.do(bob.node.groupMembers({ name: 'team' }))).every(({ online }) => online), true)
  })

  it('takes many at once as one change with one key, and names those who could not be added', async () => {
    const { group } = await world.do(alice.node.groupCreate({ name: 'team' }))
    const { refused } = await world.do(alice.node.groupAdd({ name: 'team', usernames: ['carol', 'nobody', 'Bob', 'alice', 'x'] }))
    assert.deepEqual(refused.map(({ username, code }) => [username, code]), [['nobody', 'ERR_NOT_FOUND'], ['alice', 'ERR_USAGE'], ['x', 'ERR_INVALID_NAME']])
    await world.clock.advance(5_000)
    assert.equal(await world.assertTogether(group.id, alice, bob, carol), 2)
    assert.deepEqual((await world.do(carol.node.groupLog({ name: 'team' }))).map(({ kind, users, text }) => [kind, users, text]), [
      ['found', [], 'alice founded the group as team'], ['add', ['bob', 'carol'], 'alice added bob and carol']
    ])
    const again = await world.do(alice.node.groupAdd({ name: 'team', usernames: ['bob', 'carol'] }))
    assert.deepEqual(again.refused.map(({ username, code, message }) => [username, code, message]), [
      ['bob', 'ERR_USAGE', 'bob is a member already.'], ['carol', 'ERR_USAGE', 'carol is a member already.']
    ])
    assert.equal((await world.do(alice.node.groupLog({ name: 'team' }))).length, 2)
  })

  it('takes who has changed devices just before, alone and among others', async () => {
    const { directory } = bookOf(alice).operations['components']
    const refresh = directory.refresh.bind(directory)
    await world.do(alice.node.groupCreate({ name: 'team' }))
    for (const [usernames, second] of [[['bob'], 'bob'], [['carol', 'dave'], 'dave']] as const) {
      if (second === 'dave') await world.people('dave')
      let old: Awaited<ReturnType<typeof refresh>> | undefined = await world.do(refresh(second))
      await world.addDevice(`${second}-2`, second)
      directory.refresh = async (username) => {
        const answer = username === second ? old : undefined
        if (answer !== undefined) old = undefined
        return answer ?? await refresh(username)
      }
      assert.deepEqual(await world.do(alice.node.groupAdd({ name: 'team', usernames: [...usernames] })), { refused: [] })
    }
    assert.deepEqual(await world.members(alice, 'team'), ['alice', 'bob', 'carol', 'dave'])
    assert.equal((await world.do(alice.node.groupMembers({ name: 'team' }))).find(({ username }) => username === 'dave')?.devices, 2)
  })

  it('takes as many additions as entries have room for', async () => {
    const names = Array.from({ length: 35 }, (_, i) => `guest-${10 + i}`)
    const guests = await world.people(...names)
    const { group, refused } = await world.do(alice.node.groupCreate({ name: 'team', members: names }))
    assert.deepEqual(refused, [])
    assert.equal(group.members, 36)
    const log = await world.do(alice.node.groupLog({ name: 'team' }))
    assert.deepEqual(log.map(({ kind, users }) => [kind, users.length]), [['found', 0], ['add', 32], ['add', 3]])
    await world.clock.advance(3_000)
    await world.assertTogether(group.id, alice, ...guests)
  })

  it('says who could not be added while it is founded', async () => {
    const { refused } = await world.do(alice.node.groupCreate({ name: 'team', members: ['nobody', 'alice', 'bob'] }))
    assert.deepEqual(refused.map(({ username, code }) => [username, code]), [['nobody', 'ERR_NOT_FOUND'], ['alice', 'ERR_USAGE']])
    assert.deepEqual(await world.members(alice, 'team'), ['alice', 'bob'])
  })

  it('is made by who joins where there is none', async () => {
    assert.equal((await world.do(bob.node.groupJoin({ name: 'club' }))).created, true)
    assert.equal((await world.do(carol.node.groupJoin({ name: 'club' }))).created, false)
    await rejectsCode(world.do(carol.node.groupJoin({ name: 'club' })), 'ERR_USAGE')
  })

  it('is changed by admins alone', async () => {
    const { id } = await world.group('team', alice, bob)
    const refusal = await rejectsCode(world.do(bob.node.groupAdd({ name: 'team', usernames: ['carol'] })), 'ERR_NOT_PERMITTED')
    assert.equal(refusal.message, 'Only an admin can add or remove members.')
    await rejectsCode(world.do(bob.node.groupRemove({ name: 'team', usernames: ['alice'] })), 'ERR_NOT_PERMITTED')
    await rejectsCode(world.do(bob.node.groupRename({ name: 'team', newName: 'bobs' })), 'ERR_NOT_PERMITTED')
    await rejectsCode(world.do(bob.node.groupPromote({ name: 'team', usernames: ['bob'] })), 'ERR_NOT_PERMITTED')
    await world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] }))
    await world.clock.advance(1_000)
    await world.do(bob.node.groupRename({ name: 'team', newName: 'crew' }))
    await world.do(bob.node.groupPolicy({ name: 'crew', inviteOnly: true }))
    await world.do(bob.node.groupDemote({ name: 'crew', usernames: ['alice'] }))
    await world.clock.advance(1_000)
    await rejectsCode(world.do(carol.node.groupJoin({ name: 'crew' })), 'ERR_NOT_PERMITTED')
    await rejectsCode(world.do(alice.node.groupAdd({ name: 'crew', usernames: ['carol'] })), 'ERR_NOT_PERMITTED')
    await world.do(bob.node.groupAdd({ name: 'crew', usernames: ['carol'] }))
    await world.clock.advance(5_000)
    await world.assertTogether(id, alice, bob, carol)
    assert.deepEqual(await world.info(carol, 'crew').then((info) => [info?.admin, info?.inviteOnly]), [false, true])
    const log = await world.do(carol.node.groupLog({ name: 'crew' }))
    assert.deepEqual(log.map(({ kind, by }) => `${by} ${kind}`), ['alice found', 'bob join', 'alice promote', 'bob rename', 'bob policy', 'bob demote', 'bob add'])
    assert.deepEqual(log.map(({ sequence }) => sequence), [1, 2, 3, 4, 5, 6, 7])
    assert.deepEqual((await world.do(carol.node.groupLog({ name: 'crew', limit: 2, before: 4 }))).map(({ text }) => text), ['bob joined', 'alice made bob an admin'])
  })

  it('shrinks by who leaves, and the others have a new key', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const before = await world.assertTogether(id, alice, bob, carol)
    await rejectsCode(world.do(alice.node.groupLeave({ name: 'team' })), 'ERR_NOT_PERMITTED')
    await world.do(carol.node.groupLeave({ name: 'team' }))
    await world.clock.advance(5_000)
    assert.equal(await world.assertTogether(id, alice, bob), before + 1)
    assert.equal((await world.info(carol, 'team'))?.standing, 'left')
    await rejectsCode(world.do(carol.node.groupSend({ names: ['team'], text: 'x' })), 'ERR_NOT_PERMITTED')
    assert.deepEqual(await world.do(carol.node.myGroups({})), [])
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(5_000)
    await world.assertTogether(id, alice, bob, carol)
  })

  it('ends with the last of them', async () => {
    await world.group('team', alice)
    await world.do(alice.node.groupLeave({ name: 'team' }))
    assert.equal((await world.info(alice, 'team'))?.standing, 'ended')
    assert.equal((await world.do(bob.node.groupJoin({ name: 'team' }))).created, true)
  })

  it('is lost by who is removed, with a new key for the others in the same entry', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const before = await world.assertTogether(id, alice, bob, carol)
    await rejectsCode(world.do(alice.node.groupRemove({ name: 'team', usernames: ['nobody'] })), 'ERR_NOT_FOUND')
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(1_000)
    assert.equal(await world.assertTogether(id, alice, bob), before + 1)
    assert.equal((await world.do(alice.node.groupLog({ name: 'team', limit: 1 })))[0]?.kind, 'remove')
    assert.equal((await world.info(carol, 'team'))?.standing, 'removed')
    await rejectsCode(world.do(carol.node.groupJoin({ name: 'team' })), 'ERR_NOT_PERMITTED')
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(5_000)
    await world.assertTogether(id, alice, bob, carol)
  })

  it('is known to be lost also where the log may not be read any more', async () => {
    await world.group('team', alice, bob)
    await world.do(alice.node.groupPolicy({ name: 'team', inviteOnly: true }))
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['bob'] }))
    await world.clock.advance(1_000)
    assert.equal((await world.info(bob, 'team'))?.standing, 'removed')
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['bob'] }))
    await world.clock.advance(5_000)
    assert.equal((await world.info(bob, 'team'))?.standing, 'member')
  })

  it('is compared between members', async () => {
    await world.group('team', alice, bob, carol)
    await world.do(carol.stop())
    await world.clock.advance(1_000)
    const verification = await world.do(alice.node.groupVerify({ name: 'team' }))
    assert.deepEqual([verification.agreed, verification.differing, verification.unanswered], [['bob'], [], ['carol']])
    assert.deepEqual(verification.walkedFrom, { kind: 'found' })
  })

  it('is told to who was added while away', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.do(carol.stop())
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['carol'] }))
    await world.do(carol.start())
    await world.clock.advance(5_000)
    await world.assertTogether(id, alice, bob, carol)
    const history = await carol.node.history({ group: 'team' })
    assert.deepEqual(history.map(({ kind, text }) => [kind, text]), [['group-change', 'alice added carol']])
  })

  it('is nothing that strangers are told of, past the server either', async () => {
    const { id } = await world.group('team', alice, bob)
    const record = await world.do(carol.node['directory'].refresh('alice'))
    const device = record.record.devices[0]?.deviceKey
    assert.ok(device !== undefined)
    const channel = await world.do(carol.node['requireSignedIn']().delivery.reach('alice', device))
    assert.ok(channel !== undefined)
    await rejectsCode(world.do(askGroupHead(channel, fromHex(id), 1, {})), 'ERR_NOT_PERMITTED')
    const own = await world.do(bob.node['requireSignedIn']().delivery.reach('alice', device))
    assert.ok(own !== undefined)
    assert.equal((await world.do(askGroupHead(own, fromHex(id), 1, {}))).head.sequence, 2)
  })

  it('says when sending waits for long, and when it goes on', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const told = world.groupEvents(alice)
    const kinds = (): string[] => told.map(({ kind }) => kind).filter((kind) => kind === 'waiting' || kind === 'ready')
    const caretakers = [alice, bob].map((device) => bookOf(device)['caretaker'])
    const make = caretakers.map((caretaker) => caretaker['makeEpoch'])
    for (const caretaker of caretakers) caretaker['makeEpoch'] = async () => { throw new P2pChatError('ERR_NO_SERVER', 'Nobody can make the next key now.') }
    await world.do(carol.node.groupLeave({ name: 'team' }))
    await world.clock.advance(2_900)
    assert.match((await world.info(alice, 'team'))?.waiting ?? '', /new key/)
    assert.deepEqual(kinds(), [])
    await world.clock.advance(200)
    assert.deepEqual(kinds(), ['waiting'])
    for (const [i, caretaker] of caretakers.entries()) caretaker['makeEpoch'] = make[i]!
    await world.clock.advance(10_000)
    assert.deepEqual(kinds(), ['waiting', 'ready'])
    await world.assertTogether(id, alice, bob)
  })

  it('is asked for with sensible numbers alone', async () => {
    await world.group('team', alice)
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { limit: 10_001 }, { before: 0 }]) await rejectsCode(alice.node.groupLog({ name: 'team', ...wrong }), 'ERR_USAGE')
    await rejectsCode(alice.node.groupMembers({ name: 'nothing' }), 'ERR_NOT_FOUND')
    await rejectsCode(alice.node.groupSend({ names: [], text: 'x' }), 'ERR_USAGE')
  })

  it('is listed for everybody, unless it is unlisted', async () => {
    await world.do(alice.node.groupCreate({ name: 'open' }))
    await world.do(alice.node.groupCreate({ name: 'other', inviteOnly: true }))
    await world.do(alice.node.groupCreate({ name: 'oblique', unlisted: true }))
    const { groups, next } = await world.do(bob.node.groups({ prefix: 'O' }))
    assert.deepEqual([groups, next], [[{ name: 'open', members: 1, inviteOnly: false }, { name: 'other', members: 1, inviteOnly: true }], null])
  })
})
