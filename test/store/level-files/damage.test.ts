import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isP2pChatError } from '../../../src/errors.js'
import { openStore, type KeyValueStore, type StoreKind } from '../../../src/store/index.js'
import { readLog } from '../../../src/store/level-files/log.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

const seed = process.env.SEED ?? '1'
const placesPerFile = Number(process.env.DAMAGES ?? 15)
const batches = 400
const valueBytes = 3_000

/**
 * A store with tables and a log is damaged at many places of each kind of file. It is opened with all that was written, or
 * is refused and left as it is. Only a log that was cut off may have lost its end: so it looks after a crash.
 */
describe(`the files of a store (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = new SeededRandom(`damage ${seed}`)
  const values = Array.from({ length: batches }, (_, number) => new SeededRandom(`value ${number}`).bytes(valueBytes))
  const key = (number: number): string => `n/${String(number).padStart(6, '0')}`
  let base: string
  let whole: string
  let copy: string

  const open = async (folder: string, kind: StoreKind = 'server'): Promise<KeyValueStore> => await openStore({ folder, kind })

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'p2pchat-damage-'))
    whole = join(base, 'whole')
    copy = join(base, 'copy')
    // Opened twice: what the first run left in its log is moved to a table by the second.
    for (const [from, to] of [[0, batches / 2], [batches / 2, batches]] as const) {
      const store = await open(whole)
      for (let number = from; number < to; number++) {
        await store.batch([{ type: 'put', key: key(number), value: values[number]! }, { type: 'put', key: `twin/${key(number)}`, value: values[number]! }], { sync: number % 50 === 49 })
      }
      await store.close()
    }
  })

  beforeEach(async () => { await cp(whole, copy, { recursive: true }) })
  afterEach(async () => { await rm(copy, { recursive: true, force: true }) })
  after(async () => { await rm(base, { recursive: true }) })

  const filesOf = async (kind: RegExp): Promise<string[]> => (await readdir(join(copy, 'db'))).filter((name) => kind.test(name)).map((name) => join(copy, 'db', name))

  /** How many batches are there; all before them must be, whole. */
  async function intact (): Promise<number> {
    const store = await open(copy)
    try {
      let count = 0
      while (count < batches && await store.get(key(count)) !== undefined) count++
      for (let number = 0; number < batches; number++) {
        for (const name of [key(number), `twin/${key(number)}`]) assert.ok(same(await store.get(name), number < count ? values[number] : undefined), name)
      }
      let listed = 0
      for await (const [name] of store.range({ gte: 'n/', lt: 'n0' })) assert.equal(name, key(listed++))
      assert.equal(listed, count)
      return count
    } finally {
      await store.close()
    }
  }

  /** Whether it was refused; `undefined` when it was opened with all that is there. */
  async function outcome (): Promise<number | undefined> {
    const before = await contents()
    try {
      return await intact()
    } catch (error) {
      assert.ok(isP2pChatError(error, 'ERR_STORE_CORRUPT'), String(error))
      assert.match(error.message, /is damaged: .*Nothing in it was changed\. .*pool remove/)
      assert.ok(error.message.startsWith(copy))
      assert.deepEqual(await contents(), before)
      return undefined
    }
  }

  async function contents (): Promise<Map<string, string>> {
    const files = await filesOf(/^(CURRENT|MANIFEST|\d)/)
    return new Map(await Promise.all(files.map(async (file) => [file, createHash('sha256').update(await readFile(file)).digest('hex')] as const)))
  }

  async function damagedAt (kind: RegExp, damage: (file: string, size: number) => Promise<void>): Promise<Array<number | undefined>> {
    const outcomes: Array<number | undefined> = []
    for (let place = 0; place < placesPerFile; place++) {
      await rm(copy, { recursive: true, force: true })
      await cp(whole, copy, { recursive: true })
      const file = random.pick(await filesOf(kind))
      await damage(file, (await stat(file)).size)
      outcomes.push(await outcome())
    }
    return outcomes
  }

  const flip = async (file: string, size: number): Promise<void> => {
    const bytes = await readFile(file)
    const at = Math.floor(random.fraction() * size)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random.fraction() * 8))
    await writeFile(file, bytes)
  }
  const cut = async (file: string, size: number): Promise<void> => { await truncate(file, Math.floor(random.fraction() * size)) }
  const remove = async (file: string): Promise<void> => { await rm(file) }
  const refused = (outcomes: Array<number | undefined>): number => outcomes.filter((one) => one === undefined).length

  it('are all there, and right', async () => {
    for (const kind of [/^CURRENT$/, /^MANIFEST/, /\.log$/, /\.ldb$/]) assert.ok((await filesOf(kind)).length > 0)
    assert.equal(await intact(), batches)
  })

  for (const [name, kind] of [['CURRENT', /^CURRENT$/], ['MANIFEST', /^MANIFEST/], ['log', /\.log$/], ['table', /\.ldb$/]] as const) {
    it(`${name}: a bit that flips is found, or does not matter`, async () => {
      const outcomes = await damagedAt(kind, flip)
      assert.ok(outcomes.every((count) => count === undefined || count === batches), String(outcomes))
      assert.ok(refused(outcomes) > placesPerFile / 2, `${refused(outcomes)} were refused`)
    })

    it(`${name}: a lost end is found${name === 'log' ? ', or leaves all before it' : ', or does not matter'}`, async () => {
      const outcomes = await damagedAt(kind, cut)
      if (name === 'log') assert.ok(outcomes.some((count) => count !== undefined && count < batches && count >= batches / 2))
      else assert.ok(outcomes.every((count) => count === undefined || count === batches), String(outcomes))
    })

    it(`${name}: a file that is gone is found`, async () => {
      for (const file of await filesOf(kind)) {
        await rm(copy, { recursive: true, force: true })
        await cp(whole, copy, { recursive: true })
        await remove(file)
        assert.equal(await outcome(), undefined)
      }
    })
  }

  it('log: the end that a crash takes of the one before the newest does not matter, that of an older one does', async () => {
    const [log = ''] = await filesOf(/\.log$/)
    const [number, bytes] = [Number.parseInt(basename(log), 10), await readFile(log)]
    const logAfter = (later: number): string => join(copy, 'db', `${String(number + later).padStart(6, '0')}.log`)
    for (let place = 0; place < placesPerFile; place++) {
      for (const [follower, isDamage] of [[new Uint8Array(0), false], [bytes, true]] as const) {
        await rm(copy, { recursive: true, force: true })
        await cp(whole, copy, { recursive: true })
        const end = 1 + Math.floor(random.fraction() * (bytes.byteLength - 1))
        await truncate(log, end)
        await writeFile(logAfter(1), bytes)
        await writeFile(logAfter(2), follower)
        assert.equal(await outcome(), isDamage && readLog(bytes.subarray(0, end)).isCutOff ? undefined : batches)
      }
    }
  })

  it('that are damaged are opened with what can be read, when that is asked for', async () => {
    const [log = ''] = await filesOf(/\.log$/)
    const bytes = await readFile(log)
    bytes[bytes.byteLength >> 1]! ^= 1
    await writeFile(log, bytes)
    assert.equal(await outcome(), undefined)
    const store = await openStore({ folder: copy, kind: 'server', despiteDamage: true })
    for (const number of [0, batches / 2, batches - 1]) assert.ok(same(await store.get(key(number)), values[number]))
    await store.close()
  })

  it('are not called damaged while a store is open on them: they come and go then', async () => {
    const store = await open(copy)
    const [table = ''] = await filesOf(/\.ldb$/)
    await rm(table)
    await assert.rejects(open(copy), (error) => isP2pChatError(error, 'ERR_STORE_LOCKED'))
    await store.close()
    assert.equal(await outcome(), undefined)
  })

  it('are refused as a home, too, and it says what to do', async () => {
    const home = join(base, 'home')
    await (await open(home, 'home')).close()
    await writeFile(join(home, 'db', 'CURRENT'), 'MANIFEST-000009\n')
    await assert.rejects(open(home, 'home'), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT') && /CURRENT|MANIFEST-000009 is not there/.test(error.message) && error.message.includes('Restore a backup'))
  })
})

function same (left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : Buffer.compare(left, right) === 0
}
