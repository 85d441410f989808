/**
 * The time by which what is too old is thrown away. It follows the clock, but only so far in one step, and is kept on the
 * disk: a clock that is a year ahead for an hour costs nobody what is kept for a month, and neither does one that begins in
 * 1970 and is set right a minute later.
 */

/** Before this program was: a clock that says so knows no time at all. */
export const earliestMs = Date.UTC(2024, 0, 1)
/** How far it follows in one step, forwards or back: taken each few minutes, a month off is made up for within a day. */
export const maxSteadyStepMs = 6 * 60 * 60 * 1000

/**
 * @param beforeMs of the step before; undefined in the first: then the clock is believed
 * @param maxStepMs where steps are taken more seldom than each few minutes
 */
export function steadyTimeAfter (beforeMs: number | undefined, nowMs: number, maxStepMs = maxSteadyStepMs): number {
  if (beforeMs === undefined) return nowMs
  return Math.min(beforeMs + maxStepMs, Math.max(beforeMs - maxStepMs, nowMs))
}
