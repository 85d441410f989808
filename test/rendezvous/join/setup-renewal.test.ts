import assert from 'node:assert/strict'
import type { Consensus, RosterChange } from '../../../src/rendezvous/consensus/index.js'
import { FOUNDING_INVITE_ID, Invites, renewSetup, Secrets, type RenewalComponents } from '../../../src/rendezvous/join/index.js'
import { finishRemovalAfterMs } from '../../../src/rendezvous/join/limits.js'
import { readSetups } from '../../../src/rendezvous/join/setups.js'
import type { PoolSetups } from '../../../src/rendezvous/pool/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { firstHistory, peerIdOf, Servers } from '../consensus/servers.js'
import { fakeOpaque } from '../helpers/fake-opaque.js'

const secret = new Uint8Array(32).fill(5)

describe('a new setup after a server was removed', () => {
  let one: Consensus
  let invites: Invites
  let changes: RosterChange[]
  let components: RenewalComponents

  beforeEach(async () => {
    const servers = new Servers(firstHistory([1, 2], [1]))
    one = await servers.start(1)
    await servers.start(2)
    await one.life.wake()
    invites = new Invites({ registers: one.registers, clock: new FakeClock(), random: new SeededRandom(1) })
    await invites.found(secret)
    changes = []
    components = {
      history: () => one.roster.history,
      change: async (change) => {
        changes.push(change)
        return await one.changer.change(change)
      },
      registers: one.registers,
      opaque: fakeOpaque(),
      invites
    }
  })

  it('is made by nobody while none is due, and the token that the pool began with is good', async () => {
    await renewSetup(components)
    assert.deepEqual([changes, await invites.isFoundingOpen(secret)], [[], true])
  })

  it('is made once, and with the token that the pool began with nobody gets it', async () => {
    await one.changer.change({ kind: 'remove', peerId: peerIdOf(2) })
    await renewSetup(components)
    await renewSetup(components)
    assert.deepEqual(changes, [{ kind: 'opaque-setup', version: 2 }])
    assert.deepEqual([...(await readSetups(one.registers)).keys()], [2])
    await assert.rejects(invites.use(FOUNDING_INVITE_ID, secret, new Uint8Array(32).fill(9)), { code: 'ERR_NOT_PERMITTED', message: /server was removed/ })
  })

  it('is made by another server after a while, also where its clock was set back by a day meanwhile', async () => {
    const clock = new FakeClock()
    const setups = { currentVersion: 2, has: () => true, keep: async () => {}, entries: () => [], get: () => undefined } as unknown as PoolSetups
    const secrets = new Secrets({ ...components, invites, setups, store: createMemoryDisk().open(), clock, random: new SeededRandom(2), logger: silentLogger })
    await one.changer.change({ kind: 'remove', peerId: peerIdOf(2) })
    secrets.start()
    await clock.advance(finishRemovalAfterMs / 2)
    assert.deepEqual(changes, [])
    clock.jump(-24 * 60 * 60 * 1_000)
    await clock.advance(finishRemovalAfterMs)
    assert.deepEqual(changes, [{ kind: 'opaque-setup', version: 2 }])
    secrets.stop()
  })

  it('is not made before that token is closed', async () => {
    await one.changer.change({ kind: 'remove', peerId: peerIdOf(2) })
    const closeFounding = async (): Promise<void> => { throw new Error('no majority') }
    await assert.rejects(renewSetup({ ...components, invites: { closeFounding } }), /no majority/)
    assert.deepEqual([changes, (await readSetups(one.registers)).size], [[], 0])
  })
})
