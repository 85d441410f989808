import type { RelayPolicy } from '../../overlay/index.js'
import { ed25519FromPeerId, isEd25519PeerId } from '../../overlay/peer-id.js'
import type { Clock } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import type { Whereabouts } from '../news/whereabouts.js'

export interface RelayPolicyComponents {
  clock: Clock
  attachments: Attachments
  whereabouts: Whereabouts
}

/** A server relays for signed-in devices of its pool and for nobody else: to those that are attached to it, from any. */
export function relayPolicy ({ clock, attachments, whereabouts }: RelayPolicyComponents): RelayPolicy {
  return {
    mayReserve: (peerId) => isEd25519PeerId(peerId) && attachments.ofDevice(ed25519FromPeerId(peerId)).length > 0,
    mayDial: (peerId) => isEd25519PeerId(peerId) && whereabouts.ofDevice(ed25519FromPeerId(peerId), clock.now()).servers > 0
  }
}
