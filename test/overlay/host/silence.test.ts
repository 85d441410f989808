import assert from 'node:assert/strict'
import { silenceLimit } from '../../../src/overlay/host/silence.js'
import { DHT_PROTOCOL } from '../../../src/protocol/ids.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { startsHosts } from './hosts.js'

describe('the limit to silence on a connection of libp2p', function () {
  this.timeout(60_000)
  const start = startsHosts()

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
