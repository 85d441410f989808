/** A client as programs have it: nothing is asked of it before it runs, nor with arguments of other kinds than it takes. */
import { P2pChatError } from '../errors.js'
import type { ChatNode, EventsRequest, NodeEvent } from './chat-node.js'
import { chatNodeOver } from './chat-node-over.js'
import type { ClientNode } from './client-node.js'
import { checkParams, EVENTS, METHODS } from './methods.js'

export interface RunningNode extends ChatNode {
  /** Connects, delivers and receives from now on. Every other call is for a started node, else ERR_USAGE. */
  start: () => Promise<void>
  /** Ends cleanly: what is under way is finished or stays in the outbox. Every call after it is ERR_CLOSED. */
  stop: () => Promise<void>
}

export function checkedNode (node: ClientNode): RunningNode {
  let isStarted = false
  let isStopped = false
  const assertStarted = (): void => {
    if (isStopped) throw new P2pChatError('ERR_CLOSED', 'This node was stopped; createNode makes another one.')
    if (!isStarted) throw new P2pChatError('ERR_USAGE', 'Call start() first.')
  }
  async function * events (request?: EventsRequest, signal?: AbortSignal): AsyncGenerator<NodeEvent> {
    assertStarted()
    // Not by its class: test environments have signals of their own.
    if (signal !== undefined && typeof signal?.addEventListener !== 'function') throw new P2pChatError('ERR_USAGE', 'The second argument must be an AbortSignal.')
    yield * node.events(checkParams(EVENTS, request), signal)
  }
  return {
    ...chatNodeOver(async (name, params) => {
      assertStarted()
      return await METHODS[name].call(node, checkParams(METHODS[name], params) as never) as never
    }, events),
    async start () {
      await node.start()
      isStarted = true
    },
    async stop () {
      isStopped = true
      await node.stop()
    }
  }
}
