import assert from 'node:assert/strict'
import { SystemMailer, type MailOutcome, type SystemMail } from '../../../src/node/delivery/system-mail.js'
import { Lane } from '../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

describe('mail of the node itself', () => {
  const patience = { timeoutMs: 10_000, lullMs: 1_000 }
  let clock: FakeClock
  let mailer: SystemMailer
  let outcomes: MailOutcome[] | undefined

  const mailTo = (...devices: string[]): SystemMail[] => devices.map((device) => ({ username: device, device, content: new Uint8Array(1) }))
  const send = async (...devices: string[]): Promise<void> => {
    void mailer.send(mailTo(...devices), patience).then((all) => { outcomes = all })
    await clock.advance(0)
  }

  beforeEach(() => {
    clock = new FakeClock()
    mailer = new SystemMailer({ lane: new Lane(createMemoryStore()), clock, random: new SeededRandom('system mail'), owed: () => {} })
    outcomes = undefined
  })

  afterEach(() => { assert.equal(clock.pending, 0, 'timers are left') })

  it('is waited for until all of it has come somewhere', async () => {
    await send('a', 'b')
    mailer.settled('a', 1, 'stored')
    await clock.advance(999)
    assert.equal(outcomes, undefined)
    mailer.settled('b', 1, 'delivered')
    await clock.advance(0)
    assert.deepEqual(outcomes, ['stored', 'delivered'])
  })

  it('is not waited for any longer when half of it has come somewhere, and no more comes for a while', async () => {
    await send('a', 'b', 'c', 'd')
    mailer.settled('a', 1, 'stored')
    await clock.advance(5_000)
    mailer.settled('b', 1, 'stored')
    await clock.advance(900)
    mailer.settled('c', 1, 'dropped')
    await clock.advance(900)
    assert.equal(outcomes, undefined)
    await clock.advance(100)
    assert.deepEqual(outcomes, ['stored', 'stored', 'dropped', 'waiting'])
  })

  it('is waited for to the end of the time while less than half of it has come', async () => {
    await send('a', 'b', 'c')
    mailer.settled('a', 1, 'stored')
    await clock.advance(9_999)
    assert.equal(outcomes, undefined)
    await clock.advance(1)
    assert.deepEqual(outcomes, ['stored', 'waiting', 'waiting'])
  })
})
