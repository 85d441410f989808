import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const folder = new URL('../../bench/', import.meta.url)

/** With hardly anything measured: what is asked here is whether they still work. The compiled program must be there (npm run build). */
describe('benchmarks', function () {
  this.timeout(300_000)
  const names = readdirSync(folder).filter((file) => file.endsWith('.js') && file !== 'run.js').map((file) => file.slice(0, -'.js'.length))

  it('are there', () => {
    assert.ok(names.length >= 8, names.join())
  })

  for (const name of names) {
    it(`of ${name} runs, and says what it measured`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('run.js', folder)), name], { env: { ...process.env, BENCH_SHORT: '1' } })
      assert.match(stdout, new RegExp(`^${name}\n(  .+ \\S+.*\n)+$`, 'm'))
      assert.doesNotMatch(stdout, /NaN|undefined|Infinity/)
    })
  }
})
