import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Screen } from '../helpers/screen.js'
import { tempFolder } from './helpers/temp-folder.js'

const isSource = import.meta.url.endsWith('.ts')
const program = fileURLToPath(new URL(`children/fake-shell.${isSource ? 'ts' : 'js'}`, import.meta.url))

describe('cli: a password that is asked for', function () {
  this.timeout(120_000)
  const home = tempFolder()
  let screen: Screen | null = null

  afterEach(() => { screen?.close() })

  function open (redirected: string): Screen {
    const args = [process.execPath, ...isSource ? ['--import', 'tsx'] : [], program, 'login', 'alice']
    screen = new Screen('sh', ['-c', `"$@" ${redirected}`, 'sh', ...args], { env: { P2PCHAT_HOME: home(), P2PCHAT_POOL: '', P2PCHAT_PASSWORD: '', ERRORS: join(home(), 'errors') } })
    return screen
  }

  for (const redirected of ['2>"$ERRORS"', '| cat']) {
    it(`is asked for where it is seen, and not shown: ${redirected}`, async () => {
      const asked = open(redirected)
      await asked.until(({ cursor }) => cursor.line === 'Password for alice:')
      asked.type('correct horse\r')
      await asked.until(/Signed in as alice/)
      await asked.exit()
      assert.equal(asked.raw.split('correct').length, 2, 'only the list of calls, at the end, has it')
    })
  }

  it('is not waited for where the question could not be seen', async () => {
    assert.equal(await open('>"$ERRORS" 2>&1').exit(), 2)
    assert.match(await readFile(join(home(), 'errors'), 'utf8'), /--password-stdin or P2PCHAT_PASSWORD/)
  })
})
