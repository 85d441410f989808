import { encode } from '../../../src/protocol/codec.js'
import type { Channel, Network, RequestContext, RequestHandler } from '../../../src/overlay/index.js'
import * as pb from '../../../src/protocol/pb/service.js'

/** What becomes of a request: `honest` is what a server that does not lie does with a body. */
export type Lie = (body: Uint8Array, honest: (body: Uint8Array) => Promise<Uint8Array>, context: RequestContext) => Promise<Uint8Array>

/** Stands between an honest server and its network, and lies for it. */
export class EvilServer {
  /** by method */
  lies: Record<string, Lie> = {}
  /** How often it has lied. */
  lied = 0
  readonly #channels = new Set<Channel>()

  readonly network = (network: Network): Network => {
    const serve = network.serve.bind(network)
    network.serve = (protocol, service) => {
      // A server adds what it answers while it starts.
      const requests = new Proxy(service.requests, {
        get: (all, method: string) => {
          const handler = all[method]
          return handler === undefined ? undefined : this.#handle(method, handler)
        }
      })
      serve(protocol, { ...service, requests })
    }
    return network
  }

  /** Tells everybody of a head. */
  async pushHead (head: pb.GroupHead): Promise<void> {
    await this.push('groups/head', encode(pb.GroupHead, head))
  }

  /** Tells everybody who has asked for something. */
  async push (method: string, body: Uint8Array): Promise<void> {
    for (const channel of this.#channels) if (!channel.closed.aborted) await channel.notify(method, body).catch(() => {})
  }

  /** Ends all channels: clients come back and ask anew. */
  async endChannels (): Promise<void> {
    for (const channel of this.#channels) await channel.close()
    this.#channels.clear()
  }

  #handle (method: string, handler: RequestHandler): RequestHandler {
    return async (body, context) => {
      this.#channels.add(context.channel)
      const lie = this.lies[method]
      if (lie === undefined) return await handler(body, context)
      this.lied++
      return await lie(body, async (honest) => await handler(honest, context), context)
    }
  }
}

/** A lie that changes the honest answer. */
export function changed<T> (type: { decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array }, change: (answer: T, body: Uint8Array) => T): Lie {
  return async (body, honest) => Uint8Array.from(type.encode(change(type.decode(await honest(body)), body)))
}
