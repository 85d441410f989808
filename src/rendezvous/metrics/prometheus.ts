/** A server's figures as Prometheus text: counters of what it did, gauges of how it is, and those of its process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../../runtime.js'
import { gauges } from './gauges.js'
import { durationBucketsSeconds as buckets, eventLoopResolutionMs, readingsTtlMs } from './limits.js'
import type { Metrics } from './metrics.js'
import type { ServerReadings } from './readings.js'

export interface PrometheusComponents {
  clock: Clock
  /** of the program */
  version: string
  /** Memory, processor, event loop and open files of this process, too. */
  isOfProcess: boolean
}

export interface PrometheusMetrics {
  /** For the server. */
  metrics: Metrics
  contentType: string
  /** All of it. Gauges of the server are at most limits.readingsTtlMs old. Rejects once the server has stopped. */
  text: () => Promise<string>
}

export function prometheusMetrics ({ clock, version, isOfProcess }: PrometheusComponents): PrometheusMetrics {
  const registry = new Registry()
  const registers = [registry]
  if (isOfProcess) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopResolutionMs })
  new Gauge({ name: 'p2pchat_build_info', help: 'Always 1; the version of p2pchat is a label.', labelNames: ['version'], registers }).set({ version }, 1)

  const readings = readingsOf(clock)
  const setGauges = gauges(registry)
  return {
    metrics: { ...counters(registry), running: readings.from },
    contentType: registry.contentType,
    text: async () => {
      const now = await readings.now()
      if (now !== undefined) setGauges(now)
      return await registry.metrics()
    }
  }
}

function counters (registry: Registry): Omit<Metrics, 'running'> {
  const registers = [registry]
  const requests = new Counter({ name: 'p2pchat_requests_total', help: 'Requests answered: of clients (protocol="pool") and other servers ("server"), by method and outcome ("ok" or an error code).', labelNames: ['protocol', 'method', 'outcome'], registers })
  const requestTimes = new Histogram({ name: 'p2pchat_request_duration_seconds', help: 'Time to answer a request.', labelNames: ['protocol', 'method'], buckets, registers })
  const mail = new Counter({ name: 'p2pchat_mail_operations_total', help: 'Deposits of mail (operation="append", one for each mailbox), reads and acknowledgements, by outcome.', labelNames: ['operation', 'outcome'], registers })
  const operations = new Counter({ name: 'p2pchat_register_operations_total', help: 'Operations on registers (accounts, groups) by outcome.', labelNames: ['operation', 'outcome'], registers })
  const operationTimes = new Histogram({ name: 'p2pchat_register_operation_duration_seconds', help: 'Time of an operation on a register.', labelNames: ['operation'], buckets, registers })
  const votes = new Counter({ name: 'p2pchat_register_votes_total', help: 'Times that the acceptors were asked (phase="peek", "prepare" or "accept"), by result.', labelNames: ['phase', 'result'], registers })
  const batchTimes = new Histogram({ name: 'p2pchat_store_batch_duration_seconds', help: 'Time until a batch was in the store; with sync="true": on the disk.', labelNames: ['sync'], buckets, registers })
  const batchFailures = new Counter({ name: 'p2pchat_store_batch_failures_total', help: 'Batches that the disk refused.', registers })
  return {
    request: ({ protocol, method, outcome, durationMs }) => {
      requests.inc({ protocol, method, outcome })
      requestTimes.observe({ protocol, method }, seconds(durationMs))
    },
    mail: (operation, outcome) => { mail.inc({ operation, outcome }) },
    register: ({ operation, outcome, durationMs }) => {
      operations.inc({ operation, outcome })
      operationTimes.observe({ operation }, seconds(durationMs))
    },
    vote: (phase, result) => { votes.inc({ phase, result }) },
    storeBatch: ({ sync, ok, durationMs }) => {
      batchTimes.observe({ sync: String(sync) }, seconds(durationMs))
      if (!ok) batchFailures.inc()
    }
  }
}

/** A clock that was set back is no reason for a negative time. */
function seconds (durationMs: number): number {
  return Math.max(0, durationMs) / 1000
}

/** The server's readings; those who ask within readingsTtlMs get the same. */
function readingsOf (clock: Clock): { from: Metrics['running'], now: () => Promise<ServerReadings | undefined> } {
  let read: (() => Promise<ServerReadings>) | undefined
  let last: { atMs: number, readings: Promise<ServerReadings> } | undefined
  return {
    from: (source) => { read = source },
    now: async () => {
      if (read === undefined) return undefined
      const nowMs = clock.monotonicMs()
      if (last === undefined || nowMs - last.atMs >= readingsTtlMs) last = { atMs: nowMs, readings: read() }
      try {
        return await last.readings
      } catch (error) {
        last = undefined
        throw error
      }
    }
  }
}
