import assert from 'node:assert/strict'
import { acceptShown, findContact, findRecord, keyToCompare, noteShown, takeRecord } from '../../../src/node/contacts/contacts.js'
import type { Lane } from '../../../src/node/home/lane.js'
import type { VerifiedAccountRecord } from '../../../src/records/index.js'
import { makeAccount, makeDevice, makeLane, nextRecord, seeded, type TestAccount } from '../support.js'

describe('identities', () => {
  const random = seeded('identities')
  let lane: Lane
  let bob: TestAccount
  let other: TestAccount
  let third: TestAccount

  beforeEach(() => {
    lane = makeLane()
    bob = makeAccount('bob', random)
    other = makeAccount('bob', random)
    third = makeAccount('bob', random)
  })

  const take = async (record: VerifiedAccountRecord, nowMs = 0): Promise<Awaited<ReturnType<typeof takeRecord>>> => await lane.write(async (tx) => await takeRecord(tx, record, nowMs))
  const identity = async (): Promise<string | undefined> => (await findContact(lane, 'bob'))?.identity
  const look = async (): Promise<void> => {
    const contact = await findContact(lane, 'bob')
    assert.ok(contact !== undefined)
    await lane.write(async (tx) => { await noteShown(tx, 'bob', keyToCompare(contact)) })
  }
  const accept = async (): Promise<void> => { await lane.write(async (tx) => { await acceptShown(tx, 'bob') }) }

  it('are accepted only as they were shown: another key that came since was not compared', async () => {
    await take(bob.record)
    await assert.rejects(accept(), { code: 'ERR_IDENTITY_CHANGED' })
    await look()
    await take(other.record)
    await assert.rejects(accept(), { code: 'ERR_IDENTITY_CHANGED' })
    await look()
    await take(third.record)
    await assert.rejects(accept(), { code: 'ERR_IDENTITY_CHANGED' })
    assert.deepEqual((await findRecord(lane, 'bob'))?.accountKey, bob.key.publicKey)
    await look()
    await accept()
    assert.equal(await identity(), 'verified')
    assert.deepEqual((await findRecord(lane, 'bob'))?.accountKey, third.key.publicKey)
  })

  it('are as before once the pinned key is shown again: a forged answer leaves nothing behind', async () => {
    await take(bob.record)
    await look()
    await accept()
    await take(other.record)
    await take(third.record)
    assert.equal(await identity(), 'changed')
    await take(bob.record)
    assert.equal(await identity(), 'verified')
    assert.equal((await findContact(lane, 'bob'))?.offered, undefined)
  })

  it('remember when the record before was last vouched for, whatever a new device says of its age', async () => {
    await take(bob.record, 1_000)
    await take(bob.record, 500_000)
    const taken = await take(nextRecord(bob, [...bob.devices, makeDevice(random)], 0), 900_000)
    assert.equal(taken.kind === 'current' ? taken.confirmedAtMs : undefined, 500_000)
  })
})
