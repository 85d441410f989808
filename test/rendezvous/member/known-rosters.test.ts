import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { RosterKeeper } from '../../../src/rendezvous/consensus/index.js'
import type { Links } from '../../../src/rendezvous/links/index.js'
import { exchangeRosters, knownRosters } from '../../../src/rendezvous/member/known-rosters.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('two servers that meet exchange their rosters', () => {
  /** A chain is as many bytes as it has versions here. @returns the methods that were asked, and what is known after it */
  async function exchange (own: number, theirs: number): Promise<{ asked: string[], own: number, theirs: number }> {
    const known = { own, theirs }
    const asked: string[] = []
    const keeper = {
      get history () { return { chain: new Uint8Array(known.own) } },
      install: async (chain: Uint8Array) => { known.own = Math.max(known.own, chain.byteLength) }
    } as unknown as RosterKeeper
    const links = {
      ask: async (_peerId: string, method: string, body: Uint8Array) => {
        asked.push(method)
        if (method === 'roster/install') known.theirs = Math.max(known.theirs, body.byteLength)
        return new Uint8Array(method === 'roster/chain' ? known.theirs : 0)
      }
    } as unknown as Links
    await exchangeRosters(keeper, links, 'other')
    return { asked, ...known }
  }

  it('where the other has the newer one, by taking it', async () => {
    assert.deepEqual(await exchange(1, 3), { asked: ['roster/chain'], own: 3, theirs: 3 })
  })

  it('where the other has an older one, by giving it', async () => {
    assert.deepEqual(await exchange(3, 1), { asked: ['roster/chain', 'roster/install'], own: 3, theirs: 3 })
  })

  it('where both have the same, by looking', async () => {
    assert.deepEqual(await exchange(2, 2), { asked: ['roster/chain'], own: 2, theirs: 2 })
  })
})

describe('a newer roster is asked for', () => {
  /** A chain is as many bytes as it has versions here. @returns who was asked */
  async function refresh (known: Record<string, number | 'silent' | 'unlinked' | 'frozen'>, atLeast: number): Promise<string[]> {
    const roster = { version: 1 }
    const asked: string[] = []
    const keeper = { roster, install: async (chain: Uint8Array) => { roster.version = Math.max(roster.version, chain.byteLength) } } as unknown as RosterKeeper
    const links = {
      others: () => Object.keys(known),
      isLinked: (peerId: string) => known[peerId] !== 'unlinked',
      ask: async (peerId: string) => {
        asked.push(peerId)
        const version = known[peerId]
        if (version === 'frozen') return await new Promise<Uint8Array>(() => {})
        if (typeof version !== 'number') throw new P2pChatError('ERR_UNREACHABLE', 'Not there.')
        return new Uint8Array(version)
      }
    } as unknown as Links
    const clock = new FakeClock()
    await clock.until(knownRosters(keeper, links, clock).refresh(atLeast))
    return asked
  }

  it('of one server after the other, until it is known', async () => {
    assert.deepEqual(await refresh({ a: 1, b: 2, c: 3, d: 3 }, 2), ['a', 'b'])
  })

  it('of those first to whom there is a channel', async () => {
    assert.deepEqual(await refresh({ a: 'unlinked', b: 'silent', c: 2 }, 2), ['b', 'c'])
    assert.deepEqual(await refresh({ a: 'unlinked', b: 'silent', c: 1 }, 2), ['b', 'c', 'a'])
  })

  it('of the next one also where one does not answer', async () => {
    assert.deepEqual(await refresh({ a: 'frozen', b: 'frozen', c: 2, d: 2 }, 2), ['a', 'b', 'c'])
  })

  it('of nobody when it is known', async () => {
    assert.deepEqual(await refresh({ a: 1, b: 2 }, 1), [])
  })
})
