/** The other side of the control socket: a ChatNode that lives in the process that owns the home. */
import { connect, type Socket } from 'node:net'
import { P2pChatError } from '../../errors.js'
import type { ChatNode, EventsRequest, NodeEvent } from '../../node/chat-node.js'
import { chatNodeOver } from '../../node/chat-node-over.js'
import { isRepeatable, METHODS } from '../../node/methods.js'
import { maxAnswerBytes } from './limits.js'
import { readLines } from './lines.js'
import { fromRpcError, parseMessage, request as requestLine, type RpcError, type RpcMessage } from './messages.js'

export interface RemoteChatNode {
  node: ChatNode
  /** Aborted once the owner is gone or ending: another owner must be found. */
  lost: AbortSignal
  /** Resolves when the owner answers. Rejects with ERR_CLOSED. */
  hello: () => Promise<{ pid: number, version: string }>
  close: () => void
}

interface Pending {
  repeatable: boolean
  resolve: (value: never) => void
  reject: (error: P2pChatError) => void
}

/** Null when nobody listens there: no socket, or one that a killed owner left behind. */
export async function remoteChatNode (path: string): Promise<RemoteChatNode | null> {
  const socket = await dial(path)
  return socket === null ? null : remoteOver(socket, path)
}

function remoteOver (socket: Socket, path: string): RemoteChatNode {
  const pending = new Map<number, Pending>()
  const lost = new AbortController()
  let nextId = 1

  const fail = (notRun = false): void => {
    lost.abort()
    for (const { repeatable, reject } of pending.values()) reject(lostError(repeatable || notRun))
    pending.clear()
    socket.destroy()
  }
  const take = (message: RpcMessage): void => {
    if (message.kind === 'notification' && message.method === 'ended') fail(true)
    if (message.kind !== 'answer' && message.kind !== 'failure') return
    const asked = pending.get(Number(message.id))
    if (asked === undefined) return
    pending.delete(Number(message.id))
    if (message.kind === 'answer') asked.resolve(message.result as never)
    else {
      if (message.error.data?.notRun === true) lost.abort()
      asked.reject(fromRpcError(message.error))
    }
  }
  const read = async (): Promise<void> => {
    try {
      for await (const line of readLines(socket, maxAnswerBytes)) take(parseMessage(line))
    } finally {
      fail()
    }
  }
  const ask = async (method: string, params: object, repeatable: boolean): Promise<never> => {
    if (lost.signal.aborted) throw lostError(true)
    const id = nextId++
    return await new Promise<never>((resolve, reject) => {
      pending.set(id, { repeatable, resolve, reject })
      socket.write(requestLine(id, method, params))
    })
  }

  read().catch(() => {})
  return {
    node: chatNodeOver((name, params) => ask(name, params, isRepeatable(METHODS[name], params)), (request = {}, signal = new AbortController().signal) => remoteEvents(path, request, signal)),
    lost: lost.signal,
    hello: () => ask('hello', {}, true),
    close: () => { fail() }
  }
}

/** Its own connection, so that a reader that takes its time holds up nothing else. Ends when the owner does. */
async function * remoteEvents (path: string, request: EventsRequest, signal: AbortSignal): AsyncGenerator<NodeEvent> {
  const socket = signal.aborted ? null : await dial(path)
  if (socket === null) return
  const stop = (): void => { socket.destroy() }
  signal.addEventListener('abort', stop, { once: true })
  try {
    socket.write(requestLine(1, 'events', request))
    for await (const line of readLines(socket, maxAnswerBytes)) {
      const message = parseMessage(line)
      if (message.kind === 'notification' && message.method === 'event') yield message.params as NodeEvent
      if (message.kind === 'notification' && message.method === 'events-ended') {
        const { error } = message.params as { error?: RpcError }
        if (error === undefined) return
        throw fromRpcError(error)
      }
      if (message.kind === 'failure') {
        if (message.error.data?.notRun === true) return
        throw fromRpcError(message.error)
      }
    }
  } catch (error) {
    if (!signal.aborted && !isConnectionError(error)) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Null when nobody listens there. @throws ERR_HOME: it belongs to another user */
export async function dial (path: string): Promise<Socket | null> {
  return await new Promise<Socket | null>((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES') reject(new P2pChatError('ERR_HOME', 'The control socket belongs to another user.', { cause: error }))
      else resolve(null)
    })
  })
}

function lostError (repeatable: boolean): P2pChatError {
  return repeatable
    ? new P2pChatError('ERR_CLOSED', 'The p2pchat process that owned this home has ended.')
    : new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The p2pchat process that owned this home ended before it answered. Look whether it was done (history, whoami) before you try again.')
}

function isConnectionError (error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(String(error.code))
}
