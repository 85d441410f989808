import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFile, chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../../../../src/crypto/bytes.js'
import { chunkBytes, leafHash, merkleRoot, openChunk } from '../../../../src/crypto/file/index.js'
import { plainCipher } from '../../../../src/node/files/cipher.js'
import { deleteOutgoing, loadOutgoing, saveOutgoing } from '../../../../src/node/files/outgoing/records.js'
import type { ChunkRange } from '../../../../src/node/files/fetch/source.js'
import { prepareFile, type PreparedFile, type PrepareInit } from '../../../../src/node/files/outgoing/prepare.js'
import { assertUnchanged, readSealed } from '../../../../src/node/files/outgoing/reading.js'
import { openRegularFile, type ReadableFile } from '../../../../src/node/files/outgoing/regular-file.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../../src/store/index.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { rejectsCode } from '../../support.js'

const content = new SeededRandom('outgoing').bytes(chunkBytes * 6 + 100)
/** Several pages of chunks. */
const long = new SeededRandom('long').bytes(chunkBytes * 20 + 1)

/** A file whose content can be changed behind the reader's back. */
class FakeFile implements ReadableFile {
  readonly path = '/pictures/cat.png'
  modifiedMs = 1000
  onRead: (at: number) => void = () => {}
  constructor (public data: Uint8Array) {}

  async read (into: Uint8Array, at: number): Promise<number> {
    this.onRead(at)
    const part = this.data.subarray(at, at + into.byteLength)
    into.set(part)
    return part.byteLength
  }

  async state (): Promise<{ bytes: number, modifiedMs: number }> { return { bytes: this.data.byteLength, modifiedMs: this.modifiedMs } }
  async close (): Promise<void> {}
}

async function prepare (file: ReadableFile, init: Partial<PrepareInit> = {}): Promise<PreparedFile> {
  return await prepareFile({ random: new SeededRandom('key'), cipher: plainCipher }, { file, ...init })
}

async function reread (prepared: PreparedFile, file: ReadableFile, indexes: Iterable<number>): Promise<number[]> {
  async function * wanted (): AsyncGenerator<ChunkRange> { for (const first of indexes) yield { first, count: 1 } }
  const sent: number[] = []
  try {
    for await (const { index, sealed } of readSealed(plainCipher, { prepared, file })(wanted())) {
      assert.deepEqual(openChunk(prepared.manifest, index, sealed), content.subarray(index * chunkBytes, (index + 1) * chunkBytes))
      sent.push(index)
    }
  } catch (error) {
    throw Object.assign(error as Error, { sent })
  }
  return sent
}

describe('files: preparing what is to be sent', () => {
  it('reads it once, and says everything of it', async () => {
    const file = new FakeFile(content)
    const reads: number[] = []
    const progress: number[] = []
    file.onRead = (at) => { reads.push(at) }
    const { manifest, leaves, state, path } = await prepare(file, { caption: 'mine', onProgress: (bytes) => { progress.push(bytes) } })
    assert.deepEqual([manifest.name, manifest.caption, manifest.bytes, manifest.mime], ['cat.png', 'mine', content.byteLength, 'application/octet-stream'])
    assert.deepEqual(manifest.sha256, sha256(content))
    assert.deepEqual(manifest.root, merkleRoot(leaves))
    assert.equal(leaves.byteLength, 7 * 32)
    assert.deepEqual({ state, path }, { state: { bytes: content.byteLength, modifiedMs: 1000 }, path: '/pictures/cat.png' })
    // The head is read for its type first.
    assert.deepEqual(reads, [0, 0])
    assert.deepEqual([progress.length, progress.at(-1)], [7, content.byteLength])
  })

  it('takes a new key each time, and the name that is asked for', async () => {
    const random = new SeededRandom('keys')
    const [first, second] = [await prepareFile({ random, cipher: plainCipher }, { file: new FakeFile(content) }), await prepareFile({ random, cipher: plainCipher }, { file: new FakeFile(content), name: '../dog.png' })]
    assert.notDeepEqual(first.manifest.key, second.manifest.key)
    assert.notDeepEqual(first.manifest.fileId, second.manifest.fileId)
    assert.notDeepEqual(first.manifest.root, second.manifest.root)
    assert.deepEqual(first.manifest.sha256, second.manifest.sha256)
    assert.equal(second.manifest.name, 'dog.png')
  })

  it('prepares an empty file', async () => {
    const { manifest, leaves } = await prepare(new FakeFile(new Uint8Array(0)))
    assert.deepEqual(manifest.sha256, sha256())
    assert.equal(leaves.byteLength, 32)
  })

  it('refuses what is too large, or has too long a caption, before it reads', async () => {
    const file = new FakeFile(content)
    file.onRead = (at) => { assert.equal(at, 0, 'the file was read') }
    assert.match((await rejectsCode(prepare(file, { maxBytes: content.byteLength - 1 }), 'ERR_LIMIT')).message, /maxFileBytes/)
    assert.match((await rejectsCode(prepare(file, { caption: 'x'.repeat(100_000) }), 'ERR_LIMIT')).message, /maxCaptionBytes/)
  })

  it('notices a file that changes, shrinks or grows while it is read', async () => {
    const changes: Array<(file: FakeFile) => void> = [
      (file) => { file.modifiedMs++ },
      (file) => { file.data = long.subarray(0, chunkBytes * 3) },
      (file) => { file.data = Buffer.concat([long, long]) }
    ]
    for (const change of changes) {
      const file = new FakeFile(long)
      file.onRead = (at) => { if (at === chunkBytes * 8) change(file) }
      assert.match((await rejectsCode(prepare(file), 'ERR_CONFLICT')).message, /^file changed: /)
    }
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const file = new FakeFile(long)
    file.onRead = (at) => { if (at === chunkBytes * 8) controller.abort() }
    await rejectsCode(prepare(file, { signal: controller.signal }), 'ERR_ABORTED')
  })

  it('is kept in the home, and forgotten', async () => {
    const lane = new Lane(createMemoryStore())
    const prepared = await prepare(new FakeFile(content), { caption: 'x' })
    await lane.write((tx) => { saveOutgoing(tx, prepared) })
    assert.deepEqual(await loadOutgoing(lane, prepared.manifest.fileId), prepared)
    await lane.write((tx) => { deleteOutgoing(tx, prepared.manifest.fileId) })
    assert.equal(await loadOutgoing(lane, prepared.manifest.fileId), undefined)
    assert.deepEqual(await lane.list('file-out'), [])
  })
})

describe('files: reading what is sent', () => {
  it('gives the chunks that are wanted, in any order, any number of times', async () => {
    const file = new FakeFile(content)
    const prepared = await prepare(file)
    assert.deepEqual(await reread(prepared, file, [3, 6, 0, 0, 1, 6]), [3, 6, 0, 0, 1, 6])
    assert.deepEqual(await reread(prepared, file, []), [])
  })

  it('lets no chunk leave that is not what its leaf hash says', async () => {
    const file = new FakeFile(content)
    const prepared = await prepare(file)
    for (const at of [0, chunkBytes * 2 + 5, content.byteLength - 1]) {
      const changed = content.slice()
      changed[at]! ^= 1
      file.data = changed
      const error = await rejectsCode(reread(prepared, file, [0, 1, 2, 3, 4, 5, 6]), 'ERR_CONFLICT')
      assert.match(error.message, /^file changed: \/pictures\/cat\.png/)
      assert.deepEqual((error as Error & { sent: number[] }).sent, Array.from({ length: Math.floor(at / chunkBytes) }, (_, index) => index))
    }
    file.data = content
    assert.deepEqual(await reread(prepared, file, [2]), [2], 'one that was only touched is sent on')
    file.data = content.subarray(0, -1)
    await rejectsCode(reread(prepared, file, [6]), 'ERR_CONFLICT')
    await rejectsCode(assertUnchanged(prepared, file), 'ERR_CONFLICT')
    file.data = content
    file.modifiedMs++
    await assertUnchanged(prepared, file)
  })

  it('seals to the leaf hashes that were durable, page by page', async () => {
    const file = new FakeFile(content)
    const prepared = await prepare(file)
    async function * all (): AsyncGenerator<ChunkRange> { yield * [{ first: 0, count: 5 }, { first: 5, count: 2 }] }
    const leaves: Uint8Array[] = []
    for await (const { sealed } of readSealed(plainCipher, { prepared, file })(all())) leaves.push(leafHash(sealed))
    assert.deepEqual(new Uint8Array(Buffer.concat(leaves)), prepared.leaves)
  })
})

describe('files: opening what is to be sent', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-files-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

  it('a regular file, also through a link', async () => {
    await writeFile(join(folder, 'a'), content)
    await symlink(join(folder, 'a'), join(folder, 'link'))
    for (const name of ['a', 'link']) {
      const file = await openRegularFile(join(folder, name))
      const { manifest } = await prepare(file)
      assert.deepEqual(manifest.sha256, sha256(content))
      assert.equal(manifest.name, name)
      await file.close()
    }
  })

  it('that is changed on the disk meanwhile is noticed', async () => {
    const path = join(folder, 'a')
    await writeFile(path, content)
    const file = await openRegularFile(path)
    const prepared = await prepare(file)
    await utimes(path, 1, 1)
    await assertUnchanged(prepared, file)
    await appendFile(path, 'x')
    await rejectsCode(assertUnchanged(prepared, file), 'ERR_CONFLICT')
    await truncate(path, 5)
    await rejectsCode(reread(prepared, file, [0]), 'ERR_CONFLICT')
    await file.close()
  })

  it('but no folder, pipe, socket, device, or what is not there', async () => {
    await mkdir(join(folder, 'd'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const server = createServer()
    await new Promise<void>((resolve) => { server.listen(join(folder, 'socket'), resolve) })
    try {
      assert.match((await rejectsCode(openRegularFile(join(folder, 'd')), 'ERR_USAGE')).message, /folder; pack it/)
      for (const name of ['fifo', 'socket']) assert.match((await rejectsCode(openRegularFile(join(folder, name)), 'ERR_USAGE')).message, /no regular file/)
      await rejectsCode(openRegularFile('/dev/zero'), 'ERR_USAGE')
      await rejectsCode(openRegularFile(join(folder, 'none')), 'ERR_NOT_FOUND')
      await rejectsCode(openRegularFile(join(folder, 'none', 'deeper')), 'ERR_NOT_FOUND')
      await rejectsCode(openRegularFile(join(folder, 'x'.repeat(300))), 'ERR_USAGE')
      await rejectsCode(openRegularFile('a\0b'), 'ERR_USAGE')
      await symlink(join(folder, 'loop'), join(folder, 'loop'))
      await rejectsCode(openRegularFile(join(folder, 'loop')), 'ERR_USAGE')
    } finally {
      await new Promise((resolve) => { server.close(resolve) })
    }
  })

  it('nor what may not be read', async function () {
    await writeFile(join(folder, 'secret'), 'x')
    await chmod(join(folder, 'secret'), 0)
    // Root may read everything, so the refusal is asked of another user where there is one.
    if (process.getuid?.() !== 0) {
      await rejectsCode(openRegularFile(join(folder, 'secret')), 'ERR_NOT_PERMITTED')
      return
    }
    await chmod(folder, 0o755)
    process.seteuid?.('nobody')
    try {
      await rejectsCode(openRegularFile(join(folder, 'secret')), 'ERR_NOT_PERMITTED')
    } finally {
      process.seteuid?.(0)
    }
  })
})
