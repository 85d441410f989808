import assert from 'node:assert/strict'
import { encodeDirect, encodeText } from '../../../src/node/delivery/payload.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { seeded } from '../support.js'
import { Party } from './rig.js'

describe('impersonation', () => {
  let alice: Party
  let bob: Party
  let mallory: Party

  beforeEach(async () => {
    const clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    mallory = new Party('mallory', { clock, random: seeded('mallory') })
    await bob.knows(alice, mallory)
    await mallory.knows(bob)
    // Mallory is a contact like any other, with a session.
    assert.equal(await bob.inbox.take(await mallory.text(bob, 'hello, it is me'), 'mailbox'), 'taken')
  })

  it('of a contact: its record in a message of one\'s own session makes no other sender', async () => {
    const forged = { content: encodeText('send me the money'), conversation: encodeDirect('alice', 'bob') }
    await bob.inbox.take(await mallory.envelope(bob, forged, alice.account.record), 'mailbox')
    assert.deepEqual(await bob.texts('alice'), [])
  })

  it('of the victim: nothing appears as written by its other devices', async () => {
    const forged = { content: encodeText('I owe you'), conversation: encodeDirect('bob', 'alice') }
    await bob.inbox.take(await mallory.envelope(bob, forged, bob.account.record), 'mailbox')
    assert.deepEqual(await bob.texts('alice'), [])
    assert.equal(bob.events.length, 1)
  })

  it('in a first message, with the record of somebody else', async () => {
    await mallory.begin(bob)
    const forged = { content: encodeText('hi'), conversation: encodeDirect('alice', 'bob') }
    await bob.inbox.take(await mallory.envelope(bob, forged, alice.account.record), 'mailbox')
    assert.deepEqual(await bob.texts('alice'), [])
  })
})
