import assert from 'node:assert/strict'
import { concat } from 'uint8arrays/concat'
import {
  forgetRatchet, HEADER_BYTES, ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob,
  type RatchetEncrypted, type RatchetState
} from '../../src/crypto/double-ratchet.js'
import { u32 } from '../../src/crypto/bytes.js'
import { maxEndedChains, maxSkippedKeys, maxSkippedPerHeader } from '../../src/crypto/limits.js'
import { maxUnpaddedBytes, pad } from '../../src/crypto/padding.js'
import { encodeRatchet } from '../../src/crypto/ratchet-codec.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit, ScriptedRandom, toHex, utf8 } from './support.js'

type Message = Pick<RatchetEncrypted, 'header' | 'sealed'>

/** One end, with its state kept from step to step. */
class End {
  state: RatchetState
  readonly #random: SeededRandom

  constructor (state: RatchetState, random: SeededRandom) {
    this.state = state
    this.#random = random
  }

  send (text = 'text'): Message {
    const { state, ...message } = ratchetEncrypt(this.state, utf8(text), AD, this.#random)
    this.state = state
    return message
  }

  /** "text 0", "text 1" … */
  sendMany (count: number): Message[] {
    return Array.from({ length: count }, (_, at) => this.send(`text ${at}`))
  }

  read (message: Message): string {
    const { state, plaintext } = ratchetDecrypt(this.state, message.header, message.sealed, AD, this.#random)
    this.state = state
    return Buffer.from(plaintext).toString()
  }

  /** Expects `message` to be refused with `code` and the state to be as it was. */
  refuses (message: Message, code: 'ERR_REPLAY' | 'ERR_LIMIT' | 'ERR_DECRYPT'): void {
    const before = structuredClone(this.state)
    assertCode(() => this.read(message), code)
    assert.deepEqual(this.state, before)
  }
}

const AD = utf8('associated data')

function pair (seed: string): { alice: End, bob: End } {
  const random = new SeededRandom(seed)
  const [rootKey, SPK] = [random.bytes(32), x25519KeyPair(random.bytes(32))]
  return {
    alice: new End(ratchetInitAlice(rootKey, SPK.publicKey, random), random.fork('alice')),
    bob: new End(ratchetInitBob(rootKey, SPK), random.fork('bob'))
  }
}

/** Makes both ends take a new key: one message each way. */
function turn (alice: End, bob: End): void {
  bob.read(alice.send())
  alice.read(bob.send())
}

describe('Double Ratchet', () => {
  it('reads both ways, turn by turn', () => {
    const { alice, bob } = pair('turns')
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n <= round; n++) assert.equal(bob.read(alice.send(`a${round}.${n}`)), `a${round}.${n}`)
      for (let n = 0; n <= round; n++) assert.equal(alice.read(bob.send(`b${round}.${n}`)), `b${round}.${n}`)
    }
  })

  it('numbers messages as the specification does', () => {
    const { alice, bob } = pair('numbers')
    const numbers = ({ header }: Message): number[] => [32, 36].map((at) => new DataView(header.buffer, header.byteOffset).getUint32(at))
    const first = alice.sendMany(3)
    assert.deepEqual(first.map(numbers), [[0, 0], [0, 1], [0, 2]])
    bob.read(first[0]!)
    assert.deepEqual(numbers(bob.send()), [0, 0])
    alice.read(bob.send())
    assert.deepEqual(alice.sendMany(2).map(numbers), [[3, 0], [3, 1]])
  })

  it('takes a new key with every turn, and never shows one twice', () => {
    const { alice, bob } = pair('keys')
    const keys = new Set<string>()
    for (let round = 0; round < 10; round++) {
      const a = alice.send()
      bob.read(a)
      const b = bob.send()
      alice.read(b)
      keys.add(toHex(a.header.subarray(0, 32))).add(toHex(b.header.subarray(0, 32)))
    }
    assert.equal(keys.size, 20)
  })

  it('does not send before the responder has read', () => {
    assertCode(() => pair('early').bob.send(), 'ERR_CRYPTO_INPUT')
  })

  it('takes 65,535 bytes and no more, and does not change when it refuses', () => {
    const { alice, bob } = pair('long')
    const longest = 'x'.repeat(maxUnpaddedBytes)
    assert.equal(bob.read(alice.send(longest)), longest)
    const before = structuredClone(alice.state)
    assertCode(() => alice.send(longest + 'x'), 'ERR_LIMIT')
    assert.deepEqual(alice.state, before)
  })

  it('stops at the last number of a chain', () => {
    const { alice } = pair('last')
    alice.state = { ...alice.state, Ns: 0xffff_ffff }
    assertCode(() => alice.send(), 'ERR_LIMIT')
  })

  describe('a message read already', () => {
    it('is a replay in its chain, out of its order, and after the chain ended', () => {
      const { alice, bob } = pair('replay')
      const [first, second, third] = alice.sendMany(3) as [Message, Message, Message]
      for (const message of [first, third, second]) {
        bob.read(message)
        bob.refuses(message, 'ERR_REPLAY')
      }
      alice.read(bob.send())
      turn(alice, bob)
      for (const message of [first, second, third]) bob.refuses(message, 'ERR_REPLAY')
    })

    it('is told from a forgery for as many chains as are remembered', () => {
      const { alice, bob } = pair('remembered')
      const first = alice.send()
      bob.read(first)
      alice.read(bob.send())
      for (let chains = 1; chains <= maxEndedChains; chains++) {
        turn(alice, bob)
        bob.refuses(first, 'ERR_REPLAY')
      }
      turn(alice, bob)
      bob.refuses(first, 'ERR_DECRYPT')
      assert.equal(bob.state.endedChains.length, maxEndedChains)
    })
  })

  describe('a changed message', () => {
    it('is refused with any bit of it changed, and then still readable', () => {
      const { alice, bob } = pair('changed')
      turn(alice, bob)
      const skipped = alice.send('skipped')
      bob.read(alice.send('in chain'))
      const inChain = alice.send('next in chain')
      for (const message of [skipped, inChain]) {
        for (let bit = 0; bit < HEADER_BYTES * 8; bit += 3) {
          const before = structuredClone(bob.state)
          assertCode(() => bob.read({ ...message, header: flipBit(message.header, bit) }), 'ERR_DECRYPT', 'ERR_REPLAY', 'ERR_LIMIT')
          assert.deepEqual(bob.state, before)
        }
        for (let bit = 0; bit < message.sealed.byteLength * 8; bit += 7) bob.refuses({ ...message, sealed: flipBit(message.sealed, bit) }, 'ERR_DECRYPT')
      }
      assert.equal(bob.read(skipped), 'skipped')
      assert.equal(bob.read(inChain), 'next in chain')
    })

    it('is refused in front of a new chain, and the chain can still begin', () => {
      const { alice, bob } = pair('changed turn')
      turn(alice, bob)
      const message = alice.send('new chain')
      for (let bit = 0; bit < message.sealed.byteLength * 8; bit += 31) bob.refuses({ ...message, sealed: flipBit(message.sealed, bit) }, 'ERR_DECRYPT')
      assert.equal(bob.read(message), 'new chain')
    })

    it('is refused with numbers far ahead, and harms nothing', () => {
      const { alice, bob } = pair('forged numbers')
      turn(alice, bob)
      const { header, sealed } = alice.send('real')
      const [DH, PN, N] = [header.subarray(0, 32), header.subarray(32, 36), header.subarray(36)]
      bob.refuses({ header: concat([DH, u32(0xffff_ffff), N]), sealed }, 'ERR_LIMIT')
      bob.refuses({ header: concat([DH, PN, u32(0xffff_ffff)]), sealed }, 'ERR_LIMIT')
      assert.equal(bob.read({ header, sealed }), 'real')
    })

    it('is refused under other associated data', () => {
      const { alice, bob } = pair('other ad')
      const { header, sealed } = alice.send()
      assertCode(() => ratchetDecrypt(bob.state, header, sealed, utf8('other'), new ScriptedRandom()), 'ERR_DECRYPT')
    })

    it('is refused with a header of another length or a key of small order', () => {
      const { alice, bob } = pair('header')
      const { header, sealed } = alice.send()
      for (const wrong of [header.subarray(1), concat([header, new Uint8Array(1)]), new Uint8Array(0)]) bob.refuses({ header: wrong, sealed }, 'ERR_DECRYPT')
      bob.refuses({ header: new Uint8Array(HEADER_BYTES), sealed }, 'ERR_DECRYPT')
    })

    it('is not what the other end sends itself', () => {
      const { alice, bob } = pair('reflected')
      turn(alice, bob)
      alice.refuses(alice.send(), 'ERR_DECRYPT')
    })
  })

  describe('skipped messages', () => {
    it('may be 1,000 in a chain, and are all readable afterwards', () => {
      const { alice, bob } = pair('skip in chain')
      const messages = alice.sendMany(maxSkippedPerHeader + 1)
      assert.equal(bob.read(messages.at(-1)!), 'text 1000')
      assert.equal(bob.state.MKSKIPPED.length, maxSkippedPerHeader)
      for (const [at, message] of messages.slice(0, -1).entries()) assert.equal(bob.read(message), `text ${at}`)
      assert.equal(bob.state.MKSKIPPED.length, 0)
    })

    it('may not be 1,001: refused for now, readable once one of them came', () => {
      const { alice, bob } = pair('skip too far')
      const messages = alice.sendMany(maxSkippedPerHeader + 2)
      bob.refuses(messages.at(-1)!, 'ERR_LIMIT')
      bob.read(messages[0]!)
      assert.equal(bob.read(messages.at(-1)!), 'text 1001')
    })

    it('may be 1,000 at the end of one chain and 1,000 at the start of the next', () => {
      const { alice, bob } = pair('skip over a turn')
      turn(alice, bob)
      const first = alice.sendMany(maxSkippedPerHeader + 1)
      bob.read(first[0]!)
      alice.read(bob.send())
      const second = alice.sendMany(maxSkippedPerHeader + 1)
      assert.equal(bob.read(second.at(-1)!), 'text 1000')
      assert.equal(bob.state.MKSKIPPED.length, maxSkippedKeys)
      for (const message of [...first.slice(1), ...second.slice(0, -1)]) bob.read(message)
      assert.equal(bob.state.MKSKIPPED.length, 0)
    })

    it('are refused past 1,000 at the end of a chain too', () => {
      const { alice, bob } = pair('skip old chain')
      turn(alice, bob)
      const old = alice.sendMany(maxSkippedPerHeader + 2)
      bob.read(old[0]!)
      alice.read(bob.send())
      const next = alice.send('next')
      bob.refuses(next, 'ERR_LIMIT')
      bob.read(old[1]!)
      assert.equal(bob.read(next), 'next')
    })

    it('let the oldest of more than 2,000 go', () => {
      const { alice, bob } = pair('skip all')
      const messages = Array.from({ length: 3 }, () => {
        const chain = alice.sendMany(maxSkippedPerHeader)
        bob.read(chain.at(-1)!)
        alice.read(bob.send())
        return chain
      })
      const [oldest, newer] = [messages[0]!, messages.slice(1).flat()]
      assert.equal(bob.state.MKSKIPPED.length, maxSkippedKeys)
      const given = maxSkippedPerHeader * 3 - 3 - maxSkippedKeys
      for (const at of [0, 1, given - 1]) bob.refuses(oldest[at]!, 'ERR_REPLAY')
      for (const message of [oldest[given]!, newer[0]!, newer.at(-2)!]) bob.read(message)
    })
  })

  describe('a state', () => {
    it('is never changed by a step', () => {
      const { alice, bob } = pair('pure')
      const [first, second] = alice.sendMany(2) as [Message, Message]
      for (const step of [() => bob.read(second), () => bob.read(first), () => bob.send()]) {
        const [before, copy] = [bob.state, structuredClone(bob.state)]
        step()
        assert.deepEqual(before, copy)
      }
    })

    it('can take the same step again when its outcome was lost', () => {
      const { alice, bob } = pair('again')
      const message = alice.send('once')
      const before = bob.state
      bob.read(message)
      bob.state = before
      assert.equal(bob.read(message), 'once')
    })

    it('that was cloned does not make a two-time pad', () => {
      const { alice } = pair('clone')
      const clone = alice.state
      const [a, b] = ['first text', 'other text'].map((text, at) => {
        const { header, sealed } = ratchetEncrypt(clone, utf8(text), AD, new SeededRandom(`salt ${at}`))
        const keystream = pad(utf8(text)).map((byte, i) => byte ^ sealed[16 + i]!)
        return { header, blocks: Array.from({ length: 16 }, (_, block) => toHex(keystream.subarray(block * 8, block * 8 + 8))) }
      })
      assert.deepEqual(a!.header, b!.header)
      assert.equal(new Set([...a!.blocks, ...b!.blocks]).size, 32)
    })

    it('draws 32 bytes for a new chain only once its message could be read', () => {
      const { alice, bob } = pair('draws')
      const { header, sealed } = alice.send()
      assertCode(() => ratchetDecrypt(bob.state, header, flipBit(sealed, 9), AD, new ScriptedRandom()), 'ERR_DECRYPT')
      const random = new ScriptedRandom(new Uint8Array(32).fill(3))
      const { state } = ratchetDecrypt(bob.state, header, sealed, AD, random)
      random.end()
      assert.deepEqual(state.DHs, x25519KeyPair(new Uint8Array(32).fill(3)))
    })

    it('is wiped once the next one is kept, which still works', () => {
      const { alice, bob } = pair('forget')
      const [skipped, message] = alice.sendMany(2) as [Message, Message]
      const before = bob.state
      bob.read(message)
      forgetRatchet(before, bob.state)
      assert.ok([before.DHs.privateKey, before.RK].every((key) => key.every((byte) => byte === 0)))
      assert.equal(bob.read(skipped), 'text 0')
      alice.read(bob.send())

      const sending = alice.state
      alice.send()
      forgetRatchet(sending, alice.state)
      assert.ok(sending.CKs!.every((byte) => byte === 0))
      assert.ok(alice.state.RK.some((byte) => byte !== 0))
      assert.equal(bob.read(alice.send('still there')), 'still there')

      forgetRatchet(alice.state)
      const rest = encodeRatchet({ ...alice.state, DHs: { ...alice.state.DHs, publicKey: new Uint8Array(32) }, DHr: new Uint8Array(32), endedChains: [], Ns: 0, Nr: 0, PN: 0 })
      assert.equal(rest.subarray(2).reduce((sum, byte) => sum + byte, 0), 0)
    })

    it('that could not be made leaves no key behind', () => {
      const drawn = new Uint8Array(32).fill(4)
      assertCode(() => ratchetInitAlice(new Uint8Array(32), new Uint8Array(32), { bytes: () => drawn }), 'ERR_CRYPTO_INPUT')
      assert.ok(drawn.every((byte) => byte === 0))
    })

    it('keeps copies of what it was given, of Buffers too', () => {
      for (const give of [(bytes: Uint8Array) => bytes.slice(), (bytes: Uint8Array) => Buffer.from(bytes)]) {
        const SPK = x25519KeyPair(new Uint8Array(32).fill(5))
        const given = { rootKey: give(new Uint8Array(32).fill(6)), privateKey: give(SPK.privateKey), publicKey: give(SPK.publicKey), peerKey: give(SPK.publicKey) }
        const alice = new End(ratchetInitAlice(given.rootKey, given.peerKey, new SeededRandom('copies')), new SeededRandom('alice'))
        const bob = new End(ratchetInitBob(given.rootKey, given), new SeededRandom('bob'))
        for (const bytes of Object.values(given)) bytes.fill(0)
        assert.deepEqual(bob.state.DHs, SPK)
        const { header, sealed } = alice.send('first')
        const message = { header: give(header), sealed: give(sealed) }
        assert.equal(bob.read(message), 'first')
        for (const bytes of Object.values(message)) bytes.fill(0)
        assert.equal(bob.read(alice.send('same chain')), 'same chain')
        assert.equal(alice.read(bob.send('answer')), 'answer')
        assert.equal(bob.read(alice.send('next chain')), 'next chain')
      }
    })

    it('refuses keys of another length', () => {
      const [key, short] = [new Uint8Array(32).fill(9), new Uint8Array(31).fill(9)]
      const random = new SeededRandom('lengths')
      assertCode(() => ratchetInitAlice(short, key, random), 'ERR_CRYPTO_INPUT')
      assertCode(() => ratchetInitAlice(key, short, random), 'ERR_CRYPTO_INPUT')
      assertCode(() => ratchetInitBob(short, x25519KeyPair(key)), 'ERR_CRYPTO_INPUT')
      assertCode(() => ratchetInitBob(key, { privateKey: short, publicKey: key }), 'ERR_CRYPTO_INPUT')
    })
  })
})
