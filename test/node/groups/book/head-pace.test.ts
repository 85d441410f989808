import assert from 'node:assert/strict'
import { HeadPace } from '../../../../src/node/groups/book/head-pace.js'
import { headPauseMsPerMember, maxHeadPauseMs, membersWithoutHeadPause } from '../../../../src/node/groups/book/limits.js'
import { Timers } from '../../../../src/node/groups/book/timers.js'
import type { ServedHead } from '../../../../src/node/pool/group-requests.js'
import { FakeClock, settle } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'

describe('HeadPace', () => {
  let clock: FakeClock
  let timers: Timers
  let looked: number[]
  let members: number
  let failing: boolean
  let lookMs: number
  let pace: HeadPace
  const underWay: Array<Promise<void>> = []

  beforeEach(() => {
    clock = new FakeClock()
    timers = new Timers(clock)
    looked = []
    members = 200
    failing = false
    lookMs = 0
    pace = new HeadPace({
      clock,
      random: new SeededRandom('heads'),
      timers,
      membersOf: async () => members,
      look: async ({ head }) => {
        looked.push(head.sequence)
        await settle(2)
        if (lookMs > 0) await new Promise<void>((resolve) => { clock.schedule(lookMs, resolve) })
        if (failing) throw new Error('no server')
      },
      run: (work) => { underWay.push(work().catch(() => {})) }
    })
  })

  const told = (sequence: number, group = 1): void => {
    const served: ServedHead = { groupId: new Uint8Array(32).fill(group), head: { sequence, hash: new Uint8Array(32) } }
    underWay.push(pace.told(served).catch(() => {}))
  }
  const done = async (): Promise<void> => {
    await settle()
    await Promise.all(underWay.splice(0))
  }

  it('looks at the first head at once, and at the newest of those that come soon after it once', async () => {
    for (const sequence of [5, 6, 8, 7]) told(sequence)
    await done()
    assert.deepEqual(looked, [5])
    await clock.advance(maxHeadPauseMs / 2 - 1)
    assert.deepEqual(looked, [5])
    await clock.advance(maxHeadPauseMs / 2 + 1)
    await done()
    assert.deepEqual(looked, [5, 8])
    await clock.advance(maxHeadPauseMs)
    assert.deepEqual(looked, [5, 8])
    assert.equal(clock.pending, 0)
    told(9)
    await done()
    assert.deepEqual(looked, [5, 8, 9])
  })

  it('rests for less in a smaller group, and in a small one not at all', async () => {
    members = membersWithoutHeadPause + 10
    told(1)
    told(2)
    await done()
    await clock.advance(10 * headPauseMsPerMember)
    await done()
    assert.deepEqual(looked, [1, 2])
    members = membersWithoutHeadPause
    await clock.advance(maxHeadPauseMs)
    for (const sequence of [3, 4, 5]) told(sequence)
    await done()
    assert.deepEqual(looked, [1, 2, 3, 5])
    assert.equal(clock.pending, 0)
  })

  it('rests for longer where looking takes long', async () => {
    members = membersWithoutHeadPause + 1
    lookMs = 200
    told(1)
    told(2)
    await clock.advance(lookMs)
    await done()
    await clock.advance(2 * lookMs - 1)
    assert.deepEqual(looked, [1])
    await clock.advance(2 * lookMs + 1)
    assert.deepEqual(looked, [1, 2])
    await clock.advance(2_000)
    assert.equal(clock.pending, 0)
  })

  it('keeps groups apart', async () => {
    told(1, 1)
    told(1, 2)
    await done()
    assert.deepEqual(looked, [1, 1])
  })

  it('goes on after a head that could not be looked at', async () => {
    failing = true
    told(1)
    told(2)
    await done()
    failing = false
    await clock.advance(maxHeadPauseMs)
    await done()
    assert.deepEqual(looked, [1, 2])
  })

  it('ends with its timers', async () => {
    told(1)
    told(2)
    await done()
    timers.stop()
    await clock.advance(maxHeadPauseMs)
    assert.deepEqual(looked, [1])
    assert.equal(clock.pending, 0)
  })
})
