import assert from 'node:assert/strict'
import type { SimulatedDevice } from '../../simulation/world.js'
import { laneOf } from '../groups/book/group-world.js'
import { chunk, FileWorld, total } from './file-world.js'

describe('files to groups', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice

  beforeEach(async () => {
    world = new FileWorld(`files groups ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
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

  it('is uploaded once, and fetched by all of them, also by who was away, with its sender gone', async () => {
    await world.group('team', alice, bob, carol)
    await world.do(carol.stop())
    const cipher = world.cipherOf(alice)
    const data = world.put(alice, '/home/movie', 50 * chunk)
    const { id, group } = await world.sendFile(alice, { groups: ['team'], path: '/home/movie' })
    assert.equal(group, 'team')
    await world.do(alice.node.waitFile({ id, timeoutMs: 60_000 }))
    await world.until(bob, id, 'done')
    assert.deepEqual(await world.assertLanded(bob, id, data).then((event) => [event.from, event.group]), ['alice', 'team'])
    assert.ok(total(cipher.sealed) <= 3 * 50, 'for the hashes, for the pool, for bob')
    assert.equal((await world.serverStatus()).blobs, 1)
    await world.do(alice.stop())
    await world.do(carol.start())
    await world.until(carol, id, 'done')
    await world.assertLanded(carol, id, data)
  })

  it('goes to several groups in one call, uploaded once, and to who is in two of them twice by name but from one place', async () => {
    await world.group('team', alice, bob, carol)
    await world.group('club', alice, bob)
    const data = world.put(alice, '/home/movie', 10 * chunk)
    const sent = await world.sendFiles(alice, { groups: ['team', 'club'], path: '/home/movie' })
    assert.deepEqual(sent.map(({ group }) => group), ['team', 'club'])
    for (const { id } of sent) {
      await world.until(bob, id, 'done')
      await world.assertLanded(bob, id, data)
      await world.do(alice.node.waitFile({ id, timeoutMs: 60_000 }))
    }
    await world.until(carol, sent[0]?.id ?? '', 'done')
    assert.equal((await world.serverStatus()).blobs, 1)
    assert.deepEqual(await world.do(alice.node.sendFile({ groups: ['team', 'none'], path: '/home/movie' })).catch((error: { code: string }) => error.code), 'ERR_NOT_FOUND')
  })

  it('goes to one group under an id of the caller\'s, and is not read when several are named, or the id is none', async () => {
    await world.group('team', alice, bob, carol)
    await world.group('club', alice, bob)
    world.put(alice, '/home/movie', 10 * chunk)
    const id = 'ab'.repeat(16)
    const request = { groups: ['team', 'club'], path: '/home/movie', id }
    await assert.rejects(world.sendFile(alice, request), { code: 'ERR_USAGE' })
    for (const bad of ['AB'.repeat(16), 'ab', '']) await assert.rejects(world.sendFile(alice, { ...request, groups: ['team'], id: bad }), { code: 'ERR_USAGE' })
    assert.equal(total(world.cipherOf(alice).sealed), 0, 'it was read')
    await world.sendFile(alice, { ...request, groups: ['team', 'team'] })
    await assert.rejects(world.sendFile(alice, request), { code: 'ERR_USAGE' }, 'one of them has it')
    await world.until(bob, id, 'done')
    await world.until(carol, id, 'done')
  })

  it('is not served to strangers, nor to members who were removed', async () => {
    await world.group('team', alice, bob, carol)
    world.put(alice, '/home/movie', 10 * chunk)
    const { id } = await world.sendFile(alice, { groups: ['team'], path: '/home/movie' })
    await world.until(bob, id, 'done')
    const mallory = await world.addDevice('mallory-1', 'mallory')
    const fileId = await world.fileIdOf(alice, id)
    assert.equal(await world.ask(bob, alice, fileId), 0)
    assert.equal(await world.ask(mallory, alice, fileId), 'ERR_NOT_FOUND')
    assert.equal(await world.ask(mallory, alice, new Uint8Array(16)), 'ERR_NOT_FOUND')
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(5_000)
    assert.equal(await world.ask(carol, alice, fileId), 'ERR_NOT_FOUND')
    assert.equal(await world.ask(bob, alice, fileId), 0)
    assert.deepEqual(mallory.files.paths, [])
  })

  it('is fetched by a member whose way to the sender is cut, from the pool', async () => {
    await world.group('team', alice, bob, carol)
    world.hub.cut(alice.peerId ?? '', carol.peerId ?? '')
    const data = world.put(alice, '/home/movie', 10 * chunk)
    const { id } = await world.sendFile(alice, { groups: ['team'], path: '/home/movie' })
    for (const device of [bob, carol]) {
      await world.until(device, id, 'done')
      await world.assertLanded(device, id, data)
    }
  })

  it('is not declined because one of them says so', async () => {
    await world.group('team', alice, bob, carol)
    await world.do(carol.stop())
    world.put(alice, '/home/movie', 10 * chunk)
    const { id } = await world.sendFile(alice, { groups: ['team'], path: '/home/movie' })
    await world.until(bob, id, 'done')
    const fileId = await world.fileIdOf(alice, id)
    await world.do(laneOf(alice).write(async (tx) => {
      await alice.node['signedIn']?.transfers.fileReport(tx, { username: 'bob', device: Buffer.from(bob.deviceKey ?? []).toString('hex') }, { fileId, done: false })
    }))
    assert.equal((await world.do(alice.node.waitFile({ id, timeoutMs: 60_000 }))).state, 'done')
    await world.do(carol.start())
    await world.until(carol, id, 'done')
  })
})
