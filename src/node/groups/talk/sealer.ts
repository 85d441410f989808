/** Seals what waits for a group, in the order in which it was written, once the group has keys for it. */
import { forgetChain, sealOnChain, type SenderChain } from '../../../crypto/group/index.js'
import { P2pChatError } from '../../../errors.js'
import { encode } from '../../../protocol/codec.js'
import { GroupMessage } from '../../../protocol/pb/group.js'
import type { GroupDevice } from '../../../records/group/index.js'
import type { Clock, Random } from '../../../runtime.js'
import { findRecord } from '../../contacts/contacts.js'
import { encodeGroupEnvelope } from '../../delivery/envelope.js'
import { maxEpochStarts } from '../../delivery/limits.js'
import { contentOf } from '../../delivery/body.js'
import { encodeGroupConversation, encodePayload } from '../../delivery/payload.js'
import { findMessage, type MessageRow } from '../../history/messages.js'
import { fromHex, toHex } from '../../home/hex.js'
import { stampNow } from '../../home/home-time.js'
import type { Transaction } from '../../home/lane.js'
import type { GroupBook, SendingEpoch } from '../types.js'
import type { GroupProgress } from './progress.js'
import { maxGroupBatch } from './limits.js'
import { findAudience, findOutState, listWaiting, lowestEntry, putEntry, putOutState, putSealed, putSent, putSpoken, removeWaiting, type Audience, type OutState } from './out-tables.js'

/** This account and this device. */
export interface TalkSelf { username: string, seed: Uint8Array, deviceKey: Uint8Array }

export interface SealerComponents {
  clock: Clock
  random: Random
  self: TalkSelf
  book: GroupBook
  progress: GroupProgress
}

type ReadyEpoch = Extract<SendingEpoch, { kind: 'ready' }>

export class Sealer {
  constructor (private readonly components: SealerComponents) {}

  /** Seals up to {@link maxGroupBatch}; the chain and the envelopes are durable before any of them leaves. True: there may be more. */
  async seal (tx: Transaction, id: string): Promise<boolean> {
    const { book, self } = this.components
    const waiting = await listWaiting(tx, id, maxGroupBatch)
    if (waiting.length === 0) return false
    const sending = await book.sendingEpoch(tx, id)
    const chain = sending.kind === 'ready' ? await book.chain(tx, id, sending.epoch, { username: self.username, deviceKey: self.deviceKey }) : undefined
    if (sending.kind !== 'ready' || chain === undefined) return false
    const before = await findOutState(tx, id)
    const audience = await this.audienceOf(tx, id, sending, before.next)
    let step: Step = { chain, out: { ...before, starts: startsIn(before, sending.epoch) }, lowestAlive: Math.max(await lowestEntry(tx, id) ?? before.next, before.floor ?? 1) }
    for (const { cursor, messageId } of waiting) {
      removeWaiting(tx, id, cursor)
      const row = await findMessage(tx, self.username, messageId)
      const content = row === undefined ? undefined : contentOf(row.body)
      if (row?.sent === undefined || content === undefined) continue
      step = await this.sealOne(tx, id, row, content, { sending, audience, step })
    }
    await book.putChain(tx, id, sending.epoch, step.chain)
    putOutState(tx, id, step.out)
    return waiting.length === maxGroupBatch
  }

  private async sealOne (tx: Transaction, id: string, row: MessageRow, content: Uint8Array, { sending, audience, step }: { sending: ReadyEpoch, audience: Audience, step: Step }): Promise<Step> {
    const { clock, random, self, progress } = this.components
    const { epoch, head } = sending
    const { chain, out, lowestAlive } = step
    // In a group of one there is nobody to seal for.
    if (Object.keys(audience).length === 0) {
      await progress.begin(tx, row, audience, undefined)
      return step
    }
    const own = await findRecord(tx, self.username)
    if (own === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', 'The home lacks its own account record; sign in again.')
    const groupId = fromHex(id)
    const sequence = out.next
    const payload = encodePayload({
      wireId: fromHex(row.id),
      sequence,
      lowestAlive,
      record: { version: own.version, hash: own.hash },
      sentAtMs: row.sentAtMs,
      conversation: encodeGroupConversation(groupId),
      content,
      epochStarts: out.starts
    })
    const sealed = sealOnChain(chain, { groupId, epoch, head }, self.seed, payload, random)
    payload.fill(0)
    putSealed(tx, id, sequence, encodeGroupEnvelope(self.deviceKey, random.bytes(16), encode(GroupMessage, sealed.message)))
    putEntry(tx, id, sequence, { messageId: row.id, epoch, sealedAtMs: await stampNow(tx, clock), state: { kind: 'sealed' } })
    putSent(tx, id, sequence, { messageId: row.id, epoch })
    await progress.begin(tx, row, audience, { sequence, epoch })
    tx.afterCommit(() => { forgetChain(chain, sealed.chain) })
    return { chain: sealed.chain, out: { ...out, next: sequence + 1 }, lowestAlive }
  }

  /** @param next the sequence that is given out next */
  private async audienceOf (tx: Transaction, id: string, { epoch, devices }: ReadyEpoch, next: number): Promise<Audience> {
    const known = await findAudience(tx, id, epoch)
    if (known !== undefined) return known
    const audience = this.without(devices)
    putSpoken(tx, id, epoch, { first: next, sinceMs: await stampNow(tx, this.components.clock), audience })
    return audience
  }

  private without (devices: GroupDevice[]): Audience {
    const { username: self, deviceKey } = this.components.self
    const here = toHex(deviceKey)
    const audience: Audience = {}
    for (const device of devices) {
      const hex = toHex(device.deviceKey)
      if (device.username === self && hex === here) continue
      audience[device.username] = [...audience[device.username] ?? [], hex]
    }
    return audience
  }
}

interface Step { chain: SenderChain, out: OutState, lowestAlive: number }

/** Where the newest epochs begin, this one too. */
function startsIn ({ next, starts }: OutState, epoch: number): OutState['starts'] {
  // An epoch in which nothing was sealed, as nobody else was there, has no place among them.
  return starts.at(-1)?.epoch === epoch ? starts : [...starts.filter(({ first }) => first < next), { epoch, first: next }].slice(-maxEpochStarts)
}
