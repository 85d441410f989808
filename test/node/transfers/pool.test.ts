import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { BulkStream } from '../../../src/overlay/network.js'
import { encode } from '../../../src/protocol/codec.js'
import { BlobCreateRequest } from '../../../src/protocol/pb/blob.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { believeClock } from '../../helpers/home-time.js'
import { laneOf } from '../groups/book/group-world.js'
import { chunk, FileWorld, total, unsafeChunks } from './file-world.js'

describe('files by way of the pool', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice

  beforeEach(async () => {
    world = new FileWorld(`files pool ${seed++}`)
    await world.startServer()
    ;[alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    const leftovers = world.devices.flatMap((device) => world.leftovers(device))
    await world.stop()
    await world.clock.advance(1_000)
    assert.deepEqual(errors, [])
    assert.deepEqual(leftovers, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const blobs = async (count: number): Promise<void> => {
    await world.when(`the pool has ${count} files`, async () => (await world.serverStatus()).blobs === count ? true : undefined)
  }

  it('waits there for who is offline, also when its sender has gone, and is removed once it came', async () => {
    await world.do(bob.stop())
    const data = world.put(alice, '/home/cat.png', 40 * chunk + 5)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/cat.png' })
    const kept = await world.do(alice.node.waitFile({ id, timeoutMs: 60_000 }))
    assert.equal(kept.state, 'done')
    assert.equal((await world.serverStatus()).blobs, 1)
    await world.do(alice.stop())
    await world.do(bob.start())
    await world.until(bob, id, 'done')
    assert.equal((await world.assertLanded(bob, id, data)).via, 'mailbox')
    await world.do(alice.start())
    await blobs(0)
    assert.equal((await world.transfer(alice, id))?.state, 'done')
  })

  it('is kept for a user who cannot be looked up yet', async () => {
    await world.do(bob.stop())
    world.crashServer()
    await world.clock.advance(20_000)
    const data = world.put(alice, '/home/cat.png', 3 * chunk)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/cat.png' })
    await assert.rejects(world.do(alice.node.waitFile({ id, timeoutMs: 5_000 })), { code: 'ERR_PENDING' })
    await world.startServer()
    await blobs(1)
    await world.do(alice.stop())
    await world.do(bob.start())
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
  })

  it('goes over to the pool when its sender goes in mid-file, and back when the sender is there again', async () => {
    const cipher = world.cipherOf(bob)
    const told = world.hear(bob)
    const data = world.put(alice, '/home/long', 300 * chunk)
    await world.do(bob.stop())
    world.hub.delay({ minMs: 20, maxMs: 20 }, alice.peerId, world.serverPeerId)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    // Half of it is in the pool when its sender dies.
    await world.when('half is in the pool', async () => (await world.serverStatus()).blobBytes > 120 * chunk ? true : undefined, 60_000, 5)
    alice.crash()
    await world.do(bob.start())
    await world.until(bob, id, 'waiting')
    const fromPool = total(cipher.opened)
    assert.ok(fromPool > 0 && fromPool < 300, `${fromPool} came from the pool`)
    await world.do(alice.start())
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.equal(total(cipher.opened), 300, 'no chunk came twice')
    const ways = told.flatMap((event) => event.event === 'progress' && event.id === id && event.via !== null ? [event.via] : [])
    assert.deepEqual([...new Set(ways)], ['mailbox', 'direct'])
  })

  it('goes on from the pool when the way to its sender breaks in mid-file', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 300 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 }, alice.peerId, bob.peerId)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 20 ? true : undefined)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.ok(total(cipher.opened) <= 300 + unsafeChunks)
    await blobs(0)
  })

  it('goes on from the pool when its sender falls silent in mid-file', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 300 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 }, alice.peerId, bob.peerId)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 20 ? true : undefined)
    world.hub.hold(alice.peerId ?? '', bob.peerId ?? '')
    await world.until(bob, id, 'done', 600_000)
    await world.assertLanded(bob, id, data)
  })

  it('comes to the other devices of both accounts', async () => {
    const alice2 = await world.addDevice('alice-2', 'alice')
    const bob2 = await world.addDevice('bob-2', 'bob')
    await world.clock.advance(5_000)
    await world.do(bob2.stop())
    const data = world.put(alice, '/home/cat.png', 10 * chunk)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/cat.png' })
    await world.until(bob, id, 'done')
    assert.equal((await world.assertLanded(alice2, id, data)).own, true)
    await blobs(1)
    await world.do(alice.stop())
    await world.do(bob2.start())
    await world.until(bob2, id, 'done')
    for (const device of [bob, bob2]) assert.equal((await world.assertLanded(device, id, data)).own, false)
  })

  it('that changed after it was announced ends with "file changed" on both sides, and leaves nothing in the pool', async () => {
    const told = [world.hear(alice), world.hear(bob)]
    const data = world.put(alice, '/home/long', 200 * chunk)
    await world.do(bob.stop())
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    const changed = Buffer.from(data)
    changed[150 * chunk] = (changed[150 * chunk] ?? 0) ^ 1
    alice.files.put('/home/long', changed)
    const { error } = await world.until(alice, id, 'failed')
    assert.equal(error?.code, 'ERR_CONFLICT')
    const waited = await world.do(alice.node.waitFile({ id, timeoutMs: 1_000 }))
    assert.deepEqual([waited.state, waited.error?.code, waited.error?.message.startsWith('file changed')], ['failed', 'ERR_CONFLICT', true])
    await blobs(0)
    await world.do(bob.start())
    await world.until(bob, id, 'failed')
    for (const events of told) assert.deepEqual(events.flatMap((event) => event.event === 'file-failed' ? [[event.id, event.code, event.message.startsWith('file changed')]] : []), [[id, 'ERR_CONFLICT', true]])
    assert.deepEqual(bob.files.paths, [])
  })

  it('that changed while it is fetched ends so too', async () => {
    const cipher = world.cipherOf(bob)
    world.put(alice, '/home/long', 300 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 20 ? true : undefined)
    // In place: who opened it before reads the new content.
    alice.files.contents('/home/long')?.fill(7, 290 * chunk)
    await world.until(alice, id, 'failed')
    await world.until(bob, id, 'failed')
    assert.deepEqual(bob.files.paths, [])
    await blobs(0)
  })

  it('that was deleted ends on both sides; what the pool has as a whole still comes', async () => {
    await world.do(bob.stop())
    const data = world.put(alice, '/home/a', 5 * chunk)
    world.put(alice, '/home/b', 5 * chunk)
    const first = await world.sendFile(alice, { to: 'bob', path: '/home/a' })
    await world.do(alice.node.waitFile({ id: first.id, timeoutMs: 60_000 }))
    const second = await world.sendFile(alice, { to: 'bob', path: '/home/b' })
    await alice.files.remove('/home/a')
    await alice.files.remove('/home/b')
    const { error } = await world.until(alice, second.id, 'failed')
    assert.equal(error?.code, 'ERR_NOT_FOUND')
    await world.do(bob.start())
    await world.until(bob, first.id, 'done')
    await world.assertLanded(bob, first.id, data)
    await world.until(bob, second.id, 'failed')
    await blobs(0)
  })

  it('that is offered for a month and not answered is forgotten', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    world.put(alice, '/home/a', 5 * chunk)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/a' })
    await world.until(bob, id, 'offered')
    await world.clock.advance(5_000)
    world.clock.jump(31 * 24 * 3_600_000)
    for (const device of [alice, bob]) {
      await believeClock(laneOf(device))
      await world.do(device.stop())
    }
    for (const device of [alice, bob]) await world.do(device.start())
    await world.until(bob, id, 'failed')
    assert.equal((await world.transfer(alice, id))?.state, 'done', 'it was in the pool as long as the pool keeps files')
  })

  it('whose id somebody else has taken in the pool still comes directly, and its sender does not give it up', async () => {
    const data = world.put(alice, '/home/a', 5 * chunk)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/a' })
    const channel = bob.node['pool']?.connection.channel()
    assert.ok(channel !== undefined)
    const request = encode(BlobCreateRequest, { fileId: await world.fileIdOf(alice, id), chunks: 1, sealedBytes: 176n, root: new Uint8Array(32) })
    await world.do(channel.request('blobs/create', request))
    await world.clock.advance(30_000)
    assert.equal((await world.transfer(alice, id))?.state, 'active')
    world.hub.heal()
    await world.do(bob.node.acceptFile({ id }))
    await world.until(bob, id, 'done', 900_000)
    await world.assertLanded(bob, id, data)
    await world.until(alice, id, 'done')
  })

  it('is left there soon over a way that breaks off again and again', async () => {
    await world.do(bob.stop())
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const network = alice.node['components'].network
    const open = network.openBulk.bind(network)
    let stream: BulkStream | undefined
    network.openBulk = async (...args) => {
      stream = await open(...args)
      return stream
    }
    let breaks = 0
    let keptAtBreak = 0
    world.hear(alice)
    alice.onEvent = (event) => {
      if (event.event !== 'progress' || event.via !== 'mailbox' || event.bytes < keptAtBreak + 50 * chunk || breaks === 9) return
      breaks++
      keptAtBreak = event.bytes
      stream?.abort(new P2pChatError('ERR_CLOSED', 'The way broke.'))
    }
    world.put(alice, '/home/long', 600 * chunk)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    const startMs = world.clock.now()
    await world.until(alice, id, 'done', 600_000)
    assert.ok(breaks >= 5, `${breaks} breaks`)
    assert.ok(world.clock.now() - startMs < 30_000, `${breaks} breaks cost ${world.clock.now() - startMs} ms`)
  })
})
