import assert from 'node:assert/strict'
import { searchMail, type MailMistake, type MailModel } from './mail-model.js'

const abc = ['a', 'b', 'c']

const emptied: MailModel = { name: 'one of two is emptied', rosters: [['a', 'b'], ['a']] }
const replaced: MailModel = { name: 'one is replaced', rosters: [['a'], ['b']] }

const movedOn: MailModel = { name: 'one more, and the first is replaced', rosters: [['a'], ['a', 'b'], ['b', 'c']] }

const oneOfThree: MailModel = { name: 'one of three is replaced', rosters: [abc, ['a', 'b', 'd']] }

const short: MailModel[] = [
  { name: 'one more', rosters: [['a'], ['a', 'b']] },
  { name: 'two and one more', rosters: [['a', 'b'], abc] },
  emptied,
  replaced,
  { name: 'one is replaced, and comes back', rosters: [...replaced.rosters, ['a']] },
  movedOn,
  { name: 'one of three is emptied', rosters: [abc, ['a', 'b']] }
]

const long: MailModel[] = [
  { name: 'two more, and the first is emptied', rosters: [['a'], abc, ['b', 'c']] },
  oneOfThree,
  { name: 'one more, and back', rosters: [['a', 'b'], abc, ['a', 'b']] }
]

const mistakes: Array<{ mistake: MailMistake, model: MailModel }> = [
  { mistake: 'no fence', model: emptied },
  { mistake: 'a fence of one server less', model: emptied },
  { mistake: 'one of two is enough to be complete', model: emptied },
  { mistake: 'the newest set alone is read', model: replaced },
  { mistake: 'an old roster is gone by again', model: replaced }
]

const longMistakes: typeof mistakes = [
  { mistake: 'the newest set is read first', model: oneOfThree }
]

describe('the model of mail amid a change of the roster', function () {
  this.timeout(0)

  const isLong = process.env.ROSTER_MODEL === 'long'
  const models = isLong ? [...short, ...long] : short

  it('holds in every state', () => {
    let states = 0
    for (const model of models) {
      const { states: searched, violation } = searchMail(model)
      assert.deepEqual(violation, undefined, model.name)
      states += searched
    }
    console.log(`      ${models.length} cases, ${states} states`)
  })

  for (const { mistake, model } of isLong ? [...mistakes, ...longMistakes] : mistakes) {
    it(`would not, were it wrong: ${mistake}`, () => {
      assert.notEqual(searchMail({ ...model, mistake }).violation, undefined)
    })
  }
})
