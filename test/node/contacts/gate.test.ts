import assert from 'node:assert/strict'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { maxWaitingMessages } from '../../../src/node/contacts/limits.js'
import { firstMailRetryMs, maxMailRetryMs } from '../../../src/node/delivery/limits.js'
import { PASSWORD, type SimulatedDevice } from '../../simulation/world.js'
import { rejectsCode } from '../support.js'
import { FileWorld } from '../transfers/file-world.js'

describe('who may write', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let events: NodeEvent[]

  beforeEach(async () => {
    world = new FileWorld(`gate ${seed++}`)
    await world.startServer()
    ;[alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    events = []
    bob.onEvent = (event) => { events.push(event) }
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const says = async (from: SimulatedDevice, to: string, text: string): Promise<string> => {
    const { id } = await world.do(from.node.send({ to, text }))
    await world.clock.advance(5_000)
    return id
  }
  const texts = async (at: SimulatedDevice, user: string): Promise<Array<string | null>> => (await at.node.history({ user })).map(({ text }) => text)
  const stateOf = async (at: SimulatedDevice, id: string): Promise<string> => (await at.node.trace({ id })).state
  const requests = (): NodeEvent[] => events.filter(({ event }) => event === 'contact-request')
  const contactOf = async (at: SimulatedDevice, name: string): Promise<unknown> => {
    const found = (await at.node.contacts()).find(({ username }) => username === name)
    return found === undefined ? undefined : [found.standing, found.waiting, found.unread]
  }

  it('first messages wait until they are accepted: no event, no history, no receipt, no direct connection', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const id = await says(alice, 'bob', 'I am alice')
    const second = await says(alice, 'bob', 'from the choir')
    assert.deepEqual(await texts(bob, 'alice'), [])
    assert.deepEqual(bob.heard, [])
    assert.equal(requests().length, 1, 'told once')
    assert.deepEqual(await contactOf(bob, 'alice'), ['asking', 2, 0])
    assert.equal(await stateOf(alice, id), 'stored')
    assert.ok((await alice.node.trace({ id })).devices.every(({ via }) => via === 'mailbox'))

    const contact = await world.do(bob.node.acceptContact({ username: 'alice' }))
    assert.deepEqual([contact.standing, contact.waiting, contact.unread], ['accepted', 0, 2])
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(bob, 'alice'), ['I am alice', 'from the choir'])
    assert.deepEqual(bob.heard.map(({ text }) => text), ['I am alice', 'from the choir'])
    for (const one of [id, second]) assert.equal(await stateOf(alice, one), 'delivered')
    assert.equal(await stateOf(alice, await says(alice, 'bob', 'thank you')), 'delivered')
    assert.deepEqual(await texts(bob, 'alice'), ['I am alice', 'from the choir', 'thank you'])
  })

  it('what waits is still there after a restart, and whoever is written to does not wait any more', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    await says(alice, 'bob', 'hello?')
    await world.do(bob.stop())
    await world.do(bob.start())
    await world.clock.advance(5_000)
    assert.deepEqual(await contactOf(bob, 'alice'), ['asking', 1, 0])
    await says(bob, 'alice', 'hello')
    assert.deepEqual(await texts(bob, 'alice'), ['hello?', 'hello'])
    assert.deepEqual(await contactOf(bob, 'alice'), ['accepted', 0, 1])
  })

  it('who was talked with before does not have to ask, nor whom one writes to first', async () => {
    const [carol] = await world.people('carol') as [SimulatedDevice]
    await says(alice, 'bob', 'one')
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    await says(alice, 'bob', 'two')
    await says(bob, 'carol', 'hello carol')
    await says(carol, 'bob', 'hello bob')
    assert.deepEqual(await texts(bob, 'alice'), ['one', 'two'])
    assert.deepEqual(await texts(bob, 'carol'), ['hello carol', 'hello bob'])
    assert.deepEqual(requests(), [])
  })

  it('the locator is for everybody: it has no address of a device that is asked first', async () => {
    const addresses = async (): Promise<string[]> => (await world.do(alice.node['directory'].refresh('bob'))).devices.flatMap((device) => device.addresses)
    assert.notDeepEqual(await addresses(), [])
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    await world.do(bob.stop())
    await world.do(bob.start())
    await world.clock.advance(5_000)
    assert.deepEqual(await addresses(), [])
  })

  it('the locator never had one where that was set before signing up', async () => {
    const carol = await world.bareDevice('carol-1')
    await world.do(carol.node.changeSettings({ contacts: 'request' }))
    const published: string[][] = []
    const reachability = carol.node['reachability']
    const addresses = reachability.addresses.bind(reachability)
    reachability.addresses = (server) => {
      published.push(addresses(server))
      return addresses(server)
    }
    await world.do(carol.node.signUp({ username: 'carol', password: PASSWORD }))
    await world.clock.advance(5_000)
    assert.ok(published.length > 0)
    assert.deepEqual(published.flat(), [])
    assert.equal((await carol.node.settings()).contacts, 'request')
  })

  it('opening the door again lets in who waited', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const id = await says(alice, 'bob', 'hello?')
    await world.do(bob.node.changeSettings({ contacts: 'open' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(bob, 'alice'), ['hello?'])
    assert.equal(await stateOf(alice, id), 'delivered')
  })

  it('opening the door while nobody is signed in lets in who waited, at the next sign-in', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    await says(alice, 'bob', 'hello?')
    await world.do(bob.node.signOut())
    await world.do(bob.node.changeSettings({ contacts: 'open' }))
    await world.do(bob.node.signIn({ username: 'bob', password: PASSWORD }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(bob, 'alice'), ['hello?'])
  })

  it('what is too much to wait here stays with the server, and comes once the first are accepted', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const all = Array.from({ length: maxWaitingMessages + 2 }, (_, n) => `message ${n}`)
    for (const text of all) await says(alice, 'bob', text)
    assert.deepEqual(await contactOf(bob, 'alice'), ['asking', maxWaitingMessages, 0])
    await world.do(bob.node.acceptContact({ username: 'alice' }))
    await world.clock.advance(120_000)
    assert.deepEqual(await texts(bob, 'alice'), all)
  })

  it('what is too much to wait here is not read again and again, but once its sender is accepted or blocked', async () => {
    const [carol] = await world.people('carol') as [SimulatedDevice]
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    for (let n = 0; n <= maxWaitingMessages; n++) for (const from of [alice, carol]) await says(from, 'bob', `message ${n}`)
    const mailbox = bob.node['signedIn']!.delivery['mailbox']
    const read = mailbox['readFrom'].bind(mailbox)
    let reads = 0
    mailbox['readFrom'] = async (...args) => { reads++; return await read(...args) }
    await world.clock.advance(20 * maxMailRetryMs)
    assert.equal(reads, 0)
    await world.do(bob.node.acceptContact({ username: 'alice' }))
    await world.clock.advance(firstMailRetryMs + 5_000)
    assert.equal((await texts(bob, 'alice')).length, maxWaitingMessages + 1)
    assert.equal(reads, 1)
    await world.do(bob.node.blockContact({ username: 'carol' }))
    await world.clock.advance(20 * maxMailRetryMs)
    assert.equal(reads, 2)
    await world.do(bob.node.blockContact({ username: 'alice' }))
    await world.clock.advance(20 * maxMailRetryMs)
    assert.equal(reads, 2, 'nothing is left')
  })

  it('what is too much to wait here is read once another device of the account has answered', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const second = await world.addDevice('second', 'bob')
    const all = Array.from({ length: maxWaitingMessages + 2 }, (_, n) => `message ${n}`)
    for (const text of all) await says(alice, 'bob', text)
    assert.deepEqual(await contactOf(bob, 'alice'), ['asking', maxWaitingMessages, 0])
    await says(second, 'alice', 'who is it?')
    await world.clock.advance(firstMailRetryMs + 5_000)
    assert.deepEqual((await texts(bob, 'alice')).filter((text) => text !== 'who is it?'), all)
  })

  it('what a blocked person writes is dropped without a word; accepting ends it', async () => {
    await says(alice, 'bob', 'hello')
    await world.do(bob.node.blockContact({ username: 'alice' }))
    const id = await says(alice, 'bob', 'are you there?')
    assert.deepEqual(await texts(bob, 'alice'), ['hello'])
    assert.equal(await stateOf(alice, id), 'stored')
    assert.deepEqual(requests(), [])
    assert.deepEqual(await contactOf(bob, 'alice'), ['blocked', 0, 1])
    await rejectsCode(world.do(bob.node.send({ to: 'alice', text: 'x' })), 'ERR_NOT_PERMITTED')
    await rejectsCode(world.do(bob.node.sendFile({ to: 'alice', path: '/x' })), 'ERR_NOT_PERMITTED')

    await world.do(bob.node.acceptContact({ username: 'alice' }))
    await world.clock.advance(5_000)
    assert.equal(await stateOf(alice, id), 'expired', 'nobody will ever see it')
    const later = await says(alice, 'bob', 'and now?')
    assert.deepEqual(await texts(bob, 'alice'), ['hello', 'and now?'], 'what was dropped is gone, what comes is not held up by it')
    await world.do(bob.node.markRead({ user: 'alice' }))
    await world.clock.advance(5_000)
    assert.deepEqual([await stateOf(alice, id), await stateOf(alice, later)], ['expired', 'read'])
    await says(bob, 'alice', 'yes')
    assert.deepEqual(await texts(alice, 'bob'), ['hello', 'are you there?', 'and now?', 'yes'])
  })

  it('reading again what was said before tells nothing to who is blocked, or asks', async () => {
    const before = await says(alice, 'bob', 'hello')
    await world.do(bob.node.blockContact({ username: 'alice' }))
    const dropped = await says(alice, 'bob', 'are you there?')
    const [carol] = await world.people('carol') as [SimulatedDevice]
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const waiting = await says(carol, 'bob', 'I am carol')
    for (const user of ['alice', 'carol']) await world.do(bob.node.markRead({ user }))
    await world.clock.advance(5_000)
    assert.deepEqual([await stateOf(alice, before), await stateOf(alice, dropped), await stateOf(carol, waiting)], ['delivered', 'stored', 'stored'])
    await world.do(bob.node.acceptContact({ username: 'carol' }))
    await world.clock.advance(5_000)
    assert.equal(await stateOf(carol, waiting), 'delivered', 'not read before it was shown')
    await world.do(bob.node.markRead({ user: 'carol' }))
    await world.clock.advance(5_000)
    assert.equal(await stateOf(carol, waiting), 'read')
  })

  it('blocking who asks forgets what waited', async () => {
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    const id = await says(alice, 'bob', 'buy this')
    await world.do(bob.node.blockContact({ username: 'alice' }))
    assert.deepEqual(await contactOf(bob, 'alice'), ['blocked', 0, 0])
    await world.do(bob.node.acceptContact({ username: 'alice' }))
    await world.clock.advance(5_000)
    assert.deepEqual([await texts(bob, 'alice'), await stateOf(alice, id)], [[], 'expired'])
  })

  it('files of a blocked person are not offered, and those that were are declined', async () => {
    await world.do(bob.node.changeSettings({ autoAcceptBytes: 0 }))
    alice.files.put('/cat.png', new Uint8Array(100))
    await world.sendFile(alice, { to: 'bob', path: '/cat.png' })
    await world.clock.advance(5_000)
    await world.do(bob.node.blockContact({ username: 'alice' }))
    await world.sendFile(alice, { to: 'bob', path: '/cat.png', name: 'again.png' })
    await world.clock.advance(5_000)
    assert.deepEqual((await bob.node.transfers({})).map(({ name, state }) => [name, state]), [['cat.png', 'declined']])
  })

  it('groups go on whatever the policy or a block says: they may be of the same group', async () => {
    await world.group('team', alice, bob)
    await world.do(bob.node.changeSettings({ contacts: 'request' }))
    await world.do(bob.node.blockContact({ username: 'alice' }))
    await world.do(alice.node.groupSend({ names: ['team'], text: 'to all' }))
    await world.clock.advance(5_000)
    assert.deepEqual((await bob.node.history({ group: 'team' })).filter(({ kind }) => kind === 'text').map(({ text }) => text), ['to all'])
  })

  it('decides about nobody who does not exist, and not about oneself', async () => {
    await rejectsCode(world.do(bob.node.acceptContact({ username: 'nobody' })), 'ERR_NOT_FOUND')
    await rejectsCode(world.do(bob.node.blockContact({ username: 'bob' })), 'ERR_USAGE')
  })

  it('reading is not told with receipts off, and is told again with them on', async () => {
    await world.do(bob.node.changeSettings({ receipts: false }))
    const id = await says(alice, 'bob', 'hello')
    await world.do(bob.node.markRead({ user: 'alice' }))
    await world.clock.advance(5_000)
    assert.equal(await stateOf(alice, id), 'delivered')
    assert.deepEqual(await contactOf(bob, 'alice'), ['accepted', 0, 0])
    await world.do(bob.node.changeSettings({ receipts: true }))
    await world.do(bob.node.markRead({ user: 'alice' }))
    await world.clock.advance(5_000)
    assert.equal(await stateOf(alice, id), 'read')
  })
})
