/** A client's side of relays: slots at servers, renewed while they are wanted. libp2p's transport dials and accepts circuits. */
import type { Connection } from '@libp2p/interface'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import { isRelayed } from '../host/connections.js'
import type { Gate } from '../host/gate.js'
import type { Host } from '../host/options.js'
import { maxRenewalMs, minRenewalMs } from './limits.js'
import type { Reserved } from './reserve.js'
import type { Relays } from './types.js'

export interface RelayClientComponents {
  clock: Clock
  logger: Logger
  gate: Gate
}

export interface RelayClientHost {
  host: Host
  /** As reserveSlot. */
  reserve: (peerId: string, signal: AbortSignal) => Promise<Reserved>
}

interface Slot {
  connection: Connection
  addresses: string[]
  renewal: Timer
}

export class RelayClient implements Relays {
  readonly #components: RelayClientComponents
  readonly #slots = new Map<string, Slot>()
  readonly #listeners = new Set<(peerId: string) => void>()
  readonly #stopped = new AbortController()
  #network: RelayClientHost | undefined

  constructor (components: RelayClientComponents) {
    this.#components = components
    components.gate.hasSlot = (relay) => this.#slots.has(relay)
  }

  /** Before the host starts. */
  attach (network: RelayClientHost): void {
    this.#network = network
    network.host.addEventListener('connection:close', ({ detail }) => {
      const peerId = detail.remotePeer.toString()
      if (this.#slots.get(peerId)?.connection.id === detail.id) this.#lose(peerId)
    })
  }

  stop (): void {
    this.#stopped.abort(new P2pChatError('ERR_CLOSED', 'The network was stopped.'))
    this.#listeners.clear()
    for (const peerId of [...this.#slots.keys()]) this.release(peerId)
  }

  async reserve (peerId: string, signal: AbortSignal): Promise<string[]> {
    const slot = this.#slots.get(peerId)
    if (slot?.connection.status === 'open') return slot.addresses
    return await this.#reserve(peerId, signal)
  }

  release (peerId: string): void {
    this.#slots.get(peerId)?.renewal.cancel()
    this.#slots.delete(peerId)
  }

  onLost (listener: (peerId: string) => void): void {
    this.#listeners.add(listener)
  }

  has (peerId: string): boolean {
    return this.#slots.has(peerId)
  }

  knowServers (isServer: (peerId: string) => boolean): void {
    this.#components.gate.isServer = isServer
  }

  restrict (isRestricted: boolean): void {
    const { gate } = this.#components
    gate.isRestricted = isRestricted
    for (const connection of this.#network?.host.getConnections() ?? []) {
      if (!isRelayed(connection) && !gate.allows(connection.remotePeer.toString())) connection.abort(new Error('Direct connections are not wanted any more.'))
    }
  }

  async #reserve (peerId: string, signal: AbortSignal): Promise<string[]> {
    const reserved = await this.#ask(peerId, signal)
    this.#keep(peerId, reserved)
    return reserved.addresses
  }

  async #ask (peerId: string, signal: AbortSignal): Promise<Reserved> {
    if (this.#network === undefined || this.#stopped.signal.aborted) throw new P2pChatError('ERR_CLOSED', 'The network is not running.')
    const reserved = await this.#network.reserve(peerId, signal)
    if (reserved.connection.status !== 'open') throw new P2pChatError('ERR_UNREACHABLE', `The connection to ${peerId}, which was to relay, has ended.`)
    return reserved
  }

  #keep (peerId: string, { connection, addresses, expiresAtMs }: Reserved): void {
    this.release(peerId)
    this.#slots.set(peerId, { connection, addresses, renewal: this.#scheduleRenewal(peerId, expiresAtMs) })
  }

  #scheduleRenewal (peerId: string, expiresAtMs: number): Timer {
    const { clock, logger } = this.#components
    // The server's clock may be anywhere.
    const delayMs = Math.max(minRenewalMs, Math.min(maxRenewalMs, (expiresAtMs - clock.now()) / 2))
    return clock.schedule(delayMs, () => {
      const slot = this.#slots.get(peerId)
      this.#ask(peerId, this.#stopped.signal).then((reserved) => {
        // It may have been released, or made anew, meanwhile.
        if (this.#slots.get(peerId) === slot) this.#keep(peerId, reserved)
      }).catch((error: unknown) => {
        if (this.#slots.get(peerId) !== slot) return
        logger.info({ relay: peerId, code: asP2pChatError(error).code }, 'a slot at a relay could not be renewed')
        this.#lose(peerId)
      })
    }, { unref: true })
  }

  #lose (peerId: string): void {
    if (!this.#slots.has(peerId)) return
    this.release(peerId)
    for (const listener of this.#listeners) listener(peerId)
  }
}
