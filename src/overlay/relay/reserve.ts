import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { pbStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import { HopMessage } from '../../protocol/pb/relay.js'
import { abortError, deadline, type Clock } from '../../runtime.js'
import { bestConnection, isRelayed } from '../host/connections.js'
import type { Host } from '../host/options.js'
import { relayAddresses } from './addresses.js'
import { exchangeTimeoutMs, maxMessageBytes } from './limits.js'
import { HOP_PROTOCOL, HopType, Status } from './messages.js'

export interface Reserved {
  /** The slot ends with it. */
  connection: Connection
  /** As Relays.reserve answers. */
  addresses: string[]
  expiresAtMs: number
}

/** Asks a server for a slot, or for more time, over the direct connection to it. Throws as Relays.reserve. */
export async function reserveSlot (host: Host, peerId: string, clock: Clock, signal: AbortSignal): Promise<Reserved> {
  const connection = bestConnection(host.getConnections(peerIdFromString(peerId)))
  if (connection === undefined || isRelayed(connection)) throw new P2pChatError('ERR_UNREACHABLE', `There is no direct connection to ${peerId}, which was to relay.`)
  const wait = deadline(clock, exchangeTimeoutMs, signal)
  try {
    const { addrs, expire } = await ask(connection, wait.signal)
    const relay = { peerId, seenUnder: connection.remoteAddr.toString(), addresses: addrs.flatMap(asText) }
    return { connection, addresses: relayAddresses(relay, host.peerId.toString()), expiresAtMs: Number(expire) * 1000 }
  } catch (error) {
    if (wait.signal.aborted) throw abortError(wait.signal)
    if (error instanceof Error && error.name === 'UnsupportedProtocolError') throw new P2pChatError('ERR_UNSUPPORTED', 'The server does not relay.', { cause: error })
    throw asP2pChatError(error, 'ERR_UNREACHABLE')
  } finally {
    wait.clear()
  }
}

async function ask (connection: Connection, signal: AbortSignal): Promise<NonNullable<HopMessage['reservation']>> {
  const stream = await connection.newStream(HOP_PROTOCOL, { signal })
  try {
    const messages = pbStream(stream, { maxDataLength: maxMessageBytes }).pb(HopMessage)
    await messages.write({ type: HopType.reserve }, { signal })
    const { type, status, reservation } = await messages.read({ signal })
    if (type !== HopType.status || status !== Status.ok || reservation === undefined) throw refusal(status)
    await stream.close({ signal })
    return reservation
  } catch (error) {
    stream.abort(asP2pChatError(error))
    throw error
  }
}

function asText (address: Uint8Array): string[] {
  try {
    return [multiaddr(address).toString()]
  } catch {
    return []
  }
}

function refusal (status: number | undefined): P2pChatError {
  switch (status) {
    case Status.permissionDenied: return new P2pChatError('ERR_NOT_PERMITTED', 'The server does not relay for this device.')
    case Status.reservationRefused:
    case Status.resourceLimitExceeded: return new P2pChatError('ERR_LIMIT', 'The server relays for as many devices as it may (limit maxReservations). It is asked again soon.')
    default: return new P2pChatError('ERR_UNREACHABLE', `The server gave no slot at its relay (status ${status ?? 'none'}).`)
  }
}
