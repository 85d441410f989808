import assert from 'node:assert/strict'
import fc from 'fast-check'
import { maxEndedChains } from '../../src/crypto/limits.js'
import { ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob, type RatchetState } from '../../src/crypto/double-ratchet.js'
import { decodeRatchet, encodeRatchet } from '../../src/crypto/ratchet-codec.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit, utf8 } from './support.js'

type Side = 'alice' | 'bob'

interface Sent {
  text: string
  header: Uint8Array
  sealed: Uint8Array
  read: boolean
}

/** What may happen on the way. `which` picks one of all messages ever sent to that side, read or not. */
type Event =
  | { kind: 'send', by: Side }
  | { kind: 'deliver', to: Side, which: number }
  | { kind: 'damage', to: Side, which: number, field: 'header' | 'sealed', bit: number }
  | { kind: 'restart', side: Side }

const AD = utf8('associated data')
const side = fc.constantFrom<Side>('alice', 'bob')
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), by: side }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), to: side, which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('damage' as const), to: side, which: fc.nat(), field: fc.constantFrom('header', 'sealed'), bit: fc.nat() })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), side }) }
)

/** Two ends and a network that loses, repeats, reorders and damages, beside the model: each message is read once. */
class Conversation {
  readonly states: Record<Side, RatchetState>
  readonly sentTo: Record<Side, Sent[]> = { alice: [], bob: [] }
  readonly #random: SeededRandom

  constructor (seed: number | string) {
    this.#random = new SeededRandom(seed)
    const [rootKey, SPK] = [this.#random.bytes(32), x25519KeyPair(this.#random.bytes(32))]
    this.states = { alice: ratchetInitAlice(rootKey, SPK.publicKey, this.#random), bob: ratchetInitBob(rootKey, SPK) }
  }

  apply (event: Event): void {
    switch (event.kind) {
      case 'send': this.send(event.by); break
      case 'deliver': this.#with(event, (sent) => { this.deliver(event.to, sent) }); break
      case 'damage': this.#with(event, (sent) => {
        const damaged = { ...sent, [event.field]: flipBit(sent[event.field], event.bit % (sent[event.field].byteLength * 8)) }
        this.#refused(event.to, damaged, 'ERR_DECRYPT', 'ERR_REPLAY', 'ERR_LIMIT')
      }); break
      case 'restart': this.states[event.side] = decodeRatchet(encodeRatchet(this.states[event.side])); break
    }
  }

  send (by: Side): void {
    if (this.states[by].CKs === undefined) return
    const to = by === 'alice' ? 'bob' : 'alice'
    const text = `${by} ${this.sentTo[to].length}`
    const { state, header, sealed } = ratchetEncrypt(this.states[by], utf8(text), AD, this.#random)
    this.states[by] = state
    this.sentTo[to].push({ text, header, sealed, read: false })
  }

  deliver (to: Side, sent: Sent): void {
    if (sent.read) {
      this.#refused(to, sent, 'ERR_REPLAY')
      return
    }
    const { state, plaintext } = ratchetDecrypt(this.states[to], sent.header, sent.sealed, AD, this.#random)
    assert.equal(Buffer.from(plaintext).toString(), sent.text)
    this.states[to] = state
    sent.read = true
  }

  #refused (to: Side, sent: Sent, ...codes: Array<'ERR_DECRYPT' | 'ERR_REPLAY' | 'ERR_LIMIT'>): void {
    const before = structuredClone(this.states[to])
    assertCode(() => ratchetDecrypt(this.states[to], sent.header, sent.sealed, AD, this.#random), ...codes)
    assert.deepEqual(this.states[to], before)
  }

  #with ({ to, which }: { to: Side, which: number }, run: (sent: Sent) => void): void {
    const messages = this.sentTo[to]
    const sent = messages[which % messages.length]
    if (sent !== undefined) run(sent)
  }
}

describe('Double Ratchet, properties', () => {
  it('reads every message exactly once in any order, under loss, repetition, damage and restarts', () => {
    // Fewer turns than chains are remembered, so that every repetition is known as one.
    const events = fc.array(event, { maxLength: maxEndedChains, size: 'max' })
    fc.assert(fc.property(fc.integer(), events, (seed, events) => {
      const conversation = new Conversation(seed)
      for (const event of events) conversation.apply(event)
      for (const to of ['bob', 'alice', 'bob'] as const) {
        for (const sent of conversation.sentTo[to]) conversation.deliver(to, sent)
      }
    }), { numRuns: 200 })
  })

  it('holds 10,000 messages both ways over a network that loses, repeats and reorders', function () {
    this.timeout(120_000)
    const random = new SeededRandom('long run')
    const conversation = new Conversation('long run')
    const underway: Record<Side, Sent[]> = { alice: [], bob: [] }
    let [by, lost]: [Side, number] = ['alice', 0]
    for (let n = 0; n < 10_000; n++) {
      const to: Side = by === 'alice' ? 'bob' : 'alice'
      conversation.send(by)
      const sent = conversation.sentTo[to].at(-1)
      if (sent !== undefined) underway[to].splice(random.between(Math.max(0, underway[to].length - 8), underway[to].length), 0, sent)
      if (random.chance(0.1)) by = to
      for (const side of ['alice', 'bob'] as const) {
        while (underway[side].length > 0 && random.chance(0.6)) {
          const next = underway[side].shift()!
          if (random.chance(0.01)) lost++
          else conversation.deliver(side, next)
          if (random.chance(0.02) && next.read) conversation.deliver(side, next)
        }
      }
    }
    for (const side of ['alice', 'bob'] as const) for (const sent of underway[side]) conversation.deliver(side, sent)
    const all = [...conversation.sentTo.alice, ...conversation.sentTo.bob]
    assert.ok(all.length > 9_900 && lost > 50)
    assert.equal(all.filter((sent) => !sent.read).length, lost)
    assert.ok(conversation.states.alice.MKSKIPPED.length + conversation.states.bob.MKSKIPPED.length <= lost)
  })
})
