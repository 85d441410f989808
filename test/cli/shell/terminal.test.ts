import assert from 'node:assert/strict'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openTerminal } from '../../../src/cli/shell/terminal.js'
import { settle } from '../../helpers/fake-clock.js'
import { Screen, type ScreenOptions } from '../../helpers/screen.js'
import { tempFolder } from '../helpers/temp-folder.js'

const isSource = import.meta.url.endsWith('.ts')
const program = fileURLToPath(new URL(`../children/fake-shell.${isSource ? 'ts' : 'js'}`, import.meta.url))

describe('cli: the shell in a terminal', function () {
  this.timeout(120_000)
  const home = tempFolder()
  let screens: Screen[] = []

  afterEach(() => {
    for (const screen of screens) screen.close()
    screens = []
  })

  function open (options: ScreenOptions = {}, args: string[] = ['shell']): Screen {
    const screen = new Screen(process.execPath, [...isSource ? ['--import', 'tsx'] : [], program, ...args], { ...options, env: { P2PCHAT_HOME: home(), P2PCHAT_POOL: '', ...options.env } })
    screens.push(screen)
    return screen
  }

  async function ready (options: ScreenOptions = {}): Promise<Screen> {
    const screen = open(options)
    await screen.until(({ cursor }) => cursor.line === 'alice>')
    return screen
  }

  const incoming = (screen: Screen): void => { process.kill(screen.process.pid, 'SIGUSR2') }

  it('shows contacts, who is online and what is unread', async () => {
    const screen = await ready()
    assert.match(screen.text, /p2pchat \S+ · end-to-end encrypted/)
    assert.match(screen.text, /● bob +online · 2 unread messages/)
    assert.match(screen.text, /○ carol/)
  })

  it('prints a message above the line being typed, which stays as it is', async () => {
    const screen = await ready()
    screen.type('SEND bob half a sen')
    await screen.until(({ cursor }) => cursor.line === 'alice> SEND bob half a sen')
    incoming(screen)
    await screen.until(/incoming 1/)
    await screen.until(({ cursor }) => cursor.line === 'alice> SEND bob half a sen' && cursor.column === cursor.line.length)
    assert.equal(screen.lines.filter((line) => line.includes('half a sen')).length, 1)
    screen.type('tence\r')
    await screen.until(/delivered|stored|waiting|sentence\nalice>/)
    screen.type('EXIT\r')
    assert.equal(await screen.exit(), 0)
    assert.match(screen.text, /"send","params":\{"to":"bob","text":"half a sentence"\}/s)
  })

  it('keeps a typed line of several rows whole, with the cursor where it was', async () => {
    const screen = await ready({ columns: 40 })
    const text = `SEND bob ${'0123456789'.repeat(9)}`
    screen.type(text)
    await screen.until(({ text: shown }) => shown.replace(/\n/g, '').endsWith(`alice> ${text}`))
    screen.type('\u001b[D\u001b[D\u001b[D')
    incoming(screen)
    await screen.until(/incoming 1\n/)
    incoming(screen)
    await screen.until(/incoming 1\n[^\n]*incoming 2\n/)
    await screen.until(({ text: shown }) => shown.replace(/\n/g, '').endsWith(`alice> ${text}`))
    await screen.until(({ cursor }) => cursor.column === (`alice> ${text}`.length - 3) % 40)
    const joined = screen.text.replace(/\n/g, '')
    assert.equal(joined.split('SEND bob').length, 2)
    assert.match(screen.text, /incoming 2\nalice> SEND/)
    screen.type('X')
    await screen.until(/X789/)
    screen.type('\r')
    await screen.until(({ cursor }) => cursor.line === 'alice>')
    screen.type('EXIT\r')
    await screen.exit()
    assert.ok(screen.text.replace(/\n/g, '').includes(`${'0123456789'.repeat(8)}0123456X789`))
  })

  it('asks for the password without showing it, also while messages come in', async () => {
    const screen = await ready({ env: { P2PCHAT_PASSWORD: 'not asked' } })
    screen.type('LOGIN alice\r')
    await screen.until(({ cursor }) => cursor.line === 'Password for alice:')
    screen.type('correct')
    incoming(screen)
    await screen.until(/incoming 1/)
    await screen.until(({ cursor }) => cursor.line === 'Password for alice:')
    screen.type(' horse\r')
    await screen.until(/Signed in as alice/)
    screen.type('EXIT\r')
    await screen.exit()
    assert.equal(screen.raw.split('correct').length, 2, 'only the list of calls, at the end, has it')
    assert.match(screen.text.replace(/\n/g, ''), /"signIn","params":\{"username":"alice","password":"correct horse"\}/)
    assert.doesNotMatch(await readFile(join(home(), 'shell-history'), 'utf8'), /correct/)
  })

  it('opens a room with what was said, says plain lines, and leaves at 0', async () => {
    const screen = await ready()
    screen.type('SEND bob earlier\rCHAT bob\r')
    await screen.until(({ cursor }) => cursor.line === 'alice → bob>')
    assert.match(screen.text, /Room with bob[^]*alice: … earlier/)
    screen.type('EXIT\r\\0\r')
    incoming(screen)
    await screen.until(/bob: incoming 1/)
    screen.type('0\r')
    await screen.until(({ cursor }) => cursor.line === 'alice>')
    screen.type('QUIT\r')
    await screen.exit()
    const calls = JSON.parse(screen.text.replace(/\n/g, '').split('calls: ')[1] ?? '') as Array<{ name: string, params: { text?: string, through?: string } }>
    assert.deepEqual(calls.flatMap(({ params }) => params.text ?? []), ['earlier', 'EXIT', '0'])
    const reads = calls.filter(({ name }) => name === 'markRead').map(({ params }) => params.through)
    assert.ok(reads.length >= 2, 'read at the start and with the message that came')
    assert.notEqual(reads.at(-1), undefined, 'up to that message: what came later is not on the screen yet')
  })

  it('completes commands and names with Tab', async () => {
    const screen = await ready()
    screen.type('hist')
    await screen.until(({ cursor }) => cursor.line === 'alice> hist')
    screen.type('\t')
    await screen.until(({ cursor }) => cursor.line === 'alice> history')
    screen.type('bo')
    await screen.until(({ cursor }) => cursor.line === 'alice> history bo')
    screen.type('\t')
    await screen.until(({ cursor }) => cursor.line.startsWith('alice> history bob'))
  })

  it('remembers the lines typed before, in a file for its owner alone', async () => {
    const first = await ready()
    first.type('whoami\r')
    await first.until(/peer id/)
    first.type('EXIT\r')
    await first.exit()
    assert.equal((await stat(join(home(), 'shell-history'))).mode & 0o777, 0o600)
    const second = await ready()
    second.type('\u001b[A\u001b[A')
    await second.until(({ cursor }) => cursor.line === 'alice> whoami')
  })

  it('clears the line at Ctrl-C, and leaves at the second one on an empty line', async () => {
    const screen = await ready()
    screen.type('half')
    await screen.until(({ cursor }) => cursor.line === 'alice> half')
    screen.type('\u0003')
    await screen.until(({ cursor }) => cursor.line === 'alice>')
    screen.type('\u0003')
    await screen.until(/Ctrl-D or EXIT leaves/)
    screen.type('\u0003')
    assert.equal(await screen.exit(), 0)
  })

  it('leaves at Ctrl-D', async () => {
    const screen = await ready()
    screen.type('\u0004')
    assert.equal(await screen.exit(), 0)
  })

  it('ends well at SIGTERM', async () => {
    const screen = await ready()
    screen.process.kill('SIGTERM')
    assert.equal(await screen.exit(), 0)
  })

  it('ends well when its window is closed, at the prompt and at a question', async () => {
    // The home says so: the status may be that of a second SIGHUP, which comes when all is done.
    const ended = async (screen: Screen): Promise<void> => {
      await screen.exit()
      await rm(join(home(), 'stopped'))
    }
    const screen = await ready()
    screen.type('whoami\r')
    await screen.until(/peer id/)
    screen.hangUp()
    await ended(screen)
    assert.match(await readFile(join(home(), 'shell-history'), 'utf8'), /whoami/)
    const asked = await ready()
    asked.type('LOGIN alice\r')
    await asked.until(/Password for alice:/)
    asked.hangUp()
    await ended(asked)
    const command = open({ env: { P2PCHAT_PASSWORD: '' } }, ['passwd'])
    await command.until(/Password of alice now:/)
    command.hangUp()
    await ended(command)
  })

  it('offers a pool and an account at the first start', async () => {
    const screen = open({ env: { FAKE_ACCOUNT: 'none' } }, [])
    await screen.until(/1 {2}start a server on this machine[^]*2 {2}enter the address/)
    screen.type('2\r')
    await screen.until(/Address of the pool:/)
    screen.type('p2pchat:pool@somewhere\r')
    await screen.until(/1 {2}make a new account/)
    screen.type('1\r')
    await screen.until(/Your name/)
    screen.type('bad name!\r')
    await screen.until(/A username is 2 to 32/)
    screen.type('1\r')
    await screen.until(({ cursor }) => cursor.line.startsWith('Your name'))
    screen.type('zoe\r')
    await screen.until(/New password for zoe:/)
    screen.type('a long secret\r')
    await screen.until(/The same again:/)
    screen.type('another one\r')
    await screen.until(/These two differ\. New password for zoe:/)
    screen.type('a long secret\r')
    await screen.until(({ cursor }) => cursor.line.startsWith('The same again'))
    screen.type('a long secret\r')
    await screen.until(/Recovery key:\n {2}AAAAA-BBBBB-CCCCC-DDDDD/)
    await screen.until(({ cursor }) => cursor.line === 'zoe>')
    assert.doesNotMatch(screen.raw, /secret|another one/)
  })

  it('leaves from any question', async () => {
    const screen = open({ env: { FAKE_ACCOUNT: 'none' } }, [])
    await screen.until(/Choose 1 or 2/)
    screen.type('help\r')
    await screen.until(/1 {2}starts a server here[^]*2 {2}asks for the address[^]*EXIT leaves\.\nChoose/)
    screen.type('EXIT\r')
    assert.equal(await screen.exit(), 0)
  })

  it('takes what is typed faster than the questions come, but never for a password', async () => {
    const screen = open({ env: { FAKE_ACCOUNT: 'none' } }, [])
    await screen.until(/Choose 1 or 2/)
    screen.type('2\rp2pchat:pool@somewhere\r1\rzoe\rnot the password\r')
    await screen.until(/1 line typed ahead: dropped, not done\.\nNew password for zoe:/)
    screen.type('a long secret\r')
    await screen.until(({ cursor }) => cursor.line.startsWith('The same again'))
    screen.type('a long secret\r')
    await screen.until(({ cursor }) => cursor.line === 'zoe>')
    assert.doesNotMatch(screen.text, /Unknown command/)
    screen.type('EXIT\r')
    await screen.exit()
    assert.match(screen.text.replace(/\n/g, ''), /"signUp","params":\{"username":"zoe","password":"a long secret"\}/)
  })

  it('does no password as a command when the command before it fails before it asks', async () => {
    const screen = await ready()
    screen.type('LOGIN not/a/name\rcorrect horse\r')
    await screen.until(/1 line typed ahead: dropped/)
    screen.type('whoami\r')
    await screen.until(/peer id/)
    assert.doesNotMatch(screen.text, /Unknown command/)
  })

  it('ends a command with 130 at Ctrl-C while it asks for a password, which is not shown', async () => {
    const screen = open({ env: { P2PCHAT_PASSWORD: '' } }, ['passwd'])
    await screen.until(/Password of alice now:/)
    screen.type('half a secret\u0003')
    assert.equal(await screen.exit(), 130)
    assert.doesNotMatch(screen.raw, /secret/)
  })

  it('has a menu by numbers', async () => {
    const screen = await ready()
    screen.type('MENU\r')
    await screen.until(/Your choice/)
    screen.type('2\r')
    await screen.until(/To whom\?/)
    screen.type('bob\r')
    await screen.until(/Message:/)
    screen.type('by the menu\r')
    await screen.until(({ cursor }) => cursor.line === 'alice>')
    screen.type('EXIT\r')
    await screen.exit()
    assert.match(screen.text.replace(/\n/g, ''), /"text":"by the menu"/)
  })

  describe('groups', () => {
    const withGroups = async (options: ScreenOptions = {}): Promise<Screen> => await ready({ ...options, env: { FAKE_GROUPS: '1', ...options.env } })
    const callsOf = async (screen: Screen): Promise<Array<{ name: string, params: Record<string, unknown> }>> => {
      screen.type('EXIT\r')
      assert.equal(await screen.exit(), 0)
      return JSON.parse(screen.text.replace(/\n/g, '').split('calls: ')[1] ?? '') as Array<{ name: string, params: Record<string, unknown> }>
    }
    const atPrompt = ({ cursor }: Screen): boolean => cursor.line === 'alice>'

    it('shows one\'s groups at the start, with what is unread in them', async () => {
      const screen = await withGroups()
      assert.match(screen.text, /\[team\] +1 unread message · 3 members · last [^\n]*\n {4}\S+ bob: who brings cake\?/)
    })

    it('asks for participants until -1, telling at once who there is not', async () => {
      const screen = await withGroups()
      screen.type('CREATE crew\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 1 (-1 ends):')
      screen.type('bob\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 2 (-1 ends):')
      screen.type('nobody\r')
      await screen.until(/There is no user nobody\./)
      screen.type('Alice\r')
      await screen.until(/You are in it already/)
      screen.type('carol\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 3 (-1 ends):')
      screen.type('-1\r')
      await screen.until(/crew: you, bob and carol\. CHAT crew opens its room/)
      await screen.until(atPrompt)
      const calls = await callsOf(screen)
      assert.deepEqual(calls.filter(({ name }) => name === 'groupAdd').map(({ params }) => params.usernames), [['bob'], ['nobody'], ['carol']])
    })

    it('asks for participants of group:NAME, too', async () => {
      const screen = await withGroups()
      screen.type('CREATE group:Crew\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 1 (-1 ends):')
      screen.type('bob\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 2 (-1 ends):')
      screen.type('-1\r')
      await screen.until(/crew: you and bob\. CHAT crew opens its room/)
    })

    for (const [name, key] of [['Ctrl-C', '\u0003'], ['Ctrl-D', '\u0004']] as const) {
      it(`leaves the question for participants at ${name}, and only that`, async () => {
        const screen = await withGroups()
        screen.type('CREATE crew\r')
        await screen.until(({ cursor }) => cursor.line === 'Participant 1 (-1 ends):')
        screen.type(key)
        await screen.until(/crew: only you so far/)
        await screen.until(atPrompt)
        screen.type('whoami\r')
        await screen.until(/peer id/)
      })
    }

    it('does a command that is typed where a participant was asked for', async () => {
      const screen = await withGroups()
      screen.type('CREATE crew\r')
      await screen.until(({ cursor }) => cursor.line === 'Participant 1 (-1 ends):')
      screen.type('GRPSEND crew hello there\r')
      await screen.until(/crew: only you so far/)
      await screen.until(atPrompt)
      const calls = await callsOf(screen)
      assert.deepEqual(calls.at(-1), { name: 'groupSend', params: { names: ['crew'], text: 'hello there' } })
    })

    it('takes numbers of the last list for groups', async () => {
      const screen = await withGroups()
      screen.type('GRPSEND 1 too early\r')
      await screen.until(/Which group is 1\?/)
      screen.type('LISTGRP\r')
      await screen.until(/1 {2}board .*invite-only\n +2 {2}club .*\n +3 {2}team .*yours/)
      screen.type('SEND_GROUP 1 3 hello by number\r')
      screen.type('JOIN 2\r')
      await screen.until(/You are in club now/)
      screen.type('JOIN 9\r')
      await screen.until(/no number 9/)
      const calls = await callsOf(screen)
      assert.deepEqual(calls.filter(({ name }) => name === 'groupSend').map(({ params }) => params), [{ names: ['team'], text: 'hello by number' }])
      assert.deepEqual(calls.filter(({ name }) => name === 'groupJoin').map(({ params }) => params), [{ name: 'club' }])
    })

    it('opens the room of a group: plain lines, who comes, and out at 0', async () => {
      const screen = await withGroups()
      screen.type('CHAT team\r')
      await screen.until(({ cursor }) => cursor.line === 'alice → [team]>')
      assert.match(screen.text, /Room of team: you, bob and carol\.[^]*bob: who brings cake\?/)
      screen.type('LISTGRP\r\\0\r')
      incoming(screen)
      await screen.until(/\S+ dave joined\n\S+ bob: incoming 1\n/)
      screen.type('0\r')
      await screen.until(atPrompt)
      incoming(screen)
      await screen.until(/\[team\] bob: incoming 2\n/)
      const calls = await callsOf(screen)
      assert.deepEqual(calls.filter(({ name }) => name === 'groupSend').map(({ params }) => params.text), ['LISTGRP', '0'])
      assert.ok(calls.filter(({ name, params }) => name === 'markRead' && params.group === 'team').length >= 2)
    })

    it('names the room of what is said in another', async () => {
      const screen = await withGroups()
      screen.type('CHAT bob\r')
      await screen.until(({ cursor }) => cursor.line === 'alice → bob>')
      incoming(screen)
      await screen.until(/\[team\] bob: incoming 1\n/)
      assert.doesNotMatch(screen.text, /dave joined/)
    })

    it('says what to do where a room cannot be opened', async () => {
      const screen = await withGroups()
      screen.type('CHAT club\r')
      await screen.until(/no user club, but a group of that name.*JOIN club/)
      screen.type('CHAT group:nothing\r')
      await screen.until(/no group nothing.*LISTGRP/s)
      screen.type('ADD team dave\r')
      await screen.until(/Only an admin can add or remove members\./)
    })

    it('takes a group by its number in the menu, after showing the list', async () => {
      const screen = await withGroups()
      screen.type('MENU\r')
      await screen.until(/Your choice/)
      screen.type('3\r')
      await screen.until(/1 {2}team[^]*To which group/)
      screen.type('1\r')
      await screen.until(/Message:/)
      screen.type('by the menu\r')
      await screen.until(atPrompt)
      screen.type('MENU\r')
      await screen.until(({ cursor }) => cursor.line.startsWith('Your choice'))
      screen.type('22\r')
      assert.equal(await screen.exit(), 0)
      assert.match(screen.text.replace(/\n/g, ''), /"groupSend","params":\{"names":\["team"\],"text":"by the menu"\}/)
    })
  })

  describe('files', () => {
    const withFiles = async (options: ScreenOptions = {}): Promise<Screen> => await ready({ ...options, env: { FAKE_FILES: '1', ...options.env } })

    it('sends while other lines are typed, and says in the prompt how far it is', async () => {
      const screen = await withFiles()
      assert.match(screen.text, /\? bob offers movie\.mp4 \(1\.2 GiB\): accept 3f9a12bc or decline 3f9a12bc/)
      screen.type('FILEUSERSEND bob package\t')
      await screen.until(({ cursor }) => cursor.line === 'alice> FILEUSERSEND bob package')
      screen.type('.js\t')
      await screen.until(({ cursor }) => cursor.line === 'alice> FILEUSERSEND bob package.json')
      screen.type('\r')
      await screen.until(/package\.json \(1\.2 MiB\) is on its way to bob/)
      screen.type('SEND bob meanwhile')
      incoming(screen)
      await screen.until(({ cursor }) => cursor.line === 'alice (package.json 24% 0:16 left)> SEND bob meanwhile')
      incoming(screen)
      await screen.until(({ cursor }) => cursor.line === 'alice (package.json 49% 0:11 left)> SEND bob meanwhile' && cursor.column === cursor.line.length)
      assert.equal(screen.lines.filter((line) => line.includes('meanwhile')).length, 1)
      incoming(screen)
      await screen.until(/74%/)
      incoming(screen)
      await screen.until(/✓ package\.json \(1\.2 MiB\) is sent to bob\./)
      await screen.until(({ cursor }) => cursor.line === 'alice> SEND bob meanwhile')
      screen.type('\rEXIT\r')
      assert.equal(await screen.exit(), 0)
      assert.match(screen.text.replace(/\n/g, ''), /"sendFile","params":\{"to":"bob","path":"\/[^"]+package\.json"\}/)
    })

    it('redraws a line of several rows when the prompt grows under it', async () => {
      const screen = await withFiles({ columns: 40 })
      screen.type('send-file bob package.json\r')
      await screen.until(/on its way/)
      const text = `SEND bob ${'0123456789'.repeat(6)}`
      screen.type(text)
      await screen.until(({ text: shown }) => shown.replace(/\n/g, '').endsWith(`alice> ${text}`))
      incoming(screen)
      await screen.until(({ text: shown }) => shown.replace(/\n/g, '').endsWith(`left)> ${text}`))
      screen.type('\u001b[D\u001b[DX')
      await screen.until(({ text: shown }) => shown.replace(/\n/g, '').endsWith('67X89'))
      assert.equal(screen.text.replace(/\n/g, '').split('SEND bob').length, 2, screen.text)
      assert.match(screen.text, /there; FILES says how far it is\.\nalice \(/)
    })

    it('asks whether an offer is wanted, and shows pictures', async () => {
      const screen = await withFiles()
      incoming(screen)
      await screen.until(/bob: cat\.png \(1\.2 MiB\) · show 3f9a12bc\n +│ Look at this\n +│ \/home\/alice\/downloads\/cat\.png\n.*bob offers holiday\.zip \(300 MiB\)/)
      screen.type('accept\r')
      await screen.until(/Which one\? 11111111 \(holiday\.zip\), 3f9a12bc \(movie\.mp4\)/)
      screen.type('ACCEPT 111\t\r')
      await screen.until(/holiday\.zip \(300 MiB\) is coming from bob/)
      screen.type('decline\r')
      await screen.until(/Declined movie\.mp4/)
      screen.type('SHOW\r')
      await screen.until(/▀{71}\n.*sunset\.png[^]*alice>/)
      screen.type('settings auto-accept 1G\r')
      await screen.until(/auto-accept +1 GiB/)
      // eslint-disable-next-line no-control-regex
      assert.deepEqual(screen.raw.match(/\u001b\[2J|\u202e/g), null)
    })

    it('says what is wrong, and goes on', async () => {
      const screen = await withFiles()
      screen.type('SEND_FILE my cat.png bob\r')
      await screen.until(/SEND_FILE takes a path, which is put in quotes/)
      screen.type('FILEUSERSEND nobody package.json\r')
      await screen.until(/There is no user "nobody"/)
      screen.type('SEND_GROUP_FILE package.json 1 9\r')
      await screen.until(/Which group is 9\?/)
      screen.type('FILES\r')
      await screen.until(/movie\.mp4 \(1\.2 GiB\) · offered to you/)
    })

    it('draws over one line in a one-shot command, and leaves only the answer', async () => {
      const screen = open({ env: { FAKE_FILES: '1' } }, ['send-file', 'bob', 'package.json'])
      await screen.until(/Sending package\.json \(1\.2 MiB\) to bob …/)
      incoming(screen)
      await screen.until(/package\.json → bob ━*─+ {2}24% {2}307 KiB of 1\.2 MiB {2}61 KiB\/s {2}0:16/)
      for (const done of [/49%/, /74%/]) {
        incoming(screen)
        await screen.until(done)
      }
      incoming(screen)
      await screen.until(/^package\.json \(1\.2 MiB\) ✓ stored on 1 of 1 server$/m)
      assert.doesNotMatch(screen.text, /%/)
      assert.equal(await screen.exit(), 0)
    })
  })

  it('takes 0 columns, which some terminals say, for a width that is not known', async () => {
    const screen = await ready({ columns: 0 })
    screen.type('HELP\r')
    await screen.until(/CHAT bob · CHAT team +a room: lines are sent/)
    incoming(screen)
    await screen.until(/\d bob: incoming 1/)
    screen.type('SHOW\r')
    await screen.until(/no picture|No picture/)
  })

  describe('that is dumb', () => {
    const dumb = async (): Promise<Screen> => await ready({ env: { TERM: 'dumb' } })

    it('sends nothing of a line that was cleared', async () => {
      const screen = await dumb()
      screen.type('SEND bob secret ')
      await screen.until(/SEND bob secret/)
      screen.type('\u0003')
      await screen.until(({ cursor }) => cursor.line === 'alice>')
      screen.type('EXIT\r')
      assert.equal(await screen.exit(), 0)
      assert.doesNotMatch(screen.text, /"send"/)
    })

    it('shows the prompt in front of what was typed before it', async () => {
      const [stdin, stdout] = [Object.assign(new PassThrough(), { isTTY: true }), Object.assign(new PassThrough(), { isTTY: true })]
      const terminal = openTerminal({ stdin, stdout, stderr: new PassThrough(), env: { TERM: 'dumb' } }, [], { complete: async () => [[], ''], onInterrupt: () => {} })
      stdin.write('SEND bob ear')
      await settle()
      terminal.setPrompt('alice> ')
      void terminal.lines()[Symbol.asyncIterator]().next()
      terminal.close()
      stdout.end()
      assert.equal(await text(stdout), 'SEND bob ear\nalice> SEND bob ear')
    })

    it('takes nothing that was begun before a question for its answer', async () => {
      const screen = await dumb()
      screen.type('LOGIN alice\rhalf')
      await screen.until(/Password for alice:/)
      screen.type('correct horse\r')
      await screen.until(/Signed in as alice/)
      screen.type('MENU\r')
      await screen.until(/Your choice/)
      screen.type('2\u0003')
      await screen.until(/Cancelled\.\nalice> $/)
      screen.type('EXIT\r')
      assert.equal(await screen.exit(), 0)
      assert.match(screen.text, /"password":"correct horse"/)
      assert.equal(screen.raw.split('correct').length, 2, 'only the list of calls, at the end, has it')
    })

    it('is written to from top to bottom, without a control sequence', async () => {
      const screen = await dumb()
      screen.type('SEND bob half a sen')
      await screen.until(/half a sen$/)
      incoming(screen)
      await screen.until(/^alice> SEND bob half a sen\n.*incoming 1\nalice> SEND bob half a sen$/m)
      screen.type('tence\r')
      await screen.until(/ sentence\nalice> $/)
      screen.type('EXIT\r')
      assert.equal(await screen.exit(), 0)
      assert.doesNotMatch(screen.text, /^alice> $/m)
      assert.ok(!screen.raw.includes('\u001b'))
      assert.match(screen.text, /"text":"half a sentence"/)
    })
  })

  it('shows colours only where they are wanted', async () => {
    const screen = await ready({ env: { NO_COLOR: '1' } })
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(screen.raw, /\u001b\[[0-9;]*m/)
  })
})
