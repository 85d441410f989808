/** One line of a benchmark's table. */
export interface Row {
  what: string
  /** The figure with its unit, e.g. `276.0 MB/s`. */
  figure: string
  /** What was asked for, e.g. `at least 10`, and whether the figure is that good. */
  target?: { text: string, met: boolean }
}

/** What a file in bench/ exports. */
export interface Bench {
  run: () => Promise<Row[]>
}

/** A row that is held against a lower bound. */
export function atLeast (what: string, value: number, bound: number, unit: string): Row {
  return { what, figure: `${value.toFixed(2)} ${unit}`, target: { text: `at least ${bound}`, met: value >= bound } }
}

/** A row that is held against an upper bound. */
export function atMost (what: string, value: number, bound: number, unit: string): Row {
  return { what, figure: `${value.toFixed(2)} ${unit}`, target: { text: `at most ${bound}`, met: value <= bound } }
}
