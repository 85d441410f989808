import assert from 'node:assert/strict'
import { assertLost, recoverPool, type RecoveryComponents } from '../../../src/rendezvous/admin/recovery.js'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { RECOVERY, seedOf } from '../../overlay/pool/roster-chain.js'
import { firstHistory, peerIdOf, Servers } from '../consensus/servers.js'

describe('the recovery of a pool', () => {
  let servers: Servers
  let all: Map<number, Consensus>

  async function start (numbers: number[], voters: number[]): Promise<void> {
    servers = new Servers(firstHistory(numbers, voters))
    all = new Map()
    for (const number of numbers) all.set(number, await servers.start(number))
    await Promise.all([...all.values()].map(async ({ life }) => { await life.wake() }))
  }

  const at = (number: number): Consensus => all.get(number) ?? assert.fail()
  const down = (...numbers: number[]): void => { for (const number of numbers) servers.down.add(peerIdOf(number)) }

  /** As an operator sees it who gives the command at this server. */
  const from = (number: number, retired: number[] = []): RecoveryComponents => ({
    self: peerIdOf(number),
    consensus: at(number),
    links: {
      isLinked: (peerId) => !servers.down.has(peerId),
      ask: async (peerId, method, body) => {
        assert.equal(method, 'roster/install')
        await [...all].find(([other]) => peerIdOf(other) === peerId)?.[1].roster.install(body)
        return new Uint8Array(0)
      }
    },
    clock: new FakeClock(),
    retired: new Set(retired.map(peerIdOf))
  })
  const recover = async (components: RecoveryComponents, lost: number[]): Promise<void> => { await recoverPool(components, lost.map(peerIdOf), seedOf(RECOVERY)) }

  it('goes on when one more is lost over it', async () => {
    await start([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    down(3, 4, 5)
    at(1).roster.onChange(({ phase }) => { if (phase === 'recovering') down(2) })
    const components = from(1)
    const patient = components.clock as FakeClock
    const first = assert.rejects(recover(components, [3, 4, 5]), { code: 'ERR_UNREACHABLE' })
    for (let round = 0; round < 100; round++) await patient.advance(1_000)
    await first
    assert.equal(at(1).roster.roster.phase, 'recovering')
    await recover(from(1), [2, 3, 4, 5])
    assert.deepEqual([at(1).roster.roster.phase, at(1).roster.roster.servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => peerId)], ['settled', [peerIdOf(1)]])
  })

  it('counts on none whose disk is an old copy: it would wait for its vote for ever', async () => {
    await start([1, 2, 3], [1, 2, 3])
    down(3)
    await start([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    down(3, 4, 5)
    await assert.rejects(recover(from(1, [2]), [3, 4, 5]), { code: 'ERR_NOT_PERMITTED', message: /Server 2 runs on an old copy.*--lost 2/ })
    await recover(from(1, [2]), [2, 3, 4, 5])
    assert.equal(at(1).roster.roster.phase, 'settled')
  })

  it('takes out none that answers, whether it votes or not', async () => {
    await start([1, 2, 3, 4], [1, 2, 3])
    down(2, 3)
    assert.throws(() => { assertLost(from(1), [peerIdOf(4)]) }, { code: 'ERR_NOT_PERMITTED', message: /Server 4 answers/ })
    await assert.rejects(recover(from(1), [2, 3, 4]), { code: 'ERR_NOT_PERMITTED', message: /Server 4 answers/ })
    await recover(from(1), [2, 3])
  })

  it('is the same roster when two survivors are asked at once', async () => {
    await start([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    down(3, 4, 5)
    const [a, b] = [from(1), from(2)]
    await Promise.all([recover(a, [3, 4, 5]), recover(b, [3, 4, 5])])
    assert.equal(at(1).roster.roster.phase, 'settled')
    assert.deepEqual(at(2).roster.history.versions.slice(0, 2), at(1).roster.history.versions.slice(0, 2))
  })
})
