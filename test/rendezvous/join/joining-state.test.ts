import assert from 'node:assert/strict'
import { formatPoolId } from '../../../src/overlay/pool/address.js'
import { formatJoinToken, startAs } from '../../../src/rendezvous/join/index.js'
import { peerIdOf } from '../consensus/servers.js'

const poolOf = (number: number): string => formatPoolId(new Uint8Array(32).fill(number))
const tokenOf = (pool: number, secret = 1): string => formatJoinToken({ poolId: poolOf(pool), addresses: [`/ip4/10.0.0.1/tcp/4001/p2p/${peerIdOf(1)}`], inviteId: new Uint8Array(16), secret: new Uint8Array(32).fill(secret) })

describe('how a server starts', () => {
  it('alone it founds a pool, with a token it joins one', () => {
    assert.deepEqual(startAs({ poolId: undefined, given: undefined, kept: undefined }), { kind: 'founder' })
    assert.deepEqual(startAs({ poolId: undefined, given: tokenOf(1), kept: undefined }), { kind: 'joiner', token: tokenOf(1) })
  })

  it('goes on joining, whether or not it is told so again, and takes a newer token of the same pool', () => {
    assert.deepEqual(startAs({ poolId: undefined, given: undefined, kept: tokenOf(1) }), { kind: 'joiner', token: tokenOf(1) })
    assert.deepEqual(startAs({ poolId: undefined, given: tokenOf(1, 2), kept: tokenOf(1) }), { kind: 'joiner', token: tokenOf(1, 2) })
  })

  it('is what it is once it is in a pool', () => {
    assert.deepEqual(startAs({ poolId: poolOf(1), given: undefined, kept: undefined }), { kind: 'member' })
    assert.deepEqual(startAs({ poolId: poolOf(1), given: tokenOf(1), kept: undefined }), { kind: 'member' })
  })

  it('never takes its folder to another pool', () => {
    assert.throws(() => startAs({ poolId: poolOf(1), given: tokenOf(2), kept: undefined }), { code: 'ERR_STORE_FOREIGN', message: /--data/ })
    assert.throws(() => startAs({ poolId: undefined, given: tokenOf(2), kept: tokenOf(1) }), { code: 'ERR_STORE_FOREIGN' })
  })

  it('does not start with what is no token', () => {
    for (const poolId of [undefined, poolOf(1)]) assert.throws(() => startAs({ poolId, given: 'hello', kept: undefined }), { code: 'ERR_USAGE' })
  })
})
