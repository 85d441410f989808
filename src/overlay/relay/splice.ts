import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import type { ByteStream } from '../frames/index.js'

export interface SpliceInit {
  clock: Clock
  /** Of both directions together. */
  maxBytes: number
  /** Told of bytes that pass; how long to wait before more are taken, in milliseconds. */
  pace: (bytes: number) => number
  /** Ends it. */
  signal: AbortSignal
}

/**
 * Joins two streams, so that each side reads what the other writes. A side that reads slowly holds the other one back: what
 * is held here is what one window lets through, whatever is sent. Resolves when both directions are over.
 */
export async function splice (a: ByteStream, b: ByteStream, { clock, maxBytes, pace, signal }: SpliceInit): Promise<void> {
  let leftBytes = maxBytes
  const over = new AbortController()
  const abort = (error: Error): void => {
    if (over.signal.aborted) return
    over.abort(error)
    a.abort(error)
    b.abort(error)
  }
  const onAbort = (): void => { abort(new P2pChatError('ERR_CLOSED', 'The circuit was ended by the relay.')) }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  const count = (bytes: number): number => {
    leftBytes -= bytes
    if (leftBytes < 0) abort(new P2pChatError('ERR_LIMIT', `A circuit may carry ${maxBytes} bytes (limit maxCircuitBytes).`))
    return pace(bytes)
  }
  const held = { clock, count, abort, signal: over.signal }
  await Promise.all([pump(a, b, held), pump(b, a, held)])
  over.abort()
  signal.removeEventListener('abort', onAbort)
}

interface PumpInit {
  clock: Clock
  count: (bytes: number) => number
  abort: (error: Error) => void
  signal: AbortSignal
}

/** Resolves when nothing more comes from `from`, and never rejects. */
async function pump (from: ByteStream, to: ByteStream, { clock, count, abort, signal }: PumpInit): Promise<void> {
  let pieces: Uint8Array[] = []
  let waitMs = 0
  let waiting = false

  /** What arrived in one turn leaves in one piece. */
  const flush = (): void => {
    const sending = pieces
    pieces = []
    if (sending.length === 0 || signal.aborted) return
    const more = to.sendPieces?.(sending) ?? to.send(Uint8Array.from(Buffer.concat(sending)))
    if (more && waitMs === 0) return
    from.pause()
    if (!waiting) wait().catch(abort)
  }
  const wait = async (): Promise<void> => {
    waiting = true
    const pauseMs = waitMs
    waitMs = 0
    try {
      await to.onDrain()
      if (pauseMs > 0) await sleep(clock, pauseMs, signal)
    } finally {
      waiting = false
    }
    from.resume()
  }
  const guarded = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => { resolve() }, { once: true })
    from.read({
      onBytes: (bytes) => {
        if (signal.aborted) return
        waitMs = Math.max(waitMs, count(bytes.byteLength))
        pieces.push(bytes)
        if (pieces.length === 1) queueMicrotask(() => { guarded(flush) })
      },
      onEnd: (error) => {
        if (error === undefined) {
          guarded(flush)
          to.close().catch(abort)
        } else abort(error)
        resolve()
      }
    })
  })
}
