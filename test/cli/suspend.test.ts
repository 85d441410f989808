import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { Screen } from '../helpers/screen.js'
import { tempFolder } from './helpers/temp-folder.js'

const isSource = import.meta.url.endsWith('.ts')
const program = fileURLToPath(new URL(`children/fake-shell.${isSource ? 'ts' : 'js'}`, import.meta.url))

describe('cli: Ctrl-Z', function () {
  this.timeout(120_000)
  const home = tempFolder()
  let screens: Screen[] = []

  afterEach(() => {
    for (const screen of screens) screen.close()
    screens = []
  })

  function open (args: string[], before: string[] = []): Screen {
    const [file = '', ...more] = [...before, process.execPath, ...isSource ? ['--import', 'tsx'] : [], program, ...args]
    const screen = new Screen(file, more, { env: { P2PCHAT_HOME: home(), P2PCHAT_POOL: '', P2PCHAT_PASSWORD: '' } })
    screens.push(screen)
    return screen
  }

  // A parent in the same process group, as npm is, waits for its child and sees only its own stop.
  for (const [what, child] of [['', '"$@"'], [' together with the process that started it', 'sh -c \'"$@"; exit $?\' sh "$@"']] as const) {
    const jobControl = ['sh', '-mc', `${child}; echo stopped; read line; fg`, 'sh']

    it(`stops the shell${what}, and it hears again when it goes on, with what was typed`, async () => {
      const screen = open(['shell'], jobControl)
      await screen.until(({ cursor }) => cursor.line === 'alice>')
      screen.type('whoa')
      await screen.until(({ cursor }) => cursor.line === 'alice> whoa')
      screen.type('\u001a')
      await screen.until(/^stopped$/m)
      screen.type('\r')
      await screen.until(({ cursor }) => cursor.line === 'alice> whoa')
      screen.type('mi\r')
      await screen.until(/peer id/)
      screen.type('EXIT\r')
      await screen.exit()
    })

    it(`stops a question for a password${what}, which is asked again and not shown`, async () => {
      const screen = open(['passwd'], jobControl)
      await screen.until(({ cursor }) => cursor.line === 'Password of alice now:')
      screen.type('\u001a')
      await screen.until(/stopped/)
      screen.type('\r')
      await screen.until(({ cursor }) => cursor.line === 'Password of alice now:')
      screen.type('secret\r')
      await screen.until(({ cursor }) => cursor.line === 'New password:')
      assert.doesNotMatch(screen.raw, /secret/)
    })
  }

  it('shows no password where nobody can stop it', async () => {
    const command = open(['passwd'])
    await command.until(({ cursor }) => cursor.line === 'Password of alice now:')
    command.type('\u001a')
    await command.until(({ raw }) => raw.split('Password of alice now').length === 3)
    command.type('secret\r')
    await command.until(({ cursor }) => cursor.line === 'New password:')
    const shell = open(['shell'])
    await shell.until(({ cursor }) => cursor.line === 'alice>')
    shell.type('\u001a')
    await shell.until(({ raw }) => raw.split('alice>').length > 3)
    shell.type('LOGIN alice\r')
    await shell.until(({ cursor }) => cursor.line === 'Password for alice:')
    shell.type('\u001a')
    await shell.until(({ raw }) => raw.split('Password for alice').length === 3)
    shell.type('correct horse\r')
    await shell.until(/Signed in as alice/)
    assert.doesNotMatch(command.raw + shell.raw, /secret|horse/)
  })
})
