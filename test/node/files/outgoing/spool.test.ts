import assert from 'node:assert/strict'
import { chunkBytes, chunkCount, sealedChunkBytes } from '../../../../src/crypto/file/index.js'
import { P2pChatError } from '../../../../src/errors.js'
import { plainCipher, type ChunkCipher, type SealedChunk } from '../../../../src/node/files/cipher.js'
import type { ChunkRange } from '../../../../src/node/files/fetch/source.js'
import { minFreeBytes } from '../../../../src/node/files/limits.js'
import { prepareFile, type PreparedFile } from '../../../../src/node/files/outgoing/prepare.js'
import { readSealed } from '../../../../src/node/files/outgoing/reading.js'
import type { ReadableFile } from '../../../../src/node/files/outgoing/regular-file.js'
import { Spool } from '../../../../src/node/files/outgoing/spool.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { rejectsCode } from '../../support.js'
import { MemoryDisk } from '../memory-disk.js'
import { openMemoryFile } from '../memory-file.js'

const folder = '/home/sealed'
const bytes = 20 * chunkBytes + 7
const total = chunkCount(bytes)
const strideBytes = sealedChunkBytes(bytes, 0)
const content = new SeededRandom('content').bytes(bytes)

/** A cipher that seals nothing: what it is asked for was not kept. */
const noCipher: ChunkCipher = {
  async seal (_file, index) { throw new Error(`chunk ${index} was sealed again`) },
  open: plainCipher.open
}

class Sender {
  readonly disk = new MemoryDisk()
  readonly random = new SeededRandom('spool')
  spool = this.spoolOf({})

  spoolOf (init: { maxBytes?: number, minFileBytes?: number }): Spool {
    return new Spool({ disk: this.disk, folder, minFileBytes: chunkBytes, ...init })
  }

  async prepare (path: string, signal?: AbortSignal): Promise<PreparedFile> {
    if (this.disk.contents(path) === undefined) this.disk.put(path, content)
    const file = await openMemoryFile(this.disk, path)
    return await prepareFile({ random: this.random, cipher: plainCipher, spool: this.spool }, { file, ...(signal === undefined ? {} : { signal }) })
  }

  get kept (): string[] {
    return this.disk.paths.filter((path) => path.startsWith(folder))
  }

  pathOf ({ manifest }: PreparedFile): string {
    return `${folder}/${toHex(manifest.fileId)}`
  }

  async send (prepared: PreparedFile, cipher: ChunkCipher): Promise<SealedChunk[]> {
    const file: ReadableFile = await openMemoryFile(this.disk, prepared.path)
    const copy = await this.spool.open(prepared.manifest.fileId)
    async function * ranges (): AsyncGenerator<ChunkRange> { yield * [{ first: 0, count: 8 }, { first: 8, count: 5 }, { first: 13, count: total - 13 }] }
    const sent: SealedChunk[] = []
    for await (const chunk of readSealed(cipher, { prepared, file, ...(copy === undefined ? {} : { copy }) })(ranges())) sent.push(chunk)
    await copy?.close()
    return sent
  }

  /** What it was is what comes, whatever was kept of it. */
  async assertSent (prepared: PreparedFile, data: Uint8Array, cipher: ChunkCipher): Promise<void> {
    const { manifest, leaves } = prepared
    const plain: Uint8Array[] = []
    for (const { index, sealed } of await this.send(prepared, cipher)) plain.push(await plainCipher.open(manifest, index, sealed, leaves.subarray(index * 32, index * 32 + 32)))
    assert.deepEqual(new Uint8Array(Buffer.concat(plain)), data)
  }
}

describe('files: what was sealed is kept for who fetches it', () => {
  it('and is not sealed a second time, not even if the file is another by then', async () => {
    const sender = new Sender()
    const prepared = await sender.prepare('/a')
    await sender.assertSent(prepared, content, noCipher)
    sender.disk.put('/a', new Uint8Array(bytes))
    await sender.assertSent(prepared, content, noCipher)
  })

  it('but what was damaged, is missing, or cannot be read there is sealed again', async () => {
    const sender = new Sender()
    const prepared = await sender.prepare('/a')
    const whole = new Uint8Array(sender.disk.contents(sender.pathOf(prepared)) ?? [])
    const again: number[] = []
    const cipher: ChunkCipher = {
      open: plainCipher.open,
      async seal (file, index, plaintext, room) {
        again.push(index)
        return await plainCipher.seal(file, index, plaintext, room)
      }
    }
    const damaged = whole.slice()
    damaged[3 * strideBytes + 100]! ^= 1
    damaged[20 * strideBytes]! ^= 1
    for (const [left, expected] of [[damaged, [3, 20]], [whole.slice(0, 13 * strideBytes + 1), [13, 14, 15, 16, 17, 18, 19, 20]], [new Uint8Array(0), Array.from({ length: total }, (_, index) => index)]] as const) {
      again.length = 0
      sender.disk.put(sender.pathOf(prepared), left)
      await sender.assertSent(prepared, content, cipher)
      assert.deepEqual(again, expected)
    }
    await sender.spool.remove(prepared.manifest.fileId)
    assert.deepEqual(sender.kept, [])
    again.length = 0
    await sender.assertSent(prepared, content, cipher)
    assert.equal(again.length, total)
  })

  it('the oldest going first when it is too much', async () => {
    const sender = new Sender()
    sender.spool = sender.spoolOf({ maxBytes: 2 * total * strideBytes })
    const prepared = [await sender.prepare('/a'), await sender.prepare('/b'), await sender.prepare('/c')]
    assert.deepEqual(sender.kept, prepared.slice(1).map((one) => sender.pathOf(one)).sort())
    sender.spool = sender.spoolOf({ maxBytes: total * strideBytes - 1 })
    await sender.spool.clear()
    await sender.prepare('/d')
    assert.deepEqual(sender.kept, [])
  })

  it('only if it is worth it, and the disk has room for more than that', async () => {
    const sender = new Sender()
    sender.spool = sender.spoolOf({ minFileBytes: bytes + 1 })
    await sender.prepare('/a')
    assert.deepEqual(sender.kept, [])
    sender.spool = sender.spoolOf({})
    sender.disk.put('/b', content)
    sender.disk.capacityBytes = 2 * bytes + 2 * total * strideBytes + minFreeBytes - 1
    await sender.prepare('/b')
    assert.deepEqual(sender.kept, [])
    sender.disk.capacityBytes++
    await sender.prepare('/b')
    assert.equal(sender.kept.length, 1)
  })

  it('unless the disk refuses it, which hinders nobody', async () => {
    const sender = new Sender()
    sender.disk.put('/a', content)
    let steps = 0
    sender.disk.onStep = () => {
      if (++steps === 10) throw new P2pChatError('ERR_STORE_IO', 'The disk is broken.')
    }
    const prepared = await sender.prepare('/a')
    assert.deepEqual(sender.kept, [])
    await sender.assertSent(prepared, content, plainCipher)
  })

  it('and not when the file is not sent after all', async () => {
    const sender = new Sender()
    const controller = new AbortController()
    sender.disk.put('/a', content)
    let steps = 0
    sender.disk.onStep = () => { if (++steps === 5) controller.abort() }
    await rejectsCode(sender.prepare('/a', controller.signal), 'ERR_ABORTED')
    assert.deepEqual(sender.kept, [])
  })

  it('nor longer than the process, beside what others have put there', async () => {
    const sender = new Sender()
    await sender.prepare('/a')
    sender.disk.put(`${folder}/${'0f'.repeat(16)}`, new Uint8Array(5))
    sender.disk.put(`${folder}/notes.txt`, new Uint8Array(5))
    const next = sender.spoolOf({})
    await next.clear()
    assert.deepEqual(sender.kept, [`${folder}/notes.txt`])
    assert.equal(await next.open(new Uint8Array(16)), undefined)
  })
})
