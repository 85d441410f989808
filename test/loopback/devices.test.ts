/** Several devices of one account, and a network that is not always there, over real libp2p on loopback. */
import { strict as assert } from 'node:assert'
import { isP2pChatError } from '../../src/errors.js'
import type { RunningNode } from '../../src/node/index.js'
import { testnet, testPassword, type TestClient, type Testnet } from '../../src/testnet.js'
import { testPasswordWork } from '../helpers/password-work.js'

describe('devices and outages on loopback', function () {
  this.timeout(120_000)
  let net: Testnet
  let alice: TestClient
  let aliceLaptop: TestClient
  let bob: TestClient

  before(async () => {
    net = await testnet({ passwordWork: testPasswordWork })
    alice = await net.signUp('alice')
    aliceLaptop = await net.signIn('alice')
    bob = await net.signUp('bob')
  })

  after(async () => { await net.stop() })

  it('brings a message to every device of both accounts, once', async () => {
    const { id } = await bob.node.send({ to: 'alice', text: 'to both of you' })
    assert.equal((await eventWith(alice.node, id)).from, 'bob')
    assert.equal((await eventWith(aliceLaptop.node, id)).own, false)
    const answer = await aliceLaptop.node.send({ to: 'bob', text: 'from the laptop' })
    assert.equal((await eventWith(bob.node, answer.id)).from, 'alice')
    const copy = await eventWith(alice.node, answer.id)
    assert.equal(copy.own, true)
    assert.equal(copy.to, 'bob')
    assert.deepEqual(await texts(alice.node, 'bob'), await texts(aliceLaptop.node, 'bob'))
  })

  it('includes a device that appears, from the next message on', async () => {
    const phone = await net.signIn('bob')
    const { id } = await alice.node.send({ to: 'bob', text: 'welcome, phone' })
    await eventWith(phone.node, id)
    await eventWith(bob.node, id)
    assert.equal((await phone.node.devices()).length, 2)
    await phone.stop()
  })

  it('takes nothing more to a device that was removed', async () => {
    const old = (await alice.node.devices()).find((device) => !device.current)
    assert.ok(old !== undefined)
    await assert.rejects(alice.node.removeDevice({ id: old.id, password: 'not the password' }), { code: 'ERR_BAD_CREDENTIALS' })
    await alice.node.removeDevice({ id: old.id, password: testPassword })
    await signedOut(aliceLaptop.node)
    const { id } = await bob.node.send({ to: 'alice', text: 'only one of you now' })
    await eventWith(alice.node, id)
    assert.equal((await bob.node.trace({ id })).devices.length, 1)
  })

  it('shows what a device left in a mailbox before it was removed', async () => {
    const erin = await net.signUp('erin')
    const tablet = await net.signIn('bob')
    const hello = await tablet.node.send({ to: 'erin', text: 'hello' })
    await eventWith(erin.node, hello.id)
    const answer = await erin.node.send({ to: 'bob', text: 'hello to you' })
    await eventWith(tablet.node, answer.id)
    await tablet.node.wait({ id: hello.id, state: 'delivered', timeoutMs: 20_000 })
    await erin.stop()
    const last = await tablet.node.send({ to: 'erin', text: 'the last of this one' })
    await tablet.node.wait({ id: last.id, state: 'stored', timeoutMs: 20_000 })
    const removed = (await tablet.node.devices()).find(({ current }) => current)
    await bob.node.removeDevice({ id: removed?.id ?? assert.fail(), password: testPassword })
    await signedOut(tablet.node)
    await erin.start()
    await eventWith(erin.node, last.id)
    const shown = (await erin.node.history({ user: 'bob' })).find(({ id }) => id === last.id)
    assert.equal(shown?.fromRemovedDevice, true)
    await Promise.all([erin.stop(), tablet.stop()])
  })

  it('keeps what is written without a server, and sends it when there is one', async () => {
    const carol = await net.signUp('carol')
    await net.stopServer()
    await offline(carol.node)
    // Nobody can say whether these names exist.
    const first = await carol.node.send({ to: 'bob', text: 'one' })
    const second = await carol.node.send({ to: 'bob', text: 'two' })
    const nobody = await carol.node.send({ to: 'nobody', text: 'three' })
    assert.equal(first.state, 'queued')
    await assert.rejects(carol.node.wait({ id: first.id, state: 'stored', timeoutMs: 50 }), { code: 'ERR_PENDING' })
    await carol.stop()
    await net.startServer()
    await carol.start()
    await carol.node.wait({ id: second.id, state: 'delivered', timeoutMs: 20_000 })
    await eventWith(bob.node, first.id)
    await eventWith(bob.node, second.id)
    assert.deepEqual(await texts(bob.node, 'carol'), ['one', 'two'])
    await assert.rejects(carol.node.wait({ id: nobody.id, state: 'stored', timeoutMs: 20_000 }), { code: 'ERR_NOT_FOUND' })
  })

  it('goes on between connected devices while there is no server', async () => {
    // On a busy machine one may go through the mailbox, where a dial takes too long.
    for (let via: string | null | undefined = null, tries = 0; via !== 'direct' && tries < 20; tries++) {
      const { id } = await alice.node.send({ to: 'bob', text: 'connect first' })
      via = (await alice.node.wait({ id, state: 'delivered', timeoutMs: 10_000 })).via
    }
    await net.stopServer()
    await offline(alice.node)
    const direct = await alice.node.send({ to: 'bob', text: 'without a server' })
    const status = await alice.node.wait({ id: direct.id, state: 'delivered', timeoutMs: 10_000 })
    assert.equal(status.via, 'direct')
    await net.startServer()
    await Promise.all([alice, bob].map(async ({ node }) => { await connected(node) }))
  })

  it('logs out without losing mail', async () => {
    await bob.node.signOut()
    await assert.rejects(bob.node.whoAmI(), { code: 'ERR_NOT_SIGNED_IN' })
    await assert.rejects(bob.node.send({ to: 'alice', text: 'x' }), { code: 'ERR_NOT_SIGNED_IN' })
    const { id } = await alice.node.send({ to: 'bob', text: 'while you were out' })
    await alice.node.wait({ id, state: 'stored', timeoutMs: 10_000 })
    await assert.rejects(bob.node.signIn({ username: 'bob', password: 'wrong password' }), { code: 'ERR_BAD_CREDENTIALS' })
    assert.deepEqual(await bob.node.signIn({ username: 'bob', password: testPassword }), { username: 'bob', newDevice: false })
    await eventWith(bob.node, id)
    await alice.node.wait({ id, state: 'delivered', timeoutMs: 10_000 })
  })

  it('changes and recovers a password', async () => {
    const node = await net.client()
    const { recoveryKey } = await node.signUp({ username: 'dora', password: testPassword })
    const next = 'another password altogether'
    await node.changePassword({ oldPassword: testPassword, newPassword: next })
    const second = await net.client()
    await assert.rejects(second.signIn({ username: 'dora', password: testPassword }), { code: 'ERR_BAD_CREDENTIALS' })
    await assert.rejects(second.recover({ username: 'bob', recoveryKey, newPassword: next }), { code: 'ERR_BAD_CREDENTIALS' })
    await second.recover({ username: 'dora', recoveryKey, newPassword: 'a third password for dora' })
    const third = await net.client()
    assert.deepEqual(await third.signIn({ username: 'dora', password: 'a third password for dora' }), { username: 'dora', newDevice: true })
    assert.equal((await third.devices()).length, 3)
  })
})

async function eventWith (node: RunningNode, id: string): Promise<{ from: string, to?: string, own: boolean }> {
  const controller = new AbortController()
  for await (const event of node.events({ after: '00000000000000' }, controller.signal)) {
    if (event.event === 'message' && event.id === id) return event
  }
  throw new Error('The events ended.')
}

async function texts (node: RunningNode, user: string): Promise<Array<string | null>> {
  return (await node.history({ user })).map((entry) => entry.text)
}

/** A search that began just before there was a server may fail just after: then it takes another one. */
async function connected (node: RunningNode): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      await node.connect(20_000)
      return
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NO_SERVER')) throw error
    }
  }
  assert.fail('It finds no server.')
}

async function offline (node: RunningNode): Promise<void> {
  while ((await node.status()).connection.kind === 'connected') await new Promise((resolve) => { setImmediate(resolve) })
}

async function signedOut (node: RunningNode): Promise<void> {
  for (;;) {
    try {
      await node.whoAmI()
    } catch (error) {
      if (isP2pChatError(error, 'ERR_NOT_SIGNED_IN')) return
      throw error
    }
    await new Promise((resolve) => { setImmediate(resolve) })
  }
}
