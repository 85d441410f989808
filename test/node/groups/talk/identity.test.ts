import assert from 'node:assert/strict'
import { acceptShown, findContact, keyToCompare, noteShown, takeRecord } from '../../../../src/node/contacts/contacts.js'
import type { VerifiedAccountRecord } from '../../../../src/records/index.js'
import { makeAccount, nextRecord } from '../../support.js'
import { Rig, type End } from './rig.js'

describe('a message to a group of whoever is not the account that is known under that name', () => {
  let rig: Rig
  let alice: End
  let bob: End

  beforeEach(async () => {
    rig = await Rig.of({ seed: 'identity', devices: { alice: 2 } })
    alice = rig.end('alice')
    bob = rig.end('bob')
    bob.book.account = { key: alice.account.key.publicKey, version: 1 }
  })

  afterEach(async () => { await rig.stop() })

  const says = async (...texts: string[]): Promise<void> => {
    for (const text of texts) await alice.send(text)
    await rig.clock.advance(10)
    await bob.takeMail()
    await rig.clock.advance(10)
  }
  const learns = async (record: VerifiedAccountRecord): Promise<void> => { await bob.lane.write(async (tx) => { await takeRecord(tx, record, 0) }) }
  const accepts = async (): Promise<void> => {
    await bob.lane.write(async (tx) => {
      const contact = await findContact(tx, 'alice')
      assert.ok(contact !== undefined)
      await noteShown(tx, 'alice', keyToCompare(contact))
      await acceptShown(tx, 'alice')
    })
    await bob.talk.resume()
  }
  const notice = async (): Promise<string> => (await bob.history()).map(({ kind, text }) => (kind === 'group-change' ? text ?? '' : '')).join('')

  it('waits until it is accepted, also over a restart, and is told of once', async () => {
    await learns(makeAccount('alice', rig.random).record)
    await says('1', '2')
    assert.deepEqual(await bob.texts(), ['group-change'])
    assert.match(await notice(), /What alice writes to team is held back: it is another account/)
    assert.ok(bob.events.some((event) => event.event === 'group' && event.kind === 'identity' && event.users.includes('alice')))
    await bob.restart()
    bob.book.account = { key: alice.account.key.publicKey, version: 1 }
    await says('3')
    assert.deepEqual([await bob.texts(), (await bob.keys('group-parked')).length], [['group-change'], 3])
    await learns(alice.account.record)
    await accepts()
    assert.deepEqual(await bob.texts(), ['group-change', 'alice: 1', 'alice: 2', 'alice: 3'])
    assert.deepEqual(await bob.keys('group-parked', 'group-parked-total', 'group-held'), [])
  })

  it('waits while the identity has changed, and is shown in its order once the pinned key is shown again', async () => {
    await learns(alice.account.record)
    await says('1')
    await learns(makeAccount('alice', rig.random).record)
    await says('2', '3')
    assert.deepEqual(await bob.texts(), ['alice: 1', 'group-change'])
    assert.match(await notice(), /identity of alice has changed.*verify alice --accept/)
    await learns(alice.account.record)
    await bob.talk.resume()
    assert.deepEqual(await bob.texts(), ['alice: 1', 'group-change', 'alice: 2', 'alice: 3'])
    await says('4')
    assert.deepEqual(await bob.texts(), ['alice: 1', 'group-change', 'alice: 2', 'alice: 3', 'alice: 4'])
  })

  it('is shown as of a removed device once the account has removed it, whatever the log says', async () => {
    await says('1')
    await learns(alice.account.record)
    await learns(nextRecord(alice.account, alice.account.devices.slice(1)))
    await says('2')
    assert.deepEqual((await bob.history()).map(({ text, fromRemovedDevice }) => [text, fromRemovedDevice]), [['1', undefined], ['2', true]])
    const told = bob.events.map((event) => event.event === 'message' && event.fromRemovedDevice)
    assert.deepEqual(told, [undefined, true])
  })

  it('is shown as of a removed device also when it waited for the one before it', async () => {
    await learns(nextRecord(alice.account, alice.account.devices.slice(1)))
    for (const text of ['1', '2']) {
      await alice.send(text)
      await rig.clock.advance(10)
    }
    for (const envelope of bob.box().reverse()) await bob.take(envelope)
    assert.deepEqual((await bob.history()).map(({ text, fromRemovedDevice }) => [text, fromRemovedDevice]), [['1', true], ['2', true]])
  })

  it('is as any other while the record here is older than the one in the log', async () => {
    await learns(nextRecord(alice.account, alice.account.devices.slice(1)))
    bob.book.account = { key: alice.account.key.publicKey, version: 3 }
    await says('1')
    assert.deepEqual((await bob.history()).map(({ text, fromRemovedDevice }) => [text, fromRemovedDevice]), [['1', undefined]])
  })
})
