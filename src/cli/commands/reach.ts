import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import type { CommandContext } from '../command.js'
import { noServerWords } from '../render/connection.js'

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

/** A node that has just been started is given a moment to reach a server, so that what only servers know is told. */
export async function meetServer (node: ChatNode, maxMs = meetTimeoutMs): Promise<void> {
  const { connection } = await node.status()
  if (connection.kind !== 'connecting') return
  await node.connect(Math.max(0, Math.min(meetTimeoutMs, maxMs))).catch((error: unknown) => {
    if (!isP2pChatError(error, 'ERR_NO_SERVER', 'ERR_TIMEOUT')) throw error
  })
}

/** Says, to a person, that no server can be reached, and what goes on without one. */
export async function noteNoServer (context: CommandContext, node: ChatNode): Promise<void> {
  const { connection } = await node.status()
  if (connection.kind === 'offline') await context.out.note(noServerWords(connection.direct))
}
