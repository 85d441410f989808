import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import fc from 'fast-check'
import { EMPTY, Refused, dh, hex, hkdf, join, unhex, utf8, x25519Public } from './bytes.js'
import { CountedBytes } from './drbg.js'
import { makeVectors, vectorsFolder } from './make-vectors.js'
import { pad, unpad } from './padding.js'
import { ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob } from './ratchet.js'
import type { RatchetState } from './ratchet.js'
import { openReceipt, receiptBytes, sealReceipt } from './receipt.js'
import { safetyNumber } from './safety-number.js'
import type { PaddingVector, SealVector } from './seal-vectors.js'
import { SEMI_WEAK_PAIRS, WEAK_KEYS, isBad, open, seal, sealKeys, tripleDes } from './seal.js'
import { openVault, sealVault } from './vault.js'
import { associatedData, initiate, publicEnd, respond } from './x3dh.js'
import type { EndSecrets } from './x3dh.js'

const LABEL = 'p2pchat/1 message'
const noNewKey = (): never => assert.fail('the ratchet must not turn here')

/** Single DES, as Triple DES with one key three times. */
function des (key: Uint8Array, block: Uint8Array): Buffer {
  return tripleDes(key, key, key, block)
}

function desInverse (key: Uint8Array, block: Uint8Array): Buffer {
  const decipher = createDecipheriv('des-ede3', join(key, key, key), EMPTY)
  decipher.setAutoPadding(false)
  return join(decipher.update(block), decipher.final())
}

describe('reference: building blocks', () => {
  it('HKDF gives RFC 5869 A.1', () => {
    const okm = hkdf(unhex('000102030405060708090a0b0c'), Buffer.alloc(22, 0x0b), unhex('f0f1f2f3f4f5f6f7f8f9'), 42)
    assert.equal(hex(okm), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865')
  })

  it('HKDF gives what OpenSSL gives', () => {
    const bytes = () => fc.uint8Array({ maxLength: 80 })
    fc.assert(fc.property(bytes(), bytes(), bytes(), fc.integer({ min: 1, max: 200 }), (salt, ikm, info, length) => {
      assert.equal(hex(hkdf(salt, ikm, info, length)), hex(new Uint8Array(hkdfSync('sha256', ikm, salt, info, length))))
    }))
  })

  it('X25519 gives RFC 7748 §6.1', () => {
    const alice = unhex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a')
    const bob = unhex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')
    assert.equal(hex(x25519Public(alice)), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
    assert.equal(hex(dh(alice, x25519Public(bob))), '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')
    assert.equal(hex(dh(bob, x25519Public(alice))), '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')
  })

  it('X25519 refuses a point of low order', () => {
    assert.throws(() => dh(Buffer.alloc(32, 7), Buffer.alloc(32)), Refused)
    assert.throws(() => dh(Buffer.alloc(32, 7), join(Buffer.from([1]), Buffer.alloc(31))), Refused)
  })

  it('Triple DES gives the example of SP 800-67, and is E(D(E))', () => {
    const [K1, K2, K3] = [unhex('0123456789abcdef'), unhex('23456789abcdef01'), unhex('456789abcdef0123')]
    assert.equal(hex(tripleDes(K1, K2, K3, utf8('The qufc'))), 'a826fd8ce53b855f')
    assert.equal(hex(des(K3, desInverse(K2, des(K1, utf8('The qufc'))))), 'a826fd8ce53b855f')
  })
})

describe('reference: seal', () => {
  const bytes = new CountedBytes('reference test: seal')
  const [mk, ad, header, salt] = [bytes.take(32), bytes.take(32), bytes.take(40), bytes.take(16)]

  it('lists weak keys that undo themselves, and semi-weak pairs that undo each other', () => {
    const block = utf8('8 bytes.')
    assert.equal(WEAK_KEYS.length, 4)
    assert.equal(new Set(SEMI_WEAK_PAIRS.flat()).size, 12)
    for (const key of WEAK_KEYS) assert.equal(hex(des(unhex(key), des(unhex(key), block))), hex(block))
    for (const [one, other] of SEMI_WEAK_PAIRS) assert.equal(hex(des(unhex(one), des(unhex(other), block))), hex(block))
  })

  it('takes no weak, semi-weak or equal key, whatever its parity bits', () => {
    const [k1, k2, k3] = [unhex('0123456789abcdef'), unhex('23456789abcdef01'), unhex('456789abcdef0123')]
    assert.equal(isBad(k1, k2, k3), false)
    const parityFlipped = (key: Buffer): Buffer => Buffer.from(key.map((byte, i) => i % 2 === 0 ? byte ^ 1 : byte))
    for (const same of [k1, parityFlipped(k1)]) {
      assert.ok(isBad(k1, same, k3))
      assert.ok(isBad(k1, k2, same))
      assert.ok(isBad(k3, k1, same))
    }
    for (const key of [...WEAK_KEYS, ...SEMI_WEAK_PAIRS.flat()].map(unhex)) {
      for (const bad of [key, parityFlipped(key)]) {
        assert.ok(isBad(bad, k2, k3))
        assert.ok(isBad(k1, bad, k3))
        assert.ok(isBad(k1, k2, bad))
      }
    }
  })

  it('opens what it sealed, and its counter mode is OpenSSL ECB over the counters', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), plaintext => {
      const sealed = seal(mk, LABEL, ad, header, plaintext, salt)
      assert.equal(sealed.length, 16 + plaintext.length + 32)
      assert.equal(hex(open(mk, LABEL, ad, header, sealed)), hex(plaintext))

      const keys = sealKeys(mk, LABEL, salt)
      const counters = join(...Array.from({ length: 13 }, (_, i) => join(keys.prefix, Buffer.from([0, 0, 0, i]))))
      const keystream = createCipheriv('des-ede3', join(keys.K1, keys.K2, keys.K3), EMPTY).update(counters)
      assert.equal(hex(sealed.subarray(16, -32)), hex(plaintext.map((byte, i) => byte ^ (keystream[i] ?? 0))))
    }))
  })

  it('refuses any flipped bit', () => {
    const sealed = seal(mk, LABEL, ad, header, utf8('0123456789'), salt)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      assert.throws(() => open(mk, LABEL, ad, header, flipped), Refused, `bit ${bit}`)
    }
  })

  it('refuses a plaintext past 65,536 bytes', () => {
    assert.throws(() => seal(mk, LABEL, ad, header, Buffer.alloc(65_537), salt), Refused)
  })
})

describe('reference: padding', () => {
  it('unpads what it padded, to a size of the list', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), x => {
      const padded = pad(x)
      assert.ok(Number.isInteger(Math.log2(padded.length / 128)))
      assert.ok(padded.length > x.length && (padded.length === 128 || padded.length <= 2 * x.length))
      assert.equal(hex(unpad(padded)), hex(x))
    }))
  })

  it('takes up to 65,535 bytes', () => {
    assert.equal(pad(Buffer.alloc(65_535)).length, 65_536)
    assert.equal(unpad(pad(Buffer.alloc(65_535))).length, 65_535)
    assert.throws(() => pad(Buffer.alloc(65_536)), Refused)
  })
})

describe('reference: X3DH', () => {
  const bytes = new CountedBytes('reference test: x3dh')
  const newEnd = (username: string): EndSecrets =>
    ({ username, accountSeed: bytes.take(32), deviceSeed: bytes.take(32), identityPrivate: bytes.take(32) })
  const [A, B] = [newEnd('alice'), newEnd('bob')]
  const [EKa, SPKb, OPKb] = [bytes.take(32), bytes.take(32), bytes.take(32)]
  const [endA, endB] = [publicEnd(A), publicEnd(B)]
  const ad = associatedData(endA, endB)

  for (const oneTime of [OPKb, undefined]) {
    it(`agrees at both ends ${oneTime === undefined ? 'without' : 'with'} a one-time prekey`, () => {
      const atA = initiate(ad, A.identityPrivate, EKa, endB.identityKey, x25519Public(SPKb), oneTime && x25519Public(oneTime))
      const atB = respond(ad, B.identityPrivate, SPKb, oneTime, endA.identityKey, x25519Public(EKa))
      assert.deepEqual(atA, atB)
      assert.notDeepEqual(atA.receiptKeyInitiator, atA.receiptKeyResponder)
    })
  }

  it('binds every field of both ends, and who initiated', () => {
    const other = publicEnd(newEnd('carol'))
    const changed = [
      associatedData(endB, endA),
      ...(['username', 'accountKey', 'deviceKey', 'identityKey'] as const).flatMap(field => [
        associatedData({ ...endA, [field]: other[field] }, endB),
        associatedData(endA, { ...endB, [field]: other[field] })
      ])
    ]
    assert.equal(new Set([ad, ...changed].map(hex)).size, 10)
  })
})

describe('reference: ratchet', () => {
  const start = (): { alice: RatchetState, bob: RatchetState, bytes: CountedBytes, ad: Buffer } => {
    const bytes = new CountedBytes('reference test: ratchet')
    const [rootKey, SPKb] = [bytes.take(32), bytes.take(32)]
    return { alice: ratchetInitAlice(rootKey, x25519Public(SPKb), bytes.take(32)), bob: ratchetInitBob(rootKey, SPKb), bytes, ad: bytes.take(32) }
  }

  it('reads any conversation in any order of delivery, each message once', () => {
    fc.assert(fc.property(fc.array(fc.record({ fromAlice: fc.boolean(), deliver: fc.boolean(), pick: fc.nat() }), { maxLength: 40 }), moves => {
      const { alice, bob, bytes, ad } = start()
      const read = (to: RatchetState, text: string, message: ReturnType<typeof ratchetEncrypt>): void => {
        assert.equal(ratchetDecrypt(to, ad, message, () => bytes.take(32)).toString(), text)
        assert.throws(() => ratchetDecrypt(to, ad, message, () => bytes.take(32)), Refused)
      }
      read(bob, 'start', ratchetEncrypt(alice, ad, utf8('start'), bytes.take(16)))
      const waiting: Array<() => void> = []
      for (const [i, move] of moves.entries()) {
        if (move.deliver && waiting.length > 0) {
          waiting.splice(move.pick % waiting.length, 1)[0]?.()
        } else {
          const [from, to] = move.fromAlice ? [alice, bob] : [bob, alice]
          const message = ratchetEncrypt(from, ad, utf8(`${i}`), bytes.take(16))
          waiting.push(() => read(to, `${i}`, message))
        }
      }
      for (const deliver of waiting.reverse()) deliver()
    }))
  })

  it('is not changed by a message that does not decrypt', () => {
    const { alice, bob, bytes, ad } = start()
    ratchetEncrypt(alice, ad, utf8('lost'), bytes.take(16))
    const message = ratchetEncrypt(alice, ad, utf8('hi'), bytes.take(16))
    const before = structuredClone(bob)
    const tampered = Buffer.from(message.sealed)
    tampered.writeUInt8(tampered.readUInt8(20) ^ 1, 20)
    assert.throws(() => ratchetDecrypt(bob, ad, { ...message, sealed: tampered }, () => bytes.take(32)), Refused)
    assert.throws(() => ratchetDecrypt(bob, Buffer.alloc(32), message, () => bytes.take(32)), Refused)
    assert.deepEqual(structuredClone(bob), before)
    assert.equal(ratchetDecrypt(bob, ad, message, () => bytes.take(32)).toString(), 'hi')
  })

  it('skips 1,000 by one header and refuses 1,001', () => {
    for (const [skip, reads] of [[1000, true], [1001, false]] as const) {
      const { alice, bob, bytes, ad } = start()
      const first = ratchetEncrypt(alice, ad, utf8('0'), bytes.take(16))
      for (let i = 1; i < skip; i++) ratchetEncrypt(alice, ad, EMPTY, bytes.take(16))
      const last = ratchetEncrypt(alice, ad, utf8('last'), bytes.take(16))
      if (reads) {
        assert.equal(ratchetDecrypt(bob, ad, last, () => bytes.take(32)).toString(), 'last')
        assert.equal(ratchetDecrypt(bob, ad, first, noNewKey).toString(), '0')
      } else {
        assert.throws(() => ratchetDecrypt(bob, ad, last, () => bytes.take(32)), Refused)
        assert.equal(ratchetDecrypt(bob, ad, first, () => bytes.take(32)).toString(), '0')
      }
    }
  })

  it('keeps 2,000 skipped keys and lets the oldest go', () => {
    const { alice, bob, bytes, ad } = start()
    const sent = Array.from({ length: 2003 }, () => ratchetEncrypt(alice, ad, EMPTY, bytes.take(16)))
    const read = (n: number): void => {
      const message = sent[n]
      assert.ok(message)
      ratchetDecrypt(bob, ad, message, () => bytes.take(32))
    }
    read(1000)
    read(2001)
    assert.equal(bob.MKSKIPPED.length, 2000)
    ratchetEncrypt(alice, ad, EMPTY, bytes.take(16))
    const later = ratchetEncrypt(alice, ad, EMPTY, bytes.take(16))
    ratchetDecrypt(bob, ad, later, noNewKey)
    assert.equal(bob.MKSKIPPED.length, 2000)
    assert.throws(() => read(0), Refused)
    assert.throws(() => read(1), Refused)
    read(2)
    read(3)
    read(2003 - 1)
  })

  it('refuses to send before the responder has read, and a header of another length', () => {
    const { alice, bob, bytes, ad } = start()
    assert.throws(() => ratchetEncrypt(bob, ad, EMPTY, bytes.take(16)), Refused)
    const message = ratchetEncrypt(alice, ad, EMPTY, bytes.take(16))
    assert.throws(() => ratchetDecrypt(bob, ad, { ...message, header: message.header.subarray(1) }, noNewKey), Refused)
  })
})

describe('reference: receipts, vault, safety number', () => {
  const bytes = new CountedBytes('reference test: rest')

  it('opens a receipt with the key, session and associated data it was sealed under, and no other', () => {
    const [key, ad, sessionId] = [bytes.take(32), bytes.take(32), bytes.take(16)]
    const receipt = receiptBytes(300n, 1n)
    assert.equal(hex(receipt), '08ac021001')
    const sealed = sealReceipt(key, ad, sessionId, receipt, bytes.take(16))
    assert.deepEqual(openReceipt(key, ad, sessionId, sealed), receipt)
    assert.throws(() => openReceipt(bytes.take(32), ad, sessionId, sealed), Refused)
    assert.throws(() => openReceipt(key, bytes.take(32), sessionId, sealed), Refused)
    assert.throws(() => openReceipt(key, ad, bytes.take(16), sealed), Refused)
  })

  it('opens a vault with its pool, username and export key, and no other', () => {
    const [exportKey, seed] = [bytes.take(64), bytes.take(32)]
    const vault = sealVault('pool', 'alice', exportKey, seed, bytes.take(16))
    assert.deepEqual(openVault('pool', 'alice', exportKey, vault), seed)
    assert.throws(() => openVault('poola', 'lice', exportKey, vault), Refused)
    assert.throws(() => openVault('pool', 'bob', exportKey, vault), Refused)
    assert.throws(() => openVault('pool', 'alice', bytes.take(64), vault), Refused)
  })

  it('gives one safety number from both sides, its halves in ascending order', () => {
    const [a, b] = [{ username: 'alice', accountKey: bytes.take(32) }, { username: 'bob', accountKey: bytes.take(32) }]
    const number = safetyNumber(a, b)
    assert.match(number, /^[0-9]{60}$/)
    assert.equal(safetyNumber(b, a), number)
    assert.ok(number.slice(0, 30) < number.slice(30))
    assert.notEqual(safetyNumber({ ...a, username: 'alicia' }, b), number)
    assert.notEqual(safetyNumber({ ...a, accountKey: bytes.take(32) }, b), number)
  })
})

describe('reference: the frozen vectors', () => {
  const made = makeVectors()

  it('are what make-vectors makes, byte for byte', () => {
    assert.deepEqual(readdirSync(vectorsFolder()).sort(), [...made.keys()].sort())
    for (const [name, text] of made) {
      assert.ok(readFileSync(joinPath(vectorsFolder(), name), 'utf8') === text, `${name} differs: the page or this folder has changed`)
    }
  })

  it('say valid and invalid rightly', () => {
    const seals = JSON.parse(made.get('seal.json') ?? '') as SealVector[]
    for (const each of seals) {
      const opened = (): Buffer => open(unhex(each.messageKey), each.label, unhex(each.ad), unhex(each.header), unhex(each.sealed))
      if (each.valid) assert.equal(hex(opened()), each.plaintext, each.comment)
      else assert.throws(opened, Refused, each.comment)
    }
    const paddings = JSON.parse(made.get('padding.json') ?? '') as PaddingVector[]
    for (const each of paddings) {
      if ('plain' in each) assert.equal(hex(unpad(unhex(each.padded))), each.plain)
      else assert.throws(() => unpad(unhex(each.padded)), Refused)
    }
    assert.ok(seals.some(each => each.valid) && seals.some(each => !each.valid))
  })

  it('stay below 600 KB in all', () => {
    assert.ok([...made.values()].reduce((sum, text) => sum + text.length, 0) < 600_000)
  })
})
