import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { servePoolControl, type ControlServer } from '../../../src/cli/control/index.js'
import { LocalPool } from '../../../src/cli/pool/local-pool.js'
import { systemClock } from '../../../src/runtime.js'
import { FakePoolAdmin } from '../helpers/fake-pool-admin.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** Instead of a server: says what its folder's file `says` has, or that it is ready; a first token is refused. */
const STANDIN = `
  const { readFileSync } = require('node:fs')
  const given = (name) => process.argv[process.argv.indexOf(name) + 1]
  let says = { event: 'ready', pool: 'p2pchat:abc', join: 'p2pchat-join:founding', peerId: '12D3KooWx', addresses: [], pid: 7 }
  try { says = JSON.parse(readFileSync(given('--data') + '/says', 'utf8')) } catch {}
  if (process.argv.some((word) => word.includes('p2pchat-join'))) says = { event: 'error', code: 'ERR_INTERNAL', message: 'Everybody on this machine can see the token.' }
  if (process.env.P2PCHAT_JOIN === 'p2pchat-join:founding') says = { event: 'error', code: 'ERR_NOT_PERMITTED', message: 'It is taken no more.' }
  console.log(JSON.stringify(says))
  if (says.event === 'ready') process.stdin.resume().on('end', () => process.exit(0))
`

describe('pool up', () => {
  const folder = tempFolder()
  let control: ControlServer
  let admin: FakePoolAdmin
  let pool: LocalPool | undefined
  let end: AbortController
  const ended: Array<[number, string | undefined]> = []

  beforeEach(async () => {
    ended.length = 0
    end = new AbortController()
    admin = new FakePoolAdmin()
    await mkdir(join(folder(), '1'), { recursive: true })
    control = await servePoolControl({ admin, clock: systemClock, folder: join(folder(), '1'), env: {} })
  })
  afterEach(async () => {
    end.abort()
    await pool?.stop()
    await control.close()
  })

  function up (count: number, data = folder()): LocalPool {
    const made = new LocalPool({
      clock: systemClock,
      env: { PATH: process.env.PATH, P2PCHAT_JOIN: 'p2pchat-join:founding' },
      program: [process.execPath, '-e', STANDIN, '--'],
      folder: data,
      count,
      args: [],
      onLog: () => {},
      onEnd: (number, error) => { ended.push([number, error?.code]) },
      signal: end.signal
    })
    pool = made
    return made
  }

  async function known (...numbers: number[]): Promise<void> {
    await writeFile(join(folder(), 'pool-up.json'), JSON.stringify({ servers: numbers, removed: [] }))
    for (const number of numbers) {
      await mkdir(join(folder(), String(number)), { recursive: true })
      await writeFile(join(folder(), String(number), 'some-data'), '')
    }
  }

  const started = async (count: number): Promise<number[]> => {
    await up(count).start()
    return pool?.servers.map(({ number }) => number) ?? []
  }

  it('says what to do where its folder cannot be made', async () => {
    await writeFile(join(folder(), 'file'), '')
    await assert.rejects(up(1, join(folder(), 'file', 'pool')).start(), { code: 'ERR_STORE_IO', message: /file\/pool cannot be used: .*\. Make it writable, or name another folder with --data\.$/ })
  })

  it('does not let a server whose folder is gone found a pool of its own, nor take its number for another', async () => {
    await known(1, 2)
    await writeFile(join(folder(), 'pool-up.json'), JSON.stringify({ servers: [1, 2, 3], removed: [] }))
    assert.deepEqual(await started(3), [1, 2])
    assert.deepEqual(ended, [[3, 'ERR_NOT_FOUND']])
  })

  it('goes on without one that cannot be started: the others are needed to take it out', async () => {
    await known(1, 2, 3)
    await writeFile(join(folder(), '2', 'says'), JSON.stringify({ event: 'error', code: 'ERR_STORE_CORRUPT', message: 'It is damaged.' }))
    assert.deepEqual(await started(3), [1, 3])
    assert.deepEqual(ended, [[2, 'ERR_STORE_CORRUPT']])
  })

  it('fails when none can be started', async () => {
    await known(2)
    await writeFile(join(folder(), '2', 'says'), JSON.stringify({ event: 'error', code: 'ERR_STORE_CORRUPT', message: 'It is damaged.' }))
    await assert.rejects(started(1), { code: 'ERR_STORE_CORRUPT' })
  })

  it('forgets one that was removed, and makes another in a folder of its own', async () => {
    await known(1, 2)
    await writeFile(join(folder(), '2', 'says'), JSON.stringify({ event: 'error', code: 'ERR_NOT_IN_POOL', message: 'Removed.' }))
    assert.deepEqual(await started(2), [1, 3])
    assert.deepEqual(JSON.parse(await readFile(join(folder(), 'pool-up.json'), 'utf8')), { servers: [1, 3], removed: [2] })
  })

  it('leaves the folder of one that was let in, removed before it was ready, and takes the next number', async () => {
    await known(1)
    for (const number of [2, 3]) {
      await mkdir(join(folder(), String(number)), { recursive: true })
      await writeFile(join(folder(), String(number), 'says'), JSON.stringify({ event: 'error', code: 'ERR_NOT_IN_POOL', message: 'Removed.' }))
    }
    assert.deepEqual(await started(2), [1, 4])
    assert.deepEqual(JSON.parse(await readFile(join(folder(), 'pool-up.json'), 'utf8')), { servers: [1, 4], removed: [2, 3] })
  })

  it('gives no server a token that was meant for another command', async () => {
    await known(1)
    assert.deepEqual(await started(1), [1])
  })

  it('makes a token when the first server\'s is taken no more', async () => {
    await known(1)
    assert.deepEqual(await started(2), [1, 2])
    assert.deepEqual(admin.asked.map(([what]) => what), ['invite'])
  })
})
