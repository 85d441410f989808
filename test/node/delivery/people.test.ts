import assert from 'node:assert/strict'
import { Gate } from '../../../src/node/contacts/gate.js'
import { findContact, putContact, type Contact } from '../../../src/node/contacts/contacts.js'
import type { Directory } from '../../../src/node/contacts/directory.js'
import { People } from '../../../src/node/delivery/people.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeDevice, nextRecord, seeded } from '../support.js'
import { Party } from './rig.js'

describe('who may learn where this device is', () => {
  let clock: FakeClock
  let bob: Party
  let alice: Party
  let people: People
  let members: Set<string>

  beforeEach(async () => {
    clock = new FakeClock()
    bob = new Party('bob', { clock, random: seeded('bob') })
    alice = new Party('alice', { clock, random: seeded('alice') })
    members = new Set()
    await bob.knows(alice)
    await bob.begin(alice)
    people = new People({
      lane: bob.lane,
      clock,
      logger: silentLogger,
      username: 'bob',
      directory: {} as unknown as Directory,
      sessions: bob.sessions,
      welcomed: () => {},
      isMember: (device) => members.has(device),
      gate: new Gate({ logger: silentLogger, username: 'bob', policy: () => 'request', emit: () => {} })
    })
  })

  async function change (changes: Partial<Contact>): Promise<void> {
    await bob.lane.write(async (tx) => { putContact(tx, 'alice', { ...await findContact(tx, 'alice') as Contact, ...changes }) })
  }

  it('is who was accepted, or is talked with, and nobody who has to ask, is blocked or is not known', async () => {
    assert.equal(await people.mayLearnAddress(alice.hex), false)
    await change({ decision: 'accepted' })
    assert.equal(await people.mayLearnAddress(alice.hex), true)
    await change({ decision: 'blocked', talked: true })
    assert.equal(await people.mayLearnAddress(alice.hex), false)
    assert.equal(await people.mayLearnAddress('00'.repeat(32)), false)
  })

  it('is nobody who only shares a group, though groups may have what they need', async () => {
    members.add(alice.hex)
    assert.equal(await people.isWelcome(alice.hex), true)
    assert.equal(await people.mayLearnAddress(alice.hex), false)
  })

  it('is no device that its account no longer lists', async () => {
    await change({ decision: 'accepted' })
    await change({ talked: true })
    assert.deepEqual([await people.contactOf(alice.hex), await people.isWelcome(alice.hex)], ['alice', true])
    await bob.pins(nextRecord(alice.account, [makeDevice(seeded('new'))]))
    assert.equal(await people.mayLearnAddress(alice.hex), false)
    // Nor is it called, or talked with as a contact's.
    assert.deepEqual([await people.contactOf(alice.hex), await people.isWelcome(alice.hex), await people.isOfContact(alice.hex)], [undefined, false, false])
  })
})
