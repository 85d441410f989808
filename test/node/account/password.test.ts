import assert from 'node:assert/strict'
import { maxPasswordChars, minPasswordChars } from '../../../src/node/account/limits.js'
import { assertStrongPassword } from '../../../src/node/account/password.js'
import { throwsCode } from '../support.js'

describe('assertStrongPassword', () => {
  const weak = [
    ['', 'empty'], ['short1!', 'seven characters'], ['😀😀😀😁😁😂🤣', 'seven characters of two units each'],
    ['aaaaaaaaaaaa', 'one character'], ['abababababab', 'two characters'], ['12341234123412', 'four characters'],
    ['abcdefghijkl', 'a run'], ['987654321', 'a run downwards'], ['ABCDEFGHIJ', 'a run in capitals'],
    ['alice-1234', 'the name and little more'], ['xxalice12', 'the name inside'], ['ALICE_2024', 'the name in capitals'],
    ['password', 'common'], ['Password1!', 'common with an ending'], ['qwertyuiop', 'common'], ['p2pchat99', 'common with digits'], ['passw0rd1', 'common with one digit more'], ['(letmein)', 'common in brackets'], ['let.me.in1', 'common, parted'],
    ['ｐａｓｓｗｏｒｄ', 'common in full-width letters']
  ] as const

  for (const [password, why] of weak) {
    it(`refuses ${why}: ${JSON.stringify(password)}`, () => {
      const error = throwsCode(() => { assertStrongPassword(password, 'alice') }, 'ERR_WEAK_PASSWORD')
      assert.match(error.message, new RegExp(`at least ${minPasswordChars} characters`))
    })
  }

  for (const password of ['correct horse battery', 'tr0ub4dor&3', 'пароль-для-всех', '密码安全第一不要忘记', 'alice likes long walks', 'x'.repeat(1).concat('k4!Qz09w')]) {
    it(`takes ${JSON.stringify(password)}`, () => { assertStrongPassword(password, 'alice') })
  }

  it('names the limit of a password that is too long', () => {
    const long = 'correct horse '.repeat(100)
    assertStrongPassword(long.slice(0, maxPasswordChars), 'alice')
    assert.match(throwsCode(() => { assertStrongPassword(long.slice(0, maxPasswordChars + 1), 'alice') }, 'ERR_LIMIT').message, new RegExp(`${maxPasswordChars}.*limit maxPasswordChars`))
  })

  it('never repeats the password in its error', () => {
    assert.ok(!throwsCode(() => { assertStrongPassword('alice-zq', 'alice') }, 'ERR_WEAK_PASSWORD').message.includes('zq'))
  })
})
