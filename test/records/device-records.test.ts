import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { encode } from '../../src/protocol/codec.js'
import { locatorTtlMs, maxAddresses } from '../../src/protocol/limits.js'
import { Locator, SignedPrekey } from '../../src/protocol/pb/account.js'
import { MailboxAcknowledgement } from '../../src/protocol/pb/service.js'
import { makeLocator, makeMailboxAcknowledgement, makeSignedPrekey, maxAcknowledgedEntries, verifyLocator, verifyMailboxAcknowledgement, verifySignedPrekey } from '../../src/records/index.js'
import { sealRecord } from '../../src/records/signed.js'
import { flipBit, seeded, throwsCode } from '../node/support.js'

const random = seeded('device records')
const device = ed25519KeyPair(random.bytes(32))
const other = ed25519KeyPair(random.bytes(32))
const now = 1_700_000_000_000
const refused = ['ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT'] as const

describe('locators', () => {
  const addresses = ['/ip4/10.0.0.1/tcp/4001', '/dns4/example.org/tcp/4001']
  const locator = makeLocator(device, addresses, now)

  it('come back with their addresses and their time', () => {
    assert.deepEqual(verifyLocator(locator, device.publicKey, now), { deviceKey: device.publicKey, issuedAtMs: now, expiresAtMs: now + locatorTtlMs, addresses })
  })

  it('are refused with any bit changed, and for another device', () => {
    for (let bit = 0; bit < locator.byteLength * 8; bit++) throwsCode(() => verifyLocator(flipBit(locator, bit), device.publicKey, now), ...refused)
    throwsCode(() => verifyLocator(locator, other.publicKey, now), 'ERR_INVALID_SIGNATURE')
  })

  it('expire', () => {
    verifyLocator(locator, device.publicKey, now + locatorTtlMs - 1)
    throwsCode(() => verifyLocator(locator, device.publicKey, now + locatorTtlMs), 'ERR_INVALID_RECORD')
  })

  it('may come from a clock an hour ahead, and not further', () => {
    verifyLocator(locator, device.publicKey, now - 60 * 60 * 1000)
    throwsCode(() => verifyLocator(locator, device.publicKey, now - 60 * 60 * 1000 - 1), 'ERR_INVALID_RECORD')
  })

  it('leave out what is too long and too many, and are read at their largest', () => {
    const many = Array.from({ length: 40 }, (_, i) => `/dns4/${'x'.repeat(i === 0 ? 300 : 230)}/tcp/${4000 + i}`)
    assert.equal(verifyLocator(makeLocator(device, many, now), device.publicKey, now).addresses.length, maxAddresses)
  })

  it('with impossible fields are refused, although the device signed them', () => {
    const good = { deviceKey: device.publicKey, issuedAtMs: BigInt(now), expiresAtMs: BigInt(now + 1000), addresses }
    const bad = [
      { deviceKey: other.publicKey }, { issuedAtMs: 0n }, { expiresAtMs: BigInt(now) + 10n ** 9n }, { expiresAtMs: 1n << 63n },
      { addresses: Array.from({ length: maxAddresses + 1 }, () => '/ip4/1.2.3.4/tcp/1') }, { addresses: ['x'.repeat(257)] }
    ]
    for (const change of bad) {
      const signed = sealRecord('p2pchat/1 locator', device.seed, encode(Locator, { ...good, ...change }))
      throwsCode(() => verifyLocator(signed, device.publicKey, now), 'ERR_INVALID_RECORD')
    }
  })
})

describe('signed prekeys', () => {
  const prekey = { id: 0xffffffff, publicKey: random.bytes(32), createdAtMs: now }
  const signed = makeSignedPrekey(device, prekey)

  it('come back', () => { assert.deepEqual(verifySignedPrekey(signed, device.publicKey), { ...prekey, signed }) })

  it('are refused with any bit changed, and for another device', () => {
    for (let bit = 0; bit < signed.byteLength * 8; bit++) throwsCode(() => verifySignedPrekey(flipBit(signed, bit), device.publicKey), ...refused)
    throwsCode(() => verifySignedPrekey(signed, other.publicKey), 'ERR_INVALID_SIGNATURE')
  })

  it('with impossible fields are refused', () => {
    const good = { deviceKey: device.publicKey, id: 1, publicKey: prekey.publicKey, createdAtMs: 1n }
    for (const change of [{ deviceKey: other.publicKey }, { id: 0 }, { publicKey: new Uint8Array(31) }, { createdAtMs: 1n << 63n }]) {
      const bytes = sealRecord('p2pchat/1 signed-prekey', device.seed, encode(SignedPrekey, { ...good, ...change }))
      throwsCode(() => verifySignedPrekey(bytes, device.publicKey), 'ERR_INVALID_RECORD')
    }
  })

  it('cannot be had from another record of the same device', () => {
    throwsCode(() => verifySignedPrekey(makeLocator(device, [], now), device.publicKey), 'ERR_INVALID_SIGNATURE')
  })
})

describe('mailbox acknowledgements', () => {
  const ids = Array.from({ length: 3 }, () => random.bytes(16))
  const signed = makeMailboxAcknowledgement(device, ids)

  it('come back', () => { assert.deepEqual(verifyMailboxAcknowledgement(signed, device.publicKey), ids) })

  it('are refused with any bit changed, and for another mailbox', () => {
    for (let bit = 0; bit < signed.byteLength * 8; bit++) throwsCode(() => verifyMailboxAcknowledgement(flipBit(signed, bit), device.publicKey), ...refused)
    throwsCode(() => verifyMailboxAcknowledgement(signed, other.publicKey), 'ERR_INVALID_SIGNATURE')
  })

  it('may name a thousand entries, and not one more', () => {
    const many = (count: number): Uint8Array => makeMailboxAcknowledgement(device, Array.from({ length: count }, () => new Uint8Array(16)))
    assert.equal(verifyMailboxAcknowledgement(many(maxAcknowledgedEntries), device.publicKey).length, maxAcknowledgedEntries)
    throwsCode(() => verifyMailboxAcknowledgement(many(maxAcknowledgedEntries + 1), device.publicKey), 'ERR_INVALID_RECORD')
  })

  it('with impossible fields are refused', () => {
    for (const change of [{ mailbox: other.publicKey }, { entryIds: [new Uint8Array(15)] }]) {
      const bytes = sealRecord('p2pchat/1 mailbox-ack', device.seed, encode(MailboxAcknowledgement, { mailbox: device.publicKey, entryIds: ids, ...change }))
      throwsCode(() => verifyMailboxAcknowledgement(bytes, device.publicKey), 'ERR_INVALID_RECORD')
    }
  })
})
