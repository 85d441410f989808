import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, open as openFile, readdir, readFile, rename, rm, stat, symlink, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { isP2pChatError, type ErrorCode } from '../../src/errors.js'
import { openStore, type KeyValueStore, type OpenStoreOptions } from '../../src/store/index.js'

describe('openStore', () => {
  let base: string
  let folder: string
  const open = async (options: Partial<OpenStoreOptions> = {}): Promise<KeyValueStore> => await openStore({ folder, kind: 'home', ...options })
  const refuses = async (code: ErrorCode, options?: Partial<OpenStoreOptions>, says = /./): Promise<void> => {
    await assert.rejects(open(options), (error) => isP2pChatError(error, code) && says.test(error.message) && error.message.includes(folder))
  }
  const keep = async (value: string, options?: Partial<OpenStoreOptions>): Promise<void> => {
    const store = await open(options)
    await store.batch([{ type: 'put', key: 'kept', value: fromString(value) }], { sync: true })
    await store.close()
  }
  const kept = async (options?: Partial<OpenStoreOptions>): Promise<string> => {
    const store = await open(options)
    const value = await store.get('kept')
    await store.close()
    return Buffer.from(value ?? []).toString()
  }

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'p2pchat-open-'))
    folder = join(base, 'deep', 'home')
  })

  afterEach(async () => { await rm(base, { recursive: true }) })

  it('makes the folder, for its owner alone', async () => {
    await keep('one')
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    assert.equal(await kept(), 'one')
  })

  it('closes an empty folder that is open to others', async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await keep('one')
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    assert.equal((await stat(join(folder, 'db'))).mode & 0o777, 0o700)
  })

  it('refuses a folder with other files and leaves it as it was', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'thesis.txt'), 'mine')
    await refuses('ERR_STORE_FOREIGN')
    assert.deepEqual(await readdir(folder), ['thesis.txt'])
  })

  it('refuses the other kind', async () => {
    await keep('one')
    await refuses('ERR_STORE_FOREIGN', { kind: 'server' }, /home of a client/)
  })

  it('refuses a file where the folder should be', async () => {
    await mkdir(join(base, 'deep'))
    await writeFile(folder, '')
    await refuses('ERR_HOME')
    await refuses('ERR_STORE_IO', { kind: 'server' })
  })

  it('refuses a newer schema and a newer layout, and leaves them be', async () => {
    await keep('one', { migrations: [async () => {}, async () => {}] })
    await refuses('ERR_STORE_NEWER', {}, /schema 3.*knows 1/)
    assert.equal(await kept({ migrations: [async () => {}, async () => {}] }), 'one')
    await writeFile(join(folder, 'p2pchat.json'), JSON.stringify({ p2pchat: 'home', layout: 2, ready: true }))
    await refuses('ERR_STORE_NEWER')
  })

  it('says so when another process has it open', async () => {
    await keep('one')
    const program = `import { openStore } from ${JSON.stringify(new URL('../../src/store/index.js', import.meta.url).href)}
      await openStore({ folder: ${JSON.stringify(folder)}, kind: 'home' })
      process.stdout.write('open')
      process.stdin.resume()`
    const child = spawn(process.execPath, [...process.execArgv, '--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    await refuses('ERR_STORE_LOCKED', {}, /End it/)
    child.kill('SIGKILL')
    await ended
    assert.equal(await kept(), 'one')
  })

  it('is made by one of several that start on a new folder together, and the others say that it is in use', async () => {
    for (let round = 0; round < 10; round++) {
      folder = join(base, `new ${round}`)
      const outcomes = await Promise.allSettled([1, 2, 3].map(async () => await open()))
      const opened = outcomes.flatMap((outcome) => outcome.status === 'fulfilled' ? [outcome.value] : [])
      assert.equal(opened.length, 1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(isP2pChatError(outcome.reason, 'ERR_STORE_LOCKED'), String(outcome.reason))
      assert.equal(JSON.parse(await readFile(join(folder, 'p2pchat.json'), 'utf8')).ready, true)
      assert.deepEqual((await readdir(folder)).sort(), ['db', 'p2pchat.json'])
      await opened[0]?.close()
      await keep('one')
    }
  })

  describe('with damage', () => {
    it('to the marker', async () => {
      await keep('one')
      await writeFile(join(folder, 'p2pchat.json'), '{"p2p')
      await refuses('ERR_STORE_CORRUPT')
    })

    it('to the database', async () => {
      await keep('one')
      await writeFile(join(folder, 'db', 'CURRENT'), 'nonsense')
      await refuses('ERR_STORE_CORRUPT')
      await rm(join(folder, 'db'), { recursive: true })
      await refuses('ERR_STORE_CORRUPT')
    })

    it('to the disk, which does not give back a file', async function () {
      // Of memory that nobody has, Linux says what it says of a bad sector.
      if (process.platform !== 'linux') this.skip()
      await keep('one')
      const log = (await readdir(join(folder, 'db'))).find((name) => name.endsWith('.log')) ?? ''
      for (const [file, says] of [[join('db', log), /log: the disk does not give it back.*Restore a backup/], ['p2pchat.json', /The disk fails: EIO.*Restore a backup/]] as const) {
        await rm(join(folder, file))
        await symlink('/proc/self/mem', join(folder, file))
        await refuses('ERR_STORE_CORRUPT', {}, says)
      }
    })

    it('to a value is told when it is read', async () => {
      await keep('a'.repeat(50_000) + 'needle')
      // The first open after the write moves the log into a table, uncompressible tail included.
      assert.match(await kept(), /needle$/)
      await flip(join(folder, 'db'), 'needle')
      await assert.rejects(kept(), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT'))
    })
  })

  describe('cut off at its first start', () => {
    it('before the database was made starts again', async () => {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'p2pchat.json.5f1c.new'), '{')
      await keep('one')
      assert.equal(await kept(), 'one')
    })

    it('by a disk that does not take the second mark is not in use any more', async () => {
      await mkdir(join(folder, 'p2pchat.json.new'), { recursive: true })
      await refuses('ERR_HOME')
      await rm(join(folder, 'p2pchat.json.new'), { recursive: true })
      await keep('one')
      assert.equal(await kept(), 'one')
    })

    it('between the two marks starts again', async () => {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'p2pchat.json'), JSON.stringify({ p2pchat: 'home', layout: 1, ready: false }))
      await keep('one')
      assert.equal(JSON.parse(await readFile(join(folder, 'p2pchat.json'), 'utf8')).ready, true)
    })
  })

  describe('with an older schema', () => {
    const append = (letter: string) => async (store: KeyValueStore): Promise<void> => {
      const text = Buffer.from(await store.get('kept') ?? []).toString()
      if (!text.endsWith(letter)) await store.batch([{ type: 'put', key: 'kept', value: fromString(text + letter) }], { sync: true })
    }

    it('copies it aside and brings it forward, step by step', async () => {
      await keep('v1')
      const migrations = [append('+2'), append('+3')]
      assert.equal(await kept({ migrations }), 'v1+2+3')
      assert.equal(await kept({ migrations }), 'v1+2+3')
      await rm(join(folder, 'db'), { recursive: true })
      await rename(join(folder, 'db.schema-1'), join(folder, 'db'))
      assert.equal(await kept(), 'v1')
    })

    it('has the copy on the disk before it changes anything', async () => {
      await keep('v1')
      const handle = await openFile(base)
      const prototype = Object.getPrototypeOf(handle) as FileHandle
      await handle.close()
      const { sync } = prototype
      const synced = new Set<number>()
      prototype.sync = async function (this: FileHandle) {
        synced.add((await this.stat()).ino)
        await sync.call(this)
      }
      let unsynced: string[] | undefined
      try {
        const migration = async (): Promise<void> => {
          const copied = join(folder, 'db.schema-1')
          const paths = [folder, copied, ...(await readdir(copied)).map((name) => join(copied, name))]
          const known = await Promise.all(paths.map(async (path) => synced.has((await stat(path)).ino)))
          unsynced = paths.filter((_, index) => known[index] === false)
        }
        await kept({ migrations: [migration] })
      } finally {
        prototype.sync = sync
      }
      assert.deepEqual(unsynced, [])
    })

    it('refuses a store that a later version was ended in the middle of migrating', async () => {
      await keep('v1')
      await assert.rejects(open({ migrations: [append('+2'), async () => { throw new Error('killed') }] }))
      await assert.rejects(open({ migrations: [append('+2')] }), { code: 'ERR_STORE_NEWER', message: /began to bring .* up to date/ })
      assert.equal(await kept({ migrations: [append('+2'), append('+3')] }), 'v1+2+3')
    })

    it('goes on where a failed migration stopped, with the first copy kept', async () => {
      await keep('v1')
      let broken = true
      const failing = async (store: KeyValueStore): Promise<void> => {
        await append('+3')(store)
        if (broken) throw new Error('power cut')
      }
      await assert.rejects(open({ migrations: [append('+2'), failing] }))
      broken = false
      assert.equal(await kept({ migrations: [append('+2'), failing] }), 'v1+2+3')
      assert.ok((await readdir(folder)).includes('db.schema-1'))
    })
  })

  it('says which folder cannot be written', async function () {
    if (process.getuid?.() === 0) {
      folder = '/proc/version/home'
    } else {
      await mkdir(join(base, 'deep'))
      await chmod(join(base, 'deep'), 0o500)
    }
    await refuses('ERR_HOME', {}, /--home/)
    await chmod(base, 0o700)
  })
})

/** Flips one bit of `text` wherever a file of `folder` holds it. */
async function flip (folder: string, text: string): Promise<void> {
  let found = 0
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name))
    const at = bytes.lastIndexOf(text)
    if (at === -1) continue
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(join(folder, name), bytes)
    found++
  }
  assert.ok(found > 0)
}
