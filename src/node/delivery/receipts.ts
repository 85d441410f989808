/** Gives receipts to the devices they are due to: in an answer, over an open channel, or into the one slot of a mailbox. */
import { isP2pChatError } from '../../errors.js'
import { encode } from '../../protocol/codec.js'
import { Receipt } from '../../protocol/pb/content.js'
import type { Channel } from '../../overlay/network.js'
import type { Clock, Logger, Random, Timer } from '../../runtime.js'
import { fromHex } from '../home/hex.js'
import type { Lane, Reader } from '../home/lane.js'
import { appendMail } from '../pool/requests.js'
import type { Sessions } from '../sessions/sessions.js'
import { Answers } from './answers.js'
import { encodeReceiptEnvelope } from './envelope.js'
import { clearReceiptDue, devicesWithDueReceipt, dueReceipt, findInChain, type DueReceipt } from './in-chain.js'
import { directTimeoutMs, receiptDelayMs, receiptRetryMs } from './limits.js'
import type { Peers } from './peers.js'
import { withoutLast } from './taken-marks.js'

export interface ReceiptsComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  deviceKey: Uint8Array
  sessions: Sessions
  peers: Peers
  poolChannel: () => Channel | undefined
  /** Default: everybody is. */
  isWelcome?: (reader: Reader, username: string | undefined) => Promise<boolean>
}

interface PreparedReceipt { due: DueReceipt, id: Uint8Array, envelope: Uint8Array }

export class Receipts {
  private readonly scheduled = new Map<string, { timer: Timer, isRetry: boolean }>()
  /** What goes to a device now. One after the other: an older receipt must not replace a newer one in its slot. */
  private readonly turns = new Map<string, Promise<void>>()
  private readonly answers: Answers
  private stopped = false

  constructor (private readonly components: ReceiptsComponents) {
    this.answers = new Answers(components.clock)
  }

  /** A receipt is due; it goes out soon, together with what becomes due meanwhile. */
  schedule (device: string): void {
    this.scheduleAfter(device, receiptDelayMs, false)
  }

  async scheduleAll (): Promise<void> {
    for (const device of await devicesWithDueReceipt(this.components.lane)) this.schedule(device)
  }

  /** The receipt that is due to a device, for the answer to its own request on this channel. */
  async takeForAnswer (device: string, channel: Channel): Promise<Uint8Array | undefined> {
    const due = await this.findDue(device)
    const prepared = due === undefined ? undefined : await this.prepare(device, due)
    if (prepared === undefined) return undefined
    this.answers.gave(device, prepared.due, channel, {
      given: () => { this.handedOver(device, prepared).catch((error: unknown) => { this.waits(device, error) }) },
      lost: () => { this.schedule(device) }
    })
    return prepared.envelope
  }

  /** Sends what is scheduled at once, and waits for it. */
  async stop (): Promise<void> {
    this.stopped = true
    this.answers.stop()
    for (const [device, { timer }] of this.scheduled) {
      timer.cancel()
      this.takeTurn(device)
    }
    this.scheduled.clear()
    await Promise.all(this.turns.values())
  }

  private scheduleAfter (device: string, delayMs: number, isRetry: boolean): void {
    const before = this.scheduled.get(device)
    if (this.stopped || (before !== undefined && (isRetry || !before.isRetry))) return
    before?.timer.cancel()
    const timer = this.components.clock.schedule(delayMs, () => {
      this.scheduled.delete(device)
      this.takeTurn(device)
    }, { unref: true })
    this.scheduled.set(device, { timer, isRetry })
  }

  private takeTurn (device: string): void {
    const before = this.turns.get(device) ?? Promise.resolve()
    const turn = before.then(async () => { await this.send(device) }).catch((error: unknown) => { this.waits(device, error) }).finally(() => { if (this.turns.get(device) === turn) this.turns.delete(device) })
    this.turns.set(device, turn)
  }

  private waits (device: string, error: unknown): void {
    this.components.logger.info({ device, code: isP2pChatError(error) ? error.code : undefined }, 'a receipt waits')
    this.scheduleAfter(device, receiptRetryMs, true)
  }

  private async send (device: string): Promise<void> {
    const due = await this.findDue(device)
    if (due === undefined || this.answers.tell(device, due)) return
    const prepared = await this.prepare(device, due)
    if (prepared === undefined) return
    if (!await this.sendDirectly(device, prepared)) {
      const server = this.components.poolChannel()
      if (server === undefined) return
      // One slot a sender: a newer receipt replaces the one that was not fetched yet.
      try {
        await appendMail(server, { mailbox: fromHex(device), entryId: prepared.id, envelope: prepared.envelope, slot: this.components.deviceKey }, this.components.clock.now())
      } catch (error) {
        // A device that its account has removed waits for no receipt.
        if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      }
    }
    await this.handedOver(device, prepared)
  }

  /** What became due before its account was blocked stays until that ends. */
  private async findDue (device: string): Promise<DueReceipt | undefined> {
    const { lane, sessions, isWelcome } = this.components
    const due = await dueReceipt(lane, device)
    if (due === undefined || isWelcome === undefined) return due
    return await isWelcome(lane, await sessions.usernameOf(lane, device)) ? due : undefined
  }

  private async sendDirectly (device: string, prepared: PreparedReceipt): Promise<boolean> {
    const channel = this.components.peers.open(device)
    if (channel === undefined) return false
    try {
      await channel.request('peer/receipt', prepared.envelope, { timeoutMs: directTimeoutMs })
      return true
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return false
    }
  }

  private async prepare (device: string, due: DueReceipt): Promise<PreparedReceipt | undefined> {
    const { lane, random, sessions, deviceKey } = this.components
    const { dropped = [], taken = new Uint8Array(0), expected } = await findInChain(lane, device, '')
    const receipt = encode(Receipt, {
      deliveredThrough: BigInt(due.deliveredThrough),
      readThrough: BigInt(due.readThrough),
      dropped: dropped.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) })),
      // While its account was not welcome more may have been taken than is told.
      taken: withoutLast(taken, expected - 1 - due.deliveredThrough)
    })
    const sealed = await sessions.sealReceipt(lane, device, receipt)
    if (sealed === undefined) return undefined
    const id = random.bytes(16)
    const route = { senderDevice: deviceKey, recipientDevice: fromHex(device) }
    return { due, id, envelope: encodeReceiptEnvelope(route, id, sealed) }
  }

  private async handedOver (device: string, prepared: PreparedReceipt): Promise<void> {
    await this.components.lane.write(async (tx) => { await clearReceiptDue(tx, device, prepared.due) })
  }
}
