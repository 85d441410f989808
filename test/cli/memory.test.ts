import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const isSource = import.meta.url.endsWith('.ts')
const program = fileURLToPath(new URL(`./children/young-objects.${isSource ? 'ts' : 'js'}`, import.meta.url))
const MiB = 1024 * 1024
/** Two halves of at most 2 MiB, with Node 20; without a bound they grow to 16 MiB each. Later V8 counts other things in as well. */
const youngMaxBytes = Number(process.versions.node.split('.')[0]) < 22 ? 4 * MiB : 16 * MiB

describe('cli: memory', () => {
  it('keeps the space of young objects small, also once a thread has begun', () => {
    const { withThread, after } = JSON.parse(execFileSync(process.execPath, [...process.execArgv, program], { encoding: 'utf8' })) as Record<string, number>
    for (const bytes of [withThread, after]) assert.ok(bytes !== undefined && bytes > 0 && bytes <= youngMaxBytes, `${bytes} bytes`)
  })
})
