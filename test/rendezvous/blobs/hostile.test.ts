import assert from 'node:assert/strict'
import fc from 'fast-check'
import { chunkFrame, controlFrame } from '../../../src/protocol/bulk-frames.js'
import { BLOB_PROTOCOL, FILE_PROTOCOL } from '../../../src/protocol/ids.js'
import { BlobFrame } from '../../../src/protocol/pb/blob.js'
import { FileFrame } from '../../../src/protocol/pb/file.js'
import { sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { TestPool } from '../helpers/test-pool.js'
import { BlobClient, Fetch, Upload } from './blob-client.js'
import { range } from './place.js'
import { sealedFile } from './sealed-file.js'

const file = sealedFile('a', 5)
/** What a bad stream may be told. Anything else, ERR_INTERNAL before all, is a fault of the server. */
const FAIR = ['ERR_INVALID_FRAME', 'ERR_INVALID_RECORD', 'ERR_LIMIT', 'ERR_NOT_FOUND', 'ERR_PENDING', 'ERR_TIMEOUT', 'ERR_NOT_PERMITTED']

const number = fc.oneof(fc.nat({ max: 6 }), fc.constantFrom(0xffff_ffff, 0x8000_0000, 65_536))
const bytes = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(new Uint8Array(0), new Uint8Array(32), new Uint8Array(32_768)))
const fileId = fc.oneof(bytes, fc.constant(file.fileId))
const garbage = fc.uint8Array({ minLength: 1, maxLength: 200 })
const chunk = fc.tuple(number, fc.oneof(bytes, number.map((index) => file.chunk(index)))).map(([index, sealed]) => chunkFrame(index, sealed))

const blobFrames = fc.oneof(
  garbage,
  chunk,
  fileId.map((fileId) => controlFrame(BlobFrame, { open: { fileId } })),
  fc.record({ piece: number, leaves: bytes, path: bytes }).map((leaves) => controlFrame(BlobFrame, { leaves })),
  fc.constantFrom(
    controlFrame(BlobFrame, { leaves: { piece: 0, ...file.leaves(0) } }),
    controlFrame(BlobFrame, { end: { reason: 'x', message: 'y', retryAfterMs: 1n } }),
    controlFrame(BlobFrame, {}),
    controlFrame(BlobFrame, { kept: { frames: 1, keptChunks: 1, expiresAtMs: 1n, replicas: 1, servers: 1 } })
  )
)
const fileFrames = fc.oneof(
  garbage,
  chunk,
  fileId.map((fileId) => controlFrame(FileFrame, { open: { fileId } })),
  fc.record({ first: number, count: number, verified: number }).map((want) => controlFrame(FileFrame, { want })),
  number.map((piece) => controlFrame(FileFrame, { wantLeaves: { piece } })),
  fc.boolean().map((paused) => controlFrame(FileFrame, { paused })),
  fc.constantFrom(controlFrame(FileFrame, {}), controlFrame(FileFrame, { end: { reason: 'done' } }))
)

describe('hostile streams of files', () => {
  let pool: TestPool
  let mallory: BlobClient
  let alice: BlobClient

  before(async () => {
    pool = await new TestPool({ limits: { minFreeDiskBytes: 0, blobStreamsPerPeer: { burst: 100_000, refillMs: 1 } } }).start()
    alice = new BlobClient(await pool.clock.until(pool.user('alice')), pool)
    mallory = new BlobClient(await pool.clock.until(pool.user('mallory')), pool)
    await mallory.leave(file, [1, 2])
    await alice.leave(sealedFile('b', 3), range(3))
  })
  after(async () => { await pool.stop() })

  /** Says all this on a stream, as far as it is taken, and goes. */
  async function say (stream: { send: (frame: Uint8Array) => Promise<void>, close: () => Promise<void> }, frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) await pool.clock.until(stream.send(frame)).catch(() => {})
    await pool.clock.advance(100)
    await pool.clock.until(stream.close())
    await pool.clock.advance(3_000)
  }

  it('of leaving are refused fairly, and leave nothing but what is right', async () => {
    const open = controlFrame(BlobFrame, { open: { fileId: file.fileId } })
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(blobFrames, { maxLength: 12 }), async (opens, frames) => {
      const upload = new Upload(await mallory.stream(BLOB_PROTOCOL), pool)
      await say(upload.stream, opens ? [open, ...frames] : frames)
      for (const { end } of upload.heard.items) assert.ok(end === undefined || FAIR.includes(end.reason), end?.reason)
    }), { numRuns: 150 })
    const { state } = await mallory.status(file.fileId)
    const kept = (state?.kept ?? []).flatMap(({ first, count }) => range(count).map((n) => first + n))
    const fetch = await alice.fetch(file)
    for (const index of kept) await fetch.want(index, 1)
    await fetch.until(() => fetch.chunks.length === kept.length)
    for (const { index, sealed } of fetch.chunks) assert.deepEqual(sealed, file.chunk(index))
    await pool.clock.until(fetch.stream.close())
  }).timeout(120_000)

  it('of fetching are refused fairly', async () => {
    const open = controlFrame(FileFrame, { open: { fileId: file.fileId } })
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(fileFrames, { maxLength: 12 }), async (opens, frames) => {
      const fetch = new Fetch(await mallory.stream(FILE_PROTOCOL), pool)
      await say(fetch.stream, opens ? [open, ...frames] : frames)
      for (const { end } of fetch.controls) assert.ok(end === undefined || FAIR.includes(end.reason), end?.reason)
      for (const { index, sealed } of fetch.chunks) assert.deepEqual(sealed, file.chunk(index))
    }), { numRuns: 150 })
  }).timeout(120_000)

  it('do not disturb others, and leave no stream open', async () => {
    const other = sealedFile('b', 3)
    const fetch = await alice.fetch(other)
    await fetch.want(0, 3)
    await fetch.until(() => fetch.chunks.length === 3)
    await pool.clock.until(fetch.stream.close())
    await pool.clock.advance(3_000)
    assert.equal(pool.hub.streams(pool.server.peerId), 2)
    assert.equal((await pool.server.status()).blobBytes % sealedChunkBytes, 0)
  })
})
