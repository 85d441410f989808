import assert from 'node:assert/strict'
import fc from 'fast-check'
import { makeStyle } from '../../../src/cli/render/style.js'
import { width, wrapLine } from '../../../src/cli/render/wrap.js'

describe('cli: wrapping', () => {
  it('breaks between words, and sets in what goes on', () => {
    assert.deepEqual(wrapLine('one two three four', 9), ['one two', '  three', '  four'])
    assert.deepEqual(wrapLine('12:00 bob: hi there', 40), ['12:00 bob: hi there'])
  })

  it('leaves alone what is there to be copied', () => {
    assert.deepEqual(wrapLine('pool    p2pchat:abcdefghijklmnopqrstuvwxyz', 20), ['pool    p2pchat:abcdefghijklmnopqrstuvwxyz'])
    const command = '  p2pchat rendezvous --data /somewhere/far/away --listen /ip4/0.0.0.0/tcp/4001'
    assert.deepEqual(wrapLine(command, 40), [command])
    assert.deepEqual(wrapLine('see https://example.org/a/very/long/address now', 20), ['see', '  https://example.org/a/very/long/address', '  now'])
  })

  it('shows of every row of a later line that it goes on', () => {
    assert.deepEqual(wrapLine('      │ one two three', 16), ['      │ one two', '      │ three'])
    const bar = makeStyle(true).dim('      │')
    assert.deepEqual(wrapLine(`${bar} one two three`, 16), [`${bar} one two`, `${bar} three`])
  })

  it('counts columns, not characters', () => {
    assert.deepEqual([width('日本'), width('e\u0301'), width(makeStyle(true).red('abc')), width('🙂')], [4, 1, 3, 2])
  })

  it('breaks a word that fits into no row, but no address', () => {
    assert.deepEqual(wrapLine('12:00 bob: żżżżżżżżżżżżżżżżżżżżż', 14), ['12:00 bob:', '  żżżżżżżżżżżż', '  żżżżżżżżż'])
    assert.deepEqual(wrapLine('      │ 日本日本日本', 14), ['      │ 日本日', '      │ 本日本'])
    const red = makeStyle(true).red('żżżżżżżżżżżż ')
    assert.deepEqual(wrapLine(`ab ${red}`, 10), ['ab', '  \u001b[31mżżżżżżżż', '  żżżż \u001b[39m'])
    for (const row of wrapLine(`12:00 bob: ${'ż'.repeat(100_000)}`, 40)) assert.ok(width(row) <= 40)
  })

  it('counts two columns for a character that is asked for as an emoji', () => {
    assert.deepEqual([width('❤️'), width('❤'), width('1️⃣'), width('❤️❤️'), width('🙂\ufe0f')], [2, 1, 2, 4, 2])
  })

  it('loses nothing but spaces, and never begins a row of its own', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z0-9:]{1,12}$/), { minLength: 1, maxLength: 30 }), fc.integer({ min: 16, max: 60 }), (words, columns) => {
      const rows = wrapLine(words.join(' '), columns)
      assert.deepEqual(rows.join(' ').split(/\s+/), words)
      for (const row of rows) assert.ok(width(row) <= columns)
      for (const row of rows.slice(1)) assert.match(row, /^ {2}\S/)
    }))
  })
})
