import assert from 'node:assert/strict'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import type { Channel } from '../../../src/overlay/index.js'
import { encode } from '../../../src/protocol/codec.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import * as pb from '../../../src/protocol/pb/service.js'
import { EvilServer } from '../groups/evil-server.js'
import { World, type SimulatedDevice } from '../../simulation/world.js'
import { rejectsCode } from '../support.js'

describe('what servers alone may say to a device', () => {
  let world: World
  let server: EvilServer
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let events: NodeEvent[]
  let stranger: Channel

  beforeEach(async () => {
    world = new World('only servers')
    server = new EvilServer()
    world.serverNetwork = server.network
    await world.startServer()
    alice = await world.addDevice('alice-1', 'alice')
    bob = await world.addDevice('bob-1', 'bob')
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    await world.clock.until(alice.node.send({ to: 'bob', text: 'first' }))
    await world.clock.advance(10_000)
    events = []
    alice.onEvent = (event) => { events.push(event) }
    const network = world.hub.network()
    await network.start()
    const addresses = alice.node['components'].network.addresses()
    stranger = await world.clock.until(network.connect({ peerId: alice.peerId ?? '', addresses }, POOL_PROTOCOL))
  })

  afterEach(async () => {
    await stranger.close()
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
  })

  it('that somebody has gone', async () => {
    const gone = encode(pb.PresenceNotification, { users: [{ username: 'bob', online: false, recordVersion: 0n }] })
    await stranger.notify('directory/presence', gone)
    await world.clock.advance(10_000)
    assert.deepEqual(events, [])
    await server.push('directory/presence', gone)
    await world.clock.advance(10_000)
    assert.deepEqual(events, [{ event: 'presence', username: 'bob', online: false }])
  })

  it('that there is mail: what others bring passes the gate for strangers', async () => {
    const held: Uint8Array<ArrayBuffer>[] = []
    server.lies = {
      'mailbox/append': async (body) => {
        held.push(pb.MailboxAppendRequest.decode(body).envelope as Uint8Array<ArrayBuffer>)
        return encode(pb.MailboxAppendResponse, { replicas: 1, servers: 1, expiresAtMs: BigInt(world.clock.now() + 1_000_000) })
      }
    }
    await world.clock.until(bob.node.send({ to: 'alice', text: 'second' }))
    await world.clock.advance(10_000)
    const mail = encode(pb.MailNotification, { entries: held.map((envelope, index) => ({ cursor: BigInt(1_000 + index), entryId: new Uint8Array(16).fill(index), envelope })) })
    await stranger.notify('mailbox/mail', mail)
    await world.clock.advance(10_000)
    assert.deepEqual(alice.heard, [])
    await server.push('mailbox/mail', mail)
    await world.clock.advance(10_000)
    assert.deepEqual(alice.heard.map(({ text }) => text), ['second'])
  })

  it('that there are receipts', async () => {
    await rejectsCode(world.clock.until(stranger.request('mailbox/receipts', encode(pb.DeliverRequest, { envelopes: [] }))), 'ERR_NOT_PERMITTED')
  })
})
