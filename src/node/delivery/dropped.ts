/** Messages of a device that were taken and are never shown, as their sender was blocked. Pure. */
import { maxDroppedRanges } from './limits.js'

/** Sequences, both ends included. */
export interface Range { first: number, last: number }

/** The ranges with these sequences, in order; the newest ones of too many. */
export function withDropped (ranges: readonly Range[], sequences: readonly number[]): Range[] {
  const all = [...ranges, ...sequences.map((sequence) => ({ first: sequence, last: sequence }))].sort((a, b) => a.first - b.first)
  const merged: Range[] = []
  for (const { first, last } of all) {
    const before = merged.at(-1)
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last)
    else merged.push({ first, last })
  }
  return merged.slice(-maxDroppedRanges)
}

/** Those that their sender may still have to hear of: it has nothing left before `lowestAlive`. */
export function stillOwed (ranges: readonly Range[], lowestAlive: number): Range[] {
  return ranges.filter(({ last }) => last >= lowestAlive)
}

export function isDropped (ranges: readonly Range[], sequence: number): boolean {
  return ranges.some(({ first, last }) => first <= sequence && sequence <= last)
}
