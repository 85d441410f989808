import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../../src/errors.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

// A soak gives more.
const seeds = Number(process.env.GROUP_SEEDS ?? 3)
const steps = 60
const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']

/** Everything that people and machines do to one group, by chance, and then quiet. */
class Turmoil {
  readonly world: GroupWorld
  readonly #underWay: Array<Promise<unknown>> = []
  people: SimulatedDevice[] = []

  constructor (seed: string) {
    this.world = new GroupWorld(seed)
  }

  async run (): Promise<void> {
    const { world } = this
    const random = world.random.fork('turmoil')
    await world.startServer()
    this.people = await world.people(...names)
    await world.group('team', ...this.people.slice(0, 4) as [SimulatedDevice])
    world.hub.delay({ minMs: 0, maxMs: 20 })
    for (let step = 0; step < steps; step++) {
      const who = random.pick(this.people)
      if (random.chance(0.7)) this.#change(who, random.pick(names), random.between(0, 5))
      else await this.#fault(who, random.between(0, 5))
      await world.clock.advance(random.pick([0, 0, 5, 100, 3_000]))
    }
    await this.#heal()
  }

  #change (who: SimulatedDevice, whom: string, what: number): void {
    if (!who.isRunning) return
    const { node } = who
    const request = { name: 'team', usernames: [whom] }
    this.world.log(`${who.name}: ${['joins', 'leaves', `adds ${whom}`, `removes ${whom}`, `promotes ${whom}`, 'joins'][what] ?? ''}`)
    const work = [
      async () => await node.groupJoin({ name: 'team' }), async () => { await node.groupLeave({ name: 'team' }) }, async () => { await node.groupAdd(request) },
      async () => { await node.groupRemove(request) }, async () => { await node.groupPromote(request) }, async () => await node.groupJoin({ name: 'team' })
    ][what]
    this.#underWay.push(Promise.resolve(work?.()).catch((error: unknown) => { if (!isP2pChatError(error)) throw error }))
  }

  async #fault (who: SimulatedDevice, what: number): Promise<void> {
    const { world } = this
    switch (what) {
      case 0: who.crash(); return
      case 1: who.crashAt({ batches: world.random.between(1, 8), written: world.random.chance(0.5) }); return
      case 2: if (!who.isRunning) await world.do(who.start()); return
      case 3: world.hub.reset(world.serverPeerId); return
      case 4: world.hub.cut(who.peerId ?? '', world.serverPeerId); return
      default:
        if (world.serverIsRunning) world.crashServer()
        else await world.startServer()
    }
  }

  async #heal (): Promise<void> {
    const { world } = this
    world.log('everything heals')
    world.hub.heal()
    world.hub.delay({ minMs: 0, maxMs: 0 })
    if (!world.serverIsRunning) await world.startServer()
    for (const device of this.people) {
      device.crashAt({ batches: Number.POSITIVE_INFINITY, written: true })
      if (!device.isRunning) await world.do(device.start())
    }
    await world.do(Promise.all(this.#underWay))
    await world.clock.advance(120_000)
  }

  /** One log, one epoch that all members have the keys of, and nobody else. */
  async check (): Promise<void> {
    const { world } = this
    for (const device of this.people) assert.deepEqual(device.errors, [])
    const known = new Map<string, string[]>()
    for (const device of this.people) for (const group of await bookOf(device).list(laneOf(device))) if (group.standing === 'member') known.set(group.id, [...group.members])
    for (const [id, members] of known) {
      const inside = this.people.filter(({ username }) => members.includes(username))
      const epoch = await world.assertTogether(id, ...inside)
      for (const device of this.people.filter((one) => !inside.includes(one))) {
        assert.equal(await bookOf(device).receiptKey(laneOf(device), id, epoch), undefined, `${device.name} has the key of a group that it is not in`)
        assert.notEqual((await bookOf(device).find(laneOf(device), id))?.standing, 'member')
      }
    }
  }
}

describe('groups in turmoil', () => {
  it('come to one log and one key for exactly their members', async function () {
    this.timeout(0)
    for (let seed = 0; seed < seeds; seed++) {
      const name = process.env.SEED ?? `turmoil ${seed}`
      const turmoil = new Turmoil(name)
      try {
        await turmoil.run()
        await turmoil.check()
        await turmoil.world.stop()
        assert.equal(turmoil.world.clock.pending, 0, 'timers are left')
      } catch (error) {
        const story = process.env.STORY === undefined ? '' : `\n${turmoil.world.story.join('\n')}`
        throw new Error(`SEED="${name}" replays it (STORY=1 tells what happened): ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
      }
    }
  })
})
