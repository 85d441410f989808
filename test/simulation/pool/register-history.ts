/**
 * Whether what callers saw of one register can have come from one register that does one thing at a time (Herlihy and
 * Wing's linearizability). Versions make it simple: each names one value, and each observation says that the register
 * had some version at some time during a call.
 */
export interface RegisterCall {
  /** Unique, ascending: when the call was made and when it came back. */
  startedAt: number
  /** Infinity while it has not come back. */
  endedAt: number
  /** What the caller may tell about it. */
  what: string
}

export interface Observation extends RegisterCall {
  /** 0: absent */
  version: number
  value: string | undefined
}

export interface Attempt extends RegisterCall {
  expectedVersion: number
  value: string
  /** An unknown one may take effect at any time after it was made, or never. */
  outcome: 'written' | 'conflict' | 'unknown'
}

/** @returns what is wrong, or undefined when all is well */
export function checkRegister (observations: readonly Observation[], attempts: readonly Attempt[]): string | undefined {
  const values = new Map<number, string>()
  const seen: Observation[] = [
    ...observations,
    ...attempts.filter(({ outcome }) => outcome === 'written').map((attempt) => ({ ...attempt, version: attempt.expectedVersion + 1 }))
  ]
  for (const { version, value, what } of seen) {
    if (version === 0 || value === undefined) continue
    const known = values.get(version)
    if (known !== undefined && known !== value) return `version ${version} is ${known} and ${value} (${what})`
    values.set(version, value)
  }
  const newest = Math.max(0, ...seen.map(({ version }) => version))
  let changedAt = -1
  for (let version = 1; version <= newest; version++) {
    const value = values.get(version)
    const makers = attempts.filter((attempt) => attempt.expectedVersion === version - 1 && attempt.outcome !== 'conflict' && (value === undefined || attempt.value === value))
    if (makers.length === 0) return `nobody wrote version ${version} (${value ?? 'never seen'})`
    const earliest = Math.max(changedAt, ...seen.filter((one) => one.version === version - 1).map(({ startedAt }) => startedAt))
    const time = soonest(makers, earliest)
    if (time === undefined) return `version ${version} (${value ?? ''}) can only have been written before version ${version - 1} was seen`
    const early = seen.find((one) => one.version === version && one.endedAt < time)
    if (early !== undefined) return `version ${version} was seen (${early.what}) before it can have been written, or version ${version - 1} was seen after it`
    changedAt = time
  }
  return undefined
}

/** The first moment from `earliest` on within one of these calls. */
function soonest (makers: readonly Attempt[], earliest: number): number | undefined {
  const times = makers
    .filter(({ endedAt, outcome }) => outcome === 'unknown' || endedAt >= earliest)
    .map(({ startedAt }) => Math.max(startedAt, earliest))
  return times.length === 0 ? undefined : Math.min(...times)
}
