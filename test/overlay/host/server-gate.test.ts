import assert from 'node:assert/strict'
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { maxOpenPerGroup, maxPendingPerGroup } from '../../../src/overlay/host/limits.js'
import { createHost } from '../../../src/overlay/host/options.js'
import { ServerGate } from '../../../src/overlay/host/server-gate.js'
import { seedOf } from '../pool/roster-chain.js'

class FakeConnection extends EventTarget {
  status = 'open'
  readonly remoteAddr: { toString: () => string }

  constructor (address: string) {
    super()
    this.remoteAddr = { toString: () => address }
  }

  close (): void {
    this.status = 'closed'
    this.dispatchEvent(new Event('close'))
  }
}

describe('the gate of a server', () => {
  let gate: ServerGate
  beforeEach(() => { gate = new ServerGate() })

  const asConnection = (connection: FakeConnection): MultiaddrConnection => connection as unknown as MultiaddrConnection

  function knock (address: string): FakeConnection | undefined {
    const connection = new FakeConnection(address)
    return gate.gater.denyInboundConnection?.(asConnection(connection)) === true ? undefined : connection
  }

  function enter (address: string): FakeConnection | undefined {
    const connection = knock(address)
    if (connection !== undefined) assert.equal(gate.gater.denyInboundUpgradedConnection?.({} as PeerId, asConnection(connection)), false)
    return connection
  }

  it('lets so many of one group begin their handshakes, and others in all the same', () => {
    const begun = Array.from({ length: maxPendingPerGroup }, (_, port) => knock(`/ip4/192.0.2.1/tcp/${port}`))
    assert.ok(begun.every((connection) => connection !== undefined))
    assert.equal(knock('/ip4/192.0.2.1/tcp/1'), undefined)
    assert.ok(knock('/ip4/192.0.2.2/tcp/1') !== undefined)
    begun[0]?.close()
    begun[0]?.close()
    assert.ok(knock('/ip4/192.0.2.1/tcp/1') !== undefined)
    assert.equal(knock('/ip4/192.0.2.1/tcp/1'), undefined)
  })

  it('takes so many of one group, and forgets who is gone', () => {
    const inside = Array.from({ length: maxOpenPerGroup }, (_, number) => enter(`/ip6/2001:db8:0:7::${number.toString(16)}/tcp/1`))
    assert.ok(inside.every((connection) => connection !== undefined))
    assert.equal(knock('/ip6/2001:db8:0:7:ffff::1/tcp/1'), undefined)
    assert.ok(enter('/ip6/2001:db8:0:8::1/tcp/1') !== undefined)
    assert.equal(gate.size, 2)
    inside[7]?.close()
    assert.ok(enter('/ip6/2001:db8:0:7:ffff::1/tcp/1') !== undefined)
    assert.equal(enter('/ip6/2001:db8:0:7:ffff::1/tcp/1'), undefined)
    for (const connection of inside) connection?.close()
    assert.equal(gate.size, 2)
  })

  it('does not count this machine, nor takes what has ended already', () => {
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1', '/ip6/::ffff:127.0.0.1/tcp/1']) {
      for (let number = 0; number <= maxOpenPerGroup; number++) assert.ok(knock(address) !== undefined)
    }
    const ended = new FakeConnection('/ip4/192.0.2.1/tcp/1')
    ended.status = 'aborted'
    assert.equal(gate.gater.denyInboundConnection?.(asConnection(ended)), true)
    assert.equal(gate.size, 0)
  })

  it('is what a server has, and a connection that ends is told to it', async () => {
    const gate = new ServerGate()
    const { denyInboundConnection, denyInboundUpgradedConnection } = gate.gater
    // Only from elsewhere is counted, and a test has nothing but this machine.
    const elsewhere = (connection: MultiaddrConnection): MultiaddrConnection => new Proxy(connection, {
      get: (target, name) => {
        if (name === 'remoteAddr') return { toString: () => '/ip4/192.0.2.1/tcp/1' }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) as unknown : value
      }
    })
    const seen = new Map<MultiaddrConnection, MultiaddrConnection>()
    const gater: ConnectionGater = {
      denyInboundConnection: (connection) => denyInboundConnection?.(seen.set(connection, elsewhere(connection)).get(connection) ?? connection) ?? false,
      denyInboundUpgradedConnection: (peerId, connection) => denyInboundUpgradedConnection?.(peerId, seen.get(connection) ?? connection) ?? false
    }
    const server = await createHost({ role: 'server', seed: seedOf(1), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [] })
    const { connectionGater } = (server as unknown as { components: { connectionGater: ConnectionGater } }).components
    assert.ok(connectionGater.denyInboundConnection !== undefined)
    Object.assign(connectionGater, gater)
    const client = await createHost({ role: 'client', seed: seedOf(2), listen: [], announce: [] })
    try {
      await Promise.all([server.start(), client.start()])
      const connection = await client.dial(server.getMultiaddrs())
      assert.equal(gate.size, 1)
      const gone = new Promise((resolve) => { server.addEventListener('connection:close', resolve) })
      await connection.close()
      await gone
      assert.equal(gate.size, 0)
    } finally {
      await Promise.all([server.stop(), client.stop()])
    }
  })
})
