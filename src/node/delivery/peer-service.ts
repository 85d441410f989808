/** What this device answers to others directly: /p2pchat/peer/1. */
import { P2pChatError } from '../../errors.js'
import type { Channel, RequestContext } from '../../overlay/index.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxEnvelopeBytes, maxFrameBytes } from '../../protocol/limits.js'
import { DeliverRequest, DeliverResponse, PeerAddressesResponse, PrekeyTakeResponse } from '../../protocol/pb/service.js'
import type { Clock } from '../../runtime.js'
import type { Via } from '../chat-node.js'
import { toHex } from '../home/hex.js'
import type { Lane } from '../home/lane.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import type { Taken } from './inbox.js'
import { allStrangersBytes, bundlesForAll, bundlesPerPeer, contactBytes, deliveryCostBytes, maxDeliverEnvelopes, maxRatedPeers, plainBundleMs, refusedRetryMs, strangerBytes } from './limits.js'
import type { Peers } from './peers.js'
import { Allowances, useAll } from './rate.js'
import type { Receipts } from './receipts.js'

export interface PeerServiceComponents {
  lane: Lane
  clock: Clock
  prekeys: Prekeys
  peers: Peers
  receipts: Receipts
  /** Takes envelopes that came from this device, in order. */
  take: (envelopes: Uint8Array[], via: Via, sender: Uint8Array) => Promise<Taken[]>
  /** Whether the device is of an account with which messages were exchanged. */
  isOfContact: (device: string) => Promise<boolean>
  /** Whether the device may talk to this one directly. Default: every one. */
  isWelcome?: (device: string) => Promise<boolean>
  /** Where this device can be dialled itself, as far as the other one may know: at most maxAddresses multiaddrs. */
  addressesFor: (device: string) => Promise<string[]>
  /** Receipt envelopes that are due to the device for what it sent to groups; counted as handed over. */
  groupReceipts: (device: string, channel: Channel) => Promise<Uint8Array[]>
}

const ALL = 'all'

export class PeerService {
  private readonly bundles: { peer: Allowances, all: Allowances }
  private readonly bytes: { contact: Allowances, stranger: Allowances, allStrangers: Allowances }
  private plainBundle: { atMs: number, answer: Promise<Uint8Array> } | undefined

  constructor (private readonly components: PeerServiceComponents) {
    const { clock } = components
    this.bundles = { peer: new Allowances(clock, bundlesPerPeer, maxRatedPeers), all: new Allowances(clock, bundlesForAll, 1) }
    this.bytes = {
      contact: new Allowances(clock, contactBytes, maxRatedPeers),
      stranger: new Allowances(clock, strangerBytes, maxRatedPeers),
      allStrangers: new Allowances(clock, allStrangersBytes, 1)
    }
  }

  /**
   * peer/deliver: envelopes from the device at the other end, answered with the receipt that covers them.
   *
   * @throws ERR_RATE_LIMITED: the sender uses the mailbox then; also for who is not welcome
   */
  async deliver (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    await this.assertRate(channel, body.byteLength)
    const { envelopes } = decode(DeliverRequest, body, maxFrameBytes, 'A delivery')
    if (envelopes.length > maxDeliverEnvelopes || envelopes.some((envelope) => envelope.byteLength > maxEnvelopeBytes)) {
      throw new P2pChatError('ERR_LIMIT', `A delivery may hold at most ${maxDeliverEnvelopes} envelopes of ${maxEnvelopeBytes} bytes (limits maxDeliverEnvelopes and maxEnvelopeBytes).`)
    }
    const sender = ed25519FromPeerId(channel.remotePeer)
    this.components.peers.seen(toHex(sender))
    await this.components.take(envelopes, channel.via, sender)
    const receipt = await this.components.receipts.takeForAnswer(toHex(sender), channel)
    const forGroups = await this.components.groupReceipts(toHex(sender), channel)
    return encode(DeliverResponse, { receipts: [...(receipt === undefined ? [] : [receipt]), ...forGroups] })
  }

  /** peer/receipt @throws ERR_RATE_LIMITED */
  async receipt (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    await this.assertRate(channel, body.byteLength)
    await this.components.take([body], channel.via, ed25519FromPeerId(channel.remotePeer))
    return new Uint8Array(0)
  }

  /** peer/bundle: a bundle of this device, with a fresh one-time prekey for who does not ask too often. */
  async bundle ({ channel }: Pick<RequestContext, 'channel'>): Promise<Uint8Array> {
    const { lane, prekeys } = this.components
    await this.assertWelcome(channel.remotePeer)
    if (useAll(1, [[this.bundles.peer, channel.remotePeer], [this.bundles.all, ALL]]) > 0) return await this.bundleWithoutOneTime()
    return await lane.write(async (tx) => {
      const { signed } = await prekeys.currentSigned(tx)
      return encode(PrekeyTakeResponse, { signedPrekey: signed, oneTimePrekey: await prekeys.makeDirect(tx) })
    })
  }

  /** peer/addresses: where this device can be dialled, which its locator may not say; none for who may not know. @throws ERR_RATE_LIMITED */
  async addresses (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    await this.assertRate(channel, body.byteLength)
    return encode(PeerAddressesResponse, { addresses: await this.components.addressesFor(toHex(ed25519FromPeerId(channel.remotePeer))) })
  }

  private async bundleWithoutOneTime (): Promise<Uint8Array> {
    const { clock, lane, prekeys } = this.components
    const now = clock.now()
    if (this.plainBundle === undefined || Math.abs(now - this.plainBundle.atMs) >= plainBundleMs) {
      const answer = lane.write(async (tx) => encode(PrekeyTakeResponse, { signedPrekey: (await prekeys.currentSigned(tx)).signed }))
      this.plainBundle = { atMs: now, answer }
      answer.catch(() => { this.plainBundle = undefined })
    }
    return await this.plainBundle.answer
  }

  /** Who has to ask first, or is blocked, is not told so: there is the mailbox. */
  private async assertWelcome (remotePeer: string): Promise<void> {
    if (await this.components.isWelcome?.(toHex(ed25519FromPeerId(remotePeer))) ?? true) return
    throw new P2pChatError('ERR_RATE_LIMITED', 'Nothing can be taken directly now. Use the mailbox.', { retryAfterMs: refusedRetryMs })
  }

  private async assertRate ({ remotePeer }: Channel, bodyBytes: number): Promise<void> {
    const { contact, stranger, allStrangers } = this.bytes
    await this.assertWelcome(remotePeer)
    const isContact = await this.components.isOfContact(toHex(ed25519FromPeerId(remotePeer)))
    const retryAfterMs = useAll(bodyBytes + deliveryCostBytes, isContact ? [[contact, remotePeer]] : [[stranger, remotePeer], [allStrangers, ALL]])
    if (retryAfterMs === 0) return
    const limit = isContact ? 'limit contactBytes' : 'limits strangerBytes and allStrangersBytes'
    throw new P2pChatError('ERR_RATE_LIMITED', `Too much was sent directly in a short time (${limit}). Use the mailbox, or try again in ${Math.ceil(retryAfterMs / 1000)} seconds.`, { retryAfterMs })
  }
}
