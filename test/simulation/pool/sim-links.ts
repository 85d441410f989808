import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { askTimeoutMs } from '../../../src/rendezvous/links/limits.js'
import type { AskOptions, Links } from '../../../src/rendezvous/links/index.js'
import type { SimProcess } from './sim-node.js'

export interface SimLinksComponents {
  process: SimProcess
  /** one's own PeerId */
  self: string
  /** PeerIds of the newest roster that is known here. */
  servers: () => string[]
  /** The machine of a PeerId; undefined: nobody knows it. */
  nameOf: (peerId: string) => string | undefined
}

/** Links over the simulated network: one is up from a message that came through until one that did not. */
export class SimLinks implements Links {
  readonly #up = new Set<string>()
  readonly #listeners: Array<(peerId: string, isUp: boolean) => void> = []

  constructor (private readonly components: SimLinksComponents) {}

  others (): string[] {
    const { self, servers } = this.components
    return servers().filter((peerId) => peerId !== self)
  }

  isLinked (peerId: string): boolean {
    return this.#up.has(peerId)
  }

  onLink (listener: (peerId: string, isUp: boolean) => void): void {
    this.#listeners.push(listener)
  }

  async ask (peerId: string, method: string, body: Uint8Array, { timeoutMs = askTimeoutMs }: AskOptions = {}): Promise<Uint8Array> {
    const { process, nameOf, servers } = this.components
    const name = nameOf(peerId)
    if (name === undefined || !servers().includes(peerId)) throw new P2pChatError('ERR_UNREACHABLE', `The server ${peerId} is not in the roster of the pool.`)
    try {
      const answer = await process.request(name, method, body, { timeoutMs })
      this.heard(peerId)
      return answer
    } catch (error) {
      if (isP2pChatError(error, 'ERR_UNREACHABLE', 'ERR_TIMEOUT')) this.#set(peerId, false)
      else this.heard(peerId)
      throw error
    }
  }

  /** Something came from it. */
  heard (peerId: string): void {
    this.#set(peerId, true)
  }

  #set (peerId: string, isUp: boolean): void {
    if (this.#up.has(peerId) === isUp || (isUp && !this.others().includes(peerId))) return
    if (isUp) this.#up.add(peerId)
    else this.#up.delete(peerId)
    for (const listener of this.#listeners) listener(peerId, isUp)
  }
}
