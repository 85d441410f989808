import assert from 'node:assert/strict'
import { lpStream } from '@libp2p/utils'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { DhtStore } from '../../../src/overlay/host/dht-store.js'
import { maxOtherProviders, maxPoolProviders } from '../../../src/overlay/host/limits.js'
import type { Host } from '../../../src/overlay/host/options.js'
import { DhtRouting } from '../../../src/overlay/host/routing.js'
import { maxAddresses } from '../../../src/protocol/limits.js'
import { DHT_PROTOCOL } from '../../../src/protocol/ids.js'
import { keyOf } from '../pool/roster-chain.js'
import { startsHosts } from './hosts.js'

type Key = Parameters<DhtStore['put']>[0]
const named = (text: string): Key => ({ toString: () => text }) as unknown as Key
const value = new Uint8Array(1)

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
})

describe('the DHT', function () {
  this.timeout(60_000)
  const start = startsHosts()

  it('takes no value from a stranger, not even one that names its own key', async () => {
    const server = await start('server', 1)
    const stranger = await start('client', 2)
    const field = (number: number, bytes: Uint8Array): Uint8Array => concat([Uint8Array.of(number << 3 | 2, bytes.byteLength), bytes])
    const publicKey = concat([Uint8Array.of(8, 1, 18, 32), keyOf(2)])
    const key = concat([fromString('/pk/'), stranger.peerId.toMultihash().bytes])
    // PUT_VALUE is type 0; a server that takes it says it back.
    const message = concat([field(2, key), field(3, concat([field(1, key), field(2, publicKey)]))])
    const stream = lpStream(await stranger.dialProtocol(server.getMultiaddrs(), DHT_PROTOCOL))
    await stream.write(message)
    await assert.rejects(async () => { await stream.read({ signal: AbortSignal.timeout(10_000) }) }, { name: /Reset|EOF/ })
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
