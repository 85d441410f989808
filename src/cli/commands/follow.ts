/** Waiting for files to be where they are to be, while it is shown how far they are. */
import { isErrorCode, isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode, TransferInfo } from '../../node/chat-node.js'
import type { Timer } from '../../runtime.js'
import type { CommandContext } from '../command.js'
import type { ProgressBar } from '../progress-bar.js'
import { fileName } from '../render/file.js'
import { safeLine } from '../render/safe-text.js'

/** Without --timeout a file may take as long as it moves; where nothing moves for this long, the command ends. */
const stallMs = 30_000
/** As long as a timer can be, about. */
const maxWaitMs = 24 * 3_600_000

export interface FollowComponents {
  context: CommandContext
  node: ChatNode
  bar: ProgressBar
  /** What is older has been told already. */
  after?: string
}

/** Null where a transfer is kept and on its way, but not yet there; the others as they ended, in the order of the ids. */
export async function followTransfers ({ context, node, bar, after }: FollowComponents, ids: string[]): Promise<Array<TransferInfo | null>> {
  const { clock, global: { timeoutMs } } = context
  const stalled = new Stall(context, timeoutMs)
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, context.signal])
  const telling = tell()
  const endMs = clock.monotonicMs() + (timeoutMs ?? maxWaitMs)
  try {
    return await Promise.all(ids.map(async (id) => {
      try {
        const waiting = node.waitFile({ id, timeoutMs: Math.max(0, endMs - clock.monotonicMs()) })
        return await Promise.race([waiting, stalled.promise])
      } catch (error) {
        if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) throw error
        return null
      }
    }))
  } finally {
    stalled.clear()
    stop.abort()
    await telling
    bar.end()
  }

  async function tell (): Promise<void> {
    const reached = new Map<string, number>()
    try {
      for await (const event of node.events(after === undefined ? {} : { after }, signal)) {
        if (signal.aborted) return
        if (event.event !== 'progress' || !ids.includes(event.id)) continue
        if (event.bytes > (reached.get(event.id) ?? -1)) stalled.begin()
        reached.set(event.id, event.bytes)
        bar.update(event)
        await context.out.show(event, [])
      }
    } catch {
      // Only what is shown on the way: the answer comes from waitFile.
    }
  }
}

class Stall {
  readonly promise: Promise<never>
  #timer: Timer | null = null
  #fail = (_error: P2pChatError): void => {}
  readonly #context: CommandContext
  readonly #isTimed: boolean

  constructor (context: CommandContext, timeoutMs: number | undefined) {
    this.#context = context
    this.#isTimed = timeoutMs !== undefined
    this.promise = new Promise<never>((_resolve, reject) => { this.#fail = reject })
    this.promise.catch(() => {})
    this.begin()
  }

  begin (): void {
    if (this.#isTimed) return
    this.#timer?.cancel()
    this.#timer = this.#context.clock.schedule(stallMs, () => { this.#fail(new P2pChatError('ERR_PENDING', 'Nothing moves.')) }, { unref: true })
  }

  clear (): void {
    this.#timer?.cancel()
  }
}

/** @throws when it will not come, or not go: with the reason */
export function assertAlive (transfer: TransferInfo): void {
  const name = fileName(transfer.name)
  if (transfer.state === 'declined') throw new P2pChatError('ERR_NOT_PERMITTED', transfer.direction === 'out' ? `${safeLine(transfer.peer)} declined ${name}.` : `${name} was declined.`)
  if (transfer.state !== 'failed') return
  const { code = 'ERR_INTERNAL', message = '' } = transfer.error ?? {}
  throw new P2pChatError(isErrorCode(code) ? code : 'ERR_INTERNAL', message === '' ? `${name} did not come through.` : message)
}
