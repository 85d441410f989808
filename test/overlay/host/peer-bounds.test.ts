import assert from 'node:assert/strict'
import type { PeerData, PeerStore } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createHost } from '../../../src/overlay/host/options.js'
import { maxKeptAddresses } from '../../../src/overlay/host/limits.js'
import { maxAddressChars } from '../../../src/overlay/pool/limits.js'
import { peerIdFromEd25519 } from '../../../src/overlay/index.js'
import { maxAddresses } from '../../../src/protocol/limits.js'
import { keyOf, seedOf } from '../pool/roster-chain.js'

describe('the addresses that libp2p keeps of a peer', () => {
  const peer = peerIdFromString(peerIdFromEd25519(keyOf(2)))
  const some = (from: number, to: number): Multiaddr[] => Array.from({ length: to - from }, (_, index) => multiaddr(`/ip4/192.0.2.1/tcp/${from + index}`))
  let store: PeerStore
  const kept = async (): Promise<number[]> => (await store.get(peer)).addresses.map(({ multiaddr }) => Number(multiaddr.toString().split('/').at(-1))).sort((a, b) => a - b)
  const ports = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

  beforeEach(async () => { store = (await createHost({ role: 'server', seed: seedOf(1), listen: [], announce: [] })).peerStore })

  it('are so many of what is told at a time', async () => {
    for (const method of ['merge', 'patch', 'save'] as const) {
      await store.delete(peer)
      await store[method](peer, { multiaddrs: some(1, 1000) })
      assert.deepEqual(await kept(), ports(1, 1 + maxAddresses))
    }
    await store.patch(peer, { addresses: some(1, 1000).map((multiaddr) => ({ multiaddr, isCertified: true })) })
    assert.deepEqual(await kept(), ports(1, 1 + maxAddresses))
  })

  it('are none that are too long, which take no room of others', async () => {
    const long = Array.from({ length: maxAddresses }, (_, port) => multiaddr(`/dns4/${'a'.repeat(maxAddressChars)}/tcp/${port}`))
    for (const method of ['merge', 'patch', 'save'] as const) {
      await store.delete(peer)
      await store[method](peer, { multiaddrs: [...long, ...some(1, 3)] })
      assert.deepEqual(await kept(), [1, 2])
    }
  })

  it('are so many in all, the first ones, also when all are told at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, async (_, time) => await store.merge(peer, { multiaddrs: some(1 + time * 10, 11 + time * 10) })))
    assert.deepEqual(await kept(), ports(1, 1 + maxKeptAddresses))
    await store.merge(peer, { multiaddrs: some(5, 10) })
    assert.deepEqual(await kept(), ports(1, 1 + maxKeptAddresses))
  })

  it('stay as they are when something else is told, and after a refusal', async () => {
    await store.merge(peer, { multiaddrs: some(1, 4) })
    const refused = store.merge(peer, { multiaddrs: some(4, 6), tags: { bad: { value: 1000 } } } satisfies PeerData)
    const [, merged] = await Promise.allSettled([refused, store.merge(peer, { multiaddrs: some(6, 7) }), store.merge(peer, { protocols: ['/test/1'] })])
    assert.equal(merged.status, 'fulfilled')
    await assert.rejects(refused)
    assert.deepEqual(await kept(), [1, 2, 3, 6])
  })
})
