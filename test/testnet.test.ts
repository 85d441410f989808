/** A test network has nothing to do with the folder that a program's tests run in. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { FileEvent } from '../src/index.js'
import type { RunningNode } from '../src/node/index.js'
import { testnet, type Testnet } from '../src/testnet.js'
import { testPasswordWork } from './helpers/password-work.js'

describe('a test network', function () {
  this.timeout(120_000)
  let folder: string
  let net: Testnet | undefined

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-test-')) })

  afterEach(async () => {
    await net?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('leaves the working directory as it is, gives each client a folder of its own, and removes what came', async () => {
    const own = async (): Promise<string[]> => (await readdir('.')).filter((name) => name === 'sealed' || name === 'downloads')
    const before = await own()
    await writeFile(join(folder, 'cat.txt'), 'a cat')
    net = await testnet({ passwordWork: testPasswordWork })
    const [alice, bob] = [await net.signUp('alice'), await net.signUp('bob')]
    await alice.node.sendFile({ to: 'bob', path: join(folder, 'cat.txt') })
    const { path } = await nextFile(bob.node)
    assert.equal(await readFile(path, 'utf8'), 'a cat')
    const downloads = await Promise.all([alice, bob].map(async ({ node }) => (await node.settings()).downloadsFolder))
    assert.equal(new Set(downloads).size, 2)
    assert.deepEqual(downloads.filter((one) => !relative('.', one).startsWith('..')), [])
    await bob.stop()
    await bob.start()
    assert.equal((await bob.node.settings()).downloadsFolder, dirname(path))
    await net.stop()
    net = undefined
    await assert.rejects(stat(path), { code: 'ENOENT' })
    assert.deepEqual(await own(), before)
  })
})

async function nextFile (node: RunningNode): Promise<FileEvent> {
  for await (const event of node.events({})) {
    if (event.event === 'file') return event
  }
  return assert.fail('The events ended.')
}
