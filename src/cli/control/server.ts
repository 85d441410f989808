/** The owner's side of the control socket: what clients ask is asked of the node, and answered. */
import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { deadline, type Clock } from '../../runtime.js'
import { drainTimeoutMs, maxAnswerBytes, maxClients, maxRequestBytes, maxRequestsAtOnce } from './limits.js'
import { readLines } from './lines.js'
import { answer, failure, methodNotFound, notification, parseMessage, toRpcError, type RequestId } from './messages.js'
import { checkParams, EVENTS, isMethod, METHODS } from './methods.js'
import { claimSocketPath, removeSocket } from './socket-path.js'

export interface ControlServerComponents {
  node: ChatNode
  clock: Clock
  /** The home's absolute path; the caller holds its lock. */
  home: string
  env: Record<string, string | undefined>
}

export interface ControlServer {
  readonly path: string
  /** Lets what cannot be asked twice finish, tells the rest to ask the next owner, and takes the socket away. */
  close: () => Promise<void>
}

export async function serveControl (components: ControlServerComponents): Promise<ControlServer> {
  const path = await claimSocketPath(components.home, components.env)
  const closing = new AbortController()
  const clients = new Set<Client>()
  const server = createServer((socket) => {
    const client = new Client(socket, components.node, closing.signal)
    clients.add(client)
    void client.run().finally(() => { clients.delete(client) })
  })
  server.maxConnections = maxClients
  await listen(server, path)
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    path,
    async close () {
      if (closing.signal.aborted) return
      const closed = new Promise<void>((resolve) => { server.close(() => { resolve() }) })
      closing.abort(new P2pChatError('ERR_CLOSED', 'The p2pchat process that owned this home is ending.'))
      const limit = deadline(components.clock, drainTimeoutMs)
      await Promise.all([...clients].map((client) => client.drain(limit.signal)))
      limit.clear()
      await closed
      await removeSocket(components.home, path)
    }
  }
}

async function listen (server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => { server.off('error', reject); resolve() })
  }).catch((cause: unknown) => {
    throw new P2pChatError('ERR_HOME', `The control socket ${path} cannot be made.`, { cause })
  })
}

class Client {
  readonly #socket: Socket
  readonly #node: ChatNode
  readonly #closing: AbortSignal
  readonly #gone = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor (socket: Socket, node: ChatNode, closing: AbortSignal) {
    this.#socket = socket
    this.#node = node
    this.#closing = closing
  }

  async run (): Promise<void> {
    this.#socket.on('error', () => {})
    this.#socket.once('close', () => { this.#gone.abort() })
    try {
      for await (const line of readLines(this.#socket.iterator({ destroyOnReturn: false }), maxRequestBytes)) {
        if (this.#running.size >= maxRequestsAtOnce) await Promise.race(this.#running)
        const task: Promise<void> = this.#take(line).finally(() => this.#running.delete(task))
        this.#running.add(task)
      }
    } catch (error) {
      if (!this.#gone.signal.aborted) await this.#write(failure(null, toRpcError(asP2pChatError(error))))
    }
    this.#socket.end(() => { this.#socket.destroy() })
  }

  async drain (limit: AbortSignal): Promise<void> {
    const cut = new Promise<void>((resolve) => { limit.addEventListener('abort', () => { resolve() }, { once: true }) })
    while (this.#running.size > 0 && !limit.aborted) await Promise.race([Promise.allSettled(this.#running), cut])
    // What comes after this line was not run, nor will it be: the client may ask the next owner.
    if (this.#running.size === 0) await this.#write(notification('ended', {}))
    this.#socket.end(() => { this.#socket.destroy() })
  }

  async #take (line: string): Promise<void> {
    const message = parseMessage(line)
    if (message.kind === 'invalid') await this.#write(failure(message.id, message.error))
    if (message.kind !== 'request') return
    const { id, method, params } = message
    if (this.#closing.aborted) await this.#refuse(id)
    else if (method === 'events') await this.#streamEvents(id, params)
    else if (method === 'hello') await this.#write(answer(id, { pid: process.pid }))
    else if (isMethod(method)) await this.#call(id, method, params)
    else await this.#write(failure(id, methodNotFound(method)))
  }

  async #call (id: RequestId, name: keyof typeof METHODS, params: unknown): Promise<void> {
    const method = METHODS[name]
    let ran: string
    try {
      const result = method.call(this.#node, checkParams(method, params) as never)
      const cut = method.repeatable ? await this.#unlessClosing(result) : { result: await result }
      if (cut === null) return await this.#refuse(id)
      ran = answer(id, cut.result)
      if (Buffer.byteLength(ran) > maxAnswerBytes) throw new P2pChatError('ERR_LIMIT', `The answer is larger than ${maxAnswerBytes} bytes; ask for less at a time.`)
    } catch (error) {
      ran = failure(id, toRpcError(asP2pChatError(error)))
    }
    await this.#write(ran)
  }

  /** Null when the owner ends first: the client asks the next one. */
  async #unlessClosing<T> (result: Promise<T>): Promise<{ result: T } | null> {
    let onClosing = (): void => {}
    const closing = new Promise<null>((resolve) => {
      onClosing = () => { resolve(null) }
      this.#closing.addEventListener('abort', onClosing, { once: true })
    })
    try {
      return await Promise.race([result.then((value) => ({ result: value })), closing])
    } finally {
      this.#closing.removeEventListener('abort', onClosing)
    }
  }

  async #streamEvents (id: RequestId, params: unknown): Promise<void> {
    const signal = AbortSignal.any([this.#gone.signal, this.#closing])
    try {
      const request = checkParams(EVENTS, params) as { after?: string }
      const events = this.#node.events(request, signal)
      await this.#write(answer(id, null))
      for await (const event of events) await this.#write(notification('event', event))
    } catch (error) {
      if (!signal.aborted) await this.#write(failure(id, toRpcError(asP2pChatError(error))))
    }
    this.#socket.end()
  }

  async #refuse (id: RequestId): Promise<void> {
    await this.#write(failure(id, toRpcError(this.#closing.reason as P2pChatError, { notRun: true })))
  }

  /** Resolves once the client can take more, so that a slow one holds up only itself. */
  async #write (line: string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded || this.#socket.write(line)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#gone.signal.removeEventListener('abort', done)
        resolve()
      }
      this.#socket.once('drain', done)
      this.#gone.signal.addEventListener('abort', done, { once: true })
    })
  }
}
