/** Channels to other devices: the open one, or one dialled within a second or two, or none for a while. */
import { isP2pChatError } from '../../errors.js'
import { isRelayAddress } from '../../overlay/index.js'
import type { Channel, Network } from '../../overlay/network.js'
import { peerIdFromEd25519 } from '../../overlay/peer-id.js'
import { PEER_PROTOCOL } from '../../protocol/ids.js'
import { deadline, raceSignal, type Clock, type Logger } from '../../runtime.js'
import { fromHex } from '../home/hex.js'
import { directRetryMs, directTimeoutMs, lateDialTimeoutMs, relayedTimeoutMs } from './limits.js'

export interface PeersComponents {
  network: Network
  clock: Clock
  logger: Logger
  /** Where a device can be dialled now; empty when it is offline or not to be known. */
  addressesOf: (device: string) => Promise<string[]>
}

export class Peers {
  /** Devices that could not be reached, when that was, and under which addresses; without them it did not answer at all. */
  private readonly outOfReach = new Map<string, { atMs: number, addresses?: string }>()

  constructor (private readonly components: PeersComponents) {}

  /** An open channel to the device. */
  open (device: string): Channel | undefined {
    const peerId = peerIdFromEd25519(fromHex(device))
    const open = this.components.network.channels(PEER_PROTOCOL).filter((channel) => channel.remotePeer === peerId && !channel.closed.aborted)
    return open.find(({ via }) => via === 'direct') ?? open.at(-1)
  }

  /** An open channel, else a new one unless the device was out of reach a moment ago. */
  async reach (device: string): Promise<Channel | undefined> {
    const open = this.open(device)
    const { clock, logger } = this.components
    const failed = this.outOfReach.get(device)
    // Also when the clock went back since.
    const isAvoided = failed !== undefined && Math.abs(clock.now() - failed.atMs) < directRetryMs
    if (isAvoided && (open !== undefined || failed.addresses === undefined)) return undefined
    if (open !== undefined) return open
    const addresses = await this.components.addressesOf(device)
    if (addresses.length === 0 || (isAvoided && failed.addresses === addresses.join())) return undefined
    try {
      return await this.dial(device, addresses)
    } catch (error) {
      logger.debug({ device, code: isP2pChatError(error) ? error.code : undefined }, 'a device could not be reached directly')
      this.outOfReach.set(device, { atMs: clock.now(), addresses: addresses.join() })
      return undefined
    }
  }

  /** Through a relay it may take long: the dial goes on when it is not waited for any more, and is of use to what comes later. */
  private async dial (device: string, addresses: string[]): Promise<Channel> {
    const { clock, network } = this.components
    const peer = { peerId: peerIdFromEd25519(fromHex(device)), addresses }
    if (!addresses.some(isRelayAddress)) return await network.connect(peer, PEER_PROTOCOL, { timeoutMs: directTimeoutMs })
    const wait = deadline(clock, relayedTimeoutMs)
    try {
      return await raceSignal(network.connect(peer, PEER_PROTOCOL, { timeoutMs: lateDialTimeoutMs }), wait.signal)
    } finally {
      wait.clear()
    }
  }

  /** The device did not answer: it is left alone for a while. */
  avoid (device: string): void {
    this.outOfReach.set(device, { atMs: this.components.clock.now() })
  }

  /** The device showed up by itself. */
  seen (device: string): void {
    this.outOfReach.delete(device)
  }
}

/** How long a device may take to be reached. */
export function dialTimeoutMs (addresses: readonly string[]): number {
  return addresses.some(isRelayAddress) ? relayedTimeoutMs : directTimeoutMs
}
