import assert from 'node:assert/strict'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import type { Quorum } from '../../../src/overlay/index.js'
import { catchUpIntervalMs } from '../../../src/rendezvous/member/limits.js'
import { RegisterUpkeep } from '../../../src/rendezvous/member/register-upkeep.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('the upkeep of registers', () => {
  let clock: FakeClock
  let state: Consensus['life']['state']
  let roster: { roster: { phase: string }, votes: boolean, quorum: Quorum }
  let linked: (isUp: boolean, peerId?: string) => void
  let changed: () => void
  let runs: number
  let upkeep: RegisterUpkeep

  beforeEach(() => {
    clock = new FakeClock()
    state = 'voting'
    roster = { roster: { phase: 'settled' }, votes: true, quorum: { rule: 'majority', sets: [['self', 'another']] } }
    runs = 0
    upkeep = new RegisterUpkeep({
      consensus: {
        catchUp: async () => { runs++; return 0 },
        life: { get state () { return state } },
        roster: Object.assign(roster, { onChange: (listener: () => void) => { changed = listener } })
      } as unknown as Consensus,
      links: { onLink: (listener) => { linked = (isUp, peerId = 'another') => { listener(peerId, isUp) } } },
      clock,
      logger: silentLogger
    })
  })

  afterEach(() => { upkeep.stop() })

  it('looks once a server that votes begins to vote, meets others, or has a new roster', async () => {
    for (const happens of [() => { upkeep.soon() }, () => { linked(true); linked(true) }, () => { changed() }]) {
      const before = runs
      happens()
      await clock.advance(5_000)
      assert.equal(runs, before + 1)
    }
    linked(false)
    linked(true, 'one that does not vote')
    await clock.advance(5_000)
    assert.equal(runs, 3)
  })

  it('looks every hour although nothing happens', async () => {
    upkeep.soon()
    await clock.advance(5_000)
    for (let hour = 1; hour < 4; hour++) {
      await clock.advance(catchUpIntervalMs)
      assert.equal(runs, hour + 1)
    }
  })

  it('leaves a server alone that does not vote, or not yet', async () => {
    state = 'waking'
    linked(true)
    await clock.advance(5_000)
    state = 'voting'
    roster.votes = false
    linked(true)
    await clock.advance(5_000)
    assert.equal(runs, 0)
  })

  it('waits for the end of a change of acceptors, in which all registers are written again', async () => {
    roster.roster.phase = 'joint'
    linked(true)
    await clock.advance(5_000)
    assert.equal(runs, 0)
    roster.roster.phase = 'settled'
    changed()
    await clock.advance(5_000)
    assert.equal(runs, 1)
  })
})
