import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { sha256 } from '../../../../src/crypto/bytes.js'
import { chunkBytes } from '../../../../src/crypto/file/index.js'
import { P2pChatError } from '../../../../src/errors.js'
import { plainCipher, type ChunkCipher } from '../../../../src/node/files/cipher.js'
import { threadIdleMs, threadSlots } from '../../../../src/node/files/limits.js'
import type { FileHash } from '../../../../src/node/files/landing/running-hash.js'
import { cipherOnThread } from '../../../../src/node/files/thread/cipher-thread.js'
import type { SharedSlots } from '../../../../src/node/files/thread/messages.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { rejectsCode } from '../../support.js'
import { makeFile, type TestFile } from '../support.js'

const file = makeFile(chunkBytes * (2 * threadSlots + 8) + 100)

/** Compiled, the file that ships; from source, the same file through a TypeScript loader, which reaches no worker's first file. */
function startWorker (workerData: SharedSlots): Worker {
  const url = new URL('../../../../src/node/files/thread/worker.js', import.meta.url)
  if (import.meta.url.endsWith('.js')) return new Worker(url, { workerData })
  const source = JSON.stringify(url.href.replace(/js$/, 'ts'))
  return new Worker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${source}) })`, { eval: true, execArgv: [], workerData })
}

describe('files: the thread that opens chunks', function () {
  this.timeout(120_000)
  const clock = new FakeClock()
  const workers: Worker[] = []
  const openedHere: number[] = []
  const here: ChunkCipher = {
    seal: plainCipher.seal,
    async open (secret, index, sealed, leaf) {
      openedHere.push(index)
      return await plainCipher.open(secret, index, sealed, leaf)
    }
  }
  let cipher: ChunkCipher

  const make = (minBytes = chunkBytes * 2): ChunkCipher => cipherOnThread({
    clock,
    here,
    minBytes,
    startWorker: (slots) => {
      const worker = startWorker(slots)
      workers.push(worker)
      return worker
    }
  })

  const open = async ({ manifest, sealed, leaves }: TestFile, index: number): Promise<Uint8Array> => {
    // The memory is handed over, and the file is needed again. A frame leaves a chunk at any place in a word.
    const chunk = new Uint8Array(sealed[index]!.byteLength + 7).subarray(index % 8, index % 8 + sealed[index]!.byteLength)
    chunk.set(sealed[index]!)
    const plaintext = await cipher.open(manifest, index, chunk, leaves.subarray(index * 32, index * 32 + 32))
    const copy = new Uint8Array(plaintext)
    cipher.release?.(plaintext)
    return copy
  }
  const begin = ({ manifest }: TestFile): FileHash => {
    const hash = cipher.hashOf?.(manifest)
    assert.ok(hash)
    return hash
  }
  const disk = {
    async read (into: Uint8Array, at: number) {
      const part = file.content.subarray(at, at + into.byteLength)
      into.set(part)
      return part.byteLength
    }
  }
  const noDisk = { read: async () => { throw new Error('read again') } }

  before(() => { cipher = make() })
  beforeEach(() => { openedHere.length = 0 })
  after(async () => { for (const worker of workers) await worker.terminate() })

  it('opens more at once than it has room for, and has the hash of the file without reading it again', async () => {
    assert.ok(file.sealed.length > 2 * threadSlots)
    const hash = begin(file)
    const opened = await Promise.all(file.sealed.map(async (_, index) => await open(file, index)))
    assert.deepEqual(new Uint8Array(Buffer.concat(opened)), file.content)
    assert.deepEqual(await hash.digest(noDisk, file.manifest.bytes), sha256(file.content))
    assert.deepEqual(openedHere, [])
  })

  it('reads for the hash what did not come in its order, or was there before', async () => {
    for (const order of [[0, 1, 5, 3], [7], []]) {
      const hash = begin(file)
      for (const index of order) await open(file, index)
      assert.deepEqual(await hash.digest(disk, file.manifest.bytes), sha256(file.content))
    }
  })

  it('refuses what was changed, or never sealed rightly, and goes on', async () => {
    const hash = begin(file)
    const changed = { ...file, sealed: file.sealed.map((sealed, n) => n === 1 ? sealed.with(100, sealed[100]! ^ 1) : sealed) }
    await rejectsCode(open(changed, 1), 'ERR_INVALID_RECORD')
    const [first] = file.sealed
    const leaves = file.leaves.slice()
    leaves.set(leaves.subarray(0, 32), 64)
    await rejectsCode(open({ ...file, leaves, sealed: [first!, first!, first!] }, 2), 'ERR_DECRYPT')
    for (let round = 0; round < threadSlots; round++) await rejectsCode(open(changed, 1), 'ERR_INVALID_RECORD')
    assert.deepEqual(await open(file, 1), file.content.slice(chunkBytes, 2 * chunkBytes))
    hash.end()
  })

  it('is not for small files, nor for files that nobody begins', async () => {
    const small = makeFile(100)
    assert.equal(cipher.hashOf?.(small.manifest), undefined)
    assert.deepEqual(await open(small, 0), small.content)
    await open(file, 3)
    assert.deepEqual(openedHere, [0, 3])
  })

  it('ends when nothing has come for a while, and begins anew', async () => {
    const [worker] = workers
    const gone = new Promise((resolve) => { worker?.once('exit', resolve) })
    begin(file).end()
    await clock.advance(threadIdleMs)
    await gone
    const hash = begin(file)
    await open(file, 0)
    hash.end()
    assert.equal(workers.length, 2)
  })

  it('that is lost is told to who waits for it, and everything goes on without one', async () => {
    const hash = begin(file)
    const waiting = Promise.all(file.sealed.map(async (_, index) => await rejectsCode(open(file, index), 'ERR_CLOSED')))
    const asked = rejectsCode(hash.digest(disk, 1), 'ERR_CLOSED')
    await workers.at(-1)?.terminate()
    await waiting
    await asked
    assert.equal(cipher.hashOf?.(file.manifest), undefined)
    await open(file, 3)
    assert.deepEqual(openedHere, [3])
  })

  it('of another version, as after an update, is done without', async () => {
    cipher = cipherOnThread({
      clock,
      here,
      minBytes: 0,
      startWorker: (slots) => {
        const worker = startWorker({ ...slots, build: 'another' })
        workers.push(worker)
        return worker
      }
    })
    begin(file)
    await rejectsCode(open(file, 2), 'ERR_CLOSED')
    assert.equal(cipher.hashOf?.(file.manifest), undefined)
    await open(file, 2)
    assert.deepEqual(openedHere, [2])
  })

  it('that cannot be started is done without', async () => {
    cipher = cipherOnThread({ clock, here, minBytes: 0, startWorker: () => { throw new P2pChatError('ERR_INTERNAL', 'No threads here.') } })
    assert.equal(cipher.hashOf?.(file.manifest), undefined)
    await open(file, 2)
    assert.deepEqual(openedHere, [2])
  })
})
