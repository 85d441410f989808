import assert from 'node:assert/strict'
import { applyEntry, assertMaySend, checkpointOf, groupAdmins, groupDevices, isCheckpointDue, isGroupDevice, maxBarred, maxGroupMembers, minCheckpointEntries, type GroupAction } from '../../../src/records/group/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { throwsCode } from '../../node/support.js'
import { Log, Person } from './support.js'

const random = new SeededRandom('group fold')
const person = (name: string, devices = 1): Person => new Person(name, random, devices)
const remove = (...usernames: string[]): GroupAction => ({ kind: 'remove', usernames, lastSeen: [], commitment: undefined })
const join = (who: Person): GroupAction => ({ kind: 'join', accountRecord: who.record })
const add = (...who: Person[]): GroupAction => ({ kind: 'add', accountRecords: who.map(({ record }) => record) })
const promote = (username: string): GroupAction => ({ kind: 'promote', username })
const demote = (username: string): GroupAction => ({ kind: 'demote', username })
const epoch = (): GroupAction => ({ kind: 'epoch', commitment: random.bytes(32) })
const deviceChange = (who: Person): GroupAction => ({ kind: 'device-change', accountRecord: who.record, lastSeen: [] })

/** alice founded it, bob joined. */
function team (options: { inviteOnly?: boolean } = {}): { log: Log, alice: Person, bob: Person, carol: Person } {
  const [alice, bob, carol] = [person('alice', 2), person('bob'), person('carol')]
  const log = new Log(alice.found('team', options))
  log.append(alice, add(bob))
  return { log, alice, bob, carol }
}

/** Refused, with nothing changed. */
function refused (log: Log, by: Person, action: GroupAction, code: Parameters<typeof throwsCode>[1], device = by.device): string {
  const [state, length] = [log.state, log.entries.length]
  const error = throwsCode(() => log.append(by, action, device), code)
  assert.equal(log.state, state)
  assert.equal(log.entries.length, length)
  return error.message
}

describe('the rules of a group', () => {
  it('begin with its founder as the only member and admin, in epoch 1', () => {
    const alice = person('alice', 2)
    const commitment = random.bytes(32)
    const found = alice.found('team', { commitment })
    const { state } = new Log(found)
    assert.deepEqual(state.groupId, found.hash)
    assert.deepEqual(state.head, { sequence: 1, hash: found.hash })
    assert.deepEqual(groupAdmins(state), ['alice'])
    assert.deepEqual(groupDevices(state).map(({ deviceKey }) => deviceKey), alice.devices.map(({ publicKey }) => publicKey))
    assert.deepEqual(state.epoch, { number: 1, madeBy: state.head, commitment, freshSequence: 1, dueHash: undefined })
  })

  it('let two groups of one founder with one name have different ids', () => {
    const alice = person('alice')
    assert.notDeepEqual(alice.found('team').hash, alice.found('team').hash)
  })

  it('let nothing but a found entry begin a group, and let that begin it once', () => {
    const { log, alice } = team()
    throwsCode(() => new Log(log.entries[1]!), 'ERR_CONFLICT')
    throwsCode(() => applyEntry(log.state, log.entries[0]!.signed), 'ERR_CONFLICT')
    refused(log, alice, { kind: 'found', name: 'team', inviteOnly: false, unlisted: false, accountRecord: alice.record, commitment: random.bytes(32) }, 'ERR_INVALID_RECORD')
  })

  it('let anyone join an open group once, with all of their devices', () => {
    const { log } = team()
    const carol = person('carol', 3)
    log.append(carol, join(carol), carol.devices[2])
    assert.equal(log.state.members.get('carol')?.admin, false)
    assert.equal(log.state.members.get('carol')?.sinceSequence, 3)
    for (const { publicKey } of carol.devices) assert.ok(isGroupDevice(log.state, 'carol', publicKey))
    assert.match(refused(log, carol, join(carol), 'ERR_USAGE'), /carol is a member already/)
  })

  it('let nobody join an invite-only group, and admins add', () => {
    const { log, alice, carol } = team({ inviteOnly: true })
    assert.match(refused(log, carol, join(carol), 'ERR_NOT_PERMITTED'), /invite-only/)
    log.append(alice, add(carol))
    assert.ok(log.state.members.has('carol'))
    log.append(alice, { kind: 'policy', inviteOnly: false, unlisted: true })
    assert.equal(log.state.unlisted, true)
    const dave = person('dave')
    log.append(dave, join(dave))
  })

  it('let an admin add several as one change with one key, all of them or none', () => {
    const { log, alice, bob, carol } = team()
    const [dave, erin] = [person('dave'), person('erin', 2)]
    log.append(alice, remove('bob'))
    log.append(alice, epoch())
    const { number } = log.state.epoch
    refused(log, alice, add(alice, dave), 'ERR_INVALID_RECORD')
    log.append(alice, add(bob, carol, dave))
    assert.deepEqual([...log.state.members.keys()].sort(), ['alice', 'bob', 'carol', 'dave'])
    assert.equal(log.state.epoch.number, number + 1)
    assert.deepEqual(log.state.barred, [])
    assert.equal(log.state.members.get('dave')?.sinceSequence, log.state.head.sequence)
    assert.match(refused(log, alice, add(carol, erin), 'ERR_USAGE'), /carol is a member already/)
  })

  it('tell everyone else that only an admin can add or remove members', () => {
    const { log, bob, carol } = team()
    assert.equal(refused(log, bob, add(carol), 'ERR_NOT_PERMITTED'), 'Only an admin can add or remove members.')
    assert.equal(refused(log, bob, remove('alice'), 'ERR_NOT_PERMITTED'), 'Only an admin can add or remove members.')
  })

  it('keep everything else of admins from members, and everything from strangers', () => {
    const { log, bob, carol } = team()
    const actions: GroupAction[] = [promote('bob'), demote('alice'), { kind: 'rename', name: 'crew' }, { kind: 'policy', inviteOnly: true, unlisted: false }, checkpointOf(log.state)]
    for (const action of actions) {
      refused(log, bob, action, 'ERR_NOT_PERMITTED')
      refused(log, carol, action, 'ERR_NOT_PERMITTED')
    }
    for (const action of [add(person('dave')), remove('bob'), epoch(), { kind: 'leave' } as const, deviceChange(carol)]) refused(log, carol, action, 'ERR_NOT_PERMITTED')
  })

  it('add nobody twice, oneself neither', () => {
    const { log, alice, bob } = team()
    assert.match(refused(log, alice, add(bob), 'ERR_USAGE'), /bob is a member already/)
    refused(log, alice, add(alice), 'ERR_INVALID_RECORD')
    refused(log, alice, join(alice), 'ERR_USAGE')
    const impostor = person('bob')
    refused(log, alice, add(impostor), 'ERR_USAGE')
  })

  it('remove nobody who is not there, and oneself only by leaving', () => {
    const { log, alice } = team()
    refused(log, alice, remove('carol'), 'ERR_NOT_FOUND')
    refused(log, alice, remove('bob', 'carol'), 'ERR_NOT_FOUND')
    refused(log, alice, remove('alice'), 'ERR_USAGE')
    refused(log, alice, promote('carol'), 'ERR_NOT_FOUND')
    refused(log, alice, demote('carol'), 'ERR_NOT_FOUND')
    refused(log, alice, promote('alice'), 'ERR_USAGE')
    refused(log, alice, demote('bob'), 'ERR_USAGE')
  })

  it('have the last admin name another one before leaving or stepping down', () => {
    const { log, alice, bob } = team()
    assert.match(refused(log, alice, { kind: 'leave' }, 'ERR_NOT_PERMITTED'), /only admin/)
    refused(log, alice, demote('alice'), 'ERR_NOT_PERMITTED')
    log.append(alice, promote('bob'))
    log.append(alice, demote('alice'))
    log.append(alice, { kind: 'leave' })
    assert.deepEqual(groupAdmins(log.state), ['bob'])
    log.append(bob, { kind: 'leave' })
    assert.equal(log.state.members.size, 0)
  })

  it('end a group with its last member', () => {
    const alice = person('alice')
    const log = new Log(alice.found('team'))
    log.append(alice, { kind: 'leave' })
    refused(log, alice, join(alice), 'ERR_NOT_FOUND')
  })

  it('keep removed and departed members from saying anything more', () => {
    const { log, alice, bob, carol } = team()
    log.append(carol, join(carol))
    log.append(alice, promote('bob'))
    log.append(alice, remove('bob'))
    log.append(carol, { kind: 'leave' })
    for (const gone of [bob, carol]) {
      for (const action of [epoch(), remove('alice'), { kind: 'leave' } as const, deviceChange(gone)]) refused(log, gone, action, 'ERR_NOT_PERMITTED')
    }
  })

  it('let who was removed come back only when an admin adds them, and who left on their own', () => {
    const { log, alice, bob, carol } = team()
    log.append(carol, join(carol))
    log.append(alice, remove('bob'))
    log.append(carol, { kind: 'leave' })
    assert.match(refused(log, bob, join(bob), 'ERR_NOT_PERMITTED'), /An admin removed you/)
    log.append(carol, join(carol))
    log.append(alice, add(bob))
    assert.deepEqual(log.state.barred, [])
    log.append(bob, { kind: 'leave' })
    log.append(bob, join(bob))
  })

  it('give one of two admins that remove each other the group, whichever is first', () => {
    for (const first of [0, 1]) {
      const { log, alice, bob } = team()
      log.append(alice, promote('bob'))
      const [winner, loser] = first === 0 ? [alice, bob] : [bob, alice]
      const lost = loser.entry(log.state.head, remove(winner.username))
      log.append(winner, remove(loser.username))
      throwsCode(() => applyEntry(log.state, lost.signed), 'ERR_CONFLICT')
      refused(log, loser, remove(winner.username), 'ERR_NOT_PERMITTED')
      assert.deepEqual(groupAdmins(log.state), [winner.username])
    }
  })

  it('are full at their limit', () => {
    const alice = person('alice')
    const log = new Log(alice.found('team'))
    const members = new Map(log.state.members)
    for (let i = 1; i < maxGroupMembers - 1; i++) members.set(`user${i}`, log.state.members.get('alice')!)
    log.state = { ...log.state, members }
    const [bob, carol] = [person('bob'), person('carol')]
    log.append(bob, join(bob))
    assert.equal(log.state.members.size, maxGroupMembers)
    assert.match(refused(log, carol, join(carol), 'ERR_LIMIT'), /1000 members.*limit maxGroupMembers/)
    refused(log, alice, add(carol), 'ERR_LIMIT')
    log.append(alice, remove('bob'))
    refused(log, alice, add(carol, person('dave')), 'ERR_LIMIT')
    log.append(carol, join(carol))
  })

  it('forget the longest barred when too many were removed', () => {
    const { log, alice, bob } = team()
    log.append(alice, remove('bob'))
    log.state = { ...log.state, barred: [...log.state.barred, ...Array.from({ length: maxBarred - 1 }, () => random.bytes(16))] }
    refused(log, bob, join(bob), 'ERR_NOT_PERMITTED')
    const carol = person('carol')
    log.append(carol, join(carol))
    log.append(alice, remove('carol'))
    assert.equal(log.state.barred.length, maxBarred)
    refused(log, carol, join(carol), 'ERR_NOT_PERMITTED')
    log.append(bob, join(bob))
  })
})

describe('the devices of a member', () => {
  it('are those of the newest record in the log, and no others can speak', () => {
    const { log, bob } = team()
    const [old, next] = [bob.device, bob.newDevice()]
    refused(log, bob, epoch(), 'ERR_NOT_PERMITTED', next)
    bob.setDevices([next])
    log.append(bob, deviceChange(bob), next)
    assert.deepEqual(log.state.members.get('bob')?.accountRecord, bob.record)
    refused(log, bob, epoch(), 'ERR_NOT_PERMITTED', old)
    log.append(bob, epoch(), next)
  })

  it('keep what the member was', () => {
    const { log, alice } = team()
    log.append(alice.setDevices([alice.device]), deviceChange(alice))
    assert.equal(log.state.members.get('alice')?.admin, true)
    assert.equal(log.state.members.get('alice')?.sinceSequence, 1)
  })

  it('change with a device of the new record only, and by the member alone', () => {
    const { log, alice, bob } = team()
    const old = bob.device
    bob.setDevices([bob.newDevice()])
    refused(log, bob, deviceChange(bob), 'ERR_INVALID_RECORD', old)
    refused(log, alice, deviceChange(bob), 'ERR_INVALID_RECORD')
  })

  it('never go back, nor to a record of another key, nor to one that is not linked', () => {
    const { log, bob } = team()
    const [first, device] = [bob.record, bob.device]
    log.append(bob.setDevices([device, bob.newDevice()]), deviceChange(bob))
    refused(log, bob, deviceChange(bob), 'ERR_INVALID_RECORD')
    refused(log, bob, { kind: 'device-change', accountRecord: first, lastSeen: [] }, 'ERR_INVALID_RECORD')
    const impostor = person('bob')
    for (let i = 0; i < 5; i++) impostor.setDevices([device])
    refused(log, impostor, deviceChange(impostor), 'ERR_INVALID_RECORD', device)
    const forked = person('bob')
    Object.assign(forked, { account: bob.account })
    forked.setDevices([device]).setDevices([device])
    assert.equal(forked.record.version, bob.record.version + 1)
    refused(log, bob, deviceChange(forked), 'ERR_INVALID_RECORD')
  })

  it('may skip versions that the group never saw', () => {
    const { log, bob } = team()
    bob.setDevices([bob.device, bob.newDevice()]).setDevices([bob.device]).setDevices([bob.device, bob.newDevice()])
    log.append(bob, deviceChange(bob))
    assert.equal(log.state.members.get('bob')?.accountRecord.version, 4)
  })
})

describe('the epochs of a group', () => {
  it('follow from the one before after a join, an addition and a new device', () => {
    const { log, bob, carol } = team()
    assert.equal(log.state.epoch.number, 2)
    log.append(carol, join(carol))
    assert.deepEqual(log.state.epoch, { number: 3, madeBy: log.state.head, commitment: undefined, freshSequence: 1, dueHash: undefined })
    log.append(bob.setDevices([bob.device, bob.newDevice()]), deviceChange(bob))
    assert.deepEqual(log.state.epoch, { number: 4, madeBy: log.state.head, commitment: undefined, freshSequence: 1, dueHash: undefined })
  })

  it('stay as they are when nothing changes of who can read', () => {
    const { log, alice, bob } = team()
    const { epoch } = log.state
    log.append(bob.setDevices([...bob.devices]), deviceChange(bob))
    for (const action of [promote('bob'), demote('bob'), { kind: 'rename', name: 'crew' } as const, { kind: 'policy', inviteOnly: true, unlisted: true } as const]) log.append(alice, action)
    log.append(alice, checkpointOf(log.state))
    assert.equal(log.state.epoch, epoch)
  })

  it('need a fresh secret after a leave, a lost device, an exchanged identity key, and a removal without one', () => {
    const changes: Array<(team: ReturnType<typeof team0>) => void> = [
      ({ log, bob }) => { log.append(bob, { kind: 'leave' }) },
      ({ log, alice }) => { log.append(alice.setDevices([alice.devices[1]!]), deviceChange(alice)) },
      ({ log, alice }) => { log.append(alice.setDevices(alice.devices.map((device) => ({ ...device, identityKey: random.bytes(32) }))), deviceChange(alice)) },
      ({ log, alice }) => { log.append(alice, remove('bob')) }
    ]
    for (const change of changes) {
      const team = team0()
      const { log, alice, carol } = team
      change(team)
      const due = log.state.head.hash
      assert.deepEqual(log.state.epoch, { ...team.before, dueHash: due })
      const sender = { username: 'alice', deviceKey: alice.device.publicKey, epoch: 2 }
      throwsCode(() => { assertMaySend(log.state, sender) }, 'ERR_NOT_PERMITTED')
      log.append(carol, join(carol))
      assert.deepEqual(log.state.epoch, { ...team.before, dueHash: due }, 'a newcomer waits for the fresh one')
      const commitment = random.bytes(32)
      log.append(carol, { kind: 'epoch', commitment })
      assert.deepEqual(log.state.epoch, { number: 3, madeBy: log.state.head, commitment, freshSequence: log.state.head.sequence, dueHash: undefined })
      assertMaySend(log.state, { ...sender, epoch: 3 })
      throwsCode(() => { assertMaySend(log.state, sender) }, 'ERR_NOT_PERMITTED')
    }

    function team0 (): ReturnType<typeof team> & { before: Log['state']['epoch'] } {
      const made = team()
      return { ...made, before: made.log.state.epoch }
    }
  })

  it('change with the removal when it carries the commitment', () => {
    const { log, alice } = team()
    const commitment = random.bytes(32)
    log.append(alice, { kind: 'remove', usernames: ['bob'], lastSeen: [], commitment })
    assert.deepEqual(log.state.epoch, { number: 3, madeBy: log.state.head, commitment, freshSequence: 3, dueHash: undefined })
  })

  it('may be made anew by any member at any time', () => {
    const { log, bob } = team()
    log.append(bob, epoch())
    log.append(bob, epoch())
    assert.equal(log.state.epoch.number, 4)
  })
})

describe('what was last seen of a removed device', () => {
  it('is taken for devices that go, in epochs that were', () => {
    const { log, alice, bob } = team()
    const seen = { username: 'bob', deviceKey: bob.device.publicKey, epoch: 2, counter: 5 }
    const bad = [{ ...seen, epoch: 0 }, { ...seen, epoch: 3 }, { ...seen, deviceKey: random.bytes(32) }, { ...seen, username: 'alice', deviceKey: alice.device.publicKey }]
    for (const lastSeen of bad) refused(log, alice, { kind: 'remove', usernames: ['bob'], lastSeen: [lastSeen], commitment: undefined }, 'ERR_INVALID_RECORD')
    log.append(alice, { kind: 'remove', usernames: ['bob'], lastSeen: [seen], commitment: undefined })
  })

  it('of a device change is of the devices that the new record leaves out', () => {
    const { log, alice } = team()
    const [kept, gone] = alice.devices as [Person['device'], Person['device']]
    alice.setDevices([kept])
    const seen = { username: 'alice', deviceKey: gone.publicKey, epoch: 1, counter: 0 }
    for (const lastSeen of [{ ...seen, deviceKey: kept.publicKey }, { ...seen, username: 'bob' }]) {
      refused(log, alice, { kind: 'device-change', accountRecord: alice.record, lastSeen: [lastSeen] }, 'ERR_INVALID_RECORD')
    }
    log.append(alice, { kind: 'device-change', accountRecord: alice.record, lastSeen: [seen] })
  })
})

describe('checkpoints', () => {
  it('are taken when they say what the log says, and refused when an admin lies', () => {
    const { log, alice, carol } = team()
    const old = checkpointOf(log.state)
    log.append(carol, join(carol))
    refused(log, alice, old, 'ERR_INVALID_RECORD')
    refused(log, alice, checkpointOf({ ...log.state, inviteOnly: true }), 'ERR_INVALID_RECORD')
    log.append(alice, checkpointOf(log.state))
    assert.equal(log.state.checkpointSequence, log.state.head.sequence)
  })

  it('are due after enough entries, more of them in a large group', () => {
    const { log, bob } = team()
    while (log.state.head.sequence < minCheckpointEntries) {
      assert.equal(isCheckpointDue(log.state), false)
      log.append(bob, epoch())
    }
    assert.equal(isCheckpointDue(log.state), true)
    const members = new Map(Array.from({ length: 100 }, (_, i) => [`user${i}`, log.state.members.get('bob')!]))
    assert.equal(isCheckpointDue({ ...log.state, members }), false)
  })
})
