import assert from 'node:assert/strict'
import { search, type Mistake, type Model, type ModelRound, type RosterVersion } from './roster-model.js'

const a = ['a']
const ab = ['a', 'b']
const abc = ['a', 'b', 'c']

function version (afterTransfer: boolean, ...sets: string[][]): RosterVersion {
  return { quorum: { sets, rule: 'majority' }, afterTransfer }
}

/** From these acceptors to those, by a joint version. */
function change (from: string[], to: string[]): RosterVersion[] {
  return [version(false, from), version(false, from, to), version(true, to)]
}

const write = (more: { key?: number, under?: number[], acceptedBy?: string[] } = {}): ModelRound => ({ kind: 'write', key: 0, ...more })
const transfer = (more: { key?: number, version?: number } = {}): ModelRound => ({ kind: 'transfer', key: 0, version: 2, ...more })

/** Two writers and a transfer; whose ballot is highest makes a difference. */
function orders (name: string, versions: RosterVersion[]): Model[] {
  return [[write(), transfer(), write()], [transfer(), write(), write()], [write(), write(), transfer()]]
    .map((rounds, index) => ({ name: `${name}, order ${index + 1}`, keys: 1, versions, rounds }))
}

const takenBack = [version(false, a), version(false, a, ab), version(false, a), version(false, a, ab), version(true, ab)]
const thereAndBack = [...change(a, ['b']), version(false, ['b'], a), version(true, a)]

const short: Model[] = [
  ...orders('1 > 2', change(a, ab)),
  ...orders('2 > 1', change(ab, a)),
  { name: '2 > 3', keys: 1, versions: change(ab, abc), rounds: [transfer(), write(), write()] },
  { name: '1 > 2, three registers', keys: 3, versions: change(a, ab), rounds: [write(), transfer({ key: 1 }), write({ key: 1 }), transfer(), write({ key: 2, acceptedBy: a }), transfer({ key: 2 })] },
  { name: '1 > 2, taken back, and again', keys: 1, versions: takenBack, rounds: [write(), transfer({ version: 4 }), write()] },
  { name: 'a > b > a', keys: 1, versions: thereAndBack, rounds: [write({ acceptedBy: a }), transfer(), write({ under: [1, 3] }), transfer({ version: 4 }), write()] }
]

const long: Model[] = [
  ...orders('2 > 3', change(ab, abc)),
  ...orders('3 > 2', change(abc, ab)),
  ...orders('2 > 2, one replaced', change(ab, ['b', 'c'])),
  { name: '3 > 3, one replaced', keys: 1, versions: change(abc, ['a', 'c', 'd']), rounds: [write({ under: [3] }), write({ under: [1] }), transfer(), write({ under: [3] })] },
  { name: '2 > 3, three registers', keys: 3, versions: change(ab, abc), rounds: [write({ acceptedBy: ab }), write({ key: 1 }), transfer(), transfer({ key: 1 }), transfer({ key: 2 })] },
  { name: 'a b > b c > a b', keys: 1, versions: [...change(ab, ['b', 'c']), version(false, ['b', 'c'], ab), version(true, ab)], rounds: [write({ acceptedBy: ab }), transfer(), write({ under: [1, 3] }), transfer({ version: 4 }), write({ under: [5] })] }
]

const mistakes: Array<{ mistake: Mistake, model: Omit<Model, 'name'> }> = [
  { mistake: 'no transfer', model: { keys: 1, versions: change(a, ['b']), rounds: [write(), write()] } },
  { mistake: 'no fence', model: { keys: 1, versions: change(a, ['b']), rounds: [write(), transfer(), write()] } },
  { mistake: 'joint quorums of the new set alone', model: { keys: 1, versions: change(a, ['b']), rounds: [write(), transfer(), write()] } },
  { mistake: 'only what has a value is transferred', model: { keys: 1, versions: change(abc, ['a', 'c', 'd']), rounds: [write({ under: [3] }), write({ under: [1] }), write({ under: [3] })] } },
  { mistake: 'what is unanimous is not transferred', model: { keys: 1, versions: change(['a', 'b', 'c', 'd', 'e'], ['b', 'c', 'd']), rounds: [write({ acceptedBy: abc }), write({ under: [3] }), write({ under: [1] }), write({ under: [3] })] } }
]

describe('the model of a change of acceptors', function () {
  this.timeout(0)
  const models = process.env.ROSTER_MODEL === 'long' ? [...short, ...long] : short

  it('holds in every state', () => {
    let states = 0
    for (const model of models) {
      const result = search(model)
      assert.deepEqual(result.violation, undefined, model.name)
      assert.equal(result.exhaustive, true)
      states += result.states
    }
    console.log(`      ${models.length} cases, ${states} states`)
  })

  for (const { mistake, model } of mistakes) {
    it(`would not, were it wrong: ${mistake}`, () => {
      assert.notEqual(search({ ...model, name: mistake, mistake, maxStates: 200_000 }).violation, undefined)
    })
  }
})
