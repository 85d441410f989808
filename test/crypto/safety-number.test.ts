import assert from 'node:assert/strict'
import { safetyNumber } from '../../src/crypto/safety-number.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit } from './support.js'

describe('safety number', () => {
  const random = new SeededRandom('safety number')
  const alice = { username: 'alice', accountKey: random.bytes(32) }
  const bob = { username: 'bob', accountKey: random.bytes(32) }

  it('is 60 digits, the same for both ends', () => {
    const number = safetyNumber(alice, bob)
    assert.match(number, /^\d{60}$/)
    assert.equal(safetyNumber(bob, alice), number)
  })

  it('has both fingerprints in it, the smaller one first', () => {
    const fingerprint = safetyNumber(alice, alice).slice(0, 30)
    assert.equal(safetyNumber(alice, alice), fingerprint + fingerprint)
    const halves = [fingerprint, safetyNumber(bob, bob).slice(0, 30)].sort()
    assert.equal(safetyNumber(alice, bob), halves.join(''))
  })

  it('changes with the key and with the name', () => {
    const number = safetyNumber(alice, bob)
    assert.notEqual(safetyNumber(alice, { ...bob, accountKey: flipBit(bob.accountKey, 0) }), number)
    assert.notEqual(safetyNumber(alice, { ...bob, username: 'bob2' }), number)
  })

  it('refuses a key of another length', () => {
    assertCode(() => safetyNumber(alice, { ...bob, accountKey: new Uint8Array(31) }), 'ERR_CRYPTO_INPUT')
  })
})
