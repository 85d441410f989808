import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import type { CommandContext } from '../../../src/cli/command.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import { Shell } from '../../../src/cli/shell/shell.js'
import { openTerminal } from '../../../src/cli/shell/terminal.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { FakeTerminal } from '../helpers/fake-terminal.js'

/** Calls that do not end before the test lets them. */
function held<T> (answer: () => T): { call: () => Promise<T>, release: () => void } {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => { release = resolve })
  return { call: async () => { await released; return answer() }, release: () => { release() } }
}

describe('cli: Ctrl-C in the shell', () => {
  let node: FakeChatNode
  let terminal: FakeTerminal
  let shell: Shell
  let running: Promise<void>

  beforeEach(async () => {
    node = new FakeChatNode({}, { ...FakeChatNode.account('alice'), signedIn: false })
    terminal = new FakeTerminal(() => 'correct horse')
    const nothing = new PassThrough()
    const style = makeStyle(false)
    const context: CommandContext = {
      specs: COMMANDS,
      io: { stdin: nothing, stdout: nothing, stderr: nothing, env: {} },
      out: { json: false, style, show: async () => {}, note: async () => {} },
      clock: new FakeClock(),
      global: { pool: [], json: false, passwordStdin: false },
      signal: new AbortController().signal,
      node: async () => node,
      askPassword: async () => assert.fail('the shell asks itself'),
      readText: async () => '',
      view: (self) => ({ style, nowMs: 0, self }),
      numbers: null,
      follow: null
    }
    shell = new Shell({ context, node, terminal, startServer: async () => assert.fail('no server is wanted'), remember: () => {} })
    running = shell.run()
    await settle()
  })

  afterEach(async () => {
    terminal.close()
    await running
  })

  async function login (name: 'connect' | 'signIn'): Promise<void> {
    terminal.type('login alice')
    while (!node.calls.some((call) => call.name === name)) await settle()
    shell.interrupt(false)
    await settle()
    assert.ok(terminal.shown.includes('Cancelled.'))
  }

  it('ends a command before it asks for a password', async () => {
    const { call, release } = held(() => {})
    node.answers.connect = call
    await login('connect')
    release()
    await settle()
    assert.deepEqual(terminal.questions, [])
    assert.ok(!node.calls.some(({ name }) => name === 'signIn'))
  })

  it('shows who is signed in when a command went on that was too far to be ended', async () => {
    const { call, release } = held(() => {
      node.account = FakeChatNode.account('alice')
      return { username: 'alice', newDevice: false }
    })
    node.answers.signIn = call
    await login('signIn')
    assert.equal(terminal.prompt, 'p2pchat> ')
    release()
    await node.listenedTo()
    assert.equal(terminal.prompt, 'alice> ')
  })
})

describe('cli: a question of the shell', () => {
  it('takes the place of one that is still open, which is cancelled', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    stdout.resume()
    const terminal = openTerminal({ stdin, stdout, stderr: stdout, env: {} }, [], { complete: async (line) => [[], line], onInterrupt: () => {} })
    const first = assert.rejects(terminal.ask('Password: ', { hidden: true }), { code: 'ERR_ABORTED' })
    const second = terminal.ask('Name: ')
    await first
    stdin.write('bob\r')
    assert.equal(await second, 'bob')
    terminal.close()
  })
})
