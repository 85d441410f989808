import assert from 'node:assert/strict'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import type { Operation } from '../../../src/store/index.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { registersSuite } from '../registers/suite.js'
import { firstHistory, peerIdOf, Servers } from './servers.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value)

async function started (numbers: number[], acceptors = numbers): Promise<{ servers: Servers, all: Consensus[] }> {
  const servers = new Servers(firstHistory(numbers, acceptors))
  const all: Consensus[] = []
  for (const number of numbers) all.push(await servers.start(number))
  await Promise.all(all.map(async ({ life }) => { await life.wake() }))
  return { servers, all }
}

for (const count of [1, 2, 3]) {
  registersSuite(`decided by ${count} acceptors`, async () => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const { servers, all } = await started(numbers)
    return {
      registers: all[0]?.registers ?? assert.fail(),
      restart: async () => {
        for (const number of numbers) servers.crash(number)
        const again: Consensus[] = []
        for (const number of numbers) again.push(await servers.start(number))
        await Promise.all(again.map(async ({ life }) => { await life.wake() }))
        return again[0]?.registers ?? assert.fail()
      }
    }
  })
}

registersSuite('of a server that does not vote', async () => {
  const { servers, all } = await started([1, 2, 3, 4], [1, 2, 3])
  return {
    registers: all[3]?.registers ?? assert.fail(),
    restart: async () => {
      servers.crash(4)
      return (await servers.start(4)).registers
    }
  }
})

describe('Registers decided by acceptors', () => {
  it('go on without one of three', async () => {
    const { servers, all: [one, two] } = await started([1, 2, 3])
    await one?.registers.compareAndSet('a', 0, bytes('one'))
    servers.down.add(peerIdOf(3))
    assert.equal((await one?.registers.compareAndSet('a', 1, bytes('two')))?.outcome, 'written')
    assert.deepEqual(await two?.registers.read('a'), { outcome: 'read', register: { version: 2, value: bytes('two') } })
  })

  it('bring a server that was away up to date on the way', async () => {
    const { servers, all: [one, , three] } = await started([1, 2, 3])
    servers.down.add(peerIdOf(3))
    for (let version = 0; version < 5; version++) await one?.registers.compareAndSet('a', version, bytes(`${version}`))
    servers.down.clear()
    servers.down.add(peerIdOf(1))
    assert.deepEqual(await three?.registers.read('a'), { outcome: 'read', register: { version: 5, value: bytes('4') } })
    const list = await three?.registers.list('', { limit: 10 })
    assert.deepEqual(list?.outcome === 'listed' && list.page.registers.map(({ version }) => version), [5])
  })

  it('are not written because too few answer who only reads', async () => {
    const votes: string[] = []
    const servers = new Servers(firstHistory([1, 2, 3]))
    const one = await servers.start(1, { onVote: (phase) => { votes.push(phase) } })
    await Promise.all([one, await servers.start(2), await servers.start(3)].map(async ({ life }) => { await life.wake() }))
    await one.registers.compareAndSet('a', 0, bytes('one'))
    for (const number of [2, 3]) servers.down.add(peerIdOf(number))
    votes.length = 0
    assert.deepEqual(await one.registers.read('a'), { outcome: 'unknown' })
    assert.ok(votes.length > 5, 'it is asked again')
    assert.deepEqual([...new Set(votes)], ['peek'])
    servers.down.clear()
    assert.equal((await one.registers.read('a')).outcome, 'read')
  })

  it('give a name to one of many servers that want it at the same time', async () => {
    const { all } = await started([1, 2, 3])
    const writes = await Promise.all(all.map(async ({ registers }, index) => await registers.compareAndSet('name', 0, bytes(`${index}`))))
    assert.equal(writes.filter(({ outcome }) => outcome === 'written').length, 1)
    assert.equal(writes.filter(({ outcome }) => outcome === 'conflict').length, 2)
  })

  it('write what follows from a value at every acceptor, and list it', async () => {
    const derive = (name: string, previous: Uint8Array | undefined, next: Uint8Array): Operation[] => [
      ...(previous === undefined ? [] : [{ type: 'delete' as const, key: `index/${text(previous)}/${name}` }]),
      { type: 'put', key: `index/${text(next)}/${name}`, value: new Uint8Array(0) }
    ]
    const servers = new Servers(firstHistory([1, 2, 3, 4], [1, 2, 3]))
    const all = []
    for (const number of [1, 2, 3, 4]) all.push(await servers.start(number, { derive, derivedTables: ['index'] }))
    await Promise.all(all.map(async ({ life }) => { await life.wake() }))
    const [one, , , four] = all
    await one?.registers.compareAndSet('a', 0, bytes('red'))
    await one?.registers.compareAndSet('b', 0, bytes('red'))
    await one?.registers.compareAndSet('a', 1, bytes('blue'))
    assert.deepEqual(await four?.registers.derived('index/red/', { limit: 10 }), { outcome: 'listed', keys: ['index/red/b'], next: undefined })
    assert.deepEqual(await four?.registers.derived('index/', { limit: 1 }), { outcome: 'listed', keys: ['index/blue/a'], next: 'index/blue/a' })
    assert.deepEqual(await four?.registers.derived('index/', { limit: 1, after: 'index/blue/a' }), { outcome: 'listed', keys: ['index/red/b'], next: undefined })
    assert.deepEqual(await four?.registers.derived('pool/', { limit: 1 }), { outcome: 'unknown' })
  })

  it('take over what a server alone had written', async () => {
    const store = createMemoryStore()
    await createStoreRegisters({ store, derive: () => [] }).compareAndSet('a', 0, bytes('one'))
    const servers = new Servers(firstHistory([1]))
    const one = await servers.start(1, { store })
    await one.life.wake()
    assert.deepEqual(await one.registers.read('a'), { outcome: 'read', register: { version: 1, value: bytes('one') } })
    assert.equal((await one.registers.compareAndSet('a', 1, bytes('two'))).outcome, 'written')
    assert.deepEqual(await createStoreRegisters({ store, derive: () => [] }).read('a'), { outcome: 'read', register: { version: 2, value: bytes('two') } })
  })
})
