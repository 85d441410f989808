import assert from 'node:assert/strict'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { Gate } from '../../../src/overlay/host/gate.js'
import { createHost } from '../../../src/overlay/host/options.js'
import { peerIdFromEd25519 } from '../../../src/overlay/index.js'
import { seedOf } from '../pool/roster-chain.js'

describe('the libp2p node', () => {
  for (const role of ['client', 'server'] as const) {
    it(`of a ${role} keeps and tells no address through a relay or a name server, which may lead anywhere`, async () => {
      const host = await createHost({ role, seed: seedOf(1), listen: [], announce: [] }, role === 'client' ? new Gate() : undefined)
      const peer = peerIdFromEd25519(new Uint8Array(32).fill(1))
      const kept = await host.peerStore.merge(peerIdFromString(peer), {
        multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1'), multiaddr('/dnsaddr/them.example'), multiaddr(`/ip4/192.0.2.2/tcp/1/p2p/${host.peerId.toString()}/p2p-circuit`)]
      })
      assert.deepEqual(kept.addresses.map((one) => one.multiaddr.toString()), ['/ip4/192.0.2.1/tcp/1'])
    })
  }
})
