import assert from 'node:assert/strict'
import fc from 'fast-check'
import { formatRecoveryKey, parseRecoveryKey } from '../../../src/node/account/recovery-key.js'
import { seeded, throwsCode } from '../support.js'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

describe('recovery key', () => {
  const seed = seeded('recovery').bytes(32)
  const written = formatRecoveryKey(seed)

  it('is groups of four that can be read aloud', () => {
    assert.match(written, /^([a-z2-7]{4}-){13}[a-z2-7]{4}$/)
  })

  it('comes back from every seed, however it was copied', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const text = formatRecoveryKey(bytes)
      for (const copied of [text, text.toUpperCase(), text.replaceAll('-', ' '), text.replaceAll('-', ''), ` ${text}\n`]) {
        assert.deepEqual(Uint8Array.from(parseRecoveryKey(copied)), Uint8Array.from(bytes))
      }
    }))
  })

  it('is refused with any single character wrong, missing, doubled or swapped with its neighbour', () => {
    const chars = [...written.replaceAll('-', '')]
    const wrong: string[] = []
    chars.forEach((char, i) => {
      const without = chars.toSpliced(i, 1)
      for (const other of ALPHABET) if (other !== char) wrong.push(chars.with(i, other).join(''))
      wrong.push(without.join(''), chars.toSpliced(i, 0, char).join(''))
      const next = chars[i + 1]
      if (next !== undefined && next !== char) wrong.push(without.toSpliced(i + 1, 0, char).join(''))
    })
    assert.ok(wrong.length > 56 * 31)
    for (const text of wrong) throwsCode(() => parseRecoveryKey(text), 'ERR_BAD_CREDENTIALS')
  })

  it('is refused when it is something else', () => {
    for (const text of ['', '-', 'hunter2', `${written}${written}`, `${written}a`, written.replace(/.$/, '0'), 'ä'.repeat(56), '='.repeat(56)]) {
      throwsCode(() => parseRecoveryKey(text), 'ERR_BAD_CREDENTIALS')
    }
  })
})
