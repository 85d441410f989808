import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { openTerminal, type Terminal } from '../../../src/cli/shell/terminal.js'
import { settle } from '../../helpers/fake-clock.js'

const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`

describe('cli: keys in the shell', () => {
  let stdin: PassThrough
  let stdout: PassThrough
  let terminal: Terminal
  const { TERM } = process.env

  function open (kind: string): void {
    // readline looks there, whatever the tests run in.
    process.env.TERM = kind
    stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    terminal = openTerminal({ stdin, stdout, stderr: stdout, env: { TERM: kind } }, [], { complete: async (line) => [[], line], onInterrupt: () => {} })
  }

  beforeEach(() => { open('xterm') })

  afterEach(() => {
    terminal.close()
    if (TERM === undefined) delete process.env.TERM
    else process.env.TERM = TERM
  })

  async function type (keys: string): Promise<void> {
    stdin.write(keys)
    await settle()
  }

  async function nextLine (): Promise<unknown> {
    return (await terminal.lines()[Symbol.asyncIterator]().next()).value
  }

  const shown = (): string => String(stdout.read())

  it('takes a pasted text of several lines as one line, which Return ends', async () => {
    await type(`so: ${paste('one\r0\rthree\r')}`)
    const begun = shown()
    assert.ok(begun.startsWith('\u001b[?2004h') && begun.endsWith('so: one␤0␤three'))
    await type('!\r')
    assert.equal(await nextLine(), 'so: one\n0\nthree!')
    terminal.close()
    assert.ok(shown().includes('\u001b[?2004l'))
  })

  it('puts it where the cursor is', async () => {
    await type('ac\u001b[D')
    await type(paste('b'))
    await type('\r')
    assert.equal(await nextLine(), 'abc')
  })

  it('takes of a pasted password what comes before its first line break, and shows none of it', async () => {
    const answer = terminal.ask('Password: ', { hidden: true })
    await type(`${paste('correct horse\nwhoami\n')}\r`)
    assert.equal(await answer, 'correct horse')
    assert.doesNotMatch(shown(), /horse|whoami/)
  })

  it('puts what is pasted at a question into one row', async () => {
    const answer = terminal.ask('To whom? ')
    await type(`${paste('bob\r\ncarol\u0007')}\r`)
    assert.equal(await answer, 'bob carol')
  })

  it('takes Ctrl-C also when the end of a paste was lost', async () => {
    await type('\u001b[200~half\u0003whole\r')
    assert.equal(await nextLine(), 'whole')
  })

  it('takes away at once what is seen as one character', async () => {
    await type('a👩‍👩‍👧\u007fb👍🏽\u001b[D\u001b[3~🇩🇪\u001b[D')
    await type('c')
    await type('\r')
    assert.equal(await nextLine(), 'abc🇩🇪')
  })

  describe('of a dumb terminal', () => {
    beforeEach(() => {
      terminal.close()
      open('dumb')
    })

    it('know of no paste', async () => {
      await type('one\rtwo\r')
      assert.equal(await nextLine(), 'one')
      terminal.close()
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(shown(), /\u001b/)
    })

    it('clear the line with Ctrl-U', async () => {
      await type('SEND bob secret\u0015whoami\r')
      assert.equal(await nextLine(), 'whoami')
      assert.match(shown(), /secret\^U\n/)
    })
  })
})
