import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { applyEntry, checkpointOf, encodeGroupState, verifyGroupEntry, type GroupState } from '../../../src/records/group/index.js'
import { entryName } from '../../../src/rendezvous/groups/group-registers.js'
import { deriveMemberIndex } from '../../../src/rendezvous/groups/member-index.js'
import type { IndexedRegisters } from '../../../src/rendezvous/registers/index.js'
import { createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { hex } from '../helpers/group-client.js'
import { Author, entriesOf, makeCore, registersOn, type Core } from './support.js'

/** The same registers, and what was asked of them. */
function watched (registers: IndexedRegisters): IndexedRegisters & { lists: number } {
  const watching = {
    lists: 0,
    read: async (name: string) => await registers.read(name),
    compareAndSet: async (...args: Parameters<IndexedRegisters['compareAndSet']>) => await registers.compareAndSet(...args),
    derived: async (...args: Parameters<IndexedRegisters['derived']>) => await registers.derived(...args),
    async list (...args: Parameters<IndexedRegisters['list']>) {
      watching.lists++
      return await registers.list(...args)
    }
  }
  return watching
}

/** The same registers, whose lists pass over some names as over those that settle to nothing: a page may be empty, and not the last. */
function without (registers: IndexedRegisters, names: ReadonlySet<string>): IndexedRegisters {
  return {
    read: async (name) => await registers.read(name),
    compareAndSet: async (...args) => await registers.compareAndSet(...args),
    derived: async (...args) => await registers.derived(...args),
    async list (...args) {
      const list = await registers.list(...args)
      if (list.outcome !== 'listed') return list
      return { ...list, page: { ...list.page, registers: list.page.registers.filter(({ name }) => !names.has(name)) } }
    }
  }
}

describe('groups on servers that share registers', () => {
  const random = new SeededRandom('group servers')
  const clock = new FakeClock()
  const people = Array.from({ length: 12 }, (_, i) => new Author(`user-${i}`, random))
  const [alice, bob] = people as [Author, Author]
  let store: KeyValueStore
  let registers: IndexedRegisters
  let one: Core
  let other: Core

  const found = async (core: Core, name = 'team'): Promise<GroupState> => {
    const entry = alice.founding(name, random.bytes(32))
    await core.groups.found(alice.asker, entry, () => {})
    return applyEntry(undefined, entry)
  }
  const join = async (core: Core, state: GroupState, by: Author): Promise<GroupState> => {
    const entry = by.entry(state.head, { kind: 'join', accountRecord: by.record })
    await core.groups.append(by.asker, state.groupId, entry)
    return applyEntry(state, entry)
  }

  beforeEach(async () => {
    store = createMemoryStore()
    registers = registersOn(store)
    one = makeCore({ store, clock, registers })
    for (const author of people) await author.signUp(one)
    // A server with copies and lanes of its own.
    other = makeCore({ store: createMemoryStore(), clock, registers })
  })

  it('see what the other did, whoever had folded how far', async () => {
    let state = await found(one)
    for (const [i, author] of people.slice(1).entries()) state = await join(i % 3 === 0 ? one : other, state, author)
    for (const core of [one, other]) assert.deepEqual(encodeGroupState((await core.groups.now(state.groupId)).state), encodeGroupState(state))
  })

  it('let one of many win each place, though all had stored their entries; the losers are passed over for good', async () => {
    const racers = people.slice(1, 9)
    let state = await found(one)
    const losers: Uint8Array[] = []
    for (let round = 0; racers.length > 0; round++) {
      // Nobody moves the head before everybody has stored an entry for it.
      let missing = racers.length
      let open = (): void => {}
      const all = new Promise<void>((resolve) => { open = resolve })
      const together: IndexedRegisters = {
        read: async (name) => await registers.read(name),
        derived: async (...args) => await registers.derived(...args),
        list: async (...args) => await registers.list(...args),
        async compareAndSet (name, ...args) {
          if (name.startsWith('group-head:')) {
            if (--missing === 0) open()
            await all
          }
          return await registers.compareAndSet(name, ...args)
        }
      }
      const entries = racers.map((author) => author.entry(state.head, { kind: 'join', accountRecord: author.record }))
      const outcomes = await Promise.allSettled(racers.map(async (author, i) => await makeCore({ store: createMemoryStore(), clock, registers: together }).groups.append(author.asker, state.groupId, entries[i]!)))
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
      for (const [i, outcome] of outcomes.entries()) {
        if (i === winner) continue
        assert.ok(outcome.status === 'rejected' && isP2pChatError(outcome.reason, 'ERR_CONFLICT'))
        losers.push(entries[i]!)
      }
      state = applyEntry(state, entries[winner]!)
      racers.splice(winner, 1)
      assert.ok(round < 8)
    }
    const entries = await entriesOf(other, state.groupId)
    assert.equal(entries.length, 9)
    let walked: GroupState | undefined
    for (const entry of entries) walked = applyEntry(walked, entry)
    assert.deepEqual(walked?.head, state.head)
    for (const loser of losers) assert.ok(!entries.some((entry) => hex(entry) === hex(loser)))
    assert.equal((await other.groups.now(state.groupId)).state.members.size, 9)
  })

  it('find the place of an entry behind those of the next place that are listed and then settle to nothing', async () => {
    const founded = await found(one)
    // Put and not chosen: one acceptor lists them, and a read without that one decides that there are none.
    const names = new Set<string>()
    const rivals = people.slice(1, 5).map((author) => verifyGroupEntry(author.entry(founded.head, { kind: 'join', accountRecord: author.record })))
    rivals.sort((a, b) => Buffer.compare(a.hash, b.hash))
    const [won, ...lost] = rivals.reverse()
    for (const rival of lost) {
      await one.log.putEntry(founded.groupId, rival)
      names.add(entryName(founded.groupId, rival))
    }
    const winner = people.find(({ username }) => username === won!.author)!
    await one.groups.append(winner.asker, founded.groupId, won!.signed)
    const { head } = applyEntry(founded, won!.signed)
    const { log } = makeCore({ store: createMemoryStore(), clock, registers: without(registers, names) })
    assert.deepEqual(await log.hashAt(founded.groupId, 1, head), founded.head.hash)
    assert.ok(await log.has(founded.groupId, founded.head, head))
    names.add(entryName(founded.groupId, won!))
    await assert.rejects(log.hashAt(founded.groupId, 1, head), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT'))
  })

  it('do not take the entry after a missing one for it', async () => {
    const founded = await found(one)
    const joined = await join(one, founded, bob)
    const { head } = await join(one, joined, people[2]!)
    const gappy = makeCore({ store: createMemoryStore(), clock, registers: without(registers, new Set([entryName(founded.groupId, joined.head)])) })
    await assert.rejects(gappy.log.hashAt(founded.groupId, 1, head), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT'))
  })

  it('answer an entry that won with the same answer, whichever server is asked', async () => {
    const state = await found(one)
    const entry = bob.entry(state.head, { kind: 'join', accountRecord: bob.record })
    const place = await one.groups.append(bob.asker, state.groupId, entry)
    await join(other, applyEntry(state, entry), people[2]!)
    for (const core of [one, other]) assert.deepEqual(await core.groups.append(bob.asker, state.groupId, entry), place)
  })

  it('give a name to one of two that found at the same time', async () => {
    const outcomes = await Promise.allSettled([
      one.groups.found(alice.asker, alice.founding('team'), () => {}),
      other.groups.found(bob.asker, bob.founding('team'), () => {})
    ])
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    const named = await one.names.find('team')
    assert.ok(named !== undefined && named.head.members === 1)
  })

  describe('copies of states', () => {
    const longLog = async (): Promise<GroupState> => {
      let state = await found(one)
      const members = people.slice(1)
      for (let i = 0; i < 70; i++) {
        const by = members[i % members.length]!
        const entry = by.entry(state.head, state.members.has(by.username) ? { kind: 'leave' } : { kind: 'join', accountRecord: by.record })
        await one.groups.append(by.asker, state.groupId, entry)
        state = applyEntry(state, entry)
      }
      return state
    }

    it('spare most of the log after a restart', async () => {
      const state = await longLog()
      const head = await one.log.head(state.groupId)
      const stored = await store.get(`group-state/${hex(state.groupId)}`)
      assert.ok(stored !== undefined && head !== undefined)
      const after: number[] = []
      const again = makeCore({ store, clock, registers })
      const entries = again.log.entries.bind(again.log)
      again.log.entries = (groupId, afterSequence, upTo) => { after.push(afterSequence); return entries(groupId, afterSequence, upTo) }
      assert.deepEqual(encodeGroupState(await again.folds.at(state.groupId, head)), encodeGroupState(state))
      assert.deepEqual(after, [64])
      await again.folds.at(state.groupId, head)
      assert.deepEqual(after, [64])
    })

    it('are made anew when they are damaged, of another group, or missing', async () => {
      let state = await longLog()
      const checkpoint = alice.entry(state.head, checkpointOf(state))
      await one.groups.append(alice.asker, state.groupId, checkpoint)
      const before = state
      state = applyEntry(state, checkpoint)
      const foreign = await found(one, 'crew')
      const [stateKey, checkpointKey] = ['group-state', 'group-checkpoint'].map((table) => `${table}/${hex(state.groupId)}`) as [string, string]
      for (const damage of [new Uint8Array(20), encodeGroupState(foreign), encodeGroupState({ ...before, head: { sequence: 60, hash: new Uint8Array(32) } }), undefined]) {
        await store.batch([stateKey, checkpointKey].map((key) => damage === undefined ? { type: 'delete', key } : { type: 'put', key, value: damage }), { sync: true })
        const again = makeCore({ store, clock, registers })
        const now = await again.groups.now(state.groupId)
        assert.deepEqual(encodeGroupState(now.state), encodeGroupState(state))
        assert.deepEqual(await again.folds.checkpoint(state.groupId, now.head), encodeGroupState(before))
      }
    })

    it('are found without reading the log again, when asked often', async () => {
      const state = await found(one)
      const counting = watched(registers)
      const core = makeCore({ store, clock, registers: counting })
      await core.groups.now(state.groupId)
      const { lists } = counting
      for (let i = 0; i < 5; i++) await core.groups.now(state.groupId)
      assert.equal(counting.lists, lists)
    })
  })

  describe('the index of members', () => {
    const head = async (groupId: Uint8Array): Promise<Uint8Array> => {
      const read = await registers.read(`group-head:${hex(groupId)}`)
      return read.outcome === 'read' && read.register !== undefined ? read.register.value : assert.fail()
    }
    const idsOf = async (core: Core, author: Author): Promise<string[]> => (await core.index.groupsOf(author.username, new Uint8Array(0), 10)).map(hex)

    it('is right on a server that missed heads, or saw some that lost', async () => {
      const local = createMemoryStore()
      // Its own rows are all that it is shown.
      const late = makeCore({
        store: local,
        clock,
        registers: {
          read: async (...args) => await registers.read(...args),
          compareAndSet: async (...args) => await registers.compareAndSet(...args),
          list: async (...args) => await registers.list(...args),
          derived: async (...args) => await registersOn(local).derived(...args)
        }
      })
      let state = await found(one)
      const name = `group-head:${hex(state.groupId)}`
      const first = await head(state.groupId)
      await local.batch(deriveMemberIndex(name, undefined, first), { sync: true })
      assert.deepEqual(await idsOf(late, alice), [hex(state.groupId)])
      state = await join(one, state, bob)
      state = await join(one, state, people[2]!)
      const third = await head(state.groupId)
      await local.batch(deriveMemberIndex(name, first, third), { sync: true })
      for (const author of [alice, bob, people[2]!]) assert.deepEqual(await idsOf(late, author), [hex(state.groupId)])
      // Both leave, and this server sees the second only.
      for (const author of [bob, people[2]!]) {
        const entry = author.entry(state.head, { kind: 'leave' })
        await one.groups.append(author.asker, state.groupId, entry)
        state = applyEntry(state, entry)
      }
      await local.batch(deriveMemberIndex(name, third, await head(state.groupId)), { sync: true })
      for (const author of [bob, people[2]!]) assert.deepEqual(await idsOf(late, author), [])
      assert.deepEqual(await idsOf(late, alice), [hex(state.groupId)])
      let marks = 0
      for await (const [key] of local.range()) if (key.startsWith('group-unindexed')) marks++
      assert.equal(marks, 0)
    })

    it('gives pages in the order of ids', async () => {
      const ids: string[] = []
      for (const name of ['g-1', 'g-2', 'g-3', 'g-4', 'g-5']) ids.push(hex((await found(one, name)).groupId))
      ids.sort()
      const first = await one.index.groupsOf(alice.username, new Uint8Array(0), 2)
      assert.deepEqual(first.map(hex), ids.slice(0, 2))
      assert.deepEqual((await one.index.groupsOf(alice.username, first[1]!, 2)).map(hex), ids.slice(2, 4))
      assert.deepEqual((await one.index.groupsOf('user', new Uint8Array(0), 2)), [])
    })
  })
})
