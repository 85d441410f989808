import assert from 'node:assert/strict'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { DhtStore } from '../../../src/overlay/host/dht-store.js'
import { maxDhtAnswerBytes, maxDhtQuestionBytes, maxKeptPeerBytes, maxKeptPeers, maxOtherProviders, maxPoolProviders } from '../../../src/overlay/host/limits.js'
import type { Host } from '../../../src/overlay/host/options.js'
import { DhtRouting } from '../../../src/overlay/host/routing.js'
import { peerIdFromEd25519 } from '../../../src/overlay/index.js'
import { maxAddresses } from '../../../src/protocol/limits.js'
import { DHT_PROTOCOL } from '../../../src/protocol/ids.js'
import { keyOf } from '../pool/roster-chain.js'
import { startsHosts } from './hosts.js'

type Key = Parameters<DhtStore['put']>[0]
const named = (text: string): Key => ({ toString: () => text }) as unknown as Key
const value = new Uint8Array(1)

/** As protobuf writes it. */
function lengthOf ({ byteLength }: Uint8Array): Uint8Array {
  const bytes = []
  for (let rest = byteLength; rest > 0 || bytes.length === 0; rest >>= 7) bytes.push(rest > 127 ? rest & 127 | 128 : rest)
  return Uint8Array.from(bytes)
}

describe('the store of a DHT server', () => {
  let store: DhtStore
  const has = (text: string): boolean => store.has(named(text)) === true
  beforeEach(() => { store = new DhtStore('me') })

  it('takes no values, but what libp2p keeps for itself', () => {
    assert.throws(() => store.put(named('/dht/record/abc'), value), /Values are not kept/)
    void store.put(named('/peers/abc'), value)
    assert.deepEqual([has('/dht/record/abc'), has('/peers/abc')], [false, true])
  })

  it('keeps so many providers, and lets the oldest go', () => {
    for (let number = 0; number < maxOtherProviders + 10; number++) void store.put(named(`/dht/provider/key${number}/them`), value)
    const kept = Array.from({ length: maxOtherProviders + 10 }, (_, number) => number).filter((number) => has(`/dht/provider/key${number}/them`))
    assert.deepEqual([kept[0], kept.length], [10, maxOtherProviders])
    // Who says it again is not the oldest any more, and who is forgotten makes room.
    void store.put(named('/dht/provider/key10/them'), value)
    void store.delete(named('/dht/provider/key12/them'))
    for (const name of ['new', 'newer']) void store.put(named(`/dht/provider/${name}/them`), value)
    assert.deepEqual([10, 11, 12, 13].map((number) => has(`/dht/provider/key${number}/them`)), [true, false, false, true])
  })

  it('keeps the servers of its own pool whatever others say', () => {
    void store.put(named('/dht/provider/pool/first'), value)
    void store.put(named('/dht/provider/pool/me'), value)
    for (const name of ['first', 'second']) void store.put(named(`/dht/provider/pool/${name}`), value)
    for (let number = 0; number < 2 * maxOtherProviders; number++) void store.put(named(`/dht/provider/key${number}/them`), value)
    assert.deepEqual(['me', 'first', 'second'].map((name) => has(`/dht/provider/pool/${name}`)), [true, true, true])
    for (let number = 0; number < maxPoolProviders; number++) void store.put(named(`/dht/provider/pool/them${number}`), value)
    assert.deepEqual(['second', 'them0'].map((name) => has(`/dht/provider/pool/${name}`)), [false, true])
  })

  it('keeps none of its own pool but its servers, whoever else said so before', () => {
    const servers = new Set(['second'])
    store = new DhtStore('me', (peerId) => servers.has(peerId))
    for (const name of ['stranger', 'second', 'me', 'third', 'late stranger']) void store.put(named(`/dht/provider/pool/${name}`), value)
    servers.add('third')
    void store.put(named('/dht/provider/pool/third'), value)
    void store.put(named('/dht/provider/other/stranger'), value)
    assert.deepEqual(['me', 'second', 'third', 'stranger', 'late stranger'].map((name) => has(`/dht/provider/pool/${name}`)), [true, true, true, false, false])
    assert.ok(has('/dht/provider/other/stranger'))
  })
})

describe('what libp2p remembers of peers', () => {
  let store: DhtStore
  const publicKey = (number: number): Uint8Array => new Uint8Array(new Uint32Array([number, 1, 1, 1, 1, 1, 1, 1]).buffer)
  const peerId = (number: number): string => peerIdFromEd25519(publicKey(number))
  // The identity multihash (0) of a public key as libp2p writes it, as a CID with the codec libp2p-key (0x72).
  const key = (number: number): string => `/peers/${CID.createV1(0x72, createDigest(0, concat([Uint8Array.of(8, 1, 18, 32), publicKey(number)]))).toString()}`
  const has = (number: number): boolean => store.has(named(key(number))) === true
  const putPeers = (from: number, to: number): void => { for (let number = from; number < to; number++) void store.put(named(key(number)), value) }
  beforeEach(() => { store = new DhtStore(peerId(0)) })

  it('is so many of them: the oldest go, but never this one, nor who provides something', () => {
    putPeers(0, 6)
    for (const what of ['one', 'two']) void store.put(named(`/dht/provider/${what}/${peerId(2)}`), value)
    void store.put(named(key(4)), value)
    putPeers(6, maxKeptPeers + 2)
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(has), [true, false, true, false, true, true, true])
    // A provider of something else still; then of nothing.
    void store.delete(named(`/dht/provider/one/${peerId(2)}`))
    putPeers(maxKeptPeers + 2, 2 * maxKeptPeers + 2)
    assert.deepEqual([0, 2, 4].map(has), [true, true, false])
    void store.delete(named(`/dht/provider/two/${peerId(2)}`))
    putPeers(2 * maxKeptPeers + 2, 3 * maxKeptPeers + 2)
    assert.deepEqual([0, 2].map(has), [true, false])
  })

  it('is no more than so much of each', () => {
    void store.put(named(key(1)), new Uint8Array(maxKeptPeerBytes))
    assert.throws(() => store.put(named(key(2)), new Uint8Array(maxKeptPeerBytes + 1)), /too much/)
  })
})

describe('the DHT', function () {
  this.timeout(60_000)
  const start = startsHosts()
  const poolKey = CID.createV1(0x55, createDigest(0x12, keyOf(3)))
  const field = (number: number, bytes: Uint8Array): Uint8Array => concat([Uint8Array.of(number << 3 | 2), lengthOf(bytes), bytes])

  it('takes no value from a stranger, not even one that names its own key', async () => {
    const server = await start('server', 1)
    const stranger = await start('client', 2)
    const publicKey = concat([Uint8Array.of(8, 1, 18, 32), keyOf(2)])
    const key = concat([fromString('/pk/'), stranger.peerId.toMultihash().bytes])
    // PUT_VALUE is type 0; a server that takes it says it back.
    const message = concat([field(2, key), field(3, concat([field(1, key), field(2, publicKey)]))])
    const stream = lpStream(await stranger.dialProtocol(server.getMultiaddrs(), DHT_PROTOCOL))
    await stream.write(message)
    await assert.rejects(async () => { await stream.read({ signal: AbortSignal.timeout(10_000) }) }, { name: /Reset|EOF/ })
  })

  it('takes an announcement, and no question that is longer than one', async () => {
    const server = await start('server', 1)
    const stranger = await start('client', 2)
    const addresses = Array.from({ length: maxAddresses }, (_, index) => field(2, multiaddr(`/dns4/${'a'.repeat(63)}.example/tcp/${1 + index}`).bytes))
    const provider = concat([field(1, stranger.peerId.toMultihash().bytes), ...addresses])
    // ADD_PROVIDER, type 2, says nothing back; PING, type 5, does.
    const announcement = concat([Uint8Array.of(8, 2), field(2, poolKey.bytes), field(9, provider)])
    const ping = (bytes: number): Uint8Array => concat([Uint8Array.of(8, 5), field(2, new Uint8Array(bytes))])
    const ask = async (...messages: Uint8Array[]): Promise<void> => {
      const stream = lpStream(await stranger.dialProtocol(server.getMultiaddrs(), DHT_PROTOCOL))
      for (const message of messages) await stream.write(message)
      await stream.read({ signal: AbortSignal.timeout(10_000) })
    }
    await ask(announcement, ping(1))
    assert.equal((await server.peerStore.get(stranger.peerId)).addresses.length, maxAddresses)
    await assert.rejects(ask(ping(maxDhtQuestionBytes)), (error) => !(error instanceof Error && error.name === 'TimeoutError'))
  })

  it('takes no answer that is longer than a full pool needs', async () => {
    const server = await start('server', 1)
    const asker = await start('client', 2)
    let answered = (): void => {}
    const answers = new Promise<void>((resolve) => { answered = resolve })
    await server.handle(DHT_PROTOCOL, async (stream) => {
      const messages = lpStream(stream)
      await messages.read()
      await messages.write(new Uint8Array(maxDhtAnswerBytes))
      answered()
    }, { force: true })
    await asker.dial(server.getMultiaddrs())
    const got = []
    for await (const event of asker.services.dht.findProviders(poolKey, { signal: AbortSignal.timeout(10_000) })) got.push(event.name)
    await answers
    assert.ok(got.includes('QUERY_ERROR') && !got.includes('PEER_RESPONSE'), got.join())
  })

  it('tells only so much of each peer in an answer, so that it is never too long', async () => {
    const server = await start('server', 1)
    const asker = await start('client', 2)
    const { providers } = server.services.dht as unknown as { providers: { addProvider: (cid: CID, peer: PeerId) => Promise<void> } }
    const short = multiaddr('/ip4/192.0.2.1/tcp/1')
    for (let number = 10; number < 30; number++) {
      const peer = peerIdFromString(peerIdFromEd25519(keyOf(number)))
      const long = Array.from({ length: maxAddresses - 1 }, (_, port) => multiaddr(`/dns4/${'a'.repeat(380)}/tcp/${port}`))
      await server.peerStore.merge(peer, { multiaddrs: [...long, short] })
      await providers.addProvider(poolKey, peer)
    }
    await asker.dial(server.getMultiaddrs())
    const told = []
    for await (const event of asker.services.dht.findProviders(poolKey, { signal: AbortSignal.timeout(10_000) })) {
      if (event.name === 'PEER_RESPONSE') told.push(...event.providers)
    }
    assert.equal(told.length, 20)
    assert.ok(told.every(({ multiaddrs }) => multiaddrs.some((address) => address.equals(short))))
  })

  it('names at most so many addresses of a provider', async () => {
    const multiaddrs = Array.from({ length: 1000 }, (_, port) => `/ip4/192.0.2.1/tcp/${port}`)
    const findProviders = async function * (): AsyncGenerator<unknown> { yield { name: 'PROVIDER', providers: [{ id: 'them', multiaddrs }] } }
    const routing = new DhtRouting()
    await routing.attach({ services: { dht: { findProviders } }, register: async () => '' } as unknown as Host)
    const found = []
    for await (const peer of routing.findProviders(keyOf(1), AbortSignal.timeout(10_000))) found.push(peer)
    assert.deepEqual(found, [{ peerId: 'them', addresses: multiaddrs.slice(0, maxAddresses) }])
  })
})
