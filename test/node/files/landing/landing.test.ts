import assert from 'node:assert/strict'
import { basename } from 'node:path'
import fc from 'fast-check'
import { P2pChatError } from '../../../../src/errors.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { forgetIncoming, openLanding, type Landing, type LandingComponents } from '../../../../src/node/files/landing/landing.js'
import { listIncoming } from '../../../../src/node/files/landing/records.js'
import { sweepLeftovers } from '../../../../src/node/files/landing/sweep.js'
import { createMemoryDisk, type KeyValueStore } from '../../../../src/store/index.js'
import { bytesTable } from '../../../../src/node/home/table.js'
import { rejectsCode } from '../../support.js'
import { Died, MemoryDisk } from '../memory-disk.js'
import { device, makeFile, plainChunk, temporaryOf, type TestFile } from '../support.js'

const folder = '/home/downloads'
const temporary = `${folder}/${temporaryOf('t1')}`
const small = makeFile(5, 'cat.png')
const long = makeFile(65_536 * 3 + 10, 'movie.mp4')
const toldTable = bytesTable('test-told')

/** Store, disk and the process on them, which can die at any change. */
class Machine {
  readonly disk = new MemoryDisk()
  readonly #store = createMemoryDisk()
  #steps = 0
  #dieAt = Infinity
  lane = this.#start()

  get components (): { lane: Lane, disk: MemoryDisk, device: string } {
    return { lane: this.lane, disk: this.disk, device }
  }

  dieAfter (steps: number): void {
    this.#steps = 0
    this.#dieAt = steps
  }

  /** What comes after a crash: the power was gone, or only the process. */
  restart (losesUnsynced: boolean): void {
    this.#store.crash()
    this.disk.crash(losesUnsynced)
    this.#dieAt = Infinity
    this.lane = this.#start()
  }

  #start (): Lane {
    const step = (): void => { if (++this.#steps > this.#dieAt) throw new Died() }
    this.disk.onStep = step
    const store = this.#store.open()
    const dying: KeyValueStore = {
      get: async (key) => await store.get(key),
      range: (options) => store.range(options),
      close: async () => { await store.close() },
      batch: async (operations, options) => {
        step()
        await store.batch(operations, options)
      }
    }
    return new Lane(dying)
  }
}

async function land (machine: Machine, file: TestFile, order?: number[]): Promise<string> {
  const landing = await openLanding(machine.components, { id: 't1', manifest: file.manifest, folder })
  if (!landing.complete) {
    for (const index of order ?? file.sealed.keys()) {
      if (landing.known.has(index)) continue
      await landing.write(index, plainChunk(file.content, index))
      await landing.checkpoint()
    }
  }
  return await finish(landing)
}

async function finish (landing: Landing): Promise<string> {
  const { path } = await landing.finish((tx, landed) => { toldTable.put(tx, Buffer.from(landed.path), 'path') })
  return path
}

describe('files: landing', () => {
  let machine: Machine
  beforeEach(() => { machine = new Machine() })

  it('gives the file its name, and leaves nothing else', async () => {
    assert.equal(await land(machine, long, [3, 1, 0, 2]), `${folder}/movie.mp4`)
    assert.deepEqual(machine.disk.paths, [`${folder}/movie.mp4`])
    assert.deepEqual(new Uint8Array(machine.disk.contents(`${folder}/movie.mp4`)!), long.content)
    assert.deepEqual(await listIncoming(machine.lane), [{ id: 't1', record: { state: 'landed', path: `${folder}/movie.mp4` } }])
    assert.equal(Buffer.from(await toldTable.get(machine.lane, 'path') ?? []).toString(), `${folder}/movie.mp4`)
  })

  it('lands an empty file', async () => {
    await land(machine, makeFile(0, 'nothing'))
    assert.deepEqual(machine.disk.paths, [`${folder}/nothing`])
    assert.equal(machine.disk.contents(`${folder}/nothing`)?.byteLength, 0)
  })

  it('overwrites nothing, whatever the case of its letters and however late it appears', async () => {
    machine.disk.put(`${folder}/CAT.png`, Buffer.from('mine'))
    machine.disk.onCreate = (path) => { if (path.endsWith('cat (2).png')) machine.disk.put(path, Buffer.from('also mine')) }
    assert.equal(await land(machine, small), `${folder}/cat (3).png`)
    assert.equal(machine.disk.contents(`${folder}/CAT.png`)?.toString(), 'mine')
    assert.equal(machine.disk.contents(`${folder}/cat (2).png`)?.toString(), 'also mine')
  })

  const takesShortNamesOnly = (): void => {
    machine.disk.onCreate = (path) => {
      if (Buffer.byteLength(basename(path)) > 143) throw new P2pChatError('ERR_STORE_IO', 'no', { cause: Object.assign(new Error('long'), { code: 'ENAMETOOLONG' }) })
    }
  }

  it('has a shorter name where the file system takes no such long ones', async () => {
    takesShortNamesOnly()
    const path = await land(machine, makeFile(5, `${'a'.repeat(240)}.tar.gz`))
    assert.equal(path, `${folder}/${'a'.repeat(133)}.tar.gz`)
    assert.deepEqual(machine.disk.paths, [path])
  })

  it('has a number there that makes the name no longer than that, also behind one that is just short enough', async () => {
    takesShortNamesOnly()
    for (const length of [240, 140]) {
      machine.disk.put(`${folder}/${'a'.repeat(136)}.txt`, Buffer.from('mine'))
      assert.equal(await land(machine, makeFile(5, `${'a'.repeat(length - 4)}.txt`)), `${folder}/${'a'.repeat(132)} (2).txt`)
      machine = new Machine()
      takesShortNamesOnly()
    }
  })

  it('goes on where it was durable, no further and no less', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await first.write(2, plainChunk(long.content, 2))
    assert.equal(first.durableChunks, 0)
    await first.checkpoint()
    assert.equal(first.durableChunks, 1)
    await first.write(0, plainChunk(long.content, 0))
    machine.restart(true)
    const second = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    assert.equal(second.durableChunks, 1)
    assert.deepEqual([0, 1, 2, 3].map((index) => second.known.has(index)), [false, false, true, false])
  })

  it('keeps leaf hashes with the next checkpoint', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    assert.equal(first.leaf(1), undefined)
    first.addLeaves(0, long.leaves)
    assert.deepEqual(first.leaf(1), long.leaves.subarray(32, 64))
    await first.checkpoint()
    machine.restart(true)
    const second = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    assert.ok(second.hasLeaves(0))
    assert.deepEqual(second.leaf(3), long.leaves.subarray(96, 128))
  })

  it('begins anew when the temporary file is gone', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await first.write(0, plainChunk(long.content, 0))
    await first.checkpoint()
    await first.close()
    await machine.disk.remove(temporary)
    const second = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    assert.equal(second.durableChunks, 0)
    assert.equal(second.known.count, 0)
    await second.close()
    assert.equal(await land(machine, long), `${folder}/movie.mp4`)
  })

  it('ends in the folder where it was begun', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: small.manifest, folder })
    await first.close()
    const second = await openLanding(machine.components, { id: 't1', manifest: small.manifest, folder: '/elsewhere' })
    await second.write(0, plainChunk(small.content, 0))
    assert.deepEqual(await second.finish(), { path: `${folder}/cat.png` })
    assert.deepEqual(machine.disk.paths, [`${folder}/cat.png`])
  })

  it('goes on where it lies when the home was moved with its folder, or has another name', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await first.write(2, plainChunk(long.content, 2))
    await first.checkpoint()
    await first.close()
    const moved = '/moved/downloads'
    await machine.disk.rename(temporary, `${moved}/${temporaryOf('t1')}`)
    assert.equal(await sweepLeftovers(machine.components, moved), 0)
    for (let n = 0; n < 2; n++) {
      const again = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder: moved })
      assert.equal(again.durableChunks, 1)
      await again.close()
    }
    assert.deepEqual((await listIncoming(machine.lane)).map(({ record }) => 'folder' in record ? record.folder : undefined), [moved])
    const last = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder: moved })
    for (const index of [0, 1, 3]) await last.write(index, plainChunk(long.content, index))
    await last.checkpoint()
    assert.equal(await finish(last), `${moved}/movie.mp4`)
    assert.deepEqual(machine.disk.paths, [`${moved}/movie.mp4`])
  })

  it('throws away what is not the file that was announced', async () => {
    const lying = { ...small, manifest: { ...small.manifest, sha256: new Uint8Array(32) } }
    const error = await rejectsCode(land(machine, lying), 'ERR_INVALID_RECORD')
    assert.match(error.message, /SHA-256/)
    assert.deepEqual(machine.disk.paths, [])
    assert.deepEqual(await listIncoming(machine.lane), [])
  })

  it('refuses what is too large, or has no room, before anything is made', async () => {
    const init = { id: 't1', manifest: long.manifest, folder }
    assert.match((await rejectsCode(openLanding(machine.components, { ...init, maxBytes: 1000 }), 'ERR_LIMIT')).message, /maxFileBytes/)
    machine.disk.capacityBytes = long.manifest.bytes + 1000
    assert.match((await rejectsCode(openLanding(machine.components, init), 'ERR_STORE_IO')).message, /Make room/)
    assert.deepEqual(machine.disk.paths, [])
    assert.deepEqual(await listIncoming(machine.lane), [])
  })

  it('that is given up leaves nothing, whether it is open or not', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await first.write(0, plainChunk(long.content, 0))
    await first.checkpoint()
    await first.discard()
    await rejectsCode(first.write(1, plainChunk(long.content, 1)), 'ERR_CLOSED')
    assert.deepEqual([machine.disk.paths, await listIncoming(machine.lane)], [[], []])
    const second = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await second.close()
    await forgetIncoming(machine.components, 't1')
    assert.deepEqual([machine.disk.paths, await listIncoming(machine.lane)], [[], []])
    await land(machine, small)
    await forgetIncoming(machine.components, 't1')
    assert.deepEqual(machine.disk.paths, [`${folder}/cat.png`])
  })

  it('knows its id for one that may be a file name', async () => {
    for (const id of ['', '../x', 'a/b', 'a.b', 'x'.repeat(101)]) await rejectsCode(openLanding(machine.components, { id, manifest: small.manifest, folder }), 'ERR_INTERNAL')
  })

  it('of a file that has landed says so again', async () => {
    const path = await land(machine, small)
    machine.restart(true)
    assert.equal(await land(machine, small), path)
    assert.deepEqual(machine.disk.paths, [path])
  })

  it('sweeps away temporary files that nobody goes on with, and nothing else', async () => {
    const open = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    await open.close()
    const others = [`${folder}/${temporaryOf('gone')}`, `${folder}/.p2pchat-.part`, `${folder}/cat.png`, `${folder}/x.part`]
    for (const path of others) machine.disk.put(path, Buffer.from('x'))
    assert.equal(await sweepLeftovers(machine.components, folder), 1)
    assert.deepEqual(machine.disk.paths, [...others.slice(1), temporary].sort())
  })

  it('leaves alone what another home fetches into the same folder, also when it is the same message', async () => {
    const others: LandingComponents = { lane: new Lane(createMemoryDisk().open()), disk: machine.disk, device: 'd1'.repeat(32) }
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    for (const index of [0, 1]) await first.write(index, plainChunk(long.content, index))
    await sweepLeftovers(others, folder)
    const second = await openLanding(others, { id: 't1', manifest: long.manifest, folder })
    for (const index of [2, 3]) await first.write(index, plainChunk(long.content, index))
    assert.deepEqual(await first.finish(), { path: `${folder}/movie.mp4` })
    for (const index of [0, 1, 2, 3]) await second.write(index, plainChunk(long.content, index))
    assert.deepEqual(await second.finish(), { path: `${folder}/movie (2).mp4` })
    for (const path of machine.disk.paths) assert.deepEqual(new Uint8Array(machine.disk.contents(path)!), long.content, path)
  })

  it('goes on with what it began before its device was in the name, and leaves that of others alone', async () => {
    const first = await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })
    for (const index of [0, 1]) await first.write(index, plainChunk(long.content, index))
    await first.checkpoint()
    await first.close()
    await machine.disk.rename(temporary, `${folder}/.p2pchat-t1.part`)
    machine.disk.put(`${folder}/.p2pchat-t2.part`, Buffer.from('x'))
    assert.equal(await sweepLeftovers(machine.components, folder), 0)
    assert.deepEqual(machine.disk.paths, [temporary, `${folder}/.p2pchat-t2.part`])
    assert.equal((await openLanding(machine.components, { id: 't1', manifest: long.manifest, folder })).durableChunks, 2)
  })

  it('a crash after any change, with or without the power: the right file once, and no leftovers', async () => {
    const outcomes = { died: 0, whole: 0 }
    for (let steps = 0; outcomes.whole < 2; steps++) {
      for (const losesUnsynced of [true, false]) {
        machine = new Machine()
        machine.dieAfter(steps)
        const died = await land(machine, long, [1, 0, 3, 2]).then(() => false, (error: unknown) => {
          if (error instanceof Died) return true
          throw error
        })
        outcomes[died ? 'died' : 'whole']++
        machine.restart(losesUnsynced)
        const at = `died after ${steps} changes, unsynced ${losesUnsynced ? 'lost' : 'kept'}`
        await sweepLeftovers(machine.components, folder)
        assert.equal(await land(machine, long), `${folder}/movie.mp4`, at)
        assert.deepEqual(machine.disk.paths, [`${folder}/movie.mp4`], at)
        assert.deepEqual(new Uint8Array(machine.disk.contents(`${folder}/movie.mp4`)!), long.content, at)
        assert.ok(await toldTable.get(machine.lane, 'path') !== undefined, at)
      }
    }
    assert.ok(outcomes.died > 30, `only ${outcomes.died} crashes`)
  })

  it('two crashes after each other, and giving up in between', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(20), fc.nat(20), fc.boolean(), fc.boolean(), async (first, second, loses, givesUp) => {
      machine = new Machine()
      for (const steps of [first, second]) {
        machine.dieAfter(steps)
        await land(machine, long, [3, 0, 2, 1]).catch((error: unknown) => { assert.ok(error instanceof Died || error instanceof P2pChatError, String(error)) })
        machine.restart(loses)
      }
      if (givesUp) await forgetIncoming(machine.components, 't1')
      await sweepLeftovers(machine.components, folder)
      if (!givesUp) await land(machine, long)
      const landed = (await listIncoming(machine.lane)).length === 1
      assert.ok(landed || givesUp)
      assert.deepEqual(machine.disk.paths, landed ? [`${folder}/movie.mp4`] : [])
    }), { numRuns: 60 })
  })
})
