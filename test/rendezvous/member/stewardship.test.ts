import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { Roster } from '../../../src/overlay/index.js'
import type { Consensus, RosterChange } from '../../../src/rendezvous/consensus/index.js'
import { Stewardship } from '../../../src/rendezvous/member/stewardship.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { firstHistory, peerIdOf } from '../consensus/servers.js'

const plain = firstHistory([1, 2], [1]).newest
const joint: Roster = { ...plain, phase: 'joint', servers: plain.servers.map((server) => ({ ...server, nextAcceptor: true })) }

describe('the steward of a roster', () => {
  /** What it changes in so many seconds, when each try to end a change of acceptors goes so. */
  async function changesIn (seconds: number, finish: (progress: { pages: number }) => Promise<void>, roster: Roster = joint, onChange: (change: RosterChange) => Promise<void> = async () => {}, jumpMs = 0): Promise<RosterChange[]> {
    const clock = new FakeClock()
    const changes: RosterChange[] = []
    const progress = { pages: 0 }
    const stewardship = new Stewardship({
      self: peerIdOf(1),
      consensus: {
        roster: { roster },
        heardTransfer: { atMs: undefined },
        changer: {
          get progress () { return String(progress.pages) },
          finish: async () => { await finish(progress) },
          change: async (change: RosterChange) => {
            changes.push(change)
            await onChange(change)
          }
        }
      } as unknown as Consensus,
      links: { isLinked: () => true, others: () => [peerIdOf(2)], ask: async () => new Uint8Array(0), onLink: () => {} },
      clock,
      logger: silentLogger,
      addresses: () => []
    })
    stewardship.start()
    for (let step = 0; step < seconds; step++) {
      if (step === 8) clock.jump(jumpMs)
      await clock.advance(1_000)
    }
    stewardship.stop()
    return changes
  }
  const fails = async (): Promise<void> => { throw new P2pChatError('ERR_UNREACHABLE', 'Too few answer.') }

  it('goes on with others when a learner cannot be made a member, and comes back to it', async () => {
    const learning = { ...plain, servers: firstHistory([1, 2, 3], [1]).newest.servers.map((server, at) => at === 0 ? server : { ...server, state: 'learner' as const }) }
    const changes = await changesIn(10, fails, learning, async (change) => { if (change.kind === 'state' && change.peerId === peerIdOf(2)) await fails() })
    assert.deepEqual(changes.slice(0, 3).map((change) => change.kind === 'state' && change.peerId), [2, 3, 2].map(peerIdOf))
  })

  it('takes a change of acceptors back that does not come any further', async () => {
    assert.deepEqual(await changesIn(14, fails), [])
    assert.deepEqual((await changesIn(20, fails))[0], { kind: 'take-back' })
  })

  it('does not while a try goes on, however long', async () => {
    assert.deepEqual(await changesIn(60, async () => { await new Promise<void>(() => {}) }), [])
  })

  it('does not because the clock was set on, and does although it was set back', async () => {
    const dayMs = 24 * 60 * 60 * 1_000
    assert.deepEqual(await changesIn(14, fails, joint, undefined, dayMs), [])
    assert.deepEqual((await changesIn(20, fails, joint, undefined, -dayMs))[0], { kind: 'take-back' })
  })

  it('does not while each try comes further than the one before', async () => {
    assert.deepEqual(await changesIn(60, async (progress) => {
      progress.pages++
      await fails()
    }), [])
  })
})
