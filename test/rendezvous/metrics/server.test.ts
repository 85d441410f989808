import assert from 'node:assert/strict'
import { toString } from 'uint8arrays/to-string'
import { encode } from '../../../src/protocol/codec.js'
import { MailboxReadRequest } from '../../../src/protocol/pb/service.js'
import { prometheusMetrics } from '../../../src/rendezvous/metrics/prometheus.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { PoolTestnet } from '../../helpers/pool-testnet.js'
import { rejects } from '../helpers/expect.js'
import { TestPool } from '../helpers/test-pool.js'
import { parseExposition } from './exposition.js'

describe('a server with metrics', () => {
  let clock: FakeClock
  let pool: TestPool
  let text: () => Promise<string>

  beforeEach(async () => {
    clock = new FakeClock()
    const made = prometheusMetrics({ clock, version: '1.2.3', isOfProcess: false })
    text = made.text
    pool = await new TestPool({ metrics: made.metrics }).start()
  })

  afterEach(async () => { await pool.stop() })

  it('tells what it did for its clients, and how it is', async () => {
    const alice = await pool.user('alice')
    const bob = await pool.user('bob')
    await alice.append(bob.device.key.publicKey, 'one')
    await rejects(alice.append(new Uint8Array(32), 'two'), 'ERR_NOT_FOUND')
    const { entries } = await bob.read()
    await bob.acknowledge(entries.map(({ entryId }) => entryId))
    await alice.append(bob.device.key.publicKey, 'three')
    const sample = parseExposition(await text())
    assert.equal(sample('p2pchat_requests_total{protocol="pool",method="mailbox/append",outcome="ok"}'), 2)
    assert.equal(sample('p2pchat_requests_total{protocol="pool",method="mailbox/append",outcome="ERR_NOT_FOUND"}'), 1)
    assert.equal(sample('p2pchat_mail_operations_total{operation="append",outcome="stored"}'), 2)
    assert.equal(sample('p2pchat_mail_operations_total{operation="acknowledge",outcome="acknowledged"}'), 1)
    assert.ok(sample('p2pchat_register_votes_total{phase="accept",result="granted"}') >= 2)
    assert.ok(sample('p2pchat_store_batch_duration_seconds_count{sync="true"}') >= 2)
    assert.equal(sample('p2pchat_clients'), 2)
    assert.equal(sample('p2pchat_devices'), 2)
    assert.equal(sample('p2pchat_envelopes'), 1)
    assert.equal(sample('p2pchat_roster_phase{phase="settled"}'), 1)
    assert.equal(sample('p2pchat_acceptor'), 1)
    assert.equal(sample('p2pchat_vote_state{state="voting"}'), 1)
    assert.equal(sample('p2pchat_servers{state="member"}'), 1)
  })

  it('does not say that nothing lacks a copy before it has looked', async () => {
    const lines = /^p2pchat_(mail_under_replicated|mail_servers_not_compared|mail_moved|files_under_replicated|file_servers_not_compared) /gm
    assert.deepEqual((await text()).match(lines), null)
    await pool.clock.advance(10_000)
    await clock.advance(10_000)
    assert.equal((await text()).match(lines)?.length, 5)
  })

  it('names no user, no device, no group and no address, and no method that strangers make up', async () => {
    const users = await Promise.all(['alice.secretname', 'bob.secretname'].map(async (username) => await pool.user(username)))
    const [alice, bob] = users
    if (alice === undefined || bob === undefined) assert.fail()
    await alice.append(bob.device.key.publicKey, 'one')
    await alice.lookup('bob.secretname')
    await rejects(alice.channel.request('carol.secretname/method', encode(MailboxReadRequest, {})), 'ERR_UNSUPPORTED')
    const exposition = await text()
    for (const secret of ['secretname', '10.9.9', '192.0.2.1', pool.server.peerId, ...users.flatMap(({ device, network }) => [toString(device.key.publicKey, 'base16'), network.peerId])]) {
      assert.ok(!exposition.includes(secret), `${secret} is told.`)
    }
    const labels = new Set([...exposition.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label))
    assert.deepEqual([...labels].sort(), ['le', 'method', 'operation', 'outcome', 'phase', 'protocol', 'result', 'state', 'sync', 'version'])
  })

  it('cannot be read any more once it has stopped', async () => {
    await pool.stop()
    await rejects(text(), 'ERR_CLOSED')
  })
})

describe('servers of a pool with metrics', () => {
  it('tell who is linked, what other servers ask, and how far mail was moved', async () => {
    const clock = new FakeClock()
    const { metrics, text } = prometheusMetrics({ clock, version: '', isOfProcess: false })
    const net = await PoolTestnet.start(3, { clock, metrics: ({ name }) => name === 's1' ? metrics : undefined })
    try {
      await clock.advance(30_000)
      const sample = parseExposition(await text())
      assert.equal(sample('p2pchat_other_servers'), 2)
      assert.equal(sample('p2pchat_linked_servers'), 2)
      assert.equal(sample('p2pchat_servers{state="member"}'), 3)
      assert.equal(sample('p2pchat_mail_versions_behind'), 0)
      assert.equal(sample('p2pchat_file_versions_behind'), 0)
      assert.ok(sample('p2pchat_roster_version') > 1)
      assert.match(await text(), /p2pchat_requests_total\{protocol="server",method="[a-z]+\/[a-z-]+",outcome="ok"\} [1-9]/)
      const [, , third] = net.servers
      if (third === undefined) assert.fail()
      assert.deepEqual([sample('p2pchat_mail_servers_not_compared'), sample('p2pchat_file_servers_not_compared')], [0, 0])
      net.crash(third)
      await clock.advance(120_000)
      const without = parseExposition(await text())
      assert.equal(without('p2pchat_linked_servers'), 1)
      assert.deepEqual([without('p2pchat_mail_servers_not_compared'), without('p2pchat_file_servers_not_compared')], [1, 1])
    } finally {
      await net.stop()
    }
  })
})
