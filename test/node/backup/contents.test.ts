import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { KEPT_SHELVES, LEFT_OUT_SHELVES } from '../../../src/node/backup/contents.js'

describe('what is in a backup', () => {
  it('is decided for every shelf of a home', async () => {
    const files = (await readdir('src/node', { recursive: true })).filter((name) => name.endsWith('.ts'))
    const sources = (await Promise.all(files.map(async (name) => await readFile(`src/node/${name}`, 'utf8')))).join('\n')
    const shelves = new Set([...sources.matchAll(/(?:json|bytes|remembered)Table(?:<[^(]*>)?\((?:'([a-z-]+)'|([A-Z_]+))[,)]/g)].map(([, name, constant]) => name ?? new RegExp(`const ${constant ?? ''} = '([a-z-]+)'`).exec(sources)?.[1] ?? ''))
    assert.ok(shelves.size > 50)
    assert.deepEqual([...KEPT_SHELVES, ...LEFT_OUT_SHELVES].sort(), [...shelves].sort())
    assert.ok([...KEPT_SHELVES].every((name) => !LEFT_OUT_SHELVES.has(name)))
  })
})
