import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { encodeRoster } from '../../../src/overlay/pool/roster-record.js'
import { appendRoster, signRoster, type RosterHistory } from '../../../src/overlay/pool/roster.js'
import { remoteServer } from '../../../src/rendezvous/consensus/wire.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { settle } from '../../helpers/fake-clock.js'
import { seedOf } from '../../overlay/pool/roster-chain.js'
import { firstHistory, peerIdOf, Servers } from './servers.js'

function next (history: RosterHistory, name: string): RosterHistory {
  const roster = encodeRoster({ ...history.newest, name, version: history.newest.version + 1, previousHash: history.newestHash })
  return appendRoster(history, roster, [signRoster(seedOf(1), roster)])
}

describe('the roster that a server keeps', () => {
  it('is on the disk before it counts', async () => {
    const saved: Uint8Array[] = []
    const servers = new Servers(firstHistory([1]))
    const { roster } = await servers.start(1, { saveChain: async (chain) => { saved.push(chain) } })
    const second = next(servers.first, 'second')
    roster.onChange(() => { assert.deepEqual(saved, [second.chain]) })
    await roster.install(second.chain)
    assert.equal(roster.roster.name, 'second')
    await roster.install(servers.first.chain)
    await roster.install(second.chain)
    assert.deepEqual([roster.roster.version, saved.length], [2, 1])
  })

  it('stays as it is when the disk refuses, or the chain tells another story', async () => {
    const servers = new Servers(firstHistory([1]))
    const disk = { isFull: true }
    const { roster } = await servers.start(1, { saveChain: async () => { if (disk.isFull) throw new Error('The disk is full.') } })
    await assert.rejects(roster.install(next(servers.first, 'second').chain), /full/)
    assert.equal(roster.roster.version, 1)
    disk.isFull = false
    await roster.install(next(servers.first, 'second').chain)
    await assert.rejects(roster.install(next(next(servers.first, 'other'), 'third').chain), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
    assert.equal(roster.roster.name, 'second')
  })

  it('is replaced only once what was begun under it has ended', async () => {
    const inner = createMemoryStore()
    const slow = { release: (): void => {}, isSlow: false }
    const store = {
      ...inner,
      get: async (key: string) => await inner.get(key),
      range: (options?: object) => inner.range(options),
      batch: async (...batch: Parameters<typeof inner.batch>): Promise<void> => {
        if (slow.isSlow) await new Promise<void>((resolve) => { slow.release = resolve })
        await inner.batch(...batch)
      }
    }
    const servers = new Servers(firstHistory([1]))
    const { roster, handlers, life } = await servers.start(1, { store })
    await life.wake()
    const server = remoteServer(async (method, body) => await handlers[method]?.('', body) ?? assert.fail(method))
    const place = { space: 'registers' as const, name: 'a' }
    const ballot = { counter: 1, proposer: '11'.repeat(16) }
    slow.isSlow = true
    const accepting = server.vote({ kind: 'accept', rosterVersion: 1, place, ballot, register: { version: 1, value: Uint8Array.of(1) } })
    await settle()
    const installing = roster.install(next(servers.first, 'second').chain)
    const naming = server.names({ rosterVersion: 2, of: 'touched', prefix: '', after: '', limit: 10 })
    await settle()
    assert.equal(roster.roster.version, 1)
    slow.release()
    assert.equal((await accepting).kind, 'answered')
    await installing
    const names = await naming
    assert.deepEqual(names.kind === 'answered' && names.names, ['a'])
    const late = await server.vote({ kind: 'prepare', rosterVersion: 1, place, ballot: { ...ballot, counter: 2 } })
    assert.deepEqual(late.kind === 'refused' && late.why, 'old roster')
    const early = await server.vote({ kind: 'peek', rosterVersion: 3, place })
    assert.deepEqual(early.kind === 'refused' && early.why, 'unknown roster')
  })

  it('is signed once for each version', async () => {
    const servers = new Servers(firstHistory([1, 2]))
    const { handlers, life } = await servers.start(1)
    await servers.start(2)
    await life.wake()
    const server = remoteServer(async (method, body) => await handlers[method]?.(peerIdOf(2), body) ?? assert.fail(method))
    const [one, other] = ['one', 'other'].map((name) => encodeRoster({ ...servers.first.newest, name, version: 2, previousHash: servers.first.newestHash }))
    const sign = async (roster = one ?? assert.fail()): Promise<unknown> => await server.sign({ rosterVersion: 1, roster })
    const answer = await server.sign({ rosterVersion: 1, roster: one ?? assert.fail() })
    assert.deepEqual(answer.kind === 'answered' && answer.signature, signRoster(seedOf(1), one ?? assert.fail()).signature)
    await sign()
    await assert.rejects(sign(other), (error) => isP2pChatError(error, 'ERR_CONFLICT'))
    await assert.rejects(sign(encodeRoster({ ...servers.first.newest, version: 3 })), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
  })
})
