import type { MetricsEndpoint } from '../rendezvous/metrics/endpoint.js'
import type { Metrics } from '../rendezvous/metrics/index.js'
import type { Clock, Logger } from '../runtime.js'
import { version } from './version.js'

/** What `--metrics` asks for. */
export interface AskedMetrics {
  /** For the server. */
  metrics: Metrics
  /** Listens from now on. @throws ERR_USAGE */
  serve: () => Promise<MetricsEndpoint>
}

/** @throws ERR_USAGE when `address` is not a host and a port */
export async function askedMetrics (address: string, { clock, logger }: { clock: Clock, logger: Logger }): Promise<AskedMetrics> {
  const { parseMetricsAddress, serveMetrics } = await import('../rendezvous/metrics/endpoint.js')
  const { prometheusMetrics } = await import('../rendezvous/metrics/prometheus.js')
  const { host, port } = parseMetricsAddress(address)
  const { metrics, contentType, text } = prometheusMetrics({ clock, version: version(), isOfProcess: true })
  return {
    metrics,
    serve: async () => {
      const endpoint = await serveMetrics({ host, port, contentType, text, logger })
      if (!isLoopback(host)) logger.warn({ url: endpoint.url }, 'metrics are served to whoever reaches this address; keep it behind a firewall')
      return endpoint
    }
  }
}

function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
