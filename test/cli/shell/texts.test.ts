import assert from 'node:assert/strict'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import { helpLines, inShellWords, parseMenuChoice } from '../../../src/cli/shell/texts.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import { width } from '../../../src/cli/render/wrap.js'

describe('cli: the texts of the shell', () => {
  it('name commands as they are typed there', () => {
    assert.equal(inShellWords('Use `p2pchat login USERNAME`, or `p2pchat rendezvous` elsewhere.', COMMANDS), 'Use login USERNAME, or `p2pchat rendezvous` elsewhere.')
  })

  it('fit eighty columns', () => {
    for (const line of helpLines(makeStyle(false))) assert.ok(width(line) <= 80, line)
  })

  it('are broken between words on a narrow terminal', () => {
    const lines = helpLines(makeStyle(false), 40).slice(1)
    for (const line of lines) assert.ok(width(line) <= 40, line)
    assert.deepEqual(lines.slice(0, 3), ['  CHAT bob · CHAT team', '      a room: lines are sent; 0 or', '        @#@EXIT@#@ leaves'])
  })

  it('has a command for each number of the menu', () => {
    assert.deepEqual(['1', ' 2 ', '0', '99', 'x', ''].map((answer) => parseMenuChoice(answer)?.command ?? null), ['CHAT', 'SEND', null, null, null, null])
  })
})
