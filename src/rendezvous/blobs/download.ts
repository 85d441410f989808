/** /p2pchat/file/1, served by the pool as by a device: from what is there, as fast as it is taken. */
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkService, BulkStream } from '../../overlay/network.js'
import { chunkFrame, controlFrame, readControl, splitFrame } from '../../protocol/bulk-frames.js'
import { FileFrame } from '../../protocol/pb/file.js'
import type { Clock, Timer } from '../../runtime.js'
import { asError } from '../outcome.js'
import { FrameReader } from './frame-reader.js'
import type { BlobReader, Blobs } from './index.js'
import { checkEveryFrames, fileIdBytes, idleTimeoutMs, maxBlobFrameBytes, missingTimeoutMs, openTimeoutMs, pausedTimeoutMs } from './limits.js'
import type { StreamGuard } from './stream-guard.js'
import { Wanted, type Next } from './wanted.js'

export interface DownloadComponents {
  blobs: Blobs
  clock: Clock
  guard: StreamGuard
}

export function downloadService ({ blobs, clock, guard }: DownloadComponents): BulkService {
  return {
    maxFrameBytes: maxBlobFrameBytes,
    accept: async (stream) => {
      await guard.admit(stream, async (visitor) => {
        const frames = new FrameReader(stream, clock)
        const reader = await openReader(frames, blobs)
        if (reader === undefined) return
        await giveFile(stream, frames, reader, () => { visitor.accounts() }, clock)
      }, (error) => controlFrame(FileFrame, { end: { reason: error.code } }))
    }
  }
}

/**
 * Gives what is asked for of a file until the other side ends, and closes `reader`.
 *
 * @param check whether the other side still may; it throws when not
 */
export async function giveFile (stream: BulkStream, frames: FrameReader, reader: BlobReader, check: () => void, clock: Clock): Promise<void> {
  try {
    await new Download(stream, frames, reader, check, clock).run()
  } finally {
    await reader.close()
  }
}

/** Undefined when the other side went without a word. */
async function openReader (frames: FrameReader, blobs: Blobs): Promise<BlobReader | undefined> {
  const first = await frames.next(openTimeoutMs)
  if (first === undefined) return undefined
  const frame = splitFrame(first)
  const open = frame.type === 'control' ? readControl(FileFrame, frame.bytes).open : undefined
  if (open === undefined || open.fileId.byteLength !== fileIdBytes) throw new P2pChatError('ERR_INVALID_FRAME', 'The first frame names no file.')
  const found = await blobs.read(open.fileId)
  if (found.outcome === 'absent') throw new P2pChatError('ERR_NOT_FOUND', 'This server has no such file, or no longer.')
  if (found.outcome === 'unknown') throw asError(found)
  return found.reader
}

class Download {
  readonly #wanted: Wanted
  #ended = false
  /** The other side was told that nothing comes for now. */
  #held = false
  #holdTimer: Timer | undefined
  #sent = 0
  #changes = 0
  #wake = (): void => {}

  constructor (
    private readonly stream: BulkStream,
    private readonly frames: FrameReader,
    private readonly reader: BlobReader,
    private readonly check: () => void,
    private readonly clock: Clock
  ) {
    this.#wanted = new Wanted(reader)
    reader.onChange(() => { this.#change() })
  }

  /** Resolves when the other side has ended. */
  async run (): Promise<void> {
    const sending = this.#send().catch((error: unknown) => { this.frames.stop(asP2pChatError(error)) })
    try {
      await this.#receive()
    } finally {
      this.#ended = true
      this.#holdTimer?.cancel()
      this.#change()
      await sending
    }
  }

  async #receive (): Promise<void> {
    while (!this.#wanted.ended) {
      const frame = await this.#nextFrame()
      if (frame === undefined) return
      const split = splitFrame(frame)
      if (split.type === 'chunk') throw new P2pChatError('ERR_INVALID_FRAME', 'Chunks came from the side that fetches.')
      if (split.type === 'control') {
        const asked = readControl(FileFrame, split.bytes)
        this.#wanted.receive(asked)
        if (asked.want !== undefined) this.reader.expect?.(asked.want.first, asked.want.count)
      }
      this.#change()
    }
  }

  async #nextFrame (): Promise<Uint8Array | undefined> {
    return await this.frames.next(this.#wanted.paused ? pausedTimeoutMs : idleTimeoutMs, () => !this.#wanted.nothing)
  }

  async #send (): Promise<void> {
    while (!this.#ended) {
      const seen = this.#changes
      const next = this.#wanted.take()
      if (next.type === 'nothing') await this.#changed(seen)
      else if (next.type === 'missing') await this.#hold(seen)
      else await this.#give(next)
    }
  }

  async #give (next: Exclude<Next, { type: 'nothing' | 'missing' }>): Promise<void> {
    if (++this.#sent % checkEveryFrames === 0) this.check()
    const frame = await this.#frameOf(next)
    if (frame === undefined) {
      this.#wanted.putBack(next)
      return
    }
    await this.#setHeld(false)
    await this.stream.send(frame)
  }

  async #frameOf (next: Exclude<Next, { type: 'nothing' | 'missing' }>): Promise<Uint8Array | undefined> {
    if (next.type === 'chunk') {
      const sealed = await this.reader.chunk(next.index)
      return sealed === undefined ? undefined : chunkFrame(next.index, sealed)
    }
    const piece = await this.reader.leaves(next.piece)
    return piece === undefined ? undefined : controlFrame(FileFrame, { leaves: { piece: next.piece, ...piece } })
  }

  /** All that is wanted is yet to come: it is waited for as long as somebody is leaving it. */
  async #hold (seen: number): Promise<void> {
    if (!this.reader.growing()) throw notThereYet()
    await this.#setHeld(true)
    await this.#changed(seen)
  }

  async #setHeld (held: boolean): Promise<void> {
    if (this.#held === held) return
    this.#held = held
    this.#holdTimer?.cancel()
    if (held) {
      this.#holdTimer = this.clock.schedule(missingTimeoutMs, () => {
        this.frames.stop(notThereYet())
      }, { unref: true })
    }
    await this.stream.send(controlFrame(FileFrame, { paused: held }))
  }

  /** Resolves when something has changed since `seen` changes. */
  async #changed (seen: number): Promise<void> {
    if (this.#changes === seen) await new Promise<void>((resolve) => { this.#wake = resolve })
  }

  #change (): void {
    this.#changes++
    this.#wake()
  }
}

function notThereYet (): P2pChatError {
  return new P2pChatError('ERR_PENDING', 'The rest of this file has not been left here yet.')
}
