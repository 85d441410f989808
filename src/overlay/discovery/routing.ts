import type { PeerAddress } from '../network.js'

/** What discovery needs of the DHT. */
export interface ProviderRouting {
  /** Aborted when the node stops. */
  readonly stopped: AbortSignal
  /** DHT servers this node can ask. */
  readonly knownServers: number
  /** Calls the listener whenever a DHT server has connected. */
  onServer: (listener: () => void) => void
  /**
   * Tells the DHT that this node provides the key (32 bytes, a SHA-256 digest), and gives how many servers took it.
   * Waits for a first DHT server until `signal` aborts.
   */
  provide: (key: Uint8Array, signal: AbortSignal) => Promise<number>
  /** Providers as they are found. Waits for a first DHT server until `signal` aborts, then throws. */
  findProviders: (key: Uint8Array, signal: AbortSignal) => AsyncIterable<PeerAddress>
}
