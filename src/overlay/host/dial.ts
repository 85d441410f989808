import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import type { PeerAddress } from '../network.js'
import { isRelayAddress } from '../relay/addresses.js'
import { nextAddressAfterMs, relayAfterMs } from './limits.js'
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

  /** As Prober.probe. */
  async probe (peer: PeerAddress, signal: AbortSignal): Promise<string[]> {
    const peerId = peerIdFromString(peer.peerId)
    const tried = peer.addresses.map(async (text) => {
      const [address] = dialable({ peerId: peer.peerId, addresses: [text] })
      if (address === undefined) return []
      const connection = await dialAddress(this.#host, peer.peerId, address, signal)
      connection.close().catch((error: unknown) => { connection.abort(error instanceof Error ? error : new Error(String(error))) })
      return [text]
    })
    const answered = (await Promise.all(tried.map(async (answer) => await answer.catch(() => [])))).flat()
    // libp2p has noted what answered, and would tell a device's address to everybody who asks the DHT for it. A device tells none
    // itself: what was there before came from another probe, which may not be over yet.
    await this.#host.peerStore.patch(peerId, { addresses: [] })
    return answered
  }
}

interface Lane { addresses: Multiaddr[], next: number }

/**
 * A new connection to a peer, under the first of its addresses that answers. Addresses of its own are tried in their order,
 * each with a short head start before the next: one that swallows packets does not use up the time of the others. Beside
 * them, a little later, those through relays in theirs.
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
  const isRelayed = (address: Multiaddr): boolean => isRelayAddress(address.toString())
  const direct: Lane = { addresses: addresses.filter((address) => !isRelayed(address)), next: 0 }
  const relayed: Lane = { addresses: addresses.filter(isRelayed), next: 0 }
  const errors: unknown[] = []
  return await new Promise<Connection>((resolve, reject) => {
    let settled = false
    const later = (delayMs: number, work: () => void): void => {
      sleep(clock, delayMs, signal).then(() => { if (!settled) work() }, () => {
        // The dial is over; there is no next one.
      })
    }
    /** Tries the address with this number, unless that was done, and gives the next one its time. */
    const attempt = (lane: Lane, number: number): void => {
      const address = lane.addresses[number]
      if (settled || number < lane.next) return
      if (address === undefined) {
        // Nothing is left to wait for but the relays.
        if (lane === direct) attempt(relayed, 0)
        return
      }
      lane.next = number + 1
      dialAddress(host, peerId, address, signal).then((connection) => {
        if (settled) connection.abort(new Error('Another address answered sooner.'))
        settled = true
        resolve(connection)
      }, (error: unknown) => {
        errors.push(error)
        if (errors.length < addresses.length) { attempt(lane, number + 1); return }
        settled = true
        reject(new P2pChatError('ERR_UNREACHABLE', `No address of ${peerId} answered.`, { cause: new AggregateError(errors) }))
      })
      later(nextAddressAfterMs, () => { if (number + 1 < lane.addresses.length) attempt(lane, number + 1) })
    }
    attempt(direct, 0)
    if (direct.addresses.length > 0) later(relayAfterMs, () => { attempt(relayed, 0) })
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
      const named = address.getComponents().at(-1)?.code === CODE_P2P
      if (isRelayAddress(text)) texts.add((named ? address : address.encapsulate(`/p2p/${peer.peerId}`)).toString())
      else texts.add((named ? address.decapsulateCode(CODE_P2P) : address).toString())
    } catch {}
  }
  return [...texts].map((text) => multiaddr(text))
}
