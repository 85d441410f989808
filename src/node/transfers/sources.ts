/** Where a file that comes in is fetched from. */
import { isP2pChatError } from '../../errors.js'
import type { Channel, Network, PeerAddress } from '../../overlay/network.js'
import { peerIdFromEd25519 } from '../../overlay/peer-id.js'
import { FILE_PROTOCOL } from '../../protocol/ids.js'
import type { Via } from '../chat-node.js'
import type { ChunkSource } from '../files/fetch/source.js'
import { maxFileFrameBytes } from '../files/limits.js'
import { openPeerSource } from '../files/transfer/peer-source.js'
import { fromHex } from '../home/hex.js'
import { bulkLink } from './bulk-link.js'
import { openStreamTimeoutMs } from './limits.js'
import type { InTransfer } from './records.js'

export interface SourcesComponents {
  network: Network
  poolChannel: () => Channel | undefined
  /** Where the device can be dialled now; empty when it is offline. */
  addressesOf: (username: string, device: string) => Promise<string[]>
}

/** From the sender's device, or from the pool. */
export type Way = 'direct' | 'mailbox'
export interface Found { source: ChunkSource, way: Way, via: Via }

/** The sender's device before the pool: it is nearer, and costs the pool nothing. Undefined when neither is there. */
export async function openSource (components: SourcesComponents, { from, device, fileId }: InTransfer, mayTry: (way: Way) => boolean, signal: AbortSignal): Promise<Found | undefined> {
  const { network, poolChannel, addressesOf } = components
  const tryOpen = async (peer: PeerAddress, name: string): Promise<Omit<Found, 'way'> | undefined> => {
    try {
      const stream = await network.openBulk(peer, FILE_PROTOCOL, { maxFrameBytes: maxFileFrameBytes, timeoutMs: openStreamTimeoutMs, signal })
      return { source: openPeerSource(name, bulkLink(stream), fromHex(fileId)), via: stream.via }
    } catch (error) {
      if (signal.aborted || !isP2pChatError(error)) throw error
      return undefined
    }
  }
  if (mayTry('direct')) {
    const addresses = await addressesOf(from, device)
    const peer = { peerId: peerIdFromEd25519(fromHex(device)), addresses }
    const opened = addresses.length === 0 ? undefined : await tryOpen(peer, `${from}'s device`)
    if (opened !== undefined) return { ...opened, way: 'direct' }
  }
  const server = poolChannel()
  if (server === undefined || !mayTry('mailbox')) return undefined
  const opened = await tryOpen({ peerId: server.remotePeer, addresses: [] }, 'a server of the pool')
  return opened === undefined ? undefined : { ...opened, way: 'mailbox', via: 'mailbox' }
}
