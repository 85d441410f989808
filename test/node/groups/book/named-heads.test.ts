import assert from 'node:assert/strict'
import { NamedHeads } from '../../../../src/node/groups/book/named-heads.js'
import { Timers } from '../../../../src/node/groups/book/timers.js'
import { Tasks } from '../../../../src/node/delivery/tasks.js'
import { silentLogger } from '../../../../src/runtime.js'
import { P2pChatError } from '../../../../src/errors.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { exampleLog, type Log, Person } from '../../../records/group/support.js'
import { FakeLogServer } from './fake-log-server.js'
import { LogRig } from './rig.js'

describe('a head that a message names', () => {
  let random: SeededRandom
  let clock: FakeClock
  let log: Log
  let people: ReturnType<typeof exampleLog>['people']
  let server: FakeLogServer
  let rig: LogRig
  let heads: NamedHeads
  let told: string[]
  let isOnline: boolean

  beforeEach(async () => {
    random = new SeededRandom('named heads')
    clock = new FakeClock()
    ;({ log, people } = exampleLog(random))
    server = new FakeLogServer(log)
    rig = new LogRig({ self: people.alice, server, clock, random })
    await rig.reader.read(server.id)
    told = []
    isOnline = true
    heads = new NamedHeads({
      lane: rig.lane,
      states: rig.states,
      timers: new Timers(clock),
      tasks: new Tasks(silentLogger),
      hasServer: () => isOnline,
      read: async (id) => await rig.reader.read(id),
      hidden: async (_id, by, { sequence }) => { told.push(`${by} at ${sequence}`) }
    })
  })

  const names = async (person: Person, beyond: number): Promise<void> => {
    await heads.note(server.id, { head: { sequence: log.entries.length + beyond, hash: random.bytes(32) }, sender: person.username, senderDevice: person.device.publicKey })
  }

  it('is told of when the server still does not give it after some seconds, once for each member at a time', async () => {
    const { sequence } = log.state.head
    await names(people.dave, 1)
    await names(people.dave, 2)
    await names(people.alice, 1)
    await clock.advance(9_000)
    assert.deepEqual(told, [])
    await clock.advance(2_000)
    assert.deepEqual(told.sort(), [`alice at ${sequence}`, `dave at ${sequence}`])
    await clock.advance(60_000)
    assert.equal(told.length, 2)
  })

  it('is nothing to tell of where it comes in time, is here already, or is named by who is no member', async () => {
    await names(people.dave, 1)
    await names(people.dave, 0)
    await names(new Person('mallory', random), 1)
    await names(people.bob, 1)
    server.append(people.alice.entry(log.state.head, { kind: 'rename', name: 'newer' }))
    await clock.advance(60_000)
    assert.deepEqual([told, clock.pending], [[], 0])
  })

  it('is told of also when only an earlier one of the same member came', async () => {
    await names(people.dave, 1)
    await names(people.dave, 2)
    server.append(people.alice.entry(log.state.head, { kind: 'rename', name: 'newer' }))
    await clock.advance(11_000)
    assert.deepEqual(told, [])
    await clock.advance(11_000)
    assert.deepEqual(told, [`dave at ${server.state.head.sequence}`])
  })

  it('is told of only by a log that could be read', async () => {
    isOnline = false
    await names(people.dave, 1)
    await clock.advance(60_000)
    isOnline = true
    server.before = () => { throw new P2pChatError('ERR_OVERLOADED', 'Not now.') }
    await clock.advance(60_000)
    assert.deepEqual(told, [])
    server.before = () => {}
    await clock.advance(11_000)
    assert.deepEqual(told, [`dave at ${log.state.head.sequence}`])
  })
})
