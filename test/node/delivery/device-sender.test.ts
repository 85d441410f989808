import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { findRecord } from '../../../src/node/contacts/contacts.js'
import { DeviceSender } from '../../../src/node/delivery/device-sender.js'
import { decodeEnvelope } from '../../../src/node/delivery/envelope.js'
import { dueReceipt } from '../../../src/node/delivery/in-chain.js'
import { directRetryMs, directTimeoutMs, firstRetryMs, maxBatchBytes, maxBatchEntries, resendRequestMs } from '../../../src/node/delivery/limits.js'
import { listEntries, removeEntry } from '../../../src/node/delivery/outbox.js'
import { Peers } from '../../../src/node/delivery/peers.js'
import { Resets } from '../../../src/node/delivery/resets.js'
import { Tasks } from '../../../src/node/delivery/tasks.js'
import { toHex } from '../../../src/node/home/hex.js'
import type { Channel, Network } from '../../../src/overlay/network.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { encode } from '../../../src/protocol/codec.js'
import { DeliverRequest, DeliverResponse, MailboxAppendRequest, MailboxAppendResponse, PrekeyTakeResponse } from '../../../src/protocol/pb/service.js'
import type { VerifiedAccountRecord } from '../../../src/records/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryDisk, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { CrashingStore } from '../../simulation/crashing-store.js'
import { FakeChannel, silence, type Answer } from '../pool/fake-channel.js'
import { makeDevice, nextRecord, seeded } from '../support.js'
import { Party } from './rig.js'

describe('DeviceSender', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party
  let mailbox: Map<string, Uint8Array>
  let append: (id: string) => Uint8Array | Promise<Uint8Array>
  let server: FakeChannel | undefined
  let direct: FakeChannel | undefined
  let outdated: string[]
  let recordOf: () => Promise<VerifiedAccountRecord | undefined>
  let sender: DeviceSender

  const appendedAnswer = (): Uint8Array => encode(MailboxAppendResponse, { replicas: 1, servers: 1, expiresAtMs: BigInt(clock.now() + 1_000_000) })

  const bundle: Answer = async () => await bob.lane.write(async (tx) => {
    const { signed } = await bob.prekeys.currentSigned(tx)
    return encode(PrekeyTakeResponse, { signedPrekey: signed, oneTimePrekey: await bob.prekeys.makeDirect(tx) })
  })

  const deliver: Answer = async (body) => {
    const { envelopes } = DeliverRequest.decode(body)
    for (const envelope of envelopes) await bob.inbox.take(envelope, 'direct', alice.device.deviceKey)
    return encode(DeliverResponse, { receipts: [await bobsReceipt()] })
  }

  async function bobsReceipt (): Promise<Uint8Array> {
    return await bob.receipt(alice, (await dueReceipt(bob.lane, alice.hex))?.deliveredThrough ?? 0)
  }

  function serverWith (answers: Record<string, Answer> = {}): FakeChannel {
    return new FakeChannel({
      'prekeys/take': bundle,
      'mailbox/append': async (body) => {
        const request = MailboxAppendRequest.decode(body)
        const answer = await append(toHex(request.entryId))
        mailbox.set(toHex(request.entryId), request.envelope)
        return answer
      },
      ...answers
    }, 'server', clock)
  }

  function directWith (answers: Record<string, Answer> = {}): FakeChannel {
    return new FakeChannel({ 'peer/bundle': bundle, 'peer/deliver': deliver, ...answers }, peerIdFromEd25519(bob.device.deviceKey), clock)
  }

  function makeSender (party = alice): DeviceSender {
    const network = { channels: () => (direct === undefined ? [] : [direct as Channel]), connect: async () => { throw new P2pChatError('ERR_UNREACHABLE', 'No way.') } } as unknown as Network
    return new DeviceSender(bob.hex, 'bob', {
      lane: party.lane,
      clock,
      logger: { ...silentLogger, error: (fields) => { assert.fail(String((fields as { error: unknown }).error)) } },
      self: party.end(),
      sessions: party.sessions,
      sealer: party.sealer,
      peers: new Peers({ network, clock, logger: silentLogger, addressesOf: async () => [] }),
      progress: party.progress,
      poolChannel: () => server,
      ownRecord: async () => party.account.record,
      recordOf: async () => await recordOf(),
      recordOutdated: (username) => { outdated.push(username) },
      takeReceipt: async (envelope) => { await party.inbox.take(envelope, 'direct', bob.device.deviceKey) }
    })
  }

  beforeEach(async () => {
    clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
    mailbox = new Map()
    append = appendedAnswer
    server = serverWith()
    direct = undefined
    outdated = []
    recordOf = async () => await findRecord(alice.lane, 'bob')
    sender = makeSender()
  })

  const works = async (): Promise<void> => {
    sender.trigger()
    await clock.advance(0)
    await settle(4)
  }
  const states = async (): Promise<string> => (await listEntries(alice.lane, bob.hex)).map(({ sequence, entry }) => `${sequence} ${entry.state.kind}`).join(', ')
  const bobReads = async (): Promise<Array<string | null>> => {
    for (const envelope of mailbox.values()) await bob.inbox.take(envelope, 'mailbox')
    return await bob.texts('alice')
  }
  const owe = async (count: number, from = 1): Promise<void> => { for (let i = 0; i < count; i++) await alice.owes(bob, String(from + i)) }
  const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1))

  it('hands messages to the device itself, and is done with what its receipt covers', async () => {
    direct = directWith()
    await owe(3)
    await works()
    assert.equal(await states(), '')
    assert.deepEqual(await bob.texts('alice'), texts(3))
    assert.equal(direct.of('peer/deliver').length, 1, 'in one request')
    assert.equal(mailbox.size, 0)
    assert.deepEqual(alice.events.map((event) => (event.event === 'status' ? [event.state, event.via] : [])), [['delivered', 'direct'], ['delivered', 'direct'], ['delivered', 'direct']])
  })

  it('puts them into the mailbox of a device that is not there', async () => {
    await owe(3)
    await works()
    assert.equal(await states(), '1 stored, 2 stored, 3 stored')
    assert.deepEqual(await bobReads(), texts(3))
    await works()
    assert.equal(server?.of('mailbox/append').length, 3, 'once each')
  })

  it('puts the very same envelopes into the mailbox when it cannot know whether the device has them', async () => {
    for (const fate of [silence, async () => { await direct?.close(); return await silence(new Uint8Array()) }] as Answer[]) {
      const given: Uint8Array[] = []
      direct = directWith({ 'peer/deliver': async (body) => { given.push(...DeliverRequest.decode(body).envelopes); return await fate(body) } })
      const before = mailbox.size
      await owe(2)
      sender.trigger()
      await clock.advance(directTimeoutMs + 100)
      const stored = [...mailbox].slice(before)
      assert.deepEqual(stored.map(([, envelope]) => envelope), given)
      assert.deepEqual(stored.map(([id]) => id), given.map((envelope) => toHex(decodeEnvelope(envelope).id)))
      await clock.advance(directRetryMs)
    }
  })

  it('leaves a device alone for a while that did not answer', async () => {
    direct = directWith({ 'peer/deliver': silence })
    await owe(1)
    sender.trigger()
    await clock.advance(directTimeoutMs + 100)
    await owe(1)
    await works()
    assert.equal(direct.of('peer/deliver').length, 1)
    assert.equal(await states(), '1 stored, 2 stored')
  })

  it('takes what the device did not acknowledge to its mailbox', async () => {
    direct = directWith({ 'peer/deliver': () => encode(DeliverResponse, { receipts: [] }) })
    await owe(2)
    await works()
    assert.equal(await states(), '1 stored, 2 stored')
  })

  it('keeps what it cannot hand over, and tries again without being asked', async () => {
    server = undefined
    await owe(2)
    await works()
    assert.equal(await states(), '1 queued, 2 queued', 'nothing was sent, and nothing says so')
    direct = directWith()
    await clock.advance(directRetryMs)
    assert.equal(await states(), '')
  })

  it('does not say sent of what went nowhere: the server left, and there never was a direct channel', async () => {
    await alice.begin(bob)
    await owe(1)
    let asked = 0
    const there = server
    const components = { poolChannel: () => (++asked === 1 ? there : undefined) }
    sender = makeSender()
    Object.assign((sender as unknown as { components: object }).components, components)
    await works()
    assert.ok(asked > 1)
    assert.equal(await states(), '1 queued')
  })

  it('stores what some of a batch was refused for until all of it is, and leaves none out', async () => {
    await owe(8)
    await works()
    mailbox.clear()
    let refused = 2
    append = () => {
      if (refused-- > 0) throw new P2pChatError('ERR_OVERLOADED', 'Later.')
      return appendedAnswer()
    }
    await owe(3, 9)
    await works()
    assert.equal(await states(), `${texts(8).map((n) => `${n} stored`).join(', ')}, 9 queued, 10 queued, 11 stored`)
    // A direct channel that answers nothing useful, between two that are stored: each must still get to the mailbox.
    direct = directWith({ 'peer/deliver': () => encode(DeliverResponse, { receipts: [] }) })
    await owe(2, 12)
    await clock.advance(firstRetryMs)
    assert.equal(await states(), texts(13).map((n) => `${n} stored`).join(', '))
  })

  it('waits longer each time, and at least as long as the server says', async () => {
    append = () => { throw new P2pChatError('ERR_RATE_LIMITED', 'Later.', { retryAfterMs: 1 }) }
    await owe(1)
    await works()
    const tries = (): number => server?.of('mailbox/append').length ?? 0
    assert.equal(tries(), 1)
    await clock.advance(firstRetryMs - 1)
    assert.equal(tries(), 1)
    await clock.advance(1)
    assert.equal(tries(), 2)
    await clock.advance(firstRetryMs)
    assert.equal(tries(), 2)
    append = () => { throw new P2pChatError('ERR_LIMIT', 'Full.', { retryAfterMs: 3_600_000 }) }
    await clock.advance(firstRetryMs)
    assert.equal(tries(), 3)
    await clock.advance(3_600_000 - 1)
    assert.equal(tries(), 3)
    append = appendedAnswer
    await clock.advance(1)
    assert.equal(await states(), '1 stored')
  })

  it('retries with the same id and the same bytes, also after a restart of the program', async () => {
    append = () => { throw new P2pChatError('ERR_TIMEOUT', 'Who knows.') }
    await owe(1)
    await works()
    await sender.stop()
    sender = makeSender()
    append = appendedAnswer
    await works()
    const [first, second] = (server?.of('mailbox/append') ?? []).map((body) => MailboxAppendRequest.decode(body))
    assert.deepEqual(first, second)
  })

  it('has the session and the envelopes on the disk before any of them leaves', async () => {
    await owe(2)
    append = async (id) => {
      const sealed = (await alice.lane.list('sealed/')).map(([, envelope]) => toHex(decodeEnvelope(envelope).id))
      assert.ok(sealed.includes(id))
      assert.equal((await alice.lane.list('session/')).length, 1)
      return appendedAnswer()
    }
    await works()
    assert.equal(await states(), '1 stored, 2 stored')
  })

  it('sends in batches that fit a frame, in order', async () => {
    direct = directWith()
    const long = 'x'.repeat(50_000)
    for (let i = 0; i < 20; i++) await alice.owes(bob, `${i} ${long}`)
    await owe(maxBatchEntries + 1)
    sender.trigger()
    await clock.advance(10_000)
    assert.equal(await states(), '')
    assert.equal((await bob.texts('alice')).length, 20 + maxBatchEntries + 1)
    for (const body of direct.of('peer/deliver')) {
      const { envelopes } = DeliverRequest.decode(body)
      assert.ok(envelopes.length <= maxBatchEntries && body.byteLength <= maxBatchBytes + 80_000)
    }
  }).timeout(60_000)

  it('goes from the first entry again when the device shows up, with what is stored as well, but does not store it twice', async () => {
    await owe(2)
    await works()
    direct = directWith()
    sender.restart()
    await settle(4)
    assert.equal(await states(), '')
    assert.equal(server?.of('mailbox/append').length, 2)
    assert.deepEqual(await bobReads(), texts(2), 'and once each, although it got them twice')
  })

  it('does not forget a restart that came in the middle of a step', async () => {
    let answer = (): void => {}
    append = async () => { await new Promise<void>((resolve) => { answer = resolve }); return appendedAnswer() }
    await owe(1)
    await works()
    direct = directWith()
    sender.restart()
    append = appendedAnswer
    answer()
    await settle(6)
    assert.equal(await states(), '', 'the direct channel was used after all')
  })

  it('does not forget a trigger, whenever it comes', async () => {
    for (let turns = 0; turns < 60; turns++) {
      await owe(1)
      sender.trigger()
      for (let i = 0; i < turns; i++) await Promise.resolve()
      await owe(1)
      sender.trigger()
      await settle(4)
      assert.ok(!(await states()).includes('queued'), `after ${turns} turns`)
    }
  }).timeout(60_000)

  it('begins no session with a device that may not be written to, or is not listed any more', async () => {
    recordOf = async () => undefined
    await owe(1)
    await works()
    assert.equal(await states(), '1 queued')
    recordOf = async () => nextRecord(bob.account, [makeDevice(seeded('other'))])
    await clock.advance(directRetryMs)
    assert.equal(await states(), '1 queued')
    assert.equal(server?.requests.length, 0)
  })

  it('has the record looked up when a server does not know the device', async () => {
    server = serverWith({ 'prekeys/take': () => { throw new P2pChatError('ERR_NOT_FOUND', 'No such device.') } })
    await owe(1)
    await works()
    assert.deepEqual(outdated, ['bob'])
    await alice.begin(bob)
    append = () => { throw new P2pChatError('ERR_NOT_FOUND', 'No such device.') }
    await clock.advance(firstRetryMs)
    assert.deepEqual(outdated, ['bob', 'bob'])
  })

  it('takes a bundle from the server when the device itself does not give one', async () => {
    direct = directWith({ 'peer/bundle': () => { throw new P2pChatError('ERR_NOT_SIGNED_IN', 'Not now.') } })
    await owe(1)
    await works()
    assert.equal(await states(), '')
    assert.equal(server?.of('prekeys/take').length, 1)
  })

  it('refuses a bundle that the device did not sign', async () => {
    const mallory = new Party('mallory', { clock, random: seeded('mallory') })
    server = serverWith({
      'prekeys/take': async () => await mallory.lane.write(async (tx) => encode(PrekeyTakeResponse, { signedPrekey: (await mallory.prekeys.currentSigned(tx)).signed }))
    })
    await owe(1)
    await works()
    assert.equal(await states(), '1 queued')
    assert.equal(await alice.sessions.hasSession(alice.lane, bob.hex), false)
  })

  it('stops in the middle of a step, and does nothing after that', async () => {
    let answer = (): void => {}
    append = async () => { await new Promise<void>((resolve) => { answer = resolve }); return appendedAnswer() }
    await owe(1)
    await works()
    const stopping = sender.stop()
    answer()
    await stopping
    await owe(1)
    sender.trigger()
    sender.restart()
    await clock.advance(directRetryMs)
    assert.equal(server?.of('mailbox/append').length, 1)
    assert.equal(clock.pending, 0)
  })

  describe('when the device could not read', () => {
    const everybodyWelcome = { writableRecord: async () => await recordOf(), isWelcome: async () => true }
    let resets: Resets
    beforeEach(() => {
      resets = new Resets({
        lane: alice.lane,
        clock,
        random: seeded('resets'),
        sessions: alice.sessions,
        progress: alice.progress,
        senders: { restart: async () => { sender.restart() } },
        people: everybodyWelcome,
        tasks: new Tasks(silentLogger)
      })
    })

    it('seals everything again under the same message ids, in a session that it can read, and stores that', async () => {
      await owe(3)
      await works()
      const lost = [...mailbox.values()]
      mailbox.clear()
      const forgetful = new Party('bob', { clock, random: seeded('bob'), account: bob.account, device: bob.device })
      await forgetful.knows(alice)
      for (const envelope of lost) assert.equal(await forgetful.inbox.take(envelope, 'mailbox'), 'taken')
      assert.deepEqual(forgetful.effects, ['needs new session alice', 'needs new session alice', 'needs new session alice'])
      // Its word comes in a session of its own making, which is the one to send in from then on.
      bob = forgetful
      await alice.inbox.take(await forgetful.text(alice, 'anything'), 'mailbox')
      await alice.lane.write(async (tx) => { await resets.answer(tx, forgetful.hex) })
      await settle(6)
      assert.equal(await states(), '1 stored, 2 stored, 3 stored')
      assert.deepEqual(await bobReads(), texts(3))
      assert.equal(mailbox.size, 3)
    })

    it('stores what is sealed anew also when the old envelope was just being stored', async () => {
      let answer = (): void => {}
      append = async () => { await new Promise<void>((resolve) => { answer = resolve }); return appendedAnswer() }
      await owe(1)
      await works()
      await alice.lane.write(async (tx) => { await resets.answer(tx, bob.hex) })
      append = appendedAnswer
      answer()
      await settle(6)
      assert.equal(mailbox.size, 2, 'the old one, and the new one')
      assert.equal(await states(), '1 stored')
    })

    it('answers soon again only after a pause, but never not at all', async () => {
      let restarts = 0
      resets = new Resets({ lane: alice.lane, clock, random: seeded('resets'), sessions: alice.sessions, progress: alice.progress, senders: { restart: async () => { restarts++ } }, people: everybodyWelcome, tasks: new Tasks(silentLogger) })
      for (let i = 0; i < 5; i++) await alice.lane.write(async (tx) => { await resets.answer(tx, bob.hex) })
      await settle()
      assert.equal(restarts, 1)
      await clock.advance(10_000)
      assert.equal(restarts, 2)
      await clock.advance(60_000)
      assert.equal(restarts, 2)
    })

    it('says at least that what it is waited for has expired', async () => {
      await owe(2)
      await works()
      const [, second] = [...mailbox.values()]
      assert.ok(second !== undefined)
      assert.equal(await bob.inbox.take(second, 'mailbox'), 'taken')
      await clock.advance(1_000_000)
      for (const { sequence } of await listEntries(alice.lane, bob.hex)) await alice.lane.write((tx) => { removeEntry(tx, bob.hex, sequence) })
      assert.deepEqual(await bob.texts('alice'), [])
      mailbox.clear()
      await alice.lane.write(async (tx) => { await resets.answer(tx, bob.hex) })
      await settle(6)
      assert.deepEqual(await bobReads(), [null, '2'])
    })

    it('asks for what is held back only when it does not come, and once until that is heard', async () => {
      await owe(1)
      await works()
      const [late, early] = [await bob.text(alice, 'late'), await bob.text(alice, 'early')]
      const asks = async (): Promise<string> => { await resets.askForMissing(); await clock.advance(resendRequestMs); return await states() }
      await alice.inbox.take(early, 'mailbox')
      recordOf = async () => undefined
      assert.equal(await asks(), '1 stored', 'not of somebody who may not be written to')
      recordOf = async () => await findRecord(alice.lane, 'bob')
      assert.equal(await asks(), '1 stored, 2 stored')
      assert.equal(await asks(), '1 stored, 2 stored', 'it has not heard it yet')
      await alice.inbox.take(await bob.receipt(alice, 2), 'mailbox')
      await resets.askForMissing()
      await alice.inbox.take(late, 'mailbox')
      await clock.advance(resendRequestMs)
      assert.equal(await states(), '')
      assert.deepEqual(await alice.texts('bob'), ['1', 'late', 'early'])
      await resets.askForMissing()
      assert.equal(clock.pending, 0, 'nothing is missing')
    })

    it('leaves no timer when it stops', async () => {
      for (let i = 0; i < 2; i++) {
        await alice.lane.write(async (tx) => { await resets.ask(tx, 'bob', bob.hex); await resets.answer(tx, bob.hex) })
      }
      resets.stop()
      await sender.stop()
      assert.equal(clock.pending, 0)
    })

    it('asks once a minute, in a session of its own, with everything else sealed again', async () => {
      await owe(1)
      await works()
      for (let i = 0; i < 3; i++) await alice.lane.write(async (tx) => { await resets.ask(tx, 'bob', bob.hex) })
      await settle(6)
      assert.equal(await states(), '1 stored, 2 stored')
      const sessions = [...mailbox.values()].map((envelope) => toHex(decodeEnvelope(envelope).sessionId))
      assert.equal(new Set(sessions).size, 2)
      assert.deepEqual(await bobReads(), ['1'])
      assert.deepEqual(bob.effects, [`seals again ${alice.hex.slice(0, 4)}`])
      await clock.advance(60_000)
      assert.equal(await states(), '1 stored, 2 stored, 3 stored', 'asked again, as what came in between was put off')
      clock.jump(-3_600_000)
      await alice.lane.write(async (tx) => { await resets.ask(tx, 'bob', bob.hex) })
      assert.ok((await states()).includes('4 '), 'a clock that went back does not keep it from asking')
    })
  })

  it('loses and doubles nothing when it dies at any write and starts again', async () => {
    for (const written of [false, true]) {
      for (let batches = 1; batches <= 8; batches++) {
        bob = new Party('bob', { clock, random: seeded('bob'), account: bob.account, device: bob.device })
        mailbox = new Map()
        server = serverWith()
        const disk: MemoryDisk = createMemoryDisk()
        let store = new CrashingStore(disk.open(), () => { disk.crash() })
        const start = (): Party => new Party('alice', { clock, random: seeded(`alice ${batches}`), account: alice.account, device: alice.device, store })
        alice = start()
        await alice.knows(bob)
        await bob.knows(alice)
        await owe(3)
        store.arm({ batches, written })
        sender = makeSender(alice)
        sender.trigger()
        await clock.advance(5_000)
        await sender.stop()
        await alice.lane.close()
        disk.crash()
        store = new CrashingStore(disk.open(), () => { disk.crash() })
        alice = start()
        sender = makeSender(alice)
        sender.trigger()
        await clock.advance(5_000)
        assert.deepEqual(await bobReads(), texts(3), `dead at write ${batches}, which was${written ? '' : ' not'} on the disk`)
        assert.equal(mailbox.size, 3)
        await alice.inbox.take(await bobsReceipt(), 'mailbox')
        assert.equal(await states(), '')
        await sender.stop()
      }
    }
  }).timeout(60_000)
})
