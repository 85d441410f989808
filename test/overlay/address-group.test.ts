import assert from 'node:assert/strict'
import { addressGroup } from '../../src/overlay/address-group.js'

describe('addressGroup', () => {
  it('is the whole of an IPv4 address, whatever the port', () => {
    assert.equal(addressGroup('/ip4/192.0.2.7/tcp/4001/p2p/12D3'), '192.0.2.7')
    assert.equal(addressGroup('/ip4/192.0.2.7/tcp/9'), addressGroup('/ip4/192.0.2.7/tcp/10'))
    assert.notEqual(addressGroup('/ip4/192.0.2.7/tcp/9'), addressGroup('/ip4/192.0.2.8/tcp/9'))
  })

  it('is the first 64 bits of an IPv6 address, however it is written', () => {
    const group = addressGroup('/ip6/2001:db8:0:7::1/tcp/4001')
    assert.equal(group, '2001:db8:0:7')
    assert.equal(addressGroup('/ip6/2001:0DB8::7:aaaa:bbbb:cccc:dddd/tcp/1'), group)
    assert.notEqual(addressGroup('/ip6/2001:db8:0:8::1/tcp/4001'), group)
    assert.equal(addressGroup('/ip6/::1/tcp/1'), '0:0:0:0')
    assert.equal(addressGroup('/ip6/::ffff:192.0.2.7/tcp/1'), '192.0.2.7')
  })

  it('is one for all that come through relays', () => {
    assert.equal(addressGroup('/ip4/192.0.2.7/tcp/1/p2p/12D3/p2p-circuit'), 'relayed')
  })
})
