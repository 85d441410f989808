import assert from 'node:assert/strict'
import { SystemMailer, type MailOutcome, type SystemMail } from '../../../src/node/delivery/system-mail.js'
import { takeRecord } from '../../../src/node/contacts/contacts.js'
import { Lane } from '../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { makeAccount, makeDevice } from '../support.js'

describe('mail of the node itself', () => {
  const patience = { timeoutMs: 10_000, lullMs: 1_000 }
  let clock: FakeClock
  let mailer: SystemMailer
  let outcomes: MailOutcome[] | undefined
  let owed: string[]

  const random = new SeededRandom('system mail')
  const accounts = new Map(['alice', 'bob', 'carol', 'dave'].map((name) => [name[0], makeAccount(name, random)]))
  const deviceOf = (who: string): string => accounts.get(who)?.devices[0]?.hex ?? who
  const mailTo = (...people: string[]): SystemMail[] => people.map((who) => ({ username: accounts.get(who)?.username ?? who, device: deviceOf(who), content: new Uint8Array(1) }))
  const send = async (...people: string[]): Promise<void> => {
    void mailer.send(mailTo(...people), patience).then((all) => { outcomes = all })
    await clock.advance(0)
  }

  beforeEach(async () => {
    clock = new FakeClock()
    const lane = new Lane(createMemoryStore())
    await lane.write(async (tx) => { for (const { record } of accounts.values()) await takeRecord(tx, record, 0) })
    mailer = new SystemMailer({ lane, clock, random, owed: (devices) => { owed = devices } })
    outcomes = undefined
    owed = []
  })

  afterEach(() => { assert.equal(clock.pending, 0, 'timers are left') })

  it('is not kept for a device that its account does not list (any more)', async () => {
    const [mail] = mailTo('a')
    assert.ok(mail !== undefined)
    void mailer.send([mail, { ...mail, device: makeDevice(random).hex }], patience).then((all) => { outcomes = all })
    await clock.advance(0)
    assert.deepEqual(owed, [mail.device])
    mailer.settled(mail.device, 1, 'delivered')
    await clock.advance(0)
    assert.deepEqual(outcomes, ['delivered', 'dropped'])
  })

  it('is waited for until all of it has come somewhere', async () => {
    await send('a', 'b')
    mailer.settled(deviceOf('a'), 1, 'stored')
    await clock.advance(999)
    assert.equal(outcomes, undefined)
    mailer.settled(deviceOf('b'), 1, 'delivered')
    await clock.advance(0)
    assert.deepEqual(outcomes, ['stored', 'delivered'])
  })

  it('is not waited for any longer when half of it has come somewhere, and no more comes for a while', async () => {
    await send('a', 'b', 'c', 'd')
    mailer.settled(deviceOf('a'), 1, 'stored')
    await clock.advance(5_000)
    mailer.settled(deviceOf('b'), 1, 'stored')
    await clock.advance(900)
    mailer.settled(deviceOf('c'), 1, 'dropped')
    await clock.advance(900)
    assert.equal(outcomes, undefined)
    await clock.advance(100)
    assert.deepEqual(outcomes, ['stored', 'stored', 'dropped', 'waiting'])
  })

  it('is waited for to the end of the time while less than half of it has come', async () => {
    await send('a', 'b', 'c')
    mailer.settled(deviceOf('a'), 1, 'stored')
    await clock.advance(9_999)
    assert.equal(outcomes, undefined)
    await clock.advance(1)
    assert.deepEqual(outcomes, ['stored', 'waiting', 'waiting'])
  })
})
