/**
 * Brings what was written to one group to its members' devices: sealed once, handed over the channels that are open
 * already, and by one upload to all others; again with the same bytes until it is stored for whoever has not acknowledged
 * it. One sender a group; it works when triggered and sleeps else.
 */
import { isP2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import { decode, encode } from '../../../protocol/codec.js'
import { maxFrameBytes } from '../../../protocol/limits.js'
import { DeliverRequest, DeliverResponse } from '../../../protocol/pb/service.js'
import type { Clock, Logger } from '../../../runtime.js'
import type { Via } from '../../chat-node.js'
import { decodeEnvelope } from '../../delivery/envelope.js'
import { directRetryMs, directTimeoutMs, firstRetryMs, maxAnswerReceipts, maxBatchBytes, maxRetryMs, slowestBytesPerMs } from '../../delivery/limits.js'
import { fromHex, toHex } from '../../home/hex.js'
import { steadyNow } from '../../home/home-time.js'
import type { Lane } from '../../home/lane.js'
import { Retry, type Outcome } from '../../retry.js'
import type { GroupBook } from '../types.js'
import { hasRemoved } from './identity.js'
import { maxGroupBatch, maxParallelUploads, roomRetryMs } from './limits.js'
import { findAudience, findEntry, listMarks, listSealed, type Audience, type Mark, type OutEntry } from './out-tables.js'
import type { GroupProgress } from './progress.js'
import { sendToGroup } from './requests.js'
import { Room } from './room.js'
import type { Sealer } from './sealer.js'

export interface GroupSenderComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  book: GroupBook
  sealer: Sealer
  progress: GroupProgress
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** Open channels to other devices, by device key in hex. */
  openPeers: () => ReadonlyMap<string, Channel>
  /** Takes a receipt envelope that came in a device's answer. */
  takeAnswer: (envelope: Uint8Array, device: string, via: Via) => Promise<void>
}

/** An envelope that is not stored for all of its devices. */
interface Unsent { sequence: number, envelope: Uint8Array, entry: OutEntry, devices: string[] }

export class GroupSender {
  private readonly retry: Retry
  private readonly room = new Room()
  private roomTriedAtMs = Number.NEGATIVE_INFINITY
  /** Up to here everything waits for room, or for nothing any more. */
  private partialThrough = 0
  /** Devices that did not answer directly, and until when they are left alone. */
  private readonly avoided = new Map<string, number>()

  constructor (private readonly id: string, private readonly components: GroupSenderComponents) {
    const { clock, logger, book } = components
    this.retry = new Retry({
      clock,
      firstPauseMs: firstRetryMs,
      maxPauseMs: maxRetryMs,
      attempt: async () => await this.step(),
      failed: (error, known, delayMs) => {
        // The server knows another log than we do.
        if (isP2pChatError(known, 'ERR_NOT_PERMITTED', 'ERR_NOT_FOUND')) book.readLog(id)
        logger[known === undefined ? 'error' : 'info']({ group: id, code: known?.code, error: known === undefined ? error : undefined, delayMs }, 'messages to a group wait; they are tried again')
      }
    })
  }

  /** There may be something to do, or a new way to do it. */
  trigger (): void {
    this.retry.trigger()
  }

  /** As trigger, and what found no room is tried again as well. */
  restart (): void {
    this.room.freeAll()
    this.trigger()
  }

  /** A device has taken some of its mail: that matters where something found no room there, or may be finding none just now. */
  roomAgain (device: string): void {
    if (this.room.free(device)) this.trigger()
  }

  async stop (): Promise<void> {
    await this.retry.stop()
  }

  private async step (): Promise<Outcome> {
    const nowMs = this.components.clock.now()
    // Also when the clock went back since.
    if (Math.abs(nowMs - this.roomTriedAtMs) >= roomRetryMs) {
      this.roomTriedAtMs = nowMs
      this.room.freeAll()
    }
    this.room.begin()
    try {
      const outcome = await this.handOverAll()
      if (this.room.end()) return { kind: 'again', progress: true }
      // Of mail of others, which may have filled a mailbox, nothing tells that it was taken.
      return outcome.kind === 'idle' && this.room.isAwaited ? { kind: 'look', afterMs: roomRetryMs } : outcome
    } catch (error) {
      this.room.breakOff()
      throw error
    }
  }

  private async handOverAll (): Promise<Outcome> {
    const { lane, book, sealer, progress, poolChannel } = this.components
    const isMember = (await book.sendingEpoch(lane, this.id)).kind !== 'not-member'
    const isMore = await lane.write(async (tx) => {
      if (isMember) return await sealer.seal(tx, this.id)
      await progress.abandon(tx, this.id)
      return false
    })
    let hasWay = await this.handOverNew()
    // After what nobody has yet.
    if (poolChannel() !== undefined && this.room.mayBe()) hasWay = await this.fillIn() && hasWay
    if (isMore) return { kind: 'again', progress: true }
    // Somebody triggers when a server is there; the devices themselves may come into reach unannounced.
    return hasWay ? { kind: 'idle' } : { kind: 'look', afterMs: directRetryMs }
  }

  /** What nobody has yet. False when there is no server for some who did not acknowledge. */
  private async handOverNew (): Promise<boolean> {
    // Without any way it is not gone through, however much waits.
    if (this.components.poolChannel() === undefined && (await this.openDevices()).size === 0) {
      return (await listSealed(this.components.lane, this.id, this.partialThrough, 1)).length === 0
    }
    let hasWay = true
    let isLeading = true
    for await (const page of this.sealedAfter(this.partialThrough)) {
      const unsent = await this.unsent(page, ({ state }) => state.kind !== 'partial')
      const through = unsent[0] === undefined ? page.at(-1)?.sequence : unsent[0].sequence - 1
      if (isLeading) this.partialThrough = through ?? this.partialThrough
      isLeading &&= unsent.length === 0
      for (const batch of batches(unsent)) hasWay = await this.handOver(batch) && hasWay
    }
    return hasWay
  }

  /** What waits for room, as long as there may be some. False as above. */
  private async fillIn (): Promise<boolean> {
    const isDue = ({ state }: OutEntry): boolean => state.kind === 'partial' && this.room.mayBe(state.full)
    let hasWay = true
    this.room.beginAll()
    for await (const page of this.sealedAfter(0)) {
      // The first alone: where there is no room for it, the others wait.
      for (const run of batches(await this.unsent(page, isDue)).flatMap((batch) => [batch.slice(0, 1), batch.slice(1)])) {
        const due = run.filter(({ entry }) => isDue(entry))
        if (due.length > 0) hasWay = await this.handOver(due) && hasWay
      }
      if (!this.room.mayBe()) return hasWay
    }
    this.room.endAll()
    return hasWay
  }

  private async * sealedAfter (sequence: number): AsyncGenerator<Array<{ sequence: number, envelope: Uint8Array }>> {
    for (let after = sequence; ;) {
      const page = await listSealed(this.components.lane, this.id, after, maxGroupBatch)
      yield page
      if (page.length < maxGroupBatch) return
      after = page.at(-1)?.sequence ?? after
    }
  }

  private async unsent (page: Array<{ sequence: number, envelope: Uint8Array }>, isDue: (entry: OutEntry) => boolean): Promise<Unsent[]> {
    const { lane } = this.components
    const audiences = new Map<number, Audience>()
    const unsent: Unsent[] = []
    for (const { sequence, envelope } of page) {
      const entry = await findEntry(lane, this.id, sequence)
      if (entry?.state.kind === 'partial') this.room.lacks(entry.state.full)
      if (entry === undefined || !isDue(entry)) continue
      const audience = audiences.get(entry.epoch) ?? await findAudience(lane, this.id, entry.epoch) ?? {}
      audiences.set(entry.epoch, audience)
      unsent.push({ sequence, envelope, entry, devices: Object.values(audience).flat() })
    }
    return unsent
  }

  /** False when there is no server for those who did not acknowledge. */
  private async handOver (batch: Unsent[]): Promise<boolean> {
    const { lane, poolChannel, progress } = this.components
    const before = await listMarks(lane, this.id)
    const open = await this.openDevices()
    const tries = new Map([...open].flatMap(([device, channel]): Array<[string, { channel: Channel, messages: Unsent[] }]> => {
      const messages = batch.filter(({ sequence, devices }) => devices.includes(device) && !has(before, device, sequence))
      return messages.length === 0 ? [] : [[device, { channel, messages }]]
    }))
    // Together: whoever is not connected does not wait for those who are.
    const direct = Promise.all([...tries].map(async ([device, { channel, messages }]) => { await this.deliver(device, channel, messages) }))
    const server = poolChannel()
    const first = server === undefined ? [] : await this.uploadAll(server, batch, ({ sequence, devices }) => devices.filter((device) => has(before, device, sequence) || tries.has(device)))
    await direct
    const after = await listMarks(lane, this.id)
    const left = batch.filter(({ sequence, devices }) => devices.some((device) => tries.has(device) && !has(after, device, sequence)))
    const channel = poolChannel()
    const second = channel === undefined ? [] : await this.uploadAll(channel, left, ({ sequence, devices }) => devices.filter((device) => has(after, device, sequence)))
    const failed = [...first, ...second].find((upload) => upload.kind === 'failed')
    for (const upload of [...first, ...second]) if (upload.kind === 'stored') this.room.isFull(upload.where.full)
    const stored = new Set<number>()
    await lane.write(async (tx) => {
      for (const message of batch) {
        const isLeft = left.includes(message)
        const upload = (isLeft ? second : first).find(({ sequence }) => sequence === message.sequence)
        if (upload?.kind !== 'stored') continue
        stored.add(message.sequence)
        await progress.stored(tx, this.id, message.sequence, { ...upload.where, full: upload.where.full.filter((device) => !has(after, device, message.sequence)) })
      }
      for (const { sequence, devices } of batch) {
        if (!stored.has(sequence) && devices.some((device) => tries.has(device)) && !devices.every((device) => has(after, device, sequence))) await progress.sent(tx, this.id, sequence)
      }
    })
    if (failed?.kind === 'failed') throw failed.error
    return batch.every(({ sequence, devices }) => stored.has(sequence) || devices.every((device) => has(after, device, sequence)))
  }

  /** Open channels to devices that are members' now, by the log and by their accounts; none while that is being settled. */
  private async openDevices (): Promise<Map<string, Channel>> {
    const { lane, book, clock, openPeers } = this.components
    const sending = await book.sendingEpoch(lane, this.id)
    const channels = openPeers()
    if (sending.kind !== 'ready' || channels.size === 0) return new Map()
    const now = clock.now()
    const open = new Map<string, Channel>()
    for (const { username, deviceKey } of sending.devices) {
      const hex = toHex(deviceKey)
      const channel = channels.get(hex)
      // Also when the clock went back since.
      const isAvoided = Math.abs(now - (this.avoided.get(hex) ?? Number.NEGATIVE_INFINITY)) < directRetryMs
      if (channel === undefined || isAvoided) continue
      const account = await book.accountOf(lane, this.id, username)
      if (account === undefined || !await hasRemoved(lane, username, deviceKey, account)) open.set(hex, channel)
    }
    return open
  }

  private async deliver (device: string, channel: Channel, messages: Unsent[]): Promise<void> {
    const request = encode(DeliverRequest, { envelopes: messages.map(({ envelope }) => envelope) })
    try {
      const timeoutMs = directTimeoutMs + Math.ceil(request.byteLength / slowestBytesPerMs)
      const answer = decode(DeliverResponse, await channel.request('peer/deliver', request, { timeoutMs }), maxFrameBytes, 'An answer')
      await Promise.all(answer.receipts.slice(0, maxAnswerReceipts).map(async (receipt) => { await this.components.takeAnswer(receipt, device, channel.via) }))
      this.avoided.delete(device)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      // Whether it arrived is unknown: the mailbox gets the same envelope.
      this.avoided.set(device, this.components.clock.now())
    }
  }

  /** @param except the devices that a message is not for any more; what is for nobody else is not uploaded */
  private async uploadAll (channel: Channel, messages: Unsent[], except: (message: Unsent) => string[]): Promise<Upload[]> {
    const queue = messages.map((message) => ({ message, without: except(message) })).filter(({ message, without }) => without.length < message.devices.length)
    const uploads: Upload[] = []
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) uploads.push(await this.upload(channel, next.message, next.without))
    }
    await Promise.all(Array.from({ length: maxParallelUploads }, worker))
    return uploads
  }

  private async upload (channel: Channel, { sequence, envelope }: Unsent, except: string[]): Promise<Upload> {
    try {
      const where = await sendToGroup(channel, {
        groupId: fromHex(this.id), entryId: decodeEnvelope(envelope).id, envelope, exceptDevices: except.map(fromHex)
      }, await steadyNow(this.components.lane, this.components.clock))
      return { kind: 'stored', sequence, where }
    } catch (error) {
      return { kind: 'failed', sequence, error }
    }
  }
}

type Upload =
  | { kind: 'stored', sequence: number, where: Awaited<ReturnType<typeof sendToGroup>> }
  | { kind: 'failed', sequence: number, error: unknown }

function has (marks: ReadonlyMap<string, Mark>, device: string, sequence: number): boolean {
  return (marks.get(device)?.deliveredThrough ?? 0) >= sequence
}

/** As many as fit into a frame. */
function batches (messages: Unsent[]): Unsent[][] {
  const batches: Unsent[][] = []
  let bytes = 0
  for (const message of messages) {
    const last = batches.at(-1)
    bytes += message.envelope.byteLength
    if (last !== undefined && bytes <= maxBatchBytes) {
      last.push(message)
      continue
    }
    batches.push([message])
    bytes = message.envelope.byteLength
  }
  return batches
}
