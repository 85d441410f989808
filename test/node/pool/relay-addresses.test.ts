import assert from 'node:assert/strict'
import { reachesAll, throughServers } from '../../../src/node/pool/relay-addresses.js'

const ids = { server: '12D3KooWServer', evil: '12D3KooWEvil', bob: '12D3KooWBob' }
const servers = [{ peerId: ids.server, addresses: [`/ip4/192.0.2.1/tcp/4601/p2p/${ids.server}`, '/dns4/chat.example.org/tcp/4601'] }]

describe('addresses for who shows its own to servers alone', () => {
  it('are those through servers of the roster, at the addresses of the roster', () => {
    const told = [
      '/ip4/203.0.113.9/tcp/1',
      `/ip4/203.0.113.9/tcp/1/p2p/${ids.evil}/p2p-circuit/p2p/${ids.bob}`,
      `/ip4/203.0.113.9/tcp/1/p2p/${ids.server}/p2p-circuit/p2p/${ids.bob}`,
      `/ip4/203.0.113.9/tcp/1/p2p/${ids.evil}/p2p/${ids.server}/p2p-circuit/p2p/${ids.bob}`
    ]
    const safe = [`/ip4/192.0.2.1/tcp/4601/p2p/${ids.server}/p2p-circuit/p2p/${ids.bob}`, `/dns4/chat.example.org/tcp/4601/p2p/${ids.server}/p2p-circuit/p2p/${ids.bob}`]
    assert.deepEqual(throughServers(told, servers), safe)
    assert.deepEqual(throughServers(told.slice(0, 2), servers), [])
    assert.deepEqual(throughServers(told, []), [])
  })
})

describe('an address that a server has reached', () => {
  it('is one for all when it is public, or when all is on one machine', () => {
    for (const host of ['ip4/203.0.113.9', 'ip4/127.0.0.1', 'ip4/172.32.0.1', 'ip4/100.128.0.1', 'ip6/2001:db8::1', 'ip6/::1']) assert.equal(reachesAll(`/${host}/tcp/4001`), true, host)
    for (const host of ['ip4/10.1.2.3', 'ip4/172.16.0.1', 'ip4/192.168.1.2', 'ip4/100.64.0.1', 'ip4/169.254.0.1', 'ip4/0.0.0.0', 'ip6/fd00::1', 'ip6/fe80::1', 'ip6/::', 'dns4/example.org']) assert.equal(reachesAll(`/${host}/tcp/4001`), false, host)
  })
})
