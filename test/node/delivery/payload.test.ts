import assert from 'node:assert/strict'
import fc from 'fast-check'
import { encodeDirect, encodeGroupConversation, encodePayload, encodeSystem, encodeText, parsePayload, type ParsedContent, type PayloadFields } from '../../../src/node/delivery/payload.js'
import { maxSealBytes, maxTextBytes } from '../../../src/protocol/limits.js'
import { Content, Payload } from '../../../src/protocol/pb/content.js'
import { flipBit, onlyOurErrors, seeded, throwsCode, utf8 } from '../support.js'

const random = seeded('payload')
const fields = (content: Uint8Array, changed: Partial<PayloadFields> = {}): PayloadFields => ({
  wireId: random.bytes(16),
  sequence: 7,
  lowestAlive: 3,
  record: { version: 2, hash: random.bytes(32) },
  sentAtMs: 1_700_000_000_000,
  conversation: encodeDirect('alice', 'bob'),
  content,
  ...changed
})

describe('texts', () => {
  it('may have 60,000 bytes, and not one more; the refusal names the limit and both sizes', () => {
    encodeText('x'.repeat(maxTextBytes))
    const error = throwsCode(() => encodeText('x'.repeat(maxTextBytes + 1)), 'ERR_LIMIT')
    assert.match(error.message, /60001 bytes/)
    assert.match(error.message, /60000 \(limit maxTextBytes\)/)
  })

  it('are measured in UTF-8: 20,000 characters of three bytes pass, one byte more is refused', () => {
    for (const none of [5, null, undefined, {}]) throwsCode(() => encodeText(none as never), 'ERR_USAGE')
    encodeText('漢'.repeat(20_000))
    throwsCode(() => encodeText(`${'漢'.repeat(20_000)}x`), 'ERR_LIMIT')
    encodeText('😀'.repeat(15_000))
    throwsCode(() => encodeText('😀'.repeat(15_001)), 'ERR_LIMIT')
  })

  it('must not be empty', () => { throwsCode(() => encodeText(''), 'ERR_USAGE') })

  it('fit under one key at their longest, with everything around them', () => {
    const max = Number.MAX_SAFE_INTEGER
    const longest = encodePayload(fields(encodeText('x'.repeat(maxTextBytes)), { sequence: max, lowestAlive: max, record: { version: max, hash: random.bytes(32) }, sentAtMs: max, conversation: encodeDirect('a'.repeat(32), 'b'.repeat(32)) }))
    assert.ok(longest.byteLength < maxSealBytes)
    assert.equal(parsePayload(longest).content.kind, 'text')
  })

  it('arrive as they were written: controls, right-to-left marks, emoji, any script', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const parsed = parsePayload(encodePayload(fields(encodeText(text))))
      assert.deepEqual(parsed.content, { kind: 'text', text })
    }))
    for (const text of ['\u0000\u001b[2J', '\u202Eabc\u202C', '👩‍👩‍👧‍👦🏳️‍🌈', 'a\r\nb', '\uFEFFx', '\u{10FFFF}']) {
      assert.deepEqual(parsePayload(encodePayload(fields(encodeText(text)))).content, { kind: 'text', text })
    }
  })

  it('arrive as they were written when they are long, too', () => {
    const text = 'a'.repeat(8_191) + '😀' + 'ü'.repeat(20_000)
    assert.deepEqual(parsePayload(encodePayload(fields(encodeText(text)))).content, { kind: 'text', text })
  })

  it('with half a character in them arrive with a sign in its place', () => {
    assert.deepEqual(parsePayload(encodePayload(fields(encodeText('a\ud800b')))).content, { kind: 'text', text: 'a\ufffdb' })
  })
})

describe('payloads', () => {
  it('come back with every field', () => {
    const given = fields(encodeText('hi'))
    const { encoded, ...parsed } = parsePayload(encodePayload(given))
    assert.deepEqual(encoded, encodePayload(given))
    assert.deepEqual(parsed, {
      wireId: given.wireId,
      sequence: 7,
      lowestAlive: 3,
      record: given.record,
      sentAtMs: given.sentAtMs,
      conversation: { from: 'alice', to: 'bob' },
      epochStarts: [],
      content: { kind: 'text', text: 'hi' }
    })
  })

  it('to a group come back with the group and where its epochs began', () => {
    const groupId = random.bytes(32)
    const epochStarts = [{ epoch: 2, first: 1 }, { epoch: 5, first: 7 }]
    const parsed = parsePayload(encodePayload(fields(encodeText('hi'), { conversation: encodeGroupConversation(groupId), epochStarts })))
    assert.deepEqual([parsed.groupId, parsed.epochStarts, parsed.conversation], [groupId, epochStarts, undefined])
    const many = Array.from({ length: 9 }, (_, i) => ({ epoch: i + 1, first: i + 1 }))
    assert.deepEqual(parsePayload(encodePayload(fields(encodeText('hi'), { epochStarts: many }))).epochStarts, many.slice(1), 'the newest, of more than this version tells')
  })

  it('about the keys of a group come back as what they are, or are unknown when they cannot be', () => {
    const [groupId, entryHash, epoch] = [32, 32, 70].map((length) => new Uint8Array(random.bytes(length))) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
    const kindOf = (content: Content): ParsedContent => parsePayload(encodePayload(fields(Content.encode(content)))).content
    const request = { groupId, epoch: 4n, entryHash }
    assert.deepEqual(kindOf({ groupEpoch: { epoch } }), { kind: 'group-epoch', epoch })
    assert.deepEqual(kindOf({ groupEpochRequest: request }), { kind: 'group-epoch-request', groupId, epoch: 4, entryHash })
    for (const bad of [{ groupId: new Uint8Array(31) }, { entryHash: new Uint8Array(0) }, { epoch: 0n }, { epoch: 1n << 53n }]) {
      assert.equal(kindOf({ groupEpochRequest: { ...request, ...bad } }).kind, 'unknown')
    }
  })

  it('of the system come back as what they are', () => {
    const signed = random.bytes(80)
    const kinds = [
      [encodeSystem({ resend: true }), { kind: 'resend' }],
      [encodeSystem({ hello: true }), { kind: 'hello' }],
      [encodeSystem({ accountRecord: signed }), { kind: 'account-record', signed }]
    ] as const
    for (const [content, expected] of kinds) {
      const parsed = parsePayload(encodePayload(fields(content, { conversation: new Uint8Array(0) })))
      assert.deepEqual(parsed.content, expected)
      assert.equal(parsed.conversation, undefined)
    }
  })

  it('of an unknown kind are kept whole', () => {
    // Field 99 of Content, which this version does not know.
    const unknown = Uint8Array.of(0x9a, 0x06, 3, 1, 2, 3)
    const known = encodePayload(fields(encodeText('x')))
    const bare = Payload.encode({ ...Payload.decode(known), content: undefined })
    const bytes = Uint8Array.from([...bare, 0x42, unknown.byteLength, ...unknown])
    assert.deepEqual(parsePayload(bytes).content, { kind: 'unknown' })
    assert.deepEqual(parsePayload(bytes).encoded, bytes)
  })

  it('of an unknown kind that is not for people are nothing to be shown', () => {
    const withContent = (content: object): Uint8Array => Payload.encode({ ...Payload.decode(encodePayload(fields(encodeText('x')))), content })
    assert.deepEqual(parsePayload(withContent({ notShown: true })).content, { kind: 'hello' })
    assert.deepEqual(parsePayload(withContent({ system: {} })).content, { kind: 'hello' })
    assert.equal(parsePayload(withContent({})).content.kind, 'unknown')
  })

  it('with a text longer than the limit are kept, not shown cut', () => {
    const content = Payload.encode({ ...Payload.decode(encodePayload(fields(encodeText('x')))), content: { text: { text: new Uint8Array(maxTextBytes + 1).fill(0x78) } } })
    assert.equal(parsePayload(content).content.kind, 'unknown')
  })

  it('with impossible fields are refused', () => {
    const good = Payload.decode(encodePayload(fields(encodeText('hi'))))
    const bad: Array<Partial<Payload>> = [
      { messageId: new Uint8Array(15) }, { messageId: new Uint8Array(17) }, { messageId: new Uint8Array(0) },
      { sequence: 0n }, { sequence: 1n << 53n, lowestAlive: 1n }, { lowestAlive: 0n }, { lowestAlive: 8n },
      { recordVersion: 0n }, { recordVersion: 1n << 60n }, { recordHash: new Uint8Array(31) }, { sentAtMs: (1n << 64n) - 1n },
      { conversation: { direct: { from: 'Alice', to: 'bob' } } }, { conversation: { direct: { from: 'alice', to: '' } } },
      { conversation: { groupId: new Uint8Array(31) } }, { epochStarts: [{ epoch: 0n, firstSequence: 1n }] }, { epochStarts: [{ epoch: 1n, firstSequence: 0n }] },
      { epochStarts: [{ epoch: 2n, firstSequence: 1n }, { epoch: 1n, firstSequence: 2n }] }, { epochStarts: [{ epoch: 1n, firstSequence: 2n }, { epoch: 2n, firstSequence: 2n }] },
      { epochStarts: [{ epoch: 1n, firstSequence: 1n << 53n }] },
      { conversation: { direct: { from: 'alice', to: 'a/b' } } }, { conversation: { direct: { from: 'x'.repeat(33), to: 'bob' } } }
    ]
    for (const change of bad) throwsCode(() => parsePayload(Payload.encode({ ...good, ...change })), 'ERR_INVALID_RECORD')
  })

  it('have a time that a date can say, whatever they claim', () => {
    const parsed = parsePayload(encodePayload(fields(encodeText('hi'), { sentAtMs: Number.MAX_SAFE_INTEGER })))
    assert.equal(new Date(parsed.sentAtMs).toISOString(), '9999-12-31T23:59:59.999Z')
  })

  it('longer than what one key may seal are refused before they are read', () => {
    throwsCode(() => parsePayload(new Uint8Array(maxSealBytes + 1)), 'ERR_LIMIT')
  })

  it('that are garbage, cut or damaged never give anything but our errors', () => {
    const good = encodePayload(fields(encodeText('hello')))
    for (let bit = 0; bit < good.byteLength * 8; bit++) onlyOurErrors(() => parsePayload(flipBit(good, bit)))
    for (let length = 0; length < good.byteLength; length++) onlyOurErrors(() => parsePayload(good.slice(0, length)))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { onlyOurErrors(() => parsePayload(bytes)) }))
    onlyOurErrors(() => parsePayload(utf8('not a payload')))
  })
})
