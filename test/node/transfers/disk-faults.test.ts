import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { chunk, FileWorld, total, unsafeChunks } from './file-world.js'

function refusal (code: string): P2pChatError {
  return new P2pChatError('ERR_STORE_IO', `It could not be written: ${code}.`, { cause: Object.assign(new Error(code), { code }) })
}

describe('files on a disk that refuses', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice

  beforeEach(async () => {
    world = new FileWorld(`files disk ${seed++}`)
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

  /** Takes nothing of this disk's for as long as `code` says one. */
  function refuse (device: SimulatedDevice): { code: string | undefined } {
    const refused: { code: string | undefined } = { code: undefined }
    const { files } = device
    files.onStep = () => { if (refused.code !== undefined) throw refusal(refused.code) }
    for (const name of ['list', 'size', 'open', 'freeBytes', 'makeFolder'] as const) {
      const usual = files[name].bind(files) as (path: string) => Promise<never>
      Object.assign(files, {
        [name]: async (path: string) => {
          if (refused.code !== undefined) throw refusal(refused.code)
          return await usual(path)
        }
      })
    }
    return refused
  }

  it('keeps nobody from signing in, and takes up again what it could not remove', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    world.put(alice, '/home/long', 200 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.until(bob, id, 'offered')
    await world.do(bob.node.acceptFile({ id }))
    await world.when('some of it came', () => world.leftovers(bob).length > 0 ? true : undefined)
    const disk = refuse(bob)
    disk.code = 'EROFS'
    await world.do(bob.node.declineFile({ id }))
    assert.equal((await world.transfer(bob, id))?.state, 'declined')
    for (disk.code of ['ENOTDIR', 'EACCES', 'ENOTCONN']) {
      await world.do(bob.stop())
      await world.do(bob.start())
      await world.do(bob.node.send({ to: 'alice', text: disk.code }))
      assert.equal(world.leftovers(bob).length, 1)
    }
    disk.code = undefined
    await world.do(bob.stop())
    await world.do(bob.start())
    assert.deepEqual(world.leftovers(bob), [])
  })

  it('for a while costs nothing of what has come, ends no file, and is told once', async () => {
    const cipher = world.cipherOf(bob)
    const told = world.hear(bob)
    const disk = refuse(bob)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const sent = []
    for (let n = 0; n < 6; n++) {
      const data = world.put(alice, `/home/${n}`, 100 * chunk)
      sent.push({ data, id: (await world.sendFile(alice, { to: 'bob', path: `/home/${n}` })).id })
    }
    await world.when('some of it came', () => total(cipher.opened) > 200 ? true : undefined)
    disk.code = 'EIO'
    await world.clock.advance(30_000)
    for (const { id } of sent) assert.ok(['waiting', 'done'].includes((await world.transfer(bob, id))?.state ?? ''))
    assert.equal(told.filter((event) => event.event === 'error').length, 1)
    disk.code = undefined
    for (const { id, data } of sent) {
      await world.until(bob, id, 'done', 900_000)
      await world.assertLanded(bob, id, data)
    }
    assert.ok(total(cipher.opened) <= 600 + 4 * unsafeChunks, `${total(cipher.opened)} chunks came`)
  })

  it('when the file is to get its name has it all the same, once it does not any more', async () => {
    const cipher = world.cipherOf(bob)
    const { files } = bob
    const rename = files.rename.bind(files)
    files.rename = async () => { throw refusal('EACCES') }
    const data = world.put(alice, '/home/long', 20 * chunk)
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.until(bob, id, 'waiting')
    files.rename = rename
    await world.until(bob, id, 'done', 900_000)
    await world.assertLanded(bob, id, data)
    assert.equal(total(cipher.opened), 20)
  })

  it('for want of room goes on from there when there is some and it is accepted, over a restart', async () => {
    const cipher = world.cipherOf(bob)
    const data = world.put(alice, '/home/long', 200 * chunk)
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    await world.when('some of it came', () => total(cipher.opened) > 100 ? true : undefined)
    await world.do(bob.node.pauseFile({ id }))
    bob.files.capacityBytes = 200 * chunk
    await world.do(bob.node.resumeFile({ id }))
    const { error } = await world.until(bob, id, 'failed')
    assert.match(error?.message ?? '', /no room/)
    await world.do(bob.stop())
    await world.do(bob.start())
    bob.files.capacityBytes = Infinity
    await world.do(bob.node.acceptFile({ id }))
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
    assert.ok(total(cipher.opened) <= 200 + unsafeChunks, `${total(cipher.opened)} chunks came`)
  })

  it('is left half a GiB by what nobody asked for, and filled further by what is accepted', async () => {
    const data = world.put(alice, '/home/long', 20 * chunk)
    bob.files.capacityBytes = 512 * 1024 * 1024
    const { id } = await world.sendFile(alice, { to: 'bob', path: '/home/long' })
    assert.match((await world.until(bob, id, 'failed')).error?.message ?? '', /accept/)
    await world.do(bob.node.acceptFile({ id }))
    await world.until(bob, id, 'done')
    await world.assertLanded(bob, id, data)
  })

  it('has room for what is promised to others who come at the same time', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    bob.files.capacityBytes = 64 * 1024 * 1024 + 150 * chunk
    world.hub.delay({ minMs: 20, maxMs: 20 })
    const ids: string[] = []
    for (const name of ['/home/1', '/home/2']) {
      world.put(alice, name, 100 * chunk)
      const { id } = await world.sendFile(alice, { to: 'bob', path: name })
      await world.until(bob, id, 'offered')
      ids.push(id)
    }
    for (const id of ids) await world.do(bob.node.acceptFile({ id }))
    const [first = '', second = ''] = ids
    await world.until(bob, second, 'failed')
    await world.until(bob, first, 'done')
  })
})
