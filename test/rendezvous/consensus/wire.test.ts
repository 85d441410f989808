import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../../src/errors.js'
import { maxRegisterNameChars } from '../../../src/rendezvous/consensus/limits.js'
import { encode } from '../../../src/protocol/codec.js'
import { VoteRequest, VoteResponse } from '../../../src/protocol/pb/server.js'
import type { ServerSide } from '../../../src/rendezvous/consensus/messages.js'
import { remoteServer, serverHandlers } from '../../../src/rendezvous/consensus/wire.js'
import { entryName } from '../../../src/rendezvous/groups/group-registers.js'

const ballot = { counter: 7, proposer: 'ab'.repeat(16) }
const accepted = { ballot, register: { version: 3, value: Uint8Array.of(1, 2, 3) } }
const standing = { incarnation: 1, writes: 42 }
const place = { space: 'registers' as const, name: 'account:bob' }

/** A server that answers so, and tells what it was asked. */
function echo (answers: Partial<Record<keyof ServerSide, unknown>>): { asked: unknown[], far: ServerSide, handlers: ReturnType<typeof serverHandlers> } {
  const asked: unknown[] = []
  const side = Object.fromEntries(['vote', 'list', 'names', 'sign', 'witness', 'chain', 'install'].map((name) => [name, async (...request: unknown[]) => {
    asked.push(request)
    return answers[name as keyof ServerSide]
  }])) as unknown as ServerSide
  const handlers = serverHandlers(side)
  return { asked, handlers, far: remoteServer(async (method, body) => await handlers[method]?.('asker', body) ?? assert.fail(method)) }
}

describe('requests between servers', () => {
  it('come through as they were made', async () => {
    for (const request of [
      { kind: 'peek' as const, rosterVersion: 1, place },
      { kind: 'prepare' as const, rosterVersion: 2, place, ballot },
      { kind: 'accept' as const, rosterVersion: 2, place: { space: 'rosters' as const, name: '00000000000002' }, ballot, register: accepted.register }
    ]) {
      for (const vote of [{ vote: 'granted', accepted }, { vote: 'granted', accepted: undefined }, { vote: 'outbid', promised: ballot }]) {
        const { far, asked } = echo({ vote: { kind: 'answered', standing, vote } })
        assert.deepEqual(await far.vote(request), { kind: 'answered', standing, vote })
        assert.deepEqual(asked, [[request]])
      }
    }
    const list = { kind: 'answered', standing, registers: [{ name: 'a', accepted: { ...accepted, ballot: { counter: 0, proposer: '' } } }], more: true }
    assert.deepEqual(await echo({ list }).far.list({ rosterVersion: 1, prefix: 'a', after: '', limit: 5 }), list)
    const names = { kind: 'answered', standing, names: ['a', 'b'], more: false }
    for (const of of ['touched', 'derived'] as const) {
      const { far, asked } = echo({ names })
      const request = { rosterVersion: 1, of, prefix: 'a/', after: 'a/b', limit: 5 }
      assert.deepEqual(await far.names(request), names)
      assert.deepEqual(asked, [[request]])
    }
    assert.deepEqual(await echo({ sign: { kind: 'answered', standing, signature: Uint8Array.of(1) } }).far.sign({ rosterVersion: 1, roster: Uint8Array.of(2) }), { kind: 'answered', standing, signature: Uint8Array.of(1) })
    const { far, asked } = echo({ witness: standing, chain: Uint8Array.of(5) })
    assert.deepEqual(await far.witness('asked', { incarnation: 2, writes: 1 }), standing)
    assert.deepEqual(await far.chain(), Uint8Array.of(5))
    await far.install(Uint8Array.of(6))
    assert.deepEqual(asked, [['asker', { incarnation: 2, writes: 1 }], [], [Uint8Array.of(6)]])
  })

  it('tell why there is no answer', async () => {
    for (const why of ['old roster', 'unknown roster', 'not voting']) {
      const refusal = { kind: 'refused', why, standing }
      const { far } = echo({ vote: refusal, list: refusal, names: refusal, sign: refusal })
      assert.deepEqual(await far.vote({ kind: 'peek', rosterVersion: 1, place }), refusal)
      assert.deepEqual(await far.list({ rosterVersion: 1, prefix: '', after: '', limit: 1 }), refusal)
      assert.deepEqual(await far.names({ rosterVersion: 1, of: 'touched', prefix: '', after: '', limit: 1 }), refusal)
      assert.deepEqual(await far.sign({ rosterVersion: 1, roster: new Uint8Array(0) }), refusal)
    }
  })

  it('mean no vote, whatever reason a later version gives; and are refused for a space of a later version', async () => {
    const far = remoteServer(async () => encode(VoteResponse, { standing: { incarnation: 1n, writes: 42n }, refusal: 99 }))
    assert.deepEqual(await far.vote({ kind: 'peek', rosterVersion: 1, place }), { kind: 'refused', why: 'not voting', standing })
    const { handlers, asked } = echo({})
    await assert.rejects(handlers['consensus/peek']?.('asker', encode(VoteRequest, { space: 99, name: 'a' })) ?? assert.fail(), { code: 'ERR_INVALID_RECORD' })
    assert.deepEqual(asked, [])
  })

  it('are refused with a name that is none', async () => {
    const { far, asked } = echo({ vote: { kind: 'answered', standing, vote: { vote: 'granted', accepted: undefined } } })
    for (const name of ['', 'a/b', 'ä', 'a\n', 'x'.repeat(maxRegisterNameChars + 1)]) {
      await assert.rejects(far.vote({ kind: 'prepare', rosterVersion: 1, place: { ...place, name }, ballot }), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
    }
    assert.deepEqual(asked, [])
  })

  it('take the longest name that there is', () => {
    assert.ok(entryName(new Uint8Array(32), { sequence: Number.MAX_SAFE_INTEGER, hash: new Uint8Array(32) }).length <= maxRegisterNameChars)
  })

  it('are refused with our errors, whatever the bytes', async () => {
    const { handlers } = echo({})
    const methods = Object.keys(handlers).filter((method) => method.startsWith('consensus/'))
    await fc.assert(fc.asyncProperty(fc.constantFrom(...methods), fc.uint8Array({ maxLength: 60 }), async (method, body) => {
      // The stand-in has no answer to what it understands; that is not what is tried here.
      await handlers[method]?.('asker', body).catch((error: unknown) => { assert.ok(isP2pChatError(error) || error instanceof TypeError) })
    }), { numRuns: 500 })
    await assert.rejects(handlers['consensus/list']?.('asker', new Uint8Array(200_000)) ?? Promise.resolve(), (error) => isP2pChatError(error, 'ERR_LIMIT'))
  })
})
