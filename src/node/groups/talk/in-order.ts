/**
 * Brings the messages of one device to one group into their order, each once, over all epochs, with a gap where what is
 * missing never comes. Everything happens in the transaction that read the message.
 */
import { P2pChatError } from '../../../errors.js'
import { arrive, goOn, type Release } from '../../delivery/order.js'
import { parsePayload } from '../../delivery/payload.js'
import type { Reader, Transaction } from '../../home/lane.js'
import type { GroupBook } from '../types.js'
import { awaited, firstFor, forgetStarts, learnStarts, type Arrival } from './arrival.js'
import { findInState, findTalkState, holdMessage, putInState, putTalkState, takeHeldMessage, type InState, type SendingDevice } from './in-tables.js'
import { maxEpochsAsked, maxGroupHeld, maxGroupHeldBytes, maxGroupHeldBytesInAll } from './limits.js'
import type { Arrived, GroupShelf, NamedGroup } from './shelf.js'

/** A message that was opened. */
export interface Opened extends Arrived { plaintext: Uint8Array, epoch: number, counter: number }

interface Place { group: NamedGroup, sender: SendingDevice }

export class InOrder {
  /** @param components `freed`: after the commit, less is kept back */
  constructor (private readonly components: { book: Pick<GroupBook, 'memberSince' | 'isLost'>, shelf: GroupShelf, freed: () => void }) {}

  /** @returns the state of its device after it @throws ERR_LIMIT too much is kept back: the transaction must be given up */
  async take (tx: Transaction, place: Place, opened: Opened): Promise<InState> {
    const { payload, epoch, counter } = opened
    const arrival: Arrival = { sequence: payload.sequence, lowestAlive: payload.lowestAlive, epoch, counter, starts: payload.epochStarts }
    const before = await this.begin(tx, place, arrival)
    const order = arrive(before.expected, before.held, arrival)
    const isReleased = order.release.some((release) => release.kind === 'message' && release.sequence === payload.sequence)
    if (!order.duplicate && !isReleased) await this.hold(tx, place, before, opened)
    const held = order.duplicate || isReleased ? before.held : [...before.held, payload.sequence]
    const heldBytes = before.heldBytes + (order.duplicate || isReleased ? 0 : opened.plaintext.byteLength)
    const starts = learnStarts(before.starts, before.expected, arrival)
    const state = await this.release(tx, place, { ...before, held, heldBytes, starts, epoch: Math.max(before.epoch, epoch) }, order, isReleased ? opened : undefined)
    return await this.passLost(tx, place, state)
  }

  async stateOf (reader: Reader, sender: SendingDevice): Promise<InState | undefined> {
    return await findInState(reader, sender)
  }

  /** The keys of an epoch may be known as lost by now: what waited for its messages goes on. */
  async reconsider (tx: Transaction, place: Place): Promise<InState | undefined> {
    const state = await findInState(tx, place.sender)
    return state === undefined ? undefined : await this.passLost(tx, place, state)
  }

  /** A message came whose keys are lost: that and how many before it, its counter says; their sequences come with a later one. */
  async lose (tx: Transaction, place: Place, epoch: number, counter: number): Promise<void> {
    const since = await this.components.book.memberSince(tx, place.group.id, epoch)
    const state = await findInState(tx, place.sender) ?? fresh(since?.epoch ?? 1)
    const counted = state.lost.find((lost) => lost.epoch === epoch)?.counted ?? 0
    const missing = counter + 1 - counted
    // Also what lies behind was told of, when it was passed.
    if (missing <= 0 || epoch < (state.starts[0]?.epoch ?? 0)) return
    const lost = [...state.lost.filter((other) => other.epoch !== epoch), { epoch, counted: counter + 1 }].slice(-maxEpochsAsked)
    putInState(tx, place.sender, { ...state, lost, told: state.told + missing })
    await this.components.shelf.putGap(tx, place.group, place.sender, missing, `epoch ${epoch} ${counted}`)
  }

  /** The state that a message meets: a new one for a device that nothing came from since this account is a member. */
  private async begin (tx: Transaction, place: Place, arrival: Arrival): Promise<InState> {
    const known = await findInState(tx, place.sender)
    // Of when it was sent: a device that was away finds messages of an earlier stay first.
    const since = (await this.components.book.memberSince(tx, place.group.id, arrival.epoch))?.epoch ?? 1
    if (known !== undefined && hasBegun(known) && known.since >= since) return known
    const first = firstFor(since, arrival)
    if (known === undefined || !hasBegun(known)) return { ...(known ?? fresh(since)), since, expected: first, readThrough: first - 1, starts: [{ epoch: since, first }] }
    // This account came back. What was sent meanwhile is no gap; what was kept back before is shown.
    const expected = Math.max(known.expected, first)
    const last = Math.max(0, ...known.held.filter((sequence) => sequence < expected))
    const { release } = goOn(known.expected, known.held, last + 1)
    const shown = await this.release(tx, place, { ...known, lost: [], told: 0 }, { release, expected }, undefined)
    return { ...shown, since, starts: [{ epoch: since, first: expected }] }
  }

  private async hold (tx: Transaction, { group, sender }: Place, state: InState, opened: Opened): Promise<void> {
    const bytes = opened.plaintext.byteLength
    const talk = await findTalkState(tx, group.id)
    if (state.held.length >= maxGroupHeld) throw tooMuch(`${maxGroupHeld} messages of this device`, 'maxGroupHeld')
    if (state.heldBytes + bytes > maxGroupHeldBytes) throw tooMuch(`${maxGroupHeldBytes} bytes of this device`, 'maxGroupHeldBytes')
    if (talk.heldBytes + bytes > maxGroupHeldBytesInAll) throw tooMuch(`${maxGroupHeldBytesInAll} bytes of this group`, 'maxGroupHeldBytesInAll')
    putTalkState(tx, group.id, { ...talk, heldBytes: talk.heldBytes + bytes })
    const { plaintext, epoch, counter, via, fromRemovedDevice } = opened
    holdMessage(tx, sender, opened.payload.sequence, { payload: plaintext, epoch, counter, via, ...(fromRemovedDevice === true ? { fromRemovedDevice } : {}) })
  }

  private async release (tx: Transaction, place: Place, state: InState, order: { release: Release[], expected: number }, arrived: Opened | undefined): Promise<InState> {
    let { heldBytes, told } = state
    for (const release of order.release) {
      if (release.kind === 'gap') {
        // Of some of these people know already.
        const untold = Math.max(0, release.missing - told)
        told -= release.missing - untold
        if (untold > 0) await this.components.shelf.putGap(tx, place.group, place.sender, untold, String(release.first))
        continue
      }
      if (arrived?.payload.sequence === release.sequence) await this.show(tx, place, arrived)
      else {
        const held = await takeHeldMessage(tx, place.sender, release.sequence)
        if (held === undefined) continue
        heldBytes -= held.payload.byteLength
        await this.show(tx, place, { ...held, payload: parsePayload(held.payload) })
      }
    }
    await this.freeHeld(tx, place.group.id, state.heldBytes - heldBytes)
    const after: InState = {
      ...state,
      expected: order.expected,
      held: state.held.filter((sequence) => sequence >= order.expected),
      heldBytes,
      told,
      starts: forgetStarts(state.starts, order.expected)
    }
    putInState(tx, place.sender, after)
    return after
  }

  private async freeHeld (tx: Transaction, id: string, bytes: number): Promise<void> {
    if (bytes === 0) return
    tx.afterCommit(() => { this.components.freed() })
    const talk = await findTalkState(tx, id)
    putTalkState(tx, id, { ...talk, heldBytes: Math.max(0, talk.heldBytes - bytes) })
  }

  private async show (tx: Transaction, { group, sender }: Place, arrived: Arrived): Promise<void> {
    const { kind } = arrived.payload.content
    if (kind !== 'text' && kind !== 'file' && kind !== 'unknown') return
    await this.components.shelf.putArrived(tx, group, sender, arrived)
  }

  /** Goes past what was sent in epochs whose keys are lost. */
  private async passLost (tx: Transaction, place: Place, state: InState): Promise<InState> {
    for (let now = state; ;) {
      const waiting = awaited(now.starts, now.expected)
      if (waiting === undefined || !await this.isAnyLost(tx, place.group.id, now.lost, waiting)) return now
      now = await this.release(tx, place, now, goOn(now.expected, now.held, waiting.goOnWith), undefined)
    }
  }

  private async isAnyLost (tx: Transaction, id: string, lost: InState['lost'], { from, before }: { from: number, before: number }): Promise<boolean> {
    for (let epoch = from; epoch < Math.min(before, from + maxEpochsAsked); epoch++) {
      // Also of this device alone, whose own key was wrong.
      if (lost.some((one) => one.epoch === epoch) || await this.components.book.isLost(tx, id, epoch)) return true
    }
    return false
  }
}

/** Of a device that nothing readable came from yet. */
function fresh (since: number): InState {
  return { since, expected: 1, readThrough: 0, epoch: 0, starts: [], held: [], heldBytes: 0, lost: [], told: 0 }
}

function hasBegun ({ starts }: InState): boolean {
  return starts.length > 0
}

function tooMuch (what: string, limit: string): P2pChatError {
  return new P2pChatError('ERR_LIMIT', `${what} wait for an earlier one (limit ${limit}).`)
}
