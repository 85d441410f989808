import assert from 'node:assert/strict'
import fc from 'fast-check'
import { jsonLine } from '../../../src/cli/render/json.js'
import { safeLine, safeText, withoutLastBreaks } from '../../../src/cli/render/safe-text.js'

/** Control characters but for the line feed, bidi controls, and characters without a glyph. */
// eslint-disable-next-line no-control-regex
const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const evil = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '[', ']', '\u0007', '\u009b', '\u009d', '\\', '2J', '0;title', '\r', '\n', '\u202e', '\u2066', '\u200b', '\u200d', '\u200c', '\u{e0041}', '\ud800', '👩', 'م', 'e\u0301', '\u0301'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
  ),
  maxLength: 60
})

describe('cli: safe text', () => {
  it('lets no control byte, bidi control or unseen character through, whatever is put in', () => {
    fc.assert(fc.property(evil, (text) => {
      assert.doesNotMatch(safeText(text), DANGEROUS)
      assert.doesNotMatch(safeLine(text), DANGEROUS)
      assert.ok(!safeLine(text).includes('\n'))
    }), { numRuns: 3000 })
  })

  it('changes nothing when it is done twice', () => {
    fc.assert(fc.property(evil, (text) => { assert.equal(safeText(safeText(text)), safeText(text)) }), { numRuns: 3000 })
  })

  it('takes whole escape sequences away, not only their first byte', () => {
    assert.equal(safeText('\u001b[31mred\u001b[0m'), 'red')
    assert.equal(safeText('a\u001b]0;new title\u0007b'), 'ab')
    assert.equal(safeText('a\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\b'), 'alinkb')
    assert.equal(safeText('a\u009b2Jb\u001bcd'), 'abd')
  })

  it('keeps letters of every script, emoji and their joins, flags and line breaks', () => {
    for (const text of ['żółć', 'שלום', 'مرحبا', 'می‌خواهم', 'क्‍ष', '你好', '👩‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '❤️', 'one\ntwo', '1️⃣']) {
      assert.equal(safeText(text), text)
    }
  })

  it('makes a space of what is drawn as nothing, for lines to break at', () => {
    assert.equal(safeText('a\u2800b\u{1d159}c'), 'a b c')
    assert.equal(safeLine('\u2800'), '')
  })

  it('drops marks that turn reading order around, and joiners that join nothing', () => {
    assert.equal(safeText('invoice\u202efdp.exe'), 'invoicefdp.exe')
    assert.equal(safeText('b\u200dob a\u200cdmin \u200d'), 'bob admin ')
    assert.equal(safeText('a\u{e0041}\u{e0042}b'), 'ab')
  })

  it('makes one kind of line break of all', () => {
    assert.equal(safeText('a\r\nb\rc\u2028d\u0085e'), 'a\nb\nc\nd\ne')
    assert.equal(safeLine(' a\r\n  b\n\nc '), 'a b c')
  })

  it('lets marks pile up only so high', () => {
    assert.equal(safeText('e' + '\u0301'.repeat(100)), 'e' + '\u0301'.repeat(6))
  })

  it('shortens long lines with a sign', () => {
    assert.equal(safeLine('abcdef', 4), 'abc…')
    assert.equal(safeLine('👩👩👩', 3), '👩👩👩')
  })

  it('cuts line breaks at the end, and only there', () => {
    assert.equal(withoutLastBreaks('\na\n\nb\n\n\n'), '\na\n\nb')
    assert.equal(withoutLastBreaks('\n\n'), '')
  })

  // So long that what reads a run once for each of its characters is not done within mocha's time.
  for (const [what, unit] of [['line breaks', '\n'], ['spaces', ' '], ['strings that never end', '\u009d'], ['escapes', '\u001b]'], ['marks', '\u0301'], ['sequences that never end', '\u009b1 ']] as const) {
    it(`reads a text of ${what} once`, () => {
      const text = `a${unit.repeat(500_000)}bc`
      for (const shown of [safeText(text), safeLine(text, Infinity), withoutLastBreaks(text)]) assert.ok(shown.startsWith('a') && shown.endsWith('c'))
    })
  }

  it('keeps texts exact in JSON, with nothing bare in it that acts on a terminal', () => {
    fc.assert(fc.property(evil, (text) => {
      const line = jsonLine({ text })
      assert.doesNotMatch(line, DANGEROUS)
      assert.ok(!line.includes('\n'))
      assert.equal((JSON.parse(line) as { text: string }).text, text)
    }), { numRuns: 3000 })
  })
})
