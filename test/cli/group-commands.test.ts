import assert from 'node:assert/strict'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { serveControl } from '../../src/cli/control/index.js'
import { P2pChatError } from '../../src/errors.js'
import { systemClock } from '../../src/runtime.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { groupEvent } from './helpers/fake-groups.js'
import { run, type Ran, type RunOptions } from './helpers/run.js'
import { historyEntry, messageEvent } from './helpers/samples.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('cli: groups', () => {
  const home = tempFolder()
  let node = new FakeChatNode()
  beforeEach(() => {
    node = new FakeChatNode()
    node.rooms.put('team', ['alice', 'bob'])
    node.rooms.put('club', ['carol', 'bob', 'alice'])
    node.rooms.put('choir', ['carol'])
    node.rooms.put('board', ['bob'], { inviteOnly: true })
    node.rooms.put('secret', ['bob'], { unlisted: true })
  })

  const cli = async (argv: string[], options: Partial<RunOptions> = {}): Promise<Ran> => await run(argv, { home: home(), node, ...options })
  const called = (name: string): unknown => node.calls.findLast((call) => call.name === name)?.params

  describe('create', () => {
    it('makes one with what was asked for', async () => {
      const ran = await cli(['group', 'create', 'Crew', 'bob', 'user:carol', '--invite-only', '--unlisted', '--json'])
      assert.equal(ran.status, 0)
      assert.deepEqual(called('groupCreate'), { name: 'crew', inviteOnly: true, unlisted: true, members: ['bob', 'carol'] })
      assert.deepEqual(ran.events.map(({ event, group, refused }) => [event, group, refused]), [['group-created', 'crew', []]])
    })

    it('says how others come in', async () => {
      assert.match((await cli(['group', 'create', 'crew'])).stdout, /you are its admin.\n.*group join crew.*group add crew/)
    })

    it('ends with 7 at a taken name, 2 at one that cannot be', async () => {
      assert.equal((await cli(['group', 'create', 'team'])).status, 7)
      for (const name of ['42', 'a', 'no spaces', '-x', 'user:bob', 'a/b']) assert.equal((await cli(['group', 'create', '--', name])).status, 2, name)
    })

    it('tells who could not be added, and ends as that does', async () => {
      const ran = await cli(['group', 'create', 'crew', 'bob', 'nobody'])
      assert.equal(ran.status, 5)
      assert.match(ran.stdout, /With you in it: bob\./)
      assert.match(ran.stderr, /^Not added: nobody \(There is no user nobody\.\)\n$/)
    })
  })

  it('join says whether it made the group', async () => {
    assert.match((await cli(['group', 'join', 'choir'])).stdout, /You are in choir now: 2 members/)
    assert.match((await cli(['group', 'join', 'newone'])).stdout, /There was no group newone: you have made it/)
    assert.equal((await cli(['group', 'join', 'board'])).status, 6)
  })

  it('join takes an invitation without a server, and nothing else', async () => {
    node = new FakeChatNode({ connect: async () => { throw new P2pChatError('ERR_NO_SERVER', 'No server answers.') } })
    node.rooms.put('quiz', ['bob', 'alice'], { invitedBy: 'bob' })
    node.rooms.put('choir', ['carol'])
    assert.match((await cli(['group', 'join', 'quiz'])).stdout, /You are in quiz now: 2 members/)
    assert.equal((await cli(['group', 'join', 'choir'])).status, 4)
  })

  it('leave keeps the only admin until another is named', async () => {
    assert.equal((await cli(['group', 'leave', 'team'])).status, 6)
    assert.equal((await cli(['group', 'promote', 'team', 'bob'])).status, 0)
    assert.match((await cli(['group', 'leave', 'team'])).stdout, /You left team\..*history group:team/)
    assert.equal((await cli(['group', 'members', 'team'])).status, 5)
  })

  it('members shows admins, and who is online', async () => {
    assert.equal((await cli(['group', 'members', 'club'])).stdout, '○ carol             admin\n● bob               online\n● alice             online · you\n')
  })

  describe('what admins do', () => {
    for (const [word, sentence] of [['add', 'carol is in team now.'], ['remove', 'bob is no longer in team.'], ['promote', 'bob is an admin of team now.'], ['demote', 'bob is a plain member of team now.']] as const) {
      it(`${word} says what it did`, async () => {
        const who = word === 'add' ? 'carol' : 'bob'
        assert.equal((await cli(['group', word, 'team', who])).stdout, `${sentence}\n`)
        assert.deepEqual(called(`group${word.charAt(0).toUpperCase()}${word.slice(1)}`), { name: 'team', usernames: [who] })
      })
    }

    it('is refused to others with 6 and the sentence that they are promised', async () => {
      for (const word of ['add', 'remove']) {
        const ran = await cli(['group', word, 'club', 'bob'])
        assert.deepEqual([ran.status, ran.stderr], [6, 'Only an admin can add or remove members.\n'])
      }
      assert.deepEqual((await cli(['group', 'add', 'club', 'dave', '--json'])).events, [{ event: 'error', code: 'ERR_NOT_PERMITTED', message: 'Only an admin can add or remove members.' }])
    })

    it('asks once for who is named twice', async () => {
      await cli(['group', 'add', 'team', 'carol', 'Carol'])
      assert.deepEqual(called('groupAdd'), { name: 'team', usernames: ['carol'] })
    })

    it('tells for whom it worked and for whom not', async () => {
      const ran = await cli(['group', 'add', 'team', 'nobody', 'carol', 'bob'])
      assert.deepEqual([ran.status, ran.stdout], [5, 'carol is in team now.\n'])
      assert.equal(ran.stderr, 'There is no user nobody. bob is a member of team already.\n')
      assert.equal((await cli(['group', 'remove', 'team', 'bob', 'carol'])).status, 0)
      assert.deepEqual(called('groupRemove'), { name: 'team', usernames: ['bob', 'carol'] })
    })

    it('asks once when it may not at all', async () => {
      await cli(['group', 'add', 'club', 'dave', 'erin'])
      assert.equal(node.calls.filter(({ name }) => name === 'groupAdd').length, 1)
    })

    it('renames, unless the name is taken', async () => {
      assert.equal((await cli(['group', 'rename', 'team', 'club'])).status, 7)
      assert.equal((await cli(['group', 'rename', 'team', 'crew'])).stdout, 'team is called crew now.\n')
    })

    it('sets policies, and refuses contradictions', async () => {
      assert.equal((await cli(['group', 'policy', 'team', 'invite-only', 'unlisted'])).stdout, 'team is invite-only and unlisted now.\n')
      assert.deepEqual(called('groupPolicy'), { name: 'team', inviteOnly: true, unlisted: true })
      for (const words of [['open', 'invite-only'], ['closed'], ['constructor']]) assert.equal((await cli(['group', 'policy', 'team', ...words])).status, 2, words.join())
    })
  })

  describe('send', () => {
    it('sends once to each of several groups, and answers for each', async () => {
      const ran = await cli(['group', 'send', 'team,club,team', 'hello', 'there', '--json'])
      assert.equal(ran.status, 0)
      assert.deepEqual(called('groupSend'), { names: ['team', 'club'], text: 'hello there' })
      assert.deepEqual(ran.events.map(({ event, group, state }) => [event, group, state]), [['status', 'team', 'stored'], ['status', 'club', 'stored']])
    })

    it('says how many members have it', async () => {
      node.reached = 'delivered'
      assert.equal((await cli(['group', 'send', 'club', 'hi', '--wait', 'delivered'])).stdout, '[club] ✓✓ delivered 2 of 2\n')
    })

    it('ends with 9 once all groups have been told about', async () => {
      const ran = await cli(['group', 'send', 'team,club', 'hi', '--wait', 'delivered', '--timeout', '1s', '--json'])
      assert.equal(ran.status, 9)
      assert.deepEqual(ran.events.map(({ event, code, group }) => code ?? [event, group]), [['status', 'team'], ['status', 'club'], 'ERR_PENDING'])
      assert.deepEqual(ran.events[0]?.members, { delivered: 1, read: 0, of: 2 })
    })

    it('sends nothing when one of the groups is not one\'s own, or the list of groups has a hole', async () => {
      assert.equal((await cli(['group', 'send', 'team,choir', 'hi'])).status, 5)
      assert.equal(node.entries.length, 0)
      for (const names of ['team,', ',', 'team,,club', '42']) assert.equal((await cli(['group', 'send', names, 'hi'])).status, 2, names)
    })

    it('reads standard input', async () => {
      await cli(['group', 'send', 'team', '-'], { stdin: 'one\ntwo\n' })
      assert.deepEqual(called('groupSend'), { names: ['team'], text: 'one\ntwo' })
    })
  })

  describe('lists', () => {
    it('shows listed groups with their members, one\'s own marked', async () => {
      assert.equal((await cli(['groups'])).stdout, 'board             1 member · invite-only\nchoir             1 member\nclub              3 members · yours\nteam              2 members · yours\n')
      assert.match((await cli(['groups', '--prefix', 'CH'])).stdout, /^choir +1 member\n$/)
    })

    it('gives a pipe every page, and a terminal fifty with how to go on', async () => {
      for (let at = 0; at < 1_200; at++) node.rooms.put(`x${String(at).padStart(4, '0')}`, ['bob'])
      const all = await cli(['groups', '--prefix', 'x', '--json'])
      assert.equal(all.events.length, 1_200)
      assert.equal(new Set(all.events.map(({ name }) => name)).size, 1_200)
      assert.equal((await cli(['groups', '--prefix', 'x', '--limit', '700'])).stdout.split('\n').length, 701)
      const ran = await cli(['groups', '--prefix', 'x', '--after', 'x0099'], { isTTY: true })
      assert.equal(ran.stdout.split('\n').length, 51)
      assert.match(ran.stdout, /x0100 /)
      assert.match(ran.stderr, /There are more\. To go on: groups --prefix x --after x0149/)
    })

    it('shows one\'s own with what is unread, without a server', async () => {
      node.rooms.put('quiz', ['bob', 'alice'], { unread: 2, waiting: 'the key is being renewed' })
      node.rooms.put('old', ['bob'], { standing: 'removed' })
      const ran = await cli(['groups', '--mine'])
      assert.match(ran.stdout, /quiz +2 unread messages · 2 members · sending waits: the key is being renewed/)
      assert.doesNotMatch(ran.stdout, /old/)
      assert.match((await cli(['groups', '--mine', '--all'])).stdout, /old +you were removed/)
      assert.ok(!node.calls.some(({ name }) => name === 'connect' || name === 'groups'))
    })

    it('says what to do where there is none', async () => {
      const empty = new FakeChatNode()
      assert.match((await cli(['groups'], { node: empty })).stderr, /group create NAME/)
      assert.match((await cli(['groups', '--mine'], { node: empty })).stderr, /group join NAME/)
    })
  })

  describe('names that could be a person or a group', () => {
    const contact = (username: string): FakeChatNode['known'][number] => ({ username, online: true, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 })

    it('are asked about with 2 when both have a conversation', async () => {
      node.known = [contact('team')]
      for (const command of ['history', 'trace']) {
        const ran = await cli([command, 'team', '--json'])
        assert.equal(ran.status, 2)
        assert.equal(ran.events[0]?.code, 'ERR_AMBIGUOUS')
        assert.match(String(ran.events[0]?.message), /user:team or group:team/)
      }
      assert.equal((await cli(['history', 'user:team'])).status, 0)
      assert.equal((await cli(['history', 'group:team'])).status, 0)
    })

    it('are the one that there is', async () => {
      await cli(['history', 'team'])
      assert.deepEqual(called('history'), { group: 'team', limit: 50 })
      node.rooms.put('gone', ['bob'], { standing: 'left' })
      await cli(['history', 'gone'])
      assert.deepEqual(called('history'), { group: 'gone', limit: 50 })
      await cli(['history', 'bob'])
      assert.deepEqual(called('history'), { user: 'bob', limit: 50 })
    })

    it('cannot be mixed up where only one can be meant', async () => {
      assert.equal((await cli(['verify', 'group:team'])).status, 2)
      assert.equal((await cli(['group', 'members', 'user:team'])).status, 2)
    })
  })

  describe('trace', () => {
    it('finds the newest message to a group by its name, and names who is missing', async () => {
      await cli(['group', 'send', 'team', 'first'])
      await cli(['group', 'send', 'team', 'second'])
      const { to: _, ...reply } = historyEntry({ id: 'a'.repeat(32), from: 'bob', group: 'team' })
      node.entries.push(reply)
      const ran = await cli(['trace', 'team'])
      assert.deepEqual(called('trace'), { id: '2'.padStart(32, '0') })
      assert.match(ran.stdout, /to the group team/)
      assert.match(ran.stdout, /delivered 1 of 2\nnot yet: carol\n/)
    })

    it('says when nothing was sent there', async () => {
      assert.equal((await cli(['trace', 'team'])).status, 5)
      assert.equal((await cli(['trace', 'group:team'])).status, 5)
    })
  })

  it('history shows who came and went, and answers it as such', async () => {
    const { to: _, ...change } = historyEntry({ from: 'bob', group: 'team', kind: 'group-change', text: 'bob added carol\u001b[2J' })
    node.entries.push(change)
    assert.match((await cli(['history', 'team'])).stdout, / bob added carol\n$/)
    assert.deepEqual((await cli(['history', 'team', '--json'])).events.map(({ event, group }) => [event, group]), [['group-change', 'team']])
  })

  it('listen names the group, and counts no change as a message', async () => {
    const { to: _, ...inGroup } = messageEvent({ group: 'team', cursor: 'c1' })
    node.emit(groupEvent({ message: 'bob added\u202e carol' }), inGroup)
    const shown = (await cli(['listen', '--exit-after', '1'])).stdout
    assert.match(shown, /\[team\] bob added carol\n.*\[team\] bob: hello\n$/)
    assert.equal(node.acknowledged, 'c1')
    node.acknowledged = null
    assert.deepEqual((await cli(['listen', '--json', '--exit-after', '1'])).events.map(({ event, group }) => [event, group]), [['group', 'team'], ['message', 'team']])
  })

  it('log is read in pages that fit the control socket', async () => {
    const team = node.rooms.all.find(({ name }) => name === 'team')
    assert.ok(team !== undefined)
    team.log = Array.from({ length: 250 }, (_, at) => ({ sequence: at + 1, hash: '', at: '2024-11-22T10:00:00.000Z', by: 'bob', kind: 'join' as const, users: [], text: `change ${at + 1}` }))
    assert.deepEqual((await cli(['group', 'log', 'team', '--limit', '230', '--json'])).events.map(({ sequence }) => sequence), Array.from({ length: 230 }, (_, at) => at + 21))
    assert.match((await cli(['group', 'log', 'team', '--before', '3'])).stdout, /^ +1 .* change 1\n +2 .* change 2\n$/)
  })

  describe('verify', () => {
    it('says who has the same log, and who did not answer', async () => {
      assert.match((await cli(['group', 'verify', 'club'])).stdout, /has 1 entry[^]*every entry, from the first\.\nThe same log: bob\nNo answer, probably offline: carol\n$/)
    })

    it('ends with 1, and is loud, when the server has shown two', async () => {
      node = new FakeChatNode({
        groupVerify: async () => ({ head: { sequence: 5, hash: 'ab'.repeat(32) }, walkedFrom: { kind: 'checkpoint', sequence: 3, admin: 'bob' }, agreed: [], differing: ['eve', 'bob'], unanswered: [] })
      })
      const ran = await cli(['group', 'verify', 'team'])
      assert.equal(ran.status, 1)
      assert.match(ran.stdout, /after 3; for what was before it trusts bob[^]*ANOTHER LOG: eve and bob/)
      assert.match(ran.stderr, /^eve and bob and you were shown different members of team/)
    })
  })

  it('goes through the control socket of the home\'s owner', async () => {
    const owner = await serveControl({ node, clock: systemClock, home: home(), env: {} })
    const asked = { createNode: async () => assert.fail('A node was made.') }
    try {
      assert.equal((await cli(['group', 'create', 'crew', 'bob'], asked)).status, 0)
      assert.equal((await cli(['group', 'add', 'crew', 'carol'], asked)).status, 0)
      assert.deepEqual((await cli(['group', 'members', 'crew', '--json'], asked)).events.map(({ username }) => username), ['alice', 'bob', 'carol'])
      assert.equal((await cli(['group', 'send', 'crew,team', 'hi'], asked)).status, 0)
      assert.equal((await cli(['history', 'crew', '--json'], asked)).events[0]?.group, 'crew')
    } finally {
      await owner.close()
    }
  })

  it('refuses with the exit status of the reason, whatever the command', async () => {
    const failing = { groupMembers: async () => { throw new P2pChatError('ERR_NO_SERVER', 'None.') }, groupJoin: async () => { throw new P2pChatError('ERR_LIMIT', 'A group has at most 1000 members.') } }
    node = new FakeChatNode(failing)
    assert.equal((await cli(['group', 'members', 'team'])).status, 4)
    assert.equal((await cli(['group', 'join', 'team'])).status, 8)
    for (const { name, args } of COMMANDS.filter((spec) => spec.name.startsWith('group '))) {
      assert.equal((await cli(name.split(' '))).status, 2, name)
      assert.match(args ?? '', /^<group/)
    }
  })
})
