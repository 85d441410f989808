/**
 * Which device makes the next key of a group when any of them could: one after the other, in an order that all know. Who is
 * far back asks after a while who is online at all, and so does who comes when the turns of all are over: the others do not
 * act, and are not waited for.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError } from '../../../errors.js'
import { epochMakers, type GroupDevice, type GroupState } from '../../../records/group/index.js'
import type { Clock, Logger } from '../../../runtime.js'
import { toHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { freshGivers } from './candidates.js'
import { askOnlineMs, sealTimeoutMs, turnMs } from './limits.js'

export interface TurnsComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
}

/** Since when a key is called for: `afterMs` after `sinceMs`. */
export interface Called { sinceMs: number, afterMs: number }

/** What this device is to do in so many milliseconds. */
export type Turn =
  | { kind: 'make', inMs: number }
  | { kind: 'ask who is online', inMs: number }

export class Turns {
  /** By group: whom a server named as online, when it was asked in this order. Without this account it gave no answer. */
  private readonly asked = new Map<string, { order: string, atMs: number, online: ReadonlySet<string> }>()

  constructor (private readonly components: TurnsComponents) {}

  /** Those before this device who have begun get the time that it may take them. */
  async next (id: string, state: GroupState, { sinceMs, afterMs }: Called): Promise<Turn> {
    const { lane, clock, self } = this.components
    const makers = epochMakers(state)
    const place = placeAmong(makers, self)
    // The secret of who has read the log before this device may have come before its entry.
    const begun = await freshGivers(lane, id, sinceMs + afterMs - sealTimeoutMs)
    const ahead = makers.slice(0, place).filter(({ username, deviceKey }) => begun.some((one) => one.username === username && one.device === toHex(deviceKey)))
    const until = (ms: number): number => wait(sinceMs, afterMs + ms + ahead.length * sealTimeoutMs, clock.now())
    const inMs = until(place * turnMs)
    const isLate = inMs === 0 && place > 0
    if (place * turnMs <= askOnlineMs && !isLate) return { kind: 'make', inMs }
    const asked = this.asked.get(id)
    if (asked?.order !== orderOf(state)) return { kind: 'ask who is online', inMs: isLate ? 0 : until(askOnlineMs) }
    if (!asked.online.has(self.username)) return { kind: 'make', inMs }
    const placeOnline = placeAmong(makers.filter(({ username }) => asked.online.has(username)), self)
    // After an outage all come back at once, past the turns of all of them: they take turns anew.
    const onlineMs = wait(asked.atMs, placeOnline * turnMs, clock.now())
    return { kind: 'make', inMs: isLate ? onlineMs : Math.min(inMs, onlineMs) }
  }

  async ask (id: string, state: GroupState): Promise<void> {
    const { clock, online, logger } = this.components
    const [order, atMs] = [orderOf(state), clock.now()]
    // Once for each key: until the answer is there, and without one, all are waited for.
    this.asked.set(id, { order, atMs, online: new Set() })
    try {
      this.asked.set(id, { order, atMs, online: await online([...state.members.keys()]) })
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      logger.info({ group: id, code: error.code }, 'who is online could not be asked: a key is made in the order of all members')
    }
  }
}

/** The place of this device; behind all of them when it has none. */
export function placeAmong (devices: GroupDevice[], self: { username: string, deviceKey: Uint8Array }): number {
  const place = devices.findIndex(({ username, deviceKey }) => username === self.username && constantTimeEqual(deviceKey, self.deviceKey))
  return place === -1 ? devices.length : place
}

/** Milliseconds until `delayMs` after `sinceMs`; all of them when the clock went back since. */
export function wait (sinceMs: number, delayMs: number, nowMs: number): number {
  return nowMs < sinceMs ? delayMs : Math.max(0, sinceMs + delayMs - nowMs)
}

/** What the order of those who make the next key depends on. */
function orderOf ({ epoch }: GroupState): string {
  return toHex(epoch.dueHash ?? epoch.madeBy.hash)
}
