import assert from 'node:assert/strict'
import { PoolTestnet } from '../../helpers/pool-testnet.js'

describe('several servers', () => {
  it('make those acceptors that should be, one server after the other', async () => {
    const net = await PoolTestnet.start(1)
    for (const acceptors of [2, 3, 3, 5]) {
      await net.add()
      await net.settled()
      assert.equal(net.first.roster.servers.filter(({ acceptor }) => acceptor).length, acceptors)
    }
    assert.deepEqual(net.servers.flatMap(({ errors }) => errors), [])
    await net.stop()
  })

  it('have one register between them, and mail that any of them gives out again', async () => {
    const net = await PoolTestnet.start(3)
    const [one, two, three] = net.servers.map((server) => server.member.consensus.registers)
    const write = await net.clock.until(one!.compareAndSet('test:a', 0, new Uint8Array([1])))
    assert.deepEqual(write, { outcome: 'written', version: 1 })
    assert.equal((await net.clock.until(two!.compareAndSet('test:a', 0, new Uint8Array([2])))).outcome, 'conflict')
    const read = await net.clock.until(three!.read('test:a'))
    assert.deepEqual(read, { outcome: 'read', register: { version: 1, value: new Uint8Array([1]) } })
    await net.stop()
  })

  it('go on without one of three, and take it back when it returns', async () => {
    const net = await PoolTestnet.start(3)
    const [one, two] = net.servers
    net.crash(two!)
    await net.clock.advance(1_000)
    assert.equal((await net.clock.until(one!.member.consensus.registers.compareAndSet('test:a', 0, new Uint8Array([1])))).outcome, 'written')
    await net.boot(two!)
    await net.clock.advance(10_000)
    assert.equal(two!.member.consensus.life.state, 'voting')
    const read = await net.clock.until(two!.member.consensus.registers.read('test:a'))
    assert.equal(read.outcome === 'read' && read.register?.version, 1)
    await net.stop()
  })
})
