import type { RelayPolicy } from '../../overlay/index.js'
import { ed25519FromPeerId, isEd25519PeerId } from '../../overlay/peer-id.js'
import type { Attachments } from '../directory/index.js'

/**
 * A server relays for signed-in devices of its pool and for nobody else: to those that are attached to it.
 *
 * @param service undefined until there is one
 */
export function relayPolicy (service: () => { attachments: Attachments } | undefined): RelayPolicy {
  const isAttached = (peerId: string): boolean => {
    return isEd25519PeerId(peerId) && (service()?.attachments.ofDevice(ed25519FromPeerId(peerId)).length ?? 0) > 0
  }
  return { mayReserve: isAttached, mayDial: isAttached }
}
