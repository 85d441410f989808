/** pool/home and pool/leaving: which servers are best for this device, in the words of the one that is asked. */
import { P2pChatError } from '../../errors.js'
import type { Channel, PeerAddress, RequestOptions } from '../../overlay/network.js'
import { peerIdFromEd25519 } from '../../overlay/index.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxAddresses, maxFrameBytes } from '../../protocol/limits.js'
import { HomeRequest, HomeResponse, LeavingNotification, type HomeServer } from '../../protocol/pb/service.js'
import { maxSpreadMs } from './limits.js'

export interface HomeAnswer {
  /** In the order in which to try them. They are what a server says: the caller takes only those of the roster. */
  homes: PeerAddress[]
  /** The answering server is the first of them. */
  isHere: boolean
  /** The newest that the answering server says it knows. */
  rosterVersion: number
}

export interface HomeQuestion {
  /** this device's key */
  mailbox: Uint8Array
  rosterVersion: number
  /** Another server has sent this device here. */
  sent: boolean
}

/** @throws ERR_UNSUPPORTED (a server that knows only itself), ERR_OVERLOADED */
export async function askHome (channel: Channel, { mailbox, rosterVersion, sent }: HomeQuestion, options: RequestOptions): Promise<HomeAnswer> {
  const body = await channel.request('pool/home', encode(HomeRequest, { mailbox, rosterVersion: BigInt(rosterVersion), sent }), options)
  const { homes, here, rosterVersion: known } = decode(HomeResponse, body, maxFrameBytes, 'An answer of a server')
  return { homes: homes.map(peerAddressOf), isHere: here, rosterVersion: Number(known) }
}

/** The notification pool/leaving. */
export function readLeaving (body: Uint8Array): { alternatives: PeerAddress[], spreadMs: number } {
  const { alternatives, spreadMs } = decode(LeavingNotification, body, maxFrameBytes, 'A notification of a server')
  return { alternatives: alternatives.map(peerAddressOf), spreadMs: Math.min(spreadMs, maxSpreadMs) }
}

function peerAddressOf ({ serverKey, addresses }: HomeServer): PeerAddress {
  if (serverKey.byteLength !== 32) throw new P2pChatError('ERR_INVALID_RECORD', 'The server named a server without a key; another one is tried.')
  return { peerId: peerIdFromEd25519(serverKey), addresses: addresses.slice(0, maxAddresses) }
}
