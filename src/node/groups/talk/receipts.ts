/** Gives receipts to the devices that sent to groups: in an answer, over an open channel, or into their slot of a mailbox. */
import { lpAll, sha256 } from '../../../crypto/bytes.js'
import { sealGroupReceipt } from '../../../crypto/group/index.js'
import { isP2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import { encode } from '../../../protocol/codec.js'
import { Receipt } from '../../../protocol/pb/content.js'
import { GroupReceipt } from '../../../protocol/pb/group.js'
import type { Clock, Logger, Random, Timer } from '../../../runtime.js'
import { Answers } from '../../delivery/answers.js'
import { encodeGroupReceiptEnvelope } from '../../delivery/envelope.js'
import { directTimeoutMs, receiptRetryMs } from '../../delivery/limits.js'
import { fromHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { appendMail } from '../../pool/requests.js'
import type { GroupBook } from '../types.js'
import { clearDueReceipt, findDueReceipt, findInState, sendersWithDueReceipt, type DueGroupReceipt, type SendingDevice } from './in-tables.js'
import { groupReceiptDelayMs, maxGroupAnswerReceipts, maxReceiptSpreadMs, membersWithoutSpread, receiptSpreadMsPerMember } from './limits.js'
import type { TalkSelf } from './sealer.js'

export interface GroupReceiptsComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  self: TalkSelf
  book: Pick<GroupBook, 'receiptKey'>
  openPeers: () => ReadonlyMap<string, Channel>
  poolChannel: () => Channel | undefined
}

interface Prepared { due: DueGroupReceipt, id: Uint8Array, envelope: Uint8Array }
interface Scheduled { sender: SendingDevice, timer: Timer, isRetry: boolean }

export class GroupReceipts {
  /** By device, then by group and name. */
  private readonly scheduled = new Map<string, Map<string, Scheduled>>()
  /** What goes to a device now. One after the other: an older receipt must not replace a newer one in its slot. */
  private readonly turns = new Map<string, Promise<void>>()
  private readonly answers: Answers
  private stopped = false

  constructor (private readonly components: GroupReceiptsComponents) {
    this.answers = new Answers(components.clock)
  }

  /** A receipt is due; it goes out soon, together with what becomes due meanwhile. @param members of the group */
  schedule (sender: SendingDevice, members = 0): void {
    this.scheduleAfter(sender, groupReceiptDelayMs + this.spreadMs(members), false)
  }

  async scheduleAll (): Promise<void> {
    for (const sender of await sendersWithDueReceipt(this.components.lane)) this.schedule(sender)
  }

  /** Receipts that are due to a device, for the answer to its own request on this channel. */
  async takeForAnswer (device: string, channel: Channel): Promise<Uint8Array[]> {
    const due = [...this.scheduled.get(device)?.values() ?? []].slice(0, maxGroupAnswerReceipts)
    const envelopes: Uint8Array[] = []
    for (const { sender } of due) {
      const said = await findDueReceipt(this.components.lane, sender)
      const prepared = said === undefined ? undefined : await this.prepare(sender, said)
      if (prepared === undefined) continue
      this.unschedule(sender)
      envelopes.push(prepared.envelope)
      this.answers.gave(`${device}/${nameOf(sender)}`, prepared.due, channel, {
        given: () => { this.handedOver(sender, prepared).catch(() => { this.scheduleAfter(sender, receiptRetryMs, true) }) },
        lost: () => { this.schedule(sender) }
      })
    }
    return envelopes
  }

  /** Sends what is scheduled at once, and waits for it. */
  async stop (): Promise<void> {
    this.stopped = true
    this.answers.stop()
    const all = [...this.scheduled.values()].flatMap((senders) => [...senders.values()])
    for (const { sender } of all) {
      this.unschedule(sender)
      this.takeTurn(sender)
    }
    await Promise.all(this.turns.values())
  }

  private spreadMs (members: number): number {
    const mostMs = Math.min(maxReceiptSpreadMs, Math.max(0, members - membersWithoutSpread) * receiptSpreadMsPerMember)
    const [a = 0, b = 0] = mostMs === 0 ? [] : this.components.random.bytes(2)
    return Math.floor(mostMs * (a * 256 + b) / 65_536)
  }

  private scheduleAfter (sender: SendingDevice, delayMs: number, isRetry: boolean): void {
    const senders = this.scheduled.get(sender.device) ?? new Map<string, Scheduled>()
    const before = senders.get(nameOf(sender))
    if (this.stopped || (before !== undefined && (isRetry || !before.isRetry))) return
    before?.timer.cancel()
    const timer = this.components.clock.schedule(delayMs, () => {
      this.unschedule(sender)
      this.takeTurn(sender)
    }, { unref: true })
    senders.set(nameOf(sender), { sender, timer, isRetry })
    this.scheduled.set(sender.device, senders)
  }

  private unschedule (sender: SendingDevice): void {
    const senders = this.scheduled.get(sender.device)
    senders?.get(nameOf(sender))?.timer.cancel()
    senders?.delete(nameOf(sender))
    if (senders?.size === 0) this.scheduled.delete(sender.device)
  }

  private takeTurn (sender: SendingDevice): void {
    const { device } = sender
    const before = this.turns.get(device) ?? Promise.resolve()
    const turn = before.then(async () => { await this.send(sender) }).catch((error: unknown) => {
      this.components.logger.info({ device, code: isP2pChatError(error) ? error.code : undefined }, 'a receipt of a group waits')
      this.scheduleAfter(sender, receiptRetryMs, true)
    }).finally(() => { if (this.turns.get(device) === turn) this.turns.delete(device) })
    this.turns.set(device, turn)
  }

  private async send (sender: SendingDevice): Promise<void> {
    const due = await findDueReceipt(this.components.lane, sender)
    if (due === undefined || this.answers.tell(`${sender.device}/${nameOf(sender)}`, due)) return
    const prepared = await this.prepare(sender, due)
    if (prepared === undefined) return
    if (!await this.sendDirectly(sender.device, prepared)) {
      const server = this.components.poolChannel()
      if (server === undefined) return
      const { clock, self } = this.components
      // One slot a group and giver: a newer receipt replaces the one that was not fetched yet.
      const slot = sha256(lpAll('group receipt', fromHex(sender.id), self.deviceKey)).slice(0, 16)
      try {
        await appendMail(server, { mailbox: fromHex(sender.device), entryId: prepared.id, envelope: prepared.envelope, slot }, clock.now())
      } catch (error) {
        // A device that its account has removed waits for no receipt.
        if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      }
    }
    await this.handedOver(sender, prepared)
  }

  private async sendDirectly (device: string, prepared: Prepared): Promise<boolean> {
    const channel = this.components.openPeers().get(device)
    if (channel === undefined) return false
    try {
      await channel.request('peer/receipt', prepared.envelope, { timeoutMs: directTimeoutMs })
      return true
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return false
    }
  }

  private async prepare (sender: SendingDevice, due: DueGroupReceipt): Promise<Prepared | undefined> {
    const { lane, random, self, book, logger } = this.components
    const epoch = (await findInState(lane, sender))?.epoch ?? 0
    if (epoch === 0) return undefined
    const key = await book.receiptKey(lane, sender.id, epoch)
    if (key === undefined) {
      logger.info({ group: sender.id }, 'a receipt of an epoch that is long over is not given')
      await lane.write(async (tx) => { await clearDueReceipt(tx, sender, due) })
      return undefined
    }
    const recipientDevice = fromHex(sender.device)
    const header = { groupId: fromHex(sender.id), epoch, username: self.username, deviceKey: self.deviceKey, recipientDevice }
    const plaintext = encode(Receipt, { deliveredThrough: BigInt(due.deliveredThrough), readThrough: BigInt(due.readThrough), dropped: [] })
    const receipt = sealGroupReceipt(key, header, self.seed, plaintext, random)
    const id = random.bytes(16)
    return { due, id, envelope: encodeGroupReceiptEnvelope({ senderDevice: self.deviceKey, recipientDevice }, id, encode(GroupReceipt, { ...receipt, epoch: BigInt(epoch) })) }
  }

  private async handedOver (sender: SendingDevice, prepared: Prepared): Promise<void> {
    await this.components.lane.write(async (tx) => { await clearDueReceipt(tx, sender, prepared.due) })
  }
}

function nameOf ({ id, username }: SendingDevice): string {
  return `${id}/${username}`
}
