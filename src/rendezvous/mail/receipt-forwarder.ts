import { asP2pChatError, isP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { DeliverRequest } from '../../protocol/pb/service.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import { maxForwardedReceiptBytes, maxForwardedReceipts, receiptForwardPauseMs, receiptForwardTimeoutMs, receiptGatherMs } from '../limits.js'

export interface ReceiptForwarderComponents {
  attachments: Attachments
  clock: Clock
  logger: Logger
}

/** What goes to one device in one request. */
interface Batch {
  envelopes: Uint8Array[]
  bytes: number
  taken: Promise<boolean>
}

/**
 * Hands receipts to devices that are connected here, without keeping them: many in one request, which the device answers
 * once they are on its disk. Whoever gave one is answered then, and gives it again after anything else, as ever. What a
 * message to fifty costs is mostly what its fifty receipts cost: kept, pushed and acknowledged, each is written five times.
 */
export class ReceiptForwarder {
  readonly #components: ReceiptForwarderComponents
  readonly #gathering = new WeakMap<Channel, Batch>()
  /** When the next batch of a channel may go: one after the other. */
  readonly #free = new WeakMap<Channel, Promise<void>>()
  /** Channels of devices that did not take any, and until when they are left alone. */
  readonly #avoided = new WeakMap<Channel, number>()

  constructor (components: ReceiptForwarderComponents) {
    this.#components = components
  }

  /** Whether the device has it on its disk now; if not, it is to be kept for it. Never rejects. */
  async forward (device: Uint8Array, envelope: Uint8Array): Promise<boolean> {
    const channel = this.#components.attachments.ofDevice(device).at(-1)?.channel
    if (channel === undefined || this.#isAvoided(channel)) return false
    const batch = this.#gathering.get(channel) ?? this.#begin(channel)
    if (batch.envelopes.length >= maxForwardedReceipts || batch.bytes + envelope.byteLength > maxForwardedReceiptBytes) return false
    batch.envelopes.push(envelope)
    batch.bytes += envelope.byteLength
    return await batch.taken
  }

  /** The first goes at once; what comes soon after it goes together. */
  #begin (channel: Channel): Batch {
    const batch: Batch = { envelopes: [], bytes: 0, taken: Promise.resolve(false) }
    batch.taken = (this.#free.get(channel) ?? Promise.resolve()).then(async () => {
      this.#gathering.delete(channel)
      return await this.#send(channel, batch.envelopes)
    })
    this.#gathering.set(channel, batch)
    this.#free.set(channel, batch.taken.then(async (isTaken) => { if (isTaken) await this.#pause() }))
    return batch
  }

  async #pause (): Promise<void> {
    await new Promise<void>((resolve) => { this.#components.clock.schedule(receiptGatherMs, resolve, { unref: true }) })
  }

  async #send (channel: Channel, envelopes: Uint8Array[]): Promise<boolean> {
    // The one before may have shown that it takes none.
    if (this.#isAvoided(channel)) return false
    const { clock, logger } = this.#components
    try {
      await channel.request('mailbox/receipts', encode(DeliverRequest, { envelopes }), { timeoutMs: receiptForwardTimeoutMs })
      return true
    } catch (error) {
      // A device of an older version takes them from its mailbox alone.
      const isOlder = isP2pChatError(error, 'ERR_UNSUPPORTED')
      this.#avoided.set(channel, isOlder ? Number.POSITIVE_INFINITY : clock.monotonicMs() + receiptForwardPauseMs)
      logger.debug({ error: asP2pChatError(error), peer: channel.remotePeer }, 'receipts were not taken, and are kept')
      return false
    }
  }

  #isAvoided (channel: Channel): boolean {
    return channel.closed.aborted || (this.#avoided.get(channel) ?? 0) > this.#components.clock.monotonicMs()
  }
}
