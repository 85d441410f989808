/** What this device answers to others directly: /p2pchat/peer/1. */
import { P2pChatError } from '../../errors.js'
import type { RequestContext } from '../../overlay/index.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxEnvelopeBytes, maxFrameBytes } from '../../protocol/limits.js'
import { DeliverRequest, DeliverResponse, PrekeyTakeResponse } from '../../protocol/pb/service.js'
import type { Via } from '../chat-node.js'
import { toHex } from '../home/hex.js'
import type { Lane } from '../home/lane.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import type { Taken } from './inbox.js'
import { maxDeliverEnvelopes } from './limits.js'
import type { Peers } from './peers.js'
import type { Receipts } from './receipts.js'

export interface PeerServiceComponents {
  lane: Lane
  prekeys: Prekeys
  peers: Peers
  receipts: Receipts
  /** Takes envelopes that came from this device, in order. */
  take: (envelopes: Uint8Array[], via: Via, sender: Uint8Array) => Promise<Taken[]>
}

export class PeerService {
  constructor (private readonly components: PeerServiceComponents) {}

  /** peer/deliver: envelopes from the device at the other end, answered with the receipt that covers them. */
  async deliver (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    const { envelopes } = decode(DeliverRequest, body, maxFrameBytes, 'A delivery')
    if (envelopes.length > maxDeliverEnvelopes || envelopes.some((envelope) => envelope.byteLength > maxEnvelopeBytes)) {
      throw new P2pChatError('ERR_LIMIT', `A delivery may hold at most ${maxDeliverEnvelopes} envelopes of ${maxEnvelopeBytes} bytes.`)
    }
    const sender = ed25519FromPeerId(channel.remotePeer)
    this.components.peers.seen(toHex(sender))
    await this.components.take(envelopes, channel.via, sender)
    const receipt = await this.components.receipts.takeForAnswer(toHex(sender))
    return encode(DeliverResponse, { receipts: receipt === undefined ? [] : [receipt] })
  }

  /** peer/receipt */
  async receipt (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    await this.components.take([body], channel.via, ed25519FromPeerId(channel.remotePeer))
    return new Uint8Array(0)
  }

  /** peer/bundle: a bundle of this device with a fresh one-time prekey. */
  async bundle (): Promise<Uint8Array> {
    const { lane, prekeys } = this.components
    return await lane.write(async (tx) => {
      const { signed } = await prekeys.currentSigned(tx)
      return encode(PrekeyTakeResponse, { signedPrekey: signed, oneTimePrekey: await prekeys.makeDirect(tx) })
    })
  }
}
