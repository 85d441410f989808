import assert from 'node:assert/strict'
import { afterLostEpoch, assertMaySend, epochMakers, groupDevices, isAfterRemoval, sameHead, type GroupAction } from '../../../src/records/group/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { throwsCode } from '../../node/support.js'
import { Log, Person } from './support.js'

const random = new SeededRandom('group epochs')
const remove = (...usernames: string[]): GroupAction => ({ kind: 'remove', usernames, lastSeen: [], commitment: undefined })
const epoch = (): GroupAction => ({ kind: 'epoch', commitment: random.bytes(32) })

/** alice founded it, bob joined; carol and dave are outside. */
function team (): { log: Log, alice: Person, bob: Person, carol: Person, dave: Person } {
  const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => new Person(name, random, 2)) as [Person, Person, Person, Person]
  const log = new Log(alice.found('team'))
  log.append(bob, { kind: 'join', accountRecord: bob.record })
  return { log, alice, bob, carol, dave }
}

describe('who may send to a group', () => {
  it('is a device of a member, in the epoch of the head that it names', () => {
    const { log, bob, carol } = team()
    const sender = { username: 'bob', deviceKey: bob.device.publicKey, epoch: 2 }
    assertMaySend(log.state, sender)
    for (const wrong of [{ epoch: 1 }, { epoch: 3 }, { username: 'alice' }, { username: 'carol' }, { deviceKey: carol.device.publicKey }]) {
      throwsCode(() => { assertMaySend(log.state, { ...sender, ...wrong }) }, 'ERR_NOT_PERMITTED')
    }
  })

  it('speaks under a name: a key that two accounts list is not one sender', () => {
    const { log, bob, carol } = team()
    carol.setDevices([carol.device, bob.device])
    log.append(carol, { kind: 'join', accountRecord: carol.record })
    assertMaySend(log.state, { username: 'bob', deviceKey: bob.device.publicKey, epoch: 3 })
    log.append(bob, { kind: 'leave' })
    log.append(carol, epoch())
    throwsCode(() => { assertMaySend(log.state, { username: 'bob', deviceKey: bob.device.publicKey, epoch: 4 }) }, 'ERR_NOT_PERMITTED')
  })
})

describe('what comes late from a removed device', () => {
  it('is taken up to what was last seen of it, and no further', () => {
    const { log, alice, bob } = team()
    log.append(bob, epoch())
    const [seen, unseen] = bob.devices as [Person['device'], Person['device']]
    const removal = log.append(alice, { kind: 'remove', usernames: ['bob'], lastSeen: [{ username: 'bob', deviceKey: seen.publicKey, epoch: 2, counter: 5 }], commitment: undefined })
    const sender = (device: Person['device'], epoch: number, counter: number): Parameters<typeof isAfterRemoval>[1] => ({ username: 'bob', deviceKey: device.publicKey, epoch, counter })
    for (const [epoch, counter, late] of [[1, 99, false], [2, 5, false], [2, 6, true], [3, 0, true]] as const) assert.equal(isAfterRemoval(removal, sender(seen, epoch, counter)), late)
    assert.equal(isAfterRemoval(removal, sender(unseen, 1, 0)), true)
    assert.equal(isAfterRemoval(removal, { ...sender(alice.device, 9, 9), username: 'alice' }), false)
    assert.equal(isAfterRemoval(log.entries[0]!, sender(seen, 9, 9)), false)
  })

  it('of a device change concerns the devices that the member no longer has', () => {
    const { log, bob } = team()
    const [kept, gone] = bob.devices as [Person['device'], Person['device']]
    bob.setDevices([kept])
    const change = log.append(bob, { kind: 'device-change', accountRecord: bob.record, lastSeen: [{ username: 'bob', deviceKey: gone.publicKey, epoch: 2, counter: 0 }] })
    const sender = { username: 'bob', deviceKey: gone.publicKey, epoch: 2, counter: 0 }
    assert.equal(isAfterRemoval(change, sender), false)
    assert.equal(isAfterRemoval(change, { ...sender, counter: 1 }), true)
    assert.equal(isAfterRemoval(change, { ...sender, deviceKey: kept.publicKey, counter: 1 }), false)
    assert.equal(isAfterRemoval(change, { ...sender, username: 'alice', counter: 1 }), false)
  })
})

describe('the makers of the next epoch', () => {
  it('are all devices, in an order that everyone finds alike and that each occasion changes', () => {
    const { log, alice, carol, bob } = team()
    log.append(carol, { kind: 'join', accountRecord: carol.record })
    const orders = new Set<string>()
    for (let i = 0; i < 8; i++) {
      log.append(bob, epoch())
      const makers = epochMakers(log.state)
      assert.deepEqual(new Set(makers.map(({ deviceKey }) => String(deviceKey))), new Set([alice, bob, carol].flatMap(({ devices }) => devices.map(({ publicKey }) => String(publicKey)))))
      const shuffled = { ...log.state, members: new Map([...log.state.members].reverse()) }
      assert.deepEqual(epochMakers(shuffled), makers)
      orders.add(makers.map(({ username }) => username).join())
    }
    assert.ok(orders.size > 3)
    const before = epochMakers(log.state)
    log.append(bob, { kind: 'leave' })
    const after = epochMakers(log.state)
    assert.notDeepEqual(after.map(({ deviceKey }) => deviceKey), before.filter(({ username }) => username !== 'bob').map(({ deviceKey }) => deviceKey))
    log.append(alice, { kind: 'rename', name: 'crew' })
    assert.deepEqual(epochMakers(log.state), after, 'other entries leave the order as it is')
  })
})

describe('a lost race for the next epoch', () => {
  it('is given up to the epoch that won', () => {
    const { log, alice, bob } = team()
    const sealed = { headSequence: log.state.head.sequence, devices: groupDevices(log.state) }
    log.append(bob, epoch())
    assert.deepEqual(afterLostEpoch(sealed, log.state), { kind: 'discard' })
    log.append(alice, { kind: 'rename', name: 'crew' })
    assert.deepEqual(afterLostEpoch(sealed, log.state), { kind: 'discard' })
    log.append(bob, { kind: 'leave' })
    assert.deepEqual(afterLostEpoch(sealed, log.state), { kind: 'anew' })
  })

  it('goes on with the same secret when only newcomers came between', () => {
    const { log, alice, carol } = team()
    const sealed = { headSequence: log.state.head.sequence, devices: groupDevices(log.state) }
    log.append(alice, { kind: 'rename', name: 'crew' })
    assert.deepEqual(afterLostEpoch(sealed, log.state), { kind: 'seal-to', devices: [] })
    log.append(carol, { kind: 'join', accountRecord: carol.record })
    assert.deepEqual(afterLostEpoch(sealed, log.state), { kind: 'seal-to', devices: groupDevices(log.state).filter(({ username }) => username === 'carol') })
  })

  it('starts anew when someone left who has the secret, or lost a device', () => {
    const changes: Array<(it: ReturnType<typeof team>) => void> = [
      ({ log, bob }) => { log.append(bob, { kind: 'leave' }) },
      ({ log, alice }) => { log.append(alice, remove('bob')) },
      ({ log, bob }) => { log.append(bob.setDevices([bob.device]), { kind: 'device-change', accountRecord: bob.record, lastSeen: [] }) }
    ]
    for (const change of changes) {
      const made = team()
      const sealed = { headSequence: made.log.state.head.sequence, devices: groupDevices(made.log.state) }
      change(made)
      assert.deepEqual(afterLostEpoch(sealed, made.log.state), { kind: 'anew' })
    }
  })

  it('of a removal keeps who is to be removed from the secret', () => {
    const { log, alice, bob, carol } = team()
    const devices = groupDevices(log.state).filter(({ username }) => username === 'alice')
    const sealed = { headSequence: log.state.head.sequence, devices }
    log.append(carol, { kind: 'join', accountRecord: carol.record })
    assert.deepEqual(afterLostEpoch(sealed, log.state, ['bob']), { kind: 'seal-to', devices: groupDevices(log.state).filter(({ username }) => username === 'carol') })
    log.append(bob, epoch())
    assert.deepEqual(afterLostEpoch(sealed, log.state, ['bob']), { kind: 'discard' })
    log.append(alice, remove('bob'))
    assert.deepEqual(afterLostEpoch(sealed, log.state, ['bob']), { kind: 'anew' })
  })
})

describe('the head of a group', () => {
  it('is the same only with the same sequence and hash', () => {
    const [a, b] = [random.bytes(32), random.bytes(32)]
    assert.equal(sameHead({ sequence: 3, hash: a }, { sequence: 3, hash: a.slice() }), true)
    assert.equal(sameHead({ sequence: 3, hash: a }, { sequence: 3, hash: b }), false)
    assert.equal(sameHead({ sequence: 3, hash: a }, { sequence: 4, hash: a }), false)
  })
})
