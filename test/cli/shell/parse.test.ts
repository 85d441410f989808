import assert from 'node:assert/strict'
import fc from 'fast-check'
import { keptLine, parseLine, tokenise } from '../../../src/cli/shell/parse.js'

const parse = (line: string, room: string | null = null): unknown => parseLine(line, room)
const kindOf = (line: string, room: string | null = null): string => parseLine(line, room).kind

describe('cli: what a line of the shell means', () => {
  it('takes the founding words in any case', () => {
    for (const word of ['SEND', 'send', 'Send', 'sEnD']) assert.deepEqual(parse(`${word} bob hello there`), { kind: 'send', to: 'bob', text: 'hello there' })
    for (const word of ['CHAT', 'chat']) assert.deepEqual(parse(`${word} bob`), { kind: 'enter', username: 'bob' })
    for (const word of ['LIST', 'list']) assert.deepEqual(parse(word), { kind: 'run', argv: ['users'] })
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
    assert.deepEqual(parse('send --wait delivered bob "hello there"'), { kind: 'run', argv: ['send', '--wait', 'delivered', 'bob', 'hello there'] })
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
    const input = parseLine('LOGIN alice secret', null)
    assert.equal(input.kind, 'wrong')
    assert.doesNotMatch(JSON.stringify(input), /secret/)
  })

  it('says plainly that groups and files are not there yet', () => {
    for (const line of ['GRPSEND team hi', 'CREATE team', 'JOIN team', 'LISTGRP', 'SHOW_MY_GROUPS', 'ADD team bob', 'REMOVE team bob', 'SEND_GROUP 2 a b hi', 'group create x', 'groups']) {
      assert.match(JSON.stringify(parse(line)), /no groups yet/, line)
    }
    for (const line of ['FILEUSERSEND bob x', 'FILEGROUPSEND team x', 'SEND_FILE x bob', 'SEND_GROUP_FILE x 1 a', 'send-file bob x']) {
      assert.match(JSON.stringify(parse(line)), /no files yet/, line)
    }
  })

  it('says everything in a room, but for the words that leave it', () => {
    assert.deepEqual(parse('EXIT', 'bob'), { kind: 'say', text: 'EXIT' })
    assert.deepEqual(parse('SEND carol hi', 'bob'), { kind: 'say', text: 'SEND carol hi' })
    for (const line of ['0', ' 0 ', '@#@EXIT@#@']) assert.deepEqual(parse(line, 'bob'), { kind: 'leave' })
    assert.deepEqual(parse('\\0', 'bob'), { kind: 'say', text: '0' })
    assert.deepEqual(parse('\\@#@EXIT@#@', 'bob'), { kind: 'say', text: '@#@EXIT@#@' })
    assert.deepEqual(parse('\\1', 'bob'), { kind: 'say', text: '\\1' })
    assert.deepEqual(parse('00', 'bob'), { kind: 'say', text: '00' })
    assert.deepEqual(parse('   ', 'bob'), { kind: 'nothing' })
    assert.deepEqual(parse('  indented', 'bob'), { kind: 'say', text: '  indented' })
  })

  it('does not leave the shell at a 0 too many', () => {
    for (const line of ['0', '@#@EXIT@#@']) assert.equal(kindOf(line), 'wrong')
  })

  it('gives a meaning to any line', () => {
    fc.assert(fc.property(fc.string(), fc.boolean(), (line, inRoom) => { assert.ok(kindOf(line, inRoom ? 'bob' : null)) }))
  })

  it('parts words as a shell does', () => {
    assert.deepEqual(tokenise('a  "b c" d\\ e \'f"g\' ""'), ['a', 'b c', 'd e', 'f"g', ''])
    assert.equal(tokenise('a "b'), null)
  })

  it('keeps no password and no word of a room in the history file', () => {
    assert.equal(keptLine('LOGIN alice secret', null), 'LOGIN alice')
    assert.equal(keptLine('passwd old new', null), 'passwd')
    assert.equal(keptLine('SIGNUP alice 42 secret', null), 'SIGNUP alice 42')
    assert.equal(keptLine('recover alice dotw-n4gv', null), 'recover alice')
    assert.equal(keptLine('my secret plan', 'bob'), null)
    assert.equal(keptLine('SEND bob hi', null), 'SEND bob hi')
    assert.equal(keptLine('  ', null), null)
  })
})
