import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { serveControl } from '../../src/cli/control/index.js'
import { main } from '../../src/cli/main.js'
import { Interruption } from '../../src/cli/signals.js'
import { version } from '../../src/cli/version.js'
import { ERROR_EXIT_STATUS, P2pChatError, type ErrorCode } from '../../src/errors.js'
import type { NodeEvent } from '../../src/node/chat-node.js'
import { systemClock } from '../../src/runtime.js'
import { FakeClock, settle } from '../helpers/fake-clock.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { run, type Ran, type RunOptions } from './helpers/run.js'
import { historyEntry, messageEvent } from './helpers/samples.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('cli: commands', () => {
  const home = tempFolder()
  const cli = async (argv: string[], options: Partial<RunOptions> = {}): Promise<Ran> => await run(argv, { home: home(), ...options })

  describe('exit statuses', () => {
    it('come with the reason in ASCII on a terminal whose locale is not UTF-8, and in a file as it is', async () => {
      const node = new FakeChatNode({ contacts: async () => { throw new P2pChatError('ERR_USAGE', 'Give /ip4/…/tcp/….') } })
      for (const [errorIsTTY, said] of [[true, 'Give /ip4/.../tcp/....\n'], [false, 'Give /ip4/…/tcp/….\n']] as const) {
        assert.equal((await cli(['contacts'], { node, env: { LANG: 'C' }, errorIsTTY })).stderr, said)
      }
    })

    for (const [code, status] of Object.entries(ERROR_EXIT_STATUS) as Array<[ErrorCode, number]>) {
      it(`ends with ${status} at ${code}, one plain line on standard error`, async () => {
        const node = new FakeChatNode({ contacts: async () => { throw new P2pChatError(code, 'Do this.\nThen that.') } })
        const ran = await cli(['contacts'], { node })
        assert.deepEqual([ran.status, ran.stdout], [status, ''])
        assert.match(ran.stderr, /^[^\n]*Do this. Then that\.\n$/)
      })
    }

    it('ends with 2 at a wrong command line, 0 at help', async () => {
      assert.deepEqual([(await cli(['nonsense'])).status, (await cli(['send'])).status, (await cli(['--help'])).status, (await cli(['help', 'send'])).status], [2, 2, 0, 0])
    })

    it('answers --help and --version as JSON with --json, wherever it stands', async () => {
      for (const argv of [['--json', 'send', '--help'], ['send', '--help', '--json']]) {
        const { events, stdout } = await cli(argv)
        assert.deepEqual([events.length, stdout.split('\n').length, events[0]?.event], [1, 2, 'help'])
        assert.match(String(events[0]?.text), /^Usage: p2pchat send/)
      }
      assert.deepEqual((await cli(['--version', '--json'])).events, [{ event: 'version', version: version() }])
      assert.equal((await cli(['--version'])).stdout, `${version()}\n`)
    })

    it('ends with 1 at what nobody foresaw', async () => {
      const node = new FakeChatNode({ contacts: async () => { throw new TypeError('x is not a function') } })
      assert.equal((await cli(['contacts'], { node })).status, 1)
    })
  })

  describe('errors', () => {
    it('are one JSON object with --json, wherever it stands', async () => {
      const node = new FakeChatNode({ contacts: async () => { throw new P2pChatError('ERR_RATE_LIMITED', 'Slowly.', { retryAfterMs: 5000 }) } })
      const expected = { event: 'error', code: 'ERR_RATE_LIMITED', message: 'Slowly.', retryAfterMs: 5000 }
      for (const argv of [['--json', 'contacts'], ['contacts', '--json']]) {
        const ran = await cli(argv, { node })
        assert.deepEqual([ran.events, ran.stderr], [[expected], ''])
      }
      assert.deepEqual((await cli(['nonsense', '--json'])).events.map(({ code }) => code), ['ERR_USAGE'])
    })

    it('are on standard error when standard output takes nothing, as on a full disk', async () => {
      const full = new Writable({ write: (_chunk, _encoding, done) => { done(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })) } })
      const stderr = new PassThrough()
      const io = { stdin: new PassThrough(), stdout: full, stderr, env: { P2PCHAT_HOME: home() } }
      assert.equal(await main(['whoami', '--json'], { io, createNode: async () => new FakeChatNode(), interruption: new Interruption() }), 1)
      assert.equal(String(stderr.read()), 'ENOSPC: no space left on device, write\n')
    })

    it('say when to try again', async () => {
      const node = new FakeChatNode({ contacts: async () => { throw new P2pChatError('ERR_RATE_LIMITED', 'Slowly.', { retryAfterMs: 5000 }) } })
      assert.equal((await cli(['contacts'], { node })).stderr, 'Slowly. Try again in 5 seconds.\n')
    })

    it('have no escape of a server in them', async () => {
      const node = new FakeChatNode({ contacts: async () => { throw new P2pChatError('ERR_LIMIT', 'a\u001b[2Jb\u202e') } })
      assert.equal((await cli(['contacts'], { node })).stderr, 'ab\n')
    })

    it('say what to try without a server', async () => {
      const node = new FakeChatNode({ connect: async () => { throw new P2pChatError('ERR_NO_SERVER', 'Is the server running?') } })
      const ran = await cli(['login', 'alice'], { node, env: { P2PCHAT_PASSWORD: 'x' } })
      assert.deepEqual([ran.status, ran.stderr], [4, 'Sorry, no rendezvous server is reachable. Is the server running?\n'])
    })
  })

  it('say that there is no server, also where one that was named answers nothing', async () => {
    for (const kind of ['offline', 'connecting'] as const) {
      const node = new FakeChatNode({ status: async () => ({ account: FakeChatNode.account('alice'), connection: kind === 'offline' ? { kind, poolId: 'pool', retryAfterMs: 1_000, direct: [] } : { kind }, queued: 0, cipher: 'openssl' }) })
      for (const args of [['send', 'bob', 'hi'], ['send-file', 'bob', 'package.json']]) assert.match((await cli(args, { node })).stderr, /^Sorry, no rendezvous server is reachable\. What you write is kept/m, `${kind}: ${args[0] ?? ''}`)
      assert.doesNotMatch((await cli(['send', 'bob', 'hi', '--timeout', '1'], { node })).stderr, kind === 'connecting' ? /no rendezvous/ : /nothing/)
    }
  })

  it('does what it was told also where nobody reads its notes', async () => {
    const node = new FakeChatNode({ status: async () => ({ account: FakeChatNode.account('alice'), connection: { kind: 'offline', poolId: 'pool', retryAfterMs: 1_000, direct: [] }, queued: 0, cipher: 'openssl' }) })
    const gone = new Writable({ write: (_chunk, _encoding, done) => { done(Object.assign(new Error('Nobody reads.'), { code: 'EPIPE' })) } })
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: gone, env: { P2PCHAT_HOME: home() } }
    assert.equal(await main(['send', 'bob', 'hi'], { io, createNode: async () => node, interruption: new Interruption() }), 0)
    assert.ok(node.calls.some(({ name }) => name === 'send'))
  })

  describe('what only a server can do', () => {
    const needing = [['users'], ['groups'], ['group', 'create', 'team'], ['group', 'join', 'team'], ['group', 'leave', 'team'], ['group', 'add', 'team', 'bob'], ['group', 'remove', 'team', 'bob'], ['group', 'promote', 'team', 'bob'],
      ['group', 'demote', 'team', 'bob'], ['group', 'rename', 'team', 'crew'], ['group', 'policy', 'team', 'open']]

    it('looks for one for as long as --timeout says, else 10 s', async () => {
      for (const argv of needing) {
        const node = new FakeChatNode({ connect: async () => { throw new P2pChatError('ERR_NO_SERVER', 'None.') } })
        assert.equal((await cli([...argv, '--timeout', '2m'], { node })).status, 4, argv.join(' '))
        await cli(argv, { node })
        assert.deepEqual(node.calls.filter(({ name }) => name === 'connect').map(({ params }) => params), [120_000, 10_000], argv.join(' '))
      }
    })

    it('waits for its answer no longer than --timeout, either', async () => {
      const clock = new FakeClock()
      const node = new FakeChatNode({ users: async () => await new Promise(() => {}) })
      const running = cli(['users', '--timeout', '3'], { node, clock })
      while (!node.calls.some(({ name }) => name === 'users')) await settle()
      await clock.advance(3_000)
      const { status, stderr } = await running
      assert.deepEqual([status, stderr], [1, 'The server has not answered within 3 seconds. If it was to change something, that may be done all the same.\n'])
    })
  })

  it('history: ends with 5 at a name with which there is no conversation, not at a contact who has written nothing', async () => {
    const node = new FakeChatNode()
    node.known = [{ username: 'bob', online: true, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    const ran = await cli(['history', 'nobodyhere'], { node })
    assert.equal(ran.status, 5)
    assert.match(ran.stderr, /no conversation with nobodyhere here/)
    assert.deepEqual([(await cli(['history', 'bob'], { node })).status, (await cli(['history', 'alice'], { node })).status], [0, 0])
  })

  describe('signup and login', () => {
    it('join name and roll number', async () => {
      const node = new FakeChatNode({}, null)
      const ran = await cli(['signup', 'Alice', '42', '--json', '--unlisted', '--label', 'desk'], { node, env: { P2PCHAT_PASSWORD: 'secret' } })
      assert.deepEqual(ran.events, [{ event: 'signed-up', username: 'alice42', recoveryKey: 'AAAAA-BBBBB-CCCCC-DDDDD' }])
      assert.deepEqual(node.calls.at(-1), { name: 'signUp', params: { username: 'alice42', password: 'secret', unlisted: true, deviceLabel: 'desk' } })
    })

    it('show the recovery key and what it is for', async () => {
      const ran = await cli(['signup', 'alice'], { node: new FakeChatNode({}, null), env: { P2PCHAT_PASSWORD: 'secret' } })
      assert.match(ran.stdout, /AAAAA-BBBBB-CCCCC-DDDDD\nIt is your account's key, and it is shown only now/)
    })

    it('take the password from the first line of standard input', async () => {
      const node = new FakeChatNode()
      const ran = await cli(['login', 'alice', '--password-stdin'], { node, stdin: 'correct horse\nmore\n' })
      assert.equal(ran.status, 0)
      assert.deepEqual(node.calls.at(-1)?.params, { username: 'alice', password: 'correct horse' })
    })

    it('put the device in the place of another', async () => {
      const node = new FakeChatNode()
      await cli(['login', 'alice', '--replace', '00112233aabbccdd', '--password-stdin'], { node, stdin: 'correct horse\n' })
      assert.deepEqual(node.calls.at(-1)?.params, { username: 'alice', password: 'correct horse', replace: '00112233aabbccdd' })
      await cli(['recover', 'alice', '--replace', 'ff', '--password-stdin'], { node, stdin: 'AAAAA-BBBBB-CCCCC-DDDDD\nnew one\n' })
      assert.deepEqual(node.calls.at(-1)?.params, { username: 'alice', recoveryKey: 'AAAAA-BBBBB-CCCCC-DDDDD', newPassword: 'new one', replace: 'ff' })
    })

    it('refuse a wrong password with 3', async () => {
      assert.equal((await cli(['login', 'alice', '--password-stdin'], { stdin: 'wrong\n' })).status, 3)
    })

    it('say how to give a password where there is no terminal', async () => {
      const ran = await cli(['login', 'alice'])
      assert.equal(ran.status, 2)
      assert.match(ran.stderr, /--password-stdin or P2PCHAT_PASSWORD/)
    })

    it('ask for no password when no pool is known', async () => {
      const node = new FakeChatNode({ status: async () => ({ account: null, connection: { kind: 'no-pool' }, queued: 0, cipher: 'openssl' }) }, null)
      const ran = await cli(['signup', 'alice'], { node })
      assert.equal(ran.status, 4)
      assert.match(ran.stderr, /^Sorry, no rendezvous server is reachable\. No pool is known here: give its address with --pool/)
    })

    it('refuse a bad name before anything else', async () => {
      const node = new FakeChatNode()
      assert.equal((await cli(['signup', 'a/b'], { node })).status, 2)
      assert.deepEqual(node.calls, [])
    })

    it('take the recovery key and a new password from two lines', async () => {
      const node = new FakeChatNode({}, null)
      const ran = await cli(['recover', 'alice', '--password-stdin', '--json'], { node, stdin: 'AAAAA-BBBBB-CCCCC-DDDDD\nnew one\n' })
      assert.deepEqual(ran.events, [{ event: 'recovered', username: 'alice' }])
      assert.deepEqual(node.calls.at(-1)?.params, { username: 'alice', recoveryKey: 'AAAAA-BBBBB-CCCCC-DDDDD', newPassword: 'new one' })
      assert.equal((await cli(['recover', 'alice', '--password-stdin'], { node, stdin: 'wrong\nnew one\n' })).status, 3)
    })

    it('take both passwords of passwd from two lines', async () => {
      const node = new FakeChatNode()
      assert.equal((await cli(['passwd', '--password-stdin'], { node, stdin: 'old\nnew' })).status, 0)
      assert.deepEqual(node.calls.at(-1)?.params, { oldPassword: 'old', newPassword: 'new' })
    })
  })

  describe('send', () => {
    it('joins the words and waits until it is stored', async () => {
      const node = new FakeChatNode()
      const ran = await cli(['send', 'bob', 'hello', 'there'], { node })
      assert.deepEqual([ran.status, ran.stdout], [0, '✓ stored on 1 of 1 server\n'])
      assert.deepEqual(node.calls.find(({ name }) => name === 'send')?.params, { to: 'bob', text: 'hello there' })
    })

    it('answers with one status event', async () => {
      const ran = await cli(['send', 'user:bob', 'hi', '--json'])
      assert.deepEqual(ran.events.map(({ event, state, id }) => [event, state, id]), [['status', 'stored', '1'.padStart(32, '0')]])
    })

    it('ends with 9 when it is not yet where it should be, saying what goes on', async () => {
      const node = new FakeChatNode()
      const ran = await cli(['send', 'bob', 'hi', '--wait', 'delivered', '--timeout', '1s'], { node })
      assert.equal(ran.status, 9)
      assert.match(ran.stdout, /stored on 1 of 1/)
      assert.match(ran.stderr, /do not send it again.*p2pchat listen/)
      assert.deepEqual((await cli(['send', 'bob', 'hi', '--wait', 'delivered', '--json'], { node })).events.map(({ event, code, state }) => code ?? [event, state]), [['status', 'stored'], 'ERR_PENDING'])
    })

    it('passes on an id, as do the other commands that send, and takes nothing else for one', async () => {
      const node = new FakeChatNode()
      const id = 'ab'.repeat(16)
      node.rooms.put('team', ['alice', 'bob'])
      for (const argv of [['send', 'bob', 'hi'], ['group', 'send', 'team', 'hi'], ['send-file', 'bob', 'x'], ['group', 'send-file', 'team', 'x']]) assert.equal((await cli([...argv, '--id', id], { node })).status, 0)
      assert.deepEqual(node.calls.filter(({ name }) => /send/i.test(name)).map(({ params }) => (params as { id?: string }).id), [id, id, id, id])
      assert.equal((await cli(['send', 'bob', 'hi', '--id', 'x'])).status, 2)
    })

    it('refuses an unknown name with 5', async () => {
      assert.equal((await cli(['send', 'nobody', 'hi'])).status, 5)
    })

    it('reads standard input to its end, less one closing line break', async () => {
      const node = new FakeChatNode()
      await cli(['send', 'bob', '-'], { node, stdin: 'one\ntwo\n\n' })
      assert.deepEqual(node.calls.find(({ name }) => name === 'send')?.params, { to: 'bob', text: 'one\ntwo\n' })
    })

    it('takes 60,000 bytes and refuses one more, naming the limit and sending nothing', async () => {
      for (const argv of [['send', 'bob', '-'], ['send', 'bob', 'x']]) {
        const text = (length: number): string => '\u00e9'.repeat(length / 2).padEnd(length - Math.floor(length / 2), 'x')
        const give = async (length: number, node: FakeChatNode): Promise<Ran> => argv[2] === '-'
          ? await cli(argv, { node, stdin: text(length) })
          : await cli(['send', 'bob', text(length)], { node })
        const node = new FakeChatNode()
        assert.equal((await give(60_000, node)).status, 0)
        const refused = await give(60_001, new FakeChatNode({ send: async () => assert.fail('It was sent.') }))
        assert.equal(refused.status, 8)
        assert.match(refused.stderr, /60000 bytes.*limit maxTextBytes/)
      }
    })

    it('refuses what is not text, and nothing at all', async () => {
      assert.equal((await cli(['send', 'bob', '-'], { stdin: Buffer.from([0xff, 0xfe]) })).status, 2)
      assert.equal((await cli(['send', 'bob', '-'], { stdin: '\n' })).status, 2)
    })

    it('meets a server first when the node has just begun to look for one', async () => {
      const node = new FakeChatNode({ status: async () => ({ account: FakeChatNode.account('alice'), connection: { kind: 'connecting' }, queued: 0, cipher: 'openssl' }), connect: async () => { throw new P2pChatError('ERR_NO_SERVER', 'None.') } })
      assert.equal((await cli(['send', 'bob', 'hi'], { node })).status, 0)
      assert.deepEqual(node.calls.map(({ name }) => name), ['status', 'connect', 'status', 'send', 'wait'])
    })

    it('sends to a group that is named as one', async () => {
      const node = new FakeChatNode()
      node.rooms.put('team', ['alice', 'bob'])
      assert.equal((await cli(['send', 'group:team', 'hi'], { node })).status, 0)
      assert.deepEqual(node.calls.find(({ name }) => name === 'groupSend')?.params, { names: ['team'], text: 'hi' })
    })

    it('says how to write to a group that was taken for a person', async () => {
      const node = new FakeChatNode()
      node.rooms.put('team', ['alice', 'bob'])
      const ran = await cli(['send', 'team', 'hi'], { node })
      assert.equal(ran.status, 5)
      assert.match(ran.stderr, /no user team.*group send team/)
    })
  })

  describe('listen', () => {
    it('prints stored and coming messages, acknowledges each once it is printed, and ends after enough', async () => {
      const node = new FakeChatNode()
      node.emit(messageEvent({ cursor: 'c1', text: 'one' }), { event: 'presence', username: 'bob', online: true }, messageEvent({ cursor: 'c2', text: 'two' }), messageEvent({ cursor: 'c3', text: 'three' }))
      const acknowledged: Array<string | null> = []
      const ran = await cli(['listen', '--json', '--exit-after', '2'], { node, onStdout: () => { acknowledged.push(node.acknowledged) } })
      assert.equal(ran.status, 0)
      assert.deepEqual(ran.events.map(({ event, text }) => text ?? event), ['one', 'presence', 'two'])
      assert.deepEqual(acknowledged, [null, 'c1', 'c1'])
      assert.equal(node.acknowledged, 'c2')
    })

    it('goes on after a cursor', async () => {
      const node = new FakeChatNode()
      node.emit(messageEvent({ cursor: 'c1', text: 'one' }), messageEvent({ cursor: 'c2', text: 'two' }))
      assert.deepEqual((await cli(['listen', '--json', '--exit-after', '1', '--after', 'c1'], { node })).events.map(({ text }) => text), ['two'])
    })

    it('goes on under a name, which it acknowledges alone', async () => {
      const node = new FakeChatNode()
      node.emit(messageEvent({ cursor: 'c1' }))
      assert.equal((await cli(['listen', '--exit-after', '1', '--as', 'my-bot'], { node })).status, 0)
      assert.deepEqual(node.calls.slice(-2).map(({ params }) => params), [{ consumer: 'my-bot' }, { cursor: 'c1', consumer: 'my-bot' }])
    })

    it('keeps texts exact in JSON and harmless on a terminal', async () => {
      const text = 'a\u001b[2J\u202e\nb \u0007'
      const node = new FakeChatNode()
      node.emit(messageEvent({ text }))
      assert.equal((await cli(['listen', '--json', '--exit-after', '1'], { node })).events[0]?.text, text)
      node.acknowledged = null
      const shown = (await cli(['listen', '--exit-after', '1'], { node })).stdout
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u202e]/)
    })

    it('tells a person about the connection when it has changed, and a program every time', async () => {
      const node = new FakeChatNode()
      const offline: NodeEvent = { event: 'pool', change: 'offline', connection: { kind: 'offline', poolId: 'pool', retryAfterMs: 500, direct: [] }, message: 'No server.' }
      const connecting: NodeEvent = { event: 'pool', change: 'looking', connection: { kind: 'connecting' }, message: 'Looking.' }
      const connected: NodeEvent = { event: 'pool', change: 'connected', connection: { kind: 'connected', poolId: 'pool', server: '12D3KooW', home: true }, message: 'Found.' }
      node.emit(connecting, offline, connecting, offline, connecting, connected, messageEvent({ text: 'end' }))
      const shown = (await cli(['listen', '--exit-after', '1'], { node })).stdout
      assert.match(shown, /^No server\.\nFound\.\n[^\n]* end\n$/)
      node.acknowledged = null
      assert.equal((await cli(['listen', '--json', '--exit-after', '1'], { node })).events.filter(({ event }) => event === 'pool').length, 6)
    })

    it('ends well when it is interrupted', async () => {
      const node = new FakeChatNode()
      const interruption = new Interruption()
      const running = cli(['listen'], { node, interruption })
      await node.listenedTo()
      interruption.interrupt(130)
      assert.equal((await running).status, 0)
      assert.equal(node.running, false)
    })

    it('asks for a sign-in first', async () => {
      assert.equal((await cli(['listen'], { node: new FakeChatNode({}, null) })).status, 3)
    })
  })

  it('breaks lines itself on a terminal, so that no text of a peer begins a row as another message does', async () => {
    const node = new FakeChatNode()
    node.known = [{ username: 'bob', online: true, unread: 1, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    node.entries = [historyEntry({ text: `${'\u2800x'.repeat(6)} 12:00 alice: I owe you a hundred, and more of it tomorrow` })]
    const rowsOf = async (argv: string[], stdin?: string): Promise<string[]> => {
      const { stdout } = await cli(argv, { node, isTTY: true, columns: 30, env: { NO_COLOR: '1' }, ...stdin === undefined ? {} : { stdin } })
      return stdout.split('\n').filter((row) => /\b(12:00|hundred|tomorrow)\b/.test(row))
    }
    for (const rows of [await rowsOf(['history', 'bob']), await rowsOf(['shell'], 'EXIT\n')]) {
      assert.ok(rows.length >= 2, String(rows))
      for (const row of rows) assert.ok(/^ {2,}\S/.test(row) && row.length <= 30, row)
    }
  })

  it('history reads in pages that fit the control socket, oldest first', async () => {
    const node = new FakeChatNode()
    node.entries = Array.from({ length: 250 }, (_, at) => historyEntry({ id: 'of their choice', cursor: String(at), text: `text ${at}` }))
    const ran = await cli(['history', 'bob', '--limit', '230', '--json'], { node })
    assert.deepEqual(ran.events.map(({ text }) => text), Array.from({ length: 230 }, (_, at) => `text ${at + 20}`))
    assert.deepEqual(node.calls.filter(({ name }) => name === 'history').map(({ params }) => (params as { limit: number }).limit), [100, 100, 30])
  })

  it('users go through all pages', async () => {
    const pages = [['a1', 'a2'], ['a3']]
    const node = new FakeChatNode({ users: async ({ after } = {}) => ({ users: (pages[after === undefined ? 0 : 1] ?? []).map((username) => ({ username, online: false })), more: after === undefined }) })
    assert.deepEqual((await cli(['users', '--json'], { node })).events.map(({ username }) => username), ['a1', 'a2', 'a3'])
  })

  it('verify shows digits and a QR code, and accepts', async () => {
    const node = new FakeChatNode()
    const ran = await cli(['verify', 'bob', '--accept'], { node })
    assert.match(ran.stdout, /^01234 56789 01234 56789\n/)
    assert.match(ran.stdout, /[▀▄█]/)
    assert.match((await cli(['verify', 'bob'], { env: { LANG: 'C' } })).stdout, /[▀▄█]/, 'a file is of no locale')
    assert.doesNotMatch((await cli(['verify', 'bob'], { env: { LANG: 'C' }, isTTY: true })).stdout, /[▀▄█]/)
    assert.deepEqual(node.calls.map(({ name }) => name).slice(-2), ['acceptIdentity', 'safetyNumber'])
  })

  it('contacts say who asks and who is blocked; accept and block answer with the contact', async () => {
    const node = new FakeChatNode()
    node.known = [{ username: 'bob', online: true, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'asking', waiting: 2 }]
    assert.match((await cli(['contacts'], { node })).stdout, /bob +online · asks to write to you \(2 messages\): contacts accept bob, or block\n$/)
    const accepted = await cli(['contacts', 'accept', 'user:Bob', '--json'], { node })
    assert.deepEqual(accepted.events.map(({ event, username, standing }) => [event, username, standing]), [['contact', 'bob', 'accepted']])
    assert.match((await cli(['contacts', 'block', 'bob'], { node })).stdout, /bob +online · blocked\n$/)
    assert.equal((await cli(['contacts', 'block', 'nobody'], { node })).status, 5)
    assert.equal((await cli(['contacts', 'block'], { node })).status, 2)
  })

  it('settings take who may write and whether reading is told, and nothing else under these names', async () => {
    const node = new FakeChatNode()
    assert.match((await cli(['settings', 'contacts', 'REQUEST'], { node })).stdout, /^contacts +request/)
    assert.match((await cli(['settings', 'receipts', 'off'], { node })).stdout, /^receipts +off/)
    assert.deepEqual(node.calls.filter(({ name }) => name === 'changeSettings').map(({ params }) => params), [{ contacts: 'request' }, { receipts: false }])
    for (const argv of [['contacts', 'closed'], ['receipts', 'maybe']]) assert.equal((await cli(['settings', ...argv], { node })).status, 2)
  })

  for (const argv of [['whoami'], ['devices'], ['contacts'], ['users'], ['limits'], ['trace', 'f'.repeat(32)], ['groups'], ['groups', '--mine'], ['history', 'alice'], ['verify', 'bob'], ['logout'], ['completion', 'bash'], ['help']]) {
    it(`${argv.join(' ')} prints nothing but JSON objects with --json`, async () => {
      const node = new FakeChatNode()
      node.known = [{ username: 'bob', online: true, unread: 2, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
      node.entries = [historyEntry(), historyEntry({ kind: 'gap', text: null })]
      node.rooms.put('team', ['alice'])
      const ran = await cli([...argv, '--json'], { node })
      assert.equal(ran.status, 0)
      const lines = ran.stdout.trimEnd().split('\n')
      assert.equal(lines.length, ran.events.length)
      for (const event of ran.events) assert.equal(typeof event.event, 'string')
      assert.equal(ran.stderr, '')
      assert.equal((await cli(argv, { node: new FakeChatNode() })).status, 0)
    })
  }

  it('is cut off by a signal with 128 + its number, and closes the home', async () => {
    const node = new FakeChatNode({ contacts: async () => await new Promise(() => {}) })
    const interruption = new Interruption()
    const running = cli(['contacts'], { node, interruption })
    while (node.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    interruption.interrupt(130)
    assert.equal((await running).status, 130)
    assert.equal(node.running, false)
  })

  describe('backup, restore and doctor', () => {
    const secret = { P2PCHAT_BACKUP_PASSWORD: 'a word for the stick' }

    it('hand the owner an absolute path and a password, and overwrite nothing', async () => {
      const node = new FakeChatNode()
      const ran = await cli(['backup', join(home(), 'a.backup')], { node, env: secret })
      assert.deepEqual([ran.status, ran.stderr], [0, ''])
      assert.match(ran.stdout, /^12 messages and all contacts are in .*a\.backup \(63 KiB\)\.\n1 message on the way: only this device.*\n2 messages that cannot be shown yet: not in it, .*\n1 file not fetched yet: .* Fetch these first/)
      assert.deepEqual(node.calls.find(({ name }) => name === 'backup')?.params, { path: join(home(), 'a.backup'), password: 'a word for the stick' })
      await writeFile(join(home(), 'there'), 'precious')
      const refused = await cli(['backup', join(home(), 'there')], { createNode: async () => assert.fail('A node was made.'), env: secret })
      assert.deepEqual([refused.status, /overwrites nothing/.test(refused.stderr)], [2, true])
      assert.equal((await cli(['backup'])).status, 2)
      assert.equal((await cli(['backup', 'x.backup'], { node: new FakeChatNode({}, null) })).status, 3)
    })

    it('say what is wrong with a file that is no backup', async () => {
      await writeFile(join(home(), 'letter.txt'), 'Dear Bob, this is a letter and not a backup at all. Yours, Alice.')
      const target = ['--home', join(home(), 'fresh')]
      assert.equal((await cli(['restore', join(home(), 'nothing'), ...target], { env: secret })).stderr, `There is no file ${join(home(), 'nothing')}.\n`)
      const ran = await cli(['restore', join(home(), 'letter.txt'), ...target], { env: secret })
      assert.equal(ran.status, 1)
      assert.match(ran.stderr, /letter\.txt is no backup/)
      assert.equal((await cli(['restore', home(), ...target], { env: secret })).stderr, `${home()} is a folder. A backup is one file, made by \`p2pchat backup\`.\n`)
    })

    it('tell findings in two lines each, and how many there are', async () => {
      const node = new FakeChatNode()
      const well = await cli(['doctor'], { node })
      assert.deepEqual([well.status, well.stdout], [0, 'All is well.\n'])
      node.findings = [{ severity: 'problem', code: 'no-server', text: 'No server.', advice: 'Ask.' }, { severity: 'advice', code: 'no-backup', text: 'None.', advice: 'Make one.' }]
      assert.equal((await cli(['doctor'], { node })).stdout, 'Problem: No server.\n  Ask.\nAdvice: None.\n  Make one.\n1 problem found.\n')
      assert.deepEqual((await cli(['doctor', '--json'], { node })).events.at(-1), { event: 'doctor', problems: 1, advice: 1 })
      await chmod(home(), 0o755)
      assert.match((await cli(['doctor'], { node })).stdout, /^Problem: Other users of this machine can look into .*\n {2}chmod 700 /)
      await chmod(home(), 0o700)
    })
  })

  it('asks the owner of the home, without a node of its own', async () => {
    const node = new FakeChatNode()
    node.known = [{ username: 'zoe', online: true, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    const owner = await serveControl({ node, clock: systemClock, home: home(), env: {} })
    const ran = await cli(['contacts', '--json'], { createNode: async () => assert.fail('A node was made.') })
    await owner.close()
    assert.deepEqual(ran.events.map(({ username }) => username), ['zoe'])
  })
})
