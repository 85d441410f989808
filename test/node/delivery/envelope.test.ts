import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeEnvelope, encodeGroupEnvelope, encodeGroupReceiptEnvelope, encodeMessageEnvelope, encodeReceiptEnvelope } from '../../../src/node/delivery/envelope.js'
import { maxAccountRecordBytes, maxEnvelopeBytes, maxSealBytes } from '../../../src/protocol/limits.js'
import { encode } from '../../../src/protocol/codec.js'
import { EnvelopeKind } from '../../../src/protocol/enums.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import { flipBit, onlyOurErrors, seeded, throwsCode } from '../support.js'

const random = seeded('envelope')
const route = { senderDevice: random.bytes(32), recipientDevice: random.bytes(32) }
const id = random.bytes(16)
const record = random.bytes(200)
const initiation = { ephemeralKey: random.bytes(32), signedPrekeyId: 0xffffffff, oneTimePrekeyId: 5 }
const sealed = { sessionId: random.bytes(16), initiation, header: random.bytes(40), sealed: random.bytes(176) }
const first = encodeMessageEnvelope(route, id, sealed, record)

describe('envelopes', () => {
  it('come back with every field, with an initiation and without', () => {
    const decoded = decodeEnvelope(first)
    assert.equal(decoded.kind, EnvelopeKind.MESSAGE)
    assert.deepEqual([decoded.id, decoded.senderDevice, decoded.recipientDevice, decoded.sessionId, decoded.header, decoded.sealed], [id, route.senderDevice, route.recipientDevice, sealed.sessionId, sealed.header, sealed.sealed])
    assert.deepEqual(decoded.initiation, { accountRecord: record, ...initiation })
    assert.equal(decodeEnvelope(encodeMessageEnvelope(route, id, { ...sealed, initiation: undefined }, record)).initiation, undefined)
    const without = { ...initiation, oneTimePrekeyId: undefined }
    assert.equal(decodeEnvelope(encodeMessageEnvelope(route, id, { ...sealed, initiation: without }, record)).initiation?.oneTimePrekeyId, undefined)
  })

  it('of receipts are such', () => {
    const decoded = decodeEnvelope(encodeReceiptEnvelope(route, id, { sessionId: sealed.sessionId, sealed: sealed.sealed }))
    assert.equal(decoded.kind, EnvelopeKind.RECEIPT)
    assert.equal(decoded.header.byteLength, 0)
  })

  it('of groups have no session, and messages no recipient', () => {
    const message = decodeEnvelope(encodeGroupEnvelope(route.senderDevice, id, sealed.sealed))
    assert.deepEqual([message.kind, message.id, message.senderDevice, message.recipientDevice.byteLength, message.sealed], [EnvelopeKind.GROUP_MESSAGE, id, route.senderDevice, 0, sealed.sealed])
    const receipt = decodeEnvelope(encodeGroupReceiptEnvelope(route, id, sealed.sealed))
    assert.deepEqual([receipt.kind, receipt.recipientDevice, receipt.sessionId.byteLength], [EnvelopeKind.GROUP_RECEIPT, route.recipientDevice, 0])
    const bad = [{ sessionId: random.bytes(16) }, { header: random.bytes(40) }, { initiation: { accountRecord: record, ...initiation } }, { id: new Uint8Array(0) }, { senderDevice: new Uint8Array(31) }]
    for (const change of [...bad, { recipientDevice: route.recipientDevice }]) throwsCode(() => decodeEnvelope(encode(Envelope, { ...message, ...change })), 'ERR_INVALID_RECORD')
    for (const change of [...bad, { recipientDevice: new Uint8Array(0) }]) throwsCode(() => decodeEnvelope(encode(Envelope, { ...receipt, ...change })), 'ERR_INVALID_RECORD')
  })

  it('are within their limit at their largest', () => {
    const largest = encodeMessageEnvelope(route, id, { ...sealed, sealed: new Uint8Array(16 + maxSealBytes + 32) }, new Uint8Array(maxAccountRecordBytes + 80))
    assert.ok(largest.byteLength <= maxEnvelopeBytes)
    decodeEnvelope(largest)
  })

  it('past their limit are refused, naming it', () => {
    const error = throwsCode(() => decodeEnvelope(new Uint8Array(maxEnvelopeBytes + 1)), 'ERR_LIMIT')
    assert.match(error.message, new RegExp(String(maxEnvelopeBytes)))
  })

  it('with fields of a wrong size are refused', () => {
    const good = Envelope.decode(first)
    const bad = [
      { id: new Uint8Array(15) }, { senderDevice: new Uint8Array(31) }, { recipientDevice: new Uint8Array(33) }, { sessionId: new Uint8Array(0) },
      { initiation: { accountRecord: record, ...initiation, ephemeralKey: new Uint8Array(31) } }
    ]
    for (const change of bad) throwsCode(() => decodeEnvelope(encode(Envelope, { ...good, ...change })), 'ERR_INVALID_RECORD')
  })

  it('of another suite are refused by name', () => {
    const error = throwsCode(() => decodeEnvelope(Envelope.encode({ ...Envelope.decode(first), suite: 9 })), 'ERR_UNSUPPORTED')
    assert.match(error.message, /suite 9/)
    throwsCode(() => decodeEnvelope(Envelope.encode({ ...Envelope.decode(first), kind: 9 })), 'ERR_UNSUPPORTED')
    // Nothing of what it has must fit this version's.
    throwsCode(() => decodeEnvelope(Envelope.encode({ ...Envelope.decode(first), suite: 9, sessionId: new Uint8Array(8) })), 'ERR_UNSUPPORTED')
  })

  it('that are garbage, cut or damaged never give anything but our errors', () => {
    for (let bit = 0; bit < first.byteLength * 8; bit++) onlyOurErrors(() => decodeEnvelope(flipBit(first, bit)))
    for (let length = 0; length < first.byteLength; length++) onlyOurErrors(() => decodeEnvelope(first.slice(0, length)))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { onlyOurErrors(() => decodeEnvelope(bytes)) }))
  })
})
