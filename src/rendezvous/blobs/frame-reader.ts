import { P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import type { Clock, Timer } from '../../runtime.js'

/** Frames of a stream, one at a time, with an end to the waiting. */
export class FrameReader {
  readonly #frames: AsyncIterator<Uint8Array>
  readonly #clock: Clock
  #stopped: P2pChatError | undefined
  #onStop: (error: P2pChatError) => void = () => {}

  constructor (stream: BulkStream, clock: Clock) {
    this.#frames = stream.source[Symbol.asyncIterator]()
    this.#clock = clock
  }

  /**
   * The next frame; undefined after the other side's goodbye.
   *
   * @param isBusy while it says so, the silence is not the other side's fault
   * @throws ERR_TIMEOUT, what broke the stream, what it was stopped with
   */
  async next (timeoutMs: number, isBusy: () => boolean = () => false): Promise<Uint8Array | undefined> {
    if (this.#stopped !== undefined) throw this.#stopped
    const timer = this.#watch(timeoutMs, isBusy)
    try {
      // Not a race with one promise for the whole stream: that would hold every frame until the stream ends.
      const { done, value } = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        this.#onStop = reject
        this.#frames.next().then(resolve, reject)
      })
      return done === true ? undefined : value
    } finally {
      timer.cancel()
      this.#onStop = () => {}
    }
  }

  /** No more is read. */
  stop (error: P2pChatError): void {
    this.#stopped ??= error
    this.#onStop(error)
  }

  #watch (timeoutMs: number, isBusy: () => boolean): Timer {
    const onTimeout = (): void => {
      if (isBusy()) timer = this.#clock.schedule(timeoutMs, onTimeout, { unref: true })
      else this.stop(new P2pChatError('ERR_TIMEOUT', `Nothing came for ${timeoutMs} ms.`))
    }
    let timer = this.#clock.schedule(timeoutMs, onTimeout, { unref: true })
    return { cancel: () => { timer.cancel() } }
  }
}
