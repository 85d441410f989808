/** The owner's side of a control socket: what clients ask is asked of the service, and answered. */
import { setMaxListeners } from 'node:events'
import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { checkParams, EVENTS, isMethod, isRepeatable, METHODS } from '../../node/methods.js'
import { deadline, eitherSignal, sleep, type Clock } from '../../runtime.js'
import { version } from '../version.js'
import { drainTimeoutMs, maxAnswerBytes, maxClients, maxRequestBytes, maxRequestsAtOnce, probeMs } from './limits.js'
import { readLines } from './lines.js'
import { answer, failure, methodNotFound, notification, ownerIsOlder, parseMessage, toRpcError, type RequestId } from './messages.js'
import { claimOtherPath, claimUsualPath, removeSocket } from './socket-path.js'

/** What is served. */
export interface ControlService {
  /** How the process is called in what clients are told when it ends. */
  owner: string
  /** Calls a method with what a client gave as its parameters; undefined: there is no such method. @throws ERR_USAGE */
  call: (method: string, params: unknown) => { result: Promise<unknown>, repeatable: boolean } | undefined
  /** The subscription `events`, if there is one. @throws ERR_USAGE */
  events?: (params: unknown, signal: AbortSignal) => AsyncIterable<object>
}

export interface ControlSocketComponents {
  service: ControlService
  clock: Clock
  /** The absolute path of a home or of a server's data; the caller holds its lock. */
  home: string
  env: Record<string, string | undefined>
}

export interface ControlServerComponents extends Omit<ControlSocketComponents, 'service'> {
  node: ChatNode
}

export interface ControlServer {
  readonly path: string
  /** Lets what cannot be asked twice finish, tells the rest to ask the next owner, and takes the socket away. */
  close: () => Promise<void>
}

/** The socket of a home. */
export async function serveControl ({ node, ...components }: ControlServerComponents): Promise<ControlServer> {
  return await serveSocket({ service: chatService(node), ...components })
}

export async function serveSocket (components: ControlSocketComponents): Promise<ControlServer> {
  const { service } = components
  const closing = new AbortController()
  // Each client listens to it, with each of its requests: many are no leak.
  setMaxListeners(0, closing.signal)
  const clients = new Set<Client>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const client = new Client(socket, service, version(), components.clock, closing.signal)
    clients.add(client)
    void client.run().finally(() => { clients.delete(client) })
  })
  server.maxConnections = maxClients
  const path = await listenFor(components, server)
  return {
    path,
    async close () {
      if (closing.signal.aborted) return
      const closed = new Promise<void>((resolve) => { server.close(() => { resolve() }) })
      closing.abort(new P2pChatError('ERR_CLOSED', `The p2pchat process that owned ${service.owner} is ending.`))
      const limit = deadline(components.clock, drainTimeoutMs)
      setMaxListeners(0, limit.signal)
      await Promise.all([...clients].map((client) => client.drain(limit.signal)))
      limit.clear()
      await closed
      await removeSocket(components.home, path)
    }
  }
}

/** Of a client that asks for more than this version knows. */
export const noParameter = (name: string): P2pChatError => ownerIsOlder(`parameter "${name}"`)

function chatService (node: ChatNode): ControlService {
  return {
    owner: 'this home',
    call (name, params) {
      if (!isMethod(name)) return undefined
      const method = METHODS[name]
      const checked = checkParams(method, params, noParameter)
      return { result: method.call(node, checked as never), repeatable: isRepeatable(method, checked) }
    },
    events: (params, signal) => node.events(checkParams(EVENTS, params, noParameter), signal)
  }
}

/** How systems say that a file system has no sockets, as those of USB sticks and of shared folders. */
const NO_SOCKETS = new Set(['EPERM', 'EACCES', 'EIO', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** In the home if that can be. @returns where it listens @throws ERR_HOME */
async function listenFor ({ home, env }: ControlSocketComponents, server: Server): Promise<string> {
  const usual = await claimUsualPath(home)
  if (usual !== null) {
    try {
      await listen(server, usual)
      return usual
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!NO_SOCKETS.has(code)) throw new P2pChatError('ERR_HOME', `The control socket ${usual} cannot be made.`, { cause: error })
    }
  }
  const other = await claimOtherPath(home, env)
  try {
    await listen(server, other)
    return other
  } catch (cause) {
    await removeSocket(home, other)
    throw new P2pChatError('ERR_HOME', `The control socket ${other} cannot be made.`, { cause })
  }
}

/** @throws what the system says; then it does not listen */
async function listen (server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => { server.off('error', reject); resolve() })
  })
  try {
    if (process.platform !== 'win32') await chmod(path, 0o600)
  } catch (error) {
    await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
    throw error
  }
}

class Client {
  readonly #socket: Socket
  readonly #service: ControlService
  readonly #version: string
  readonly #clock: Clock
  readonly #closing: AbortSignal
  readonly #gone = new AbortController()
  /** Aborted once the client says nothing more: it is answered still, but no subscription outlives its words. */
  readonly #silent = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor (socket: Socket, service: ControlService, version: string, clock: Clock, closing: AbortSignal) {
    this.#socket = socket
    this.#service = service
    this.#version = version
    this.#clock = clock
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
    this.#silent.abort()
    const answered = new AbortController()
    if (this.#running.size > 0) void this.#probe(AbortSignal.any([answered.signal, this.#gone.signal]))
    await Promise.allSettled(this.#running)
    answered.abort()
    this.#socket.end(() => { this.#socket.destroy() })
  }

  /** A client that was killed reads as one that says nothing more. Writing to it fails, which closes the socket and frees its place. */
  async #probe (over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.#write('\n')
      await sleep(this.#clock, probeMs, over).catch(() => {})
    }
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
    else if (method === 'events' && this.#service.events !== undefined) await this.#streamEvents(id, params, this.#service.events)
    else if (method === 'hello') await this.#write(answer(id, { pid: process.pid, version: this.#version }))
    else await this.#call(id, method, params)
  }

  async #call (id: RequestId, name: string, params: unknown): Promise<void> {
    let ran: string
    try {
      const called = this.#service.call(name, params)
      if (called === undefined) return await this.#write(failure(id, methodNotFound(name)))
      const { result, repeatable } = called
      const cut = repeatable ? await this.#unlessClosing(result) : { result: await result }
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

  /** Answered once with null; what ends it later is told by a notification, as an id is answered only once. */
  async #streamEvents (id: RequestId, params: unknown, subscribe: NonNullable<ControlService['events']>): Promise<void> {
    const { signal, clear } = eitherSignal(this.#gone.signal, this.#silent.signal, this.#closing)
    let events: AsyncIterable<object>
    try {
      events = subscribe(params, signal)
    } catch (error) {
      clear()
      return await this.#write(failure(id, toRpcError(asP2pChatError(error))))
    }
    await this.#write(answer(id, null))
    let ended: object = { id }
    try {
      for await (const event of events) await this.#write(notification('event', event))
    } catch (error) {
      if (!signal.aborted) ended = { id, error: toRpcError(asP2pChatError(error)) }
    }
    clear()
    await this.#write(notification('events-ended', ended))
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
