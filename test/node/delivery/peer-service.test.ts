import assert from 'node:assert/strict'
import { allStrangersBytes, bundlesForAll, bundlesPerPeer, plainBundleMs, strangerBytes } from '../../../src/node/delivery/limits.js'
import { PeerService } from '../../../src/node/delivery/peer-service.js'
import type { Peers } from '../../../src/node/delivery/peers.js'
import type { Receipts } from '../../../src/node/delivery/receipts.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { Prekeys } from '../../../src/node/prekeys/prekeys.js'
import type { RequestContext } from '../../../src/overlay/index.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { encode } from '../../../src/protocol/codec.js'
import { DeliverRequest, DeliverResponse, PeerAddressesResponse, PrekeyTakeResponse } from '../../../src/protocol/pb/service.js'
import { verifySignedPrekey } from '../../../src/records/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeDevice, makeLane, rejectsCode, seeded, type TestDevice } from '../support.js'

describe('what a device answers to others', () => {
  const own = makeDevice(seeded('bob'))
  const strangers = Array.from({ length: 40 }, (_, i) => makeDevice(seeded(`stranger ${i}`)))
  const alice = makeDevice(seeded('alice'))
  let clock: FakeClock
  let lane: Lane
  let taken: number
  let service: PeerService
  let unwelcome: Set<string>

  beforeEach(() => {
    clock = new FakeClock()
    lane = makeLane()
    taken = 0
    unwelcome = new Set()
    service = new PeerService({
      lane,
      clock,
      prekeys: new Prekeys({ clock, random: seeded('prekeys'), device: own }),
      peers: { seen: () => {} } as unknown as Peers,
      receipts: { takeForAnswer: async () => undefined } as unknown as Receipts,
      take: async (envelopes) => {
        taken += envelopes.length
        return envelopes.map(() => 'taken')
      },
      isOfContact: async (device) => device === alice.hex,
      isWelcome: async (device) => !unwelcome.has(device),
      addressesFor: async (device) => device === alice.hex ? ['/ip4/203.0.113.7/tcp/4001'] : [],
      groupReceipts: async (device) => device === alice.hex ? [Uint8Array.of(7)] : []
    })
  })

  const from = (device: TestDevice): RequestContext => ({ channel: new FakeChannel({}, peerIdFromEd25519(device.deviceKey)), signal: new AbortController().signal })
  const stranger = (i = 0): RequestContext => from(strangers[i % strangers.length] as TestDevice)
  const bundle = async (context: RequestContext): Promise<PrekeyTakeResponse> => PrekeyTakeResponse.decode(await service.bundle(context))
  const hasOneTime = async (context: RequestContext): Promise<boolean> => (await bundle(context)).oneTimePrekey !== undefined
  const deliver = async (context: RequestContext, count: number, bytes: number): Promise<unknown> => await service.deliver(encode(DeliverRequest, { envelopes: Array.from({ length: count }, () => new Uint8Array(bytes)) }), context)

  it('is nothing to who is not welcome, in words that any device could hear', async () => {
    unwelcome.add(alice.hex)
    for (const asked of [deliver(from(alice), 1, 10), service.receipt(new Uint8Array(10), from(alice)), service.bundle(from(alice)), service.addresses(new Uint8Array(0), from(alice))]) await rejectsCode(asked, 'ERR_RATE_LIMITED')
    assert.equal(taken, 0)
    await deliver(stranger(), 1, 10)
    assert.equal(taken, 1)
  })

  describe('as addresses', () => {
    const ask = async (context: RequestContext): Promise<string[]> => PeerAddressesResponse.decode(await service.addresses(new Uint8Array(0), context)).addresses

    it('is where it is, for who may know, and nothing for others', async () => {
      assert.deepEqual(await ask(from(alice)), ['/ip4/203.0.113.7/tcp/4001'])
      assert.deepEqual(await ask(stranger()), [])
    })

    it('counts as a delivery does', async () => {
      const flood = async (): Promise<void> => { for (let i = 0; i < 2_000; i++) await ask(stranger()) }
      await rejectsCode(flood(), 'ERR_RATE_LIMITED')
    })
  })

  describe('as a bundle', () => {
    it('has a one-time prekey of its own, for a few requests of a peer; then none until time has passed', async () => {
      const ids = new Set<number | undefined>()
      for (let i = 0; i < bundlesPerPeer.burst; i++) ids.add((await bundle(stranger())).oneTimePrekey?.id)
      assert.equal(ids.size, bundlesPerPeer.burst)
      assert.ok(!ids.has(undefined))
      const plain = await bundle(stranger())
      assert.equal(plain.oneTimePrekey, undefined)
      assert.ok(verifySignedPrekey(plain.signedPrekey, own.deviceKey).id > 0)
      assert.ok(await hasOneTime(stranger(1)))
      await clock.advance(1_000 / bundlesPerPeer.perSecond)
      assert.ok(await hasOneTime(stranger()))
    })

    it('has none for anybody when very many ask', async () => {
      let given = 0
      for (let i = 0; i < 120; i++) if (await hasOneTime(stranger(i))) given++
      assert.equal(given, bundlesForAll.burst)
    })

    it('without a one-time prekey is not made for each request, and is of the newest signed prekey', async () => {
      for (let i = 0; i < bundlesPerPeer.burst; i++) await bundle(stranger())
      const first = await bundle(stranger())
      let writes = 0
      const write = lane.write.bind(lane)
      lane.write = async (work) => { writes++; return await write(work) }
      for (let i = 0; i < 100; i++) assert.deepEqual(await bundle(stranger()), first)
      assert.equal(writes, 0)
      await clock.advance(plainBundleMs)
      for (let i = 0; i < bundlesPerPeer.burst + 10; i++) await bundle(stranger())
      assert.equal(writes, bundlesPerPeer.burst + 1)
    })
  })

  describe('to deliveries', () => {
    it('of a contact: a burst of 10,000 texts is taken', async () => {
      for (let i = 0; i < 10_000; i += 100) await deliver(from(alice), 100, 4_096)
      assert.equal(taken, 10_000)
    })

    it('are answered with what is due to the device for its messages to groups', async () => {
      const answer = await service.deliver(encode(DeliverRequest, { envelopes: [new Uint8Array(100)] }), from(alice))
      assert.deepEqual(DeliverResponse.decode(answer).receipts, [Uint8Array.of(7)])
    })

    it('of a contact has a bound too', async () => {
      const big = async (): Promise<void> => { for (let i = 0; i < 200; i++) await deliver(from(alice), 16, 60_000) }
      const error = await rejectsCode(big(), 'ERR_RATE_LIMITED') as Error & { retryAfterMs?: number }
      assert.match(error.message, /limit contactBytes.*again in \d+ seconds/)
      assert.ok((error.retryAfterMs ?? 0) > 0)
    })

    it('of a stranger: little is taken, and more after a while', async () => {
      const long = async (): Promise<unknown> => await deliver(stranger(), 4, strangerBytes.burst / 16)
      for (let i = 0; i < 3; i++) await long()
      const { retryAfterMs = 0 } = await rejectsCode(long(), 'ERR_RATE_LIMITED') as Error & { retryAfterMs?: number }
      assert.ok(retryAfterMs > 0)
      assert.equal(taken, 12)
      await clock.advance(retryAfterMs)
      await long()
    })

    it('of many strangers: little is taken of all together, and contacts are not held back by it', async () => {
      for (let i = 0; i < strangers.length; i++) await deliver(stranger(i), 8, strangerBytes.burst / 16).catch(() => {})
      assert.equal(taken, 8 * (allStrangersBytes.burst / (strangerBytes.burst / 2) - 1))
      await rejectsCode(deliver(stranger(39), 8, strangerBytes.burst / 16), 'ERR_RATE_LIMITED')
      await deliver(from(alice), 1, 60_000)
    })

    it('counts receipts as well', async () => {
      const flood = async (): Promise<void> => { for (let i = 0; i < 2_000; i++) await service.receipt(new Uint8Array(100), stranger()) }
      assert.match((await rejectsCode(flood(), 'ERR_RATE_LIMITED')).message, /strangerBytes/)
      assert.match((await rejectsCode(deliver(stranger(1), 1_025, 1), 'ERR_LIMIT')).message, /maxDeliverEnvelopes/)
    })
  })
})
