import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { announceDelayMs, announceIntervalMs, announceTimeoutMs, joinTimeoutMs, lookupTimeoutMs } from '../../../src/overlay/discovery/limits.js'
import { createPoolDiscovery } from '../../../src/overlay/discovery/pool-discovery.js'
import type { ProviderRouting } from '../../../src/overlay/discovery/routing.js'
import type { PeerAddress } from '../../../src/overlay/network.js'
import { formatPoolId } from '../../../src/overlay/pool/address.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const poolId = formatPoolId(new Uint8Array(32).fill(3))

/** A DHT that does what the test says. */
class FakeRouting implements ProviderRouting {
  readonly controller = new AbortController()
  readonly events: string[] = []
  knownServers = 0
  providers: PeerAddress[] = []
  hangs = false
  #listeners: Array<() => void> = []

  constructor (readonly clock: FakeClock) {}

  get stopped (): AbortSignal { return this.controller.signal }

  onServer (listener: () => void): void { this.#listeners.push(listener) }

  join (): void {
    this.knownServers++
    for (const listener of this.#listeners) listener()
  }

  async provide (key: Uint8Array, signal: AbortSignal): Promise<number> {
    this.events.push(`provide ${key[0]} at ${this.clock.now()}`)
    if (this.hangs) await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason) }) })
    return this.knownServers
  }

  async * findProviders (key: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerAddress> {
    this.events.push(`find ${key[0]}`)
    yield * this.providers
    if (this.hangs) await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason) }) })
  }
}

describe('pool discovery', () => {
  let clock: FakeClock
  let routing: FakeRouting
  const peer = (peerId: string, ...addresses: string[]): PeerAddress => ({ peerId, addresses })

  beforeEach(() => {
    clock = new FakeClock(0)
    routing = new FakeRouting(clock)
  })
  afterEach(async () => {
    routing.controller.abort()
    await settle()
    assert.equal(clock.pending, 0)
  })

  const make = (remembered: PeerAddress[] = [], bootstrap: PeerAddress[] = []): ReturnType<typeof createPoolDiscovery> =>
    createPoolDiscovery({ routing, poolId, remembered, bootstrap, clock, logger: silentLogger })

  async function all (discovery: ReturnType<typeof createPoolDiscovery>, signal = new AbortController().signal): Promise<PeerAddress[]> {
    const found: PeerAddress[] = []
    for await (const one of discovery.find(signal)) found.push(one)
    return found
  }

  it('names remembered servers, then bootstrap ones, each once, then asks the DHT', async () => {
    routing.knownServers = 1
    routing.providers = [peer('d', '4')]
    const found = await clock.until(all(make([peer('a', '1'), peer('b', '2')], [peer('b', '2', '3'), peer('c', '5')])))
    assert.deepEqual(found, [peer('a', '1'), peer('b', '2', '3'), peer('c', '5'), peer('d', '4')])
    assert.deepEqual(routing.events, ['find 3'])
  })

  it('takes no address through a relay from the DHT: anybody may write one that names a server and leads elsewhere', async () => {
    routing.knownServers = 1
    routing.providers = [peer('d', '/ip4/192.0.2.1/tcp/1/p2p/a/p2p-circuit', '/ip4/192.0.2.2/tcp/1'), peer('e', '/ip4/192.0.2.1/tcp/1/p2p/a/p2p-circuit/p2p/e')]
    assert.deepEqual(await clock.until(all(make())), [peer('d', '/ip4/192.0.2.2/tcp/1'), peer('e')])
  })

  it('waits for the DHT to be joined, and asks at once when it is', async () => {
    const finding = all(make([], [peer('a')]))
    await clock.advance(1000)
    assert.deepEqual(routing.events, [])
    routing.join()
    await clock.advance(50)
    assert.deepEqual(routing.events, ['find 3'])
    assert.deepEqual(await finding, [peer('a')])
  })

  it('ends when the DHT is not joined, or a lookup does not end', async () => {
    assert.deepEqual(await clock.until(all(make([], [peer('a')]))), [peer('a')])
    assert.equal(clock.now(), joinTimeoutMs)
    routing.knownServers = 1
    routing.hangs = true
    routing.providers = [peer('b')]
    assert.deepEqual(await clock.until(all(make())), [peer('b')])
    assert.equal(clock.now(), joinTimeoutMs + lookupTimeoutMs)
  })

  it('ends at once when it is aborted, wherever it is', async () => {
    const controller = new AbortController()
    const joining = all(make(), controller.signal)
    await clock.advance(10)
    controller.abort(new P2pChatError('ERR_ABORTED', 'Enough.'))
    assert.deepEqual(await joining, [])
    assert.deepEqual(await all(make([peer('a')]), controller.signal), [])
    routing.knownServers = 1
    routing.hangs = true
    const other = new AbortController()
    const looking = all(make(), other.signal)
    await clock.advance(10)
    other.abort()
    assert.deepEqual(await looking, [])
  })

  it('announces at once, soon after every new server of the DHT, and on a timer', async () => {
    const discovery = make()
    discovery.announce()
    discovery.announce()
    await clock.advance(1000)
    for (let count = 0; count < 5; count++) { routing.join(); await clock.advance(10) }
    await clock.advance(5000)
    await clock.advance(announceIntervalMs)
    assert.deepEqual(routing.events, [0, 1000 + announceDelayMs, 1000 + announceDelayMs + announceIntervalMs].map((at) => `provide 3 at ${at}`))
  })

  it('announces soon again when it is told to: who refused the first time may take it now', async () => {
    const discovery = make()
    discovery.announce()
    await clock.advance(1000)
    for (let count = 0; count < 3; count++) discovery.announce()
    await clock.advance(announceDelayMs)
    assert.deepEqual(routing.events, [0, 1000 + announceDelayMs].map((at) => `provide 3 at ${at}`))
  })

  it('announces soon also when the clock was set on', async () => {
    const discovery = make()
    discovery.announce()
    await clock.advance(1000)
    clock.jump(2 * announceIntervalMs)
    discovery.announce()
    await clock.advance(announceDelayMs)
    assert.equal(routing.events.length, 2)
  })

  it('gives up an announcement that hangs, and tries again', async () => {
    routing.hangs = true
    make().announce()
    await clock.advance(100)
    routing.join()
    await clock.advance(announceTimeoutMs)
    routing.hangs = false
    await clock.advance(announceDelayMs)
    assert.deepEqual(routing.events, [0, announceTimeoutMs + announceDelayMs].map((at) => `provide 3 at ${at}`))
  })

  it('stops with the node, also in the middle', async () => {
    routing.hangs = true
    make().announce()
    await clock.advance(100)
    routing.controller.abort()
    routing.join()
    await clock.advance(announceIntervalMs * 3)
    assert.deepEqual(routing.events, ['provide 3 at 0'])
  })
})
