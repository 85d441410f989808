/** Times candidates in turn, round by round, so that whatever else the machine does falls on all of them. */

import { sized } from './size.js'

export interface Timing {
  /** Median nanoseconds of one call, per candidate. */
  medianNs: (name: string) => number
  /** The median over all rounds of how many times longer `slow` took than `fast`. */
  ratio: (slow: string, fast: string) => number
}

export interface PairedOptions {
  rounds: number
  /** Calls of each candidate in a round. */
  calls: number
}

type Candidates = Record<string, () => void | Promise<void>>

export async function paired (candidates: Candidates, options: PairedOptions): Promise<Timing> {
  const { rounds, calls } = sized(options, { rounds: 2, calls: 2 })
  const entries = Object.entries(candidates)
  const times = new Map<string, number[]>(entries.map(([name]) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, call] of entries) {
      const start = process.hrtime.bigint()
      for (let n = 0; n < calls; n++) {
        const pending = call()
        if (pending !== undefined) await pending
      }
      const elapsed = Number(process.hrtime.bigint() - start) / calls
      // The first round only warms up.
      if (round >= 0) times.get(name)!.push(elapsed)
    }
  }
  const of = (name: string): number[] => {
    const found = times.get(name)
    if (found === undefined) throw new Error(`no candidate ${name}`)
    return found
  }
  return {
    medianNs: (name) => median(of(name)),
    ratio: (slow, fast) => median(of(slow).map((time, round) => time / of(fast)[round]!))
  }
}

export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
