import assert from 'node:assert/strict'
import { diffieHellman, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { fromHalfJwk, fromPkcs8, privateKeyObject, publicKeyObject, publicKeyOf, type Curve } from '../../src/crypto/raw-keys.js'

const curves: Curve[] = ['X25519', 'Ed25519']
const [node = 0] = process.versions.node.split('.').map(Number)
const ways = node < 26 ? [fromHalfJwk, fromPkcs8] : [fromPkcs8]

describe('a raw private key', () => {
  it('is the same key in whatever form Node takes it', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (raw) => {
      for (const curve of curves) {
        const [a, ...others] = [...ways.map((from) => from(curve, raw)), privateKeyObject(curve, raw)]
        for (const b of others) assert.deepEqual(publicKeyOf(b), publicKeyOf(a!))
      }
    }), { numRuns: 20 })
  })

  it('agrees and signs, in each form', () => {
    // What signs is the first key of RFC 8032 §7.1.
    const [alice, bob] = ['77076d0a7318a57d3c16c17251b26645c6a3b8d51a6f0a7a9d1bb6f8d0c5a1d3', '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
    for (const from of ways) {
      const [a, b] = [from('X25519', alice!), from('X25519', bob!)]
      assert.deepEqual(diffieHellman({ privateKey: a, publicKey: publicKeyObject('X25519', publicKeyOf(b)) }), diffieHellman({ privateKey: b, publicKey: publicKeyObject('X25519', publicKeyOf(a)) }))
      const signer = from('Ed25519', Uint8Array.from(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')))
      assert.equal(Buffer.from(publicKeyOf(signer)).toString('hex'), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
      assert.ok(verify(null, Buffer.from('text'), publicKeyObject('Ed25519', publicKeyOf(signer)), sign(null, Buffer.from('text'), signer)))
    }
  })

  it('has 32 bytes', () => {
    for (const curve of curves) for (const length of [0, 31, 33]) assert.throws(() => privateKeyObject(curve, new Uint8Array(length)), { code: 'ERR_CRYPTO_INPUT' })
  })
})
