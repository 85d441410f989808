import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { silentLogger, systemClock } from '../../../src/runtime.js'
import { openFolderBlobs, openStore } from '../../../src/store/index.js'
import { killedFile } from '../children/killed-file.js'
import { range } from './place.js'

const extension = extname(fileURLToPath(import.meta.url))
const program = fileURLToPath(new URL(`../children/leave-file${extension}`, import.meta.url))
const loader = extension === '.ts' ? ['--import', 'tsx'] : []

describe('a server that is killed while a file is left', () => {
  let folder: string
  beforeEach(async () => { folder = join(await mkdtemp(join(tmpdir(), 'p2pchat-kill-blob-')), 'data') })
  afterEach(async () => { await rm(join(folder, '..'), { recursive: true }) })

  /** Leaves what is missing until so many chunks were promised, then kills. @returns which were */
  async function leave (count: number): Promise<number[]> {
    const child = spawn(process.execPath, [...loader, program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    let text = ''
    for await (const piece of child.stdout) {
      text += String(piece)
      if (text.split('\n').length > count) child.kill('SIGKILL')
    }
    await exit
    return text.slice(0, text.lastIndexOf('\n')).split('\n').map(Number)
  }

  it('has every chunk that it promised, says no more than it has, and goes on from there', async () => {
    const file = killedFile()
    const promised = new Set<number>()
    for (const count of [100, 200, 5_000]) {
      for (const index of await leave(count)) {
        assert.ok(!promised.has(index), `chunk ${index} was left twice`)
        promised.add(index)
      }
      const store = await openStore({ folder, kind: 'server' })
      const disk = await openFolderBlobs(join(folder, 'blobs'))
      const blobs = new StoreBlobs({ store, disk, clock: systemClock, logger: silentLogger, limits: defaultLimits })
      const opened = await blobs.read(file.fileId)
      if (opened.outcome !== 'open') assert.fail(opened.outcome)
      for (const index of promised) assert.ok(opened.reader.has(index), `chunk ${index} was promised`)
      const there = range(1_000).filter((index) => opened.reader.has(index))
      for (const index of there) assert.equal(Buffer.compare(await opened.reader.chunk(index) ?? new Uint8Array(0), file.chunk(index)), 0)
      await opened.reader.close()
      assert.equal((await blobs.totals()).bytes, there.length * 65_584)
      if (count === 5_000) assert.equal(there.length, 1_000)
      await blobs.close()
      await store.close()
    }
  }).timeout(60_000)
})
