/**
 * From a relay to a direct connection: the side that was called through a relay may well be able to call back, and the one
 * that called may have given up on a slow address too soon. Both try, now and then, as long as there is no other way.
 */
import { asP2pChatError, isP2pChatError } from '../../errors.js'
import { isRelayAddress, type Channel, type Network } from '../../overlay/index.js'
import { PEER_PROTOCOL } from '../../protocol/ids.js'
import { sleep, type Clock, type Logger } from '../../runtime.js'
import { askAddresses } from '../pool/requests.js'
import { upgradeAfterMs, upgradeRetryMs, upgradeTimeoutMs } from './limits.js'

export interface UpgradesComponents {
  clock: Clock
  logger: Logger
  network: Network
  /** Where the device (in hex) can be dialled, as its locator says; empty also when it may not learn where this one is. */
  addressesOf: (device: string) => Promise<string[]>
  /** Whether the device may learn where this one is. */
  mayCall: (device: string) => Promise<boolean>
}

export class Upgrades {
  private readonly underWay = new Map<string, AbortController>()
  /** When a direct connection to a device was last tried: one that comes and goes is not tried at each turn. */
  private readonly triedAtMs = new Map<string, number>()
  private stopped = false

  constructor (private readonly components: UpgradesComponents) {}

  /** A channel opened, from either side. */
  onPeer (channel: Channel, device: string): void {
    if (channel.via === 'direct') {
      this.underWay.get(device)?.abort()
      return
    }
    if (this.underWay.has(device)) return
    const controller = new AbortController()
    this.underWay.set(device, controller)
    this.follow(channel, device, AbortSignal.any([controller.signal, channel.closed])).catch((error: unknown) => {
      if (!controller.signal.aborted && !channel.closed.aborted) this.components.logger.error({ error: asP2pChatError(error) }, 'a direct connection is not tried any more')
    }).finally(() => {
      this.underWay.delete(device)
      if (channel.closed.aborted) this.goOn(channel.remotePeer, device)
    }).catch(() => {})
  }

  stop (): void {
    this.stopped = true
    for (const controller of this.underWay.values()) controller.abort()
  }

  /** Both may have called, each through a relay of the other: one of the two channels may have outlived the one that was followed. */
  private goOn (peerId: string, device: string): void {
    const left = this.components.network.channels(PEER_PROTOCOL).filter((channel) => channel.remotePeer === peerId && !channel.closed.aborted)
    const [relayed] = left
    if (this.stopped || relayed === undefined || left.some(({ via }) => via === 'direct')) return
    this.onPeer(relayed, device)
  }

  /** Until the channel through the relay ends, or there is a direct one. Rejects when `signal` aborts. */
  private async follow (channel: Channel, device: string, signal: AbortSignal): Promise<void> {
    const { clock, logger, network } = this.components
    const sinceMs = Math.abs(clock.now() - (this.triedAtMs.get(device) ?? Number.NEGATIVE_INFINITY))
    for (let waitMs = Math.max(upgradeAfterMs, upgradeRetryMs - sinceMs); ; waitMs = upgradeRetryMs) {
      await sleep(clock, waitMs, signal)
      const addresses = await this.directAddresses(channel, device, signal)
      if (addresses.length === 0) continue
      this.triedAtMs.set(device, clock.now())
      try {
        await network.connect({ peerId: channel.remotePeer, addresses }, PEER_PROTOCOL, { direct: true, timeoutMs: upgradeTimeoutMs, signal })
        return
      } catch (error) {
        if (signal.aborted) throw error
        logger.debug({ device, code: asP2pChatError(error).code }, 'a device is still reached through a relay only')
      }
    }
  }

  /** Who tells them to contacts alone has none in the locator, and is asked. */
  private async directAddresses (channel: Channel, device: string, signal: AbortSignal): Promise<string[]> {
    const { logger, addressesOf, mayCall } = this.components
    const published = (await addressesOf(device)).filter(isDirect)
    if (published.length > 0 || !await mayCall(device)) return published
    try {
      return (await askAddresses(channel, { timeoutMs: upgradeTimeoutMs, signal })).filter(isDirect)
    } catch (error) {
      if (signal.aborted || !isP2pChatError(error)) throw error
      logger.debug({ device, code: error.code }, 'a device does not tell its addresses')
      return []
    }
  }
}

function isDirect (address: string): boolean {
  return !isRelayAddress(address)
}
