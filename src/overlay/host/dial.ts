import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, CODE_P2P_CIRCUIT, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import type { PeerAddress } from '../network.js'
import { nextAddressAfterMs } from './limits.js'
import type { Host } from './options.js'

/** What a transport needs of libp2p's PeerIds and addresses: in one place, so that it is loaded only with libp2p itself. */
export class Dialer {
  readonly #host: Host
  readonly #clock: Clock

  constructor (host: Host, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  connectionsTo (peerId: string): Connection[] {
    return this.#host.getConnections(peerIdFromString(peerId))
  }

  /** @throws ERR_UNREACHABLE, or what `signal` says */
  async dial (peer: PeerAddress, signal: AbortSignal): Promise<Connection> {
    return await dialPeer(this.#host, peer, this.#clock, signal)
  }
}

/**
 * A new connection to a peer, under the first of its addresses that answers. Addresses are tried in their order, each
 * with a short head start before the next: one that swallows packets does not use up the time of the others.
 */
async function dialPeer (host: Host, peer: PeerAddress, clock: Clock, signal: AbortSignal): Promise<Connection> {
  const addresses = dialable(peer)
  const [only] = addresses
  if (only === undefined) return await host.dial(peerIdFromString(peer.peerId), { signal })
  if (addresses.length === 1) return await dialAddress(host, peer.peerId, only, signal)
  const controller = new AbortController()
  const onAbort = (): void => { controller.abort(signal.reason) }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await firstToAnswer(host, peer.peerId, addresses, clock, controller.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
    controller.abort()
  }
}

async function firstToAnswer (host: Host, peerId: string, addresses: Multiaddr[], clock: Clock, signal: AbortSignal): Promise<Connection> {
  const attempts: Array<Promise<Connection>> = []
  const errors: unknown[] = []
  return await new Promise<Connection>((resolve, reject) => {
    let settled = false
    const attempt = (index: number): void => {
      const address = addresses[index]
      if (address === undefined || settled || attempts.length > index) return
      const dial = dialAddress(host, peerId, address, signal)
      attempts.push(dial)
      dial.then((connection) => {
        if (settled) connection.abort(new Error('Another address answered sooner.'))
        settled = true
        resolve(connection)
      }, (error: unknown) => {
        errors.push(error)
        if (errors.length < addresses.length) { attempt(index + 1); return }
        settled = true
        reject(new P2pChatError('ERR_UNREACHABLE', `No address of ${peerId} answered.`, { cause: new AggregateError(errors) }))
      })
      sleep(clock, nextAddressAfterMs, signal).then(() => { attempt(index + 1) }, () => {
        // The dial is over; there is no next one.
      })
    }
    attempt(0)
  })
}

/** libp2p joins dials to one PeerId into one queue, so each address is dialled without it and the identity checked here. */
async function dialAddress (host: Host, peerId: string, address: Multiaddr, signal: AbortSignal): Promise<Connection> {
  const connection = await host.dial(address, { signal })
  if (connection.remotePeer.toString() === peerId) return connection
  connection.abort(new Error('Another peer answers under this address.'))
  throw new P2pChatError('ERR_UNREACHABLE', `Another peer answers under ${address.toString()}.`)
}

/** The addresses without their own /p2p part, those through a relay with it; what is no multiaddr is left out. */
function dialable (peer: PeerAddress): Multiaddr[] {
  const texts = new Set<string>()
  for (const text of peer.addresses) {
    try {
      const address = multiaddr(text)
      const components = address.getComponents()
      const viaRelay = components.some(({ code }) => code === CODE_P2P_CIRCUIT)
      const named = components.at(-1)?.code === CODE_P2P
      if (viaRelay) texts.add((named ? address : address.encapsulate(`/p2p/${peer.peerId}`)).toString())
      else texts.add((named ? address.decapsulateCode(CODE_P2P) : address).toString())
    } catch {}
  }
  return [...texts].map((text) => multiaddr(text))
}
