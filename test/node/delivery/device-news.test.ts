import assert from 'node:assert/strict'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { acceptShown, findContact, findRecord, noteShown, putContact, takeRecord, type Contact } from '../../../src/node/contacts/contacts.js'
import { tellNewDevices } from '../../../src/node/delivery/device-news.js'
import { Events } from '../../../src/node/events/events.js'
import { EventHub } from '../../../src/node/events/event-hub.js'
import { historyOf } from '../../../src/node/queries.js'
import type { Lane } from '../../../src/node/home/lane.js'
import type { VerifiedAccountRecord } from '../../../src/records/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeAccount, makeDevice, makeLane, nextRecord, seeded, type TestAccount } from '../support.js'

describe('news of devices', () => {
  const random = seeded('device news')
  let clock: FakeClock
  let lane: Lane
  let alice: TestAccount
  let bob: TestAccount
  let events: NodeEvent[]

  beforeEach(() => {
    clock = new FakeClock()
    lane = makeLane()
    alice = makeAccount('alice', random)
    bob = makeAccount('bob', random)
    events = []
  })

  const take = async (record: VerifiedAccountRecord): Promise<void> => {
    await lane.write(async (tx) => {
      const before = await findRecord(tx, record.username)
      const taken = await takeRecord(tx, record, clock.now())
      await tellNewDevices(tx, { clock, random, username: 'alice', deviceKey: alice.devices[0]!.deviceKey, emit: (event) => { events.push(event) } }, before, taken)
    })
  }
  const become = async (changes: Partial<Contact>): Promise<void> => {
    await lane.write(async (tx) => { putContact(tx, 'bob', { ...await findContact(tx, 'bob') as Contact, ...changes }) })
  }
  const addOne = async (account: TestAccount): Promise<void> => {
    const added = makeDevice(random)
    account.record = nextRecord(account, [...account.devices, added])
    account.devices.push(added)
    await take(account.record)
  }
  const told = async (user: string): Promise<Array<string | null>> => (await historyOf(lane, 'alice', { user })).map(({ text }) => text)

  it('come for this account, once each, and stay in the log for who was not there', async () => {
    await take(alice.record)
    assert.equal(events.length, 0, 'seen for the first time')
    await addOne(alice)
    await take(alice.record)
    const id = alice.devices[1]?.hex.slice(0, 16) ?? ''
    const [event] = events
    assert.equal(events.length, 1)
    assert.ok(event?.event === 'device-added')
    assert.deepEqual([event.username, event.own, event.deviceId, event.label], ['alice', true, id, 'a device'])
    assert.match(event.message, new RegExp(`new device was added to your account: a device \\(${id}\\)\\. .*device remove ${id}.*passwd`))
    assert.deepEqual(await told('alice'), [event.message])
    const stop = new AbortController()
    for await (const later of new Events({ clock, lane, hub: new EventHub(), username: () => 'alice' }).read({}, stop.signal)) {
      assert.deepEqual(later, event)
      stop.abort()
    }
  })

  it('do not come to the device that was added', async () => {
    const [own, ...others] = [makeDevice(random), ...alice.devices]
    await take(alice.record)
    alice.devices = [own!, ...others]
    await take(nextRecord(alice, [...others, own!]))
    assert.deepEqual(events, [])
  })

  it('come of contacts, and not of who is known by name alone or blocked', async () => {
    await take(bob.record)
    await addOne(bob)
    assert.deepEqual(events, [])
    await become({ talked: true })
    await addOne(bob)
    assert.deepEqual(await told('bob'), [`bob has a new device: a device (${bob.devices[2]?.hex.slice(0, 16) ?? ''}).`])
    assert.equal((await findContact(lane, 'bob'))?.unread, 0)
    await become({ decision: 'blocked' })
    await addOne(bob)
    assert.equal(events.length, 1)
    await become({ decision: 'accepted', talked: false })
    await addOne(bob)
    assert.equal(events.length, 2)
  })

  it('come of who was verified, and not of another identity', async () => {
    await take(bob.record)
    await lane.write(async (tx) => {
      await noteShown(tx, 'bob', bob.key.publicKey)
      await acceptShown(tx, 'bob')
    })
    await addOne(bob)
    assert.equal(events.length, 1)
    const other = makeAccount('bob', random, 3)
    await take(other.record)
    assert.equal(events.length, 1)
  })
})
