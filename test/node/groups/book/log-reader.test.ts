import assert from 'node:assert/strict'
import { P2pChatError } from '../../../../src/errors.js'
import { takeRecord } from '../../../../src/node/contacts/contacts.js'
import { States } from '../../../../src/node/groups/book/states.js'
import { standingOf, staysOf } from '../../../../src/node/groups/book/stays.js'
import { groupTable } from '../../../../src/node/groups/book/tables.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { checkpointOf, encodeGroupState, sameHead, type GroupState, type VerifiedGroupEntry } from '../../../../src/records/group/index.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { exampleLog, Log, Person } from '../../../records/group/support.js'
import { flipBit, rejectsCode } from '../../support.js'
import { FakeLogServer } from './fake-log-server.js'
import { LogRig } from './rig.js'

describe('reading logs', () => {
  let random: SeededRandom
  let clock: FakeClock
  let seed = 0
  let people: ReturnType<typeof exampleLog>['people']
  let log: Log
  let server: FakeLogServer

  beforeEach(() => {
    random = new SeededRandom(`reading logs ${seed++}`)
    clock = new FakeClock()
    ;({ log, people } = exampleLog(random))
    server = new FakeLogServer(log)
  })

  const rigOf = (self: Person, from = server): LogRig => new LogRig({ self, server: from, clock, random })

  it('folds them to what the others have, and finds that again after a start', async () => {
    const rig = rigOf(people.alice)
    const state = await rig.reader.read(server.id)
    assert.deepEqual(encodeGroupState(state), encodeGroupState(log.state))
    const again = await new States().of(rig.lane, server.id)
    assert.ok(again !== undefined)
    assert.deepEqual(encodeGroupState(again), encodeGroupState(log.state))
  })

  it('tells a member what happened while their device was one', async () => {
    const told = async (person: Person): Promise<string[]> => {
      const rig = rigOf(person)
      await rig.reader.read(server.id)
      return rig.changes.map(({ kind }) => kind)
    }
    assert.deepEqual(await told(people.dave), ['add', 'leave'])
    assert.deepEqual(await told(people.carol), ['add', 'promote', 'policy', 'rename', 'device-change', 'remove'])
    assert.deepEqual(await told(new Person('erin', random)), [])
    const standing = async (person: Person): Promise<string | undefined> => {
      const rig = rigOf(person)
      await rig.reader.read(server.id)
      return (await groupTable.get(rig.lane, server.id))?.standing
    }
    assert.deepEqual(await Promise.all([people.alice, people.bob, people.carol, people.dave, new Person('erin', random)].map(standing)), ['member', 'left', 'removed', 'member', 'outside'])
  })

  it('refuses an entry with any bit changed, and keeps what came before it', async () => {
    for (let i = 0; i < 40; i++) {
      const rig = rigOf(people.alice)
      const place = random.between(0, log.entries.length - 1)
      const entry = log.entries[place]!.signed
      server.entries = log.entries.map(({ signed }) => signed)
      server.entries[place] = flipBit(entry, random.between(0, entry.byteLength * 8 - 1))
      await rejectsCode(rig.reader.read(server.id), 'ERR_INVALID_RECORD')
      assert.equal((await rig.state(server.id))?.head.sequence, place === 0 ? undefined : place)
    }
  })

  it('refuses entries that are left out, doubled, or in another order', async () => {
    const signed = log.entries.map((entry) => entry.signed)
    const lies = [[...signed.slice(0, 4), ...signed.slice(5)], [...signed.slice(0, 4), signed[5]!, signed[4]!, ...signed.slice(6)], signed.slice(1)]
    for (const lie of lies) {
      server.entries = lie
      await rejectsCode(rigOf(people.alice).reader.read(server.id), 'ERR_INVALID_RECORD')
    }
    // A doubled one stands in the place of none.
    server.entries = [signed[0]!, signed[0]!, ...signed.slice(1)]
    const rig = rigOf(people.alice)
    await rig.reader.read(server.id)
    assert.ok(sameHead((await rig.state(server.id))!.head, log.state.head))
  })

  it('refuses the log of another group', async () => {
    const other = new FakeLogServer(new Log(people.bob.found('other')))
    await rejectsCode(rigOf(people.alice, other).reader.read(server.id), 'ERR_INVALID_RECORD')
  })

  it('does not wait for ever on entries that a server names and does not give', async () => {
    server.head = { sequence: 100, hash: random.bytes(32) }
    await rejectsCode(rigOf(people.alice).reader.read(server.id), 'ERR_INVALID_RECORD')
  })

  it('does not ask for ever where a server gives what is here already, and names more', async () => {
    const rig = rigOf(people.alice)
    await rig.reader.read(server.id)
    const known = [...server.entries]
    server.head = { sequence: known.length + 1, hash: random.bytes(32) }
    let asked = 0
    server.before = (method) => {
      // From where this device reads on, the server has what it gave before.
      server.entries = [...known, ...known.slice(-2)]
      if (method === 'groups/read' && ++asked > 5) throw new P2pChatError('ERR_NOT_FOUND', 'It would be asked for ever.')
    }
    await rejectsCode(rig.reader.read(server.id), 'ERR_INVALID_RECORD')
    assert.equal(asked, 1)
  })

  it('lets a server lag behind, but not have another entry in the place of ours', async () => {
    const rig = rigOf(people.alice)
    await rig.reader.read(server.id)
    server.head = log.entries[3]!
    await rig.reader.read(server.id)
    assert.deepEqual(rig.forks, [])
    server.head = { sequence: 4, hash: random.bytes(32) }
    await rig.reader.read(server.id)
    assert.deepEqual(rig.forks.map(({ sequence }) => sequence), [4])
  })

  it('shows when a server goes on with another log', async () => {
    const rig = rigOf(people.alice)
    await rig.reader.read(server.id)
    const [ours, theirs] = ['ours', 'theirs'].map((name) => people.alice.entry(log.state.head, { kind: 'rename', name }))
    server.append(ours!)
    await rig.reader.read(server.id)
    const forked = new FakeLogServer(log)
    forked.append(theirs!)
    forked.append(people.alice.entry(forked.state.head, { kind: 'rename', name: 'third' }))
    server.entries = forked.entries
    server.state = forked.state
    await rejectsCode(rig.reader.read(server.id), 'ERR_INVALID_RECORD')
    assert.equal(rig.forks.length, 1)
    assert.equal((await rig.state(server.id))?.name, 'ours')
  })

  it('pins the accounts of members, and goes on when one of them is known under another key', async () => {
    const rig = rigOf(people.alice)
    const impostor = new Person('dave', random)
    await rig.lane.write(async (tx) => { await takeRecord(tx, impostor.record, 0) })
    const taken: string[] = []
    rig.ledger['components'].onRecord = async (_tx, _before, { kind, record }) => { taken.push(`${record.username} ${kind}`) }
    await rig.reader.read(server.id)
    assert.deepEqual(taken, ['dave changed'])
    assert.equal((await rig.state(server.id))?.members.has('dave'), true)
  })

  describe('from a checkpoint', () => {
    let newcomer: Person

    beforeEach(() => {
      newcomer = new Person('erin', random)
      log.append(people.alice, { kind: 'policy', inviteOnly: false, unlisted: false })
      for (let i = 0; i < 100; i++) log.append(people.alice, { kind: 'rename', name: `name-${i}` })
      server = new FakeLogServer(log)
      server.remember()
      server.append(log.append(people.alice, checkpointOf(log.state)))
      server.append(log.append(people.alice, { kind: 'rename', name: 'newest' }))
    })

    const begun = async (rig: LogRig): Promise<string | undefined> => {
      rig.reader.noteServed(server.id, server.state.head.sequence)
      await rig.reader.read(server.id)
      const start = (await groupTable.get(rig.lane, server.id))?.start
      return start?.kind === 'checkpoint' ? `checkpoint ${start.sequence} of ${start.admin}` : start?.kind
    }

    it('reads little, and comes to the same head', async () => {
      const rig = rigOf(newcomer)
      assert.equal(await begun(rig), `checkpoint ${server.state.head.sequence - 1} of alice`)
      assert.deepEqual(encodeGroupState((await rig.state(server.id))!), encodeGroupState(log.state))
      assert.ok(server.answeredBytes < 4_000, `${server.answeredBytes} bytes`)
    })

    it('passes over one of an account that is not the pinned one, or that is damaged, and reads everything', async () => {
      const rig = rigOf(newcomer)
      await rig.lane.write(async (tx) => { await takeRecord(tx, new Person('alice', random).record, 0) })
      assert.equal(await begun(rig), 'found')
      server.checkpoint = { ...server.checkpoint!, state: flipBit(server.checkpoint!.state, 400) }
      assert.equal(await begun(rigOf(newcomer)), 'found')
    })

    it('does not hold for who was added before it: mail that was sent since then is judged by the entries before it', async () => {
      log.append(people.alice, { kind: 'epoch', commitment: random.bytes(32) })
      const added = log.append(people.alice, { kind: 'add', accountRecords: [newcomer.record] })
      log.append(people.alice, { kind: 'rename', name: 'since-then' })
      const { head, epoch } = log.state
      server = new FakeLogServer(log)
      server.remember()
      server.append(log.append(people.alice, checkpointOf(log.state)))
      const rig = rigOf(newcomer)
      assert.equal(await begun(rig), 'found')
      const self = { username: newcomer.username, deviceKey: newcomer.device.publicKey }
      const header = { groupId: log.state.groupId, epoch: epoch.number, head, sender: 'alice', senderDevice: people.alice.device.publicKey, counter: 0 }
      assert.equal((await standingOf(rig.lane, self, header)).kind, 'ok')
      assert.deepEqual((await staysOf(rig.lane, server.id, self.username, self.deviceKey)).map(({ from }) => from), [added.sequence])
      assert.deepEqual(rig.changes.map(({ kind }) => kind), ['add', 'rename'])
    })

    /** A checkpoint that stands in no log, given out as if it were the newest entry. */
    const forge = (entry: VerifiedGroupEntry, state: GroupState): void => {
      server.checkpoint = { sequence: entry.sequence, state: encodeGroupState(state) }
      server.entries = [...log.entries.slice(0, entry.sequence - 1).map(({ signed }) => signed), entry.signed]
      server.head = entry
    }

    /** A newcomer who was given a forged one has nothing but entries of the log. */
    const isPassedOver = async (): Promise<void> => {
      const rig = rigOf(newcomer)
      await rejectsCode(begun(rig), 'ERR_INVALID_RECORD')
      assert.deepEqual((await groupTable.get(rig.lane, server.id))?.start, { kind: 'found' })
      assert.deepEqual(encodeGroupState((await rig.state(server.id))!), encodeGroupState(log.state))
    }

    it('is no member\'s to sign who is no admin', async () => {
      forge(people.dave.entry(log.state.head, checkpointOf(log.state)), log.state)
      await isPassedOver()
    })

    it('is no admin\'s to sign who was removed', async () => {
      log.append(people.alice, { kind: 'promote', username: 'dave' })
      log.append(people.alice, { kind: 'remove', usernames: ['dave'], lastSeen: [], commitment: random.bytes(32) })
      forge(people.dave.entry(log.state.head, checkpointOf(log.state)), log.state)
      await isPassedOver()
    })

    it('holds for the state alone that it has the hash of', async () => {
      const { members } = log.state
      const forged: GroupState = { ...log.state, members: new Map([...members, ['mallory', { ...members.get('dave')!, accountRecord: new Person('mallory', random).record }]]) }
      forge(people.alice.entry(log.state.head, checkpointOf(log.state)), forged)
      const rig = rigOf(newcomer)
      assert.equal(await begun(rig), 'found', 'its entry is a right one, and so is the log that it ends')
      assert.equal((await rig.state(server.id))?.members.has('mallory'), false)
    })

    it('holds for the group alone that it was made for', async () => {
      const club = new Log(people.alice.found('club'))
      while (club.state.head.sequence < log.state.head.sequence) club.append(people.alice, { kind: 'rename', name: `club-${club.state.head.sequence}` })
      forge(people.alice.entry(club.state.head, checkpointOf(club.state)), club.state)
      await isPassedOver()
    })

    it('of the time before an admin was removed, signed by them since, is seen when the log is walked', async () => {
      log.append(people.alice, { kind: 'promote', username: 'dave' })
      const { state } = log
      log.append(people.alice, { kind: 'remove', usernames: ['dave'], lastSeen: [], commitment: random.bytes(32) })
      const forged = people.dave.entry(state.head, checkpointOf(state))
      forge(forged, state)
      const rig = rigOf(newcomer)
      assert.equal(await begun(rig), `checkpoint ${forged.sequence} of dave`, 'until then its admin is believed')
      server = Object.assign(server, { entries: log.entries.map(({ signed }) => signed), head: undefined, state: log.state })
      await clock.until(rig.walker.walk(server.id))
      assert.equal((await groupTable.get(rig.lane, server.id))?.start.kind, 'checkpoint')
      assert.deepEqual(rig.forks.map(({ sequence }) => sequence), [forged.sequence])
    })

    it('is walked to the beginning later, and trusted only then', async () => {
      const rig = rigOf(newcomer)
      await begun(rig)
      await clock.until(rig.walker.walk(server.id))
      assert.deepEqual((await groupTable.get(rig.lane, server.id))?.start, { kind: 'found' })
      assert.deepEqual(rig.forks, [])
    })

    it('is told to be another membership when the beginning does not lead there', async () => {
      const rig = rigOf(newcomer)
      await begun(rig)
      const end = server.state.head.sequence - 1
      const other = new Log(log.entries[0]!)
      while (other.state.head.sequence < end) other.append(people.alice, { kind: 'rename', name: `other-${other.state.head.sequence}` })
      server.entries = other.entries.map(({ signed }) => signed)
      server.state = other.state
      await clock.until(rig.walker.walk(server.id))
      assert.equal((await groupTable.get(rig.lane, server.id))?.start.kind, 'checkpoint')
      assert.deepEqual(rig.forks.map(({ sequence, hash }) => [sequence, toHex(hash)]), [[end, toHex(other.state.head.hash)]])
    })
  })
})
