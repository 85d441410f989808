/** GET /metrics over HTTP, and nothing else. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { Logger } from '../../runtime.js'
import { maxScrapers, requestTimeoutMs } from './limits.js'

export interface MetricsEndpoint {
  /** Where it is: `http://127.0.0.1:9464/metrics`. */
  readonly url: string
  stop: () => Promise<void>
}

export interface MetricsEndpointInit {
  host: string
  /** 0: any that is free */
  port: number
  contentType: string
  /** Asked for every scrape. */
  text: () => Promise<string>
  logger: Logger
}

/**
 * `host:port` as people write it; an IPv6 address stands in brackets.
 *
 * @throws ERR_USAGE
 */
export function parseMetricsAddress (text: string): { host: string, port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port > 65_535 || (bracketed !== undefined && !isIPv6(bracketed))) {
    throw new P2pChatError('ERR_USAGE', 'Metrics need a host and a port, such as 127.0.0.1:9464 or [::1]:9464.')
  }
  return { host, port }
}

/** Listens. @throws ERR_USAGE when that is not possible there */
export async function serveMetrics (init: MetricsEndpointInit): Promise<MetricsEndpoint> {
  const { host, port } = init
  const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs, connectionsCheckingInterval: requestTimeoutMs }, (request, response) => { void answer(init, request, response) })
  server.maxConnections = maxScrapers
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => { reject(new P2pChatError('ERR_USAGE', `Metrics cannot be served on ${host}:${port}: ${cause.message}. Name another host or port.`, { cause })) })
    server.listen({ host, port }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', (error) => { init.logger.error({ error: asP2pChatError(error) }, 'metrics are not served any more') })
  const address = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}/metrics`,
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => { resolve() })
        server.closeAllConnections()
      })
    }
  }
}

async function answer (init: MetricsEndpointInit, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, type, body } = await responseTo(init, request)
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', ...(status === 405 ? { allow: 'GET, HEAD' } : {}) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function responseTo ({ contentType, text, logger }: MetricsEndpointInit, { method, url = '' }: IncomingMessage): Promise<{ status: number, type: string, body: string }> {
  const plain = 'text/plain; charset=utf-8'
  if (url.split('?')[0] !== '/metrics') return { status: 404, type: plain, body: 'There is only /metrics.\n' }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: plain, body: 'Only GET.\n' }
  try {
    return { status: 200, type: contentType, body: await text() }
  } catch (error) {
    logger.warn({ error: asP2pChatError(error) }, 'metrics could not be read')
    return { status: 503, type: plain, body: 'The server is starting or stopping.\n' }
  }
}
