import { P2pChatError } from '../../errors.js'
import type { Channel, Service } from '../../overlay/network.js'

/**
 * A service as it is when only servers are listened to: any peer can open the protocol, and what servers bring passes none
 * of the gates that strangers stand at. What others notify is dropped; requests of theirs are refused (ERR_NOT_PERMITTED).
 *
 * @param isServer whether a PeerId is a server of the pool now
 */
export function forServers ({ requests, notifications = {} }: Pick<Service, 'requests' | 'notifications'>, isServer: (peerId: string) => boolean): Service {
  const isFromServer = ({ remotePeer }: Channel): boolean => isServer(remotePeer)
  return {
    requests: mapped(requests, (handle) => async (body, context) => {
      if (!isFromServer(context.channel)) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only a server of the pool may ask for this.')
      return await handle(body, context)
    }),
    notifications: mapped(notifications, (handle) => async (body, channel) => {
      if (isFromServer(channel)) await handle(body, channel)
    })
  }
}

function mapped<T> (table: Record<string, T>, change: (handler: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(table).map(([method, handler]) => [method, change(handler)]))
}
