/**
 * Where the messages of one device to one group stand (docs/wire/groups.md, "Order"): where a newcomer begins, which
 * epochs they were sent in, and what never comes because the keys of its epoch are lost. Pure; which of these messages
 * come before which is delivery/order.ts's.
 */
import { maxEpochStarts } from '../../delivery/limits.js'
import type { EpochStart } from '../../delivery/payload.js'
import { maxKnownStarts } from './limits.js'

export interface KnownStart extends EpochStart {
  /** There may be epochs between the start before and this one. */
  hole?: true
}

/** What a message says of its place. */
export interface Arrival {
  sequence: number
  lowestAlive: number
  epoch: number
  counter: number
  /** of the newest epochs that its device sent in, ascending */
  starts: readonly EpochStart[]
}

/** The starts that a message tells, its own epoch among them, whatever its device says. */
function startsOf ({ sequence, epoch, counter, starts }: Arrival): EpochStart[] {
  const own = { epoch, first: Math.max(1, sequence - counter) }
  return [...starts.filter((start) => start.epoch < epoch && start.first < own.first), own]
}

/** The sequence of the first message that is meant for who became a member in epoch `since`. */
export function firstFor (since: number, arrival: Arrival): number {
  const firsts = startsOf(arrival).filter(({ epoch }) => epoch >= since).map(({ first }) => first)
  return firsts.length === 0 ? arrival.sequence : Math.min(...firsts)
}

/** Adds what a message tells to what is known, and forgets what is over. */
export function learnStarts (known: readonly KnownStart[], expected: number, arrival: Arrival): KnownStart[] {
  const told = startsOf(arrival)
  const newest = known.at(-1)?.epoch ?? 0
  const byEpoch = new Map<number, KnownStart>(known.map((start) => [start.epoch, start]))
  for (const [i, { epoch, first }] of told.entries()) {
    const isContinued = i > 0 || told.length < maxEpochStarts || epoch <= newest
    const before = byEpoch.get(epoch)
    if (before === undefined) byEpoch.set(epoch, { epoch, first, ...(isContinued ? {} : { hole: true }) })
    else if (i > 0 && before.hole === true) byEpoch.set(epoch, { epoch, first: before.first })
  }
  return forgetStarts([...byEpoch.values()].sort((a, b) => a.epoch - b.epoch), expected)
}

/** Without the epochs that lie behind, and within bounds. */
export function forgetStarts (starts: readonly KnownStart[], expected: number): KnownStart[] {
  const present = Math.max(0, starts.findLastIndex(({ first }) => first <= expected))
  const [first, ...later] = starts.slice(present)
  if (first === undefined || later.length < maxKnownStarts) return starts.slice(present)
  const [second, ...rest] = later.slice(1 - maxKnownStarts)
  return second === undefined ? [first] : [first, { ...second, hole: true }, ...rest]
}

/**
 * What is waited for may never come: the epochs that it was sent in, and the sequence to go on with if they are lost.
 * Undefined while it may come still in an epoch that nothing later is known of.
 */
export function awaited (starts: readonly KnownStart[], expected: number): { from: number, before: number, goOnWith: number } | undefined {
  const i = starts.findLastIndex(({ first }) => first <= expected)
  const next = starts[i + 1]
  if (next === undefined) return undefined
  const from = starts[i]?.epoch ?? next.epoch
  return { from, before: next.hole === true ? next.epoch : from + 1, goOnWith: next.first }
}
