/**
 * The time by which a home throws away what is too old (steady-time.ts). What will be thrown away is stamped with the later
 * of it and the clock, so that nothing is old as soon as a clock that began in 1970 is set right.
 */
import type { Clock } from '../../runtime.js'
import { earliestMs, maxSteadyStepMs, steadyTimeAfter } from '../../steady-time.js'
import type { Lane, Reader } from './lane.js'
import { rememberedTable } from './table.js'

interface HomeTime {
  steadyMs: number
  /** by the clock */
  steppedAtMs: number
}

const timeTable = rememberedTable<HomeTime>('home-time')

/** Steps of several runs of one home are no closer to each other: a script that starts many does not hurry it. */
const minStepPauseMs = 15 * 60_000

/** A home that runs for some minutes each day has taken one step since, and keeps up all the same. */
export const maxDailyStepMs = 26 * 60 * 60_000

/** Milliseconds since the epoch: what is thrown away is held against it. Before the first step, the clock's. */
export async function steadyNow (reader: Reader, clock: Clock): Promise<number> {
  return (await timeTable.get(reader, 'now'))?.steadyMs ?? clock.now()
}

/** Milliseconds since the epoch: the stamp of what is thrown away when it is too old. */
export async function stampNow (reader: Reader, clock: Clock): Promise<number> {
  return Math.max(clock.now(), await steadyNow(reader, clock))
}

/** At the start and at each upkeep, before something is thrown away. */
export async function stepHomeTime (lane: Lane, clock: Clock): Promise<void> {
  await lane.write(async (tx) => {
    const nowMs = clock.now()
    const before = await timeTable.get(tx, 'now')
    if (before !== undefined && Math.abs(nowMs - before.steppedAtMs) < minStepPauseMs) return
    const sinceMs = before === undefined ? 0 : Math.abs(nowMs - before.steppedAtMs)
    const maxStepMs = Math.max(maxSteadyStepMs, Math.min(sinceMs, maxDailyStepMs))
    timeTable.put(tx, { steadyMs: steadyTimeAfter(before?.steadyMs, Math.max(nowMs, earliestMs), maxStepMs), steppedAtMs: nowMs }, 'now')
  })
}
