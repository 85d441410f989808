import assert from 'node:assert/strict'
import { noMetrics, type ServerReadings } from '../../../src/rendezvous/metrics/index.js'
import { readingsTtlMs } from '../../../src/rendezvous/metrics/limits.js'
import { prometheusMetrics } from '../../../src/rendezvous/metrics/prometheus.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { P2pChatError } from '../../../src/errors.js'
import { parseExposition } from './exposition.js'

const readings: ServerReadings = {
  clients: 4,
  devices: 3,
  mailboxes: 2,
  envelopes: 9,
  envelopeBytes: 900,
  blobs: 1,
  blobBytes: 65_536,
  freeDiskBytes: 1e12,
  rosterVersion: 7,
  rosterPhase: 'joint',
  servers: { member: 2, learner: 1, draining: 0 },
  otherServers: 2,
  linkedServers: 1,
  isAcceptor: true,
  voteState: 'voting',
  completeVersion: 6,
  closedVersion: 5,
  mailboxesLeft: 11,
  underReplicated: 12,
  notCompared: 1,
  moved: 13,
  fileVersionsBehind: 0,
  filesLeft: 1,
  fileBytesLeft: 100,
  filesUnderReplicated: 0,
  filesNotCompared: 0,
  distrusted: 0
}

describe('prometheusMetrics', () => {
  const make = (isOfProcess = false): ReturnType<typeof prometheusMetrics> & { clock: FakeClock } => {
    const clock = new FakeClock()
    return { ...prometheusMetrics({ clock, version: '1.2.3', isOfProcess }), clock }
  }

  it('counts what it is told, in text that Prometheus reads', async () => {
    const { metrics, text, contentType } = make()
    metrics.request({ protocol: 'pool', method: 'mailbox/append', outcome: 'ok', durationMs: 3 })
    metrics.request({ protocol: 'pool', method: 'mailbox/append', outcome: 'ERR_LIMIT', durationMs: 40 })
    metrics.request({ protocol: 'server', method: 'vote/ask', outcome: 'ok', durationMs: -5 })
    metrics.mail('append', 'stored')
    metrics.mail('append', 'stored')
    metrics.register({ operation: 'compare-and-set', outcome: 'conflict', durationMs: 12 })
    metrics.vote('prepare', 'outbid')
    metrics.storeBatch({ sync: true, ok: true, durationMs: 7 })
    metrics.storeBatch({ sync: true, ok: false, durationMs: 7 })
    assert.match(contentType, /^text\/plain; version=0\.0\.4/)
    const sample = parseExposition(await text())
    assert.equal(sample('p2pchat_build_info{version="1.2.3"}'), 1)
    assert.equal(sample('p2pchat_requests_total{protocol="pool",method="mailbox/append",outcome="ok"}'), 1)
    assert.equal(sample('p2pchat_requests_total{protocol="pool",method="mailbox/append",outcome="ERR_LIMIT"}'), 1)
    assert.equal(sample('p2pchat_request_duration_seconds_bucket{le="0.005",protocol="pool",method="mailbox/append"}'), 1)
    assert.equal(sample('p2pchat_request_duration_seconds_count{protocol="pool",method="mailbox/append"}'), 2)
    assert.equal(sample('p2pchat_request_duration_seconds_sum{protocol="server",method="vote/ask"}'), 0)
    assert.equal(sample('p2pchat_mail_operations_total{operation="append",outcome="stored"}'), 2)
    assert.equal(sample('p2pchat_register_operations_total{operation="compare-and-set",outcome="conflict"}'), 1)
    assert.equal(sample('p2pchat_register_votes_total{phase="prepare",result="outbid"}'), 1)
    assert.equal(sample('p2pchat_store_batch_duration_seconds_count{sync="true"}'), 2)
    assert.equal(sample('p2pchat_store_batch_failures_total'), 1)
  })

  it('tells how things are, once the server runs', async () => {
    const { metrics, text } = make()
    assert.equal(parseExposition(await text())('p2pchat_devices'), 0)
    metrics.running(async () => readings)
    const sample = parseExposition(await text())
    assert.equal(sample('p2pchat_devices'), 3)
    assert.equal(sample('p2pchat_linked_servers'), 1)
    assert.equal(sample('p2pchat_mail_versions_behind'), 2)
    assert.equal(sample('p2pchat_roster_phase{phase="joint"}'), 1)
    assert.equal(sample('p2pchat_roster_phase{phase="settled"}'), 0)
    assert.equal(sample('p2pchat_vote_state{state="voting"}'), 1)
    assert.equal(sample('p2pchat_servers{state="learner"}'), 1)
    assert.equal(sample('p2pchat_acceptor'), 1)
  })

  it('does not say that a disk is full which does not say how full it is', async () => {
    const { metrics, text } = make()
    metrics.running(async () => ({ ...readings, freeDiskBytes: undefined }))
    assert.doesNotMatch(await text(), /^p2pchat_disk_free_bytes/m)
    assert.match(await text(), /^p2pchat_devices 3$/m)
  })

  it('reads once for all who ask at about the same time, and again later', async () => {
    const { metrics, text, clock } = make()
    let devices = 0
    metrics.running(async () => ({ ...readings, devices: ++devices }))
    await Promise.all([text(), text()])
    assert.equal(parseExposition(await text())('p2pchat_devices'), 1)
    await clock.advance(readingsTtlMs)
    assert.equal(parseExposition(await text())('p2pchat_devices'), 2)
  })

  it('does not keep a failure', async () => {
    const { metrics, text } = make()
    let isStopped = true
    metrics.running(async () => {
      if (isStopped) throw new P2pChatError('ERR_CLOSED', 'The server is not running.')
      return readings
    })
    await rejects(text(), 'ERR_CLOSED')
    isStopped = false
    assert.equal(parseExposition(await text())('p2pchat_devices'), 3)
  })

  it('has the memory and the event loop of the process where that is wanted', async () => {
    assert.doesNotMatch(await make().text(), /process_resident_memory_bytes/)
    const sample = parseExposition(await make(true).text())
    assert.ok(sample('process_resident_memory_bytes') > 1e6)
    assert.ok(sample('nodejs_eventloop_lag_p99_seconds') >= 0)
  })
})

describe('noMetrics', () => {
  it('takes everything and keeps nothing', () => {
    noMetrics.request({ protocol: 'pool', method: 'm', outcome: 'ok', durationMs: 1 })
    noMetrics.mail('append', 'stored')
    noMetrics.running(async () => assert.fail('It was read.'))
  })
})
