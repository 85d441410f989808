/**
 * The messages of groups (docs/wire/groups.md, "A message", "Order" and "Receipts"): sealed once for everyone, brought over
 * the channels that are open and by one upload for all others, shown once and in order, and receipted. Who is a member
 * and which keys there are is the book's to say.
 */
import type { Channel, Network } from '../../../overlay/network.js'
import { ed25519FromPeerId } from '../../../overlay/peer-id.js'
import { PEER_PROTOCOL } from '../../../protocol/ids.js'
import { toHex } from '../../home/hex.js'
import { Talk, type GroupTalkComponents } from './talk.js'

export type { GroupTalkComponents, Talk } from './talk.js'
export { asRestoredTalk, GROUP_TALK_SHELF } from './in-tables.js'
export { countUnacknowledged } from './out-tables.js'
export { groupTrace } from './trace.js'

export function createGroupTalk (components: GroupTalkComponents): Talk {
  return new Talk(components)
}

/** What `openPeers` gives, for a network: it is asked for with every message. */
export function openPeersOf (network: Pick<Network, 'channels'>): () => ReadonlyMap<string, Channel> {
  const names = new WeakMap<Channel, string>()
  return () => {
    const open = new Map<string, Channel>()
    for (const channel of network.channels(PEER_PROTOCOL)) {
      if (channel.closed.aborted) continue
      const name = names.get(channel) ?? toHex(ed25519FromPeerId(channel.remotePeer))
      names.set(channel, name)
      open.set(name, channel)
    }
    return open
  }
}
