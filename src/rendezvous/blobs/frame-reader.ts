import { P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import type { Clock, Timer } from '../../runtime.js'

/** Frames of a stream, one at a time, with an end to the waiting. */
export class FrameReader {
  readonly #frames: AsyncIterator<Uint8Array>
  readonly #clock: Clock
  #stop: (error: P2pChatError) => void = () => {}
  readonly #stopped: Promise<never>

  constructor (stream: BulkStream, clock: Clock) {
    this.#frames = stream.source[Symbol.asyncIterator]()
    this.#clock = clock
    this.#stopped = new Promise((_resolve, reject) => { this.#stop = reject })
    // Nobody need be reading.
    this.#stopped.catch(() => {})
  }

  /**
   * The next frame; undefined after the other side's goodbye.
   *
   * @param isBusy while it says so, the silence is not the other side's fault
   * @throws ERR_TIMEOUT, what broke the stream, what it was stopped with
   */
  async next (timeoutMs: number, isBusy: () => boolean = () => false): Promise<Uint8Array | undefined> {
    const timer = this.#watch(timeoutMs, isBusy)
    const frame = this.#frames.next()
    frame.catch(() => {})
    try {
      const { done, value } = await Promise.race([frame, this.#stopped])
      return done === true ? undefined : value
    } finally {
      timer.cancel()
    }
  }

  /** No more is read. */
  stop (error: P2pChatError): void {
    this.#stop(error)
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
