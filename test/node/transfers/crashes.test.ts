import assert from 'node:assert/strict'
import type { SimulatedDevice } from '../../simulation/world.js'
import { chunk, FileWorld, total, unsafeChunks } from './file-world.js'

const seeds = Number(process.env.FILE_SEEDS ?? 8)
const files = 2
const chunksPerFile = 150

/** Sender, receiver and server die at any moment, in any order, and come back. */
async function run (seed: string): Promise<void> {
  const world = new FileWorld(seed)
  const random = world.random.fork('schedule')
  await world.startServer()
  const [alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
  const delay = random.pick([5, 20, 60])
  world.hub.delay({ minMs: delay, maxMs: delay + random.pick([0, 10]) })
  const came = world.cipherOf(bob)
  const sent: Array<{ id: string, data: Buffer }> = []
  for (let n = 0; n < files; n++) {
    const data = world.put(alice, `/home/${n}`, chunksPerFile * chunk - random.between(0, chunk - 1))
    sent.push({ id: (await world.sendFile(alice, { to: 'bob', path: `/home/${n}` })).id, data })
  }
  let kills = 0
  let receiverKills = 0
  const isDone = async (): Promise<boolean> => {
    if (!bob.isRunning) return false
    const states = await Promise.all(sent.map(async ({ id }) => (await world.transfer(bob, id))?.state))
    return states.every((state) => state === 'done')
  }
  for (let step = 0; step < 60 && kills < 8 && !await isDone(); step++) {
    await world.clock.advance(random.pick([1, 20, 100, 500, 3_000]))
    const who = random.pick(['alice', 'bob', 'bob', 'server', 'write', 'link', 'back', 'back'] as const)
    switch (who) {
      case 'alice':
        if (alice.isRunning) kills++
        alice.crash()
        break
      case 'bob':
        if (bob.isRunning) receiverKills++
        if (bob.isRunning) kills++
        bob.crash()
        break
      case 'write':
        bob.crashAt({ batches: random.between(1, 6), written: random.chance(0.5) })
        receiverKills++
        kills++
        break
      case 'server':
        world.crashServer()
        kills++
        break
      case 'link':
        if (alice.peerId !== undefined && bob.peerId !== undefined) world.hub.reset(alice.peerId, bob.peerId)
        break
      case 'back':
        await comeBack(world, alice, bob)
    }
  }
  await comeBack(world, alice, bob)
  bob.crashAt({ batches: Infinity, written: true })
  for (const { id, data } of sent) {
    await world.until(bob, id, 'done', 900_000)
    await world.assertLanded(bob, id, data)
  }
  // A link that breaks costs what was asked for, a kill also what was not durable.
  const again = total(came.opened) - files * chunksPerFile
  assert.ok(again <= receiverKills * files * unsafeChunks, `${again} chunks came again after ${receiverKills} kills`)
  for (const { id } of sent) await world.when(`alice knows of ${id}`, async () => (await world.transfer(alice, id))?.state === 'done' ? true : undefined, 900_000)
  await world.when('the pool has nothing', async () => (await world.serverStatus()).blobs === 0 ? true : undefined, 900_000)
  assert.deepEqual(world.leftovers(bob), [])
  assert.deepEqual(bob.files.paths, ['/downloads/0', '/downloads/1'])
  assert.deepEqual(world.devices.flatMap(({ errors }) => errors), [])
  await world.stop()
  await world.clock.advance(60_000)
  assert.equal(world.clock.pending, 0, 'timers are left')
}

async function comeBack (world: FileWorld, ...devices: SimulatedDevice[]): Promise<void> {
  if (!world.serverIsRunning) await world.startServer()
  for (const device of devices) if (!device.isRunning) await world.clock.until(device.start())
}

describe('files while everybody dies', function () {
  this.timeout(0)
  for (let seed = 0; seed < seeds; seed++) {
    it(`come whole, once, and not from the start again (seed ${seed})`, async () => { await run(`crashes ${process.env.SEED ?? seed}`) })
  }
})
