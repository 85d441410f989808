import assert from 'node:assert/strict'
import { recordHash } from '../../../src/crypto/signed-record.js'
import { encode } from '../../../src/protocol/codec.js'
import { maxAccountRecordBytes } from '../../../src/protocol/limits.js'
import { SignedRecord } from '../../../src/protocol/pb/account.js'
import { GroupEntry } from '../../../src/protocol/pb/group.js'
import { applyEntry, isGroupName, maxAddedAtOnce, maxAddedBytes, maxGroupEntryBytes, maxRemovedAtOnce, parseGroupName, verifyGroupEntry, type GroupAction } from '../../../src/records/group/index.js'
import { sealRecord } from '../../../src/records/signed.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { flipBit, throwsCode } from '../../node/support.js'
import { exampleLog, foldAll, Log, Person } from './support.js'

const random = new SeededRandom('group entry')
const { log, people } = exampleLog(random)
const entries = log.entries
const wireOf = (signed: Uint8Array): GroupEntry => GroupEntry.decode(SignedRecord.decode(signed).payload)

/** Signed by the right device, whatever its fields are. */
function signedAnyway (i: number, by: Person, changed: Partial<GroupEntry>): Uint8Array {
  return sealRecord('p2pchat/1 group-entry', by.device.seed, encode(GroupEntry, { ...wireOf(entries[i]!.signed), ...changed }))
}

describe('the entries of a group', () => {
  it('come back with every field, their hash and the bytes they came in', () => {
    for (const entry of entries) {
      assert.deepEqual(verifyGroupEntry(entry.signed), entry)
      assert.deepEqual(entry.hash, recordHash(SignedRecord.decode(entry.signed).payload))
    }
    assert.deepEqual(new Set(entries.map(({ action }) => action.kind)).size, 12, 'every kind is among them')
    assert.deepEqual(foldAll(entries), log.state)
  })

  for (const [i, entry] of entries.entries()) {
    it(`are refused with any bit changed: ${i + 1}, ${entry.action.kind}`, () => {
      const before = i === 0 ? undefined : foldAll(entries.slice(0, i))
      for (let bit = 0; bit < entry.signed.byteLength * 8; bit++) {
        throwsCode(() => applyEntry(before, flipBit(entry.signed, bit)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT', 'ERR_UNSUPPORTED')
      }
    })
  }

  it('are refused when cut or lengthened anywhere', () => {
    for (const { signed } of entries) {
      for (let length = 0; length < signed.byteLength; length++) throwsCode(() => verifyGroupEntry(signed.slice(0, length)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE')
      throwsCode(() => verifyGroupEntry(Uint8Array.from([...signed, 0x1a, 0])), 'ERR_INVALID_RECORD')
    }
  })

  it('are refused in any order but their own, and with one missing or twice', () => {
    for (let i = 0; i < entries.length; i++) {
      if (i < entries.length - 1) throwsCode(() => foldAll(entries.filter((_, at) => at !== i)), 'ERR_CONFLICT')
      throwsCode(() => foldAll(entries.flatMap((entry, at) => at === i ? [entry, entry] : [entry])), 'ERR_CONFLICT')
      for (let j = i + 1; j < entries.length; j++) {
        const swapped = [...entries]
        swapped[i] = entries[j]!
        swapped[j] = entries[i]!
        throwsCode(() => foldAll(swapped), 'ERR_CONFLICT')
      }
    }
  })

  it('of another group are refused, though the same people made them', () => {
    const { alice, bob } = people
    const other = new Log(alice.found('team'))
    other.append(bob, { kind: 'join', accountRecord: bob.record })
    for (const { action } of entries.slice(2, 6)) if (action.kind === 'promote' || action.kind === 'policy') other.append(alice, action)
    for (const [i, foreign] of other.entries.entries()) {
      throwsCode(() => foldAll([...entries.slice(0, i), foreign, ...entries.slice(i + (i === 0 ? 0 : 1))]), 'ERR_CONFLICT')
    }
  })

  it('are refused unsigned, and under the signature of another device, account or purpose', () => {
    const { alice, bob } = people
    const [first, second] = entries as [Log['entries'][0], Log['entries'][0]]
    const state = foldAll([first])
    const { payload } = SignedRecord.decode(second.signed)
    applyEntry(state, second.signed)
    for (const signature of [new Uint8Array(0), new Uint8Array(64)]) {
      throwsCode(() => applyEntry(state, encode(SignedRecord, { payload, signature })), 'ERR_INVALID_SIGNATURE')
    }
    for (const seed of [alice.device.seed, bob.account.seed, random.bytes(32)]) {
      throwsCode(() => applyEntry(state, sealRecord('p2pchat/1 group-entry', seed, payload)), 'ERR_INVALID_SIGNATURE')
    }
    throwsCode(() => applyEntry(state, sealRecord('p2pchat/1 group-message', bob.device.seed, payload)), 'ERR_INVALID_SIGNATURE')
  })

  it('are not taken from a device that speaks in the name of someone else', () => {
    const { bob } = people
    const state = foldAll(entries.slice(0, 3))
    throwsCode(() => applyEntry(state, signedAnyway(3, bob, { authorDevice: bob.device.publicKey as Uint8Array<ArrayBuffer> })), 'ERR_NOT_PERMITTED')
  })

  it('carry account records that are verified, of who brings them', () => {
    const { alice, bob } = people
    const state = foldAll(entries.slice(0, 1))
    const record = bob.record.signed
    for (let bit = 0; bit < record.byteLength * 8; bit += 7) {
      throwsCode(() => applyEntry(state, signedAnyway(1, bob, { join: { accountRecord: flipBit(record, bit) as Uint8Array<ArrayBuffer> } })), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT')
    }
    throwsCode(() => applyEntry(state, signedAnyway(1, bob, { join: { accountRecord: alice.record.signed as Uint8Array<ArrayBuffer> } })), 'ERR_INVALID_RECORD')
    throwsCode(() => applyEntry(state, signedAnyway(1, bob, { author: 'bobby' })), 'ERR_INVALID_RECORD')
  })

  it('with impossible fields are refused, whoever signed them', () => {
    const { alice, bob } = people
    const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length)
    const found = wireOf(entries[0]!.signed).found!
    const bad: Array<Partial<GroupEntry>> = [
      { sequence: 0n }, { sequence: 2n }, { sequence: 1n << 60n, previousHash: bytes(32) }, { previousHash: bytes(32) }, { previousHash: bytes(31) },
      { author: 'Alice' }, { author: '' }, { createdAtMs: 1n << 60n }, { found: undefined }, { leave: {} }, { found: undefined, leave: {} },
      { found: { ...found, name: '123' } }, { found: { ...found, name: 'Team' } }, { found: { ...found, commitment: bytes(31) } },
      { found: { ...found, accountRecord: bytes(0) } }, { found: { ...found, accountRecord: bob.record.signed as Uint8Array<ArrayBuffer> } }
    ]
    for (const changed of bad) throwsCode(() => applyEntry(undefined, signedAnyway(0, alice, changed)), 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE')
    const removal = entries.findIndex(({ action }) => action.kind === 'remove')
    const remove = wireOf(entries[removal]!.signed).remove!
    const seen = remove.lastSeen[0]!
    const badRemovals: Array<Partial<typeof remove>> = [
      { usernames: [] }, { usernames: ['carol', 'carol'] }, { usernames: ['dave', 'carol'] }, { usernames: ['Carol'] }, { commitment: bytes(33) },
      { usernames: Array.from({ length: maxRemovedAtOnce + 1 }, (_, i) => `user${i + 10}`) },
      { lastSeen: [seen, seen] }, { lastSeen: [{ ...seen, deviceKey: bytes(31) }] }, { lastSeen: [{ ...seen, username: '' }] }, { lastSeen: [{ ...seen, epoch: 1n << 60n }] }
    ]
    const addition = entries.findIndex(({ action }) => action.kind === 'add')
    const [carol] = wireOf(entries[addition]!.signed).add!.accountRecords as [Uint8Array<ArrayBuffer>]
    const others = Array.from({ length: maxAddedAtOnce }, (_, i) => new Person(`user${i + 10}`, random).record.signed as Uint8Array<ArrayBuffer>)
    const badAdditions: Array<Array<Uint8Array<ArrayBuffer>>> = [[], [carol, carol], [others[0]!, carol], [carol, ...others], [carol, bytes(40)]]
    for (const accountRecords of badAdditions) throwsCode(() => verifyGroupEntry(signedAnyway(addition, alice, { add: { accountRecords } })), 'ERR_INVALID_RECORD')
    verifyGroupEntry(signedAnyway(addition, alice, { add: { accountRecords: [carol, ...others.slice(1)] } }))
    for (const changed of badRemovals) throwsCode(() => verifyGroupEntry(signedAnyway(removal, alice, { remove: { ...remove, ...changed } })), 'ERR_INVALID_RECORD')
  })

  it('have one encoding, and none that says more than is understood', () => {
    const { alice } = people
    const { payload } = SignedRecord.decode(entries[0]!.signed)
    const more = Uint8Array.from([...payload, 0xfa, 0x01, 0])
    throwsCode(() => applyEntry(undefined, sealRecord('p2pchat/1 group-entry', alice.device.seed, more)), 'ERR_UNSUPPORTED')
    const twice = Uint8Array.from([0x08, 1, ...payload])
    throwsCode(() => applyEntry(undefined, sealRecord('p2pchat/1 group-entry', alice.device.seed, twice)), 'ERR_UNSUPPORTED')
  })

  it('stay within their limit at their largest, and past it are refused before they are read', () => {
    const alice = new Person('a'.repeat(32), random)
    const usernames = Array.from({ length: maxRemovedAtOnce }, (_, i) => `${'b'.repeat(30)}${i + 10}`)
    const lastSeen = usernames.flatMap((username) => Array.from({ length: 8 }, () => ({ username, deviceKey: random.bytes(32), epoch: Number.MAX_SAFE_INTEGER, counter: 0xffff_ffff })))
    const head = { sequence: Number.MAX_SAFE_INTEGER - 1, hash: random.bytes(32) }
    const largest: GroupAction = { kind: 'remove', usernames, lastSeen, commitment: random.bytes(32) }
    const size = SignedRecord.decode(alice.entry(head, largest).signed).payload.byteLength
    assert.ok(size > maxGroupEntryBytes * 0.7 && size <= maxGroupEntryBytes, `${size}`)
    assert.ok(maxAccountRecordBytes + 512 < maxGroupEntryBytes)
    throwsCode(() => verifyGroupEntry(new Uint8Array(maxGroupEntryBytes + 81)), 'ERR_LIMIT')
    // As many records as an addition may have room for, whatever their lengths are.
    const records = Array.from({ length: 4 }, (_, i) => new Person(`c${i}`, random, 8).record)
    const whole = records.reduce((bytes, { signed }) => bytes + signed.byteLength + 4, 0)
    const fields = SignedRecord.decode(alice.entry(head, { kind: 'add', accountRecords: records }).signed).payload.byteLength - whole
    assert.ok(maxAddedBytes + fields <= maxGroupEntryBytes, `${fields} bytes beside the records`)
  })
})

describe('group names', () => {
  it('follow the username rule and are not all digits', () => {
    for (const name of ['team', 'a1', '1a', 'x.y-z_0', 'a'.repeat(32)]) assert.equal(parseGroupName(name.toUpperCase()), name)
    for (const name of ['', 'a', '12', '007', 'a/b', '.team', '-team', 'a'.repeat(33), 'team\n', 'tëam']) {
      assert.equal(isGroupName(name), false)
      throwsCode(() => parseGroupName(name), 'ERR_INVALID_NAME')
    }
  })
})
