import assert from 'node:assert/strict'
import { createHost, type Host } from '../../../src/overlay/host/options.js'
import { silenceLimit } from '../../../src/overlay/host/silence.js'
import { DHT_PROTOCOL } from '../../../src/protocol/ids.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { seedOf } from '../pool/roster-chain.js'

describe('the limit to silence on a connection of libp2p', function () {
  this.timeout(60_000)
  const hosts: Host[] = []
  afterEach(async () => { await Promise.all(hosts.splice(0).map(async (host) => { await host.stop() })) })

  async function start (role: 'server' | 'client', number: number): Promise<Host> {
    const host = await createHost({ role, seed: seedOf(number), listen: role === 'server' ? ['/ip4/127.0.0.1/tcp/0'] : [], announce: [] })
    hosts.push(host)
    await host.start()
    return host
  }

  it('begins anew with whatever comes', async () => {
    const clock = new FakeClock()
    const server = await start('server', 1)
    const client = await start('client', 2)
    const connection = await client.dial(server.getMultiaddrs())
    const limit = silenceLimit(connection, clock, 700, new AbortController().signal)
    await clock.advance(600)
    assert.equal(limit.signal.aborted, false)
    const stream = await connection.newStream(DHT_PROTOCOL)
    stream.abort(new Error('That was all.'))
    assert.equal(limit.silentMs(), 0)
    await clock.advance(699)
    assert.equal(limit.signal.aborted, false)
    limit.clear()
    assert.equal(clock.pending, 0)
  })
})
