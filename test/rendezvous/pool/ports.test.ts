import assert from 'node:assert/strict'
import { loadPorts, portsOf, savePorts, withPorts } from '../../../src/rendezvous/pool/index.js'
import { createMemoryStore } from '../../../src/store/index.js'

describe('ports', () => {
  it('are found in the addresses, and only for those that were left open', () => {
    const listen = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0', '/ip4/127.0.0.1/tcp/4001']
    const addresses = ['/ip4/127.0.0.1/tcp/5001/p2p/x', '/ip4/192.0.2.1/tcp/5001/p2p/x', '/ip6/::1/tcp/5002/p2p/x', '/ip4/127.0.0.1/tcp/4001/p2p/x']
    assert.deepEqual(portsOf(listen, addresses), { '/ip4/0.0.0.0/tcp/0': 5001, '/ip6/::/tcp/0': 5002 })
    assert.deepEqual(portsOf(['/ip4/127.0.0.1/tcp/0'], ['/dns4/chat.example.org/tcp/9/p2p/x']), {})
  })

  it('take the place of port 0 at the next start', async () => {
    const store = createMemoryStore()
    assert.deepEqual(await loadPorts(store), {})
    await savePorts(store, { '/ip4/0.0.0.0/tcp/0': 5001 })
    const ports = await loadPorts(store)
    assert.deepEqual(withPorts(['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/tcp/7', '/ip6/::/tcp/0'], ports), ['/ip4/0.0.0.0/tcp/5001', '/ip4/0.0.0.0/tcp/7', '/ip6/::/tcp/0'])
  })
})
