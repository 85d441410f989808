import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { readFacts } from '../../../src/node/doctor/index.js'
import { Lane } from '../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { World } from '../../simulation/world.js'
import { MemoryDisk } from '../files/memory-disk.js'
import { rejectsCode } from '../support.js'

describe('the facts of the doctor', () => {
  it('tell what cannot be read, and all the rest', async () => {
    const store = createMemoryStore()
    const damaged = { ...store, get: store.get.bind(store), batch: store.batch.bind(store), close: store.close.bind(store), range: () => { throw new P2pChatError('ERR_STORE_CORRUPT', 'The entry message/x is damaged.') } }
    const facts = await readFacts({ store: damaged, lane: new Lane(store), clock: new FakeClock(), disk: new MemoryDisk(), home: '/' })
    assert.equal(facts.damage, 'The entry message/x is damaged.')
    assert.deepEqual([facts.devices, facts.changed, facts.forked, facts.messages, facts.backedUpAtMs], [0, [], [], 0, undefined])
  })

  it('tell that the disk refuses, or has refused, and leave nothing on it', async () => {
    const store = createMemoryStore()
    const disk = new MemoryDisk()
    const refused = async (lane: Lane): Promise<string | undefined> => (await readFacts({ store, lane, clock: new FakeClock(), disk, home: '/' })).refused
    const lane = new Lane(store)
    disk.put('/doctor.new', Buffer.from('left by one that was killed'))
    assert.equal(await refused(lane), undefined)
    disk.capacityBytes = 10
    assert.match(await refused(lane) ?? '', /full/)
    disk.capacityBytes = Infinity
    assert.deepEqual(disk.paths, [])
    const failing = new Lane({ ...store, get: store.get.bind(store), range: store.range.bind(store), close: store.close.bind(store), batch: async () => { throw new P2pChatError('ERR_STORE_IO', 'It was full.') } })
    await rejectsCode(failing.write((tx) => { tx.put('a', new Uint8Array(1)) }), 'ERR_STORE_IO')
    assert.equal(await refused(failing), 'It was full.', 'also once there is room')
  })

  it('come from a home at work', async () => {
    const world = new World('doctor')
    await world.startServer()
    const codes = async (name: string): Promise<string[]> => (await world.clock.until(world.devices.find((device) => device.name === name)?.node.doctor() ?? Promise.reject(new Error(name)))).map(({ code }) => code).filter((code) => code !== 'slow-cipher')
    await world.bareDevice('new')
    assert.deepEqual(await codes('new'), ['no-account'])
    const alice = await world.addDevice('alice-1', 'alice')
    await world.addDevice('bob-1', 'bob')
    assert.deepEqual(await codes('alice-1'), [])
    await world.clock.until(alice.node.send({ to: 'bob', text: 'are you there?' }))
    await world.clock.advance(1_000)
    assert.deepEqual(await codes('alice-1'), ['no-backup'])
    await world.clock.until(alice.node.backup({ path: '/backup', password: 'a word for the stick' }))
    assert.deepEqual(await codes('alice-1'), [])
    world.crashServer()
    await world.clock.advance(60_000)
    assert.deepEqual(await codes('alice-1'), ['no-server'])
    await world.stop()
  })
})
