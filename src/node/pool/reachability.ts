/** How others reach this device: directly where they can, through its server where they may not be able to. */
import { asP2pChatError } from '../../errors.js'
import type { Channel, Network } from '../../overlay/index.js'
import { maxAddresses } from '../../protocol/limits.js'
import { sleep, type Clock, type Logger } from '../../runtime.js'
import { dialBackAnswerMs, firstRelayRetryMs, maxOwnAddresses, maxRelayRetryMs } from './limits.js'
import { reachesAll } from './relay-addresses.js'
import { dialBack } from './requests.js'

export interface ReachabilityComponents {
  clock: Clock
  logger: Logger
  network: Network
  /** Whether others may know this device's address; asked each time. */
  isRelayOnly: () => boolean
  /** Tells the server at the other end where this device is now. */
  publish: (channel: Channel) => Promise<void>
}

/** A slot at the relay of a server, by PeerId. */
interface Slot { server: string, addresses: string[] }

export class Reachability {
  private slot: Slot | undefined
  private server: Channel | undefined
  private following = new AbortController()
  private readonly lost = new Set<() => void>()

  constructor (private readonly components: ReachabilityComponents) {
    components.network.relays?.onLost(() => { for (const wake of this.lost) wake() })
  }

  /** What the locator for this server says, as multiaddrs. A slot at another one is of no use any more. */
  addresses (server: string): string[] {
    const { network, isRelayOnly } = this.components
    const relayed = this.slot?.server === server ? this.slot.addresses : []
    return [...isRelayOnly() ? [] : network.addresses().slice(0, maxOwnAddresses), ...relayed].slice(0, maxAddresses)
  }

  /** From now on this device is attached there. */
  onServer (channel: Channel): void {
    if (this.components.network.relays === undefined || channel === this.server) return
    this.begin(channel)
  }

  /** Others may know this device's address from now on, or may not any more. */
  async changed (): Promise<void> {
    const { server } = this
    if (server === undefined || server.closed.aborted) return
    this.begin(server)
    await this.components.publish(server)
  }

  stop (): void {
    this.server = undefined
    this.following.abort()
  }

  private begin (channel: Channel): void {
    this.stop()
    this.server = channel
    this.following = new AbortController()
    const signal = AbortSignal.any([this.following.signal, channel.closed])
    this.follow(channel, signal).catch((error: unknown) => {
      if (!signal.aborted) this.components.logger.error({ error: asP2pChatError(error) }, 'the relay is not looked after any more')
    })
  }

  /** Reserves a slot while one is needed, and again whenever it was lost. Rejects when `signal` aborts. */
  private async follow (channel: Channel, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.components
    for (let pauseMs = firstRelayRetryMs; ;) {
      try {
        if (!await this.needsRelay(channel, signal)) {
          await this.give(channel, undefined)
          return
        }
        await this.reserve(channel, signal)
        pauseMs = firstRelayRetryMs
        await this.untilLost(signal)
        logger.info({ relay: channel.remotePeer }, 'the slot at the relay was lost')
        this.slot = undefined
      } catch (error) {
        if (signal.aborted) throw error
        logger.info({ relay: channel.remotePeer, code: asP2pChatError(error).code, retryAfterMs: pauseMs }, 'there is no slot at the relay yet')
        await sleep(clock, pauseMs, signal)
        pauseMs = Math.min(maxRelayRetryMs, pauseMs * 2)
      }
    }
  }

  private async needsRelay (channel: Channel, signal: AbortSignal): Promise<boolean> {
    const { network, isRelayOnly } = this.components
    const own = network.addresses().slice(0, maxOwnAddresses)
    if (isRelayOnly() || own.length === 0) return true
    const answered = await dialBack(channel, own, { timeoutMs: dialBackAnswerMs, signal }).catch((error: unknown) => {
      if (signal.aborted) throw error
      return []
    })
    return !answered.some(reachesAll)
  }

  private async reserve (channel: Channel, signal: AbortSignal): Promise<void> {
    const server = channel.remotePeer
    const addresses = await this.components.network.relays?.reserve(server, signal) ?? []
    await this.give(channel, { server, addresses })
  }

  private async give (channel: Channel, slot: Slot | undefined): Promise<void> {
    const { relays } = this.components.network
    const before = this.slot
    this.slot = slot
    const isNews = before?.server !== slot?.server || before?.addresses.join() !== slot?.addresses.join()
    try {
      // A slot at another server was in no locator for this one.
      if (isNews && (slot !== undefined || before?.server === channel.remotePeer)) await this.components.publish(channel)
    } catch (error) {
      // It is news still, at the next try.
      if (this.slot === slot) this.slot = before
      if (slot !== undefined && slot.server !== this.slot?.server) relays?.release(slot.server)
      throw error
    }
    if (before !== undefined && before.server !== slot?.server) relays?.release(before.server)
  }

  private async untilLost (signal: AbortSignal): Promise<void> {
    const { network } = this.components
    await new Promise<void>((resolve, reject) => {
      const done = (settle: () => void): void => {
        this.lost.delete(look)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const look = (): void => { if (this.slot === undefined || network.relays?.has(this.slot.server) !== true) done(resolve) }
      const onAbort = (): void => { done(() => { reject(asP2pChatError(signal.reason)) }) }
      this.lost.add(look)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      else look()
    })
  }
}
