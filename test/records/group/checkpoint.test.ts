import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { GroupState as WireState } from '../../../src/protocol/pb/group.js'
import { maxDevices, maxLabelBytes } from '../../../src/protocol/limits.js'
import {
  checkpointOf, decodeGroupState, encodeGroupState, foldEntry, isCheckpointDue, maxBarred, maxGroupMembers, maxGroupStateBytes, maxSignedAccountRecordBytes,
  minCheckpointEntries, readStoredGroupState, startFromCheckpoint, type GroupMember
} from '../../../src/records/group/index.js'
import { makeAccountRecord } from '../../../src/records/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { flipBit, throwsCode } from '../../node/support.js'
import { exampleLog, foldAll, Log, Person } from './support.js'

const random = new SeededRandom('group checkpoint')

describe('the state of a group', () => {
  it('has one encoding, and comes back from it, wherever in the log', () => {
    const { log } = exampleLog(random)
    for (let length = 1; length <= log.entries.length; length++) {
      const state = foldAll(log.entries.slice(0, length))
      const bytes = encodeGroupState(state)
      assert.deepEqual(encodeGroupState(decodeGroupState(bytes)), bytes)
      for (const decoded of [decodeGroupState(bytes), readStoredGroupState(bytes)]) {
        assert.deepEqual({ ...decoded, members: new Map([...decoded.members].sort()) }, { ...state, members: new Map([...state.members].sort()) })
      }
    }
  })

  it('is refused with more after it, too long, or with fields that cannot be', () => {
    const { log } = exampleLog(random)
    const good = encodeGroupState(log.state)
    throwsCode(() => decodeGroupState(Uint8Array.from([...good, 0x7a, 0])), 'ERR_INVALID_RECORD')
    throwsCode(() => decodeGroupState(new Uint8Array(maxGroupStateBytes + 1)), 'ERR_LIMIT')
    const wire = WireState.decode(good)
    const [first, second] = wire.members as [WireState['members'][0], WireState['members'][0]]
    const epoch = wire.epoch!
    const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length)
    const bad: Array<Partial<WireState>> = [
      { groupId: bytes(31) }, { headHash: bytes(0) }, { sequence: 0n }, { sequence: 1n << 60n }, { name: '42' }, { epoch: undefined }, { barred: [bytes(15)] },
      { barred: Array.from({ length: maxBarred + 1 }, () => bytes(16)) }, { members: [second, first] }, { members: [first, first] }, { checkpointSequence: wire.sequence + 1n },
      { members: [{ ...first, admin: false }, { ...second, admin: false }] }, { members: [first, { ...second, sinceSequence: 0n }] }, { members: [first, { ...second, sinceSequence: wire.sequence + 1n }] },
      { epoch: { ...epoch, number: 0n } }, { epoch: { ...epoch, number: epoch.madeSequence + 1n } }, { epoch: { ...epoch, madeSequence: wire.sequence + 1n } }, { epoch: { ...epoch, madeHash: bytes(31) } },
      { epoch: { ...epoch, freshSequence: epoch.madeSequence } }, { epoch: { ...epoch, freshSequence: 0n } }, { epoch: { ...epoch, commitment: bytes(32) } }, { epoch: { ...epoch, dueHash: bytes(16) } }
    ]
    for (const changed of bad) throwsCode(() => decodeGroupState(encode(WireState, { ...wire, ...changed })), 'ERR_INVALID_RECORD')
  })

  it('stays within its limit with as many and as large members as there may be', () => {
    const { log } = exampleLog(random)
    const alice = new Person('a'.repeat(32), random, maxDevices)
    const keys = alice.record.devices.map((device) => ({ ...device, addedAtMs: Number.MAX_SAFE_INTEGER, label: 'x'.repeat(maxLabelBytes) }))
    const largest = makeAccountRecord(alice.account, { username: alice.username, version: Number.MAX_SAFE_INTEGER, previousHash: random.bytes(32), devices: keys, createdAtMs: Number.MAX_SAFE_INTEGER, unlisted: true })
    const member: GroupMember = { accountRecord: { ...largest, signed: new Uint8Array(maxSignedAccountRecordBytes) }, admin: true, sinceSequence: Number.MAX_SAFE_INTEGER }
    const members = new Map(Array.from({ length: maxGroupMembers }, (_, i) => [`user${i}`, member]))
    const far = { sequence: Number.MAX_SAFE_INTEGER, hash: random.bytes(32) }
    const epoch = { number: Number.MAX_SAFE_INTEGER, madeBy: far, commitment: random.bytes(32), freshSequence: far.sequence, dueHash: random.bytes(32) }
    const barred = Array.from({ length: maxBarred }, () => random.bytes(16))
    const state = { ...log.state, head: far, name: 'n'.repeat(32), inviteOnly: true, unlisted: true, epoch, members, barred, checkpointSequence: far.sequence }
    const size = encodeGroupState(state).byteLength
    assert.ok(largest.signed.byteLength <= maxSignedAccountRecordBytes && size <= maxGroupStateBytes && size > maxGroupStateBytes * 0.95, `${size} of ${maxGroupStateBytes}`)
  })
})

describe('a newcomer with a checkpoint', () => {
  const { log, people } = exampleLog(random)
  const state = encodeGroupState(log.state)
  const checkpoint = log.append(people.alice, checkpointOf(log.state))

  it('begins where the walk from the found entry ends, and knows whom it trusts', () => {
    const start = startFromCheckpoint(log.state.groupId, checkpoint.signed, state)
    assert.equal(start.admin, 'alice')
    assert.deepEqual(start.adminAccountKey, people.alice.account.publicKey)
    assert.deepEqual(encodeGroupState(start.state), encodeGroupState(foldAll(log.entries)))
    const bob = new Person('bert', random)
    const more = new Log(log.entries[0]!)
    more.state = start.state
    log.append(people.alice, { kind: 'add', accountRecords: [bob.record] })
    more.append(people.alice, { kind: 'add', accountRecords: [bob.record] })
    assert.deepEqual(encodeGroupState(more.state), encodeGroupState(log.state))
  })

  it('takes no bit of the state on trust', () => {
    for (let bit = 0; bit < state.byteLength * 8; bit++) {
      throwsCode(() => startFromCheckpoint(log.state.groupId, checkpoint.signed, flipBit(state, bit)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_CONFLICT', 'ERR_NOT_PERMITTED', 'ERR_LIMIT')
    }
  })

  it('takes no part of the state for the whole', () => {
    for (let length = 0; length < state.byteLength; length++) {
      throwsCode(() => startFromCheckpoint(log.state.groupId, checkpoint.signed, state.slice(0, length)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_CONFLICT', 'ERR_NOT_PERMITTED', 'ERR_NOT_FOUND')
    }
  })

  it('takes nothing but a checkpoint of that group, of that state, by an admin of it', () => {
    const { alice, dave } = people
    throwsCode(() => startFromCheckpoint(random.bytes(32), checkpoint.signed, state), 'ERR_INVALID_RECORD')
    throwsCode(() => startFromCheckpoint(log.state.groupId, log.entries[3]!.signed, state), 'ERR_INVALID_RECORD')
    const before = decodeGroupState(state)
    throwsCode(() => startFromCheckpoint(log.state.groupId, dave.entry(before.head, checkpointOf(before)).signed, state), 'ERR_NOT_PERMITTED')
    throwsCode(() => startFromCheckpoint(log.state.groupId, alice.entry({ ...before.head, hash: random.bytes(32) }, checkpointOf(before)).signed, state), 'ERR_CONFLICT')
    throwsCode(() => startFromCheckpoint(log.state.groupId, alice.entry({ ...before.head, sequence: 1 }, checkpointOf(before)).signed, state), 'ERR_CONFLICT')
    throwsCode(() => startFromCheckpoint(log.state.groupId, alice.entry(before.head, { kind: 'checkpoint', stateHash: random.bytes(32) }).signed, state), 'ERR_INVALID_RECORD')
    throwsCode(() => startFromCheckpoint(log.state.groupId, alice.entry(before.head, { kind: 'leave' }).signed, state), 'ERR_INVALID_RECORD')
  })

  it('reads less than 64 KiB of a group of 50 with 5,000 past changes, however many came after the checkpoint', function () {
    this.timeout(120_000)
    const crowd = Array.from({ length: 400 }, (_, i) => new Person(`member-${i}`, random, 1 + i % 3))
    const founder = crowd[0]!
    let last = founder.found('crowd')
    let now = foldEntry(undefined, last)
    const step = (by: Person, action: Parameters<Person['entry']>[1]): number => {
      last = by.entry(now.head, action)
      now = foldEntry(now, last)
      return last.signed.byteLength
    }
    const outside = crowd.slice(1)
    const inside: Person[] = []
    let read = 0
    let largest = 0
    for (let change = 0; change < 5_000 + minCheckpointEntries; change++) {
      if (isCheckpointDue(now)) {
        const snapshot = encodeGroupState(now).byteLength
        read = snapshot + step(founder, checkpointOf(now))
        if (inside.length >= 40) largest = Math.max(largest, read)
      }
      const next = outside.shift()!
      if (inside.length < 49) {
        read += now.barred.length > 0 ? step(founder, { kind: 'add', accountRecords: [next.record] }) : step(next, { kind: 'join', accountRecord: next.record })
        inside.push(next)
      } else {
        outside.unshift(next)
        const gone = inside.splice(random.between(0, inside.length - 1), 1)[0]!
        read += random.chance(0.5)
          ? step(gone, { kind: 'leave' })
          : step(founder, { kind: 'remove', usernames: [gone.username], lastSeen: gone.devices.map(({ publicKey }) => ({ username: gone.username, deviceKey: publicKey, epoch: 1, counter: 9 })), commitment: random.bytes(32) })
        outside.push(gone)
      }
      if (now.checkpointSequence > 0) largest = Math.max(largest, read)
    }
    assert.ok(now.head.sequence > 5_000 && inside.length >= 48 && now.barred.length > 100)
    assert.ok(largest < 65_536, `${largest} bytes`)
    assert.ok(largest > 10_000, 'the figure is one of the real thing')
  })
})
