import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { checkpointOf, encodeGroupState, startFromCheckpoint, type GroupState } from '../../../src/records/group/index.js'
import { makeDevice } from '../helpers/test-client.js'
import { rejects } from '../helpers/expect.js'
import { GroupUser, hex } from '../helpers/group-client.js'
import { TestPool } from '../helpers/test-pool.js'
import { settle } from '../../helpers/fake-clock.js'

describe('groups on a server', () => {
  let pool: TestPool
  let alice: GroupUser
  let bob: GroupUser
  let carol: GroupUser

  beforeEach(async () => {
    pool = await new TestPool().start()
    alice = await GroupUser.signUp(pool, 'alice')
    bob = await GroupUser.signUp(pool, 'bob')
    carol = await GroupUser.signUp(pool, 'carol')
  })

  afterEach(async () => { await pool.stop() })

  /** After SIGKILL and a new start. */
  const restart = async (): Promise<void> => {
    await pool.crash()
    ;[alice, bob, carol] = [await alice.again(pool), await bob.again(pool), await carol.again(pool)]
  }

  describe('groups/found', () => {
    it('makes a group that is found by name, and asked again is the same answer', async () => {
      const entry = alice.foundEntry('team')
      const head = await alice.foundWith(entry)
      assert.equal(head.sequence, 1n)
      assert.deepEqual(head.groupId, head.headHash)
      assert.deepEqual(await alice.foundWith(entry), head)
      await bob.join(await alice.walk(head.groupId))
      assert.deepEqual(await alice.foundWith(entry), head)
      const found = await bob.find('team')
      assert.equal(found.members, 2)
      assert.equal(found.inviteOnly, false)
      assert.equal(found.checkpointSequence, 0n)
      assert.deepEqual(found.head?.groupId, head.groupId)
      assert.equal(found.head?.sequence, 2n)
    })

    it('refuses a name that is taken, and makes nothing then', async () => {
      await alice.found('team')
      await rejects(bob.found('team'), 'ERR_NAME_TAKEN')
      assert.deepEqual(await bob.mineIds(), [])
      assert.equal((await alice.find('team')).members, 1)
    })

    it('gives a name to one of many at once', async () => {
      const outcomes = await Promise.allSettled([alice, bob, carol].map(async (user) => await user.found('team')))
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await alice.find('team')).members, 1)
    })

    it('refuses what is no found entry, somebody else\'s, and records that are not the newest', async () => {
      const state = await alice.found('team')
      await rejects(bob.foundWith(bob.entry(state.head, { kind: 'join', accountRecord: bob.record })), 'ERR_INVALID_RECORD')
      await rejects(bob.foundWith(alice.foundEntry('crew')), 'ERR_NOT_PERMITTED')
      const old = alice.record
      await alice.setDevices([alice.client.device, makeDevice(pool.random)])
      await rejects(alice.foundWith(alice.foundEntry('crew', { accountRecord: old })), 'ERR_INVALID_RECORD')
      const forged = alice.foundEntry('crew').slice()
      forged[40] = (forged[40] ?? 0) ^ 1
      await assert.rejects(alice.foundWith(forged))
      await rejects(bob.find('crew'), 'ERR_NOT_FOUND')
    })

    it('limits how many groups an account makes, not how often it asks', async () => {
      await pool.stop()
      pool = await new TestPool({ limits: { groupsFoundedPerAccount: { burst: 2, refillMs: 1000 } } }).start()
      const dave = await GroupUser.signUp(pool, 'dave')
      const entry = dave.foundEntry('one-1')
      for (let i = 0; i < 3; i++) await dave.foundWith(entry)
      await dave.found('two-2')
      const refused = await rejects(dave.found('three'), 'ERR_RATE_LIMITED')
      assert.equal(refused.retryAfterMs, 1000)
      await pool.clock.advance(1000)
      await dave.found('three')
    })
  })

  describe('names', () => {
    it('follow a renaming: the old one is free at once, the new one taken', async () => {
      const state = await alice.found('team')
      await bob.found('crew')
      await rejects(alice.does(state, { kind: 'rename', name: 'crew' }), 'ERR_NAME_TAKEN')
      const renamed = await alice.does(state, { kind: 'rename', name: 'gang' })
      await rejects(bob.find('team'), 'ERR_NOT_FOUND')
      assert.equal((await bob.find('gang')).members, 1)
      await rejects(bob.found('gang'), 'ERR_NAME_TAKEN')
      await pool.clock.advance(60_000)
      await bob.found('team')
      await rejects(alice.does(renamed, { kind: 'rename', name: 'team' }), 'ERR_NAME_TAKEN')
      assert.deepEqual(await carol.listAll(), ['crew', 'gang', 'team'])
    })

    it('are free once the last member has left', async () => {
      const state = await alice.found('team')
      await alice.does(state, { kind: 'leave' })
      await rejects(bob.find('team'), 'ERR_NOT_FOUND')
      assert.deepEqual(await bob.listAll(), [])
      assert.notDeepEqual((await bob.found('team')).groupId, state.groupId)
    })

    it('are not reserved by who may not rename, nor for ever by who tried', async () => {
      const state = await bob.join(await alice.found('team'))
      await rejects(bob.does(state, { kind: 'rename', name: 'crew' }), 'ERR_NOT_PERMITTED')
      await carol.found('crew')
      // Two renamings of one head: the second loses, after the first had its name.
      const [one, two] = ['gang', 'mob'].map((name) => alice.entry(state.head, { kind: 'rename', name }))
      await alice.append(state.groupId, one!)
      await rejects(alice.append(state.groupId, two!), 'ERR_CONFLICT')
      await carol.found('mob')
    })
  })

  describe('groups/append', () => {
    it('moves the head, tells members of before and after, and asked again is the same answer', async () => {
      let state = await alice.found('team')
      state = await bob.join(state)
      const entry = alice.entry(state.head, { kind: 'remove', usernames: ['bob'], lastSeen: [], commitment: undefined })
      const head = await alice.append(state.groupId, entry)
      assert.equal(head.sequence, 3n)
      await alice.does(await alice.walk(state.groupId), { kind: 'add', accountRecords: [carol.record] })
      assert.deepEqual(await alice.append(state.groupId, entry), head)
      await settle()
      assert.deepEqual(alice.heads(state.groupId), [1, 2, 3, 4])
      assert.deepEqual(bob.heads(state.groupId), [2, 3])
      assert.deepEqual(carol.heads(state.groupId), [4])
    })

    it('limits how often an account joins the same group, and nothing else that it does', async () => {
      await pool.stop()
      pool = await new TestPool({ limits: { joinsPerAccountAndGroup: { burst: 2, refillMs: 60_000 } } }).start()
      const [dave, erin] = [await GroupUser.signUp(pool, 'dave'), await GroupUser.signUp(pool, 'erin')]
      let state = await dave.found('team')
      for (let i = 0; i < 2; i++) state = await erin.does(await erin.join(state), { kind: 'leave' })
      assert.equal((await rejects(erin.join(state), 'ERR_RATE_LIMITED')).retryAfterMs, 60_000)
      await erin.join(await dave.found('crew'))
      await pool.clock.advance(60_000)
      await erin.join(state)
    })

    it('refuses an entry for a head that has moved', async () => {
      const state = await alice.found('team')
      await bob.join(state)
      await rejects(carol.join(state), 'ERR_CONFLICT')
      await carol.join(await carol.walk(state.groupId))
    })

    it('refuses what the rules refuse, with their codes', async () => {
      const state = await bob.join(await alice.found('team'))
      const refused = await rejects(bob.does(state, { kind: 'add', accountRecords: [carol.record] }), 'ERR_NOT_PERMITTED')
      assert.equal(refused.message, 'Only an admin can add or remove members.')
      await rejects(bob.join(state), 'ERR_USAGE')
      await rejects(alice.does(state, { kind: 'promote', username: 'carol' }), 'ERR_NOT_FOUND')
      await rejects(alice.does(state, { kind: 'leave' }), 'ERR_NOT_PERMITTED')
      await rejects(alice.does(state, { kind: 'checkpoint', stateHash: new Uint8Array(32) }), 'ERR_INVALID_RECORD')
      assert.equal((await alice.walk(state.groupId)).head.sequence, 2)
    })

    it('refuses somebody else\'s entry, another group\'s, and one for a group that is not there', async () => {
      const team = await alice.found('team')
      const crew = await alice.found('crew')
      const joining = bob.entry(team.head, { kind: 'join', accountRecord: bob.record })
      await rejects(carol.append(team.groupId, joining), 'ERR_NOT_PERMITTED')
      await rejects(bob.append(crew.groupId, joining), 'ERR_CONFLICT')
      await rejects(bob.append(new Uint8Array(32), joining), 'ERR_NOT_FOUND')
      await rejects(bob.append(new Uint8Array(31), joining), 'ERR_INVALID_RECORD')
      await rejects(alice.append(crew.groupId, alice.foundEntry('third')), 'ERR_CONFLICT')
    })

    it('refuses account records that are not the newest, and unknown accounts', async () => {
      const state = await alice.found('team')
      const [oldBob, oldAlice] = [bob.record, alice.record]
      await bob.setDevices([bob.client.device, makeDevice(pool.random)])
      await rejects(bob.does(state, { kind: 'join', accountRecord: oldBob }), 'ERR_INVALID_RECORD')
      await rejects(alice.does(state, { kind: 'add', accountRecords: [oldBob] }), 'ERR_INVALID_RECORD')
      const joined = await bob.join(state)
      await alice.setDevices([alice.client.device, makeDevice(pool.random)])
      const middle = alice.record
      await alice.setDevices([alice.client.device])
      await rejects(alice.does(joined, { kind: 'device-change', accountRecord: middle, lastSeen: [] }), 'ERR_INVALID_RECORD')
      assert.equal(oldAlice.version, 1)
      await alice.does(joined, { kind: 'device-change', accountRecord: alice.record, lastSeen: [] })
      const elsewhere = await new TestPool().start()
      const stranger = await GroupUser.signUp(elsewhere, 'stranger')
      await rejects(alice.does(await alice.walk(state.groupId), { kind: 'add', accountRecords: [stranger.record] }), 'ERR_NOT_FOUND')
      await elsewhere.stop()
    })

    it('ends a group with its last member', async () => {
      const state = await alice.found('team')
      const ended = await alice.does(state, { kind: 'leave' })
      await rejects(bob.join(ended), 'ERR_NOT_FOUND')
      assert.deepEqual(await alice.mineIds(), [])
    })
  })

  describe('at the same time', () => {
    it('fifty who join are all in, on one log', async () => {
      const state = await alice.found('team')
      const many = await Promise.all(Array.from({ length: 50 }, async (_, i) => await GroupUser.signUp(pool, `user-${i}`)))
      await Promise.all(many.map(async (user) => {
        let known = state
        for (let joined = false; !joined;) {
          known = await user.walk(state.groupId, { from: known })
          joined = await user.join(known).then(() => true, (error: unknown) => isP2pChatError(error, 'ERR_CONFLICT') ? false : assert.fail(String(error)))
        }
      }))
      const walked = await alice.walk(state.groupId)
      assert.equal(walked.members.size, 51)
      assert.equal(walked.head.sequence, 51)
      assert.equal((await alice.find('team')).members, 51)
      assert.deepEqual(await many[33]!.mineIds(), [hex(state.groupId)])
    })

    it('of two admins who remove each other one stays', async () => {
      let state = await bob.join(await alice.found('team'))
      state = await alice.does(state, { kind: 'promote', username: 'bob' })
      const outcomes = await Promise.allSettled([
        alice.does(state, { kind: 'remove', usernames: ['bob'], lastSeen: [], commitment: undefined }),
        bob.does(state, { kind: 'remove', usernames: ['alice'], lastSeen: [], commitment: undefined })
      ])
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const walked = await carol.walk(state.groupId)
      assert.equal(walked.members.size, 1)
      const [winner, loser] = walked.members.has('alice') ? [alice, bob] : [bob, alice]
      await rejects(loser.does(walked, { kind: 'remove', usernames: [winner.username], lastSeen: [], commitment: undefined }), 'ERR_NOT_PERMITTED')
      await rejects(loser.join(walked), 'ERR_NOT_PERMITTED')
      assert.deepEqual(await loser.mineIds(), [])
    })

    it('a renaming and a joining both happen, in either order', async () => {
      const state = await alice.found('team')
      const outcomes = await Promise.allSettled([alice.does(state, { kind: 'rename', name: 'crew' }), bob.join(state)])
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const now = await alice.walk(state.groupId)
      if (now.name === 'team') await alice.does(now, { kind: 'rename', name: 'crew' })
      else await bob.join(now)
      const found = await carol.find('crew')
      assert.equal(found.members, 2)
    })
  })

  describe('groups/list', () => {
    it('gives listed groups by name, by prefix, in pages', async () => {
      for (const name of ['team', 'te', 'tea', 'crew', 'team.b', 'team-a', 'teb']) await alice.found(name)
      await alice.found('teacher', { unlisted: true })
      await bob.found('teapot', { inviteOnly: true })
      assert.deepEqual(await bob.listAll(), ['crew', 'te', 'tea', 'team', 'team-a', 'team.b', 'teapot', 'teb'])
      assert.deepEqual(await bob.listAll('tea', 2), ['tea', 'team', 'team-a', 'team.b', 'teapot'])
      const page = await bob.list({ prefix: 'tea', limit: 2 })
      assert.deepEqual(page.groups, [{ name: 'tea', members: 1, inviteOnly: false }, { name: 'team', members: 1, inviteOnly: false }])
      assert.deepEqual((await bob.list({ prefix: 'teap' })).groups, [{ name: 'teapot', members: 1, inviteOnly: true }])
      assert.deepEqual(await bob.list({ prefix: 'x' }), { groups: [], next: '' })
      assert.equal((await bob.find('teacher')).members, 1)
      await rejects(bob.list({ prefix: 'Team' }), 'ERR_INVALID_NAME')
      await rejects(bob.list({ after: '../' }), 'ERR_INVALID_NAME')
    })

    it('follows a change of policy', async () => {
      const state = await alice.does(await alice.found('team'), { kind: 'policy', inviteOnly: false, unlisted: true })
      assert.deepEqual(await bob.listAll(), [])
      await alice.does(state, { kind: 'policy', inviteOnly: true, unlisted: false })
      assert.deepEqual((await bob.list()).groups, [{ name: 'team', members: 1, inviteOnly: true }])
    })
  })

  describe('groups/mine', () => {
    it('gives the heads of the account\'s groups, in the order of their ids', async () => {
      const states: GroupState[] = []
      for (const name of ['one-1', 'two-2', 'three']) states.push(await bob.join(await alice.found(name)))
      await carol.found('other')
      states[1] = await bob.does(states[1]!, { kind: 'leave' })
      assert.deepEqual(await alice.mineIds(), states.map(({ groupId }) => hex(groupId)).sort())
      assert.deepEqual(await bob.mineIds(), [states[0]!, states[2]!].map(({ groupId }) => hex(groupId)).sort())
      const { groups, more } = await alice.mine()
      assert.equal(more, false)
      assert.deepEqual(groups.map(({ sequence }) => Number(sequence)).sort(), [2, 2, 3])
      assert.deepEqual((await alice.mine(groups[0]!.groupId)).groups, groups.slice(1))
      await restart()
      assert.deepEqual((await alice.mine()).groups, groups)
      await rejects(alice.mine(new Uint8Array(5)), 'ERR_INVALID_RECORD')
    })
  })

  describe('groups/read', () => {
    it('gives the log in pages, with its head', async () => {
      let state = await alice.found('team')
      state = await bob.join(state)
      state = await carol.join(state)
      assert.deepEqual((await carol.walk(state.groupId, { maxBytes: 1 })).head, state.head)
      assert.equal((await carol.read(state.groupId, 0, 1)).entries.length, 1)
      const rest = await carol.read(state.groupId, 1)
      assert.equal(rest.entries.length, 2)
      assert.equal(rest.head?.sequence, 3n)
      assert.deepEqual(rest.head?.headHash, state.head.hash)
      for (const after of [3, 4, Number.MAX_SAFE_INTEGER]) assert.deepEqual((await carol.read(state.groupId, after)).entries, [])
      await rejects(carol.read(new Uint8Array(32)), 'ERR_NOT_FOUND')
    })

    it('counts by the bytes that it gives, as other requests', async () => {
      await pool.stop()
      pool = await new TestPool({ limits: { readsPerPeer: { burst: 5, refillMs: 1000 } } }).start()
      const erin = await GroupUser.signUp(pool, 'erin')
      let state = await erin.found('team')
      for (let i = 0; i < 130; i++) state = await erin.does(state, { kind: 'policy', inviteOnly: false, unlisted: i % 2 === 0 })
      assert.equal((await erin.read(state.groupId, 130)).entries.length, 1)
      assert.equal((await erin.read(state.groupId)).entries.length, 131)
      const refused = await rejects(erin.read(state.groupId), 'ERR_RATE_LIMITED')
      assert.equal(refused.retryAfterMs, 1000)
    })

    it('is for members only once the group is invite-only', async () => {
      let state = await bob.join(await alice.found('team'))
      assert.equal((await carol.walk(state.groupId)).members.size, 2)
      state = await alice.does(state, { kind: 'policy', inviteOnly: true, unlisted: false })
      await rejects(carol.read(state.groupId), 'ERR_NOT_PERMITTED')
      await rejects(carol.checkpoint(state.groupId), 'ERR_NOT_PERMITTED')
      await rejects(carol.join(state), 'ERR_NOT_PERMITTED')
      assert.equal((await bob.walk(state.groupId)).members.size, 2)
      state = await alice.does(state, { kind: 'add', accountRecords: [carol.record] })
      assert.equal((await carol.walk(state.groupId)).members.size, 3)
      assert.equal((await alice.walk(state.groupId)).head.sequence, 4)
    })

    it('lets who was removed see that they were, and no more', async () => {
      let state = await bob.join(await alice.found('team'))
      state = await alice.does(state, { kind: 'policy', inviteOnly: true, unlisted: false })
      const removed = await alice.does(state, { kind: 'remove', usernames: ['bob'], lastSeen: [], commitment: undefined })
      assert.deepEqual((await bob.walk(state.groupId)).head, removed.head)
      state = await alice.does(removed, { kind: 'add', accountRecords: [carol.record] })
      await restart()
      const { entries, head } = await bob.read(state.groupId, 3)
      assert.equal(entries.length, 1)
      assert.equal(head?.sequence, 4n)
      assert.deepEqual(head.headHash, removed.head.hash)
      assert.deepEqual((await bob.read(state.groupId, 4)).entries, [])
      await rejects(bob.checkpoint(state.groupId), 'ERR_NOT_PERMITTED')
      state = await alice.does(state, { kind: 'add', accountRecords: [bob.record] })
      assert.deepEqual((await bob.walk(state.groupId)).head, state.head)
      state = await bob.does(state, { kind: 'leave' })
      await alice.does(state, { kind: 'promote', username: 'carol' })
      assert.deepEqual((await bob.walk(state.groupId)).head, state.head)
    })
  })

  describe('groups/checkpoint', () => {
    it('gives the state before the newest checkpoint entry, from which a newcomer goes on', async () => {
      let state = await bob.join(await alice.found('team'))
      await rejects(carol.checkpoint(state.groupId), 'ERR_NOT_FOUND')
      state = await alice.does(state, checkpointOf(state))
      const before = await alice.does(state, { kind: 'promote', username: 'bob' })
      state = await bob.does(before, checkpointOf(before))
      const given = await carol.checkpoint(state.groupId)
      assert.equal(given.sequence, BigInt(state.head.sequence))
      assert.equal(Number(given.totalBytes), given.piece.byteLength)
      assert.deepEqual(given.piece, encodeGroupState(before))
      const { entries } = await carol.read(state.groupId, state.head.sequence - 1)
      const start = startFromCheckpoint(state.groupId, entries[0]!, given.piece)
      assert.equal(start.admin, 'bob')
      assert.deepEqual(start.state.head, state.head)
      assert.deepEqual((await carol.find('team')).checkpointSequence, given.sequence)
      const tail = await carol.checkpoint(state.groupId, state.head.sequence, 100)
      assert.deepEqual(tail.piece, given.piece.slice(100))
      await rejects(carol.checkpoint(state.groupId, 3), 'ERR_NOT_FOUND')
      await rejects(carol.checkpoint(state.groupId, 0, given.piece.byteLength), 'ERR_INVALID_RECORD')
      // What was not synced is gone: the state is folded anew.
      await restart()
      assert.deepEqual(await carol.checkpoint(state.groupId), given)
    })
  })
})
