import assert from 'node:assert/strict'
import os from 'node:os'
import { multiaddr } from '@multiformats/multiaddr'
import { createHost, type Host } from '../../../src/overlay/host/options.js'
import { OwnAddresses } from '../../../src/overlay/host/own-addresses.js'
import { createNetwork, type P2pNetwork } from '../../../src/overlay/index.js'
import { maxAddresses } from '../../../src/protocol/limits.js'
import { silentLogger, systemClock as clock } from '../../../src/runtime.js'
import { seedOf } from '../pool/roster-chain.js'

const address = (ip: string): os.NetworkInterfaceInfo => ({ address: ip, netmask: '255.255.255.0', family: 'IPv4', mac: '02:00:00:00:00:01', internal: false, cidr: `${ip}/24` })
const hostsOf = (addresses: string[]): string[] => addresses.map((text) => text.split('/')[2] ?? '')

describe('the addresses of a node that has IPv6 alone', () => {
  const told = (...listened: string[]): string[] => {
    const own = new OwnAddresses({ peerId: { toString: () => '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' }, transportManager: { getAddrs: () => listened.map((text) => multiaddr(text)) } }, [])
    return own.list().map((address) => address.toString().split('/tcp/')[0] ?? '')
  }

  it('are the global one, then that of its site, and none that holds on one cable alone', () => {
    assert.deepEqual(
      told('/ip6zone/eth0/ip6/fe80::1/tcp/4001', '/ip6/fe80::2/tcp/4001', '/ip6/::1/tcp/4001', '/ip6/fd00::1/tcp/4001', '/ip6/2a01:4f8::1/tcp/4001'),
      ['/ip6/2a01:4f8::1', '/ip6/fd00::1', '/ip6/::1'])
    assert.deepEqual(told('/ip6zone/eth0/ip6/fe80::1/tcp/4001', '/ip6/fd00::1/tcp/4001'), ['/ip6/fd00::1'])
  })

  it('are those of its cable where it has no others', () => {
    assert.deepEqual(told('/ip6zone/eth0/ip6/fe80::1/tcp/4001'), ['/ip6zone/eth0/ip6/fe80::1'])
  })
})

describe('the addresses of a node with a public one', () => {
  const { networkInterfaces } = os
  const started: Array<Host | P2pNetwork> = []

  before(() => { os.networkInterfaces = () => ({ lo: [address('127.0.0.1')], eth0: [address('51.0.0.1')], eth1: [address('10.0.0.1')] }) })
  after(() => { os.networkInterfaces = networkInterfaces })
  afterEach(async () => { await Promise.all(started.splice(0).map(async (one) => { await one.stop() })) })

  const listen = ['/ip4/0.0.0.0/tcp/0']
  async function networkOf (role: 'server' | 'client', announce: string[] = []): Promise<P2pNetwork> {
    const network = createNetwork({ role, seed: seedOf(1), listen, announce, clock, logger: silentLogger })
    started.push(network)
    await network.start()
    return network
  }

  for (const role of ['server', 'client'] as const) {
    it(`of a ${role} are told with it, each with the PeerId`, async () => {
      const network = await networkOf(role)
      assert.deepEqual(hostsOf(network.addresses()), ['51.0.0.1', '10.0.0.1', '127.0.0.1'])
      assert.ok(network.addresses().every((text) => text.endsWith(`/p2p/${network.peerId}`)))
    })
  }

  it('are those that it was told to announce, where it was', async () => {
    const network = await networkOf('server', ['/dns4/pool.example/tcp/4001'])
    assert.deepEqual(network.addresses(), [`/dns4/pool.example/tcp/4001/p2p/${network.peerId}`])
  })

  it('are what libp2p tells by itself of a server', async () => {
    const host = await createHost({ role: 'server', seed: seedOf(1), listen, announce: [] })
    started.push(host)
    await host.start()
    assert.deepEqual(hostsOf(host.getMultiaddrs().map(String)), ['51.0.0.1', '10.0.0.1', '127.0.0.1'])
  })

  it('are the public one first, whatever else the machine has, and libp2p tells no more than others take', async () => {
    const { networkInterfaces } = os
    const bridges = Array.from({ length: 20 }, (_, number) => address(`172.17.${number}.1`))
    os.networkInterfaces = () => ({ lo: [address('127.0.0.1')], bridges, eth0: [address('51.0.0.1')] })
    try {
      const host = await createHost({ role: 'server', seed: seedOf(1), listen, announce: [] })
      started.push(host)
      await host.start()
      const told = hostsOf(host.getMultiaddrs().map(String))
      assert.deepEqual([told.length, told[0]], [maxAddresses, '51.0.0.1'])
      assert.deepEqual(hostsOf(host.services.own.list().map(String)), ['51.0.0.1', ...bridges.map((one) => one.address), '127.0.0.1'])
    } finally {
      os.networkInterfaces = networkInterfaces
    }
  })
})
