import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { PoolWorld } from './world.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('the simulated machines', () => {
  async function busy (seed: string): Promise<string[]> {
    const world = new PoolWorld(seed)
    world.network.lossChance = 0.1
    world.network.duplicateChance = 0.1
    world.network.straggleChance = 0.1
    for (const name of ['a', 'b', 'c']) {
      world.addNode(name, (process) => {
        process.serve(async (from, method, body) => {
          await process.store.batch([{ type: 'put', key: from, value: body }], { sync: true })
          return bytes(method)
        })
      })
    }
    for (const node of world.nodes.values()) await node.start()
    for (let i = 0; i < 50; i++) {
      const [from, to] = [world.random.pick(['a', 'b', 'c']), world.random.pick(['a', 'b', 'c'])]
      world.nodes.get(from)?.process?.request(to, 'put', bytes(`${i}`), { timeoutMs: 100 }).catch(() => {})
      if (i === 20) world.nodes.get('b')?.crashAt({ when: 'before sync', count: 2 })
      if (i === 30) await world.nodes.get('b')?.start()
      await world.run(world.random.between(0, 20))
    }
    return world.trace
  }

  it('do the same again with the same seed, and something else with another', async () => {
    const first = await busy('one')
    assert.deepEqual(await busy('one'), first)
    assert.notDeepEqual(await busy('two'), first)
    assert.ok(first.some((line) => line.includes('b dies before sync')))
  })

  it('keep what was synced over a crash, and lose what was not', async () => {
    const world = new PoolWorld('disk')
    const node = world.addNode('a', () => {})
    await node.start()
    await world.until(node.process?.store.batch([{ type: 'put', key: 'synced', value: bytes('1') }], { sync: true }) ?? Promise.resolve())
    const image = await node.disk.image()
    let lost = 0
    for (let i = 0; i < 20; i++) {
      await world.until(node.process?.store.batch([{ type: 'put', key: `not/${i}`, value: bytes('2') }], { sync: false }) ?? Promise.resolve())
      node.crash()
      await node.start()
      assert.ok(await node.process?.store.get('synced') !== undefined)
      if (await node.process?.store.get(`not/${i}`) === undefined) lost++
    }
    assert.ok(lost > 0)
    node.crash()
    await node.disk.replace(image)
    await node.start()
    assert.deepEqual((await node.disk.image()).map(([key]) => key), ['synced'])
  })

  it('freeze with all that waits, and go on with it', async () => {
    const world = new PoolWorld('freeze')
    const heard: number[] = []
    const node = world.addNode('a', (process) => { process.clock.schedule(10, () => { heard.push(world.nowMs) }) })
    await node.start()
    const startMs = world.nowMs
    node.freeze()
    await world.run(30_000)
    assert.deepEqual(heard, [])
    node.thaw()
    await world.run(0)
    assert.deepEqual(heard, [startMs + 30_000])
  })

  it('are cut off one way', async () => {
    const world = new PoolWorld('one way')
    const taken: string[] = []
    for (const name of ['a', 'b']) {
      world.addNode(name, (process) => {
        process.serve(async (from) => {
          taken.push(`${from}>${name}`)
          return bytes('')
        })
      })
    }
    for (const node of world.nodes.values()) await node.start()
    world.network.cutOneWay('b', 'a')
    const ask = async (from: string, to: string): Promise<string> => {
      const asking = world.nodes.get(from)?.process?.request(to, 'm', bytes(''), { timeoutMs: 1_000 }) ?? Promise.resolve()
      return await world.until(asking.then(() => 'answered', (error: unknown) => isP2pChatError(error) ? error.code : 'other'))
    }
    assert.deepEqual([await ask('a', 'b'), await ask('b', 'a')], ['ERR_TIMEOUT', 'ERR_TIMEOUT'])
    assert.deepEqual(taken, ['a>b'])
    world.network.heal()
    assert.equal(await ask('b', 'a'), 'answered')
  })
})
