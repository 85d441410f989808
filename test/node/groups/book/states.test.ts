import assert from 'node:assert/strict'
import { maxCachedMembers } from '../../../../src/node/groups/book/limits.js'
import { States } from '../../../../src/node/groups/book/states.js'
import { groupTable, stateTable } from '../../../../src/node/groups/book/tables.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { encodeGroupState, type GroupState } from '../../../../src/records/group/index.js'
import { createMemoryStore } from '../../../../src/store/index.js'
import { CountingStore } from '../../../helpers/counting-store.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { Log, Person } from '../../../records/group/support.js'

describe('the states of groups', () => {
  const store = new CountingStore(createMemoryStore())
  const lane = new Lane(store)
  const ids = Array.from({ length: 100 }, (_, i) => `group${i}`)
  let state: GroupState

  before(async () => {
    ;({ state } = new Log(new Person('alice', new SeededRandom('states')).found('team')))
    await lane.write((tx) => {
      for (const id of ids) {
        groupTable.put(tx, { name: 'team', standing: 'member', head: state.head, stateSequence: 1, start: { kind: 'found' }, epochSinceMs: 0 }, id)
        stateTable.put(tx, encodeGroupState(state), id)
      }
    })
  })

  const read = async (states: States, of = ids): Promise<number> => {
    store.rowsRead()
    for (const id of of) assert.ok(await states.of(lane, id) !== undefined)
    return store.rowsRead('group-state/')
  }

  it('are read once, also of many small groups', async () => {
    const states = new States()
    assert.deepEqual([await read(states), await read(states)], [100, 0])
  })

  it('are kept of so many members in all, and those that were used last stay', async () => {
    const states = new States()
    await read(states)
    await read(states, ids.slice(0, 50))
    const [alice] = state.members.values()
    assert.ok(alice !== undefined)
    const large = { ...state, members: new Map(Array.from({ length: maxCachedMembers - 50 }, (_, i) => [`user${i}`, alice])) }
    states.remember('large', large)
    assert.equal(await read(states, ids.slice(0, 50)), 0)
    // The large one makes room for all others.
    assert.deepEqual([await read(states), await read(states)], [50, 0])
  })
})
