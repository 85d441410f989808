import assert from 'node:assert/strict'
import fc from 'fast-check'
import { formatJoinToken, parseJoinToken, type JoinToken } from '../../../src/rendezvous/join/index.js'
import { formatPoolAddress } from '../../../src/overlay/index.js'
import { formatPoolId } from '../../../src/overlay/pool/address.js'
import { peerIdOf } from '../consensus/servers.js'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const tokens: fc.Arbitrary<JoinToken> = fc.record<JoinToken>({
  poolId: bytes(32).map(formatPoolId),
  addresses: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 16 }).map((ports) => ports.map((port) => `/ip4/10.0.0.1/tcp/${port}/p2p/${peerIdOf(1)}`)),
  inviteId: bytes(16),
  secret: bytes(32)
}, { noNullPrototype: true })
const example: JoinToken = { poolId: formatPoolId(new Uint8Array(32).fill(7)), addresses: [`/ip4/10.0.0.1/tcp/4001/p2p/${peerIdOf(1)}`], inviteId: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) }

describe('a token to join with', () => {
  it('says what was put into it', () => {
    fc.assert(fc.property(tokens, (token) => { assert.deepEqual(parseJoinToken(`  ${formatJoinToken(token)}\n`), token) }))
  })

  it('has no character that a shell treats', () => {
    fc.assert(fc.property(tokens, (token) => { assert.match(formatJoinToken(token), /^[A-Za-z0-9/._:,@-]+$/) }))
  })

  it('is refused when any character of it has changed, is missing or was added', () => {
    const text = formatJoinToken(example)
    fc.assert(fc.property(fc.nat(text.length - 1), fc.constantFrom('change', 'cut', 'end', 'double'), fc.constantFrom('a', 'Z', '7', '@', '/'), (at, how, other) => {
      const changed = how === 'end' ? text.slice(0, at) : how === 'cut' ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + (how === 'change' ? other : (text[at] ?? '').repeat(2)) + text.slice(at + 1)
      fc.pre(changed !== text)
      assert.throws(() => parseJoinToken(changed), { code: 'ERR_USAGE' })
    }), { numRuns: 500 })
  })

  it('tells somebody who gives the address of the pool what is wanted', () => {
    assert.throws(() => parseJoinToken(formatPoolAddress(example)), { code: 'ERR_USAGE', message: /a server needs a token.*pool invite/ })
  })

  it('is not looked at when it is endless', () => {
    assert.throws(() => parseJoinToken('p2pchat-join:' + 'a'.repeat(100_000)), { code: 'ERR_USAGE', message: /too long/ })
  })

  it('is written as the documentation has it', () => {
    assert.equal(formatJoinToken(example), FROZEN)
  })
})

const FROZEN = 'p2pchat-join:aeaqcaibaeaqcaibaeaqcaibaebaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibae6xa6suza7r6jy@a4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4dq@/ip4/10.0.0.1/tcp/4001/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
