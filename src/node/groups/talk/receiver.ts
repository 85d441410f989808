/**
 * Takes the messages of groups from whatever way they came: signature, standing, chain, seal, and then, in one
 * transaction, the step of the chain, the message at its place in the history, and the receipt as due.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { decodeGroupHeader, forgetChain, openOnChain, verifyGroupMessage, type GroupMessageHeader, type SenderChain } from '../../../crypto/group/index.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import { decode } from '../../../protocol/codec.js'
import { mailRetentionMs, maxEnvelopeBytes } from '../../../protocol/limits.js'
import { isUsername } from '../../../protocol/names.js'
import type { Envelope } from '../../../protocol/pb/envelope.js'
import { GroupMessage } from '../../../protocol/pb/group.js'
import type { Clock, Logger } from '../../../runtime.js'
import type { Via } from '../../chat-node.js'
import type { Taken } from '../../delivery/inbox.js'
import { parsePayload, type ParsedPayload } from '../../delivery/payload.js'
import { toHex } from '../../home/hex.js'
import { stampNow, steadyNow } from '../../home/home-time.js'
import type { Lane, Transaction } from '../../home/lane.js'
import { endInvitation, findInvitation } from '../invitations.js'
import type { GroupBook, KnownGroup } from '../types.js'
import type { InOrder } from './in-order.js'
import { findTalkState, putDueReceipt, sendersWithHeld, type InState, type SendingDevice } from './in-tables.js'
import { heldBackLine, identityOf } from './identity.js'
import { maxParkedTogether } from './limits.js'
import { changeReason, findParkedMessage, groupsWithParked, hasParked, listParkedMessages, parkedKey, parkMessage, unparkMessage, type ParkedKey, type ParkedMark, type WaitReason } from './parked.js'
import { refusedLine } from './refused.js'
import type { GroupShelf } from './shelf.js'

export interface ReceiverComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  book: GroupBook
  shelf: GroupShelf
  inOrder: InOrder
  /** There is room again for messages that were left in the mailbox, as too many were kept back. */
  roomMade: () => void
  /** After the commit: a receipt is due. */
  receiptDue: (sender: SendingDevice, members: number) => void
  /** After the commit: what is said in the group does not wait any more. */
  letIn: (id: string) => void
}

/** With a right signature. */
interface Incoming { header: GroupMessageHeader, message: { header: Uint8Array, sealed: Uint8Array, signature: Uint8Array }, via: Via }

type Outcome = { kind: 'taken' } | { kind: 'waits', reason: WaitReason }

const taken: Outcome = { kind: 'taken' }

export class Receiver {
  /** Groups whose parked messages are being tried; true: once more after that. */
  private readonly retrying = new Map<string, boolean>()

  /** Something was left in the mailbox since there was room last. */
  private isFull = false

  constructor (private readonly components: ReceiverComponents) {}

  /** After the commit: something that was kept back is not any more. */
  freed (): void {
    if (!this.isFull) return
    this.isFull = false
    this.components.roomMade()
  }

  async takeMessage (envelope: Envelope, via: Via): Promise<Taken> {
    const { lane, clock, book, logger, self } = this.components
    const incoming = this.verify(envelope, via)
    if (incoming === undefined) return 'taken'
    if (incoming === 'later') return 'unanswered'
    const { header, message } = incoming
    if (constantTimeEqual(header.senderDevice, self.deviceKey)) return 'taken'
    try {
      return await lane.write(async (tx) => {
        const outcome = await this.read(tx, incoming).catch((error: unknown) => {
          this.isFull ||= isP2pChatError(error, 'ERR_LIMIT')
          throw error
        })
        if (outcome.kind === 'taken') return 'taken'
        const key = parkedKey(header, message.signature)
        const group = await book.find(tx, key.id)
        const isMember = group !== undefined && await book.chain(tx, key.id, group.epoch, ownerOf(header)) !== undefined
        // Nobody vouches for a group that the user has not taken, and it must take no room from others.
        const sort = outcome.reason === 'invited' ? 'invited' : isMember ? 'member' : 'stranger'
        const isParked = await parkMessage(tx, key, { ...message, via, atMs: await stampNow(tx, clock) }, outcome.reason, sort)
        tx.afterCommit(() => { this.ask(key.id, header, outcome.reason) })
        if (isParked) return 'taken'
        // No time makes room for these, only the user's answer.
        if (outcome.reason === 'identity' || outcome.reason === 'invited') return 'unanswered'
        this.isFull = true
        return 'full'
      })
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_LIMIT')) throw error
      logger.warn({ why: error.message }, 'a message of a group waits')
      return 'full'
    }
  }

  /** Tries again what is parked of a group, and what waits for messages of epochs that may be lost by now. */
  async retry (id: string): Promise<void> {
    const isUnderWay = this.retrying.has(id)
    this.retrying.set(id, true)
    if (isUnderWay) return
    try {
      while (this.retrying.get(id) === true) {
        this.retrying.set(id, false)
        await this.retryParked(await listParkedMessages(this.components.lane, id))
        await this.reconsiderHeld(id)
      }
    } finally {
      this.retrying.delete(id)
    }
    // What was left in the mailbox may be readable now, too.
    this.freed()
  }

  async retryAll (): Promise<void> {
    for (const id of await groupsWithParked(this.components.lane)) await this.retry(id)
  }

  /** What has waited for as long as mail is kept will not be read: of a member's device that is shown. */
  async expire (): Promise<void> {
    const { lane, clock, book, inOrder, logger } = this.components
    for (const id of await groupsWithParked(lane)) {
      for (const { key, mark } of await listParkedMessages(lane, id)) {
        if (await steadyNow(lane, clock) - mark.atMs < mailRetentionMs) continue
        await lane.write(async (tx) => {
          const group = await book.find(tx, id)
          logger.warn({ group: id, why: mark.reason }, 'a message of a group could not be read for too long')
          if (group !== undefined && mark.sort === 'member') await inOrder.lose(tx, { group, sender: key }, key.epoch, key.counter)
          await unparkMessage(tx, key)
          tx.afterCommit(() => { this.freed() })
        })
      }
    }
  }

  /** What waits of a group that this account was only invited to is shown after the commit; false: it was not. */
  async letIn (tx: Transaction, id: string): Promise<boolean> {
    const isInvited = await endInvitation(tx, id)
    if (isInvited) tx.afterCommit(() => { this.components.letIn(id) })
    return isInvited
  }

  /** 'later': only a later version can read it. */
  private verify (envelope: Envelope, via: Via): Incoming | 'later' | undefined {
    try {
      const { header, sealed, signature } = decode(GroupMessage, envelope.sealed, maxEnvelopeBytes, 'A group message')
      const message = { header, sealed, signature }
      const fields = verifyGroupMessage(message)
      if (!isUsername(fields.sender)) throw new P2pChatError('ERR_INVALID_RECORD', 'it names no user as its sender')
      if (constantTimeEqual(fields.senderDevice, envelope.senderDevice)) return { header: fields, message, via }
      this.refuse('it was sealed by another device than the one that sends it')
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.refuse(error.message)
      if (error.code === 'ERR_UNSUPPORTED') return 'later'
    }
    return undefined
  }

  /** Reads a message whose signature is right. What waits has changed nothing, but may be told of. @throws ERR_LIMIT no room to keep it back */
  private async read (tx: Transaction, incoming: Incoming): Promise<Outcome> {
    const { book, inOrder } = this.components
    const { header, message } = incoming
    const sender: SendingDevice = { id: toHex(header.groupId), username: header.sender, device: toHex(header.senderDevice) }
    const standing = await book.standingOf(tx, header)
    switch (standing.kind) {
      case 'ok':
        break
      case 'ahead':
        return { kind: 'waits', reason: 'ahead' }
      case 'before-us':
        return taken
      case 'forked':
        tx.afterCommit(() => { book.readLog(sender.id) })
        return this.refuse('it names another log of its group')
      case 'refused': {
        const group = await book.find(tx, sender.id)
        if (standing.removed && group !== undefined && await findInvitation(tx, sender.id) === undefined) await this.components.shelf.putChange(tx, refusedLine(group, header, this.components.clock.now()))
        return this.refuse(standing.why)
      }
    }
    const group = await book.find(tx, sender.id)
    if (group === undefined) return { kind: 'waits', reason: 'ahead' }
    if (header.sender !== this.components.self.username && await findInvitation(tx, sender.id) !== undefined) {
      return group.standing === 'member' ? { kind: 'waits', reason: 'invited' } : taken
    }
    const identity = await identityOf(tx, header, standing.account)
    if (identity === 'changed' || identity === 'another') {
      await this.components.shelf.putChange(tx, heldBackLine(group, header, identity, standing.account, this.components.clock.now()))
      return { kind: 'waits', reason: 'identity' }
    }
    const chain = await book.chain(tx, sender.id, header.epoch, ownerOf(header))
    if (chain === undefined) {
      if (!await book.isLost(tx, sender.id, header.epoch)) return { kind: 'waits', reason: 'keys' }
      await inOrder.lose(tx, { group, sender }, header.epoch, header.counter)
      return taken
    }
    let opened: { chain: SenderChain, plaintext: Uint8Array }
    try {
      opened = openOnChain(chain, header.counter, message)
    } catch (error) {
      return await this.unopened(tx, group, sender, header, error)
    }
    await this.takePlaintext(tx, group, sender, incoming, { ...opened, before: chain, ...(identity === 'removed' ? { fromRemovedDevice: true } : {}) })
    return taken
  }

  private async unopened (tx: Transaction, group: KnownGroup, sender: SendingDevice, { epoch, counter }: GroupMessageHeader, error: unknown): Promise<Outcome> {
    if (isP2pChatError(error, 'ERR_REPLAY')) {
      const state = await this.components.inOrder.stateOf(tx, sender)
      // The receipt may have been lost: give it again.
      if (state !== undefined) this.oweReceipt(tx, group, sender, state)
      return taken
    }
    if (isP2pChatError(error, 'ERR_LIMIT')) return { kind: 'waits', reason: 'early' }
    if (!isP2pChatError(error, 'ERR_DECRYPT')) throw error
    if (!await this.components.book.cannotRead(tx, sender.id, epoch, sender.username)) return { kind: 'waits', reason: 'unreadable' }
    await this.components.inOrder.lose(tx, { group, sender }, epoch, counter)
    return taken
  }

  private async takePlaintext (tx: Transaction, group: KnownGroup, sender: SendingDevice, { header, via }: Incoming, opened: { before: SenderChain, chain: SenderChain, plaintext: Uint8Array, fromRemovedDevice?: true }): Promise<void> {
    const { book, inOrder } = this.components
    const { before, chain, ...arrived } = opened
    const payload = this.tryParse(arrived.plaintext, header.groupId)
    if (payload === undefined) return
    // Another device of this account speaks there.
    if (header.sender === this.components.self.username) await this.letIn(tx, sender.id)
    await book.putChain(tx, sender.id, header.epoch, chain)
    tx.afterCommit(() => { forgetChain(before, chain) })
    this.oweReceipt(tx, group, sender, await inOrder.take(tx, { group, sender }, { ...arrived, payload, epoch: header.epoch, counter: header.counter, via }))
    // What skipped too much may be within reach now, and whom it came from may be known again.
    if (await hasParked(tx, sender)) tx.afterCommit(() => { this.retrySoon(sender) })
  }

  private oweReceipt (tx: Transaction, group: KnownGroup, sender: SendingDevice, state: InState): void {
    putDueReceipt(tx, sender, state)
    tx.afterCommit(() => { this.components.receiptDue(sender, group.size) })
  }

  private tryParse (plaintext: Uint8Array, groupId: Uint8Array): ParsedPayload | undefined {
    try {
      const payload = parsePayload(plaintext)
      if (payload.groupId !== undefined && constantTimeEqual(payload.groupId, groupId)) return payload
      this.refuse('it is not for the group whose keys seal it')
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.refuse(error.message)
    }
    return undefined
  }

  private retrySoon (sender: SendingDevice): void {
    if (this.retrying.has(sender.id)) {
      // Whoever is at it may be past this one.
      this.retrying.set(sender.id, true)
      return
    }
    const { lane, logger } = this.components
    listParkedMessages(lane, sender.id, sender).then(async (parked) => {
      if (parked.some(({ mark }) => mark.reason === 'identity')) await this.retry(sender.id)
      else await this.retryParked(parked.filter(({ mark }) => mark.reason === 'early'))
    }).catch((error: unknown) => { logger[isP2pChatError(error) ? 'info' : 'error']({ error }, 'parked messages of a group could not be tried again') })
  }

  /** Each device's epochs in order, each up to the first message that must wait for the log or for keys. */
  private async retryParked (parked: Array<{ key: ParkedKey, mark: ParkedMark }>): Promise<void> {
    for (const chain of chainsOf(parked)) {
      const { id, epoch } = chain[0]!.key
      // The last one first: it tells of all before it at once.
      if (await this.components.book.isLost(this.components.lane, id, epoch)) chain.reverse()
      for (let i = 0; i < chain.length; i += maxParkedTogether) {
        // One job each, committed together: one that finds no room does not take the others with it.
        const waits = await Promise.all(chain.slice(i, i + maxParkedTogether).map(async ({ key, mark }) => await this.retryOne(key, mark)))
        if (waits.includes(true)) break
      }
    }
  }

  /** Whether those behind it wait for the same. */
  private async retryOne (key: ParkedKey, mark: ParkedMark): Promise<boolean> {
    try {
      return await this.components.lane.write(async (tx) => {
        const parked = await findParkedMessage(tx, key)
        if (parked === undefined) return false
        const { via, atMs, ...message } = parked
        const header = decodeGroupHeader(message.header)
        const outcome = await this.read(tx, { header, message, via })
        if (outcome.kind === 'taken') {
          await unparkMessage(tx, key)
          tx.afterCommit(() => { this.freed() })
          return false
        }
        if (outcome.reason !== mark.reason) {
          await changeReason(tx, key, outcome.reason)
          tx.afterCommit(() => { this.ask(key.id, header, outcome.reason) })
        }
        return outcome.reason !== 'unreadable'
      })
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_LIMIT')) throw error
      return true
    }
  }

  private async reconsiderHeld (id: string): Promise<void> {
    const { lane, book, inOrder } = this.components
    if ((await findTalkState(lane, id)).heldBytes === 0) return
    for (const sender of await sendersWithHeld(lane, id)) {
      await lane.write(async (tx) => {
        const group = await book.find(tx, id)
        const state = group === undefined ? undefined : await inOrder.reconsider(tx, { group, sender })
        if (group !== undefined && state !== undefined) this.oweReceipt(tx, group, sender, state)
      })
    }
  }

  private ask (id: string, header: GroupMessageHeader, reason: WaitReason): void {
    if (reason === 'ahead') this.components.book.readLog(id, header)
    if (reason === 'keys' || reason === 'unreadable') this.components.book.missEpoch(id, header.epoch)
  }

  private refuse (why: string): Outcome {
    this.components.logger.warn({ why }, 'a message of a group was refused')
    return taken
  }
}

function ownerOf ({ sender, senderDevice }: GroupMessageHeader): { username: string, deviceKey: Uint8Array } {
  return { username: sender, deviceKey: senderDevice }
}

function chainsOf (parked: Array<{ key: ParkedKey, mark: ParkedMark }>): Array<Array<{ key: ParkedKey, mark: ParkedMark }>> {
  const chains = new Map<string, Array<{ key: ParkedKey, mark: ParkedMark }>>()
  for (const one of parked) {
    const name = `${one.key.username}/${one.key.device}/${one.key.epoch}`
    const chain = chains.get(name)
    if (chain === undefined) chains.set(name, [one])
    else chain.push(one)
  }
  return [...chains.values()]
}
