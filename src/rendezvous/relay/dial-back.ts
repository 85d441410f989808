/** directory/dial-back: whether a device can be dialled, tried from here. */
import type { RequestHandler } from '../../overlay/network.js'
import type { Prober } from '../../overlay/index.js'
import * as pb from '../../protocol/pb/service.js'
import { deadline, type Clock } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import { method } from '../method.js'
import type { Limiter } from '../rate/limiter.js'
import { dialBackCost, dialBackTimeoutMs, maxDialBackAddresses, maxDialBackBytes } from './limits.js'

export interface DialBackComponents {
  clock: Clock
  attachments: Attachments
  reads: Limiter
  /** Undefined: everybody can be dialled. */
  prober: Prober | undefined
}

export function dialBackHandlers ({ clock, attachments, reads, prober }: DialBackComponents): Record<string, RequestHandler> {
  return {
    'directory/dial-back': method({
      request: pb.DialBackRequest,
      response: pb.DialBackResponse,
      maxBytes: maxDialBackBytes,
      async answer ({ addresses }, { channel, signal }) {
        attachments.require(channel)
        reads.take(channel.remotePeer, dialBackCost)
        const tried = addresses.filter((address) => isOfHost(address, channel.remoteAddress)).slice(0, maxDialBackAddresses)
        if (prober === undefined || tried.length === 0) return { answered: prober === undefined ? addresses : [] }
        const wait = deadline(clock, dialBackTimeoutMs, signal)
        try {
          return { answered: await prober.probe({ peerId: channel.remotePeer, addresses: tried }, wait.signal) }
        } finally {
          wait.clear()
        }
      }
    })
  }
}

/** Nobody can have a server dial others: only the host that the device itself comes from, under whatever port. */
export function isOfHost (address: string, seenUnder: string): boolean {
  const host = hostOf(seenUnder)
  return host !== undefined && host === hostOf(address) && /^\/ip[46]\/[^/]+\/tcp\/\d+(\/p2p\/[^/]+)?$/.test(address)
}

function hostOf (multiaddr: string): string | undefined {
  const [, protocol, host] = multiaddr.split('/')
  return protocol === 'ip4' || protocol === 'ip6' ? host?.toLowerCase() : undefined
}
