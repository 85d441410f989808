import { asP2pChatError, type ErrorCode } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import type { Clock } from '../../runtime.js'
import { noMetrics, type Metrics } from './metrics.js'

export interface MeasuredRequestsComponents {
  metrics: Metrics
  clock: Clock
  protocol: 'pool' | 'server'
}

/** The same handlers; each answer, and each refusal by its code, is told with how long it took. */
export function measuredRequests ({ metrics, clock, protocol }: MeasuredRequestsComponents, handlers: Record<string, RequestHandler>): Record<string, RequestHandler> {
  if (metrics === noMetrics) return handlers
  return Object.fromEntries(Object.entries(handlers).map(([method, handler]): [string, RequestHandler] => [method, async (body, context) => {
    const startMs = clock.monotonicMs()
    let outcome: 'ok' | ErrorCode = 'ok'
    try {
      return await handler(body, context)
    } catch (error) {
      outcome = asP2pChatError(error).code
      throw error
    } finally {
      metrics.request({ protocol, method, outcome, durationMs: clock.monotonicMs() - startMs })
    }
  }]))
}
