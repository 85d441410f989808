import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { deadline, raceSignal } from '../../runtime.js'
import type { CommandContext } from '../command.js'
import { noServerWords } from '../render/connection.js'
import { inWords } from '../render/time.js'

/** How long a command looks for a server that it cannot do without. */
const reachTimeoutMs = 10_000
/** How long one waits that only tells more with a server. */
const meetTimeoutMs = 5_000

/** Before a password is asked for: nobody should type one for a pool that is not there. */
export async function reachPool (context: CommandContext, node: ChatNode): Promise<void> {
  const { connection } = await node.status()
  if (connection.kind === 'no-pool') {
    throw new P2pChatError('ERR_NO_SERVER', 'No pool is known here: give its address with --pool, or start a server with: p2pchat rendezvous')
  }
  await node.connect(context.global.timeoutMs ?? reachTimeoutMs)
}

/**
 * What only a server can answer or change, within `--timeout` in all: looking for one takes up to 10 s unless it says otherwise.
 *
 * @throws ERR_NO_SERVER; ERR_TIMEOUT, when it may be done all the same; what `work` throws
 */
export async function withServer<T> (context: CommandContext, work: (node: ChatNode) => Promise<T>): Promise<T> {
  const { clock, signal, global: { timeoutMs } } = context
  const node = await context.node()
  await node.whoAmI()
  const limit = timeoutMs === undefined ? null : deadline(clock, timeoutMs, signal)
  try {
    await reachPool(context, node)
    return await (limit === null ? work(node) : raceSignal(work(node), limit.signal))
  } catch (error) {
    if (timeoutMs === undefined || error !== limit?.signal.reason || signal.aborted) throw error
    throw new P2pChatError('ERR_TIMEOUT', `The server has not answered within ${inWords(timeoutMs)}. If it was to change something, that may be done all the same.`, { cause: error })
  } finally {
    limit?.clear()
  }
}

/** A node that has just been started is given a moment to reach a server, so that what only servers know is told. */
export async function meetServer (node: ChatNode, maxMs = meetTimeoutMs): Promise<void> {
  const { connection } = await node.status()
  if (connection.kind !== 'connecting') return
  await node.connect(Math.max(0, Math.min(meetTimeoutMs, maxMs))).catch((error: unknown) => {
    if (!isP2pChatError(error, 'ERR_NO_SERVER', 'ERR_TIMEOUT')) throw error
  })
}

/** After {@link meetServer}: says, to a person, that no server can be reached, and what goes on without one. */
export async function noteNoServer (context: CommandContext, node: ChatNode): Promise<void> {
  const { connection } = await node.status()
  if (connection.kind === 'offline') await context.out.note(noServerWords(connection.direct))
  // A server that answers nothing at all, as behind a firewall, is given up later than one waits here.
  if (connection.kind === 'connecting' && (context.global.timeoutMs ?? meetTimeoutMs) >= meetTimeoutMs) await context.out.note(noServerWords([]))
}
