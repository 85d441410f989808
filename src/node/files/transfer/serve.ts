/** Serves one file on one stream of /p2pchat/file/1: reads what is wanted, seals it, and sends it as fast as it is taken. */
import { pipe } from 'it-pipe'
import { leafPiece } from '../../../crypto/file/index.js'
import { asP2pChatError, P2pChatError } from '../../../errors.js'
import { raceSignal, deadline, type Clock, type Timer } from '../../../runtime.js'
import type { ChunkCipher, SealedChunk } from '../cipher.js'
import type { ChunkRange } from '../fetch/source.js'
import { idleTimeoutMs, openTimeoutMs } from '../limits.js'
import { pieceRootsInTurns } from '../outgoing/piece-roots.js'
import type { PreparedFile } from '../outgoing/prepare.js'
import { assertUnchanged, readSealed, type Readable } from '../outgoing/reading.js'
import type { FileLink } from './link.js'
import { decodeFrame, encodeFrame, invalidFrame, type EndReason, type ServeMessage } from './messages.js'
import { Serving, type ServingEffect } from './serving.js'

export interface ServeComponents {
  clock: Clock
  cipher: ChunkCipher
  /**
   * The file of this id, opened, if the device at the other end may have it.
   *
   * @throws ERR_NOT_FOUND, ERR_NOT_PERMITTED, and what openRegularFile says: the other side is told the code
   */
  open: (fileId: Uint8Array, remotePeer: string) => Promise<Readable>
}

export interface ServeEvents {
  onOpen?: (prepared: PreparedFile) => void
  /** the other side has so many chunks by now, from whatever source */
  onProgress?: (chunks: number) => void
  onPeerPaused?: (paused: boolean) => void
}

export class FileServing {
  #serving: Serving | undefined
  #wake = (): void => {}
  #idle: Timer | undefined
  #roots: Uint8Array | undefined
  #paused = false
  #sending: Promise<void> | undefined

  constructor (private readonly components: ServeComponents, private readonly link: FileLink, private readonly events: ServeEvents = {}) {}

  /**
   * @returns how the other side ended: `done`, `declined`, or the code of what ended it there
   * @throws why it ended here: ERR_CONFLICT (file changed), ERR_NOT_FOUND, ERR_CLOSED (the stream), ERR_TIMEOUT, ERR_ABORTED
   */
  async run (signal: AbortSignal = new AbortController().signal): Promise<EndReason> {
    const { link } = this
    let opened: Readable | undefined
    try {
      const fileId = await this.#firstFrame(signal)
      opened = await this.components.open(fileId, link.remotePeer)
      await assertUnchanged(opened.prepared, opened.file)
      this.events.onOpen?.(opened.prepared)
      return await this.#serve(opened, signal)
    } catch (error) {
      throw this.#tell(asP2pChatError(error))
    } finally {
      this.#serving?.end()
      this.#idle?.cancel()
      this.#wake()
      await link.close().catch(() => {})
      // The file is closed next: nothing may still read from it.
      await this.#sending
      await opened?.file.close()
      await opened?.copy?.close()
    }
  }

  /** Holds the chunks back until it is false; the other side is told, and waits. */
  pause (paused: boolean): void {
    this.#paused = paused
    if (this.#serving?.pause(paused) !== true) return
    this.#say({ type: 'paused', paused }).catch(() => {
      // The reading side notices.
    })
    this.#wake()
  }

  async #firstFrame (signal: AbortSignal): Promise<Uint8Array> {
    const limit = deadline(this.components.clock, openTimeoutMs, signal)
    try {
      const frame = await raceSignal(this.link.next(), limit.signal)
      const message = frame === undefined ? undefined : decodeFrame(frame)
      if (message?.type !== 'open') throw invalidFrame('The first frame names no file.')
      return message.fileId
    } finally {
      limit.clear()
    }
  }

  async #serve (opened: Readable, signal: AbortSignal): Promise<EndReason> {
    const { prepared } = opened
    const serving = new Serving(prepared.leaves.byteLength / 32)
    this.#serving = serving
    if (this.#paused) this.pause(true)
    this.#watchIdle(serving)
    const sending = this.#send(serving, opened)
    this.#sending = sending.then(() => {}, () => {})
    return await raceSignal(Promise.race([this.#receive(serving, prepared), sending]), signal)
  }

  async #receive (serving: Serving, prepared: PreparedFile): Promise<EndReason> {
    for (;;) {
      const frame = await this.link.next()
      if (frame === undefined) throw new P2pChatError('ERR_CLOSED', 'The other side ended the transfer.')
      this.#watchIdle(serving)
      for (const effect of serving.receive(decodeFrame(frame))) {
        if (effect.type === 'ended') return effect.reason
        await this.#carryOut(effect, prepared)
      }
    }
  }

  async #carryOut (effect: Exclude<ServingEffect, { type: 'ended' }>, prepared: PreparedFile): Promise<void> {
    switch (effect.type) {
      case 'send-leaves': {
        this.#roots ??= await pieceRootsInTurns(prepared.leaves)
        await this.#say({ type: 'leaves', piece: effect.piece, ...leafPiece(prepared.leaves, this.#roots, effect.piece) })
        break
      }
      case 'progress':
        this.events.onProgress?.(effect.chunks)
        this.#wake()
        break
      case 'peer-paused': this.events.onPeerPaused?.(effect.paused); break
    }
  }

  /** Ends only by failing: the stages stand still when nothing is wanted. */
  async #send (serving: Serving, opened: Readable): Promise<never> {
    await pipe(this.#wanted(serving), readSealed(this.components.cipher, opened), async (chunks: AsyncIterable<SealedChunk>) => {
      for await (const chunk of chunks) {
        if (serving.ended) break
        await this.#say({ type: 'chunk', ...chunk })
      }
    })
    throw new P2pChatError('ERR_CLOSED', 'The transfer has ended.')
  }

  async * #wanted (serving: Serving): AsyncGenerator<ChunkRange> {
    while (!serving.ended) {
      const range = serving.take()
      if (range !== undefined) yield range
      else await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }

  /** A stream on which nothing is wanted, for no reason that was told, is given up. */
  #watchIdle (serving: Serving): void {
    this.#idle?.cancel()
    this.#idle = this.components.clock.schedule(idleTimeoutMs, () => {
      if (serving.idle) this.link.abort(new P2pChatError('ERR_TIMEOUT', 'The other side asks for nothing any more.'))
      else this.#watchIdle(serving)
    }, { unref: true })
  }

  async #say (message: ServeMessage): Promise<void> {
    await this.link.send(encodeFrame(message))
  }

  /** The other side gets the code alone, if it still reads. */
  #tell (error: P2pChatError): P2pChatError {
    if (error.code === 'ERR_INVALID_FRAME' || error.code === 'ERR_LIMIT') this.link.abort(error)
    else if (error.code !== 'ERR_CLOSED') this.#say({ type: 'end', reason: error.code }).catch(() => {})
    return error
  }
}
