/**
 * A ChatNode for a home, whoever owns it: the process that serves the home's control socket if there is one, else this
 * process, which then serves it. When the owner ends in between, the next call finds or becomes the next one.
 */
import { isP2pChatError, P2pChatError } from '../errors.js'
import type { ChatNode, EventsRequest, NodeEvent } from '../node/chat-node.js'
import { chatNodeOver } from '../node/chat-node-over.js'
import { METHODS } from '../node/methods.js'
import { deadline, sleep, type Clock, type Random } from '../runtime.js'
import { drainTimeoutMs, findSocketPath, remoteChatNode, serveControl, type RemoteChatNode } from './control/index.js'

/** What is on disk is safe at any moment; goodbyes to the network are not worth more than this. */
const stopTimeoutMs = 5_000
/** What an owner takes at most to end: it answers what it has begun, then says goodbye to the network. */
export const closeTimeoutMs = drainTimeoutMs + stopTimeoutMs
/** How long a starter waits for the owner of the moment: another one-shot command ends or begins to serve. */
const ownerWaitMs = closeTimeoutMs + 5_000
const ownerRetryMs = 50
/** An owner that is busy answers late; one that was stopped never does. */
const helloTimeoutMs = 5_000

export type OwnedNode = ChatNode & { start: () => Promise<void>, stop: () => Promise<void> }

export interface OpenNodeComponents {
  clock: Clock
  random: Random
  env: Record<string, string | undefined>
  /** Takes the home's lock. Rejects with ERR_STORE_LOCKED when another process has it. */
  createNode: (options: { home: string, pool: string[] }) => Promise<OwnedNode>
}

export interface OpenNodeOptions {
  /** absolute path */
  home: string
  /** Pool addresses given on the command line; empty: those that the home remembers. */
  pool: string[]
  signal: AbortSignal
}

export interface OpenedNode {
  node: ChatNode
  /** Rejects with ERR_TIMEOUT when the node does not stop in time. */
  close: () => Promise<void>
}

interface Owner {
  node: ChatNode
  /** null: this process. */
  remote: RemoteChatNode | null
  close: () => Promise<void>
}

/** @throws ERR_STORE_LOCKED when the owner does not answer, and what createNode and usePool throw */
export async function openNode (components: OpenNodeComponents, options: OpenNodeOptions): Promise<OpenedNode> {
  const session = new Session(components, options)
  await session.owner()
  return {
    node: chatNodeOver((name, params) => session.call(name, params), (request = {}, signal = new AbortController().signal) => session.events(request, signal)),
    close: () => session.close()
  }
}

class Session {
  readonly #components: OpenNodeComponents
  readonly #options: OpenNodeOptions
  #owner: Promise<Owner> | null = null
  #closed = false

  constructor (components: OpenNodeComponents, options: OpenNodeOptions) {
    this.#components = components
    this.#options = options
  }

  async owner (): Promise<Owner> {
    if (this.#closed) throw new P2pChatError('ERR_CLOSED', 'This home was closed.')
    this.#owner ??= this.#find().catch((error: unknown) => {
      this.#owner = null
      throw error
    })
    return await this.#owner
  }

  async call (name: keyof typeof METHODS, params: object): Promise<never> {
    let asked = params
    for (;;) {
      const owner = await this.owner()
      if (owner.remote !== null) asked = this.#withId(name, asked)
      try {
        return await METHODS[name].call(owner.node, asked as never) as never
      } catch (error) {
        if (owner.remote?.lost.aborted !== true || this.#closed) throw error
        this.#forget(owner)
        if (!isP2pChatError(error, 'ERR_CLOSED')) throw error
      }
    }
  }

  /** What can be asked again under an id has one, should the owner be killed in the middle. An id is for one recipient. */
  #withId (name: keyof typeof METHODS, params: object): object {
    const { id, names, groups } = params as { id?: string, names?: string[], groups?: string[] }
    if (METHODS[name].repeatable !== 'with-id' || id !== undefined || (names ?? groups ?? ['']).length !== 1) return params
    return { ...params, id: Buffer.from(this.#components.random.bytes(16)).toString('hex') }
  }

  async * events (request: EventsRequest, signal: AbortSignal): AsyncGenerator<NodeEvent> {
    let after = request.after
    while (!signal.aborted && !this.#closed) {
      const owner = await this.owner()
      for await (const event of owner.node.events({ ...request, ...(after === undefined ? {} : { after }) }, signal)) {
        if ('cursor' in event) after = event.cursor
        yield event
      }
      if (owner.remote === null || signal.aborted) return
      // An owner that ends closes the streams first, and still answers what it has begun: nothing of that may be cut.
      const { lost } = owner.remote
      await sleep(this.#components.clock, closeTimeoutMs, AbortSignal.any([lost, signal])).catch(() => {})
      if (lost.aborted) this.#forget(owner)
    }
  }

  async close (): Promise<void> {
    this.#closed = true
    const owner = await this.#owner?.catch(() => null)
    await owner?.close()
  }

  /** Of an owner that is ending or gone, which closes the connection itself once all that it has begun is answered. */
  #forget (owner: Owner): void {
    void this.#owner?.then((current) => { if (current === owner) this.#owner = null })
  }

  async #find (): Promise<Owner> {
    const { clock } = this.#components
    const { home, signal } = this.#options
    const limit = deadline(clock, ownerWaitMs, signal)
    try {
      for (;;) {
        const owner = await this.#ask() ?? await this.#become()
        if (owner !== null) return owner
        await sleep(clock, ownerRetryMs, limit.signal)
      }
    } catch (error) {
      if (signal.aborted || !isP2pChatError(error, 'ERR_TIMEOUT')) throw error
      throw new P2pChatError('ERR_STORE_LOCKED', `Another p2pchat process owns ${home} and does not answer. End it, or name another folder with --home.`, { cause: error })
    } finally {
      limit.clear()
    }
  }

  async #ask (): Promise<Owner | null> {
    const { home, pool, signal } = this.#options
    const path = await findSocketPath(home)
    const remote = path === null ? null : await remoteChatNode(path)
    if (remote === null) return null
    const limit = deadline(this.#components.clock, helloTimeoutMs, signal)
    try {
      await unlessAborted(remote.hello(), limit.signal)
      await usePool(remote.node, pool)
    } catch (error) {
      remote.close()
      if (isP2pChatError(error, 'ERR_CLOSED')) return null
      throw error
    } finally {
      limit.clear()
    }
    return { node: remote.node, remote, close: async () => { remote.close() } }
  }

  /** Null when another process has the home's lock. */
  async #become (): Promise<Owner | null> {
    const { clock, env, createNode } = this.#components
    const { home, pool } = this.#options
    const node = await createNode({ home, pool }).catch((error: unknown) => {
      if (isP2pChatError(error, 'ERR_STORE_LOCKED')) return null
      throw error
    })
    if (node === null) return null
    try {
      await node.start()
      const control = await serveControl({ node, clock, home, env })
      return {
        node,
        remote: null,
        async close () {
          await control.close()
          const limit = deadline(clock, stopTimeoutMs)
          await unlessAborted(node.stop(), limit.signal).finally(() => { limit.clear() })
        }
      }
    } catch (error) {
      await node.stop()
      throw error
    }
  }
}

/** Tells an owner of the pool given on this command line, unless it knows it. */
async function usePool (node: ChatNode, pool: string[]): Promise<void> {
  if (pool.length === 0) return
  const { account, connection } = await node.status()
  const known = account?.poolAddresses ?? []
  if (connection.kind === 'no-pool' || !pool.every((address) => known.some((one) => holdsAddress(one, address)))) await node.usePool(pool)
}

/** Whether a pool address (`p2pchat:POOL@ADDRESS,…`) has every entry of another; where they differ the owner decides. */
function holdsAddress (known: string, given: string): boolean {
  const [pool, entries = ''] = known.split('@')
  const [givenPool, givenEntries = ''] = given.split('@')
  return pool === givenPool && givenEntries.split(',').every((entry) => entries.split(',').includes(entry))
}

/** Rejects with the signal's reason when it aborts first. */
export async function unlessAborted<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      const reason: unknown = signal.reason
      reject(reason instanceof P2pChatError ? reason : new P2pChatError('ERR_ABORTED', 'Cancelled.', { cause: reason }))
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
