import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { duration } from '../../src/cli/command.js'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { completionScript } from '../../src/cli/completion.js'
import { helpText, parseArguments, type Parsed } from '../../src/cli/program.js'
import { P2pChatError } from '../../src/errors.js'

const options = { specs: COMMANDS, version: '1.2.3', inShell: false }
const inShell = { ...options, inShell: true }

function parsed (argv: string[], how = options): Parsed & { kind: 'run' } {
  const result = parseArguments(argv, how)
  assert.equal(result.kind, 'run')
  return result as Parsed & { kind: 'run' }
}

function refusal (argv: string[], how = options): string {
  try {
    parseArguments(argv, how)
  } catch (error) {
    assert.ok(error instanceof P2pChatError)
    assert.equal(error.code, 'ERR_USAGE')
    assert.ok(!error.message.includes('\n'))
    return error.message
  }
  return assert.fail(`${argv.join(' ')} was taken.`)
}

describe('cli: arguments', () => {
  it('say what may follow a word that stands alone or has others after it', () => {
    assert.equal(refusal(['contacts', 'acept', 'bob']), 'After "contacts" comes nothing, or one of: accept, block. See: p2pchat help contacts')
    assert.equal(refusal(['files', 'stop'], inShell), 'After "files" comes nothing, or one of: pause, resume. See: help files')
  })

  it('takes the options of the program before and after the command', () => {
    for (const argv of [['--home', '/h', '--json', 'whoami'], ['whoami', '--json', '--home', '/h'], ['--json', 'whoami', '--home=/h']]) {
      const { spec, global } = parsed(argv)
      assert.deepEqual([spec.name, global.home, global.json], ['whoami', '/h', true])
    }
  })

  it('gathers pools from both sides of the command', () => {
    assert.deepEqual(parsed(['--pool', 'a', 'users', '--pool', 'b']).global.pool, ['a', 'b'])
  })

  it('opens the shell when there is no command', () => {
    assert.equal(parsed([]).spec.name, 'shell')
    assert.deepEqual(parsed(['--pool', 'a', '--home=/h']).global, { home: '/h', pool: ['a'], json: false, passwordStdin: false })
  })

  it('says which value is missing where there is no command', () => {
    assert.equal(refusal(['--home']), 'Option \'--home <dir>\' argument missing. See: p2pchat help')
    assert.equal(refusal(['--json', '--timeout']), 'Option \'--timeout <time>\' argument missing. See: p2pchat help')
  })

  it('parses each command\'s own arguments and options', () => {
    assert.deepEqual(parsed(['send', 'bob', 'hello', 'there', '--wait', 'delivered', '--timeout', '2m']).given, { args: ['bob', 'hello', 'there'], options: { wait: 'delivered' } })
    assert.deepEqual(parsed(['send', 'bob', '-']).given.args, ['bob', '-'])
    assert.deepEqual(parsed(['send', 'bob', '--', '--json']).given.args, ['bob', '--json'])
    assert.deepEqual(parsed(['device', 'remove', 'ab']).spec.name, 'device remove')
    assert.deepEqual(parsed(['history', 'bob', '--limit', '3']).given.options, { limit: 3 })
    assert.deepEqual(parsed(['rendezvous', '--listen', 'a', '--listen', 'b']).given.options, { listen: ['a', 'b'] })
  })

  it('suggests what may have been meant', () => {
    assert.match(refusal(['sned', 'bob', 'hi']), /unknown command 'sned'.*Did you mean send\?/i)
    assert.match(refusal(['send', '--wiat', 'stored', 'bob', 'hi']), /--wait/)
  })

  it('refuses in one line that says where to look', () => {
    assert.equal(refusal(['send', 'bob']), "Missing required argument 'text'. See: p2pchat help send")
    assert.match(refusal(['whoami', 'alice']), /too many arguments/i)
    assert.match(refusal(['device']), /See: p2pchat help device/)
    assert.match(refusal(['send', 'bob', 'hi', '--wait', 'seen']), /stored, delivered, read/)
    assert.match(refusal(['history', 'bob', '--limit', '0']), /whole number from 1/)
    assert.match(refusal(['users', '--timeout', 'soon']), /such as 30/)
    assert.match(refusal(['send', 'bob', '--hello']), /comes after --/)
    assert.doesNotMatch(refusal(['users', '--hello']), /comes after --/)
    assert.match(refusal(['signup', 'a', 'b', 'c']), /too many/i)
  })

  it('shows help and version', () => {
    for (const argv of [['--help'], ['-h'], ['send', '--help'], ['--version'], ['-V']]) {
      const result = parseArguments(argv, options)
      assert.equal(result.kind, argv[0] === '--version' || argv[0] === '-V' ? 'version' : 'help')
    }
    const shown = parseArguments(['--version'], options)
    assert.deepEqual(shown, { kind: 'version', text: '1.2.3' })
  })

  it('shows in the shell how a command is typed there', () => {
    for (const argv of [['send', '--help'], ['contacts', 'accept', '-h']]) {
      const result = parseArguments(argv, inShell)
      assert.ok(result.kind === 'help')
      assert.match(result.text, new RegExp(`^Usage: ${argv.slice(0, -1).join(' ')} `))
    }
  })

  it('has help with an example for every command', () => {
    for (const { name } of COMMANDS) {
      const text = helpText(name.split(' '), options)
      assert.match(text, new RegExp(`Usage: p2pchat ${name}`))
      assert.match(text, new RegExp(`Example:\n  p2pchat ${name}`))
      assert.doesNotMatch(text, /p2pchat (printf|p2pchat)/)
    }
    for (const word of ['group', 'pool', 'device']) assert.match(helpText([word], options), new RegExp(`Example:\n  p2pchat ${word} .`), word)
    for (const word of ['group', 'device']) assert.match(helpText([word], inShell), new RegExp(`Example:\n  ${word} .`), word)
    for (const { name } of COMMANDS.filter((spec) => spec.inShell)) {
      const text = helpText(name.split(' '), inShell)
      assert.match(text, new RegExp(`Example:\n  ${name}`))
      assert.doesNotMatch(text.split('Example:')[1] ?? '', /p2pchat|--json|[|<]/)
    }
    assert.throws(() => helpText(['nonsense'], options), { code: 'ERR_USAGE' })
  })

  it('does not offer in the shell what belongs outside', () => {
    assert.match(refusal(['rendezvous'], inShell), /unknown command/i)
    assert.match(refusal(['users', '--home', 'x'], inShell), /unknown option/i)
    assert.equal(parsed(['users', '--timeout', '5'], inShell).global.timeoutMs, 5000)
    assert.doesNotMatch(refusal(['users', '--foo'], inShell), /p2pchat/)
  })

  it('reads times', () => {
    assert.deepEqual(['30', '30s', '500ms', '2m', '1h', '0.5'].map(duration), [30_000, 30_000, 500, 120_000, 3_600_000, 500])
    for (const bad of ['', 'x', '-1', '1d', '25h', '1e3']) assert.throws(() => duration(bad))
  })

  it('completes in bash: commands, options, their values, subcommands', () => {
    const script = completionScript('bash', COMMANDS)
    const completed = (...words: string[]): string[] => {
      const typed = ['p2pchat', ...words].map((word) => `'${word}'`).join(' ')
      const program = `${script}\np2pchat () { :; }\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _p2pchat; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync('bash', ['--norc', '-c', program], { encoding: 'utf8' }).trim().split('\n')
    }
    assert.deepEqual(completed('se'), ['send', 'send-file', 'settings'])
    assert.ok(completed('send-file', 'bob', 'packa').includes('package.json'))
    for (const words of [['backup'], ['restore'], ['pool', 'recover', '--key'], ['settings', 'downloads-folder']]) assert.ok(completed(...words, 'packa').includes('package.json'), words.join(' '))
    assert.ok(!completed('send', 'bob', 'packa').includes('package.json'))
    assert.deepEqual(completed('settings', 'au'), ['auto-accept'])
    assert.deepEqual(completed('--home', '/x', 'device', 'r'), ['remove'])
    assert.deepEqual(completed('send', 'bob', '--wait', ''), ['stored', 'delivered', 'read'])
    assert.deepEqual(completed('rendezvous', '--log', 's'), ['silent'])
    assert.deepEqual(completed('help', 'his'), ['history'])
    assert.deepEqual(completed('history', 'bob', '--l'), ['--limit'])
    assert.deepEqual(completed('completion', 'z'), ['zsh'])
  })

  it('writes completions that name every command', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = completionScript(shell, COMMANDS)
      for (const { name } of COMMANDS) assert.ok(script.includes(name.split(' ')[0] ?? name))
      assert.ok(!script.includes('until-stdin-ends'))
    }
    assert.throws(() => completionScript('tcsh', COMMANDS), { code: 'ERR_USAGE' })
  })
})
