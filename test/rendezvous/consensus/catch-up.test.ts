import assert from 'node:assert/strict'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import { maxListedNames } from '../../../src/rendezvous/consensus/limits.js'
import { remoteServer } from '../../../src/rendezvous/consensus/wire.js'
import { firstHistory, peerIdOf, Servers } from './servers.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('An acceptor that was away', () => {
  let servers: Servers
  let all: Consensus[]
  const server = (number: number): Consensus => all[number - 1] ?? assert.fail()
  const write = async (number: number, name: string, version: number): Promise<void> => {
    assert.deepEqual(await server(number).registers.compareAndSet(name, version - 1, bytes(`${name} ${version}`)), { outcome: 'written', version })
  }
  /** The version of a register at this server alone. */
  const versionAt = async (number: number, name: string): Promise<number | undefined> => {
    const answer = await remoteServer(async (method, body) => await server(number).handlers[method]!(peerIdOf(number), body)).list({ rosterVersion: 1, prefix: name, after: '', limit: 1 })
    return answer.kind === 'answered' ? answer.registers[0]?.accepted.register.version : assert.fail()
  }

  beforeEach(async () => {
    servers = new Servers(firstHistory([1, 2, 3, 4], [1, 2, 3]))
    all = []
    for (const number of [1, 2, 3, 4]) all.push(await servers.start(number))
    await Promise.all(all.map(async ({ life }) => { await life.wake() }))
  })

  it('is given what was decided without it, and only that', async () => {
    await write(1, 'changed', 1)
    await write(1, 'same', 1)
    servers.down.add(peerIdOf(3))
    await write(1, 'changed', 2)
    await write(2, 'new', 1)
    servers.down.clear()
    assert.equal(await server(3).catchUp(), 2)
    assert.deepEqual(await Promise.all(['changed', 'new', 'same'].map(async (name) => await versionAt(3, name))), [2, 1, 1])
    assert.equal(await server(3).catchUp(), 0)
  })

  it('is given more than one page', async () => {
    servers.down.add(peerIdOf(3))
    const names = Array.from({ length: maxListedNames + 2 }, (_, index) => `name ${String(index).padStart(5, '0')}`)
    for (const name of names) await write(1, name, 1)
    servers.down.clear()
    assert.equal(await server(3).catchUp(), names.length)
    for (const name of names) assert.equal(await versionAt(3, name), 1)
  })

  it('still has it when all who decided it are lost', async () => {
    await write(1, 'name', 1)
    servers.down.add(peerIdOf(3))
    await write(1, 'name', 2)
    servers.down.delete(peerIdOf(3))
    servers.down.add(peerIdOf(2))
    await server(3).catchUp()
    servers.down.add(peerIdOf(1))
    assert.equal(await versionAt(3, 'name'), 2)
  })

  it('says so when too few others answer', async () => {
    servers.down.add(peerIdOf(1)).add(peerIdOf(2))
    await assert.rejects(server(3).catchUp(), { code: 'ERR_UNREACHABLE' })
  })

  it('has nothing to fetch where it does not vote', async () => {
    await write(1, 'name', 1)
    assert.equal(await server(4).catchUp(), 0)
    assert.equal(await server(4).registers.read('name').then(({ outcome }) => outcome), 'read')
  })
})
