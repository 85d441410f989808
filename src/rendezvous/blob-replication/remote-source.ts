/** Fetches pieces of one file from another server, on a stream that was just opened. */
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import { controlFrame, readControl, splitFrame } from '../../protocol/bulk-frames.js'
import { FileFrame } from '../../protocol/pb/file.js'
import { ServerBlobOpen } from '../../protocol/pb/server-blob.js'
import type { Clock, Timer } from '../../runtime.js'
import { readAheadChunks, sourceTimeoutMs } from './limits.js'

interface Awaited<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: P2pChatError) => void
}

export interface LeafPiece { leaves: Uint8Array, path: Uint8Array }

export class RemoteSource {
  /** Chunks that were asked for and not yet taken, in the order of their asking: a bounded number of them. */
  readonly #chunks = new Map<number, Awaited<Uint8Array>>()
  readonly #pieces = new Map<number, Awaited<LeafPiece>>()
  /** To be asked for when there is room. */
  #expected: number[] = []
  #owed = 0
  #timer: Timer | undefined
  #failed: P2pChatError | undefined

  constructor (private readonly stream: BulkStream, private readonly clock: Clock) {}

  /** @throws as the stream does */
  async open ({ rosterVersion, fileId }: { rosterVersion: number, fileId: Uint8Array }): Promise<void> {
    await this.stream.send(controlFrame(ServerBlobOpen, { rosterVersion: BigInt(rosterVersion), fileId, write: false }))
    this.#read().catch((error: unknown) => { this.#fail(asP2pChatError(error)) })
  }

  get failed (): boolean {
    return this.#failed !== undefined
  }

  /** These will be taken soon, in this order. They must be there. */
  expect (indices: readonly number[]): void {
    this.#expected.push(...indices)
    this.#ask()
  }

  /** @throws why it does not come */
  async chunk (index: number): Promise<Uint8Array> {
    if (this.#failed !== undefined) throw this.#failed
    const asked = this.#chunks.get(index) ?? this.#want(index)
    this.#expected = this.#expected.filter((expected) => expected !== index)
    try {
      return await asked.promise
    } finally {
      this.#chunks.delete(index)
      this.#ask()
    }
  }

  /** @throws why it does not come */
  async leaves (piece: number): Promise<LeafPiece> {
    if (this.#failed !== undefined) throw this.#failed
    const asked = this.#pieces.get(piece) ?? awaited<LeafPiece>()
    if (!this.#pieces.has(piece)) {
      this.#pieces.set(piece, asked)
      this.#say({ wantLeaves: { piece } })
    }
    try {
      return await asked.promise
    } finally {
      this.#pieces.delete(piece)
    }
  }

  async close (): Promise<void> {
    this.#fail(new P2pChatError('ERR_CLOSED', 'Nothing more is fetched.'))
    await this.stream.close()
  }

  #ask (): void {
    while (this.#failed === undefined && this.#chunks.size < readAheadChunks) {
      const next = this.#expected.shift()
      if (next === undefined) return
      if (!this.#chunks.has(next)) this.#want(next)
    }
  }

  #want (index: number): Awaited<Uint8Array> {
    const asked = awaited<Uint8Array>()
    this.#chunks.set(index, asked)
    this.#say({ want: { first: index, count: 1, verified: 0 } })
    return asked
  }

  #say (frame: Parameters<typeof controlFrame<FileFrame>>[1]): void {
    this.#owed++
    this.#watch()
    this.stream.send(controlFrame(FileFrame, frame)).catch((error: unknown) => { this.#fail(asP2pChatError(error)) })
  }

  async #read (): Promise<void> {
    for await (const bytes of this.stream.source) {
      const frame = splitFrame(bytes)
      if (frame.type === 'unknown') continue
      if (frame.type === 'chunk') {
        this.#got()
        this.#chunks.get(frame.index)?.resolve(frame.sealed)
        continue
      }
      const { leaves, end } = readControl(FileFrame, frame.bytes)
      if (leaves !== undefined) {
        this.#got()
        this.#pieces.get(leaves.piece)?.resolve({ leaves: leaves.leaves, path: leaves.path })
      }
      if (end !== undefined) break
    }
    this.#fail(new P2pChatError('ERR_CLOSED', 'The other server ended the stream.'))
  }

  #got (): void {
    this.#owed--
    this.#watch()
  }

  /** Who owes something has a while for each next piece of it. */
  #watch (): void {
    this.#timer?.cancel()
    if (this.#owed === 0 || this.#failed !== undefined) return
    this.#timer = this.clock.schedule(sourceTimeoutMs, () => {
      this.#fail(new P2pChatError('ERR_TIMEOUT', `The other server gave nothing for ${sourceTimeoutMs} ms.`))
    }, { unref: true })
  }

  #fail (error: P2pChatError): void {
    if (this.#failed !== undefined) return
    this.#failed = error
    this.#timer?.cancel()
    for (const { reject } of [...this.#chunks.values(), ...this.#pieces.values()]) reject(error)
    if (error.code !== 'ERR_CLOSED') this.stream.abort(error)
  }
}

function awaited<T> (): Awaited<T> {
  let resolve = (_value: T): void => {}
  let reject = (_error: P2pChatError): void => {}
  const promise = new Promise<T>((_resolve, _reject) => { resolve = _resolve; reject = _reject })
  // Nobody need be waiting.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
