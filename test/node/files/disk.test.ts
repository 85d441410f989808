import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { P2pChatError } from '../../../src/errors.js'
import { isDiskFull, systemDisk as disk } from '../../../src/node/files/disk.js'
import { openLanding } from '../../../src/node/files/landing/landing.js'
import { Lane } from '../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { rejectsCode } from '../support.js'
import { device, makeFile, plainChunk } from './support.js'

describe('files: the disk', () => {
  let folder: string
  const at = (name: string): string => join(folder, name)
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-disk-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

  it('makes folders and files for their owner alone, whatever the mask', async () => {
    const mask = process.umask(0)
    try {
      await disk.makeFolder(at('downloads'))
      const file = await disk.create(at('downloads/a'))
      await file?.close()
    } finally {
      process.umask(mask)
    }
    assert.equal(await modeOf(at('downloads')), '700')
    assert.equal(await modeOf(at('downloads/a')), '600')
    await chmod(at('downloads'), 0o755)
    await disk.makeFolder(at('downloads'))
    assert.equal(await modeOf(at('downloads')), '755', 'a folder that is there is its owner\'s business')
  })

  it('writes and reads at any place', async () => {
    const file = await disk.create(at('a'))
    assert.ok(file !== undefined)
    await file.write(Buffer.from('world'), 6)
    await file.write(Buffer.from('hello '), 0)
    await file.sync()
    const into = new Uint8Array(20)
    assert.equal(await file.read(into, 2), 9)
    assert.equal(Buffer.from(into.subarray(0, 9)).toString(), 'llo world')
    assert.equal(await disk.size(at('a')), 11)
    await file.truncate(5)
    await file.close()
    assert.equal(await readFile(at('a'), 'utf8'), 'hello')
    const again = await disk.open(at('a'))
    assert.equal(await again?.read(into, 0), 5)
    await again?.close()
  })

  it('makes nothing where something is, nor where a link leads', async () => {
    await writeFile(at('a'), 'mine')
    await symlink(at('a'), at('link'))
    await symlink(at('nowhere'), at('dangling'))
    await mkdir(at('folder'))
    for (const name of ['a', 'link', 'dangling', 'folder']) assert.equal(await disk.create(at(name)), undefined, name)
    assert.equal(await disk.size(at('nowhere')), undefined)
    assert.equal(await readFile(at('a'), 'utf8'), 'mine')
  })

  it('opens regular files alone, and waits for none', async () => {
    await writeFile(at('a'), 'mine')
    await symlink(at('a'), at('link'))
    await mkdir(at('folder'))
    execFileSync('mkfifo', [at('fifo')])
    for (const name of ['link', 'folder', 'fifo', 'none']) assert.equal(await disk.open(at(name)), undefined, name)
    for (const name of ['folder', 'fifo', 'none']) assert.equal(await disk.size(at(name)), undefined, name)
  })

  it('renames, removes, lists, and knows what is free', async () => {
    await writeFile(at('a'), 'x')
    await disk.rename(at('a'), at('b'))
    await disk.syncFolder(folder)
    assert.deepEqual([await disk.list(folder), await disk.list(at('none'))], [['b'], []])
    await disk.remove(at('b'))
    await disk.remove(at('b'))
    assert.deepEqual(await disk.list(folder), [])
    assert.ok(await disk.freeBytes(folder) > 0)
    await rejectsCode(disk.rename(at('b'), at('c')), 'ERR_STORE_IO')
    await rejectsCode(disk.create(at('none/a')), 'ERR_STORE_IO')
  })

  it('gives a file another name, and takes none from anything', async () => {
    for (const name of ['a', 'there']) await writeFile(at(name), name)
    await symlink(at('nowhere'), at('dangling'))
    assert.deepEqual([await disk.link(at('a'), at('b')), await disk.link(at('a'), at('there')), await disk.link(at('a'), at('dangling'))], [true, false, false])
    assert.deepEqual([await readFile(at('b'), 'utf8'), await readFile(at('there'), 'utf8')], ['a', 'there'])
    await rejectsCode(disk.link(at('none'), at('c')), 'ERR_STORE_IO')
  })

  it('tells a full disk from a broken one', () => {
    const failed = (code: string): P2pChatError => new P2pChatError('ERR_STORE_IO', 'x', { cause: Object.assign(new Error('x'), { code }) })
    assert.deepEqual([failed('ENOSPC'), failed('EDQUOT'), failed('EIO'), new Error('x'), undefined].map(isDiskFull), [true, true, false, false, false])
  })

  it('takes a whole file, and leaves nothing beside it', async () => {
    const file = makeFile(65_536 * 2 + 9, 'cat.png')
    const downloads = at('downloads')
    const lane = new Lane(createMemoryStore())
    for (const [id, name] of [['t1', 'cat.png'], ['t2', 'cat (2).png']] as const) {
      const landing = await openLanding({ lane, disk, device }, { id, manifest: file.manifest, folder: downloads })
      for (const index of [2, 0, 1]) await landing.write(index, plainChunk(file.content, index))
      assert.deepEqual(await landing.finish(), { path: join(downloads, name) })
      assert.deepEqual(new Uint8Array(await readFile(join(downloads, name))), file.content)
      assert.equal(await modeOf(join(downloads, name)), '600')
    }
    assert.deepEqual((await disk.list(downloads)).sort(), ['cat (2).png', 'cat.png'])
  })
})
