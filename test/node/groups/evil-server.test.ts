import assert from 'node:assert/strict'
import { sha256 } from '../../../src/crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { groupTable } from '../../../src/node/groups/book/tables.js'
import { fromHex, toHex } from '../../../src/node/home/hex.js'
import { encode } from '../../../src/protocol/codec.js'
import * as pb from '../../../src/protocol/pb/service.js'
import { verifyGroupEntry, type VerifiedGroupEntry } from '../../../src/records/group/index.js'
import { keyOf } from '../../../src/store/keys.js'
import { PASSWORD, type SimulatedDevice } from '../../simulation/world.js'
import { bookOf, GroupWorld, laneOf } from './book/group-world.js'
import { changed, EvilServer, type Lie } from './evil-server.js'

const noise = Uint8Array.from(sha256(new TextEncoder().encode('noise')))
const refuse = (code: 'ERR_CONFLICT' | 'ERR_NOT_PERMITTED' | 'ERR_NOT_FOUND' | 'ERR_NAME_TAKEN' | 'ERR_INTERNAL' | 'ERR_UNKNOWN_OUTCOME'): Lie => async () => { throw new P2pChatError(code, 'It is so because I say so.') }
const nonsense: Lie = async () => Uint8Array.from(noise)
const nothing: Lie = async () => new Uint8Array(0)

function bytesOf (hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(fromHex(hex))
}

function flipped (bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes)
  const place = at < 0 ? copy.byteLength + at : at
  copy[place] = (copy[place] ?? 0) ^ 1
  return copy
}

function headWith (head: pb.GroupHead | undefined, fields: Partial<pb.GroupHead>): pb.GroupHead {
  assert.ok(head !== undefined)
  return { ...head, ...fields }
}

/** The entries of a read, changed. */
function entries (change: (all: Uint8Array<ArrayBuffer>[]) => Uint8Array<ArrayBuffer>[]): Lie {
  return changed(pb.GroupReadResponse, (answer) => ({ ...answer, entries: change(answer.entries) }))
}

const withoutNewest: Lie = changed(pb.GroupReadResponse, (answer) => answer.entries.length < 2 ? answer : { entries: answer.entries.slice(0, -1), head: answer.head })

describe('a server that lies about groups', function () {
  this.timeout(120_000)

  let world: GroupWorld
  let evil: EvilServer
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice
  let mallory: SimulatedDevice
  let team: string
  let club: string

  beforeEach(async function () {
    world = new GroupWorld(`evil ${this.currentTest?.title ?? ''}`)
    evil = new EvilServer()
    world.serverNetwork = evil.network
    await world.startServer()
    ;[alice, bob, carol, mallory] = await world.people('alice', 'bob', 'carol', 'mallory') as [SimulatedDevice, SimulatedDevice, SimulatedDevice, SimulatedDevice]
    sent = new Set()
    team = (await world.group('team', alice, bob)).id
    club = (await world.group('club', mallory)).id
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const says = async (from: SimulatedDevice, text: string, group = 'team'): Promise<void> => { await world.do(from.node.groupSend({ names: [group], text })) }
  const texts = async (at: SimulatedDevice, group = 'team'): Promise<Array<string | null>> => (await world.do(at.node.history({ group, limit: 1_000 }))).filter(({ kind }) => kind === 'text').map(({ text }) => text)
  const tells = async (at: SimulatedDevice): Promise<boolean> => (await world.do(at.node.history({ group: 'team', limit: 1_000 }))).some(({ text }) => text?.includes('different logs') === true)
  const log = async (at: SimulatedDevice): Promise<string[]> => (await world.do(at.node.groupLog({ name: 'team' }))).map(({ hash }) => hash)

  /** Whether it was done, or refused in a way that people are told of. */
  const tries = async (work: Promise<unknown>): Promise<boolean> => await world.do(work.then(() => true, (error: unknown) => {
    if (!isP2pChatError(error)) throw error
    return false
  }))

  /** Everything that clients ask of a server about groups; and again after they have come back to it. */
  const live = async (): Promise<void> => {
    for (let round = 0; round < 2; round++) {
      await tries(alice.node.groupSend({ names: ['team'], text: `alice ${round}` }))
      await tries(bob.node.groupSend({ names: ['team'], text: `bob ${round}` }))
      await tries(carol.node.groupJoin({ name: 'team' }))
      await tries(alice.node.groupPromote({ name: 'team', usernames: ['bob'] }))
      await tries(bob.node.groupPolicy({ name: 'team', unlisted: round === 0 }))
      await tries(alice.node.groupVerify({ name: 'team' }))
      await tries(carol.node.groups({}))
      await evil.pushHead({ groupId: bytesOf(team), sequence: 1_000n, headHash: noise })
      await world.clock.advance(5_000)
      await evil.endChannels()
      await world.clock.advance(20_000)
      if (round === 0) {
        bob.crash()
        await bob.start()
        await world.clock.advance(5_000)
      }
    }
  }

  /** The server does as it should, from now on: all is as if it always had. */
  const repents = async (): Promise<void> => {
    evil.lies = {}
    await evil.endChannels()
    await world.clock.advance(120_000)
    await tries(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(10_000)
    for (const who of [alice, bob, carol]) await says(who, `${who.name} after all`)
    await world.clock.advance(60_000)
    await world.assertTogether(team, alice, bob, carol)
    assert.deepEqual(await world.members(alice, 'team'), ['alice', 'bob', 'carol'])
    const logs = await Promise.all([alice, bob, carol].map(log))
    for (const one of logs) assert.deepEqual(one, logs[0])
    const said = ['alice 0', 'alice 1', 'bob 0', 'bob 1'].filter((text) => sent.has(text))
    for (const who of [alice, bob, carol]) {
      const here = await texts(who)
      assert.equal(new Set(here).size, here.length, `${who.name} has something twice`)
      for (const from of [alice, bob, carol]) assert.ok(here.includes(`${from.name} after all`), `${who.name} did not get what ${from.name} wrote`)
      if (who !== carol) for (const text of said) assert.ok(here.includes(text), `${who.name} does not have "${text}"`)
    }
    assert.equal(await bookOf(mallory).find(laneOf(mallory), team), undefined)
  }

  let sent = new Set<string>()
  /** What was kept is on its way, whatever the server says. */
  const remember = async (): Promise<void> => { sent = new Set([...await texts(alice), ...await texts(bob)].filter((text) => text !== null)) }

  const lies: Array<{ name: string, lies: Record<string, Lie> }> = [
    { name: 'entries with another signature', lies: { 'groups/read': entries((all) => all.map((entry) => flipped(entry, -1))) } },
    { name: 'entries that were changed', lies: { 'groups/read': entries((all) => all.map((entry) => flipped(entry, entry.byteLength >> 1))) } },
    { name: 'entries in another order', lies: { 'groups/read': entries((all) => [...all].reverse()) } },
    { name: 'entries twice', lies: { 'groups/read': entries((all) => all.flatMap((entry) => [entry, entry])) } },
    { name: 'the first entry left out', lies: { 'groups/read': entries((all) => all.slice(1)) } },
    { name: 'the newest entry withheld', lies: { 'groups/read': withoutNewest } },
    { name: 'no entries', lies: { 'groups/read': entries(() => []) } },
    { name: 'noise for entries', lies: { 'groups/read': entries((all) => all.map(() => noise)) } },
    {
      name: 'entries of another group',
      lies: {
        'groups/read': async (body, honest) => {
          const asked = pb.GroupReadRequest.decode(body)
          const foreign = pb.GroupReadResponse.decode(await honest(encode(pb.GroupReadRequest, { ...asked, groupId: bytesOf(club), afterSequence: 0n })))
          const own = pb.GroupReadResponse.decode(await honest(body))
          return encode(pb.GroupReadResponse, { entries: foreign.entries, head: own.head })
        }
      }
    },
    { name: 'a head with another hash', lies: { 'groups/read': changed(pb.GroupReadResponse, (answer) => ({ ...answer, head: headWith(answer.head, { headHash: noise }) })) } },
    { name: 'a head far ahead', lies: { 'groups/read': changed(pb.GroupReadResponse, (answer) => ({ ...answer, head: headWith(answer.head, { sequence: 1n << 40n }) })) } },
    { name: 'an impossible head', lies: { 'groups/read': changed(pb.GroupReadResponse, (answer) => ({ ...answer, head: headWith(answer.head, { sequence: 1n << 60n, headHash: noise.subarray(1) }) })) } },
    { name: 'the head of another group', lies: { 'groups/read': changed(pb.GroupReadResponse, (answer) => ({ ...answer, head: headWith(answer.head, { groupId: bytesOf(club) }) })) } },
    ...['read', 'append', 'find', 'mine', 'list', 'checkpoint'].map((method) => ({ name: `nothing for groups/${method}`, lies: { [`groups/${method}`]: nothing } })),
    ...['read', 'append', 'find', 'mine', 'send', 'list', 'checkpoint'].flatMap((method) => [
      { name: `nonsense for groups/${method}`, lies: { [`groups/${method}`]: nonsense } },
      { name: `not allowed: groups/${method}`, lies: { [`groups/${method}`]: refuse('ERR_NOT_PERMITTED') } },
      { name: `not found: groups/${method}`, lies: { [`groups/${method}`]: refuse('ERR_NOT_FOUND') } },
      { name: `broken: groups/${method}`, lies: { [`groups/${method}`]: refuse('ERR_INTERNAL') } }
    ]),
    { name: 'always somebody else was quicker', lies: { 'groups/append': refuse('ERR_CONFLICT') } },
    { name: 'nobody knows what became of it', lies: { 'groups/append': refuse('ERR_UNKNOWN_OUTCOME') } },
    { name: 'it was done, and denied', lies: { 'groups/append': async (body, honest) => { await honest(body).catch(() => {}); throw new P2pChatError('ERR_CONFLICT', 'No.') } } },
    { name: 'an answer with another head to what was done', lies: { 'groups/append': changed(pb.GroupHead, (head) => ({ ...head, sequence: 1n, headHash: noise })) } },
    { name: 'a name that leads to another group', lies: { 'groups/find': async (body, honest) => await honest(encode(pb.GroupFindRequest, { ...pb.GroupFindRequest.decode(body), name: 'club' })) } },
    { name: 'a found group with another head', lies: { 'groups/find': changed(pb.GroupFindResponse, (answer) => ({ ...answer, members: 0, checkpointSequence: 77n, head: headWith(answer.head, { sequence: 99n, headHash: noise }) })) } },
    { name: 'a found group that is none', lies: { 'groups/find': changed(pb.GroupFindResponse, (answer) => ({ ...answer, head: headWith(answer.head, { groupId: noise }) })) } },
    { name: 'own groups left out', lies: { 'groups/mine': changed(pb.GroupMineResponse, () => ({ groups: [], more: false })) } },
    { name: 'own groups with other heads', lies: { 'groups/mine': changed(pb.GroupMineResponse, ({ groups, more }) => ({ groups: groups.map((head) => ({ ...head, sequence: head.sequence + 7n, headHash: noise })), more })) } },
    { name: 'own groups without an end', lies: { 'groups/mine': changed(pb.GroupMineResponse, ({ groups }) => ({ groups, more: true })) } },
    { name: 'groups that are none of one\'s own', lies: { 'groups/mine': changed(pb.GroupMineResponse, ({ groups }) => ({ groups: [...groups, { groupId: noise, sequence: 3n, headHash: noise }], more: false })) } },
    { name: 'listed groups with names that are none', lies: { 'groups/list': changed(pb.GroupListResponse, (answer) => ({ ...answer, groups: answer.groups.map((group) => ({ ...group, name: `${group.name}\u001b[2J` })) })) } },
    { name: 'a message stored, and said not to be', lies: { 'groups/send': async (body, honest) => { await honest(body); throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Who knows?') } } },
    { name: 'a message said to be refused by everybody', lies: { 'groups/send': changed(pb.GroupSendResponse, (answer) => ({ ...answer, devices: 0, refused: [{ deviceKey: noise, limit: 'maxMailboxEntries' }] })) } },
    { name: 'a message given out twice', lies: { 'mailbox/read': changed(pb.MailboxReadResponse, (answer) => ({ ...answer, entries: answer.entries.flatMap((entry) => [entry, entry]) })) } }
  ]

  for (const { name, lies: told } of lies) {
    it(`does no harm with: ${name}`, async () => {
      evil.lies = told
      await live()
      // Whatever a server says, nobody has taken what the members did not sign.
      for (const who of [alice, bob]) assert.equal((await bookOf(who).find(laneOf(who), team))?.id, team)
      assert.equal((await world.do(carol.node.myGroups({ all: true }))).some((group) => group.name === 'club'), false, 'carol is in a group that she did not ask for')
      await remember()
      await repents()
    })
  }

  it('says that messages are stored, and drops them: their sender sees who does not have them', async () => {
    for (const lie of [nothing, (async () => encode(pb.GroupSendResponse, { replicas: 1, servers: 1, expiresAtMs: BigInt(Date.UTC(2025, 0, 1)), devices: 1, refused: [] })) satisfies Lie]) {
      evil.lies = { 'groups/send': lie }
      const [told] = await world.do(alice.node.groupSend({ names: ['team'], text: 'does anybody hear me?' }))
      await world.clock.advance(60_000)
      const { members } = await alice.node.trace({ id: told?.id ?? '' })
      assert.deepEqual([members?.delivered, members?.missing], [0, ['bob']])
    }
    assert.deepEqual(await texts(bob), [])
  })

  it('withholds the newest entries: who compares heads is told', async () => {
    const before = (await log(bob)).length
    evil.lies = {
      'groups/read': async (body, honest, { channel }) => {
        const answer = pb.GroupReadResponse.decode(await honest(body))
        if (channel.remotePeer !== bob.peerId) return encode(pb.GroupReadResponse, answer)
        const [hash = ''] = (await log(bob)).slice(before - 1)
        return encode(pb.GroupReadResponse, { entries: [], head: headWith(answer.head, { sequence: BigInt(before), headHash: bytesOf(hash) }) })
      }
    }
    await world.do(alice.node.groupPolicy({ name: 'team', unlisted: true }))
    assert.equal((await log(bob)).length, before)
    assert.deepEqual((await world.do(bob.node.groupVerify({ name: 'team' }))).differing, ['alice'])
    // So is whom a message reaches that names them, once the server has had time to catch up.
    const told = async (): Promise<Array<string | null>> => (await world.do(bob.node.history({ group: 'team', limit: 1_000 }))).filter(({ text }) => text?.includes('newer changes') === true).map(({ text }) => text)
    await says(alice, 'who is with us?')
    await world.clock.advance(5_000)
    assert.deepEqual([await texts(bob), await told()], [[], []])
    await world.clock.advance(30_000)
    await says(alice, 'nobody hears me')
    await world.clock.advance(60_000)
    assert.deepEqual(await told(), ['A message of alice names newer changes of team than the server gives: the server hides them, or alice has made them up. Compare with the others (`p2pchat group verify team`).'])
    assert.deepEqual(await texts(bob), [])
    await repents()
    assert.deepEqual((await texts(bob)).slice(0, 2), ['who is with us?', 'nobody hears me'])
  })

  it('says that a change is in the log, and drops it: both logs are shown', async () => {
    evil.lies = {
      'groups/append': async (body) => {
        const { groupId, entry } = pb.GroupAppendRequest.decode(body)
        const head = await bookOf(alice).find(laneOf(alice), toHex(groupId))
        return encode(pb.GroupHead, { groupId, sequence: BigInt((head?.head.sequence ?? 0) + 1), headHash: sha256(entry) })
      }
    }
    await tries(alice.node.groupPolicy({ name: 'team', unlisted: true }))
    evil.lies = {}
    await tries(carol.node.groupJoin({ name: 'team' }))
    await evil.endChannels()
    await world.clock.advance(60_000)
    await says(bob, 'which log is it?')
    await world.clock.advance(60_000)
    assert.ok(await tells(alice), 'alice was not told')
    assert.deepEqual((await world.do(bob.node.groupVerify({ name: 'team' }))).differing, ['alice'])
  })

  it('says that a change is in the log, and drops it: it is brought again before anybody else knows', async () => {
    const drops: Lie = async (body) => {
      const entry = verifyGroupEntry(pb.GroupAppendRequest.decode(body).entry)
      return encode(pb.GroupHead, { groupId: bytesOf(team), sequence: BigInt(entry.sequence), headHash: Uint8Array.from(entry.hash) })
    }
    const heard: string[] = []
    alice.onEvent = (event) => { if (event.event === 'group') heard.push(event.message) }
    evil.lies = { 'groups/append': drops }
    await world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] }))
    await world.do(alice.node.groupPolicy({ name: 'team', unlisted: true }))
    await world.clock.advance(5_000)
    const [before, ours] = [await log(bob), await log(alice)]
    assert.equal(ours.length, before.length + 2)
    // It takes them again, and drops them again: now people are told.
    await world.clock.advance(40_000)
    assert.deepEqual(await log(bob), before)
    assert.ok(heard.some((text) => text.includes('does not have it')), 'nobody was told')
    evil.lies = {}
    await world.clock.advance(120_000)
    assert.deepEqual(await log(bob), ours)
    assert.equal(await tells(alice), false, 'it was taken for another log')
    await says(bob, 'an admin now')
    await repents()
  })

  it('hides that a device was removed: who has heard of it gives it no key, and takes none from it', async () => {
    const lost = await world.addDevice('bob-2', 'bob')
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.do(alice.node.send({ to: 'bob', text: 'we are contacts' }))
    await world.clock.advance(20_000)
    await world.assertTogether(team, alice, bob, carol, lost)
    const old = new Map<string, Uint8Array>()
    const asBefore: Lie = async (body, honest) => {
      const asked = toHex(body)
      const answer = old.get(asked) ?? await honest(body)
      old.set(asked, answer)
      return answer
    }
    evil.lies = { 'directory/lookup': asBefore }
    await world.do(alice.node.groupVerify({ name: 'team' }))
    const id = (await world.do(bob.node.devices())).find(({ label }) => label === 'bob-2')?.id ?? ''
    // The log is not to say it either.
    evil.lies = { 'directory/lookup': asBefore, 'groups/append': async (body, honest, { channel }) => { if (channel.remotePeer === bob.peerId) throw new P2pChatError('ERR_CONFLICT', 'No.'); return await honest(body) } }
    await world.do(bob.node.removeDevice({ id, password: PASSWORD }))
    await world.clock.advance(20_000)
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(60_000)
    await says(alice, 'not for a lost device')
    await world.clock.advance(60_000)
    assert.ok((await texts(bob)).includes('not for a lost device'), 'bob did not get it')
    assert.equal(lost.heard.some(({ text }) => text === 'not for a lost device'), false, 'the lost device has read it')
    const epoch = (await bookOf(alice).find(laneOf(alice), team))?.epoch ?? 0
    assert.deepEqual(await laneOf(lost).list(keyOf('group-epoch', team, epoch)), [], 'the lost device has the key')
    evil.lies = {}
  })

  it('shows a member who is with it another log: who compares heads with them is told', async () => {
    const mine: Lie = async (body, honest, { channel }) => {
      const answer = pb.GroupReadResponse.decode(await honest(body))
      if (channel.remotePeer !== bob.peerId || own === undefined) return encode(pb.GroupReadResponse, answer)
      const { afterSequence } = pb.GroupReadRequest.decode(body)
      const entries = afterSequence < BigInt(own.sequence) ? [...answer.entries.slice(0, own.sequence - 1 - Number(afterSequence)), Uint8Array.from(own.signed)] : []
      return encode(pb.GroupReadResponse, { entries, head: headWith(answer.head, { sequence: BigInt(own.sequence), headHash: Uint8Array.from(own.hash) }) })
    }
    let own: VerifiedGroupEntry | undefined
    // bob makes an entry that the server keeps for him alone, while alice is given the log without it.
    evil.lies = {
      'groups/read': mine,
      'groups/append': async (body, honest, { channel }) => {
        const { entry, groupId } = pb.GroupAppendRequest.decode(body)
        if (channel.remotePeer !== bob.peerId) return await honest(body)
        own = verifyGroupEntry(entry)
        return encode(pb.GroupHead, { groupId, sequence: BigInt(own.sequence), headHash: Uint8Array.from(own.hash) })
      }
    }
    await world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] }))
    await world.clock.advance(2_000)
    await world.do(bob.node.groupPolicy({ name: 'team', inviteOnly: true }))
    await world.do(alice.node.groupPolicy({ name: 'team', unlisted: true }))
    await world.clock.advance(2_000)
    assert.deepEqual((await world.do(alice.node.groupVerify({ name: 'team' }))).differing, ['bob'])
    assert.ok(await tells(alice), 'alice was not told')
    evil.lies = {}
  })

  it('gives a message to who is no member: it cannot be read', async () => {
    const taken: pb.MailboxEntry[] = []
    evil.lies = {
      'groups/send': async (body, honest) => {
        const { entryId, envelope } = pb.GroupSendRequest.decode(body)
        taken.push({ cursor: BigInt(1_000 + taken.length), entryId, envelope })
        return await honest(body)
      },
      'mailbox/read': async (body, honest, { channel }) => {
        const answer = pb.MailboxReadResponse.decode(await honest(body))
        return encode(pb.MailboxReadResponse, channel.remotePeer === mallory.peerId ? { ...answer, entries: [...answer.entries, ...taken] } : answer)
      }
    }
    await says(alice, 'for the team alone')
    await world.clock.advance(2_000)
    assert.ok(taken.length > 0)
    await evil.endChannels()
    await world.clock.advance(60_000)
    assert.deepEqual(mallory.heard, [])
    assert.equal(await groupTable.get(laneOf(mallory), team), undefined)
    assert.deepEqual(await texts(bob), ['for the team alone'])
  })
})
