import assert from 'node:assert/strict'
import { poolServers, parsePoolAddress } from '../../../src/overlay/index.js'
import type { BulkStream } from '../../../src/overlay/network.js'
import { chunkFrame, controlFrame, readControl, splitFrame } from '../../../src/protocol/bulk-frames.js'
import { BLOB_PROTOCOL, FILE_PROTOCOL } from '../../../src/protocol/ids.js'
import * as pb from '../../../src/protocol/pb/blob.js'
import { FileFrame } from '../../../src/protocol/pb/file.js'
import { maxBlobFrameBytes } from '../../../src/rendezvous/blobs/limits.js'
import type { TestClient } from '../helpers/test-client.js'
import type { TestPool } from '../helpers/test-pool.js'
import type { SealedFile } from './sealed-file.js'

/** What came on a stream so far, and a way to wait for more. */
class Heard<T> {
  readonly items: T[] = []
  /** Whether the stream is over, and how. */
  over: 'goodbye' | 'broken' | undefined
  #wake = (): void => {}

  constructor (stream: BulkStream, read: (frame: Uint8Array) => T) {
    const reading = async (): Promise<void> => {
      for await (const frame of stream.source) {
        this.items.push(read(frame))
        this.#wake()
      }
    }
    reading().then(() => { this.over = 'goodbye' }, () => { this.over = 'broken' }).finally(() => { this.#wake() }).catch(() => {})
  }

  /** Resolves when `isIt` holds; fails when the stream ends first. */
  async until (isIt: () => boolean): Promise<void> {
    while (!isIt()) {
      if (this.over !== undefined) assert.fail(`the stream is over (${this.over})`)
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }

  async end (): Promise<'goodbye' | 'broken'> {
    while (this.over === undefined) await new Promise<void>((resolve) => { this.#wake = resolve })
    return this.over
  }
}

/** A stream on which a file is left. */
export class Upload {
  readonly heard: Heard<pb.BlobFrame>
  #sent = 0

  constructor (readonly stream: BulkStream, private readonly pool: TestPool) {
    this.heard = new Heard(stream, (frame) => {
      const split = splitFrame(frame)
      return split.type === 'control' ? readControl(pb.BlobFrame, split.bytes) : assert.fail('no chunk comes from a server')
    })
  }

  async say (frame: Parameters<typeof controlFrame<pb.BlobFrame>>[1]): Promise<void> {
    await this.pool.clock.until(this.stream.send(controlFrame(pb.BlobFrame, frame)))
  }

  async opened (): Promise<pb.BlobState> {
    await this.pool.clock.until(this.heard.until(() => this.heard.items.length > 0))
    return this.heard.items[0]?.opened ?? assert.fail(JSON.stringify(this.heard.items[0]?.end))
  }

  async leaves (file: SealedFile, piece = 0): Promise<void> {
    this.#sent++
    await this.say({ leaves: { piece, ...file.leaves(piece) } })
  }

  async chunk (index: number, bytes: Uint8Array): Promise<void> {
    this.#sent++
    await this.pool.clock.until(this.stream.send(chunkFrame(index, bytes)))
  }

  /** What was last said to be kept, once it is all that was sent. */
  async kept (): Promise<pb.BlobKept> {
    const last = (): pb.BlobKept | undefined => this.heard.items.flatMap(({ kept }) => kept ?? []).at(-1)
    await this.pool.clock.until(this.heard.until(() => last()?.frames === this.#sent))
    return last() ?? assert.fail('unreachable')
  }

  /** Why the server ended it. */
  async ended (): Promise<pb.BlobEnd> {
    await this.pool.clock.until(this.heard.end())
    return this.heard.items.at(-1)?.end ?? assert.fail(`no reason was given (${this.heard.over})`)
  }
}

type FetchItem = { index: number, sealed: Uint8Array } | FileFrame

/** A stream on which a file is fetched. */
export class Fetch {
  readonly heard: Heard<FetchItem>

  constructor (readonly stream: BulkStream, private readonly pool: TestPool) {
    this.heard = new Heard(stream, (frame): FetchItem => {
      const split = splitFrame(frame)
      if (split.type === 'chunk') return { index: split.index, sealed: split.sealed }
      return split.type === 'control' ? readControl(FileFrame, split.bytes) : assert.fail('an unknown frame')
    })
  }

  get chunks (): Array<{ index: number, sealed: Uint8Array }> {
    return this.heard.items.flatMap((item) => 'index' in item ? [item] : [])
  }

  get controls (): FileFrame[] {
    return this.heard.items.flatMap((item) => 'index' in item ? [] : [item])
  }

  async say (frame: Parameters<typeof controlFrame<FileFrame>>[1]): Promise<void> {
    await this.pool.clock.until(this.stream.send(controlFrame(FileFrame, frame)))
  }

  async want (first: number, count: number): Promise<void> {
    await this.say({ want: { first, count, verified: 0 } })
  }

  async until (isIt: () => boolean): Promise<void> {
    await this.pool.clock.until(this.heard.until(isIt))
  }

  async ended (): Promise<string> {
    await this.pool.clock.until(this.heard.end())
    return this.controls.at(-1)?.end?.reason ?? `no reason was given (${this.heard.over ?? ''})`
  }
}

/** A device that leaves and fetches files. */
export class BlobClient {
  constructor (readonly client: TestClient, readonly pool: TestPool) {}

  async create (file: SealedFile, fields: Partial<{ chunks: number }> = {}): Promise<pb.BlobCreateResponse> {
    const { fileId, chunks, sealedBytes, root } = { ...file.blob(''), ...fields }
    return await this.pool.clock.until(this.client.call('blobs/create', pb.BlobCreateRequest, pb.BlobCreateResponse, { fileId, chunks, sealedBytes: BigInt(sealedBytes), root }))
  }

  async status (fileId: Uint8Array = new Uint8Array(0)): Promise<pb.BlobStatusResponse> {
    return await this.pool.clock.until(this.client.call('blobs/status', pb.BlobStatusRequest, pb.BlobStatusResponse, { fileId }))
  }

  async remove (fileId: Uint8Array): Promise<void> {
    await this.pool.clock.until(this.client.call('blobs/remove', pb.BlobRemoveRequest, pb.BlobRemoveResponse, { fileId }))
  }

  async upload (file?: Pick<SealedFile, 'fileId'>): Promise<Upload> {
    const upload = new Upload(await this.stream(BLOB_PROTOCOL), this.pool)
    if (file !== undefined) await upload.say({ open: { fileId: file.fileId } })
    return upload
  }

  async fetch (file?: Pick<SealedFile, 'fileId'>): Promise<Fetch> {
    const fetch = new Fetch(await this.stream(FILE_PROTOCOL), this.pool)
    if (file !== undefined) await fetch.say({ open: { fileId: file.fileId } })
    return fetch
  }

  /** Creates the file and leaves these chunks, durably. */
  async leave (file: SealedFile, indices: readonly number[]): Promise<void> {
    await this.create(file)
    const upload = await this.upload(file)
    await upload.opened()
    for (let piece = 0; piece < file.pieces; piece++) await upload.leaves(file, piece)
    for (const index of indices) await upload.chunk(index, file.chunk(index))
    await upload.kept()
    await this.pool.clock.until(upload.stream.close())
  }

  async stream (protocol: string): Promise<BulkStream> {
    const [server] = poolServers(parsePoolAddress(this.pool.server.poolAddress))
    if (server === undefined) throw new Error('The server has no address.')
    return await this.pool.clock.until(this.client.network.openBulk(server, protocol, { maxFrameBytes: maxBlobFrameBytes }))
  }
}
