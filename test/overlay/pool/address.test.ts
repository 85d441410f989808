import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../../src/errors.js'
import { ed25519FromPeerId, isEd25519PeerId, peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { formatPoolAddress, formatPoolId, isMultiaddrText, mergePoolAddresses, parsePoolAddress, parsePoolId, poolServers } from '../../../src/overlay/pool/address.js'
import { keyOf } from './roster-chain.js'

const poolId = formatPoolId(new Uint8Array(32).fill(7))
const peer = (number: number): string => peerIdFromEd25519(keyOf(number))
const usage = (fn: () => unknown, part?: RegExp): void => {
  assert.throws(fn, (error) => isP2pChatError(error, 'ERR_USAGE') && (part?.test(error.message) ?? true))
}

describe('pool address', () => {
  const addresses = [`/ip4/127.0.0.1/tcp/4001/p2p/${peer(1)}`, `/ip6/::1/tcp/4001/p2p/${peer(1)}`, `/dns4/chat.example.org/tcp/443/p2p/${peer(2)}`]

  it('is one string that comes back as it was, with nothing that a shell would touch', () => {
    const text = formatPoolAddress({ poolId, addresses })
    assert.match(text, /^[A-Za-z0-9:@/.,_-]+$/)
    assert.deepEqual(parsePoolAddress(text), { poolId, addresses })
    assert.deepEqual(parsePoolAddress(`  ${text}\n`), { poolId, addresses })
  })

  it('names servers, with their addresses together', () => {
    assert.deepEqual(poolServers({ poolId, addresses }), [
      { peerId: peer(1), addresses: addresses.slice(0, 2) },
      { peerId: peer(2), addresses: addresses.slice(2) }
    ])
  })

  it('says what is wrong', () => {
    usage(() => parsePoolAddress(''), /starts with/)
    usage(() => parsePoolAddress('/ip4/127.0.0.1/tcp/1'), /starts with/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}`), /names no server/)
    usage(() => parsePoolAddress(`p2pchat:${poolId.slice(1)}@${addresses[0]}`), /not a pool id/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@`), /not an address/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@/ip4/127.0.0.1/tcp/1`), /not an address/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@/ip4/999.0.0.1/tcp/1/p2p/${peer(1)}`), /not an address/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@/ip4/127.0.0.1/tcp/1/p2p/12D3KooWnotapeer`), /not an address/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@$(id)/p2p/${peer(1)}`), /not an address/)
    usage(() => parsePoolAddress(`p2pchat:${poolId}@${'/ip4/1.2.3.4'.repeat(100_000)}`), /too long/)
    usage(() => formatPoolAddress({ poolId, addresses: [] }), /1 to 16/)
    usage(() => formatPoolAddress({ poolId, addresses: Array.from({ length: 17 }, (_, index) => `/ip4/127.0.0.1/tcp/${index + 1}/p2p/${peer(1)}`) }), /1 to 16/)
    usage(() => parsePoolId('A'.repeat(52)))
  })

  it('never shows control characters of what was given', () => {
    assert.throws(() => parsePoolAddress(`p2pchat:${poolId}@\u001b[31m`), (error: Error) => !error.message.includes('\u001b'))
  })

  it('merges addresses of one pool and refuses two', () => {
    const one = formatPoolAddress({ poolId, addresses: addresses.slice(0, 2) })
    const two = formatPoolAddress({ poolId, addresses: addresses.slice(1) })
    assert.deepEqual(mergePoolAddresses([one, two]), { poolId, addresses })
    usage(() => mergePoolAddresses([one, formatPoolAddress({ poolId: formatPoolId(new Uint8Array(32)), addresses })]), /different pools/)
    usage(() => mergePoolAddresses([]), /No pool address/)
  })

  it('writes a pool id in one way only', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (digest) => {
      assert.deepEqual(parsePoolId(formatPoolId(digest)), digest)
    }))
    usage(() => parsePoolId(`${poolId.slice(0, -1)}b`))
  })

  it('takes any text without falling over', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      usage(() => parsePoolAddress(text))
      usage(() => parsePoolAddress(`p2pchat:${poolId}@${text}`))
      assert.equal(typeof isMultiaddrText(text), 'boolean')
    }))
  })
})

describe('peer ids', () => {
  it('go there and back', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      const peerId = peerIdFromEd25519(key)
      assert.match(peerId, /^12D3KooW/)
      assert.deepEqual(ed25519FromPeerId(peerId), key)
    }))
  })

  it('are what libp2p makes of the same key', async () => {
    const { generateKeyPairFromSeed } = await import('@libp2p/crypto/keys')
    const { peerIdFromPrivateKey } = await import('@libp2p/peer-id')
    const libp2p = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(5)))
    assert.equal(peerIdFromEd25519(keyOf(5)), libp2p.toString())
  })

  it('are refused when they are none', () => {
    for (const text of ['', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', `${peer(1)}x`, peer(1).replace('W', '0'), `13${peer(1).slice(2)}`]) {
      assert.equal(isEd25519PeerId(text), false)
    }
    assert.throws(() => peerIdFromEd25519(new Uint8Array(31)), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
  })
})
