import { isP2pChatError } from '../../errors.js'
import type { Channel, RequestOptions } from '../../overlay/network.js'

/** A server's channel as the rest of the client has it: what goes on there is seen, whoever asks. */
export class ServerChannel implements Channel {
  private openRequests = 0

  /** @param onRefused told when the server has too much to do and names others (pool addresses) */
  constructor (private readonly channel: Channel, private readonly onRefused: (alternatives: string[]) => void) {}

  get remotePeer (): string { return this.channel.remotePeer }
  get remoteAddress (): string { return this.channel.remoteAddress }
  get via (): 'direct' | 'relay' { return this.channel.via }
  get remoteCapabilities (): readonly string[] { return this.channel.remoteCapabilities }
  get closed (): AbortSignal { return this.channel.closed }

  /** Whether nobody waits for an answer. */
  get isIdle (): boolean {
    return this.openRequests === 0
  }

  async request (method: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array> {
    this.openRequests++
    try {
      return await this.channel.request(method, body, options)
    } catch (error) {
      if (isP2pChatError(error, 'ERR_OVERLOADED') && error.alternatives.length > 0) this.onRefused(error.alternatives)
      throw error
    } finally {
      this.openRequests--
    }
  }

  async notify (method: string, body: Uint8Array): Promise<void> {
    await this.channel.notify(method, body)
  }

  async close (): Promise<void> {
    await this.channel.close()
  }
}
