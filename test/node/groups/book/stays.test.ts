import assert from 'node:assert/strict'
import type { GroupMessageHeader } from '../../../../src/crypto/group/index.js'
import { isP2pChatError } from '../../../../src/errors.js'
import { maxEndedStays } from '../../../../src/node/groups/book/limits.js'
import { standingOf, staysOf } from '../../../../src/node/groups/book/stays.js'
import { applyEntry, assertMaySend, isAfterRemoval, isGroupDevice, type GroupState, type VerifiedGroupEntry } from '../../../../src/records/group/index.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { exampleLog, Log, Person } from '../../../records/group/support.js'
import { FakeLogServer } from './fake-log-server.js'
import { LogRig } from './rig.js'

/** What the specification says, by what the log folds to at every entry. */
function judge (log: Log, states: GroupState[], self: Person, header: GroupMessageHeader): string {
  const state = states[header.head.sequence - 1]
  if (state === undefined) return 'ahead'
  if (!isGroupDevice(state, self.username, self.device.publicKey)) return 'before-us'
  const sender = { username: header.sender, deviceKey: header.senderDevice, epoch: header.epoch, counter: header.counter }
  if (Buffer.compare(state.head.hash, header.head.hash) !== 0) return 'forked'
  try {
    assertMaySend(state, sender)
  } catch (error) {
    assert.ok(isP2pChatError(error))
    return 'refused'
  }
  const later: VerifiedGroupEntry[] = log.entries.slice(header.head.sequence)
  // A device that had gone before was not taken away by the removal of its account.
  const tookAway = later.filter((entry) => isGroupDevice(states[entry.sequence - 2]!, sender.username, sender.deviceKey))
  return tookAway.some((entry) => isAfterRemoval(entry, sender)) ? 'refused, removed' : 'ok'
}

describe('what the log says of a message', () => {
  it('is what folding the log says, for every head, sender, epoch and counter', async () => {
    const random = new SeededRandom('stays')
    const { log, people } = exampleLog(random)
    const server = new FakeLogServer(log)
    const seen = new Map<string, number>()
    const states: GroupState[] = []
    for (const { signed } of log.entries) states.push(applyEntry(states.at(-1), signed))
    for (const self of [people.alice, people.bob, people.dave]) {
      const rig = new LogRig({ self, server, clock: new FakeClock(), random })
      await rig.reader.read(server.id)
      for (const sender of Object.values(people)) {
        for (const device of [...sender.devices, ...sender.gone]) {
          for (const entry of log.entries) {
            for (const epoch of [1, 2, 3, 4, 5, 6, 7]) {
              for (const counter of [0, 7, 8]) {
                const header = { groupId: log.state.groupId, epoch, head: entry, sender: sender.username, senderDevice: device.publicKey, counter }
                const standing = await standingOf(rig.lane, { username: self.username, deviceKey: self.device.publicKey }, header)
                const expected = judge(log, states, self, header)
                const said = standing.kind === 'refused' && standing.removed && expected !== 'refused' ? 'refused, removed' : standing.kind
                assert.equal(said, expected, JSON.stringify({ self: self.username, sender: sender.username, sequence: entry.sequence, epoch, counter }))
                seen.set(said, (seen.get(said) ?? 0) + 1)
                if (standing.kind !== 'ok') continue
                assert.deepEqual(standing.account?.key, sender.account.publicKey)
                assert.ok((standing.account?.version ?? 0) <= (states[entry.sequence - 1]?.members.get(sender.username)?.accountRecord.version ?? 0))
              }
            }
          }
        }
      }
    }
    assert.deepEqual([...seen.keys()].sort(), ['before-us', 'ok', 'refused', 'refused, removed'])
  })

  it('waits for heads that are not here, and tells of heads of another log', async () => {
    const random = new SeededRandom('stays ahead')
    const { log, people: { alice } } = exampleLog(random)
    const server = new FakeLogServer(log)
    const rig = new LogRig({ self: alice, server, clock: new FakeClock(), random })
    const self = { username: 'alice', deviceKey: alice.device.publicKey }
    const header = { groupId: log.state.groupId, epoch: log.state.epoch.number, head: log.state.head, sender: 'dave', senderDevice: log.state.members.get('dave')!.accountRecord.devices[0]!.deviceKey, counter: 0 }
    assert.equal((await standingOf(rig.lane, self, header)).kind, 'ahead')
    await rig.reader.read(server.id)
    assert.equal((await standingOf(rig.lane, self, { ...header, head: { ...header.head, sequence: header.head.sequence + 1 } })).kind, 'ahead')
    const elsewhere = { ...header, head: { ...header.head, hash: random.bytes(32) } }
    assert.equal((await standingOf(rig.lane, self, elsewhere)).kind, 'forked')
    // A stranger cannot raise that alarm.
    assert.equal((await standingOf(rig.lane, self, { ...elsewhere, sender: 'mallory', senderDevice: random.bytes(32) })).kind, 'refused')
  })

  it('remembers the newest of the times that a device was a member\'s, however often it joins and leaves', async () => {
    const random = new SeededRandom('stays without end')
    const [alice, bob] = ['alice', 'bob'].map((name) => new Person(name, random)) as [Person, Person]
    const log = new Log(alice.found('team'))
    const times: GroupState[] = []
    for (let i = 0; i < maxEndedStays + 4; i++) {
      if (i > 0) log.append(bob, { kind: 'leave' })
      log.append(bob, { kind: 'join', accountRecord: bob.record })
      log.append(alice, { kind: 'epoch', commitment: random.bytes(32) })
      times.push(log.state)
    }
    const server = new FakeLogServer(log)
    const rig = new LogRig({ self: alice, server, clock: new FakeClock(), random })
    await rig.reader.read(server.id)
    const stays = await staysOf(rig.lane, server.id, 'bob', bob.device.publicKey)
    assert.equal(stays.length, maxEndedStays + 1)
    assert.deepEqual(stays.map(({ to }) => to === undefined), [...Array.from({ length: maxEndedStays }, () => false), true])
    const kinds: string[] = []
    for (const { groupId, epoch, head } of times) {
      const header = { groupId, epoch: epoch.number, head, sender: 'bob', senderDevice: bob.device.publicKey, counter: 0 }
      kinds.push((await standingOf(rig.lane, { username: 'alice', deviceKey: alice.device.publicKey }, header)).kind)
    }
    assert.deepEqual(kinds, [...Array.from({ length: 3 }, () => 'refused'), ...Array.from({ length: maxEndedStays + 1 }, () => 'ok')])
  })
})
