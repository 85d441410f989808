/** A test network has nothing to do with the folder that a program's tests run in. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FileEvent } from '../src/index.js'
import type { RunningNode } from '../src/node/index.js'
import { testnet, type Testnet } from '../src/testnet.js'
import { testPasswordWork } from './helpers/password-work.js'

describe('a test network', function () {
  this.timeout(120_000)
  const before = process.cwd()
  let folder: string
  let net: Testnet | undefined

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'p2pchat-cwd-')))
    process.chdir(folder)
  })

  afterEach(async () => {
    process.chdir(before)
    await net?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('leaves the working directory as it is, gives each client a folder of its own, and removes what came', async () => {
    await mkdir('sealed')
    await writeFile('sealed/notes.txt', 'mine')
    await writeFile('cat.txt', 'a cat')
    net = await testnet({ passwordWork: testPasswordWork })
    const [alice, bob] = [await net.signUp('alice'), await net.signUp('bob')]
    await alice.node.sendFile({ to: 'bob', path: join(folder, 'cat.txt') })
    const { path } = await nextFile(bob.node)
    assert.equal(await readFile(path, 'utf8'), 'a cat')
    const downloads = await Promise.all([alice, bob].map(async ({ node }) => (await node.settings()).downloadsFolder))
    assert.equal(new Set(downloads).size, 2)
    await bob.stop()
    await bob.start()
    assert.equal((await bob.node.settings()).downloadsFolder, dirname(path))
    await net.stop()
    net = undefined
    await assert.rejects(stat(path), { code: 'ENOENT' })
    assert.deepEqual([await readdir(folder), await readdir('sealed')], [['cat.txt', 'sealed'], ['notes.txt']])
  })
})

async function nextFile (node: RunningNode): Promise<FileEvent> {
  for await (const event of node.events({})) {
    if (event.event === 'file') return event
  }
  return assert.fail('The events ended.')
}
