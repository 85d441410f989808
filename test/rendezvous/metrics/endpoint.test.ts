import assert from 'node:assert/strict'
import { parseMetricsAddress, serveMetrics, type MetricsEndpoint } from '../../../src/rendezvous/metrics/endpoint.js'
import { isP2pChatError } from '../../../src/errors.js'
import { silentLogger } from '../../../src/runtime.js'
import { rejects } from '../helpers/expect.js'

describe('parseMetricsAddress', () => {
  it('reads a host and a port', () => {
    assert.deepEqual(parseMetricsAddress('127.0.0.1:9464'), { host: '127.0.0.1', port: 9464 })
    assert.deepEqual(parseMetricsAddress('localhost:0'), { host: 'localhost', port: 0 })
    assert.deepEqual(parseMetricsAddress('[::1]:9464'), { host: '::1', port: 9464 })
  })

  it('refuses everything else, with an example', () => {
    for (const text of ['', '9464', ':9464', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:9464', '[localhost]:1', '127.0.0.1:9464/metrics', 'a b:1', 'http://127.0.0.1:1']) {
      assert.throws(() => parseMetricsAddress(text), (error) => isP2pChatError(error, 'ERR_USAGE') && error.message.includes('127.0.0.1:9464'), text)
    }
  })
})

describe('serveMetrics', () => {
  let endpoint: MetricsEndpoint
  let text: () => Promise<string>

  beforeEach(async () => {
    text = async () => 'p2pchat_devices 3\n'
    endpoint = await serveMetrics({ host: '127.0.0.1', port: 0, contentType: 'text/plain; version=0.0.4', text: async () => await text(), logger: silentLogger })
  })

  afterEach(async () => { await endpoint.stop() })

  it('answers a scrape', async () => {
    const response = await fetch(endpoint.url)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4')
    assert.equal(await response.text(), 'p2pchat_devices 3\n')
  })

  it('answers HEAD with nothing, other paths with 404 and other methods with 405', async () => {
    const head = await fetch(endpoint.url, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    assert.equal((await fetch(new URL('/', endpoint.url))).status, 404)
    assert.equal((await fetch(new URL('/metrics?name=x', endpoint.url))).status, 200)
    const post = await fetch(endpoint.url, { method: 'POST', body: 'x' })
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
  })

  it('says 503, and nothing of the error, when it cannot be read', async () => {
    text = async () => { throw new Error('secret') }
    const response = await fetch(endpoint.url)
    assert.equal(response.status, 503)
    assert.doesNotMatch(await response.text(), /secret/)
  })

  it('says which address is in use', async () => {
    const { port } = new URL(endpoint.url)
    const error = await rejects(serveMetrics({ host: '127.0.0.1', port: Number(port), contentType: '', text, logger: silentLogger }), 'ERR_USAGE')
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`))
  })

  it('stops at once, whoever is connected', async () => {
    await fetch(endpoint.url)
    await endpoint.stop()
    await assert.rejects(fetch(endpoint.url))
  })
})
