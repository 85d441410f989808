import assert from 'node:assert/strict'
import { deviceId } from '../../src/node/account/device-id.js'
import type { NodeEvent } from '../../src/node/chat-node.js'
import { findRecord, noteShown, takeRecord } from '../../src/node/contacts/contacts.js'
import { enqueueHello } from '../../src/node/delivery/hello.js'
import { upkeepIntervalMs } from '../../src/node/delivery/limits.js'
import { listEntries, listOutChains } from '../../src/node/delivery/outbox.js'
import { fromHex } from '../../src/node/home/hex.js'
import { maxTextBytes } from '../../src/protocol/limits.js'
import type { VerifiedAccountRecord } from '../../src/records/index.js'
import { PASSWORD, World, type SimulatedDevice } from '../simulation/world.js'
import { makeAccount, rejectsCode, seeded } from './support.js'

describe('clients on a server in memory', () => {
  let world: World
  let seed = 0

  beforeEach(async () => {
    world = new World(`client node ${seed++}`)
    await world.startServer()
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const says = async (from: SimulatedDevice, to: string, text: string): Promise<string> => (await world.clock.until(from.node.send({ to, text }))).id
  const texts = async (at: SimulatedDevice, user: string): Promise<Array<string | null>> => (await at.history(user)).filter(({ kind }) => kind !== 'device-added').map(({ text }) => text)
  const stateOf = async (at: SimulatedDevice, user: string, id: string): Promise<string | null | undefined> => (await at.history(user)).find((entry) => entry.id === id)?.state

  it('start once, however often they are told to: nothing of a second start is left', async () => {
    const alice = await world.addDevice('alice-1', 'alice')
    await Promise.all([alice.node.start(), alice.node.start()])
  })

  describe('accounts', () => {
    it('are made once: the second sign-up under a name is refused', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      assert.deepEqual(await alice.node.whoAmI(), { ...await alice.node.whoAmI(), username: 'alice', signedIn: true })
      const other = await world.bareDevice('other')
      await rejectsCode(world.clock.until(other.node.signUp({ username: 'Alice', password: PASSWORD })), 'ERR_NAME_TAKEN')
      await rejectsCode(other.node.whoAmI(), 'ERR_NOT_SIGNED_IN')
      await world.clock.until(other.node.signUp({ username: 'alice2', password: PASSWORD }))
      await rejectsCode(other.node.signUp({ username: 'alice3', password: PASSWORD }), 'ERR_NOT_PERMITTED')
    })

    it('show the recovery key again to who signs up again with the same password in the same home, and to nobody else', async () => {
      const alice = await world.bareDevice('alice-1')
      const made = await world.clock.until(alice.node.signUp({ username: 'alice', password: PASSWORD }))
      assert.deepEqual(await world.clock.until(alice.node.signUp({ username: 'alice', password: PASSWORD })), made)
      await rejectsCode(world.clock.until(alice.node.signUp({ username: 'alice', password: 'another horse entirely' })), 'ERR_NAME_TAKEN')
      const second = await world.bareDevice('alice-2')
      await world.clock.until(second.node.signIn({ username: 'alice', password: PASSWORD }))
      const [id = ''] = (await world.clock.until(second.node.devices())).map((device) => device.id)
      await world.clock.until(second.node.removeDevice({ id, password: PASSWORD }))
      await rejectsCode(world.clock.until(alice.node.signUp({ username: 'alice', password: PASSWORD })), 'ERR_NOT_PERMITTED')
    })

    it('have limits, of which a server says what it keeps of files', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const used = async (name: string): Promise<number | null | undefined> => (await world.clock.until(alice.node.limits())).find((limit) => limit.name === name)?.used
      assert.deepEqual([await used('maxDevices'), await used('maxBlobsPerAccount'), await used('maxBlobBytesPerAccount')], [1, 0, 0])
    })

    it('tell a wrong password and an unknown name nothing apart', async () => {
      await world.addDevice('alice-1', 'alice')
      const other = await world.bareDevice('other')
      const wrong = await rejectsCode(world.clock.until(other.node.signIn({ username: 'alice', password: 'correct horse battery stable' })), 'ERR_BAD_CREDENTIALS')
      const unknown = await rejectsCode(world.clock.until(other.node.signIn({ username: 'nobody', password: PASSWORD })), 'ERR_BAD_CREDENTIALS')
      assert.equal(wrong.message, unknown.message)
    })

    it('refuse weak passwords and bad names before anything is sent', async () => {
      const other = await world.bareDevice('other')
      await rejectsCode(other.node.signUp({ username: 'alice', password: 'password' }), 'ERR_WEAK_PASSWORD')
      await rejectsCode(other.node.signUp({ username: 'al ice', password: PASSWORD }), 'ERR_INVALID_NAME')
      await rejectsCode(other.node.send({ to: 'bob', text: 'x' }), 'ERR_NOT_SIGNED_IN')
    })

    it('open on a second machine with the password alone, and let it be removed', async () => {
      const first = await world.addDevice('alice-1', 'alice')
      const second = await world.addDevice('alice-2', 'alice')
      await world.clock.advance(1_000)
      const devices = await world.clock.until(first.node.devices())
      assert.deepEqual(devices.map(({ label, current, online }) => [label, current, online]), [['alice-1', true, true], ['alice-2', false, true]])
      const id = devices[1]?.id ?? ''
      await rejectsCode(world.clock.until(first.node.removeDevice({ id, password: 'wrong horse battery' })), 'ERR_BAD_CREDENTIALS')
      await rejectsCode(world.clock.until(first.node.removeDevice({ id: 'ffff', password: PASSWORD })), 'ERR_NOT_FOUND')
      await world.clock.until(first.node.removeDevice({ id, password: PASSWORD }))
      await world.clock.advance(60 * 60 * 1000)
      assert.deepEqual((await world.clock.until(first.node.devices())).length, 1)
      await rejectsCode(second.node.whoAmI(), 'ERR_NOT_SIGNED_IN')
    })

    it('tell their other devices and their contacts of a new device, also those that were away', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const bob = await world.addDevice('bob-1', 'bob')
      const carol = await world.addDevice('carol-1', 'carol')
      await says(alice, 'bob', 'hello')
      await world.clock.advance(1_000)
      await world.clock.until(alice.node.signOut())
      await bob.stop()
      const second = await world.addDevice('alice-2', 'alice')
      await world.clock.until(alice.node.signIn({ username: 'alice', password: PASSWORD }))
      alice.listen()
      await bob.start()
      await world.clock.advance(60_000)
      const told = (device: SimulatedDevice): unknown[] => device.taken.flatMap((event) => (event.event === 'device-added' ? [[event.username, event.own, event.label]] : []))
      assert.deepEqual([alice, bob, carol, second].map(told), [[['alice', true, 'alice-2']], [['alice', false, 'alice-2']], [], []])
      assert.match((await bob.history('alice')).map(({ text }) => text).join(), /^hello,alice has a new device: alice-2/)
    })

    it('replaced by another device while somebody wrote to them: nobody is told that it expired, as it goes to that one', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const bob = await world.addDevice('bob-1', 'bob')
      await says(alice, 'bob', 'hello')
      await world.clock.advance(1_000)
      await bob.stop()
      await says(alice, 'bob', 'are you there?')
      await world.clock.advance(2_000)
      const told: string[] = []
      alice.onEvent = (event) => { if (event.event === 'status') told.push(event.state) }
      await alice.stop()
      const second = await world.addDevice('bob-2', 'bob')
      const [old] = (await world.clock.until(second.node.devices())).filter(({ current }) => !current)
      await world.clock.until(second.node.removeDevice({ id: old?.id ?? '', password: PASSWORD }))
      await alice.start()
      await world.clock.advance(10_000)
      await says(alice, 'bob', 'and now?')
      await world.clock.advance(10_000)
      assert.deepEqual(await texts(second, 'alice'), ['hello', 'are you there?', 'and now?'])
      assert.ok(!told.includes('expired'), told.join())
      const { lane } = alice.node['components']
      const gone = (await listOutChains(lane)).map(({ device }) => device).find((device) => deviceId(fromHex(device)) === old?.id) ?? ''
      await lane.write(async (tx) => { await enqueueHello(tx, gone, world) })
      assert.equal((await listEntries(lane, gone)).length, 1)
      await world.clock.advance(2 * upkeepIntervalMs)
      assert.deepEqual(await listEntries(lane, gone), [], 'nothing is owed to a device that is gone')
    })

    it('change their password, and the old one is of no use any more', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const newPassword = 'another horse entirely'
      await rejectsCode(world.clock.until(alice.node.changePassword({ oldPassword: newPassword, newPassword })), 'ERR_BAD_CREDENTIALS')
      await world.clock.until(alice.node.changePassword({ oldPassword: PASSWORD, newPassword }))
      const other = await world.bareDevice('other')
      await rejectsCode(world.clock.until(other.node.signIn({ username: 'alice', password: PASSWORD })), 'ERR_BAD_CREDENTIALS')
      assert.deepEqual(await world.clock.until(other.node.signIn({ username: 'alice', password: newPassword })), { username: 'alice', newDevice: true })
    })

    it('come back with the recovery key and a new password', async () => {
      const alice = await world.bareDevice('alice-1')
      const { recoveryKey } = await world.clock.until(alice.node.signUp({ username: 'alice', password: PASSWORD }))
      const other = await world.bareDevice('other')
      const newPassword = 'another horse entirely'
      await rejectsCode(other.node.recover({ username: 'alice', recoveryKey: recoveryKey.replace(/^./, (char) => (char === 'a' ? 'b' : 'a')), newPassword }), 'ERR_BAD_CREDENTIALS')
      assert.deepEqual(await world.clock.until(other.node.recover({ username: 'alice', recoveryKey, newPassword })), { username: 'alice' })
      const third = await world.bareDevice('third')
      await rejectsCode(world.clock.until(third.node.signIn({ username: 'alice', password: PASSWORD })), 'ERR_BAD_CREDENTIALS')
      await world.clock.until(third.node.signIn({ username: 'alice', password: newPassword }))
    })

    it('sign out and in again: nothing comes in between, and nothing is lost', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const bob = await world.addDevice('bob-1', 'bob')
      await says(alice, 'bob', 'one')
      await world.clock.advance(1_000)
      await world.clock.until(bob.node.signOut())
      await says(alice, 'bob', 'two')
      await world.clock.advance(60_000)
      await rejectsCode(bob.node.history({ user: 'alice' }), 'ERR_NOT_SIGNED_IN')
      await rejectsCode(bob.node.send({ to: 'alice', text: 'x' }), 'ERR_NOT_SIGNED_IN')
      assert.deepEqual(await world.clock.until(bob.node.signIn({ username: 'bob', password: PASSWORD })), { username: 'bob', newDevice: false })
      await world.clock.advance(5_000)
      assert.deepEqual(await texts(bob, 'alice'), ['one', 'two'])
    })

    it('end events at a sign-out, after what came before it, and begin them again after a sign-in', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const bob = await world.addDevice('bob-1', 'bob')
      const heard: string[] = []
      const listen = async (signal?: AbortSignal): Promise<void> => {
        for await (const event of bob.node.events({ consumer: 'bot' }, signal)) {
          if (event.event !== 'message') continue
          heard.push(event.text)
          await bob.node.acknowledgeEvents({ cursor: event.cursor, consumer: 'bot' })
        }
      }
      const listening = listen()
      await world.clock.advance(1_000)
      await says(alice, 'bob', 'one')
      await world.clock.advance(1_000)
      const ended = rejectsCode(listening, 'ERR_NOT_SIGNED_IN')
      await world.clock.until(bob.node.signOut())
      await world.clock.until(ended)
      await says(alice, 'bob', 'two')
      await world.clock.until(bob.node.signIn({ username: 'bob', password: PASSWORD }))
      const stop = new AbortController()
      const again = listen(stop.signal)
      await world.clock.advance(60_000)
      stop.abort()
      await again
      assert.deepEqual(heard, ['one', 'two'])
    })

    it('sign in again wholly or not at all, wherever the process dies', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      let devices = 1
      for (const batches of [1, 2, 3]) {
        await world.clock.until(alice.node.signOut())
        const label = `alice-${++devices}`
        const added = await world.addDevice(label, 'alice')
        alice.crashAt({ batches, written: true })
        const signingIn = alice.node.signIn({ username: 'alice', password: PASSWORD }).catch(() => {})
        while (alice.isRunning && (await alice.node.status()).account?.signedIn !== true) await world.clock.advance(10)
        alice.crash()
        await signingIn
        await added.stop()
        await alice.start()
        if ((await alice.node.status()).account?.signedIn !== true) await world.clock.until(alice.node.signIn({ username: 'alice', password: PASSWORD }))
        await world.clock.advance(5_000)
        const told = (await alice.history('alice')).filter(({ kind, text }) => kind === 'device-added' && text?.includes(label) === true)
        assert.equal(told.length, 1, `batch ${batches}`)
      }
    })

    it('owe nothing to a device that was removed while this one was signed out', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const gone = await world.addDevice('alice-2', 'alice')
      const third = await world.addDevice('alice-3', 'alice')
      await world.addDevice('bob-1', 'bob')
      await says(alice, 'bob', 'one')
      await world.clock.advance(1_000)
      await gone.stop()
      world.crashServer()
      await world.clock.advance(1_000)
      await says(alice, 'bob', 'two')
      await world.clock.advance(1_000)
      assert.ok((await alice.node.status()).queued > 0)
      await world.clock.until(alice.node.signOut())
      await world.startServer()
      await world.clock.advance(60_000)
      const id = (await world.clock.until(third.node.devices())).find(({ label }) => label === 'alice-2')?.id ?? ''
      await world.clock.until(third.node.removeDevice({ id, password: PASSWORD }))
      await world.clock.until(alice.node.signIn({ username: 'alice', password: PASSWORD }))
      await world.clock.advance(60_000)
      assert.equal((await alice.node.status()).queued, 0)
    })
  })

  describe('messages', () => {
    let alice: SimulatedDevice
    let bob: SimulatedDevice
    beforeEach(async () => {
      alice = await world.addDevice('alice-1', 'alice')
      bob = await world.addDevice('bob-1', 'bob')
    })

    it('arrive both ways, and are read', async () => {
      const id = await says(alice, 'bob', 'hello')
      await world.clock.advance(1_000)
      assert.equal(await stateOf(alice, 'bob', id), 'delivered')
      await says(bob, 'alice', 'hello yourself')
      await world.clock.until(bob.node.markRead({ user: 'alice' }))
      await world.clock.advance(1_000)
      assert.equal(await stateOf(alice, 'bob', id), 'read')
      assert.deepEqual(await texts(alice, 'bob'), ['hello', 'hello yourself'])
      assert.deepEqual((await alice.node.contacts()).map(({ username, unread, online }) => [username, unread, online]), [['bob', 1, true]])
      assert.equal((await alice.node.status()).queued, 0)
    })

    it('of every kind of text arrive as they were written', async () => {
      const odd = ['\u001b[2J\u0000', '\u202Eabc', '👩‍👩‍👧‍👦 😀', 'a\r\nb\tc', 'x'.repeat(maxTextBytes), '漢'.repeat(maxTextBytes / 3), '😀'.repeat(maxTextBytes / 4)]
      for (const text of odd) await says(alice, 'bob', text)
      await world.clock.advance(5_000)
      assert.deepEqual(await texts(bob, 'alice'), odd)
    })

    it('that are too long or empty are refused, and nothing of them is kept', async () => {
      await rejectsCode(alice.node.send({ to: 'bob', text: 'x'.repeat(maxTextBytes + 1) }), 'ERR_LIMIT')
      await rejectsCode(alice.node.send({ to: 'bob', text: '' }), 'ERR_USAGE')
      await rejectsCode(alice.node.send({ to: 'not a name', text: 'x' }), 'ERR_INVALID_NAME')
      assert.deepEqual(await texts(alice, 'bob'), [])
    })

    it('to nobody are refused when a server says so, and given up later when none could', async () => {
      await rejectsCode(world.clock.until(alice.node.send({ to: 'nobody', text: 'x' })), 'ERR_NOT_FOUND')
      assert.deepEqual(await texts(alice, 'nobody'), [])
      world.crashServer()
      await world.clock.advance(1_000)
      const id = await says(alice, 'nobody', 'are you there')
      assert.equal(await stateOf(alice, 'nobody', id), 'queued')
      await world.startServer()
      await world.clock.advance(30_000)
      assert.equal(await stateOf(alice, 'nobody', id), 'expired')
      await rejectsCode(alice.node.wait({ id, state: 'stored', timeoutMs: 1_000 }), 'ERR_NOT_FOUND')
    })

    it('typed without a network go when there is one, in order, to somebody never met', async () => {
      world.crashServer()
      await world.clock.advance(60_000)
      for (const text of ['1', '2', '3']) await says(alice, 'bob', text)
      await rejectsCode(world.clock.until(alice.node.wait({ id: await says(alice, 'bob', '4'), state: 'stored', timeoutMs: 5_000 })), 'ERR_PENDING')
      await world.startServer()
      await world.clock.advance(60_000)
      assert.deepEqual(await texts(bob, 'alice'), ['1', '2', '3', '4'])
    })

    it('to somebody who could not be looked up just then go without another connection', async () => {
      world.hub.hold(alice.peerId ?? '', world.serverPeerId)
      const sending = alice.node.send({ to: 'bob', text: 'hello' })
      await world.clock.advance(12_000)
      const { id } = await sending
      assert.equal(await stateOf(alice, 'bob', id), 'queued')
      world.hub.heal()
      await world.clock.advance(10_000)
      assert.equal(await stateOf(alice, 'bob', id), 'delivered')
    })

    it('wait for who is offline, and reach them when they come', async () => {
      await bob.stop()
      const id = await says(alice, 'bob', 'for later')
      const status = await world.clock.until(alice.node.wait({ id, state: 'stored', timeoutMs: 10_000 }))
      assert.deepEqual([status.state, status.via, status.replicas, status.servers], ['stored', 'mailbox', 1, 1])
      await rejectsCode(world.clock.until(alice.node.wait({ id, state: 'delivered', timeoutMs: 5_000 })), 'ERR_PENDING')
      await world.clock.until(bob.start())
      await world.clock.advance(5_000)
      assert.deepEqual(await texts(bob, 'alice'), ['for later'])
      assert.equal(await stateOf(alice, 'bob', id), 'delivered')
    })

    it('to a peer that is frozen take the way over the server within seconds', async () => {
      await says(alice, 'bob', 'hello')
      await world.clock.advance(1_000)
      world.hub.hold(alice.peerId ?? '', bob.peerId ?? '')
      const id = await says(alice, 'bob', 'still here?')
      await world.clock.advance(2_500)
      assert.deepEqual(await texts(bob, 'alice'), ['hello', 'still here?'])
      assert.ok(['stored', 'delivered'].includes(await stateOf(alice, 'bob', id) ?? ''))
      world.hub.heal()
      await world.clock.advance(60_000)
      assert.equal((await texts(bob, 'alice')).length, 2)
    })

    it('to oneself are notes: they need nobody on the only device, and reach the others', async () => {
      const note = await says(alice, 'alice', 'buy milk')
      assert.equal(await stateOf(alice, 'alice', note), 'read')
      const second = await world.addDevice('alice-2', 'alice')
      await world.clock.advance(2_000)
      await says(alice, 'alice', 'and eggs')
      await world.clock.advance(2_000)
      assert.ok((await texts(second, 'alice')).includes('and eggs'))
    })

    it('reach every device of both accounts, also one that came while they were on their way', async () => {
      await says(alice, 'bob', 'before')
      await world.clock.advance(120_000)
      world.hub.hold(alice.peerId ?? '', world.serverPeerId)
      const [bob2, alice2] = [await world.addDevice('bob-2', 'bob'), await world.addDevice('alice-2', 'alice')]
      const sending = alice.node.send({ to: 'bob', text: 'meanwhile' })
      await world.clock.advance(1_000)
      await sending
      world.hub.heal()
      await world.clock.advance(60_000)
      await says(alice, 'bob', 'after')
      await world.clock.advance(5_000)
      assert.deepEqual(await texts(bob2, 'alice'), ['meanwhile', 'after'])
      assert.deepEqual(await texts(alice2, 'bob'), ['meanwhile', 'after'])
      assert.deepEqual(await texts(bob, 'alice'), ['before', 'meanwhile', 'after'])
    })

    it('go on after a device has lost its sessions and prekeys: everything unread is sealed again', async () => {
      await says(alice, 'bob', 'one')
      await world.clock.advance(1_000)
      await bob.stop()
      await says(alice, 'bob', 'two')
      await says(alice, 'bob', 'three')
      await world.clock.advance(5_000)
      await bob.forget('session/', 'sessions/', 'signed-prekey/', 'one-time-prekey/', 'direct-prekey/')
      await world.clock.until(bob.start())
      await world.clock.advance(30_000)
      await says(bob, 'alice', 'what was that')
      await world.clock.advance(30_000)
      assert.deepEqual(await texts(bob, 'alice'), ['one', 'two', 'three', 'what was that'])
      assert.equal((await alice.node.status()).queued, 0)
    })
  })

  describe('identities', () => {
    it('have the same safety number on both sides, and are verified by it', async () => {
      const [alice, bob] = [await world.addDevice('alice-1', 'alice'), await world.addDevice('bob-1', 'bob')]
      const [a, b] = [await world.clock.until(alice.node.safetyNumber({ username: 'bob' })), await world.clock.until(bob.node.safetyNumber({ username: 'alice' }))]
      assert.equal(a.number, b.number)
      assert.match(a.number, /^\d{60}$/)
      assert.equal(a.identity, 'pinned')
      await world.clock.until(alice.node.acceptIdentity({ username: 'bob' }))
      assert.equal((await world.clock.until(alice.node.safetyNumber({ username: 'bob' }))).identity, 'verified')
      await rejectsCode(world.clock.until(alice.node.safetyNumber({ username: 'nobody' })), 'ERR_NOT_FOUND')
      await rejectsCode(world.clock.until(alice.node.acceptIdentity({ username: 'nobody' })), 'ERR_NOT_FOUND')
    })
  })

  describe('identities that seemed to have changed', () => {
    it('say nothing more under the name once another one was accepted for it', async () => {
      const [alice, bob] = [await world.addDevice('alice-1', 'alice'), await world.addDevice('bob-1', 'bob')]
      await says(alice, 'bob', 'before')
      await says(bob, 'alice', 'so that both have a session')
      await world.clock.advance(1_000)
      const { lane } = bob.node['components']
      const other = makeAccount('alice', seeded('another alice'))
      await lane.write(async (tx) => {
        await takeRecord(tx, other.record, world.clock.now())
        await noteShown(tx, 'alice', other.record.accountKey)
      })
      await says(alice, 'bob', 'of who had the name')
      await world.clock.advance(1_000)
      await world.clock.until(bob.node.acceptIdentity({ username: 'alice' }))
      await says(alice, 'bob', 'still there')
      await world.clock.advance(5_000)
      assert.deepEqual(await texts(bob, 'alice'), ['before', 'so that both have a session'])
    })

    it('show and send what waited as soon as the pinned key is back', async () => {
      const [alice, bob] = [await world.addDevice('alice-1', 'alice'), await world.addDevice('bob-1', 'bob')]
      await says(alice, 'bob', 'before')
      await world.clock.advance(1_000)
      const other = makeAccount('alice', seeded('another alice'))
      await bob.node['components'].lane.write(async (tx) => { await takeRecord(tx, other.record, world.clock.now()) })
      await says(alice, 'bob', 'meanwhile')
      await world.clock.advance(1_000)
      assert.deepEqual(await texts(bob, 'alice'), ['before'])
      await world.clock.until(bob.node.safetyNumber({ username: 'alice' }))
      await world.clock.advance(1_000)
      assert.deepEqual(await texts(bob, 'alice'), ['before', 'meanwhile'])
    })

    it('show what waited also where the process died as soon as the key was accepted, or was back', async () => {
      const [alice, bob] = [await world.addDevice('alice-1', 'alice'), await world.addDevice('bob-1', 'bob')]
      await says(alice, 'bob', 'before')
      await world.clock.advance(1_000)
      const takes = async (record: VerifiedAccountRecord): Promise<void> => { await bob.node['components'].lane.write(async (tx) => { await takeRecord(tx, record, world.clock.now()) }) }
      const pinned = await findRecord(bob.node['components'].lane, 'alice')
      assert.ok(pinned !== undefined)
      await takes(makeAccount('alice', seeded('another alice')).record)
      await says(alice, 'bob', 'meanwhile')
      await world.clock.advance(1_000)
      // Nobody brings it again: the mailbox was told that it is kept.
      await alice.stop()
      await world.clock.advance(10_000)
      await takes(pinned)
      bob.crash()
      await world.clock.until(bob.start())
      await world.clock.advance(1_000)
      assert.deepEqual(await texts(bob, 'alice'), ['before', 'meanwhile'])
    })
  })

  describe('lifecycle', () => {
    it('can be stopped at any moment, twice', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      await world.addDevice('bob-1', 'bob')
      for (const text of ['1', '2']) void alice.node.send({ to: 'bob', text }).catch(() => {})
      const { node } = alice
      await world.clock.until(Promise.all([alice.stop(), node.stop()]))
      await rejectsCode(node.send({ to: 'bob', text: 'x' }), 'ERR_CLOSED', 'ERR_NOT_SIGNED_IN')
    })

    it('says how it stands with the pool', async () => {
      const alice = await world.addDevice('alice-1', 'alice')
      const events: NodeEvent[] = []
      const controller = new AbortController()
      const listening = (async () => { for await (const event of alice.node.events({}, controller.signal)) events.push(event) })()
      assert.equal((await alice.node.status()).connection.kind, 'connected')
      world.crashServer()
      await world.clock.advance(2_000)
      assert.equal((await alice.node.status()).connection.kind, 'offline')
      await rejectsCode(world.clock.until(alice.node.connect(1_000)), 'ERR_NO_SERVER')
      await world.startServer()
      await world.clock.until(alice.node.connect(30_000))
      controller.abort()
      await listening
      assert.deepEqual([...new Set(events.flatMap((event) => (event.event === 'pool' ? [event.connection.kind] : [])))].sort(), ['connected', 'connecting', 'offline'])
    })
  })
})
