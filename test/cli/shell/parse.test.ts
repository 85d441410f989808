import assert from 'node:assert/strict'
import fc from 'fast-check'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import { exampleLines, helpText } from '../../../src/cli/program.js'
import { isCommandLine, isLikeCommand, keptLine, parseLine, SHELL_WORDS, tokenise } from '../../../src/cli/shell/parse.js'

const parse = (line: string, isInRoom = false): unknown => parseLine(line, isInRoom)
const kindOf = (line: string, isInRoom = false): string => parseLine(line, isInRoom).kind

describe('cli: what a line of the shell means', () => {
  it('takes the founding words in any case', () => {
    for (const word of ['SEND', 'send', 'Send', 'sEnD']) assert.deepEqual(parse(`${word} bob hello there`), { kind: 'send', to: 'bob', text: 'hello there' })
    for (const word of ['CHAT', 'chat']) assert.deepEqual(parse(`${word} bob`), { kind: 'enter', name: 'bob' })
    for (const word of ['LISTGRP', 'listgrp']) assert.deepEqual(parse(word), { kind: 'run', argv: ['groups'] })
    for (const word of ['LIST', 'list']) assert.deepEqual(parse(word), { kind: 'run', argv: ['groups'], hint: 'These are groups. USERS lists people.' })
    for (const word of ['LOGIN', 'Login']) assert.deepEqual(parse(`${word} alice`), { kind: 'run', argv: ['login', 'alice'] })
    assert.deepEqual(parse('SIGNUP alice 42'), { kind: 'run', argv: ['signup', 'alice', '42'] })
    assert.deepEqual(parse('LOGOUT'), { kind: 'run', argv: ['logout'] })
    for (const word of ['EXIT', 'exit', 'QUIT', 'quit']) assert.deepEqual(parse(word), { kind: 'exit' })
    for (const word of ['MENU', 'menu']) assert.deepEqual(parse(word), { kind: 'menu' })
    assert.deepEqual(parse('HELP send'), { kind: 'help', words: ['send'] })
  })

  it('takes the text of SEND letter by letter to the end of the line', () => {
    assert.deepEqual(parse('SEND bob  it\'s "quoted" --wait stored \\n'), { kind: 'send', to: 'bob', text: 'it\'s "quoted" --wait stored \\n' })
    fc.assert(fc.property(fc.string({ minLength: 1 }), (noise) => {
      const text = `a${noise.replace(/[\n\r]/g, ' ')}z`
      assert.deepEqual(parse(`SEND bob ${text}`), { kind: 'send', to: 'bob', text })
    }))
  })

  it('takes options of send before the name', () => {
    for (const word of ['send', 'SEND']) assert.deepEqual(parse(`${word} --wait delivered bob "hello there"`), { kind: 'run', argv: ['send', '--wait', 'delivered', 'bob', 'hello there'] })
  })

  it('takes the commands of the command line', () => {
    assert.deepEqual(parse('history bob --search "train station"'), { kind: 'run', argv: ['history', 'bob', '--search', 'train station'] })
    assert.deepEqual(parse('Whoami'), { kind: 'run', argv: ['whoami'] })
    assert.deepEqual(parse('device remove ab'), { kind: 'run', argv: ['device', 'remove', 'ab'] })
  })

  it('says what is missing', () => {
    for (const line of ['SEND', 'SEND bob', 'CHAT', 'CHAT a b', 'history "bob']) assert.equal(kindOf(line), 'wrong', line)
  })

  it('never takes a password as an argument', () => {
    const input = parseLine('LOGIN alice secret', false)
    assert.equal(input.kind, 'wrong')
    assert.doesNotMatch(JSON.stringify(input), /secret/)
  })

  it('takes the founding words for groups in any case', () => {
    for (const word of ['GRPSEND', 'grpsend', 'GrpSend']) assert.deepEqual(parse(`${word} team hello  "there" --wait`), { kind: 'group-send', groups: ['team'], text: 'hello  "there" --wait' })
    assert.deepEqual(parse('GRPSEND team,club hi'), { kind: 'group-send', groups: ['team', 'club'], text: 'hi' })
    assert.deepEqual(parse('SEND_GROUP 2 team 3 hello  there'), { kind: 'group-send', groups: ['team', '3'], text: 'hello  there' })
    assert.deepEqual(parse('send_group 1 team 2'), { kind: 'group-send', groups: ['team'], text: '2' })
    assert.deepEqual(parse('CREATE team'), { kind: 'create', argv: ['group', 'create', 'team'], asks: true })
    assert.deepEqual(parse('CREATE team --invite-only'), { kind: 'create', argv: ['group', 'create', 'team', '--invite-only'], asks: true })
    assert.deepEqual(parse('create team bob carol'), { kind: 'create', argv: ['group', 'create', 'team', 'bob', 'carol'], asks: false })
    const commands: Array<[string, string[]]> = [
      ['JOIN team', ['group', 'join', 'team']], ['leave 2', ['group', 'leave', '2']], ['MEMBERS team', ['group', 'members', 'team']],
      ['ADD team bob carol', ['group', 'add', 'team', 'bob', 'carol']], ['REMOVE team bob', ['group', 'remove', 'team', 'bob']],
      ['LISTGRP te', ['groups', '--prefix', 'te']], ['listgrp --after club', ['groups', '--after', 'club']],
      ['SHOW_MY_GROUPS', ['groups', '--mine']], ['show_my_groups --all', ['groups', '--mine', '--all']]
    ]
    for (const [line, argv] of commands) assert.deepEqual(parse(line), { kind: 'run', argv }, line)
  })

  it('takes the text of group send as it was typed, unless options come first', () => {
    assert.deepEqual(parse('group send team it\'s "me"'), { kind: 'group-send', groups: ['team'], text: 'it\'s "me"' })
    assert.deepEqual(parse('group send --wait read team "hello there"'), { kind: 'run', argv: ['group', 'send', '--wait', 'read', 'team', 'hello there'] })
    assert.deepEqual(parse('Group Members team'), { kind: 'run', argv: ['group', 'members', 'team'] })
  })

  it('never sends to fewer groups than were meant', () => {
    for (const line of ['GRPSEND team, club hello', 'GRPSEND ,team hello', 'GRPSEND team', 'GRPSEND', 'SEND_GROUP 3 team club hello', 'SEND_GROUP team hello', 'SEND_GROUP 0 hello', 'SEND_GROUP 1 team', 'CREATE', 'CREATE --unlisted']) {
      assert.equal(kindOf(line), 'wrong', line)
    }
  })

  it('takes the founding words for files in any case, with paths in quotes', () => {
    const sends: Array<[string, string[]]> = [
      ['FILEUSERSEND bob cat.png', ['send-file', '--', 'bob', 'cat.png']],
      ['fileUserSend bob photo.png "my cat.png"', ['send-file', '--name', 'photo.png', '--', 'bob', 'my cat.png']],
      ['FILEUSERSEND bob my\\ cat.png', ['send-file', '--', 'bob', 'my cat.png']],
      ['FILEUSERSEND bob cat.png --caption "My cat"', ['send-file', 'bob', 'cat.png', '--caption', 'My cat']],
      ['FILEUSERSEND bob -x.png', ['send-file', '--', 'bob', '-x.png']],
      ['FILEGROUPSEND team,3 plan.pdf', ['group', 'send-file', '--', 'team,3', 'plan.pdf']],
      ['filegroupsend team plan.pdf ~/x', ['group', 'send-file', '--name', 'plan.pdf', '--', 'team', '~/x']],
      ['SEND_FILE "my cat.png" bob', ['send-file', '--', 'bob', 'my cat.png']],
      ['send_group_file plan.pdf 2 team 3', ['group', 'send-file', '--', 'team,3', 'plan.pdf']],
      ['send-file bob cat.png --name x', ['send-file', 'bob', 'cat.png', '--name', 'x']],
      ['Group Send-File team cat.png', ['group', 'send-file', 'team', 'cat.png']]
    ]
    for (const [line, argv] of sends) assert.deepEqual(parse(line), { kind: 'run', argv, inBackground: true }, line)
    assert.deepEqual(parse('ACCEPT 3f9a12bc'), { kind: 'run', argv: ['accept', '3f9a12bc'] })
    assert.deepEqual(parse('Decline'), { kind: 'run', argv: ['decline'] })
    assert.deepEqual(parse('FILES'), { kind: 'run', argv: ['files'] })
    assert.deepEqual(parse('FILES PAUSE 3f9a12bc'), { kind: 'run', argv: ['files', 'pause', '3f9a12bc'] })
    assert.deepEqual(parse('CONTACTS ACCEPT bob'), { kind: 'run', argv: ['contacts', 'accept', 'bob'] })
    assert.deepEqual(parse('Device Remove 00AA'), { kind: 'run', argv: ['device', 'remove', '00AA'] })
    assert.deepEqual(parse('SHOW 3f9a12bc'), { kind: 'run', argv: ['show', '3f9a12bc'] })
  })

  it('sends no file that was not meant: a path with spaces is in quotes, groups are as many as said', () => {
    for (const line of ['FILEUSERSEND', 'FILEUSERSEND bob', 'FILEUSERSEND bob my cat png', 'FILEUSERSEND bob "my cat', 'FILEGROUPSEND team', 'SEND_FILE x', 'SEND_FILE my cat.png bob', 'SEND_GROUP_FILE x team', 'SEND_GROUP_FILE x 2 team', 'SEND_GROUP_FILE x 1 team club', 'SEND_GROUP_FILE x 0']) {
      assert.equal(kindOf(line), 'wrong', line)
    }
  })

  it('reads the examples of its help as the command line does: nothing of them is taken for text', () => {
    for (const spec of COMMANDS.filter(({ inShell }) => inShell)) {
      for (const example of exampleLines(spec, true)) {
        const input = parseLine(example, false)
        assert.ok(input.kind !== 'wrong', example)
        if ('text' in input) assert.doesNotMatch(input.text, /--|"/, example)
      }
    }
  })

  it('shows help of SEND and GRPSEND', () => {
    assert.deepEqual(parse('SEND --help'), { kind: 'run', argv: ['send', '--help'] })
    for (const line of ['GRPSEND --help', 'group send --help']) assert.deepEqual(parse(line), { kind: 'run', argv: ['group', 'send', '--help'] }, line)
  })

  it('has help for every word', () => {
    for (const word of SHELL_WORDS) {
      const input = parseLine(`HELP ${word}`, false)
      assert.ok(input.kind === 'help')
      if (input.words.length > 0) assert.match(helpText(input.words, { specs: COMMANDS, version: '1', inShell: true }), /^Usage/, word)
    }
    assert.deepEqual(parse('help grpsend'), { kind: 'help', words: ['group', 'send'] })
    assert.deepEqual(parse('HELP chat'), { kind: 'help', words: [] })
    assert.deepEqual(parse('help constructor'), { kind: 'help', words: ['constructor'] })
  })

  it('knows a command that was typed where a name was asked for', () => {
    const commands = ['history', 'whoami']
    for (const line of ['GRPSEND team hi', 'grpsend team hi', 'LISTGRP', 'EXIT', 'history bob', 'CHAT bob']) assert.equal(isCommandLine(line, commands), true, line)
    for (const line of ['bob', 'bob carol', 'list', 'history', '-1', '', 'Chat']) assert.equal(isCommandLine(line, commands), false, line)
  })

  it('says everything in a room, but for the words that leave it', () => {
    assert.deepEqual(parse('EXIT', true), { kind: 'say', text: 'EXIT' })
    assert.deepEqual(parse('SEND carol hi', true), { kind: 'say', text: 'SEND carol hi' })
    for (const line of ['0', ' 0 ', '@#@EXIT@#@', '@#@exit@#@', '@#@Exit@#@']) assert.deepEqual(parse(line, true), { kind: 'leave' })
    assert.deepEqual(parse('\\0', true), { kind: 'say', text: '0' })
    assert.deepEqual(parse('\\@#@EXIT@#@', true), { kind: 'say', text: '@#@EXIT@#@' })
    assert.deepEqual(parse('\\@#@exit@#@', true), { kind: 'say', text: '@#@exit@#@' })
    assert.deepEqual(parse('\\1', true), { kind: 'say', text: '\\1' })
    assert.deepEqual(parse('00', true), { kind: 'say', text: '00' })
    assert.deepEqual(parse('   ', true), { kind: 'nothing' })
    assert.deepEqual(parse('  indented', true), { kind: 'say', text: '  indented' })
  })

  it('does not leave the shell at a 0 too many', () => {
    for (const line of ['0', '@#@EXIT@#@']) assert.equal(kindOf(line), 'wrong')
  })

  it('gives a meaning to any line', () => {
    fc.assert(fc.property(fc.string(), fc.boolean(), (line, inRoom) => { assert.ok(kindOf(line, inRoom)) }))
  })

  it('parts words as a shell does', () => {
    assert.deepEqual(tokenise('a  "b c" d\\ e \'f"g\' ""'), ['a', 'b c', 'd e', 'f"g', ''])
    assert.equal(tokenise('a "b'), null)
  })

  it('keeps no password and no word of a room in the history file', () => {
    const kept = (line: string, isInRoom = false): string | null => keptLine(line, isInRoom, COMMANDS.map(({ name }) => name.split(' ')[0] ?? name))
    assert.equal(kept('LOGIN alice secret'), 'LOGIN alice')
    assert.equal(kept('passwd old new'), 'passwd')
    assert.equal(kept('SIGNUP alice 42 secret'), 'SIGNUP alice 42')
    assert.equal(kept('recover alice dotw-n4gv'), 'recover alice')
    assert.equal(kept('my secret plan', true), null)
    for (const line of ['SEND bob hi', 'group members team', '? send', 'Send_File cat.png bob']) assert.equal(kept(line), line)
    for (const password of ['correct horse', 'secret', '  ']) assert.equal(kept(password), null)
  })

  it('knows what of a room\'s lines was probably meant for the shell', () => {
    for (const line of ['HELP', 'exit', ' quit ', '?', '/help', '/join team', 'CHAT carol', 'whoami']) assert.equal(isLikeCommand(line, ['whoami']), true, line)
    for (const line of ['', 'send help', 'chat with me later', '/home/alice', '1/2', 'exit the room', 'hello']) assert.equal(isLikeCommand(line, ['whoami']), false, line)
  })
})
