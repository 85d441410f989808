import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { settle } from '../../helpers/fake-clock.js'
import type { PoolTestnet, TestServer } from '../../helpers/pool-testnet.js'
import { makeDevice, TestClient, type TestDevice } from './test-client.js'

/** A device with a channel to this server of the pool. */
export async function clientAt (net: PoolTestnet, server: TestServer, device: TestDevice = makeDevice(net.random)): Promise<TestClient> {
  const network = net.hub.network({ seed: device.key.seed })
  const notifications: TestClient['notifications'] = []
  const note = (method: string) => (body: Uint8Array): void => { notifications.push({ method, body }) }
  const notified = ['mailbox/mail', 'directory/presence', 'groups/head', 'pool/leaving']
  network.serve(POOL_PROTOCOL, { requests: {}, notifications: Object.fromEntries(notified.map((method) => [method, note(method)])) })
  await network.start()
  const channel = await net.clock.until(network.connect({ peerId: server.peerId, addresses: [server.address] }, POOL_PROTOCOL))
  return new TestClient({ device, network, channel, notifications, clock: net.clock, random: net.random })
}

/** A device that signed up at this server and is attached to it. */
export async function userAt (net: PoolTestnet, server: TestServer, username: string): Promise<TestClient> {
  const client = await clientAt(net, server)
  await net.clock.until(client.signUp(username))
  await net.clock.until(client.attach(username))
  return client
}

/** What the servers tell each other has arrived. */
export async function heard (): Promise<void> {
  await settle(30)
}
