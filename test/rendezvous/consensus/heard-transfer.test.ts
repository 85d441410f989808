import assert from 'node:assert/strict'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import { HeardTransfer } from '../../../src/rendezvous/consensus/heard-transfer.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { firstHistory, peerIdOf, Servers } from './servers.js'

describe('what is heard of a server that writes all registers again', () => {
  it('is when it came further, by the roster of now', async () => {
    const clock = new FakeClock()
    const keeper = { roster: firstHistory([1, 2, 3]).newest }
    const { version } = keeper.roster
    const heard = new HeardTransfer(keeper, clock)
    const page = async (from: string, rosterVersion: number, after: string): Promise<number | undefined> => {
      await clock.advance(1_000)
      heard.page(from, rosterVersion, after)
      return heard.atMs === undefined ? undefined : clock.monotonicMs() - heard.atMs
    }
    assert.equal(await page('one', version + 1, ''), undefined)
    assert.equal(await page('one', version, ''), 0)
    assert.equal(await page('one', version, 'b'), 0)
    assert.equal(await page('one', version, 'b'), 1_000, 'it asks for the same again')
    assert.equal(await page('two', version, ''), 0, 'another one has begun')
    assert.equal(await page('one', version, 'a'), 1_000)
    keeper.roster = { ...keeper.roster, version: version + 1 }
    assert.equal(heard.atMs, undefined)
    assert.equal(await page('one', version + 1, ''), 0)
  })

  it('reaches all others who vote', async () => {
    const servers = new Servers(firstHistory([1, 2, 3, 4], [1, 2, 3]))
    const call = servers.limited(1, { calls: Infinity })
    const all: Consensus[] = []
    const heard = new Set<number>()
    all.push(await servers.start(1, {
      call: async (peerId, method, body) => {
        for (const [i, { heardTransfer, roster }] of all.entries()) if (method === 'consensus/prepare' && roster.roster.phase === 'joint' && heardTransfer.atMs !== undefined) heard.add(i + 1)
        return await call(peerId, method, body)
      }
    }))
    for (const number of [2, 3, 4]) all.push(await servers.start(number))
    await Promise.all(all.map(async ({ life }) => { await life.wake() }))
    for (let i = 0; i < 40; i++) await all[1]?.registers.compareAndSet(`a${i}`, 0, new Uint8Array(1))
    await all[0]?.changer.change({ kind: 'acceptors', peerIds: [1, 2, 4].map(peerIdOf) })
    assert.deepEqual([...heard].sort(), [2, 3, 4])
  })
})
