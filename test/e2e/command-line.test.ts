import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder, Person, runCli, Running, startServer, type RunningServer } from '../helpers/p2pchat-process.js'

/** The real binary, real processes, a real server: the compiled program must be there (npm run build). */
describe('e2e: the command line', function () {
  this.timeout(120_000)
  let folder: string
  let server: RunningServer & { listen: string }
  let alice: Person
  let bob: Person
  const everybody: Person[] = []

  function person (name: string, home = name, pool = server.pool): Person {
    const one = new Person(name, join(folder, home), pool, `the password of ${name} is long`)
    everybody.push(one)
    return one
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-e2e-'))
    server = await startServer(join(folder, 'server'))
    alice = person('alice')
    bob = person('bob42')
    const [first, second] = await Promise.all([alice.cli(['signup', 'Alice', '--json']), bob.cli(['signup', 'bob', '42', '--json'])])
    assert.equal(first.status, 0, first.stderr)
    assert.equal(second.status, 0, second.stderr)
    assert.deepEqual([first.events[0]?.username, second.events[0]?.username], ['alice', 'bob42'])
  })

  after(async () => {
    for (const { running } of everybody) for (const one of running) await one.end('SIGKILL')
    await server.running.end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('answers help and version without a home, a pool or a network', async () => {
    const help = await runCli(['--help'])
    assert.equal(help.status, 0)
    assert.match(help.stdout, /Usage: p2pchat/)
    assert.match((await runCli(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  })

  it('remembers the pool after sign-up, in a folder for its owner alone', async () => {
    const { status, events } = await alice.cli(['whoami', '--json'], { env: { P2PCHAT_POOL: '' } })
    assert.deepEqual([status, events[0]?.username, events[0]?.poolAddresses], [0, 'alice', [server.pool]])
    assert.equal((await stat(alice.home)).mode & 0o777, 0o700)
  })

  describe('refuses', () => {
    const refusals: Array<[string, number, () => Promise<{ status: number | null, stdout: string, stderr: string }>, RegExp]> = [
      ['a wrong password with 3', 3, async () => await person('alice', 'thief').cli(['login', 'alice'], { env: { P2PCHAT_PASSWORD: 'not the right one' } }), /^Wrong username or password/],
      ['an unknown user like a wrong password, with 3', 3, async () => await person('x', 'stranger').cli(['login', 'nobody']), /^Wrong username or password/],
      ['a name that is taken with 7', 7, async () => await person('alice', 'second').cli(['signup', 'alice']), /taken/],
      ['a weak password with 2', 2, async () => await person('weak').cli(['signup', 'weak'], { env: { P2PCHAT_PASSWORD: '12345678' } }), /password/i],
      ['a bad name with 2', 2, async () => await person('bad').cli(['signup', 'no/slash']), /2 to 32/],
      ['a message to nobody with 5', 5, async () => await alice.cli(['send', 'nobody', 'hi']), /nobody/],
      ['the history of a stranger home with 3', 3, async () => await person('new').cli(['history', 'bob42']), /signup|login/],
      ['an unknown message with 5', 5, async () => await alice.cli(['trace', 'f'.repeat(32)]), /message/],
      ['a pool address that is none with 2', 2, async () => await person('lost', 'lost', 'nonsense').cli(['users']), /pool address/i],
      ['another pool than the account\'s with 2', 2, async () => await alice.cli(['users', '--pool', server.pool.replace(/p2pchat:(..)/, (_, two: string) => `p2pchat:${two === 'aa' ? 'bb' : 'aa'}`)]), /pool/i],
      ['a cursor that is none with 2', 2, async () => await alice.cli(['listen', '--after', 'nonsense']), /cursor/]
    ]
    for (const [what, expected, act, says] of refusals) {
      it(what, async () => {
        const { status, stdout, stderr } = await act()
        assert.deepEqual([status, stdout], [expected, ''], stderr)
        assert.match(stderr, /^[^\n]+\n$/, 'one plain line')
        assert.match(stderr, says)
      })
    }

    it('with one JSON object when it is asked for', async () => {
      const { status, events, stdout, stderr } = await alice.cli(['send', 'nobody', 'hi', '--json'])
      assert.deepEqual([status, events.map(({ event, code }) => [event, code]), stdout.split('\n').length, stderr], [5, [['error', 'ERR_NOT_FOUND']], 2, ''])
    })

    it('to find a server that is not there, with 4, and says what to try', async () => {
      const nowhere = server.pool.replace(/\/tcp\/\d+\//, '/tcp/1/')
      const { status, stderr } = await person('alone', 'alone', nowhere).cli(['login', 'alice', '--timeout', '3s'])
      assert.equal(status, 4, stderr)
      assert.match(stderr, /^Sorry, no rendezvous server is reachable\. \S/)
      const none = await person('poolless', 'poolless', '').cli(['signup', 'somebody'])
      assert.equal(none.status, 4)
      assert.match(none.stderr, /--pool/)
    })

    it('a home that holds somebody else\'s files, or cannot be made, or is newer', async () => {
      const foreign = await makeFolder(folder, 'foreign')
      await writeFile(join(foreign, 'thesis.tex'), '')
      const notOurs = await person('foreign').cli(['whoami'])
      assert.equal(notOurs.status, 1)
      assert.match(notOurs.stderr, /--home|another|new folder/)
      assert.deepEqual(await readdir(foreign), ['thesis.tex'])

      await writeFile(join(folder, 'file'), '')
      assert.equal((await person('file').cli(['whoami'])).status, 1)

      const newer = await makeFolder(folder, 'newer')
      await writeFile(join(newer, 'p2pchat.json'), '{"p2pchat":"home","layout":2,"ready":true}\n')
      const tooNew = await person('newer').cli(['whoami'])
      assert.equal(tooNew.status, 1)
      assert.match(tooNew.stderr, /newer/)
    })
  })

  it('sends 60,000 bytes whole, and refuses one more with 8, naming the limit', async () => {
    const text = `${'ż'.repeat(29_999)}ab`
    const sent = await alice.cli(['send', 'bob42', '-', '--json'], { stdin: text })
    assert.equal(sent.status, 0, sent.stderr)
    const over = await alice.cli(['send', 'bob42', '-'], { stdin: `${text}c` })
    assert.equal(over.status, 8)
    assert.match(over.stderr, /60000 bytes/)
    const got = await bob.cli(['listen', '--json', '--exit-after', '1'])
    assert.deepEqual(got.events.filter(({ event }) => event === 'message').map(({ text: one }) => one === text), [true])
  })

  it('carries any text exactly, and shows it without letting it act on the terminal', async () => {
    const text = 'bell \u0007 red \u001b[31m turned \u202eback\u202c \u200bhidden 👩‍👩‍👧‍👦\nشكرا\tend'
    assert.equal((await alice.cli(['send', 'bob42', text])).status, 0)
    const { events } = await bob.cli(['listen', '--json', '--exit-after', '1'])
    assert.equal(events.find(({ event }) => event === 'message')?.text, text)
    const shown = await bob.cli(['history', 'alice', '--limit', '1'])
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(shown.stdout, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u200b]/)
    assert.match(shown.stdout, /bell {2}red {2}turned back hidden 👩‍👩‍👧‍👦\n *│ شكرا {4}end/)
  })

  it('lets many processes work on one home at once', async () => {
    const runs = await Promise.all([
      ...Array.from({ length: 4 }, async (_, at) => await alice.cli(['send', 'bob42', `at once ${at}`, '--json'])),
      alice.cli(['users', '--json']),
      alice.cli(['whoami', '--json'])
    ])
    for (const { status, stdout, stderr } of runs) assert.equal(status, 0, stdout + stderr)
    const { events } = await bob.cli(['listen', '--json', '--exit-after', '4'])
    assert.deepEqual(events.filter(({ event }) => event === 'message').map(({ text }) => text).sort(), [0, 1, 2, 3].map((at) => `at once ${at}`))
  })

  it('serves one-shot commands from a listener, also after one that was killed', async () => {
    const first = await bob.listen()
    assert.equal((await bob.cli(['whoami', '--json'])).status, 0)
    await first.end('SIGKILL')
    const { status, stderr } = await bob.cli(['whoami', '--json'])
    assert.equal(status, 0, stderr)
    const second = await bob.listen()
    const sent = await alice.cli(['send', 'bob42', 'direct?', '--wait', 'delivered', '--json'])
    assert.equal(sent.status, 0, sent.stderr)
    await second.until(({ texts }) => texts.includes('direct?') ? true : undefined, 'it was there')
    assert.equal(await second.end('SIGTERM'), 0)
  })

  it('hands a home over to a listener when its owner ends, without losing events', async () => {
    const owner = await bob.listen()
    const second = bob.start(['listen', '--json'])
    await alice.cli(['send', 'bob42', 'before', '--wait', 'delivered'])
    await second.until(({ texts }) => texts.includes('before') ? true : undefined, 'both listen')
    assert.equal(await owner.end('SIGTERM'), 0)
    await second.until(({ events }) => events.find(({ event, connection }) => event === 'pool' && (connection as { kind: string }).kind === 'connected'), 'the second one owns the home')
    const sent = await alice.cli(['send', 'bob42', 'after', '--wait', 'delivered'])
    assert.equal(sent.status, 0, sent.stderr)
    await second.until(({ texts }) => texts.includes('after') ? true : undefined, 'it went on')
    assert.equal(new Set(second.texts).size, second.texts.length)
    assert.equal(await second.end('SIGINT'), 0)
  })

  it('ends with 9 when it cannot be stored in time, and sends it later', async () => {
    const { listen } = server
    assert.equal(await server.stop(), 0)
    const kept = await alice.cli(['send', 'bob42', 'kept', '--timeout', '1s', '--json'])
    assert.equal(kept.status, 9, kept.stderr)
    assert.deepEqual(kept.events.map(({ event, state, code }) => code ?? [event, state]), [['status', 'queued'], 'ERR_PENDING'])
    server = await startServer(join(folder, 'server'), listen)
    const listener = await alice.listen()
    const { events, status } = await bob.cli(['listen', '--json', '--exit-after', '1'])
    assert.equal(status, 0)
    assert.ok(events.some(({ text }) => text === 'kept'))
    await listener.end('SIGTERM')
  })

  it('makes a second device with the password alone, and both get what comes', async () => {
    const laptop = new Person('bob42', join(folder, 'bob-laptop'), server.pool, bob.password)
    everybody.push(laptop)
    const { status, events, stderr } = await laptop.cli(['login', 'bob42', '--json'])
    assert.equal(status, 0, stderr)
    assert.equal(events[0]?.newDevice, true)
    assert.equal((await bob.cli(['devices', '--json'])).events.length, 2)
    assert.equal((await alice.cli(['send', 'bob42', 'to both'])).status, 0)
    for (const device of [bob, laptop]) {
      // A new device may also be given what was sent about when it came.
      const listener = await device.listen()
      await listener.until(({ texts }) => texts.includes('to both') ? true : undefined, 'it was there')
      await listener.end('SIGTERM')
    }
  })

  it('takes lines of the shell from a pipe, in the founding words', async () => {
    const { status, stdout, stderr } = await alice.cli(['shell'], { stdin: 'SEND bob42 through a pipe\nUSERS\nSEND_FILE cat.png bob42\nCHAT bob42\nin a room\n\\0\n0\nEXIT\n' })
    assert.equal(status, 5, stderr)
    assert.match(stdout, /[●○] bob42/)
    assert.match(stderr, /There is no file .*cat.png/)
    const { events } = await bob.cli(['listen', '--json', '--exit-after', '3'])
    assert.deepEqual(events.filter(({ event }) => event === 'message').map(({ text }) => text), ['through a pipe', 'in a room', '0'])
  })

  it('backs a home up while it is in use, and makes a new device of it', async () => {
    const file = join(folder, 'bob.backup')
    const secret = { P2PCHAT_BACKUP_PASSWORD: 'a word for the stick' }
    const listener = await bob.listen()
    const made = await bob.cli(['backup', file, '--json'], { env: secret })
    assert.deepEqual([made.status, made.events[0]?.event, (await stat(file)).mode & 0o777], [0, 'backup', 0o600], made.stderr)
    assert.equal((await bob.cli(['backup', file], { env: secret })).status, 2)
    const restored = person('bob42', 'bob-restored')
    const restore = async (from: string, password = secret): ReturnType<Person['cli']> => await restored.cli(['restore', from], { env: password })
    await writeFile(join(folder, 'letter.txt'), 'This is a letter and no backup. Whoever tries to restore it is told so.')
    const refusals = [await restore(join(folder, 'nothing')), await restore(join(folder, 'letter.txt')), await restore(file, { P2PCHAT_BACKUP_PASSWORD: 'another word' }), await bob.cli(['restore', file], { env: secret })]
    assert.deepEqual(refusals.map(({ status }) => status), [5, 1, 3, 1], 'the last is in use')
    const done = await restore(file)
    assert.deepEqual([done.status, done.stderr], [0, ''])
    assert.match(done.stdout, /^Restored: \d+ messages? of bob42, as of /)
    assert.equal((await restore(file)).status, 6)
    assert.equal((await restored.cli(['history', 'alice'])).status, 3)
    const entered = await restored.cli(['login', 'bob42', '--json'])
    assert.deepEqual([entered.status, entered.events[0]?.newDevice], [0, true], entered.stderr)
    const before = await bob.cli(['history', 'alice', '--json'])
    const here = await restored.cli(['history', 'alice', '--json'])
    assert.deepEqual(here.events.map(({ id }) => id).slice(0, 10), before.events.map(({ id }) => id).slice(0, 10))
    const id = String((await restored.cli(['whoami', '--json'])).events[0]?.deviceId)
    assert.match((await restored.cli(['doctor'])).stdout, /(All is well|Nothing is broken)\.\n$/)
    assert.equal((await bob.cli(['device', 'remove', id])).status, 0)
    await listener.end('SIGTERM')
  })

  it('signs out and in again, and nothing can be read in between', async () => {
    assert.equal((await alice.cli(['logout'])).status, 0)
    assert.equal((await alice.cli(['history', 'bob42'])).status, 3)
    assert.equal((await alice.cli(['login', 'alice'])).status, 0)
    assert.equal((await alice.cli(['history', 'bob42'])).status, 0)
  })

  it('is what a new device is written to right after a one-shot sign-up', async () => {
    const listener = await alice.listen()
    for (const name of ['erin', 'frank', 'grace', 'heidi']) {
      const { status, stderr } = await person(name).cli(['signup', name])
      assert.equal(status, 0, stderr)
      const sent = await alice.cli(['send', name, 'welcome', '--timeout', '10s', '--json'])
      assert.deepEqual([sent.status, sent.events[0]?.state], [0, 'stored'], sent.stdout)
    }
    await listener.end('SIGTERM')
  })

  it('keeps what is written without any network, with 9, and tells commands that need a server so, with 4', async () => {
    const { listen } = server
    assert.equal(await server.stop(), 0)
    assert.equal((await alice.cli(['users', '--timeout', '1s'])).status, 4)
    assert.equal((await alice.cli(['login', 'alice', '--timeout', '1s'])).status, 4)
    assert.equal((await alice.cli(['history', 'bob42'])).status, 0)
    assert.equal((await alice.cli(['send', 'who-knows', 'are you there?', '--timeout', '1s'])).status, 9)
    server = await startServer(join(folder, 'server'), listen)
  })

  it('ends quietly when nobody reads its output any more', async () => {
    const listener = new Running(['listen', '--json', '--home', bob.home], { env: { P2PCHAT_POOL: server.pool } })
    await listener.until(({ events }) => events[0], 'it listened')
    listener.process.stdout?.destroy()
    assert.equal((await alice.cli(['send', 'bob42', 'anybody?', '--wait', 'stored'])).status, 0)
    assert.equal(await listener.end(), 0)
    assert.equal(listener.stderr, '')
  })
})
