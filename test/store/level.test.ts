import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Level } from 'level'
import { openLevel } from '../../src/store/level.js'

const extension = extname(fileURLToPath(import.meta.url))
const program = fileURLToPath(new URL(`children/fill${extension}`, import.meta.url))
const loader = extension === '.ts' ? ['--import', 'tsx'] : []
const writeMany = Level.prototype.batch

describe('a store on LevelDB', () => {
  let folder: string

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-level-')) })
  afterEach(async () => {
    Level.prototype.batch = writeMany
    await rm(folder, { recursive: true })
  })

  describe('where a sync stays in the drive', () => {
    let handle: FileHandle
    let sync: () => Promise<void>
    let flushed: number

    beforeEach(async () => {
      handle = await open(folder, 'r')
      const prototype = Object.getPrototypeOf(handle) as FileHandle
      sync = Object.getOwnPropertyDescriptor(prototype, 'sync')?.value as () => Promise<void>
      flushed = 0
      prototype.sync = async function () {
        await sync.call(this)
        flushed++
      }
    })

    afterEach(async () => {
      Object.assign(Object.getPrototypeOf(handle) as FileHandle, { sync })
      await handle.close()
    })

    const flushesOn = async (platform: NodeJS.Platform, synced: boolean): Promise<number> => {
      const store = await openLevel({ folder: join(folder, platform), createIfMissing: true, platform })
      const before = flushed
      await store.batch([{ type: 'put', key: 'a', value: new Uint8Array(1) }], { sync: synced })
      await store.close()
      return flushed - before
    }

    it('has what is synced flushed to it before that is told', async () => {
      assert.equal(await flushesOn('darwin', true), 1)
    })

    it('flushes nothing that is not synced, and nothing elsewhere', async () => {
      assert.equal(await flushesOn('darwin', false), 0)
      assert.equal(await flushesOn('linux', true), 0)
    })
  })

  it('writes and syncs batches that are asked for together as one', async () => {
    const syncs: Array<boolean | undefined> = []
    Level.prototype.batch = function (this: Level) {
      const writes = writeMany.apply(this) as unknown as { write: (options: { sync?: boolean }) => Promise<void> }
      const write = writes.write.bind(writes)
      writes.write = async (options) => {
        syncs.push(options.sync)
        await write(options)
      }
      return writes
    } as unknown as typeof writeMany
    const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: true })
    const put = async (number: number, sync: boolean): Promise<void> => {
      await store.batch([{ type: 'put', key: `n/${number}`, value: new Uint8Array(10) }], { sync })
    }
    await Promise.all(Array.from({ length: 200 }, async (_, number) => { await put(number, number === 100) }))
    assert.deepEqual(syncs, [true])
    await put(1, false)
    assert.deepEqual(syncs, [true, false])
    const big = new Uint8Array(3 * 1024 * 1024)
    await Promise.all([1, 2, 3].map(async (number) => { await store.batch([{ type: 'put', key: `b/${number}`, value: big }], { sync: true }) }))
    assert.deepEqual(syncs, [true, false, true, true, true])
    await store.close()
  })

  it('gives back empty values, whatever memory they had', async () => {
    const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: true })
    const empty = [new Uint8Array(0), new Uint8Array(new ArrayBuffer(0)), new Uint8Array(8).subarray(8)]
    for (const [number, value] of empty.entries()) await store.batch([{ type: 'put', key: `e/${number}`, value }], { sync: true })
    const found: Array<[string, number]> = []
    for await (const [key, value] of store.range()) found.push([key, value.byteLength])
    assert.deepEqual(found, [['e/0', 0], ['e/1', 0], ['e/2', 0]])
    for (const number of empty.keys()) assert.equal((await store.get(`e/${number}`))?.byteLength, 0)
    await store.close()
  })

  it('on a full disk refuses, takes nothing more, and has kept all that it promised', async () => {
    // A limit of 600 KiB on the size of a file is a full disk to LevelDB's log.
    const script = 'trap "" XFSZ; ulimit -f 1200; exec "$@"'
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script, 'sh', process.execPath, ...loader, program, join(folder, 'db')])
    const promised = stdout.trim().split('\n').map(Number)
    assert.deepEqual(JSON.parse(stderr), { codes: ['ERR_STORE_IO', 'ERR_STORE_IO'], readable: 1000 })
    assert.ok(promised.length > 100)
    const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: false })
    for (const number of promised) assert.deepEqual(await store.get(`n/${number}`), new Uint8Array(1000).fill(number))
    assert.equal(await store.get('later'), undefined)
    await store.close()
  })
})
