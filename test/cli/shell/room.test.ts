import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import type { CommandContext } from '../../../src/cli/command.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import { Shell } from '../../../src/cli/shell/shell.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { FakeTerminal } from '../helpers/fake-terminal.js'

describe('cli: in a room of the shell', () => {
  let node: FakeChatNode
  let terminal: FakeTerminal
  let shell: Shell
  let running: Promise<void>

  beforeEach(async () => {
    node = new FakeChatNode()
    terminal = new FakeTerminal()
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
      askPassword: async () => assert.fail('no password is wanted'),
      readText: async () => '',
      view: (self) => ({ style, nowMs: 0, self }),
      numbers: null,
      follow: null
    }
    shell = new Shell({ context, node, terminal, startServer: async () => assert.fail('no server is wanted'), remember: () => {} })
    running = shell.run()
    await node.listenedTo()
    terminal.type('CHAT bob')
    while (terminal.prompt !== 'alice → bob> ') await settle()
  })

  afterEach(async () => {
    terminal.close()
    await running
  })

  async function say (line: string): Promise<void> {
    const before = sent().length
    terminal.type(line)
    while (sent().length === before) await settle()
    await settle()
  }

  const sent = (): unknown[] => node.calls.filter(({ name }) => name === 'send').map(({ params }) => (params as { text: string }).text)

  it('Ctrl-C says how to leave it, in words that are not sent', () => {
    shell.interrupt(false)
    assert.equal(terminal.shown.at(-1), '0 leaves the room, Ctrl-D leaves p2pchat.')
  })

  it('is known to be one, so that Tab completes no commands inside a message', async () => {
    assert.equal(shell.isInRoom, true)
    terminal.type('0')
    while (terminal.prompt !== 'alice> ') await settle()
    assert.equal(shell.isInRoom, false)
  })

  it('tells that what looks like a command was sent', async () => {
    await say('HELP')
    assert.equal(terminal.shown.at(-1), 'Sent to bob as a message. 0 leaves the room; then HELP.')
    const shown = terminal.shown.length
    await say('help me with the list')
    assert.equal(terminal.shown.length, shown)
    assert.deepEqual(sent(), ['HELP', 'help me with the list'])
  })
})
