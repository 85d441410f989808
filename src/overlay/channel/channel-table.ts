import type { Channel } from '../network.js'
import { maxChannelsPerPeer } from './limits.js'

/** Open channels by protocol and peer. Usually one each; two when both sides dialled at once or one silently lost its own. */
export class ChannelTable {
  readonly #protocols = new Map<string, Map<string, Channel[]>>()

  /** Returns the oldest channels of the same peer, when it has too many now: they are to be closed. */
  add (protocol: string, channel: Channel): Channel[] {
    const peers = this.#protocols.get(protocol) ?? new Map<string, Channel[]>()
    this.#protocols.set(protocol, peers)
    const channels = [...peers.get(channel.remotePeer) ?? [], channel]
    peers.set(channel.remotePeer, channels)
    return channels.slice(0, Math.max(0, channels.length - maxChannelsPerPeer))
  }

  remove (protocol: string, channel: Channel): void {
    const peers = this.#protocols.get(protocol)
    const left = peers?.get(channel.remotePeer)?.filter((other) => other !== channel) ?? []
    if (left.length === 0) peers?.delete(channel.remotePeer)
    else peers?.set(channel.remotePeer, left)
  }

  /** A direct channel before one through a relay; then the one that was opened last: of two, the one more likely to be alive. */
  best (protocol: string, peerId: string): Channel | undefined {
    const channels = this.of(protocol, peerId)
    return channels.findLast(({ via }) => via === 'direct') ?? channels.at(-1)
  }

  of (protocol: string, peerId: string): readonly Channel[] {
    return this.#protocols.get(protocol)?.get(peerId) ?? []
  }

  all (protocol: string): Channel[] {
    return [...this.#protocols.get(protocol)?.values() ?? []].flat()
  }

  everything (): Channel[] {
    return [...this.#protocols.keys()].flatMap((protocol) => this.all(protocol))
  }
}
