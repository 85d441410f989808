/** The other side of a server's control socket: a PoolAdmin that lives in the server's process. */
import { P2pChatError } from '../../errors.js'
import type { PoolAdmin } from '../../rendezvous/index.js'
import { dial } from './client.js'
import { maxAnswerBytes } from './limits.js'
import { readLines } from './lines.js'
import { fromRpcError, parseMessage, request } from './messages.js'
import { findSocketPath } from './socket-path.js'

export interface RemotePool {
  /** The server's data folder. */
  folder: string
  admin: PoolAdmin
}

/** Null when no server runs with its data in `folder` (an absolute path). */
export async function remotePool (folder: string): Promise<RemotePool | null> {
  const path = await findSocketPath(folder)
  const socket = path === null ? null : await dial(path)
  if (path === null || socket === null) return null
  socket.destroy()
  const ask = async (method: keyof PoolAdmin, params: object): Promise<never> => await askOnce(path, method, params) as never
  return {
    folder,
    admin: {
      status: () => ask('status', {}),
      invite: (ttlMs) => ask('invite', { ttlMs }),
      drain: (peerId) => ask('drain', { peerId }),
      remove: (peerId, { force }) => ask('remove', { peerId, force }),
      recover: (lost, recoveryKey) => ask('recover', { lost, recoveryKey }),
      signUp: (set) => ask('signUp', set === undefined ? {} : { set }),
      doctor: () => ask('doctor', {})
    }
  }
}

/** A connection for one question: an operator asks few. */
async function askOnce (path: string, method: string, params: object): Promise<unknown> {
  const socket = await dial(path)
  if (socket === null) throw ended()
  try {
    socket.write(request(1, method, params))
    for await (const line of readLines(socket, maxAnswerBytes)) {
      const message = parseMessage(line)
      if (message.kind === 'answer') return message.result
      if (message.kind === 'failure') throw fromRpcError(message.error)
    }
  } catch (error) {
    if (error instanceof P2pChatError) throw error
    throw ended(error)
  } finally {
    socket.destroy()
  }
  throw ended()
}

function ended (cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The server ended before it answered. Start it, and look with: p2pchat pool status', { cause })
}
