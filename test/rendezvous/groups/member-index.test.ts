import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../src/errors.js'
import type { GroupState } from '../../../src/records/group/index.js'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import { decodeHead, encodeHead, headName, type StoredHead } from '../../../src/rendezvous/groups/group-registers.js'
import { MemberIndex } from '../../../src/rendezvous/groups/member-index.js'
import { derivedTables, deriveIndexes } from '../../../src/rendezvous/indexes.js'
import { maxDoubtfulGroups } from '../../../src/rendezvous/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore, keyOf, type KeyValueStore } from '../../../src/store/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { firstHistory, peerIdOf, Servers } from '../consensus/servers.js'
import { hex } from '../helpers/group-client.js'

const NUMBERS = [1, 2, 3, 4, 5]
const ACCEPTORS = [[1, 2, 3], [1, 4, 5], [2, 3, 4], [3, 4, 5]]
const USERS = ['alice', 'bob', 'carol']
const GROUPS = [1, 2, 3].map((n) => new Uint8Array(32).fill(n))
const nothing = new Uint8Array(0)

type Step =
  | { do: 'join' | 'leave', at: number, group: number, user: string }
  | { do: 'down' | 'settle', at: number }
  | { do: 'up' }
  | { do: 'acceptors', of: number[] }
  | { do: 'look', at: number, user: string }

const at = fc.constantFrom(...NUMBERS)
const user = fc.constantFrom(...USERS)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), at, group: fc.constantFrom(0, 1, 2), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('down' as const, 'settle' as const), at }) },
  { weight: 2, arbitrary: fc.constant({ do: 'up' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('acceptors' as const), of: fc.constantFrom(...ACCEPTORS) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('look' as const), at, user }) }
)

/** Servers that keep the heads of groups together, and what each head means. */
class World {
  readonly servers: Servers
  readonly random: SeededRandom
  readonly #nodes = new Map<number, { consensus: Consensus, index: MemberIndex, store: KeyValueStore }>()
  /** Done before a log is folded. */
  foldsFirst = async (_groupId: Uint8Array): Promise<void> => {}
  /** Members by the hash of a head, chosen or not. */
  readonly #members = new Map<string, Set<string>>()

  constructor (seed: number, acceptors = [1, 2, 3]) {
    this.random = new SeededRandom(seed)
    this.servers = new Servers(firstHistory(NUMBERS, acceptors))
  }

  async start (): Promise<this> {
    for (const number of NUMBERS) {
      const store = createMemoryStore()
      const consensus = await this.servers.start(number, { store, derive: deriveIndexes, derivedTables })
      const fold = async (groupId: Uint8Array): Promise<GroupState | undefined> => {
        await this.foldsFirst(groupId)
        const head = await this.head(number, groupId)
        const members = new Map([...this.membersAt(head)].map((username) => [username, undefined]))
        return head === undefined ? undefined : { head, members } as unknown as GroupState
      }
      this.#nodes.set(number, { consensus, store, index: new MemberIndex({ registers: consensus.registers, store, fold, logger: silentLogger }) })
    }
    await Promise.all([...this.#nodes.values()].map(async ({ consensus }) => { await consensus.life.wake(new AbortController().signal) }))
    return this
  }

  node (number: number): { consensus: Consensus, index: MemberIndex, store: KeyValueStore } {
    return this.#nodes.get(number) ?? assert.fail()
  }

  isUp (number: number): boolean {
    return !this.servers.down.has(peerIdOf(number))
  }

  async head (number: number, groupId: Uint8Array): Promise<(StoredHead & { version: number }) | undefined> {
    const read = await this.node(number).consensus.registers.read(headName(groupId))
    if (read.outcome !== 'read') assert.fail(read.outcome)
    return read.register === undefined ? undefined : { ...decodeHead(read.register.value), version: read.register.version }
  }

  membersAt (head: StoredHead | undefined): Set<string> {
    return head === undefined ? new Set() : this.#members.get(hex(head.hash)) ?? assert.fail()
  }

  /** Moves a head, at the server with this number. */
  async change (number: number, groupId: Uint8Array, username: string, joins: boolean): Promise<void> {
    const head = await this.head(number, groupId)
    const members = new Set(this.membersAt(head))
    if (members.has(username) === joins) return
    if (joins) members.add(username)
    else members.delete(username)
    const hash = this.random.bytes(32)
    this.#members.set(hex(hash), members)
    await this.node(number).consensus.registers.compareAndSet(headName(groupId), head?.version ?? 0, encodeHead({
      sequence: (head?.sequence ?? 0) + 1,
      hash,
      previousHash: head?.hash ?? nothing,
      name: 'team',
      members: members.size,
      inviteOnly: false,
      unlisted: false,
      checkpointSequence: 0,
      added: joins ? [username] : [],
      removed: joins ? [] : [username]
    }))
  }

  /** Nobody is left out of what the acceptors list. */
  async look (number: number, username: string): Promise<void> {
    const listed = new Set((await this.node(number).index.groupsOf(username, nothing, 10)).map(hex))
    for (const groupId of GROUPS) {
      if (this.membersAt(await this.head(number, groupId)).has(username)) assert.ok(listed.has(hex(groupId)), `${username} is missing in group ${groupId[0]}`)
    }
  }
}

/** A group of bob and carol, whose third server missed that alice went and bob came. */
async function withMissedHeads (): Promise<World> {
  const world = await new World(1).start()
  const group = GROUPS[0]!
  await world.change(1, group, 'alice', true)
  world.servers.down.add(peerIdOf(3))
  await world.change(1, group, 'bob', true)
  await world.change(1, group, 'alice', false)
  world.servers.down.clear()
  await world.change(1, group, 'carol', true)
  return world
}

describe('the index of members on several servers', () => {
  it('leaves no member out, whoever was down when it came, and whoever votes by now', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), fc.integer(), async (steps, seed) => {
      const world = await new World(seed).start()
      const live = (number: number): number => world.isUp(number) ? number : NUMBERS.find((other) => world.isUp(other)) ?? assert.fail()
      for (const one of steps) {
        switch (one.do) {
          case 'join':
          case 'leave': await world.change(live(one.at), GROUPS[one.group]!, one.user, one.do === 'join'); break
          // One at a time: more of three could decide nothing.
          case 'down': world.servers.down.clear(); world.servers.down.add(peerIdOf(one.at)); break
          case 'up': world.servers.down.clear(); break
          case 'acceptors': {
            world.servers.down.clear()
            await world.node(1).consensus.changer.change({ kind: 'acceptors', peerIds: one.of.map(peerIdOf) })
            break
          }
          case 'settle': await world.node(live(one.at)).index.settle(); break
          case 'look': await world.look(live(one.at), one.user)
        }
      }
      for (const down of NUMBERS) {
        world.servers.down.clear()
        world.servers.down.add(peerIdOf(down))
        for (const number of NUMBERS) if (number !== down) for (const username of USERS) await world.look(number, username)
      }
    }), { numRuns: 20 })
  }).timeout(120_000)

  it('says at which entry somebody went', async () => {
    const world = await new World(1).start()
    const group = GROUPS[0]!
    for (const joins of [true, false, true, false]) await world.change(1, group, 'alice', joins)
    for (const number of NUMBERS) assert.equal(await world.node(number).index.leftAt(group, 'alice'), 4)
    assert.equal(await world.node(2).index.leftAt(group, 'bob'), undefined)
  })

  it('is on the disk before the mark goes that it is not to be believed', async () => {
    const world = await withMissedHeads()
    const { store, index } = world.node(3)
    const batch = store.batch.bind(store)
    const isMark = (key: string): boolean => key.startsWith('group-unindexed/')
    // What a power cut may leave: of what was not synced the end alone.
    store.batch = async (operations, options) => { if (options.sync || operations.every(({ key }) => isMark(key))) await batch(operations, options) }
    await index.settle()
    const keys: string[] = []
    for await (const [key] of store.range({ gte: 'group-', lt: 'group0' })) keys.push(key)
    assert.deepEqual([keys.filter(isMark), keys.filter((key) => key.startsWith('group-of/')).map((key) => key.split('/')[1])], [[], ['bob', 'carol']])
  })

  it('is asked without waiting until it is put right', async () => {
    const world = await withMissedHeads()
    const { store, index } = world.node(3)
    const marks = Array.from({ length: maxDoubtfulGroups + 1 }, (_, i) => keyOf('group-unindexed', new Uint8Array(32).fill(100 + i), 1))
    // An acceptor that has just become one doubts every group.
    await store.batch(marks.map((key) => ({ type: 'put', key, value: nothing })), { sync: true })
    world.foldsFirst = async () => { await new Promise<void>(() => {}) }
    assert.deepEqual(await index.groupsOf('bob', nothing, 10), [GROUPS[0]])
  })

  it('leaves nobody out when a pool with many groups grows, before those who came to vote have put theirs right', async () => {
    const world = await new World(1, [1]).start()
    const groups = Array.from({ length: maxDoubtfulGroups + 1 }, (_, i) => new Uint8Array(32).fill(100 + i))
    for (const group of groups) for (const username of ['alice', 'bob']) await world.change(1, group, username, true)
    await world.node(1).consensus.changer.change({ kind: 'acceptors', peerIds: [1, 2, 3].map(peerIdOf) })
    world.foldsFirst = async () => { await new Promise<void>(() => {}) }
    world.servers.slow.add(peerIdOf(1))
    for (const number of NUMBERS) assert.equal((await world.node(number).index.groupsOf('alice', nothing, 500)).length, groups.length, `at ${number}`)
    world.servers.down.add(peerIdOf(3))
    assert.equal((await world.node(2).index.groupsOf('alice', nothing, 500)).length, groups.length)
  })

  for (const code of ['ERR_UNSUPPORTED', 'ERR_STORE_CORRUPT'] as const) {
    it(`serves all others when the log of one group cannot be folded (${code})`, async () => {
      const world = await withMissedHeads()
      const { store, index } = world.node(3)
      const broken = new Uint8Array(32).fill(0)
      const mark = keyOf('group-unindexed', broken, 3)
      await store.batch([mark, keyOf('group-of', 'carol', broken)].map((key) => ({ type: 'put', key, value: nothing })), { sync: true })
      world.foldsFirst = async (groupId) => { if (groupId.every((byte) => byte === 0)) throw new P2pChatError(code, 'It has an entry of a kind that is not known.') }
      await index.settle()
      const marks: string[] = []
      for await (const [key] of store.range({ gte: 'group-unindexed/', lt: 'group-unindexed0' })) marks.push(key)
      assert.deepEqual(marks, [mark])
      assert.deepEqual(await index.groupsOf('bob', nothing, 10), [GROUPS[0]])
      assert.deepEqual(await index.groupsOf('carol', nothing, 10), [broken, GROUPS[0]], 'what its rows say')
    })
  }

  it('is put right on a server that missed heads, with nothing left to do', async () => {
    const world = await withMissedHeads()
    const rows = async (table: string): Promise<string[]> => {
      const keys: string[] = []
      for await (const [key] of world.node(3).store.range()) if (key.startsWith(`${table}/`)) keys.push(key.split('/')[table === 'group-of' ? 1 : 2]!)
      return keys
    }
    assert.equal((await rows('group-unindexed')).length, 1)
    await world.node(3).index.settle()
    assert.deepEqual(await rows('group-of'), ['bob', 'carol'])
    assert.deepEqual(await rows('group-unindexed'), [])
  })
})
