import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from '../../src/store/index.js'

describe('makeFolder', () => {
  let base: string

  beforeEach(async () => { base = await mkdtemp(join(tmpdir(), 'p2pchat-folder-')) })
  afterEach(async () => { await rm(base, { recursive: true }) })

  it('makes a folder and those around it, for their owner alone, once', async () => {
    const folder = join(base, 'one', 'two', 'three')
    assert.equal(await makeFolder(folder), true)
    assert.equal(await makeFolder(folder), false)
    for (const made of [folder, join(base, 'one')]) assert.equal((await stat(made)).mode & 0o777, 0o700)
  })

  it('is done with at once where there is one behind a link, or several make it', async () => {
    await symlink(base, join(base, 'link'))
    assert.equal(await makeFolder(join(base, 'link')), false)
    const made = await Promise.all(Array.from({ length: 8 }, async () => await makeFolder(join(base, 'same', 'deep'))))
    assert.equal(made.filter(Boolean).length, 1)
  })

  it('says why it cannot, also where the recursive mkdir of Node never ends', async () => {
    await writeFile(join(base, 'file'), '')
    await assert.rejects(makeFolder(join(base, 'file')), { code: 'EEXIST' })
    await assert.rejects(makeFolder(join(base, 'file', 'deep')), { code: 'ENOTDIR' })
    await assert.rejects(makeFolder(join('/proc/self/fd', 'none', 'deep')), (error: NodeJS.ErrnoException) => ['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTSUP'].includes(error.code ?? ''))
  })
})
