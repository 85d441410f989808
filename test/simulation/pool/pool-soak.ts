import { withCheapSignatures } from './cheap-signatures.js'
import { PoolScenario, type PoolReport, type PoolScenarioInit } from './pool-scenario.js'

export interface SoakInit {
  /** The number of the first seed. */
  first: number
  /** At most so many seeds, */
  maxSeeds: number
  /** and none is begun after so long. Default: no end. */
  budgetMs?: number
  /** Told after every seed, whatever came of it. */
  onSeed?: (summary: SoakSummary) => void
  /** Told of a seed that fails; it goes on with the next one. Default: it rejects. */
  onFailure?: (error: Error) => void
}

/** Sums over seeds. */
export interface SoakSummary {
  seeds: number
  failed: number
  /** Of this process, up to the last seed. */
  cpuSeconds: number
  operations: number
  faults: number
  faultsByKind: Record<string, number>
  messages: number
  rosters: number
  stored: number
  acknowledged: number
  refusedForgeries: number
}

/** One seed after the other. */
export async function soakPool ({ first, maxSeeds, budgetMs = Infinity, onSeed = () => {}, onFailure }: SoakInit): Promise<SoakSummary> {
  const endMs = Date.now() + budgetMs
  const sum: SoakSummary = { seeds: 0, failed: 0, cpuSeconds: 0, operations: 0, faults: 0, faultsByKind: {}, messages: 0, rosters: 0, stored: 0, acknowledged: 0, refusedForgeries: 0 }
  while (sum.seeds < maxSeeds && (sum.seeds === 0 || Date.now() < endMs)) {
    const number = first + sum.seeds++
    try {
      add(sum, await runPoolSeed(number))
    } catch (error) {
      sum.failed++
      if (onFailure === undefined || !(error instanceof Error)) throw error
      onFailure(error)
    }
    const { user, system } = process.cpuUsage()
    sum.cpuSeconds = Math.round((user + system) / 1e6)
    onSeed(sum)
  }
  return sum
}

/** One in so many seeds has real signatures. */
const realSignaturesEvery = 50

/** One seed. What it rejects with tells how to replay it; with STORY set it tells everything that happened, too. */
export async function runPoolSeed (number: number, init: PoolScenarioInit = {}): Promise<PoolReport> {
  const run = async (): Promise<PoolReport> => await runSeed(number, init)
  return number % realSignaturesEvery === 0 ? await run() : await withCheapSignatures(run)
}

async function runSeed (number: number, init: PoolScenarioInit): Promise<PoolReport> {
  const wantsStory = process.env.STORY !== undefined
  const scenario = new PoolScenario(`pool ${number}`, { keepsTrace: wantsStory, ...init })
  // Errors are what a network is made of here, and their stacks a tenth of the time.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await scenario.run()
  } catch (error) {
    const story = wantsStory ? `\n${scenario.world.trace.join('\n')}` : ''
    throw new Error(`SEED=${number} replays it (STORY=1 tells what happened), trace ${scenario.world.traceHash}: ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function add (sum: SoakSummary, report: PoolReport): void {
  sum.operations += report.operations
  sum.faults += report.faults
  sum.messages += report.messages
  sum.rosters += report.rosters
  sum.stored += report.mail.stored
  sum.acknowledged += report.mail.acknowledged
  sum.refusedForgeries += report.mail.refusedForgeries
  for (const [kind, count] of Object.entries(report.faultsByKind)) sum.faultsByKind[kind] = (sum.faultsByKind[kind] ?? 0) + count
}
