import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { isP2pChatError } from '../../../src/errors.js'
import { PoolTestnet } from '../../helpers/pool-testnet.js'
import { clientAt } from '../helpers/pool-client.js'
import { nextRegister, type TestClient } from '../helpers/test-client.js'

const clients = 50
const names = Number(process.env.RACED_NAMES ?? 50)

/** Signs up until it is known whether the name was had: who got no answer asks again with the same bytes. */
async function register (net: PoolTestnet, client: TestClient, username: string): Promise<boolean> {
  const { signed } = nextRegister(ed25519KeyPair(net.random.bytes(32)), username, undefined, { devices: [client.device.certified] })
  for (;;) {
    try {
      await client.write(0, signed)
      return true
    } catch (error) {
      if (isP2pChatError(error, 'ERR_NAME_TAKEN')) return false
      if (!isP2pChatError(error, 'ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED', 'ERR_TIMEOUT', 'ERR_UNREACHABLE')) throw error
      await new Promise<void>((resolve) => { net.clock.schedule(500, resolve) })
    }
  }
}

describe('one name for several', () => {
  it(`is had by exactly one of ${clients} clients at three servers, ${names} times`, async function () {
    this.timeout(120_000)
    const net = await PoolTestnet.start(3, { limits: { signUpsPerAddress: { burst: 1_000_000, refillMs: 1 }, accountWritesPerAddress: { burst: 1_000_000, refillMs: 1 } } })
    const racers = await Promise.all(Array.from({ length: clients }, async (_, n) => await clientAt(net, net.servers[n % 3]!)))
    for (let n = 0; n < names; n++) {
      // A handful at a time for each name, others for every name.
      const some = Array.from({ length: 5 }, (_, at) => racers[(n * 5 + at * 7) % clients]!)
      const had = await net.clock.until(Promise.all(some.map(async (racer) => await register(net, racer, `name${n}`))))
      assert.equal(had.filter(Boolean).length, 1, `name${n}`)
    }
    await net.clock.until(Promise.all(racers.map(async ({ network }) => { await network.stop() })))
    await net.stop()
  })

  it('is had by one of two on two sides of a partition, and the other is told so', async () => {
    const net = await PoolTestnet.start(3)
    const [one, two, three] = net.servers
    const [alone, among] = [await clientAt(net, one!), await clientAt(net, two!)]
    net.hub.partition([one!.peerId], [two!.peerId, three!.peerId])
    const asking = register(net, alone, 'alice')
    assert.equal(await net.clock.until(register(net, among, 'alice')), true)
    await net.clock.advance(20_000)
    net.hub.heal()
    assert.equal(await net.clock.until(asking), false)
    await net.clock.until(Promise.all([alone, among].map(async ({ network }) => { await network.stop() })))
    await net.stop()
  })
})
