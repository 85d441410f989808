import type { Clock } from '../../runtime.js'
import type { ReplicatedRegisters } from '../consensus/index.js'
import { noMetrics, type Metrics, type RegisterOperation } from './metrics.js'

/** The same registers; each operation is told with its outcome and how long it took. */
export function measuredRegisters (metrics: Metrics, clock: Clock, registers: ReplicatedRegisters): ReplicatedRegisters {
  if (metrics === noMetrics) return registers
  const measured = async <Result extends { outcome: string }> (operation: RegisterOperation, run: () => Promise<Result>): Promise<Result> => {
    const startMs = clock.monotonicMs()
    const result = await run()
    metrics.register({ operation, outcome: result.outcome, durationMs: clock.monotonicMs() - startMs })
    return result
  }
  return {
    read: async (name) => await measured('read', async () => await registers.read(name)),
    compareAndSet: async (name, expectedVersion, value) => await measured('compare-and-set', async () => await registers.compareAndSet(name, expectedVersion, value)),
    list: async (prefix, options) => await measured('list', async () => await registers.list(prefix, options)),
    derived: async (prefix, options) => await measured('list', async () => await registers.derived(prefix, options))
  }
}
