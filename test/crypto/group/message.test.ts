import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  decodeGroupEpoch, decodeGroupHeader, encodeGroupEpoch, encodeGroupHeader, maxGroupHeaderBytes, maxGroupSkip, maxGroupSkippedKeys, openGroupMessage,
  sealGroupMessage, verifyGroupMessage, type SealedGroupMessage
} from '../../../src/crypto/group/index.js'
import { lpAll } from '../../../src/crypto/bytes.js'
import { hmacSha256 } from '../../../src/crypto/hmac.js'
import type { ErrorCode } from '../../../src/errors.js'
import { signRecord } from '../../../src/crypto/signed-record.js'
import { maxUnpaddedBytes } from '../../../src/crypto/padding.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { assertCode, flipBit, toHex, utf8 } from '../support.js'
import { End, makeMember } from './support.js'

const random = new SeededRandom('group message')
const [alice, bob, mallory] = ['alice', 'bob', 'mallory'].map((name) => makeMember(name, random)) as [ReturnType<typeof makeMember>, ReturnType<typeof makeMember>, ReturnType<typeof makeMember>]
const group = { groupId: random.bytes(32), epoch: 3, secret: random.bytes(32), members: [alice, bob, mallory] }
const ends = (): { a: End, b: End, m: End } => ({ a: new End(alice, group, random), b: new End(bob, group, random), m: new End(mallory, group, random) })

/** Signed by `by`, whatever it is. */
function signedBy (by: typeof alice, { header, sealed }: SealedGroupMessage): SealedGroupMessage {
  return { header, sealed, signature: signRecord('p2pchat/1 group-message', by.device.seed, lpAll(header, sealed)).signature }
}

/** Refused, with the stored form of the keys as it was. */
function refused (to: End, message: SealedGroupMessage, ...codes: ErrorCode[]): void {
  const before = toHex(encodeGroupEpoch(to.keys))
  assertCode(() => openGroupMessage(to.keys, message), ...codes)
  assert.equal(toHex(encodeGroupEpoch(to.keys)), before)
}

describe('the messages of a group', () => {
  it('are sealed once and read by everyone, with what their sender knew', () => {
    const { a, b, m } = ends()
    for (const text of ['', 'hello', 'x'.repeat(maxUnpaddedBytes)]) {
      const message = a.send(text)
      for (const to of [b, m]) {
        const { keys, header, plaintext } = openGroupMessage(to.keys, message)
        assert.equal(Buffer.from(plaintext).toString(), text)
        assert.equal(header.sender, 'alice')
        assert.deepEqual(header.senderDevice, alice.device.publicKey)
        assert.deepEqual([header.groupId, header.epoch, header.head], [group.groupId, 3, { sequence: 3, hash: new Uint8Array(32).fill(9) }])
        to.keys = keys
      }
    }
    assert.deepEqual(a.keys.chains, b.keys.chains)
    assertCode(() => a.send('x'.repeat(maxUnpaddedBytes + 1)), 'ERR_LIMIT')
  })

  it('have a key and a salt of their own each', () => {
    const { a } = ends()
    const sealed = Array.from({ length: 20 }, () => toHex(a.send('the same').sealed))
    assert.equal(new Set(sealed.map((hex) => hex.slice(32))).size, 20)
    const [one, two] = [ends().a, ends().a]
    assert.notEqual(toHex(one.send('a cloned home').sealed).slice(32), toHex(two.send('a cloned home').sealed).slice(32))
  })

  it('are refused with any bit changed, and change nothing', () => {
    const { a, b } = ends()
    const message = a.send('hello')
    for (const field of ['header', 'sealed', 'signature'] as const) {
      for (let bit = 0; bit < message[field].byteLength * 8; bit++) {
        assertCode(() => openGroupMessage(b.keys, { ...message, [field]: flipBit(message[field], bit) }), 'ERR_INVALID_SIGNATURE', 'ERR_DECRYPT', 'ERR_UNSUPPORTED')
      }
      for (let length = 0; length < message[field].byteLength; length++) refused(b, { ...message, [field]: message[field].slice(0, length) }, 'ERR_INVALID_SIGNATURE', 'ERR_DECRYPT', 'ERR_UNSUPPORTED')
    }
    assert.equal(Buffer.from(openGroupMessage(b.keys, message).plaintext).toString(), 'hello')
  })

  it('of another member are refused though everyone has the keys of every chain', () => {
    const { a, b, m } = ends()
    // mallory seals in alice's chain: the MAC is right, the signature cannot be.
    const forged = sealGroupMessage(m.keys, { username: 'alice', device: { seed: mallory.device.seed, publicKey: alice.device.publicKey } }, { sequence: 3, hash: new Uint8Array(32) }, utf8('forged'), random).message
    refused(b, forged, 'ERR_INVALID_SIGNATURE')
    const genuine = a.send('genuine')
    refused(b, signedBy(mallory, genuine), 'ERR_INVALID_SIGNATURE')
    const renamed = { ...genuine, header: encodeGroupHeader({ ...decodeGroupHeader(genuine.header), sender: 'mallory', senderDevice: mallory.device.publicKey }) }
    refused(b, signedBy(mallory, renamed), 'ERR_DECRYPT')
    const name = { ...genuine, header: encodeGroupHeader({ ...decodeGroupHeader(genuine.header), sender: 'bob' }) }
    refused(b, signedBy(alice, name), 'ERR_NOT_PERMITTED')
    refused(b, { ...genuine, signature: new Uint8Array(0) }, 'ERR_INVALID_SIGNATURE')
    refused(b, { ...genuine, signature: new Uint8Array(64) }, 'ERR_INVALID_SIGNATURE')
  })

  it('with a right signature and a wrong seal are refused', () => {
    const { a, b } = ends()
    const [one, two] = [a.send('one'), a.send('two')]
    refused(b, signedBy(alice, { ...one, sealed: two.sealed }), 'ERR_DECRYPT')
    for (let bit = 0; bit < one.sealed.byteLength * 8; bit += 37) refused(b, signedBy(alice, { ...one, sealed: flipBit(one.sealed, bit) }), 'ERR_DECRYPT')
    const head = { ...decodeGroupHeader(one.header), head: { sequence: 4, hash: random.bytes(32) } }
    refused(b, signedBy(alice, { ...one, header: encodeGroupHeader(head) }), 'ERR_DECRYPT')
  })

  it('of other groups, other epochs and strangers are refused', () => {
    const { a, b } = ends()
    const other = { ...group, groupId: random.bytes(32) }
    refused(b, new End(alice, other, random).send('hello'), 'ERR_DECRYPT')
    refused(b, new End(alice, { ...group, epoch: 4 }, random).send('hello'), 'ERR_DECRYPT')
    const stranger = makeMember('stranger', random)
    refused(b, new End(stranger, { ...group, members: [stranger] }, random).send('hello'), 'ERR_NOT_PERMITTED')
    const second = makeMember('alice', random)
    refused(b, new End(second, { ...group, members: [second] }, random).send('hello'), 'ERR_NOT_PERMITTED')
    assert.equal(verifyGroupMessage(a.send('hello')).sender, 'alice')
  })

  it('are read once', () => {
    const { a, b } = ends()
    const messages = ['one', 'two', 'three'].map((text) => a.send(text))
    for (const i of [2, 0, 1]) {
      b.keys = openGroupMessage(b.keys, messages[i]!).keys
      refused(b, messages[i]!, 'ERR_REPLAY')
    }
    for (const message of messages) refused(b, message, 'ERR_REPLAY')
    const resalted = { ...a.send('four') }
    b.keys = openGroupMessage(b.keys, resalted).keys
    refused(b, signedBy(alice, { ...resalted, sealed: random.bytes(resalted.sealed.byteLength) }), 'ERR_REPLAY')
  })

  it('skip as many as a mailbox holds, keep the newest of the skipped, and no more', () => {
    const { a, b } = ends()
    const first = a.send('0')
    const early = maxGroupSkip - maxGroupSkippedKeys - 1
    const kept: SealedGroupMessage[] = []
    for (let n = 1; n < maxGroupSkip; n++) {
      if (n === early || n === early + 1) kept.push(a.send(String(n)))
      else a.keys = { ...a.keys, chains: a.keys.chains.map((chain) => chain.username === 'alice' ? { ...chain, CK: hmacSha256(chain.CK, Uint8Array.of(2)), N: chain.N + 1 } : chain) }
    }
    const [atLimit, past] = [a.send('at the limit'), a.send('past it')]
    refused(b, past, 'ERR_LIMIT')
    b.keys = openGroupMessage(b.keys, atLimit).keys
    assert.equal(b.keys.chains[0]!.skipped.length, maxGroupSkippedKeys)
    assert.equal(b.keys.chains[0]!.skipped[0]!.N, maxGroupSkip - maxGroupSkippedKeys)
    refused(b, first, 'ERR_REPLAY')
    refused(b, kept[0]!, 'ERR_REPLAY')
    b.keys = openGroupMessage(b.keys, past).keys
    assert.deepEqual(decodeGroupEpoch(encodeGroupEpoch(b.keys)), b.keys)
  })

  it('have a last number', () => {
    const { a } = ends()
    const last = { ...a.keys, chains: a.keys.chains.map((chain) => ({ ...chain, N: 0xffff_ffff })) }
    assertCode(() => sealGroupMessage(last, alice, { sequence: 3, hash: new Uint8Array(32) }, utf8('hello'), random), 'ERR_LIMIT')
  })

  it('have a header of one layout', () => {
    const fields = { groupId: random.bytes(32), epoch: 2 ** 40, head: { sequence: 2 ** 50, hash: random.bytes(32) }, sender: 'a'.repeat(32), senderDevice: random.bytes(32), counter: 0xffff_fffe }
    const header = encodeGroupHeader(fields)
    assert.equal(header.byteLength, maxGroupHeaderBytes)
    assert.deepEqual(decodeGroupHeader(header), fields)
    for (const sender of ['', 'a'.repeat(33)]) assertCode(() => encodeGroupHeader({ ...fields, sender }), 'ERR_CRYPTO_INPUT')
    for (let length = 0; length < header.byteLength; length++) assertCode(() => decodeGroupHeader(header.slice(0, length)), 'ERR_DECRYPT')
    assertCode(() => decodeGroupHeader(Uint8Array.from([...header, 97])), 'ERR_DECRYPT')
    for (const [at, value] of [[34, 0xff], [42, 0xff], [118, 31], [120, 0x1b], [120, 0x80]] as const) assertCode(() => decodeGroupHeader(header.with(at, value)), 'ERR_DECRYPT')
    for (const at of [0, 1]) assertCode(() => decodeGroupHeader(header.with(at, 2)), 'ERR_UNSUPPORTED')
  })
})

describe('any order of arrival', () => {
  it('gives every message of every sender once, whatever is lost, doubled, damaged and restarted between', () => {
    const event = fc.record({ kind: fc.constantFrom('deliver', 'deliver', 'deliver', 'damage', 'restart'), which: fc.nat(), bit: fc.nat() })
    fc.assert(fc.property(fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 20 }), fc.array(event, { maxLength: 40 }), (senders, events) => {
      const all = Object.values(ends())
      const reader = new End(bob, group, random)
      const sent = senders.map((i, n) => ({ text: `${i}/${n}`, message: all[i]!.send(`${i}/${n}`), read: false }))
      const deliver = (item: typeof sent[0]): void => {
        if (item.read) {
          refused(reader, item.message, 'ERR_REPLAY')
          return
        }
        const { keys, plaintext } = openGroupMessage(reader.keys, item.message)
        assert.equal(Buffer.from(plaintext).toString(), item.text)
        reader.keys = keys
        item.read = true
      }
      for (const { kind, which, bit } of events) {
        const item = sent[which % sent.length]!
        switch (kind) {
          case 'deliver': deliver(item); break
          case 'damage': refused(reader, { ...item.message, sealed: flipBit(item.message.sealed, bit % (item.message.sealed.byteLength * 8)) }, 'ERR_INVALID_SIGNATURE'); break
          case 'restart': reader.keys = decodeGroupEpoch(encodeGroupEpoch(reader.keys)); break
        }
      }
      for (const item of sent) deliver(item)
      for (const item of sent) deliver(item)
      assert.deepEqual(reader.keys.chains.map(({ N, skipped }) => [N, skipped.length]), [0, 1, 2].map((i) => [senders.filter((sender) => sender === i).length, 0]))
    }), { numRuns: 60 })
  })
})
