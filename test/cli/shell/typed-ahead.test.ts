import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { openTerminal, type Terminal } from '../../../src/cli/shell/terminal.js'
import { settle } from '../../helpers/fake-clock.js'

describe('cli: what is typed in the shell before it is wanted', () => {
  let stdin: PassThrough
  let stdout: PassThrough
  let terminal: Terminal
  let interrupts: boolean[]
  const { TERM } = process.env

  beforeEach(() => {
    // readline looks there, whatever the tests run in.
    process.env.TERM = 'xterm'
    stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    interrupts = []
    terminal = openTerminal({ stdin, stdout, stderr: stdout, env: {} }, [], { complete: async (line) => [[], line], onInterrupt: (again) => { interrupts.push(again) } })
  })

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

  it('is dropped at Ctrl-C, which says how much that is', async () => {
    await type('one\rtwo\rthree\r\u0003')
    assert.match(shown(), /3 lines typed ahead: dropped/)
    await type('four\r')
    assert.equal(await nextLine(), 'four')
  })

  it('is dropped when a password is asked for, and does not come back', async () => {
    await type('correct horse\r')
    const answer = terminal.ask('Password: ', { hidden: true })
    assert.match(shown(), /1 line typed ahead: dropped/)
    await type('another\r')
    assert.equal(await answer, 'another')
    await type('\u001b[Ax\r')
    assert.equal(await nextLine(), 'x')
  })

  for (const [what, keys] of [['cleared', 'secret\u0015\r'], ['cut', 'my secret\u0017\u0001\u000b\r'], ['left', 'secret\u0003']] as const) {
    it(`holds nothing of a password whose line was ${what}`, async () => {
      terminal.ask('Password: ', { hidden: true }).catch(() => {})
      await type(keys)
      await type('\u0019\u001by\u001f\u001f\u001ex')
      assert.doesNotMatch(shown(), /secret|my/)
      await type('\u0001\u000bx\r')
      assert.equal(await nextLine(), 'x')
    })
  }

  it('makes two Ctrl-C no longer two in a row', async () => {
    for (const between of ['a\u007f', 'half\u0003']) {
      await type(`\u0003${between}\u0003x\u007f`)
      assert.deepEqual(interrupts, [false, false])
      interrupts.length = 0
    }
    await type('\u0003\u0003')
    assert.deepEqual(interrupts, [false, true])
  })

  it('stays in order when the prompt comes in the middle of a line', async () => {
    await type('SEND bob hel')
    const line = nextLine()
    for (const key of ['l', 'o', '\r']) await type(key)
    assert.equal(await line, 'SEND bob hello')
  })
})
