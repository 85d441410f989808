import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { firstRelayRetryMs } from '../../../src/node/pool/limits.js'
import { Reachability } from '../../../src/node/pool/reachability.js'
import type { Channel, Network, Relays } from '../../../src/overlay/index.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { DialBackRequest, DialBackResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const OWN = '/ip4/203.0.113.7/tcp/4001/p2p/me'
const LAN = '/ip4/192.168.0.7/tcp/4001/p2p/me'
const via = (server: string): string => `/ip4/192.0.2.1/tcp/1/p2p/${server}/p2p-circuit/p2p/me`

/** Servers that answer what the test says, and slots in memory. */
class World implements Relays {
  readonly clock = new FakeClock()
  readonly slots = new Set<string>()
  /** What each server was told, in order. */
  readonly published: Array<[server: string, addresses: string[]]> = []
  readonly asked: string[] = []
  addresses = [LAN, OWN]
  answered: string[] = []
  relayOnly = false
  refusal: P2pChatError | undefined
  /** What publishing throws. */
  notPublished: P2pChatError | undefined
  readonly reachability: Reachability
  #lost: (peerId: string) => void = () => {}

  constructor () {
    const network = { addresses: () => this.addresses, relays: this } as unknown as Network
    this.reachability = new Reachability({
      clock: this.clock,
      logger: silentLogger,
      network,
      isRelayOnly: () => this.relayOnly,
      publish: async ({ remotePeer }) => {
        if (this.notPublished !== undefined) throw this.notPublished
        this.published.push([remotePeer, this.reachability.addresses(remotePeer)])
      }
    })
  }

  server (name: string): { channel: Channel, end: () => void } {
    const controller = new AbortController()
    const channel = {
      remotePeer: name,
      closed: controller.signal,
      request: async (method: string, body: Uint8Array) => {
        assert.equal(method, 'directory/dial-back')
        this.asked.push(...decode(DialBackRequest, body, 10_000, 'A request').addresses)
        return encode(DialBackResponse, { answered: this.answered })
      }
    } as unknown as Channel
    return { channel, end: () => { controller.abort() } }
  }

  async reserve (peerId: string): Promise<string[]> {
    if (this.refusal !== undefined) throw this.refusal
    this.slots.add(peerId)
    return [via(peerId)]
  }

  release (peerId: string): void { this.slots.delete(peerId) }
  has (peerId: string): boolean { return this.slots.has(peerId) }
  onLost (listener: (peerId: string) => void): void { this.#lost = listener }
  knowServers (): void {}
  restrict (): void {}

  lose (peerId: string): void {
    this.slots.delete(peerId)
    this.#lost(peerId)
  }
}

describe('reachability', () => {
  it('needs no relay where the server reached a public address', async () => {
    const world = new World()
    world.answered = [LAN, OWN]
    world.reachability.onServer(world.server('s').channel)
    await settle()
    assert.deepEqual([world.asked, [...world.slots], world.published], [[LAN, OWN], [], []])
    assert.deepEqual(world.reachability.addresses('s'), [LAN, OWN])
    world.reachability.stop()
  })

  it('has a slot where the server reached none, or only one of a private network, and says so', async () => {
    for (const answered of [[], [LAN]]) {
      const world = new World()
      world.answered = answered
      world.reachability.onServer(world.server('s').channel)
      await settle()
      assert.deepEqual(world.published, [['s', [LAN, OWN, via('s')]]])
      world.reachability.stop()
    }
  })

  it('asks nobody when it has no address at all', async () => {
    const world = new World()
    world.addresses = []
    world.reachability.onServer(world.server('s').channel)
    await settle()
    assert.deepEqual([world.asked, world.published], [[], [['s', [via('s')]]]])
    world.reachability.stop()
  })

  it('makes a lost slot anew, and one that was refused again and again, less and less often', async () => {
    const world = new World()
    world.reachability.onServer(world.server('s').channel)
    await settle()
    world.lose('s')
    await settle()
    assert.equal(world.published.length, 2)
    world.refusal = new P2pChatError('ERR_LIMIT', 'Full.')
    world.lose('s')
    await settle()
    await world.clock.advance(firstRelayRetryMs)
    world.refusal = undefined
    await world.clock.advance(firstRelayRetryMs)
    assert.equal(world.slots.has('s'), false)
    await world.clock.advance(firstRelayRetryMs)
    assert.equal(world.slots.has('s'), true)
    world.reachability.stop()
  })

  it('says so again until a server has taken it', async () => {
    const world = new World()
    const { channel } = world.server('home')
    world.notPublished = new P2pChatError('ERR_OVERLOADED', 'Later.')
    world.reachability.onServer(channel)
    await settle()
    world.notPublished = undefined
    await world.clock.advance(firstRelayRetryMs)
    assert.deepEqual(world.published, [['home', [LAN, OWN, via('home')]]])
    world.reachability.stop()
  })

  it('gives a slot back that could not be told when the device has moved on', async () => {
    const world = new World()
    world.reachability.onServer(world.server('s').channel)
    await settle()
    world.notPublished = new P2pChatError('ERR_OVERLOADED', 'Later.')
    world.reachability.onServer(world.server('t').channel)
    await settle()
    world.notPublished = undefined
    world.reachability.onServer(world.server('u').channel)
    await settle()
    assert.deepEqual([...world.slots], ['u'])
    world.reachability.stop()
  })

  it('moves with the device to another server, and leaves the slot at the old one', async () => {
    const world = new World()
    const first = world.server('s')
    world.reachability.onServer(first.channel)
    await settle()
    world.reachability.onServer(world.server('t').channel)
    // Until there is a new one nobody is sent to the old one.
    assert.deepEqual(world.reachability.addresses('t'), [LAN, OWN])
    await settle()
    assert.deepEqual([[...world.slots], world.reachability.addresses('t')], [['t'], [LAN, OWN, via('t')]])
    first.end()
    await settle()
    assert.deepEqual([...world.slots], ['t'])
    world.reachability.stop()
  })

  it('names only the relay to who is not to know more, also when that is decided later', async () => {
    const world = new World()
    world.answered = [OWN]
    world.reachability.onServer(world.server('s').channel)
    await settle()
    world.relayOnly = true
    await world.reachability.changed()
    await settle()
    assert.deepEqual(world.published, [['s', []], ['s', [via('s')]]])
    world.relayOnly = false
    await world.reachability.changed()
    await settle()
    assert.deepEqual(world.reachability.addresses('s'), [LAN, OWN])
    assert.deepEqual([...world.slots], [])
    world.reachability.stop()
  })
})
