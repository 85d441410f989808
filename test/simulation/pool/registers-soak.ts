import { RegistersScenario, type RegistersReport, type RegistersScenarioInit } from './registers-scenario.js'

/** Each seed of each shape is at least 200 operations and 5 faults. */
export const registersShapes: Array<{ name: string, init: RegistersScenarioInit }> = [
  { name: 'three acceptors of four servers', init: { servers: 4, acceptors: 3, operations: 200, faults: 0.1, changes: 0.02 } },
  { name: 'a pool that grows from one server to five', init: { servers: 5, acceptors: 1, operations: 200, faults: 0.08, changes: 0.06 } },
  { name: 'two acceptors', init: { servers: 3, acceptors: 2, operations: 200, faults: 0.1, changes: 0.04 } }
]

export interface SoakInit {
  /** It ends with the first seed that is over after so long, */
  budgetMs: number
  /** or after so many. */
  maxSeeds: number
  /** The number of the first seed. Default: 0. */
  from?: number
}

export type SoakSummary = { seeds: number } & Record<'operations' | 'unknown' | 'faults' | 'rosters' | 'retired', number>

/** One seed after the other. Rejects at the first that fails, with what replays it. */
export async function soakRegisters (shape: { name: string, init: RegistersScenarioInit }, { budgetMs, maxSeeds, from = 0 }: SoakInit): Promise<SoakSummary> {
  const endMs = Date.now() + budgetMs
  const sum: SoakSummary = { seeds: 0, operations: 0, unknown: 0, faults: 0, rosters: 0, retired: 0 }
  while (sum.seeds < maxSeeds && (sum.seeds === 0 || Date.now() < endMs)) {
    const report = await runRegistersSeed(`${shape.name} ${from + sum.seeds}`, shape.init)
    sum.seeds++
    for (const key of ['operations', 'unknown', 'faults', 'rosters', 'retired'] as const) sum[key] += report[key]
  }
  return sum
}

/** One seed; with STORY set a failure tells everything that happened. */
export async function runRegistersSeed (seed: string, init: RegistersScenarioInit): Promise<RegistersReport> {
  const scenario = new RegistersScenario(seed, init)
  // Errors are what a network is made of here, and their stacks a tenth of the time.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await scenario.run()
  } catch (error) {
    const story = process.env.STORY === undefined ? '' : `\n${scenario.world.trace.join('\n')}`
    throw new Error(`SEED='${seed}' replays it (STORY=1 tells what happened): ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
