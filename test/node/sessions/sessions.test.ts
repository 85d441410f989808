import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lpAll, sha256 } from '../../../src/crypto/bytes.js'
import { decodeEnvelope, encodeMessageEnvelope, encodeReceiptEnvelope } from '../../../src/node/delivery/envelope.js'
import { toHex } from '../../../src/node/home/hex.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { Prekeys } from '../../../src/node/prekeys/prekeys.js'
import { keepRetiredMs, rotationMs } from '../../../src/node/prekeys/limits.js'
import { maxSessions } from '../../../src/node/sessions/limits.js'
import { Sessions, type Opened } from '../../../src/node/sessions/sessions.js'
import { mailRetentionMs } from '../../../src/protocol/limits.js'
import { verifySignedPrekey } from '../../../src/records/index.js'
import { stepHomeTime } from '../../../src/node/home/home-time.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { flipBit, makeAccount, makeLane, seeded, selfEnd, utf8, type TestAccount, type TestDevice } from '../support.js'

interface Sent { bytes: Uint8Array, text: string }

/** One device with its sessions and prekeys. */
class Device {
  readonly lane: Lane = makeLane()
  readonly account: TestAccount
  readonly device: TestDevice
  readonly sessions: Sessions
  readonly prekeys: Prekeys
  readonly #random: SeededRandom

  constructor (username: string, clock: FakeClock, random: SeededRandom) {
    this.#random = random
    this.account = makeAccount(username, random)
    this.device = this.account.devices[0] as TestDevice
    this.prekeys = new Prekeys({ clock, random, device: this.device })
    this.sessions = new Sessions({ clock, random, prekeys: this.prekeys })
  }

  get hex (): string { return this.device.hex }

  async bundle (withOneTime = true): Promise<Parameters<Sessions['begin']>[3]> {
    return await this.lane.write(async (tx) => {
      const { id, signed } = await this.prekeys.currentSigned(tx)
      const oneTime = withOneTime ? { oneTimePrekey: await this.prekeys.makeDirect(tx) } : {}
      return { signedPrekey: { id, publicKey: verifySignedPrekey(signed, this.device.deviceKey).publicKey }, ...oneTime }
    })
  }

  async begin (peer: Device, withOneTime = true): Promise<void> {
    const bundle = await peer.bundle(withOneTime)
    await this.lane.write(async (tx) => { await this.sessions.begin(tx, selfEnd(this.account, this.device), selfEnd(peer.account, peer.device), bundle) })
  }

  async seal (peer: Device, text: string): Promise<Sent> {
    const sealed = await this.lane.write(async (tx) => await this.sessions.seal(tx, peer.hex, utf8(text)))
    assert.ok(sealed !== undefined, 'there is no session')
    const route = { senderDevice: this.device.deviceKey, recipientDevice: peer.device.deviceKey }
    return { bytes: encodeMessageEnvelope(route, this.#random.bytes(16), sealed, this.account.record.signed), text }
  }

  async open (peer: Device, { bytes }: { bytes: Uint8Array }): Promise<Opened> {
    return await this.lane.write(async (tx) => await this.sessions.open(tx, selfEnd(this.account, this.device), selfEnd(peer.account, peer.device), decodeEnvelope(bytes)))
  }

  async reads (peer: Device, sent: Sent): Promise<void> {
    const opened = await this.open(peer, sent)
    assert.equal(opened.kind === 'read' ? new TextDecoder().decode(opened.plaintext) : opened.kind, sent.text)
  }

  /** A digest of all that is stored, for looking whether anything changed. */
  async stored (): Promise<string> {
    const entries = await this.lane.list('')
    return toHex(sha256(lpAll(...entries.flat())))
  }
}

const sessionOf = ({ bytes }: Sent): string => decodeEnvelope(bytes).sessionId.join()

describe('sessions', () => {
  let clock: FakeClock
  let alice: Device
  let bob: Device

  beforeEach(() => {
    clock = new FakeClock()
    alice = new Device('alice', clock, seeded('alice'))
    bob = new Device('bob', clock, seeded('bob'))
  })

  it('carry messages both ways, and name their initiation until the other end was heard', async () => {
    await alice.begin(bob)
    const first = await alice.seal(bob, 'one')
    const second = await alice.seal(bob, 'two')
    assert.ok(decodeEnvelope(second.bytes).initiation !== undefined)
    await bob.reads(alice, first)
    await bob.reads(alice, second)
    await alice.reads(bob, await bob.seal(alice, 'hello'))
    assert.equal(decodeEnvelope((await alice.seal(bob, 'three')).bytes).initiation, undefined)
  })

  it('know whose device it is, from the first session on', async () => {
    assert.equal(await bob.sessions.usernameOf(bob.lane, alice.hex), undefined)
    await alice.begin(bob)
    await bob.reads(alice, await alice.seal(bob, 'one'))
    assert.equal(await bob.sessions.usernameOf(bob.lane, alice.hex), 'alice')
    assert.equal(await alice.sessions.usernameOf(alice.lane, bob.hex), 'bob')
  })

  it('begin with the second message as well, when the first is late', async () => {
    await alice.begin(bob)
    const [first, second] = [await alice.seal(bob, 'one'), await alice.seal(bob, 'two')]
    await bob.reads(alice, second)
    await bob.reads(alice, first)
  })

  it('seal nothing where there is none', async () => {
    assert.equal(await alice.lane.write(async (tx) => await alice.sessions.seal(tx, bob.hex, utf8('x'))), undefined)
    assert.equal(await alice.sessions.sealReceipt(alice.lane, bob.hex, utf8('x')), undefined)
    assert.equal(await alice.sessions.hasSession(alice.lane, bob.hex), false)
  })

  describe('begun by both at once', () => {
    it('settle on one, and lose nothing on the way', async () => {
      await alice.begin(bob)
      await bob.begin(alice)
      const [toBob, toAlice] = [await alice.seal(bob, 'from alice'), await bob.seal(alice, 'from bob')]
      assert.notEqual(sessionOf(toBob), sessionOf(toAlice))
      await bob.reads(alice, toBob)
      await alice.reads(bob, toAlice)
      for (let turn = 0; turn < 2; turn++) {
        await bob.reads(alice, await alice.seal(bob, `alice ${turn}`))
        await alice.reads(bob, await bob.seal(alice, `bob ${turn}`))
      }
      assert.equal(sessionOf(await alice.seal(bob, 'x')), sessionOf(await bob.seal(alice, 'x')))
    })

    it('read every message once, whatever crosses whatever', async () => {
      const step = fc.record({ from: fc.boolean(), begins: fc.boolean(), readsFirst: fc.boolean() })
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()), async (steps, picks) => {
        const [a, b] = [new Device('alice', clock, seeded('property a')), new Device('bob', clock, seeded('property b'))]
        const onTheWay: Array<{ to: Device, from: Device, sent: Sent }> = []
        const deliver = async (): Promise<void> => {
          const [next] = onTheWay.splice((picks.next().value as number) % onTheWay.length, 1)
          if (next === undefined) return
          await next.to.reads(next.from, next.sent)
          assert.equal((await next.to.open(next.from, next.sent)).kind, 'duplicate')
        }
        let begun = 0
        for (const [i, { from, begins, readsFirst }] of steps.entries()) {
          const [sender, receiver] = from ? [a, b] : [b, a]
          if (readsFirst && onTheWay.length > 0) await deliver()
          if (!await sender.sessions.hasSession(sender.lane, receiver.hex) || (begins && begun++ < maxSessions - 2)) await sender.begin(receiver)
          onTheWay.push({ from: sender, to: receiver, sent: await sender.seal(receiver, String(i)) })
        }
        while (onTheWay.length > 0) await deliver()
      }), { numRuns: 25 })
    }).timeout(60_000)
  })

  describe('of one device', () => {
    it('are five at most: the one read last is sent in, the one unused longest ends', async () => {
      const firsts: Sent[] = []
      for (let i = 0; i <= maxSessions; i++) {
        await alice.begin(bob)
        firsts.push(await alice.seal(bob, String(i)))
        await bob.reads(alice, firsts[i] as Sent)
      }
      // Bob sends in the newest until he reads in another.
      assert.equal(sessionOf(await bob.seal(alice, 'x')), sessionOf(firsts[maxSessions] as Sent))
      assert.equal((await bob.open(alice, firsts[1] as Sent)).kind, 'duplicate', 'the fifth is still known')
      assert.equal((await bob.open(alice, firsts[0] as Sent)).kind, 'unreadable', 'the sixth has ended')
    })

    it('that are distrusted stay readable; a new one is needed to send, unless something is read before', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const late = await bob.seal(alice, 'late')
      await alice.lane.write(async (tx) => { await alice.sessions.distrust(tx, bob.hex) })
      assert.equal(await alice.sessions.hasSession(alice.lane, bob.hex), false)
      assert.equal(await alice.lane.write(async (tx) => await alice.sessions.seal(tx, bob.hex, utf8('x'))), undefined)
      assert.equal(await alice.sessions.usernameOf(alice.lane, bob.hex), 'bob')
      await alice.reads(bob, late)
      assert.equal(await alice.sessions.hasSession(alice.lane, bob.hex), true)
      await alice.lane.write(async (tx) => { await alice.sessions.distrust(tx, bob.hex) })
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'in the new one'))
    })

    it('that is listed no more stay readable for as long as mail is kept, and nothing is sealed in them', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const [late, later] = [await alice.seal(bob, 'late'), await alice.seal(bob, 'later')]
      await bob.lane.write(async (tx) => { await bob.sessions.unlisted(tx, alice.hex) })
      await clock.advance(mailRetentionMs - 1)
      await bob.lane.write(async (tx) => { await bob.sessions.sweep(tx) })
      await bob.reads(alice, late)
      // Also where something was read meanwhile, in a session begun before.
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'in another'))
      assert.equal(await bob.sessions.hasSession(bob.lane, alice.hex), false)
      assert.equal(await bob.sessions.sealReceipt(bob.lane, alice.hex, utf8('x')), undefined)
      await clock.advance(1)
      await bob.lane.write(async (tx) => { await bob.sessions.sweep(tx) })
      assert.equal((await bob.open(alice, later)).kind, 'unreadable')
    })

    it('that is listed again are readable, and a new one is needed to send', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const late = await alice.seal(bob, 'late')
      await bob.lane.write(async (tx) => { await bob.sessions.unlisted(tx, alice.hex) })
      await bob.lane.write(async (tx) => { await bob.sessions.listed(tx, alice.hex) })
      assert.equal(await bob.sessions.hasSession(bob.lane, alice.hex), false)
      await clock.advance(mailRetentionMs)
      await bob.lane.write(async (tx) => { await bob.sessions.sweep(tx) })
      await bob.reads(alice, late)
      assert.equal(await bob.sessions.hasSession(bob.lane, alice.hex), true)
    })
  })

  describe('refuse a first message that comes again', () => {
    for (const withOneTime of [true, false]) {
      it(`${withOneTime ? 'with' : 'without'} a one-time prekey, in the session that it began`, async () => {
        await alice.begin(bob, withOneTime)
        const first = await alice.seal(bob, 'one')
        await bob.reads(alice, first)
        const before = await bob.stored()
        assert.equal((await bob.open(alice, first)).kind, 'duplicate')
        assert.equal(await bob.stored(), before)
      })

      it(`${withOneTime ? 'with' : 'without'} a one-time prekey, after the session has ended, as long as its prekeys are there`, async () => {
        await alice.begin(bob, withOneTime)
        const first = await alice.seal(bob, 'one')
        await bob.reads(alice, first)
        await bob.lane.write(async (tx) => { await bob.sessions.endAll(tx, alice.hex) })
        // Bob was away for long: his signed prekey was never replaced, so it may still be named.
        await clock.advance(2 * keepRetiredMs)
        await bob.lane.write(async (tx) => { await bob.sessions.sweep(tx) })
        assert.equal((await bob.open(alice, first)).kind, 'unreadable')
      })
    }

    it('and forget its id only once the prekey that it names is gone', async () => {
      await alice.begin(bob, false)
      const first = await alice.seal(bob, 'one')
      await bob.reads(alice, first)
      await bob.lane.write(async (tx) => { await bob.sessions.endAll(tx, alice.hex) })
      const remembered = async (): Promise<number> => (await bob.lane.list('ended-session/')).length
      for (let aged = 0; aged <= rotationMs + keepRetiredMs; aged += rotationMs) {
        assert.equal((await bob.open(alice, first)).kind, 'unreadable')
        await clock.advance(rotationMs)
        await bob.lane.write(async (tx) => { await bob.prekeys.currentSigned(tx); await bob.sessions.sweep(tx) })
      }
      await clock.advance(rotationMs)
      await bob.lane.write(async (tx) => { await bob.prekeys.currentSigned(tx); await bob.sessions.sweep(tx) })
      assert.equal(await remembered(), 0)
      assert.equal((await bob.open(alice, first)).kind, 'unreadable')
    })
  })

  describe('with a device that its account does not list any more', () => {
    it('are there as long as mail of it may be, also when the clock began in 1970, or is a month ahead', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const sent = [await alice.seal(bob, 'two'), await alice.seal(bob, 'three')]
      await stepHomeTime(bob.lane, clock)
      const rightMs = clock.now()
      clock.jump(-rightMs)
      await bob.lane.write(async (tx) => { await bob.sessions.unlisted(tx, alice.hex) })
      for (const nowMs of [rightMs, rightMs + 2 * keepRetiredMs]) {
        clock.jump(nowMs - clock.now())
        await stepHomeTime(bob.lane, clock)
        await bob.lane.write(async (tx) => { await bob.sessions.sweep(tx) })
        const one = sent.shift()
        assert.ok(one !== undefined)
        await bob.reads(alice, one)
      }
    })
  })

  describe('use a one-time prekey up', () => {
    it('with the first message that could be read, and not before', async () => {
      await alice.begin(bob)
      const first = await alice.seal(bob, 'one')
      const { initiation } = decodeEnvelope(first.bytes)
      assert.ok(initiation?.oneTimePrekeyId !== undefined)
      const isThere = async (): Promise<boolean> => (await bob.prekeys.find(bob.lane, initiation.signedPrekeyId, initiation.oneTimePrekeyId)) !== undefined
      const damaged = { bytes: flipBit(first.bytes, first.bytes.byteLength * 8 - 1) }
      const before = await bob.stored()
      assert.equal((await bob.open(alice, damaged)).kind, 'invalid')
      assert.equal(await bob.stored(), before)
      assert.ok(await isThere())
      await bob.reads(alice, first)
      assert.ok(!await isThere())
    })

    it('so that a second initiation with it is unreadable', async () => {
      const bundle = await bob.bundle()
      const carol = new Device('carol', clock, seeded('carol'))
      for (const device of [alice, carol]) {
        await device.lane.write(async (tx) => { await device.sessions.begin(tx, selfEnd(device.account, device.device), selfEnd(bob.account, bob.device), bundle) })
      }
      await bob.reads(alice, await alice.seal(bob, 'one'))
      assert.equal((await bob.open(carol, await carol.seal(bob, 'two'))).kind, 'unreadable')
    })
  })

  describe('tell apart', () => {
    it('what is unreadable: no such session, or prekeys that are gone', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      await alice.reads(bob, await bob.seal(alice, 'two'))
      const later = await alice.seal(bob, 'three')
      const forgetful = new Device('bob', clock, seeded('bob'))
      assert.equal((await forgetful.open(alice, later)).kind, 'unreadable', 'no session and no initiation')
      await alice.begin(bob, false)
      assert.equal((await forgetful.open(alice, await alice.seal(bob, 'four'))).kind, 'unreadable', 'no such signed prekey')
    })

    it('what comes too early, and becomes readable later', async () => {
      await alice.begin(bob)
      const sent: Sent[] = []
      for (let i = 0; i <= 1_001; i++) sent.push(await alice.seal(bob, String(i)))
      const before = await bob.stored()
      assert.equal((await bob.open(alice, sent[1_001] as Sent)).kind, 'early')
      assert.equal(await bob.stored(), before, 'the one-time prekey too is still there')
      await bob.reads(alice, sent[1] as Sent)
      await bob.reads(alice, sent[1_001] as Sent)
      await bob.reads(alice, sent[0] as Sent)
    }).timeout(60_000)

    it('what was damaged, or made by somebody else, which changes nothing', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const good = await alice.seal(bob, 'two')
      const before = await bob.stored()
      const envelope = decodeEnvelope(good.bytes)
      for (const part of ['header', 'sealed'] as const) {
        for (let bit = 0; bit < envelope[part].byteLength * 8; bit += 13) {
          const changed = { ...envelope, [part]: flipBit(envelope[part], bit) }
          const opened = await bob.lane.write(async (tx) => await bob.sessions.open(tx, selfEnd(bob.account, bob.device), selfEnd(alice.account, alice.device), changed))
          assert.ok(['invalid', 'early', 'duplicate'].includes(opened.kind), opened.kind)
        }
      }
      const mallory = new Device('mallory', clock, seeded('mallory'))
      const introduced = new Device('alice', clock, seeded('another alice'))
      assert.equal(await bob.stored(), before)
      await introduced.begin(bob)
      const withBundle = await bob.stored()
      assert.equal((await bob.open(mallory, await introduced.seal(bob, 'three'))).kind, 'invalid', 'other ends than the envelope says')
      assert.equal(await bob.stored(), withBundle)
      await bob.reads(alice, good)
    })
  })

  describe('receipts', () => {
    const receiptOf = async (from: Device, to: Device, text: string): Promise<ReturnType<typeof decodeEnvelope>> => {
      const sealed = await from.sessions.sealReceipt(from.lane, to.hex, utf8(text))
      assert.ok(sealed !== undefined)
      return decodeEnvelope(encodeReceiptEnvelope({ senderDevice: from.device.deviceKey, recipientDevice: to.device.deviceKey }, new Uint8Array(16), sealed))
    }
    const open = async (at: Device, from: Device, envelope: ReturnType<typeof decodeEnvelope>): Promise<string | undefined> => {
      const plaintext = await at.lane.write(async (tx) => await at.sessions.openReceipt(tx, from.hex, envelope))
      return plaintext === undefined ? undefined : new TextDecoder().decode(plaintext)
    }

    it('are opened in any order and as often as they come, and end the initiation', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const [first, second] = [await receiptOf(bob, alice, 'r1'), await receiptOf(bob, alice, 'r2')]
      assert.deepEqual([await open(alice, bob, second), await open(alice, bob, first), await open(alice, bob, first)], ['r2', 'r1', 'r1'])
      assert.equal(decodeEnvelope((await alice.seal(bob, 'two')).bytes).initiation, undefined)
    })

    it('of no session here, of the other direction or damaged are none', async () => {
      await alice.begin(bob)
      await bob.reads(alice, await alice.seal(bob, 'one'))
      const good = await receiptOf(bob, alice, 'r')
      assert.equal(await open(bob, alice, good), undefined, 'its own')
      assert.equal(await open(alice, bob, { ...good, sessionId: new Uint8Array(16) }), undefined)
      assert.equal(await open(alice, bob, { ...good, sealed: flipBit(good.sealed, 200) as typeof good.sealed }), undefined)
      assert.equal(await open(alice, bob, { ...good, sealed: new Uint8Array(3) }), undefined)
      assert.equal(await open(alice, bob, good), 'r')
    })
  })
})
