import assert from 'node:assert/strict'
import type { NodeEvent, StatusEvent } from '../../../src/node/chat-node.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import { complete } from '../../../src/cli/shell/complete.js'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import { isOld, momentBy, momentOf, ShellModel } from '../../../src/cli/shell/model.js'
import { menuLines, parseMenuChoice } from '../../../src/cli/shell/texts.js'
import { parseLine } from '../../../src/cli/shell/parse.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { groupEvent } from '../helpers/fake-groups.js'
import { messageEvent } from '../helpers/samples.js'

const at = (nowMs: number): { style: ReturnType<typeof makeStyle>, nowMs: number, self: string } => ({ style: makeStyle(false), nowMs, self: 'alice' })
const bob = { kind: 'user', name: 'bob' } as const
const team = { kind: 'group', name: 'team', id: '1'.padStart(64, '0') } as const
const status = (id: string, state: StatusEvent['state']): StatusEvent => ({ event: 'status', id, to: 'bob', state })

function modelWith (fields: Partial<ShellModel> = {}): ShellModel {
  return Object.assign(new ShellModel(), { username: 'alice', ...fields })
}

describe('cli: what the shell shows', () => {
  it('has a prompt that says who, where, and whether a server is there', () => {
    assert.equal(modelWith({ username: null }).prompt, 'p2pchat> ')
    assert.equal(modelWith().prompt, 'alice> ')
    const model = modelWith()
    model.found({ kind: 'offline', poolId: 'p', retryAfterMs: 1, direct: [] })
    assert.equal(model.prompt, 'alice (offline)> ')
    model.room = bob
    assert.equal(model.prompt, 'alice → bob (offline)> ')
    assert.equal(modelWith({ room: bob }).prompt, 'alice → bob> ')
    assert.equal(modelWith({ room: team }).prompt, 'alice → [team]> ')
  })

  it('tells what comes after the clock was set, or from who has another one', () => {
    const clock = new FakeClock()
    const began = momentOf(clock)
    const iso = (ms: number): string => new Date(ms).toISOString()
    assert.equal(isOld(messageEvent({ receivedAt: iso(clock.now() - 1) }), momentBy(clock, began)), true)
    clock.jump(-7_200_000)
    assert.equal(isOld(messageEvent({ receivedAt: iso(clock.now()) }), momentBy(clock, began)), false)
    clock.jump(4 * 7_200_000)
    assert.equal(momentBy(clock, began), began.wallMs)
    const at = iso(began.wallMs - 7_200_000)
    assert.equal(isOld(groupEvent({ at, receivedAt: iso(began.wallMs) }), momentBy(clock, began)), false)
    assert.equal(isOld(groupEvent({ at: iso(clock.now()), receivedAt: at }), momentBy(clock, began)), true)
  })

  it('tells how far a message has come also when the clock was set back', () => {
    const { followed } = modelWith()
    const dayMs = 86_400_000
    followed.sent('1', bob, 'hello', 'queued', dayMs)
    assert.equal(followed.nextTellingMs(0), 0)
    assert.equal(followed.tell(at(0)).length, 1)
  })

  it('marks as read what is on the screen of an open room, and only that', () => {
    const model = modelWith({ room: bob })
    assert.deepEqual(model.take(messageEvent({ from: 'bob' }), at(0)).read, bob)
    const other = model.take(messageEvent({ from: 'carol' }), at(0))
    assert.equal(other.read, null)
    assert.match(other.lines.join(), /\[to you\] carol: hello/)
    assert.equal(modelWith().take(messageEvent({ from: 'bob' }), at(0)).read, null)
    assert.equal(model.take(messageEvent({ from: 'alice', to: 'bob', own: true }), at(0)).read, null)
  })

  it('tells once that a message has arrived when it went quickly', () => {
    const model = modelWith()
    model.followed.sent('1', bob, 'hello', 'queued', 0)
    model.take(status('1', 'sent'), at(10))
    model.take(status('1', 'stored'), at(20))
    model.take(status('1', 'delivered'), at(100))
    assert.deepEqual(model.followed.tell(at(250)), [])
    assert.equal(model.followed.nextTellingMs(250), 50)
    assert.deepEqual(model.followed.tell(at(300)), ['✓✓ delivered to bob: hello'])
    assert.deepEqual(model.followed.tell(at(9_999)), [])
    assert.equal(model.followed.nextTellingMs(9_999), null)
  })

  it('tells each step of a message that takes its time', () => {
    const model = modelWith()
    model.followed.sent('1', bob, 'hello', 'queued', 0)
    assert.deepEqual(model.followed.tell(at(2_000)), ['… waiting for a server, to bob: hello'])
    model.take(status('1', 'stored'), at(3_000))
    assert.deepEqual(model.followed.tell(at(4_000)), ['✓ stored for bob: hello'])
    model.take(status('1', 'delivered'), at(5_000))
    model.take(status('1', 'stored'), at(5_100))
    assert.deepEqual(model.followed.tell(at(6_000)), ['✓✓ delivered to bob: hello'])
  })

  it('tells of many in one line', () => {
    const model = modelWith()
    for (const id of ['1', '2', '3']) {
      model.followed.sent(id, bob, id, 'queued', 0)
      model.take(status(id, 'delivered'), at(5))
    }
    assert.deepEqual(model.followed.tell(at(500)), ['✓✓ delivered to bob: 3 messages'])
  })

  it('knows states that came before the answer to send', () => {
    const model = modelWith()
    model.take(status('1', 'delivered'), at(0))
    model.followed.sent('1', bob, 'hello', 'queued', 1)
    assert.deepEqual(model.followed.unsettled, [])
    assert.deepEqual(model.followed.tell(at(300)), ['✓✓ delivered to bob: hello'])
  })

  it('says nothing of messages that were sent elsewhere', () => {
    const model = modelWith()
    model.take(status('x', 'delivered'), at(0))
    assert.deepEqual(model.followed.tell(at(99_999)), [])
  })

  it('knows what may still be only here', () => {
    const model = modelWith()
    model.followed.sent('1', bob, 'a', 'queued', 0)
    model.followed.sent('2', bob, 'b', 'queued', 0)
    model.take(status('2', 'stored'), at(1))
    assert.deepEqual(model.followed.unsettled, ['1'])
  })

  it('says once that no server is reachable, and once that one is again', () => {
    const model = modelWith()
    const offline = { event: 'pool', change: 'offline', connection: { kind: 'offline', poolId: 'p', retryAfterMs: 1, direct: [] }, message: 'Sorry, no rendezvous server is reachable.' } as const
    const back = { event: 'pool', change: 'connected', connection: { kind: 'connected', server: 's', poolId: 'p', home: true }, message: 'Connected.' } as const
    const connecting = { event: 'pool', change: 'looking', connection: { kind: 'connecting' }, message: 'Looking…' } as const
    assert.deepEqual([connecting, offline, connecting, offline, back, connecting, back].map((event) => model.take(event, at(0)).lines.length), [0, 1, 0, 0, 1, 0, 0])
  })

  it('shows in a room only the presence of who is in it', () => {
    const model = modelWith({ room: bob })
    assert.equal(model.take({ event: 'presence', username: 'bob', online: false }, at(0)).lines.length, 1)
    assert.equal(model.take({ event: 'presence', username: 'carol', online: true }, at(0)).lines.length, 0)
  })

  const inGroup = (group: string, fields: Parameters<typeof messageEvent>[0] = {}): ReturnType<typeof messageEvent> => {
    const { to: _, ...event } = messageEvent({ group, ...fields })
    return event
  }

  it('names the group of what was said elsewhere, and only that', () => {
    const model = modelWith({ room: team })
    const here = model.take(inGroup('team'), at(0))
    assert.deepEqual(here.read, { kind: 'group', name: 'team' })
    assert.match(here.lines.join(), / bob: hello$/)
    assert.doesNotMatch(here.lines.join(), /team/)
    const club = model.take(inGroup('club'), at(0))
    assert.equal(club.read, null)
    assert.match(club.lines.join(), /\[club\] bob: hello$/)
    assert.match(modelWith().take(inGroup('team'), at(0)).lines.join(), /\[team\] bob: hello$/)
    assert.deepEqual([...model.shownFrom.keys()], ['group:team', 'group:club'])
  })

  it('does not take a person for a group of the same name', () => {
    const model = modelWith({ room: { kind: 'user', name: 'team' } })
    const reaction = model.take(inGroup('team'), at(0))
    assert.equal(reaction.read, null)
    assert.match(reaction.lines.join(), /\[team\] bob/)
    assert.equal(modelWith({ room: team }).take(messageEvent({ from: 'team' }), at(0)).read, null)
  })

  it('shows who comes and goes: all of it in the room, else as far as it is news', () => {
    const lines = (model: ShellModel, event: Parameters<typeof groupEvent>[0]): string => model.take(groupEvent(event), at(0)).lines.join()
    assert.match(lines(modelWith({ room: team }), {}), /^\S+ bob added carol$|^.* bob added carol$/)
    assert.doesNotMatch(lines(modelWith({ room: team }), {}), /\[team\]/)
    assert.match(lines(modelWith({ room: team }), { kind: 'epoch', message: 'the key was renewed' }), /renewed/)
    assert.match(lines(modelWith(), {}), /\[team\] bob added carol/)
    assert.equal(lines(modelWith(), { kind: 'epoch' }), '')
    assert.equal(lines(modelWith(), { by: 'alice' }), '', 'the answer of the command has said it')
    assert.equal(lines(modelWith({ room: bob }), {}), '')
    assert.match(lines(modelWith({ room: bob }), { users: ['alice'], message: 'bob added alice' }), /\[team\] bob added alice/)
    assert.match(lines(modelWith({ room: bob }), { kind: 'forked', message: 'Two logs.' }), /\[team\] Two logs\..*group verify team/)
  })

  it('follows a group to its new name, and says when one is out of it', () => {
    const model = modelWith({ room: team })
    model.take(groupEvent({ kind: 'rename', group: 'crew', message: 'bob renamed the group' }), at(0))
    assert.equal(model.prompt, 'alice → [crew]> ')
    const out = model.take(groupEvent({ kind: 'remove', group: 'crew', users: ['alice'], message: 'bob removed alice' }), at(0))
    assert.match(out.lines.join(), /no longer in crew.*0 leaves the room/)
    assert.ok(model.room !== null, 'a line that is being typed must not become a command')
  })

  it('sums up who has a message to a group, without a line for each', () => {
    const model = modelWith()
    const to = { kind: 'group', name: 'team' } as const
    const heard = (state: StatusEvent['state'], delivered: number, read = 0): StatusEvent => ({ event: 'status', id: '1', group: 'team', state, members: { delivered, read, of: 9 } })
    model.followed.sent('1', to, 'hello', 'queued', 0)
    model.followed.moved(heard('stored', 0), 10)
    for (let delivered = 1; delivered <= 7; delivered++) model.followed.moved(heard('stored', delivered), 20 * delivered)
    assert.deepEqual(model.followed.unsettled, [])
    assert.equal(model.followed.nextTellingMs(20), 1_500)
    assert.deepEqual(model.followed.tell(at(1_600)), ['✓ delivered 7 of 9 in [team]: hello'])
    model.followed.moved(heard('stored', 8), 2_000)
    assert.deepEqual(model.followed.tell(at(9_000)), [], 'the next news is that all have it')
    model.followed.moved(heard('delivered', 9), 10_000)
    assert.deepEqual(model.followed.tell(at(10_200)), ['✓✓ delivered 9 of 9 in [team]: hello'])
    model.followed.moved(heard('read', 9, 9), 11_000)
    assert.deepEqual(model.followed.tell(at(11_200)), ['✓✓✓ read 9 of 9 in [team]: hello'])
  })

  it('shows events of later versions as far as they have words', () => {
    const later = { event: 'poll', message: 'bob asks: tea?\u001b[2J' } as unknown as Parameters<ShellModel['take']>[0]
    assert.deepEqual(modelWith().take(later, at(0)).lines, ['bob asks: tea?'])
    assert.deepEqual(modelWith().take({ event: 'poll' } as unknown as Parameters<ShellModel['take']>[0], at(0)).lines, [])
  })

  it('is loud about a changed identity, in a room as well', () => {
    const added = (username: string): NodeEvent => ({ event: 'device-added', username, own: username === 'alice', deviceId: '00112233aabbccdd', label: 'phone', message: '', at: new Date(0).toISOString(), cursor: 'c' })
    const lines = (username: string, room: string): string => modelWith({ room: { kind: 'user', name: room } }).take(added(username), at(0)).lines.join('\n')
    assert.match(lines('alice', 'carol'), /added to your account: phone \(00112233aabbccdd\)\.\nIf it was not you: device remove 00112233aabbccdd, then passwd/)
    assert.match(lines('bob', 'bob'), /bob has a new device: phone/)
    assert.equal(lines('bob', 'carol'), '')
    assert.match(modelWith({ room: { kind: 'user', name: 'carol' } }).take({ event: 'identity-changed', username: 'bob', message: '' }, at(0)).lines.join(), /identity key of bob has changed/)
  })

  it('has a menu whose every choice is a line of the shell', () => {
    const numbers = menuLines(makeStyle(false)).map((line) => line.trim().split(' ')[0] ?? '')
    assert.deepEqual(numbers, numbers.map((_, index) => String(index + 1)))
    for (const number of numbers) {
      const choice = parseMenuChoice(number)
      assert.ok(choice !== null)
      const input = parseLine([choice.command, ...choice.questions.map(() => 'bob')].join(' '), false)
      assert.ok(!['wrong', 'nothing', 'menu'].includes(input.kind), choice.command)
    }
    for (const other of ['0', '', 'x', '99', '-1']) assert.equal(parseMenuChoice(other), null)
  })
})

describe('cli: completion in the shell', () => {
  const from = (...names: string[]) => async (prefix: string): Promise<string[]> => names.filter((name) => name.startsWith(prefix))
  const sources = {
    specs: COMMANDS,
    users: from('bob ', 'bobby ', 'carol '),
    ownGroups: from('team ', 'tennis '),
    listedGroups: from('club ', 'choir '),
    members: async (group: string, prefix: string) => await from(`${group}-bob `)(prefix),
    files: async (prefix: string, offered: boolean) => await from(...offered ? ['3f9a12bc '] : ['3f9a12bc ', '77aa0011 '])(prefix),
    paths: async ({ raw }: { raw: string }): Promise<[string[], string]> => [[`path:${raw}`], raw]
  }
  const of = async (line: string): Promise<string[]> => (await complete(line, sources))[0]

  it('offers commands in the case they are begun in', async () => {
    assert.deepEqual(await of('hi'), ['history '])
    assert.deepEqual(await of('GR'), ['GRPSEND '])
    assert.deepEqual(await of('gr'), ['group ', 'groups ', 'grpsend '])
    assert.deepEqual(await of('grp'), ['grpsend '])
    assert.deepEqual((await complete('SE', sources))[1], 'SE')
    assert.ok(!(await of('')).some((word) => /rendezvous|completion|listen/.test(word)))
  })

  it('offers names where a name belongs', async () => {
    assert.deepEqual(await of('SEND bo'), ['bob ', 'bobby '])
    assert.deepEqual(await of('chat c'), ['carol '])
    assert.deepEqual(await of('verify '), ['bob ', 'bobby ', 'carol '])
    assert.deepEqual(await of('SEND bob bo'), [])
    assert.deepEqual(await of('whoami b'), [])
    assert.deepEqual(await of('SEND bob hello bo'), [])
  })

  it('offers groups where a group belongs: one\'s own, those to join, its members', async () => {
    assert.deepEqual(await of('GRPSEND te'), ['team ', 'tennis '])
    assert.deepEqual(await complete('GRPSEND team,ten', sources), [['tennis '], 'ten'])
    assert.deepEqual(await of('GRPSEND team te'), [])
    assert.deepEqual(await of('CHAT '), ['bob ', 'bobby ', 'carol ', 'team ', 'tennis '])
    assert.deepEqual(await of('JOIN c'), ['club ', 'choir '])
    assert.deepEqual(await of('group join c'), ['club ', 'choir '])
    assert.deepEqual(await of('ADD team bo'), ['bob ', 'bobby '])
    assert.deepEqual(await of('group add team bob ca'), ['carol '])
    assert.deepEqual(await of('REMOVE team '), ['team-bob '])
    assert.deepEqual(await of('group policy team un'), ['unlisted '])
    assert.deepEqual(await of('SEND_GROUP 2 team te'), ['team ', 'tennis '])
    assert.deepEqual(await of('SEND_GROUP 2 team club te'), [])
    assert.deepEqual(await of('CREATE te'), [])
    assert.deepEqual(await of('CREATE te bo'), ['bob ', 'bobby '])
    assert.deepEqual(await of('group le'), ['leave'])
    assert.deepEqual(await of('history te'), ['team ', 'tennis '])
  })

  it('offers options and second words', async () => {
    assert.deepEqual(await of('history bob --s'), ['--search'])
    assert.deepEqual(await of('device r'), ['remove'])
    assert.deepEqual(await of('help devi'), ['devices', 'device remove'])
  })
})
