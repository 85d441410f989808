import assert from 'node:assert/strict'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { applyEntry, checkpointOf, encodeGroupState, type GroupAction, type GroupState } from '../../../src/records/group/index.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { hex } from '../helpers/group-client.js'
import { Author, entriesOf, makeCore, type Core } from './support.js'

interface Step {
  by: Author
  /** undefined: founds the group */
  action: (state: GroupState) => GroupAction
}

/** The same store; its disk refuses this batch and all later ones, or takes it and says that it did not. */
function failingAt (store: KeyValueStore, batch: number, isTaken: boolean): KeyValueStore & { batches: () => number } {
  let batches = 0
  return {
    batches: () => batches,
    get: async (name) => await store.get(name),
    range: (options) => store.range(options),
    close: async () => { await store.close() },
    async batch (operations, options) {
      batches++
      if (batches < batch || (batches === batch && isTaken)) await store.batch(operations, options)
      if (batches >= batch) throw new P2pChatError('ERR_STORE_IO', 'The disk is full.')
    }
  }
}

describe('groups whose server crashes', () => {
  const random = new SeededRandom('group crashes')
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new Author(name, random)) as [Author, Author, Author]
  const founding = alice.founding('team')
  const steps: Step[] = [
    { by: bob, action: () => ({ kind: 'join', accountRecord: bob.record }) },
    { by: alice, action: () => ({ kind: 'add', accountRecords: [carol.record] }) },
    { by: alice, action: () => ({ kind: 'promote', username: 'bob' }) },
    { by: bob, action: () => ({ kind: 'rename', name: 'crew' }) },
    { by: bob, action: (state) => checkpointOf(state) },
    { by: bob, action: () => ({ kind: 'remove', usernames: ['carol'], lastSeen: [], commitment: undefined }) },
    { by: alice, action: () => ({ kind: 'leave' }) }
  ]

  /** Founds the group and does all steps, each with the same bytes until it is answered; its state. */
  async function live (ask: <T>(request: (core: Core) => Promise<T>) => Promise<T>): Promise<GroupState> {
    await ask(async ({ groups }) => await groups.found(alice.asker, founding, () => {}))
    let state = applyEntry(undefined, founding)
    for (const { by, action } of steps) {
      const entry = by.entry(state.head, action(state))
      const place = await ask(async ({ groups }) => await groups.append(by.asker, state.groupId, entry))
      state = applyEntry(state, entry)
      assert.deepEqual(place, state.head)
    }
    return state
  }

  async function signedUp (): Promise<MemoryDisk> {
    const disk = createMemoryDisk()
    const store = disk.open()
    for (const author of [alice, bob, carol]) await author.signUp(makeCore({ store, clock: new FakeClock() }))
    await store.close()
    return disk
  }

  async function assertAllThere (core: Core, state: GroupState): Promise<void> {
    const entries = await entriesOf(core, state.groupId)
    assert.equal(entries.length, state.head.sequence)
    const { head, state: folded } = await core.groups.now(state.groupId)
    assert.deepEqual(encodeGroupState(folded), encodeGroupState(state))
    assert.equal(head.members, 1)
    assert.equal(head.name, 'crew')
    assert.equal(await core.names.find('team'), undefined)
    assert.deepEqual((await core.names.find('crew'))?.groupId, state.groupId)
    for (const [author, isIn] of [[alice, false], [bob, true], [carol, false]] as const) {
      assert.deepEqual((await core.index.groupsOf(author.username, new Uint8Array(0), 10)).map(hex), isIn ? [hex(state.groupId)] : [], author.username)
    }
    const before = await core.folds.checkpoint(state.groupId, head)
    assert.ok(before !== undefined)
  }

  for (const isTaken of [false, true]) {
    it(`go on at every write that ${isTaken ? 'was made but not answered' : 'was not made'}`, async () => {
      for (let failure = 1; ; failure++) {
        const disk = await signedUp()
        const clock = new FakeClock()
        let store = failingAt(disk.open(), failure, isTaken)
        let core = makeCore({ store, clock })
        let crashes = 0
        const state = await live(async (request) => {
          for (;;) {
            try {
              return await request(core)
            } catch (error) {
              assert.ok(isP2pChatError(error, 'ERR_UNKNOWN_OUTCOME', 'ERR_STORE_IO'), String(error))
              assert.equal(crashes++, 0)
              disk.crash()
              store = failingAt(disk.open(), Infinity, true)
              core = makeCore({ store, clock })
            }
          }
        })
        await assertAllThere(core, state)
        // Also after one more crash, which loses what need not be kept.
        disk.crash()
        await assertAllThere(makeCore({ store: disk.open(), clock }), state)
        if (crashes === 0 && store.batches() < failure) return
      }
    })
  }

  it('lose a name that was reserved by who never came back, after a minute', async () => {
    const disk = await signedUp()
    const clock = new FakeClock()
    // The name is the first thing that is written.
    await assert.rejects(makeCore({ store: failingAt(disk.open(), 2, false), clock }).groups.found(alice.asker, founding, () => {}))
    disk.crash()
    const core = makeCore({ store: disk.open(), clock })
    const rival = bob.founding('team')
    await assert.rejects(core.groups.found(bob.asker, rival, () => {}), (error) => isP2pChatError(error, 'ERR_NAME_TAKEN'))
    clock.jump(59_999)
    await assert.rejects(core.groups.found(bob.asker, rival, () => {}), (error) => isP2pChatError(error, 'ERR_NAME_TAKEN'))
    assert.equal(await core.names.find('team'), undefined)
    clock.jump(1)
    await core.groups.found(bob.asker, rival, () => {})
    await assert.rejects(core.groups.found(alice.asker, founding, () => {}), (error) => isP2pChatError(error, 'ERR_NAME_TAKEN'))
    assert.equal(await core.log.head(applyEntry(undefined, founding).groupId), undefined, 'nothing was made under the lost name')
  })
})
