import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import type { StatusEvent, WaitRequest } from '../chat-node.js'
import type { EventHub, Subscription } from '../events/event-hub.js'
import { findById, isMessageId } from '../history/messages.js'
import { statusEvent } from '../history/view.js'
import type { Reader } from '../home/lane.js'
import { checkTimeout } from '../timeout.js'
import { reached } from './status.js'

export interface WaitComponents {
  reader: Reader
  clock: Clock
  hub: EventHub
  /** this account */
  username: string
}

const WAITED_FOR: ReadonlySet<string> = new Set<WaitRequest['state']>(['stored', 'delivered', 'read'])

/**
 * Waits until a message of this device has come as far as asked, or further.
 *
 * @throws ERR_PENDING after the timeout: it is kept and goes on; ERR_NOT_FOUND when there is none, or no way for it; ERR_USAGE
 */
export async function waitFor (components: WaitComponents, request: WaitRequest): Promise<StatusEvent> {
  checkTimeout(request.timeoutMs)
  if (!WAITED_FOR.has(request.state)) throw new P2pChatError('ERR_USAGE', `Messages are waited for until they are ${[...WAITED_FOR].join(', ')}.`)
  const controller = new AbortController()
  const timer = components.clock.schedule(request.timeoutMs, () => { controller.abort() })
  // Subscribed before the state is read: a change in between is in one of the two.
  const live = components.hub.subscribe()
  try {
    let status: StatusEvent | undefined = await currentStatus(components, request.id)
    while (status !== undefined) {
      if (reached(status.state, request.state)) return status
      if (status.state === 'expired') throw new P2pChatError('ERR_NOT_FOUND', 'The message could not be delivered and is not tried any more.')
      status = await nextStatus(live, request.id, controller.signal)
    }
    throw new P2pChatError('ERR_PENDING', `The message is kept and on its way, but not ${request.state} yet. Do not send it again; it goes on whenever p2pchat runs.`)
  } finally {
    timer.cancel()
    live.close()
  }
}

async function currentStatus ({ reader, username }: WaitComponents, id: string): Promise<StatusEvent> {
  const row = isMessageId(id) ? await findById(reader, username, id) : undefined
  const step = row?.sent?.steps.at(-1)
  if (row?.sent === undefined || step === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such message of this device.')
  return statusEvent(row, { ...step, state: row.sent.state })
}

/** Undefined when the wait was given up or the node has stopped. */
async function nextStatus (live: Subscription, id: string, signal: AbortSignal): Promise<StatusEvent | undefined> {
  for (;;) {
    const event = await live.next(signal)
    if (event === undefined || (event.event === 'status' && event.id === id)) return event
  }
}
