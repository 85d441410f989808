import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { chunk, FileWorld } from './file-world.js'

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
})
