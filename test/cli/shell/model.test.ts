import assert from 'node:assert/strict'
import type { StatusEvent } from '../../../src/node/chat-node.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import { complete } from '../../../src/cli/shell/complete.js'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import { ShellModel } from '../../../src/cli/shell/model.js'
import { menuLines, parseMenuChoice } from '../../../src/cli/shell/texts.js'
import { parseLine } from '../../../src/cli/shell/parse.js'
import { messageEvent } from '../helpers/samples.js'

const at = (nowMs: number): { style: ReturnType<typeof makeStyle>, nowMs: number, self: string } => ({ style: makeStyle(false), nowMs, self: 'alice' })
const status = (id: string, state: StatusEvent['state']): StatusEvent => ({ event: 'status', id, to: 'bob', state })

function modelWith (fields: Partial<ShellModel> = {}): ShellModel {
  return Object.assign(new ShellModel(), { username: 'alice', ...fields })
}

describe('cli: what the shell shows', () => {
  it('has a prompt that says who, where, and whether a server is there', () => {
    assert.equal(modelWith({ username: null }).prompt, 'p2pchat> ')
    assert.equal(modelWith().prompt, 'alice> ')
    const model = modelWith()
    model.found({ kind: 'offline', poolId: 'p', retryAfterMs: 1 })
    assert.equal(model.prompt, 'alice (offline)> ')
    assert.equal(modelWith({ room: 'bob' }).prompt, 'alice → bob> ')
  })

  it('marks as read what is on the screen of an open room, and only that', () => {
    const model = modelWith({ room: 'bob' })
    assert.equal(model.take(messageEvent({ from: 'bob' }), at(0)).read, 'bob')
    const other = model.take(messageEvent({ from: 'carol' }), at(0))
    assert.equal(other.read, null)
    assert.equal(other.lines[0], '(not in this room)')
    assert.equal(modelWith().take(messageEvent({ from: 'bob' }), at(0)).read, null)
    assert.equal(model.take(messageEvent({ from: 'alice', to: 'bob', own: true }), at(0)).read, null)
  })

  it('tells once that a message has arrived when it went quickly', () => {
    const model = modelWith()
    model.sent('1', 'bob', 'hello', 'queued', 0)
    model.take(status('1', 'sent'), at(10))
    model.take(status('1', 'stored'), at(20))
    model.take(status('1', 'delivered'), at(100))
    assert.deepEqual(model.tell(at(250)), [])
    assert.equal(model.nextTellingMs(250), 50)
    assert.deepEqual(model.tell(at(300)), ['✓✓ delivered to bob: hello'])
    assert.deepEqual(model.tell(at(9_999)), [])
    assert.equal(model.nextTellingMs(9_999), null)
  })

  it('tells each step of a message that takes its time', () => {
    const model = modelWith()
    model.sent('1', 'bob', 'hello', 'queued', 0)
    assert.deepEqual(model.tell(at(2_000)), ['… waiting for a server, to bob: hello'])
    model.take(status('1', 'stored'), at(3_000))
    assert.deepEqual(model.tell(at(4_000)), ['✓ stored for bob: hello'])
    model.take(status('1', 'delivered'), at(5_000))
    model.take(status('1', 'stored'), at(5_100))
    assert.deepEqual(model.tell(at(6_000)), ['✓✓ delivered to bob: hello'])
  })

  it('tells of many in one line', () => {
    const model = modelWith()
    for (const id of ['1', '2', '3']) {
      model.sent(id, 'bob', id, 'queued', 0)
      model.take(status(id, 'delivered'), at(5))
    }
    assert.deepEqual(model.tell(at(500)), ['✓✓ delivered to bob: 3 messages'])
  })

  it('knows states that came before the answer to send', () => {
    const model = modelWith()
    model.take(status('1', 'delivered'), at(0))
    model.sent('1', 'bob', 'hello', 'queued', 1)
    assert.deepEqual(model.unsettled, [])
    assert.deepEqual(model.tell(at(300)), ['✓✓ delivered to bob: hello'])
  })

  it('says nothing of messages that were sent elsewhere', () => {
    const model = modelWith()
    model.take(status('x', 'delivered'), at(0))
    assert.deepEqual(model.tell(at(99_999)), [])
  })

  it('knows what may still be only here', () => {
    const model = modelWith()
    model.sent('1', 'bob', 'a', 'queued', 0)
    model.sent('2', 'bob', 'b', 'queued', 0)
    model.take(status('2', 'stored'), at(1))
    assert.deepEqual(model.unsettled, ['1'])
  })

  it('says once that no server is reachable, and once that one is again', () => {
    const model = modelWith()
    const offline = { event: 'pool', connection: { kind: 'offline', poolId: 'p', retryAfterMs: 1 }, message: 'Sorry, no rendezvous server is reachable.' } as const
    const back = { event: 'pool', connection: { kind: 'connected', server: 's', poolId: 'p' }, message: 'Connected.' } as const
    const connecting = { event: 'pool', connection: { kind: 'connecting' }, message: 'Looking…' } as const
    assert.deepEqual([connecting, offline, connecting, offline, back, connecting, back].map((event) => model.take(event, at(0)).lines.length), [0, 1, 0, 0, 1, 0, 0])
  })

  it('shows in a room only the presence of who is in it', () => {
    const model = modelWith({ room: 'bob' })
    assert.equal(model.take({ event: 'presence', username: 'bob', online: false }, at(0)).lines.length, 1)
    assert.equal(model.take({ event: 'presence', username: 'carol', online: true }, at(0)).lines.length, 0)
  })

  it('is loud about a changed identity, in a room as well', () => {
    assert.match(modelWith({ room: 'carol' }).take({ event: 'identity-changed', username: 'bob', message: '' }, at(0)).lines.join(), /identity key of bob has changed/)
  })

  it('has a menu whose every choice is a line of the shell', () => {
    const numbers = menuLines(makeStyle(false)).map((line) => line.trim().split(' ')[0] ?? '')
    assert.deepEqual(numbers, numbers.map((_, index) => String(index + 1)))
    for (const number of numbers) {
      const choice = parseMenuChoice(number)
      assert.ok(choice !== null)
      const input = parseLine([choice.command, ...choice.questions.map(() => 'bob')].join(' '), null)
      assert.ok(!['wrong', 'nothing', 'menu'].includes(input.kind), choice.command)
    }
    for (const other of ['0', '', 'x', '99', '-1']) assert.equal(parseMenuChoice(other), null)
  })
})

describe('cli: completion in the shell', () => {
  const sources = { specs: COMMANDS, users: async (prefix: string) => ['bob ', 'bobby ', 'carol '].filter((name) => name.startsWith(prefix)) }
  const of = async (line: string): Promise<string[]> => (await complete(line, sources))[0]

  it('offers commands in the case they are begun in', async () => {
    assert.deepEqual(await of('hi'), ['history '])
    assert.deepEqual(await of('SE'), ['SEND '])
    assert.deepEqual(await of('se'), ['send '])
    assert.deepEqual((await complete('SE', sources))[1], 'SE')
    assert.ok(!(await of('')).some((word) => /rendezvous|completion|listen/.test(word)))
  })

  it('offers names where a name belongs', async () => {
    assert.deepEqual(await of('SEND bo'), ['bob ', 'bobby '])
    assert.deepEqual(await of('chat c'), ['carol '])
    assert.deepEqual(await of('verify '), ['bob ', 'bobby ', 'carol '])
    assert.deepEqual(await of('SEND bob bo'), [])
    assert.deepEqual(await of('whoami b'), [])
  })

  it('offers options and second words', async () => {
    assert.deepEqual(await of('history bob --s'), ['--search'])
    assert.deepEqual(await of('device r'), ['remove'])
    assert.deepEqual(await of('help devi'), ['devices', 'device remove'])
  })
})
