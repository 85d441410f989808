import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lpAll } from '../../src/crypto/bytes.js'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { assertRecord, recordHash, signRecord, verifyRecord, type SignatureLabel } from '../../src/crypto/signed-record.js'
import { assertCode, flipBit, hex, toHex, utf8 } from './support.js'

const LABELS: SignatureLabel[] = [
  'p2pchat/1 account-record', 'p2pchat/1 account-register', 'p2pchat/1 locator', 'p2pchat/1 signed-prekey', 'p2pchat/1 mailbox-ack', 'p2pchat/1 roster',
  'p2pchat/1 group-entry', 'p2pchat/1 group-message'
]

describe('signed records', () => {
  const { seed, publicKey } = ed25519KeyPair(hex('01'.repeat(32)))

  it('verify under their label and key only', () => {
    for (const label of LABELS) {
      const record = signRecord(label, seed, utf8('payload'))
      for (const other of LABELS) assert.equal(verifyRecord(other, publicKey, record), other === label)
      assert.equal(verifyRecord(label, ed25519KeyPair(hex('02'.repeat(32))).publicKey, record), false)
    }
  })

  it('are refused with any bit of the payload changed', () => {
    const record = signRecord('p2pchat/1 roster', seed, utf8('payload'))
    assertRecord('p2pchat/1 roster', publicKey, record)
    for (let bit = 0; bit < record.payload.byteLength * 8; bit++) {
      assertCode(() => { assertRecord('p2pchat/1 roster', publicKey, { ...record, payload: flipBit(record.payload, bit) }) }, 'ERR_INVALID_SIGNATURE')
    }
  })

  it('are named by the SHA-256 of their payload', () => {
    assert.equal(toHex(recordHash(utf8('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})

describe('length-prefixed parts', () => {
  it('are never the same bytes for two lists of parts', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 })
    fc.assert(fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a.map(toHex)) === JSON.stringify(b.map(toHex))
      assert.equal(toHex(lpAll(...a)) === toHex(lpAll(...b)), same)
    }))
  })

  it('count the bytes of a text, not its characters', () => {
    assert.equal(toHex(lpAll('ü')), '00000002c3bc')
  })
})
