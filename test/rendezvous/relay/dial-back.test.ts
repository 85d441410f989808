import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import type { Prober } from '../../../src/overlay/index.js'
import type { Channel } from '../../../src/overlay/network.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { DialBackRequest, DialBackResponse } from '../../../src/protocol/pb/service.js'
import { Attachments } from '../../../src/rendezvous/directory/index.js'
import { Limiter } from '../../../src/rendezvous/rate/limiter.js'
import { dialBackHandlers } from '../../../src/rendezvous/relay/index.js'
import { isOfHost } from '../../../src/rendezvous/relay/dial-back.js'
import { dialBackCost, maxDialBackAddresses } from '../../../src/rendezvous/relay/limits.js'
import { FakeClock } from '../../helpers/fake-clock.js'

const peerId = '12D3KooWBob'
const channel = { remotePeer: peerId, remoteAddress: '/ip4/203.0.113.7/tcp/55555', closed: new AbortController().signal } as unknown as Channel

describe('directory/dial-back', () => {
  function server ({ attached = true, prober, burst = 1000 }: { attached?: boolean, prober?: Prober, burst?: number } = {}): (addresses: string[]) => Promise<string[]> {
    const clock = new FakeClock()
    const attachments = new Attachments()
    if (attached) attachments.attach({ channel, username: 'bob', deviceKey: new Uint8Array(32), locator: undefined, attachedAtMs: clock.now() })
    const handlers = dialBackHandlers({ clock, attachments, reads: Limiter.of(clock, { readsPerPeer: { burst, refillMs: 1000 } }, 'readsPerPeer', 'requests'), prober })
    return async (addresses) => {
      const body = await handlers['directory/dial-back']?.(encode(DialBackRequest, { addresses }), { channel, signal: new AbortController().signal }) ?? new Uint8Array(0)
      return decode(DialBackResponse, body, 10_000, 'An answer').answered
    }
  }

  it('dials nobody but the host that asks, and not more than a few addresses', async () => {
    const dialled: string[][] = []
    const prober: Prober = {
      probe: async (peer) => {
        assert.equal(peer.peerId, peerId)
        dialled.push(peer.addresses)
        return peer.addresses.slice(0, 1)
      }
    }
    const ask = server({ prober })
    assert.deepEqual(await ask(['/ip4/192.168.0.2/tcp/1', '/ip4/203.0.113.7/tcp/4001', '/ip4/203.0.113.7/tcp/4002', '/ip4/198.51.100.1/tcp/22']), ['/ip4/203.0.113.7/tcp/4001'])
    assert.deepEqual(dialled, [['/ip4/203.0.113.7/tcp/4001', '/ip4/203.0.113.7/tcp/4002']])
    await ask(Array.from({ length: 10 }, (_, port) => `/ip4/203.0.113.7/tcp/${port + 1}`))
    assert.equal(dialled[1]?.length, maxDialBackAddresses)
    assert.deepEqual(await ask(['/ip4/192.168.0.2/tcp/1']), [])
    assert.equal(dialled.length, 2)
  })

  it('is for attached devices, and not as often as they like', async () => {
    await assert.rejects(server({ attached: false })([]), (error) => isP2pChatError(error, 'ERR_NOT_PERMITTED'))
    const ask = server({ burst: dialBackCost })
    await ask([])
    await assert.rejects(ask([]), (error) => isP2pChatError(error, 'ERR_RATE_LIMITED'))
  })

  it('knows its host under every name that is an address', () => {
    const seen = '/ip4/203.0.113.7/tcp/55555'
    assert.equal(isOfHost('/ip4/203.0.113.7/tcp/1', seen), true)
    assert.equal(isOfHost(`/ip4/203.0.113.7/tcp/1/p2p/${peerId}`, seen), true)
    assert.equal(isOfHost('/ip6/2001:DB8::1/tcp/1', '/ip6/2001:db8::1/tcp/5'), true)
    for (const address of ['/ip4/203.0.113.70/tcp/1', '/dns4/example.org/tcp/1', '/ip4/203.0.113.7/udp/1', '', 'nonsense', `/ip4/203.0.113.7/tcp/1/p2p/${peerId}/p2p-circuit/p2p/x`]) assert.equal(isOfHost(address, seen), false, address)
    assert.equal(isOfHost('/ip4/203.0.113.7/tcp/1', '/ip4/198.51.100.1/tcp/1/p2p/x/p2p-circuit'), false)
  })
})
