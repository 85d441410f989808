import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { streamOutput } from '../../../src/cli/output.js'
import { isOtherLocale } from '../../../src/cli/render/ascii.js'
import { ProgressBar } from '../../../src/cli/progress-bar.js'
import { progressEvent } from '../helpers/fake-files.js'

describe('cli: a locale that is not UTF-8', () => {
  async function shown (env: Record<string, string>, { isTTY = true, json = false } = {}): Promise<string> {
    const stdout = Object.assign(new PassThrough(), { isTTY, columns: 40 })
    const out = streamOutput({ stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: { NO_COLOR: '1', ...env } }, json)
    await out.show({ text: '✓ é' }, ['● bob · ✓✓ grüß … → 日本', `      │ ${'wort '.repeat(9)}`])
    return String(stdout.read())
  }

  it('is what the first variable says that is set', () => {
    for (const env of [{ LANG: 'C' }, { LC_ALL: 'en_US.ISO-8859-1', LANG: 'en_US.UTF-8' }, { LC_ALL: '', LC_CTYPE: 'POSIX' }]) assert.ok(isOtherLocale(env))
    for (const env of [{}, { LANG: '' }, { LANG: 'C.utf8' }, { LC_CTYPE: 'UTF-8', LANG: 'C' }]) assert.ok(!isOtherLocale(env))
  })

  it('has marks in ASCII on a terminal, and what people wrote as it is', async () => {
    assert.match(await shown({ LANG: 'C' }), /^\* bob - vv grüß \.\.\. > 日本\n {6}\| wort.*\n {6}\| wort/)
    assert.match(await shown({ LANG: 'C.UTF-8' }), /^● bob · ✓✓ grüß … → 日本\n {6}│ wort/)
  })

  it('changes nothing in files and in JSON', async () => {
    assert.match(await shown({ LANG: 'C' }, { isTTY: false }), /^● bob · ✓✓ grüß …/)
    assert.match(await shown({ LANG: 'C' }, { json: true }), /✓ é/)
  })

  it('has a bar in ASCII', () => {
    for (const columns of [20, 80]) {
      const stderr = Object.assign(new PassThrough(), { isTTY: true, columns })
      new ProgressBar({ stderr, env: { LANG: 'C' } }, false).update(progressEvent({ name: 'a'.repeat(80) }))
      assert.match(String(stderr.read()), /^[\u0000-\u007f]+$/) // eslint-disable-line no-control-regex -- what is looked for
    }
  })
})
