import assert from 'node:assert/strict'
import { hold, park } from '../../../src/node/delivery/in-chain.js'
import { findTalkState, holdMessage, putTalkState } from '../../../src/node/groups/talk/in-tables.js'
import { parkMessage, type ParkedKey } from '../../../src/node/groups/talk/parked.js'
import { toHex } from '../../../src/node/home/hex.js'
import { Lane } from '../../../src/node/home/lane.js'
import { putIn } from '../../../src/node/transfers/records.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { assertNotHalfRestored, restoreHome } from '../../../src/node/backup/index.js'
import { GroupWorld } from '../groups/book/group-world.js'
import { Died } from '../files/memory-disk.js'
import { openMemoryFile } from '../files/memory-file.js'
import { fakePasswordWork } from '../../simulation/fake-password-work.js'
import { PASSWORD, SimulatedDevice } from '../../simulation/world.js'
import { rejectsCode } from '../support.js'

const SECRET = 'a word for the stick only'

describe('a backup of a home', function () {
  this.timeout(120_000)
  let world: GroupWorld
  let seed = 0

  beforeEach(async () => {
    world = new GroupWorld(`backup ${seed++}`)
    await world.startServer()
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
  })

  async function restored (from: SimulatedDevice, name: string): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(world, name, from.username)
    world.devices.push(device)
    await device.restore(from, '/backup', SECRET)
    await world.do(device.start())
    return device
  }

  it('makes a new device that has what was said, and talks on', async () => {
    const [alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    await world.group('team', alice, bob)
    await world.do(alice.node.send({ to: 'bob', text: 'hello' }))
    await world.do(bob.node.send({ to: 'alice', text: 'hello back' }))
    await world.do(alice.node.groupSend({ names: ['team'], text: 'to all' }))
    await world.clock.advance(5_000)
    await world.do(alice.node.safetyNumber({ username: 'bob' }))
    await world.do(alice.node.acceptIdentity({ username: 'bob' }))
    await world.do(alice.node.changeSettings({ autoAcceptBytes: 7 }))
    const made = await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    assert.deepEqual({ ...made, bytes: 0 }, { path: '/backup', bytes: 0, messages: 3, queued: 0, waiting: 0, files: 0 })
    const before = { bob: await alice.history('bob'), team: await world.do(alice.node.history({ group: 'team' })) }
    await world.do(bob.node.send({ to: 'alice', text: 'after the backup' }))
    await world.clock.advance(5_000)
    await alice.stop()

    const second = await restored(alice, 'alice-2')
    await rejectsCode(second.node.history({ user: 'bob' }), 'ERR_NOT_SIGNED_IN')
    await rejectsCode(world.do(second.node.signIn({ username: 'carol', password: PASSWORD })), 'ERR_NOT_PERMITTED')
    assert.deepEqual(await world.do(second.node.signIn({ username: 'alice', password: PASSWORD })), { username: 'alice', newDevice: true })
    second.listen()
    await world.clock.advance(20_000)
    assert.deepEqual((await second.history('bob')).slice(0, before.bob.length), before.bob)
    const saysNow = (await world.do(second.node.history({ group: 'team' }))).filter(({ kind }) => kind === 'text')
    assert.deepEqual(saysNow, before.team.filter(({ kind }) => kind === 'text'))
    assert.equal((await world.do(second.node.contacts())).find(({ username }) => username === 'bob')?.identity, 'verified')
    assert.equal((await world.do(second.node.settings())).autoAcceptBytes, 7)
    assert.equal((await world.do(second.node.devices())).length, 2)

    await world.do(second.node.send({ to: 'bob', text: 'from the new one' }))
    await world.do(bob.node.send({ to: 'alice', text: 'to both' }))
    await world.clock.advance(10_000)
    assert.ok((await bob.history('alice')).some(({ text, fromRemovedDevice }) => text === 'from the new one' && fromRemovedDevice === undefined))
    assert.equal((await second.history('bob')).at(-1)?.text, 'to both')
    await world.do(second.node.groupSend({ names: ['team'], text: 'here again' }))
    await world.do(bob.node.groupSend({ names: ['team'], text: 'welcome' }))
    await world.clock.advance(20_000)
    const teamOf = async (device: SimulatedDevice): Promise<Array<string | null>> => (await world.do(device.node.history({ group: 'team' }))).filter(({ kind }) => kind === 'text').map(({ text }) => text)
    assert.deepEqual((await teamOf(bob)).sort(), ['here again', 'to all', 'welcome'])
    assert.deepEqual((await teamOf(second)).sort(), ['here again', 'to all', 'welcome'])
    // Nothing of the past is told to a listener again.
    assert.deepEqual(second.heard.map(({ text }) => text).filter((text) => text === 'hello back' || text === 'to all'), [])

    // The one before is still a device of its own, with everything that came since.
    await world.do(alice.start())
    await world.clock.advance(20_000)
    assert.deepEqual((await alice.history('bob')).slice(-3).map(({ text }) => text).sort(), ['after the backup', 'from the new one', 'to both'])
    await world.do(alice.node.send({ to: 'bob', text: 'the old one' }))
    await world.clock.advance(5_000)
    assert.ok((await bob.history('alice')).some(({ text }) => text === 'the old one'))
    assert.deepEqual(await carol.history('alice'), [])
  })

  it('holds no key of the device, and nothing readable', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    await world.do(alice.node.send({ to: 'bob', text: 'a text that nobody else knows' }))
    await world.clock.advance(2_000)
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    const file = alice.files.contents('/backup') ?? Buffer.alloc(0)
    for (const text of ['alice', 'bob', 'nobody else knows']) assert.ok(!file.includes(text), text)
    const store = createMemoryDisk()
    await restoreHome({ home: '/', path: '/backup', password: async () => SECRET, openHome: async () => store.open(), openFile: async (path) => await openMemoryFile(alice.files, path), stretch: fakePasswordWork.stretchBackup })
    const { seed, identityPrivate } = alice.node['components'].device
    const secrets = [seed, identityPrivate].flatMap((key) => [toHex(key), Buffer.from(key).toString('base64').replace(/=+$/, '')])
    for await (const [key, value] of store.open().range()) {
      for (const secret of secrets) assert.ok(!Buffer.from(value).includes(secret), key)
    }
  })

  it('does not count as held back what is not in it', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    const { lane } = alice.node['components']
    await world.do(lane.write((tx) => { putTalkState(tx, 'ab', { unread: 2, lastMessageAtMs: 3, heldBytes: 400 }) }))
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    const store = createMemoryDisk()
    await restoreHome({ home: '/', path: '/backup', password: async () => SECRET, openHome: async () => store.open(), openFile: async (path) => await openMemoryFile(alice.files, path), stretch: fakePasswordWork.stretchBackup })
    assert.deepEqual(await findTalkState(new Lane(store.open()), 'ab'), { unread: 2, lastMessageAtMs: 3, heldBytes: 0 })
  })

  it('tells what is not in it and waits on this device alone', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    const via = 'mailbox'
    await world.do(alice.node['components'].lane.write(async (tx) => {
      const nothing = new Uint8Array(1)
      const key: ParkedKey = { id: 'ab', username: 'bob', device: 'cd', epoch: 1, counter: 1, hash: 'ef' }
      hold(tx, 'cd', 3, { payload: nothing, via })
      holdMessage(tx, key, 3, { payload: nothing, epoch: 1, counter: 2, via })
      await park(tx, 'bob', 'cd', nothing, { envelope: nothing, via, reason: 'identity' }, { chain: 'c', number: 1 })
      await parkMessage(tx, key, { header: nothing, sealed: nothing, signature: nothing, via, atMs: 1 }, 'invited', 'invited')
      for (const kind of ['offered', 'active', 'declined'] as const) putIn(tx, { id: kind, from: 'bob', device: 'cd', own: false, name: 'a', mime: 'b', bytes: 1, atMs: 1, fileId: kind, manifest: nothing, state: { kind } })
    }))
    const { waiting, files } = await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    assert.deepEqual({ waiting, files }, { waiting: 4, files: 2 })
    const { waiting: waited } = await restoreHome({ home: '/', path: '/backup', password: async () => SECRET, openHome: async () => createMemoryDisk().open(), openFile: async (path) => await openMemoryFile(alice.files, path), stretch: fakePasswordWork.stretchBackup })
    assert.equal(waited, 4)
  })

  it('tells what it does not send any more as expired, to who sends it again under its id, too', async () => {
    const [alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    await world.group('team', alice, bob)
    world.crashServer()
    await bob.stop()
    const [toBob, toTeam] = [{ to: 'bob', text: 'for you', id: 'ab'.repeat(16) }, { names: ['team'], text: 'to all', id: 'cd'.repeat(16) }]
    assert.equal((await world.do(alice.node.send(toBob))).state, 'queued')
    assert.equal((await world.do(alice.node.groupSend(toTeam)))[0]?.state, 'queued')
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    await alice.stop()
    await world.startServer()
    const second = await restored(alice, 'alice-2')
    await world.do(second.node.signIn({ username: 'alice', password: PASSWORD }))
    await world.clock.advance(20_000)
    assert.equal((await world.do(second.node.send(toBob))).state, 'expired')
    assert.equal((await world.do(second.node.groupSend(toTeam)))[0]?.state, 'expired')
    for (const { id } of [toBob, toTeam]) {
      await rejectsCode(world.do(second.node.wait({ id, state: 'stored', timeoutMs: 1_000 })), 'ERR_NOT_FOUND')
      const { steps, devices } = await world.do(second.node.trace({ id }))
      assert.deepEqual([steps.map(({ state }) => state), devices.filter(({ state }) => state === 'queued')], [['queued', 'expired'], []])
    }
  })

  it('stays when the home has no room to note it, and survives a power cut', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    await world.do(alice.node.send({ to: 'bob', text: 'hello' }))
    await world.clock.advance(2_000)
    alice.refuseWrites(() => true)
    const made = await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    alice.files.crash(true)
    assert.equal(alice.files.contents('/backup')?.byteLength, made.bytes)
    const { messages } = await restoreHome({ home: '/', path: '/backup', password: async () => SECRET, openHome: async () => createMemoryDisk().open(), openFile: async (path) => await openMemoryFile(alice.files, path), stretch: fakePasswordWork.stretchBackup })
    assert.equal(messages, 1)
  })

  it('that was not finished has no name, and is no hindrance to the next', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    await world.do(alice.node.send({ to: 'bob', text: 'hello' }))
    await world.clock.advance(2_000)
    for (const stepsLeft of [1, 2, 3]) {
      let steps = stepsLeft
      alice.files.onStep = () => { if (steps-- === 0) { steps = 0; throw new Died() } }
      await assert.rejects(world.do(alice.node.backup({ path: '/backup', password: SECRET })), Died)
      const [left = '', ...others] = alice.files.paths
      assert.match(left, /^\/backup\.part-[0-9a-f]{8}$/)
      assert.deepEqual(others, [])
      alice.files.onStep = () => {}
      await alice.files.remove(left)
    }
    alice.files.onStep = () => {}
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    assert.deepEqual(alice.files.paths, ['/backup'])
  })

  it('is the one that was made, where another home is backed up to the same name at the same time', async () => {
    const [alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    await world.do(bob.node.backup({ path: '/backup', password: SECRET }))
    const ofBob = bob.files.contents('/backup') ?? assert.fail()
    alice.files.onCreate = (path) => {
      alice.files.onCreate = () => {}
      alice.files.put(path.replace(/[0-9a-f]{8}$/, '00000000'), Buffer.from(ofBob))
    }
    const made = await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    assert.notDeepEqual(alice.files.contents('/backup'), ofBob)
    assert.equal(alice.files.contents('/backup')?.byteLength, made.bytes)
  })

  it('is taken away where the node is stopped while it is made, and overwrites nothing that came meanwhile', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    const { files } = alice
    files.onCreate = () => { files.put('/backup', Buffer.from('precious')) }
    await rejectsCode(world.do(alice.node.backup({ path: '/backup', password: SECRET })), 'ERR_USAGE')
    assert.equal(String(files.contents('/backup')), 'precious')
    let stopped: Promise<void> | undefined
    files.onCreate = () => { stopped ??= alice.stop() }
    const made = alice.node.backup({ path: '/other', password: SECRET })
    const second = alice.node.backup({ path: '/third', password: SECRET })
    await Promise.all([rejectsCode(world.do(made), 'ERR_CLOSED'), rejectsCode(world.do(second), 'ERR_OVERLOADED')])
    assert.deepEqual(files.paths, ['/backup'])
    await world.do(stopped ?? Promise.reject(new Error('It was not stopped.')))
  })

  it('that was cut off while it was restored leaves a home that says so, and is restored again', async () => {
    const [alice] = await world.people('alice', 'bob') as [SimulatedDevice]
    await world.do(alice.node.send({ to: 'bob', text: 'hello' }))
    await world.clock.advance(2_000)
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    const disk = createMemoryDisk()
    const restore = async (readsLeft: number): Promise<unknown> => await restoreHome({
      home: '/',
      path: '/backup',
      password: async () => SECRET,
      openHome: async () => disk.open(),
      stretch: fakePasswordWork.stretchBackup,
      openFile: async (path) => {
        const file = await openMemoryFile(alice.files, path)
        return { ...file, read: async (into, at) => readsLeft-- > 0 ? await file.read(into, at) : 0 }
      }
    })
    const isWhole = async (): Promise<void> => {
      const store = disk.open()
      try {
        await assertNotHalfRestored(new Lane(store))
      } finally {
        await store.close()
      }
    }
    await rejectsCode(restore(1), 'ERR_STORE_CORRUPT')
    await isWhole()
    await rejectsCode(restore(2), 'ERR_STORE_CORRUPT')
    await rejectsCode(isWhole(), 'ERR_HOME')
    await restore(Infinity)
    await isWhole()
    await rejectsCode(restore(Infinity), 'ERR_NOT_PERMITTED')
  })

  it('is refused over a file, with a weak password, into a home of somebody, and without an account', async () => {
    const [alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    alice.files.put('/there', Buffer.from('precious'))
    await rejectsCode(world.do(alice.node.backup({ path: '/there', password: SECRET })), 'ERR_USAGE')
    assert.equal(String(alice.files.contents('/there')), 'precious')
    await rejectsCode(world.do(alice.node.backup({ path: 'here', password: SECRET })), 'ERR_USAGE')
    await rejectsCode(world.do(alice.node.backup({ path: '/backup', password: 'short' })), 'ERR_WEAK_PASSWORD')
    await rejectsCode(world.do((await world.bareDevice('new')).node.backup({ path: '/backup', password: SECRET })), 'ERR_NOT_SIGNED_IN')
    alice.files.capacityBytes = 20
    await rejectsCode(world.do(alice.node.backup({ path: '/backup', password: SECRET })), 'ERR_STORE_IO')
    assert.equal(alice.files.contents('/backup'), undefined, 'half a backup is left')
    alice.files.capacityBytes = Infinity
    await world.do(alice.node.backup({ path: '/backup', password: SECRET }))
    await bob.stop()
    await rejectsCode(bob.restore(alice, '/backup', SECRET), 'ERR_NOT_PERMITTED')
    const fresh = new SimulatedDevice(world, 'fresh', 'alice')
    await rejectsCode(fresh.restore(alice, '/nowhere', SECRET), 'ERR_NOT_FOUND')
    await rejectsCode(fresh.restore(alice, '/backup', 'not the password'), 'ERR_BAD_CREDENTIALS')
    assert.deepEqual((await fresh.restore(alice, '/backup', SECRET)).username, 'alice')
  })
})
