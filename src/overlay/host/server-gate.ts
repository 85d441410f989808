import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import { addressGroup } from '../address-group.js'
import { maxOpenPerGroup, maxPendingPerGroup } from './limits.js'

interface Group { pending: number, open: number }

/** Which connections a server takes: so many of one group of addresses that nobody else is locked out. This machine may have any. */
export class ServerGate {
  readonly #groups = new Map<string, Group>()
  /** Those that have not finished their handshakes. */
  readonly #pending = new WeakMap<MultiaddrConnection, Group>()

  readonly gater: ConnectionGater = {
    denyInboundConnection: (connection) => !this.#admit(connection),
    denyInboundUpgradedConnection: (_, connection) => {
      this.#upgraded(connection)
      return false
    }
  }

  /** Groups with connections. */
  get size (): number {
    return this.#groups.size
  }

  #admit (connection: MultiaddrConnection): boolean {
    const name = addressGroup(connection.remoteAddr.toString())
    if (isThisMachine(name)) return true
    const group = this.#groups.get(name) ?? { pending: 0, open: 0 }
    if (connection.status !== 'open' || group.pending >= maxPendingPerGroup || group.pending + group.open >= maxOpenPerGroup) return false
    group.pending++
    this.#groups.set(name, group)
    this.#pending.set(connection, group)
    connection.addEventListener('close', () => {
      if (this.#pending.delete(connection)) group.pending--
      else group.open--
      if (group.pending + group.open === 0) this.#groups.delete(name)
    }, { once: true })
    return true
  }

  #upgraded (connection: MultiaddrConnection): void {
    const group = this.#pending.get(connection)
    if (group === undefined) return
    this.#pending.delete(connection)
    group.pending--
    group.open++
  }
}

/** 127.0.0.0/8, and ::1. */
function isThisMachine (group: string): boolean {
  return group.startsWith('127.') || group === '0:0:0:0'
}
