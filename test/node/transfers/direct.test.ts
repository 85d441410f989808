import assert from 'node:assert/strict'
import { PASSWORD, type SimulatedDevice } from '../../simulation/world.js'
import { listIncoming } from '../../../src/node/files/landing/records.js'
import { stepHomeTime } from '../../../src/node/home/home-time.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { believeClock } from '../../helpers/home-time.js'
import { laneOf } from '../groups/book/group-world.js'
import { chunk, FileWorld, total } from './file-world.js'

describe('files between two who are online', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice

  beforeEach(async () => {
    world = new FileWorld(`files direct ${seed++}`)
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

  it('goes from device to device, and the pool never has any of it', async () => {
    const cipher = world.cipherOf(alice)
    const data = world.put(alice, '/home/cat.png', 10 * chunk + 17)
    const told = world.hear(bob)
    const { id, name, bytes } = await world.sendFile(alice, { to: 'bob', path: '/home/cat.png', caption: 'a cat' })
    assert.deepEqual({ name, bytes }, { name: 'cat.png', bytes: data.byteLength })
    await world.until(alice, id, 'done')
    const event = await world.assertLanded(bob, id, data)
    assert.deepEqual({ ...event, cursor: '', sentAt: '', receivedAt: '' }, {
      event: 'file', id, from: 'alice', to: 'bob', name: 'cat.png', mime: 'application/octet-stream', bytes: data.byteLength, sha256: event.sha256, caption: 'a cat', path: '/downloads/cat.png', sentAt: '', receivedAt: '', via: 'direct', own: false, cursor: ''
    })
    assert.equal(total(cipher.sealed), 2 * 11, 'once for the hashes, once for the way')
    assert.equal((await world.serverStatus()).blobs, 0)
    assert.ok(told.some((one) => one.event === 'progress' && one.id === id && one.direction === 'in' && one.bytes === data.byteLength))
  })

  const send = async (path: string, bytes: number, from = alice, to = 'bob'): Promise<{ id: string, data: Buffer }> => {
    const data = world.put(from, path, bytes)
    return { id: (await world.sendFile(from, { to, path })).id, data }
  }

  it('is not waited for any more once the device is signed out, nor for a time that is none', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const { id } = await send('/home/cat.png', 10)
    await world.until(bob, id, 'offered')
    for (const timeoutMs of [Number.NaN, -1]) await assert.rejects(bob.node.waitFile({ id, timeoutMs }), { code: 'ERR_USAGE' })
    const waiting = assert.rejects(bob.node.waitFile({ id, timeoutMs: 3_600_000 }), { code: 'ERR_CLOSED' })
    await world.do(bob.node.signOut())
    await waiting
  })

  it('has a path from the root on', async () => {
    for (const path of ['cat.png', undefined]) await assert.rejects(world.sendFile(alice, { to: 'bob', path: path as string }), { code: 'ERR_USAGE' })
  })

  it('is sent once under an id of the caller\'s, which is not given to another file', async () => {
    const path = '/home/cat.png'
    const id = 'ab'.repeat(16)
    const data = world.put(alice, path, 3 * chunk)
    const request = { to: 'bob', path, id }
    const twins = await Promise.all([world.sendFile(alice, request), world.sendFile(alice, request)])
    assert.deepEqual(twins.map((one) => one.id), [id, id])
    await world.until(alice, id, 'done')
    await world.assertLanded(bob, id, data)
    const read = total(world.cipherOf(alice).sealed)
    assert.deepEqual({ ...await world.sendFile(alice, request), state: '' }, { id, to: 'bob', name: 'cat.png', bytes: data.byteLength, state: '' })
    assert.equal(total(world.cipherOf(alice).sealed), read, 'it is not read again')
    await assert.rejects(world.sendFile(alice, { ...request, caption: 'another' }), { code: 'ERR_CONFLICT' })
    world.put(alice, path, chunk)
    await assert.rejects(world.sendFile(alice, request), { code: 'ERR_CONFLICT' })
    assert.deepEqual((await alice.node.transfers({})).map((one) => one.id), [id])
  })

  it('may be empty', async () => {
    const { id, data } = await send('/home/nothing', 0)
    await world.until(alice, id, 'done')
    await world.assertLanded(bob, id, data)
  })

  it('is forgotten after a month, with all that was kept of its coming', async () => {
    const { id } = await send('/home/cat.png', 10)
    await world.until(alice, id, 'done')
    assert.equal((await listIncoming(laneOf(bob))).length, 1)
    world.clock.jump(31 * 24 * 3_600_000)
    await believeClock(laneOf(bob))
    await world.do(bob.stop())
    await world.do(bob.start())
    assert.deepEqual([await listIncoming(laneOf(bob)), await bob.node.transfers({})], [[], []])
    assert.deepEqual(bob.files.paths, ['/downloads/cat.png'])
  })

  it('is not given up when it was begun by a clock years behind that is set right, nor under one that is a month ahead', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const rightMs = world.clock.now() + 5 * 365 * 24 * 3_600_000
    for (const device of [alice, bob]) {
      await believeClock(laneOf(device))
      await stepHomeTime(laneOf(device), new FakeClock(rightMs))
    }
    const { id } = await send('/home/cat.png', 5 * chunk)
    await world.until(bob, id, 'offered')
    for (const aheadMs of [0, 31 * 24 * 3_600_000]) {
      for (const device of [alice, bob]) await world.do(device.stop())
      world.clock.jump(rightMs + aheadMs - world.clock.now())
      for (const device of [alice, bob]) await world.do(device.start())
      assert.equal((await world.transfer(bob, id))?.state, 'offered')
      assert.match((await world.transfer(alice, id))?.state ?? '', /^(active|offered)$/)
    }
  })

  it('does not take the name of another', async () => {
    const first = await send('/home/a/cat.png', 10)
    await world.until(alice, first.id, 'done')
    const second = await send('/home/b/cat.png', 20)
    await world.until(alice, second.id, 'done')
    assert.equal((await world.assertLanded(bob, first.id, first.data)).path, '/downloads/cat.png')
    assert.equal((await world.assertLanded(bob, second.id, second.data)).path, '/downloads/cat (2).png')
  })

  it('goes side by side with others, both ways', async () => {
    const sent = [await send('/home/1', 20 * chunk), await send('/home/2', 30 * chunk + 1), await send('/home/3', 5), await send('/home/4', 70_000), await send('/home/5', chunk), await send('/home/6', chunk + 1)]
    const back = await send('/home/7', 12 * chunk, bob, 'alice')
    for (const { id, data } of sent) {
      await world.until(alice, id, 'done')
      await world.assertLanded(bob, id, data)
    }
    await world.until(bob, back.id, 'done')
    await world.assertLanded(alice, back.id, back.data)
  })

  it('is not served any more to a device that was removed, nor waits for it', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const laptop = await world.addDevice('bob-2', 'bob')
    await world.do(laptop.node.changeSettings({ autoAcceptBytes: 0 }))
    const { id } = await send('/home/movie', 3 * chunk)
    await world.until(bob, id, 'offered')
    await world.until(laptop, id, 'offered')
    const fileId = await world.fileIdOf(alice, id)
    assert.equal(await world.ask(bob, alice, fileId), 0)
    const stolen = (await world.do(laptop.node.devices())).find(({ current }) => !current)
    await world.do(laptop.node.removeDevice({ id: stolen?.id ?? '', password: PASSWORD }))
    await world.clock.advance(5_000)
    assert.equal(await world.ask(bob, alice, fileId), 'ERR_NOT_FOUND')
    await world.do(laptop.node.acceptFile({ id }))
    await world.until(alice, id, 'done')
  })

  it('is offered when it is larger than what is taken unasked, and fetched when it is accepted', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 1_000 }))
    const { id, data } = await send('/home/movie', 1_001)
    const small = await send('/home/small', 1_000)
    await world.until(alice, small.id, 'done')
    await world.until(bob, id, 'offered')
    const offers = bob.taken.filter((event) => event.event === 'offer')
    assert.deepEqual(offers.map((offer) => [offer.id, offer.name, offer.bytes]), [[id, 'movie', 1_001]])
    assert.deepEqual(world.files(bob).map((event) => event.id), [small.id])
    await assert.rejects(world.do(bob.node.waitFile({ id, timeoutMs: 1_000 })), { code: 'ERR_PENDING' })
    const landing = world.do(bob.node.waitFile({ id, timeoutMs: 60_000 }))
    await world.do(bob.node.acceptFile({ id }))
    assert.equal((await landing).state, 'done')
    await world.until(alice, id, 'done')
    await world.assertLanded(bob, id, data)
    await assert.rejects(world.do(bob.node.acceptFile({ id })), { code: 'ERR_USAGE' })
    await assert.rejects(world.do(bob.node.acceptFile({ id: 'ab'.repeat(16) })), { code: 'ERR_NOT_FOUND' })
  })

  it('is declined: the sender is told, and the pool keeps none of it', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const { id } = await send('/home/movie', 3 * chunk)
    await world.until(bob, id, 'offered')
    // Bob takes his time: the file goes to the pool.
    await world.when('the pool has it', async () => (await world.serverStatus()).blobs === 1 ? true : undefined)
    const told = world.hear(alice)
    await world.do(bob.node.declineFile({ id }))
    await world.until(alice, id, 'declined')
    assert.equal((await world.do(alice.node.waitFile({ id, timeoutMs: 1_000 }))).state, 'declined')
    assert.deepEqual(told.flatMap((event) => event.event === 'file-failed' ? [[event.id, event.direction, event.code, event.message]] : []), [[id, 'out', 'ERR_NOT_PERMITTED', 'bob declined it.']])
    await world.when('the pool has it no more', async () => (await world.serverStatus()).blobs === 0 ? true : undefined)
    assert.equal((await world.transfer(bob, id))?.state, 'declined')
    assert.deepEqual(bob.files.paths, [])
    assert.deepEqual(world.files(bob), [])
  })

  it('is declined without a word by who blocks its sender', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    const { id } = await send('/home/movie', 3 * chunk)
    await world.until(bob, id, 'offered')
    await world.do(bob.node.blockContact({ username: 'alice' }))
    await world.until(bob, id, 'declined')
    await world.clock.advance(60_000)
    assert.notEqual((await world.transfer(alice, id))?.state, 'declined')
  })

  it('stops while the receiver pauses it, and goes on from there', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 200 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 20 ? true : undefined)
    await world.do(bob.node.pauseFile({ id }))
    await world.clock.advance(1_000)
    const before = total(cipher.opened)
    assert.ok(before < 200)
    await world.clock.advance(60_000)
    assert.equal(total(cipher.opened), before)
    assert.equal((await world.transfer(bob, id))?.state, 'paused')
    const { doneBytes = 0 } = await world.transfer(bob, id) ?? {}
    assert.ok(doneBytes > 0)
    await world.do(bob.stop())
    await world.do(bob.start())
    assert.equal((await world.transfer(bob, id))?.doneBytes, doneBytes)
    await world.do(bob.node.resumeFile({ id }))
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.equal(total(cipher.opened), 200, 'no chunk came twice')
  })

  it('stops while the sender pauses it, over a restart, and goes on from there', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 200 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 20 ? true : undefined)
    await world.do(alice.node.pauseFile({ id }))
    await world.clock.advance(1_000)
    const before = total(cipher.opened)
    assert.ok(before < 200)
    await world.clock.advance(60_000)
    await world.do(alice.stop())
    await world.do(alice.start())
    await world.clock.advance(60_000)
    assert.equal(total(cipher.opened), before)
    assert.equal((await world.transfer(alice, id))?.state, 'paused')
    assert.equal((await world.serverStatus()).blobs, 0)
    await world.do(alice.node.resumeFile({ id }))
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.equal(total(cipher.opened), 200, 'no chunk came twice')
  })

  it('is not read when it is too large, or no file', async () => {
    await world.do(alice.stop())
    alice.maxFileBytes = 1_000
    await world.do(alice.start())
    const cipher = world.cipherOf(alice)
    world.put(alice, '/home/large', 1_001)
    await assert.rejects(world.do(alice.node.sendFile({ to: 'bob', path: '/home/large' })), { code: 'ERR_LIMIT' })
    await assert.rejects(world.do(alice.node.sendFile({ to: 'bob', path: '/home/none' })), { code: 'ERR_NOT_FOUND' })
    await assert.rejects(world.do(alice.node.sendFile({ to: 'nobody', path: '/home/large' })), { code: 'ERR_NOT_FOUND' })
    await assert.rejects(world.do(alice.node.sendFile({ path: '/home/large' })), { code: 'ERR_USAGE' })
    await assert.rejects(world.do(alice.node.sendFile({ groups: ['none'], path: '/home/large' })), { code: 'ERR_NOT_FOUND' })
    assert.equal(total(cipher.sealed), 0)
    assert.deepEqual(await alice.node.transfers({}), [])
  })

  it('is refused by a receiver whose limit is lower, before a byte of it came', async () => {
    await world.do(bob.stop())
    bob.maxFileBytes = 1_000
    await world.do(bob.start())
    const cipher = world.cipherOf(bob)
    const told = world.hear(bob)
    const { id } = await send('/home/large', 1_001)
    await world.until(bob, id, 'failed')
    assert.equal(total(cipher.opened), 0)
    assert.ok(told.some((event) => event.event === 'file-failed' && event.id === id && event.code === 'ERR_LIMIT'))
  })

  it('fails on a full disk, keeps nothing there, and comes when room was made and it is accepted again', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 60 * chunk)
    world.hub.delay({ minMs: 5, maxMs: 5 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    cipher.onOpen = () => { if (total(cipher.opened) === 30) bob.files.capacityBytes = 0 }
    const { error } = await world.until(bob, id, 'failed')
    assert.equal(error?.code, 'ERR_STORE_IO')
    assert.match(error?.message ?? '', /full/)
    assert.deepEqual(bob.files.paths, [])
    bob.files.capacityBytes = Infinity
    await world.do(bob.node.acceptFile({ id }))
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
  })

  it('keeps what has come when the home cannot be written, and has it after the next start', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 20 * chunk)
    // The write that says that it has landed.
    bob.refuseWrites(() => bob.files.paths.join() === '/downloads/long')
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.clock.advance(10_000)
    assert.deepEqual(bob.files.paths, ['/downloads/long'])
    assert.equal((await world.transfer(bob, id))?.state, 'waiting')
    bob.errors.length = 0
    bob.crash()
    const opened = total(cipher.opened)
    await world.do(bob.start())
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.equal(total(cipher.opened), opened, 'chunks came again')
  })

  it('do not wait for others that nobody has at the moment, nor for such as their senders hold back', async () => {
    const [carol] = await world.people('carol') as [SimulatedDevice]
    bob.crash()
    const ids: string[] = []
    for (let n = 0; n < 5; n++) {
      world.put(alice, `/home/${n}`, 30 * chunk)
      ids.push((await world.sendFile(alice, { to: 'bob', path: `/home/${n}` })).id)
    }
    for (const id of ids) await world.do(alice.node.pauseFile({ id }))
    const data = world.put(carol, '/home/wanted', 3 * chunk)
    for (const isThere of [true, false]) {
      if (!isThere) {
        bob.crash()
        alice.crash()
      }
      await world.do(bob.start())
      await world.clock.advance(60_000)
      const { id } = await world.sendFile(carol, { to: 'bob', path: '/home/wanted' })
      await world.until(bob, id, 'done')
      await world.assertLanded(bob, id, data)
    }
    await world.do(alice.start())
    for (const id of ids) await world.do(alice.node.resumeFile({ id }))
    for (const id of ids) await world.until(bob, id, 'done', 1_000_000)
  })

  it('do not wait for those of one sender that only trickle', async () => {
    const [carol] = await world.people('carol') as [SimulatedDevice]
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const ids: string[] = []
    for (let n = 0; n < 6; n++) {
      world.put(alice, `/home/${n}`, 300 * chunk)
      ids.push((await world.sendFile(alice, { to: 'bob', path: `/home/${n}` })).id)
    }
    await world.when('some of it came', () => total(world.cipherOf(bob).opened) > 100 ? true : undefined)
    world.hub.delay({ minMs: 9_000, maxMs: 9_000 }, alice.peerId, bob.peerId)
    const data = world.put(carol, '/home/wanted', 3 * chunk)
    const { id } = await world.sendFile(carol, { to: 'bob', path: '/home/wanted' })
    await world.until(bob, id, 'done', 10_000)
    await world.assertLanded(bob, id, data)
    world.hub.heal()
    for (const other of ids) await world.until(bob, other, 'done', 1_000_000)
  })

  it('is fetched when it is wanted again while it comes to a stop', async () => {
    const data = world.put(alice, '/home/long', 40 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.until(bob, id, 'active')
    for (let n = 0; n < 5; n++) {
      const pausing = bob.node.pauseFile({ id })
      const resuming = bob.node.resumeFile({ id }).catch(() => {})
      await world.do(Promise.all([pausing, resuming]))
      if ((await world.transfer(bob, id))?.state === 'paused') await world.do(bob.node.resumeFile({ id }))
      await world.clock.advance(50)
    }
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
  })
})
