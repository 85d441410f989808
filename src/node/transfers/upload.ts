/** Leaves a file on a server of the pool, for who is offline: what is missing there, through it-pipe stages, as fast as the server keeps it. */
import { pipe } from 'it-pipe'
import { chunkCount, leafPiece, leavesPerPiece, sealedChunkBytes } from '../../crypto/file/index.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkStream, Channel, Network, RequestOptions } from '../../overlay/network.js'
import { chunkFrame, controlFrame, readControl, splitFrame } from '../../protocol/bulk-frames.js'
import { decode, encode } from '../../protocol/codec.js'
import { BLOB_PROTOCOL } from '../../protocol/ids.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { BlobCreateRequest, BlobCreateResponse, BlobFrame, BlobRemoveRequest, BlobStatusRequest, BlobStatusResponse, type BlobQuota, type BlobRange, type BlobState } from '../../protocol/pb/blob.js'
import { raceSignal, deadline, type Clock } from '../../runtime.js'
import type { ChunkCipher, SealedChunk } from '../files/cipher.js'
import type { ChunkRange } from '../files/fetch/source.js'
import { ChunkSet } from '../files/landing/chunk-set.js'
import { maxFileFrameBytes, pageChunks } from '../files/limits.js'
import { pieceRootsInTurns } from '../files/outgoing/piece-roots.js'
import type { PreparedFile } from '../files/outgoing/prepare.js'
import { assertUnchanged, readSealed, type Readable } from '../files/outgoing/reading.js'
import { endOfTimeMs } from '../limits.js'
import { maxUnkeptChunks, openStreamTimeoutMs, uploadStallMs } from './limits.js'

export interface UploadComponents {
  clock: Clock
  network: Network
  cipher: ChunkCipher
}

export interface UploadInit extends Readable {
  /** the server's channel */
  channel: Channel
  signal: AbortSignal
  /** Told how many chunks the server has for good. */
  onKept: (chunks: number) => void
}

export interface Kept { untilMs: number, replicas: number, servers: number }

/**
 * Resolves once all of the file is kept there. What was kept before an error stays, and is not sent again.
 *
 * @throws ERR_LIMIT (the account's quota), ERR_OVERLOADED, ERR_CONFLICT (the file changed), ERR_TIMEOUT, ERR_CLOSED
 */
export async function uploadFile (components: UploadComponents, init: UploadInit): Promise<Kept> {
  const state = await createBlob(init.channel, init.prepared)
  if (state.keptChunks === state.chunks) return keptBy(state)
  await assertUnchanged(init.prepared, init.file)
  const peer = { peerId: init.channel.remotePeer, addresses: [] }
  const stream = await components.network.openBulk(peer, BLOB_PROTOCOL, { maxFrameBytes: maxFileFrameBytes, timeoutMs: openStreamTimeoutMs, signal: init.signal })
  try {
    return await new Upload(components, init, stream).run()
  } finally {
    await stream.close()
  }
}

/** Nobody needs it there any more. */
export async function removeBlob (channel: Channel, fileId: Uint8Array): Promise<void> {
  await channel.request('blobs/remove', encode(BlobRemoveRequest, { fileId }))
}

/** What the account of this device may leave in the pool, and what it has left. */
export async function askFileQuota (channel: Channel, options: RequestOptions): Promise<BlobQuota | undefined> {
  const answer = await channel.request('blobs/status', encode(BlobStatusRequest, { fileId: new Uint8Array(0) }), options)
  return decode(BlobStatusResponse, answer, maxFrameBytes, 'An answer of a server').quota
}

async function createBlob (channel: Channel, { manifest, leaves }: PreparedFile): Promise<BlobState> {
  const chunks = leaves.byteLength / 32
  let sealedBytes = 0
  // All but the last have one length.
  if (chunks > 0) sealedBytes = (chunks - 1) * (chunks > 1 ? sealedChunkBytes(manifest.bytes, 0) : 0) + sealedChunkBytes(manifest.bytes, chunks - 1)
  const request = encode(BlobCreateRequest, { fileId: manifest.fileId, chunks, sealedBytes: BigInt(sealedBytes), root: manifest.root })
  const answer = await channel.request('blobs/create', request).catch((error: unknown) => { throw serverSaid(error) })
  const { state } = decode(BlobCreateResponse, answer, maxFrameBytes, 'An answer of a server')
  if (state === undefined || state.chunks !== chunks || state.keptChunks > chunks) throw new P2pChatError('ERR_INVALID_RECORD', 'The server answered for another file; another server is tried.')
  return state
}

function keptBy ({ expiresAtMs, replicas, servers }: { expiresAtMs: bigint, replicas: number, servers: number }): Kept {
  return { untilMs: Math.min(Number(expiresAtMs), endOfTimeMs), replicas: Math.max(1, replicas), servers: Math.max(1, servers) }
}

class Upload {
  private readonly total: number
  private sentFrames = 0
  private keptFrames = 0
  private over = false
  private wake = (): void => {}

  constructor (private readonly components: UploadComponents, private readonly init: UploadInit, private readonly stream: BulkStream) {
    this.total = chunkCount(init.prepared.manifest.bytes)
  }

  async run (): Promise<Kept> {
    const { prepared, signal } = this.init
    const frames = this.stream.source[Symbol.asyncIterator]()
    await this.stream.send(controlFrame(BlobFrame, { open: { fileId: prepared.manifest.fileId } }))
    const opened = await this.next(frames)
    if (opened.opened === undefined) throw ended(opened)
    const kept = this.keptSets(opened.opened)
    const reading = this.readKept(frames)
    reading.catch(() => {})
    const writing = pipe(
      () => this.missing(kept.chunks),
      readSealed(this.components.cipher, this.init),
      (chunks: AsyncIterable<SealedChunk>) => this.frames(chunks, kept.pieces),
      async (made: AsyncIterable<Uint8Array>) => { for await (const frame of made) await raceSignal(this.stream.send(frame), signal) }
    )
    writing.catch(() => {})
    try {
      // The server's last word comes after our last frame; but it may also break off, or we may.
      const first = await raceSignal(Promise.race([reading, writing.then(() => undefined)]), signal)
      return first ?? await raceSignal(reading, signal)
    } finally {
      this.over = true
      this.wake()
      await this.stream.close()
      // The file is closed next: nothing may still read from it.
      await writing.catch(() => {})
    }
  }

  /** What the server has said that it has; what it does not mention is sent again, which does no harm. */
  private keptSets ({ kept, keptPieces }: BlobState): { chunks: ChunkSet, pieces: Set<number> } {
    const chunks = new ChunkSet(this.total)
    for (const index of indexes(kept, this.total)) chunks.add(index)
    return { chunks, pieces: new Set(indexes(keptPieces, Math.ceil(this.total / leavesPerPiece))) }
  }

  private async * missing (kept: ChunkSet): AsyncGenerator<ChunkRange> {
    for (let first = kept.firstMissing(0); first < this.total; first = kept.firstMissing(first)) {
      let count = 1
      while (count < pageChunks && first + count < this.total && !kept.has(first + count)) count++
      yield { first, count }
      first += count
    }
  }

  /** Chunks as frames, each behind the leaf hashes of its piece; no further ahead of the server's disk than the window. */
  private async * frames (chunks: AsyncIterable<SealedChunk>, pieces: Set<number>): AsyncGenerator<Uint8Array> {
    const { leaves } = this.init.prepared
    let roots: Uint8Array | undefined
    for await (const { index, sealed } of chunks) {
      const piece = Math.floor(index / leavesPerPiece)
      if (!pieces.has(piece)) {
        pieces.add(piece)
        roots ??= await pieceRootsInTurns(leaves)
        this.sentFrames++
        yield controlFrame(BlobFrame, { leaves: { piece, ...leafPiece(leaves, roots, piece) } })
      }
      while (!this.over && this.sentFrames - this.keptFrames >= maxUnkeptChunks) await new Promise<void>((resolve) => { this.wake = resolve })
      if (this.over) return
      this.sentFrames++
      yield chunkFrame(index, sealed)
    }
  }

  private async readKept (frames: AsyncIterator<Uint8Array>): Promise<Kept> {
    for (;;) {
      const frame = await this.next(frames)
      if (frame.kept === undefined) {
        if (frame.end !== undefined) throw ended(frame)
        continue
      }
      this.keptFrames = Math.max(this.keptFrames, frame.kept.frames)
      this.init.onKept(Math.min(this.total, frame.kept.keptChunks))
      this.wake()
      if (frame.kept.keptChunks >= this.total) return keptBy(frame.kept)
    }
  }

  private async next (frames: AsyncIterator<Uint8Array>): Promise<BlobFrame> {
    const limit = deadline(this.components.clock, uploadStallMs, this.init.signal)
    try {
      for (;;) {
        const { value, done } = await raceSignal(frames.next(), limit.signal)
        if (done === true) throw new P2pChatError('ERR_CLOSED', 'The server ended the stream before all was kept.')
        const frame = splitFrame(value as Uint8Array)
        if (frame.type === 'control') return readControl(BlobFrame, frame.bytes)
      }
    } finally {
      limit.clear()
    }
  }
}

function * indexes (ranges: BlobRange[], end: number): Generator<number> {
  for (const { first, count } of ranges) {
    for (let index = first; index < Math.min(end, first + count); index++) yield index
  }
}

function ended ({ end }: BlobFrame): P2pChatError {
  const code = end?.reason ?? 'ERR_CLOSED'
  const retryAfterMs = Number(end?.retryAfterMs ?? 0n)
  const known = TELLING.find((one) => one === code) ?? 'ERR_CLOSED'
  return new P2pChatError(known, 'The server did not take the file to its end; the rest is brought later.', retryAfterMs > 0 ? { retryAfterMs } : {})
}

/** What a server says of itself and of limits. Other codes would be taken for what is wrong with the file here. */
const TELLING = ['ERR_LIMIT', 'ERR_OVERLOADED', 'ERR_RATE_LIMITED', 'ERR_INVALID_RECORD'] as const

function serverSaid (error: unknown): unknown {
  if (!isP2pChatError(error, 'ERR_CONFLICT', 'ERR_NOT_FOUND', 'ERR_NOT_PERMITTED', 'ERR_USAGE')) return error
  return new P2pChatError('ERR_CLOSED', 'The server does not take the file now; it is tried again.', { cause: error })
}
