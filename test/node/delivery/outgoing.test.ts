import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { Directory } from '../../../src/node/contacts/directory.js'
import { pendingRetryMs } from '../../../src/node/delivery/limits.js'
import { Outgoing } from '../../../src/node/delivery/outgoing.js'
import { Tasks } from '../../../src/node/delivery/tasks.js'
import { encode } from '../../../src/protocol/codec.js'
import { LookupResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { seeded } from '../support.js'
import { Party } from './rig.js'

describe('Outgoing', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party
  let server: FakeChannel | undefined
  let canSay: boolean
  let asked: number
  let owed: string[]
  let outgoing: Outgoing

  beforeEach(async () => {
    clock = new FakeClock()
    const random = seeded('outgoing')
    alice = new Party('alice', { clock, random })
    bob = new Party('bob', { clock, random })
    await alice.knows()
    canSay = false
    asked = 0
    owed = []
    server = undefined
    const tasks = new Tasks(silentLogger)
    outgoing = new Outgoing({
      lane: alice.lane,
      clock,
      random,
      self: { username: 'alice', deviceKey: alice.device.deviceKey },
      directory: new Directory({ lane: alice.lane, clock, logger: silentLogger, channel: () => server, onRecord: async () => {} }),
      progress: alice.progress,
      sealer: alice.sealer,
      hasServer: () => server !== undefined,
      emit: (event) => { alice.events.push(event) },
      owed: (devices) => { owed.push(...devices) },
      tasks
    })
  })

  function begin (): void {
    server = new FakeChannel({
      'directory/lookup': () => {
        asked++
        if (!canSay) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers answer.')
        return encode(LookupResponse, { accountRecord: bob.account.record.signed, devices: [], registerVersion: 1n })
      }
    }, 'server', clock)
  }

  it('asks again for somebody whom no server could look up when the message was written', async () => {
    begin()
    await outgoing.send('bob', 'hello')
    canSay = true
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual(owed, [bob.hex])
  })

  it('asks again, too, when the server that it found at last cannot say yet', async () => {
    await outgoing.send('bob', 'hello')
    begin()
    await assert.rejects(outgoing.resolvePending('bob'), { code: 'ERR_UNKNOWN_OUTCOME' })
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual([asked, owed], [2, []])
    canSay = true
    await clock.advance(pendingRetryMs)
    await settle()
    assert.deepEqual([asked, owed], [3, [bob.hex]])
  })

  it('asks nobody while there is no server', async () => {
    await outgoing.send('bob', 'hello')
    await assert.rejects(outgoing.resolvePending('bob'), { code: 'ERR_NO_SERVER' })
    await clock.advance(10 * pendingRetryMs)
    assert.equal(clock.pending, 0)
  })
})
