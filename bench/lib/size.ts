const isShort = process.env.BENCH_SHORT === '1'

/** How much of something is measured; with BENCH_SHORT=1 only so much as shows that the benchmark itself still works. */
export function sized<T> (full: T, short: T): T {
  return isShort ? short : full
}
