import assert from 'node:assert/strict'
import { unknownWord } from '../../../src/cli/shell/unknown-word.js'

describe('cli: a word that the shell does not know', () => {
  const words = ['CHAT', 'SEND', 'HELP', 'JOIN', 'history', 'whoami']
  const advice = (line: string): string | null => unknownWord(line, words)

  it('is compared with the words of the shell', () => {
    assert.equal(advice('chatt bob'), 'Unknown command \'chatt\'. Did you mean CHAT? HELP shows what to type.')
    assert.equal(advice('hsitory'), 'Unknown command \'hsitory\'. Did you mean HISTORY? HELP shows what to type.')
    for (const line of ['chat bob', 'WHOAMI', '--help']) assert.equal(advice(line), null)
  })

  it('is named without its slash', () => {
    assert.equal(advice('/join team'), 'Unknown command \'/join\'. Without the slash: JOIN. HELP shows what to type.')
  })

  it('may be the beginning of what was to be said to somebody', () => {
    assert.equal(advice('good morning bob'), 'Unknown command \'good\'. To write to somebody: CHAT bob, then your lines. HELP shows what to type.')
    assert.equal(advice('xyzzy'), 'Unknown command \'xyzzy\'. HELP shows what to type.')
  })
})
