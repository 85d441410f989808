import { createHost, type Host } from '../../../src/overlay/host/options.js'
import { seedOf } from '../pool/roster-chain.js'

/** Starts hosts of libp2p on loopback, by the number of their seed; each is stopped after the test. For a `describe`. */
export function startsHosts (): (role: 'server' | 'client', number: number) => Promise<Host> {
  const hosts: Host[] = []
  afterEach(async () => { await Promise.all(hosts.splice(0).map(async (host) => { await host.stop() })) })
  return async (role, number) => {
    const host = await createHost({ role, seed: seedOf(number), listen: role === 'server' ? ['/ip4/127.0.0.1/tcp/0'] : [], announce: [] })
    hosts.push(host)
    await host.start()
    return host
  }
}
