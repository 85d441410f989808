/**
 * Brings what is owed to one device to it: sealed once, tried over a direct channel, else put into its mailbox; again
 * with the same ids until the device says that it has it. One sender a device; it works when triggered and sleeps else.
 */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { Channel } from '../../overlay/network.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { DeliverRequest, DeliverResponse } from '../../protocol/pb/service.js'
import { findDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Via } from '../chat-node.js'
import { fromHex } from '../home/hex.js'
import { steadyNow } from '../home/home-time.js'
import type { Lane } from '../home/lane.js'
import { appendMail, takeBundle } from '../pool/requests.js'
import { Retry, type Outcome } from '../retry.js'
import type { Sessions } from '../sessions/sessions.js'
import { decodeEnvelope } from './envelope.js'
import { directRetryMs, directTimeoutMs, firstRetryMs, maxAnswerReceipts, maxBatchBytes, maxBatchEntries, maxParallelAppends, maxRetryMs, slowestBytesPerMs } from './limits.js'
import { findEntry, findSealed, listEntries, type NumberedEntry } from './outbox.js'
import type { Peers } from './peers.js'
import type { Progress } from './progress.js'
import type { Sealer } from './sealer.js'

export interface DeviceSenderComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: SelfEnd
  sessions: Sessions
  sealer: Sealer
  peers: Peers
  progress: Progress
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** The newest record of this account here. */
  ownRecord: () => Promise<VerifiedAccountRecord>
  /** The newest record of the account that a device belongs to; undefined when it may not be written to. */
  recordOf: (username: string) => Promise<VerifiedAccountRecord | undefined>
  /** A server does not know the device any more. */
  recordOutdated: (username: string) => void
  /** Takes a receipt envelope that came in an answer. */
  takeReceipt: (envelope: Uint8Array, device: string, via: Via) => Promise<void>
}

interface SealedEntry extends NumberedEntry { envelope: Uint8Array }

const done: Outcome = { kind: 'idle' }
const more: Outcome = { kind: 'again', progress: true }
/** No way to the device and no server: somebody will trigger when one is there. */
const noWay: Outcome = { kind: 'look', afterMs: directRetryMs }

export class DeviceSender {
  private readonly retry: Retry
  /** Entries up to here were handed over: stored, and not to be sent again for now. */
  private handedThrough = 0
  /** Counts restarts, so that a step under way does not undo one. */
  private restarts = 0

  constructor (private readonly device: string, private readonly username: string, private readonly components: DeviceSenderComponents) {
    const { clock, logger } = components
    this.retry = new Retry({
      clock,
      firstPauseMs: firstRetryMs,
      maxPauseMs: maxRetryMs,
      attempt: async () => await this.step(),
      failed: (error, known, delayMs) => {
        logger[known === undefined ? 'error' : 'info']({ device, code: known?.code, error: known === undefined ? error : undefined, delayMs }, 'messages wait; they are tried again')
      }
    })
  }

  /** There may be a new way to the device, or room in its mailbox. */
  trigger (): void {
    this.retry.trigger()
  }

  /** Something more is owed to it. */
  more (): void {
    this.retry.more()
  }

  /** From the first entry on, over whatever way there is now. */
  restart (): void {
    this.handedThrough = 0
    this.restarts++
    this.trigger()
  }

  async stop (): Promise<void> {
    await this.retry.stop()
  }

  private async step (): Promise<Outcome> {
    const { lane, peers, poolChannel, progress } = this.components
    const { restarts } = this
    const waiting = await listEntries(lane, this.device, { after: this.handedThrough, limit: maxBatchEntries })
    const batch = waiting.filter(({ entry }) => this.handedThrough === 0 || entry.state.kind !== 'stored')
    if (batch.length === 0) {
      this.handedOver(waiting.at(-1), restarts)
      return waiting.length < maxBatchEntries ? done : more
    }
    const direct = batch.every(({ entry }) => entry.noDial === true) ? peers.open(this.device) : await peers.reach(this.device)
    const server = poolChannel()
    if (direct === undefined && server === undefined) return noWay
    if (!await this.ensureSession(direct, server)) return noWay
    const sealed = await this.seal(batch)
    const left = direct === undefined ? sealed : await this.sendDirectly(direct, sealed)
    const unstored = left.filter(({ entry }) => entry.state.kind !== 'stored')
    if (unstored.length > 0) {
      const channel = poolChannel()
      if (channel === undefined) {
        // What the device took without acknowledging it is with it, as far as anybody knows.
        if (direct !== undefined) await lane.write(async (tx) => { for (const entry of unstored) await progress.sent(tx, this.device, entry, direct.via) })
        return noWay
      }
      await this.store(channel, unstored)
    }
    this.handedOver(sealed.at(-1), restarts)
    return more
  }

  private handedOver (last: NumberedEntry | undefined, restarts: number): void {
    if (last !== undefined && restarts === this.restarts) this.handedThrough = last.sequence
  }

  /** A session to seal in, begun with a bundle from the device itself or else from the directory. */
  private async ensureSession (direct: Channel | undefined, server: Channel | undefined): Promise<boolean> {
    const { lane, sessions, self, recordOf, recordOutdated } = this.components
    if (await sessions.hasSession(lane, this.device)) return true
    const record = await recordOf(this.username)
    const device = record === undefined ? undefined : findDevice(record, fromHex(this.device))
    if (record === undefined || device === undefined) return false
    const bundle = await this.fetchBundle(direct, server).catch((error: unknown) => {
      if (isP2pChatError(error, 'ERR_NOT_FOUND')) recordOutdated(this.username)
      throw error
    })
    await lane.write(async (tx) => {
      if (await sessions.hasSession(tx, this.device)) return
      const peer = { username: record.username, accountKey: record.accountKey, deviceKey: device.deviceKey, identityKey: device.identityKey }
      await sessions.begin(tx, self, peer, {
        signedPrekey: { id: bundle.signedPrekeyId, publicKey: bundle.signedPrekey },
        ...(bundle.oneTimePrekey === undefined ? {} : { oneTimePrekey: bundle.oneTimePrekey })
      })
    })
    return await sessions.hasSession(lane, this.device)
  }

  private async fetchBundle (direct: Channel | undefined, server: Channel | undefined): Promise<Awaited<ReturnType<typeof takeBundle>>> {
    const { clock } = this.components
    const device = fromHex(this.device)
    if (direct !== undefined) {
      try {
        return await takeBundle(direct, 'peer/bundle', device, clock.now(), { timeoutMs: directTimeoutMs })
      } catch (error) {
        if (server === undefined || !isP2pChatError(error)) throw error
        this.components.peers.avoid(this.device)
      }
    }
    if (server === undefined) throw new P2pChatError('ERR_NO_SERVER', 'Sorry, no rendezvous server is reachable.')
    return await takeBundle(server, 'prekeys/take', device, clock.now())
  }

  /** What of it leaves in one go; sealed now what is not yet. The session and the envelopes are durable before any of them leaves. */
  private async seal (batch: NumberedEntry[]): Promise<SealedEntry[]> {
    const { lane, sealer, ownRecord } = this.components
    const sealed = await Promise.all(batch.map(async (numbered) => ({ ...numbered, envelope: await findSealed(lane, this.device, numbered.sequence) })))
    if (sealed.every((one): one is SealedEntry => one.envelope !== undefined)) return firstBatch(sealed)
    const own = await ownRecord()
    return await lane.write(async (tx) => {
      const sealedEntries: SealedEntry[] = []
      let bytes = 0
      for (const { sequence } of batch) {
        // An acknowledgement may have taken it away meanwhile.
        const entry = await findEntry(tx, this.device, sequence)
        if (entry === undefined) continue
        const envelope = await sealer.seal(tx, this.device, { sequence, entry }, own)
        if (envelope === undefined) break
        sealedEntries.push({ sequence, entry, envelope })
        bytes += envelope.byteLength
        if (bytes > maxBatchBytes) break
      }
      return firstBatch(sealedEntries)
    })
  }

  /** Returns what the device did not acknowledge. */
  private async sendDirectly (channel: Channel, sealed: SealedEntry[]): Promise<SealedEntry[]> {
    const { lane, peers, progress, takeReceipt } = this.components
    try {
      const request = encode(DeliverRequest, { envelopes: sealed.map(({ envelope }) => envelope) })
      const timeoutMs = directTimeoutMs + Math.ceil(request.byteLength / slowestBytesPerMs)
      const answer = decode(DeliverResponse, await channel.request('peer/deliver', request, { timeoutMs }), maxFrameBytes, 'An answer')
      for (const receipt of answer.receipts.slice(0, maxAnswerReceipts)) await takeReceipt(receipt, this.device, channel.via)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      // Whether they arrived is unknown: the mailbox gets the same envelopes.
      peers.avoid(this.device)
      await lane.write(async (tx) => { for (const entry of sealed) await progress.sent(tx, this.device, entry, channel.via) })
    }
    const after = (sealed[0]?.sequence ?? 1) - 1
    const before = (sealed.at(-1)?.sequence ?? after) + 1
    const left = new Map((await listEntries(lane, this.device, { after, before })).map((numbered) => [numbered.sequence, numbered.entry]))
    return sealed.flatMap((one) => {
      const entry = left.get(one.sequence)
      return entry === undefined ? [] : [{ ...one, entry }]
    })
  }

  private async store (channel: Channel, entries: SealedEntry[]): Promise<void> {
    const queue = [...entries]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await this.storeOne(channel, next)
    }
    const results = await Promise.allSettled(Array.from({ length: maxParallelAppends }, worker))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  private async storeOne (channel: Channel, entry: SealedEntry): Promise<void> {
    const { lane, clock, progress, recordOutdated } = this.components
    try {
      const stored = await appendMail(channel, { mailbox: fromHex(this.device), entryId: decodeEnvelope(entry.envelope).id, envelope: entry.envelope }, await steadyNow(lane, clock))
      this.retry.progressed()
      await lane.write(async (tx) => { await progress.stored(tx, this.device, entry, stored) })
    } catch (error) {
      if (isP2pChatError(error, 'ERR_NOT_FOUND')) recordOutdated(this.username)
      throw error
    }
  }
}

/** As many as leave in one go: one at least. */
function firstBatch (sealed: SealedEntry[]): SealedEntry[] {
  let bytes = 0
  const tooMany = sealed.findIndex(({ envelope }, i) => {
    bytes += envelope.byteLength
    return i > 0 && bytes > maxBatchBytes
  })
  return tooMany === -1 ? sealed : sealed.slice(0, tooMany)
}
