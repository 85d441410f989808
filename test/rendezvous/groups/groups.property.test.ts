import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'
import { applyEntry, checkpointOf, encodeGroupState, type GroupAction, type GroupState } from '../../../src/records/group/index.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { hex } from '../helpers/group-client.js'
import { Author, entriesOf, makeCore, type Core } from './support.js'

const kinds = ['join', 'add', 'remove', 'leave', 'promote', 'demote', 'rename', 'policy', 'epoch', 'checkpoint', 'lying-checkpoint'] as const
const names = ['team', 'crew', 'gang']

interface Attempt {
  by: number
  kind: (typeof kinds)[number]
  about: number
  name: number
  /** How many entries ago the author read the log last. */
  behind: number
  /** Brings the last entry that was taken once more instead. */
  repeat: boolean
  crash: boolean
}

const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  by: fc.nat(4),
  kind: fc.constantFrom(...kinds),
  about: fc.nat(4),
  name: fc.nat(2),
  behind: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(3)),
  repeat: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  crash: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true))
})

const fair: ErrorCode[] = ['ERR_CONFLICT', 'ERR_NOT_PERMITTED', 'ERR_USAGE', 'ERR_NOT_FOUND', 'ERR_NAME_TAKEN', 'ERR_INVALID_RECORD']

describe('groups on a server, whatever is brought', () => {
  const random = new SeededRandom('group property')
  const people = Array.from({ length: 5 }, (_, i) => new Author(`user-${i}`, random))
  const founding = people[0]!.founding('team')
  const rival = people[1]!.founding('crew')

  function actionOf ({ kind, about, name, by }: Attempt, state: GroupState): GroupAction {
    const other = people[about]!
    switch (kind) {
      case 'join': return { kind, accountRecord: people[by]!.record }
      case 'add': return { kind, accountRecords: [(about === by ? people[(by + 1) % 5]! : other).record] }
      case 'remove': return { kind, usernames: [other.username], lastSeen: [], commitment: undefined }
      case 'promote': case 'demote': return { kind, username: other.username }
      case 'rename': return { kind, name: names[name]! }
      case 'policy': return { kind, inviteOnly: name === 0, unlisted: about === 0 }
      case 'epoch': return { kind, commitment: new Uint8Array(32).fill(about) }
      case 'checkpoint': return checkpointOf(state)
      case 'lying-checkpoint': return { kind: 'checkpoint', stateHash: new Uint8Array(32) }
      case 'leave': return { kind }
    }
  }

  /** What a server must have taken: exactly what the rules take, unless the name is another group's. */
  async function attempt (core: Core, states: GroupState[], how: Attempt): Promise<boolean> {
    const known = states[Math.max(0, states.length - 1 - how.behind)]!
    const now = states.at(-1)!
    const by = people[how.by]!
    const entry = by.entry(known.head, actionOf(how, known))
    let expected: GroupState | undefined
    try {
      expected = applyEntry(now, entry)
    } catch (error) {
      assert.ok(isP2pChatError(error))
    }
    const isTaken = expected !== undefined && expected.name !== now.name && expected.name === 'crew'
    try {
      const place = await core.groups.append(by.asker, now.groupId, entry)
      // By chance a late entry may be, to the bit, one that was taken before.
      if (place.sequence <= now.head.sequence) {
        assert.deepEqual(place, states[place.sequence - 1]?.head)
        return false
      }
      assert.ok(expected !== undefined && !isTaken, 'the rules refuse what the server took')
      assert.deepEqual(place, expected.head)
      states.push(expected)
      return true
    } catch (error) {
      assert.ok(isP2pChatError(error, ...fair), String(error))
      assert.ok(expected === undefined || isTaken, `the server refuses what the rules take: ${String(error)}`)
      return false
    }
  }

  it('their logs are what the rules take, in one order, and all that is told follows from them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyAttempt, { maxLength: 25 }), async (attempts) => {
      const disk = createMemoryDisk()
      const clock = new FakeClock()
      let core = makeCore({ store: disk.open(), clock })
      for (const person of people) await person.signUp(core)
      await core.groups.found(people[0]!.asker, founding, () => {})
      await core.groups.found(people[1]!.asker, rival, () => {})
      const states = [applyEntry(undefined, founding)]
      let last: { by: Author, entry: Uint8Array } | undefined
      for (const how of attempts) {
        if (how.crash) {
          disk.crash()
          core = makeCore({ store: disk.open(), clock })
        }
        if (how.repeat && last !== undefined) {
          await core.groups.append(last.by.asker, states[0]!.groupId, last.entry)
          continue
        }
        const before = states.at(-1)!
        if (await attempt(core, states, how)) last = { by: people[how.by]!, entry: people[how.by]!.entry(before.head, actionOf(how, before)) }
      }
      const state = states.at(-1)!
      const entries = await entriesOf(core, state.groupId)
      let walked: GroupState | undefined
      for (const entry of entries) walked = applyEntry(walked, entry)
      assert.deepEqual(encodeGroupState(walked!), encodeGroupState(state))
      const { head, state: folded } = await core.groups.now(state.groupId)
      assert.deepEqual(encodeGroupState(folded), encodeGroupState(state))
      assert.equal(head.members, state.members.size)
      for (const person of people) {
        const ids = (await core.index.groupsOf(person.username, new Uint8Array(0), 10)).map(hex)
        assert.equal(ids.includes(hex(state.groupId)), state.members.has(person.username))
      }
      for (const name of names) {
        const found = await core.names.find(name)
        if (name === 'crew') assert.notDeepEqual(found?.groupId, state.groupId)
        else assert.equal(found !== undefined, state.members.size > 0 && state.name === name)
      }
      const listed = (await core.names.list('', '', 10)).groups.map((group) => group.name)
      assert.equal(listed.includes(state.name), state.members.size > 0 && !state.unlisted)
      const checkpoint = await core.folds.checkpoint(state.groupId, head)
      assert.deepEqual(checkpoint, state.checkpointSequence === 0 ? undefined : encodeGroupState(states[state.checkpointSequence - 2]!))
    }), { numRuns: 60 })
  }).timeout(60_000)

  it('no entry with one bit changed is taken', async () => {
    const core = makeCore({ store: createMemoryDisk().open(), clock: new FakeClock() })
    for (const person of people) await person.signUp(core)
    const { asker, record } = people[1]!
    await core.groups.found(people[0]!.asker, founding, () => {})
    const state = applyEntry(undefined, founding)
    const entry = people[1]!.entry(state.head, { kind: 'join', accountRecord: record })
    await fc.assert(fc.asyncProperty(fc.nat(entry.byteLength * 8 - 1), async (bit) => {
      const changed = entry.slice()
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
      await assert.rejects(core.groups.append(asker, state.groupId, changed), (error) => isP2pChatError(error))
    }), { numRuns: 200 })
    assert.equal((await core.groups.now(state.groupId)).head.sequence, 1)
  })
})
