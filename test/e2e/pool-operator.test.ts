import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person, runCli, Running, type JsonLine, type Ran } from '../helpers/p2pchat-process.js'

interface Server { number: number, peerId: string, state: string, acceptor: boolean, figures: { envelopes: number } | null }

/** Real processes on loopback: a pool that grows and shrinks while it keeps somebody's mail. */
describe('e2e: the operator of a pool', function () {
  this.timeout(240_000)
  let folder: string
  const processes: Running[] = []

  before(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-pool-')) })
  afterEach(async () => {
    for (const one of processes.splice(0)) await one.end('SIGKILL')
  })
  after(async () => { await rm(folder, { recursive: true, force: true }) })

  const data = (name: string): string => join(folder, name)

  function start (...args: string[]): Running {
    const running = new Running([...args, '--log', 'error'])
    processes.push(running)
    return running
  }

  const ready = async (running: Running): Promise<JsonLine> => await running.until(({ events }) => events.find(({ event }) => event === 'ready'), 'it was ready')
  const server = (name: string, ...args: string[]): Running => start('rendezvous', '--data', data(name), '--listen', '/ip4/127.0.0.1/tcp/0', ...args)

  /** A command of the operator at a server. */
  async function pool (name: string, ...args: string[]): Promise<Ran> {
    return await runCli(['pool', ...args, '--data', data(name), '--json'])
  }

  async function done (name: string, ...args: string[]): Promise<JsonLine[]> {
    const { status, events, stderr } = await pool(name, ...args)
    assert.equal(status, 0, `${args.join(' ')}: ${JSON.stringify(events)} ${stderr}`)
    return events
  }

  const servers = async (name: string): Promise<Server[]> => (await done(name, 'status')).filter(({ event }) => event === 'server') as unknown as Server[]
  const invite = async (name: string, expires = '1h'): Promise<string> => String((await done(name, 'invite', '--expires', expires))[0]?.token)

  async function settled (name: string, voters: number): Promise<Server[]> {
    for (let n = 0; n < 100; n++) {
      const found = await servers(name)
      if (found.every(({ state }) => state !== 'learner') && found.filter(({ acceptor }) => acceptor).length === voters) return found
      await new Promise((resolve) => { setTimeout(resolve, 300) })
    }
    throw new Error('The servers do not settle.')
  }

  it('grows a pool from one server to four, drains one that has mail and takes it out, and nothing is lost', async () => {
    const first = await ready(server('a1'))
    const join1 = String(first.join)
    await ready(server('a2', '--join', join1))
    const third = server('a3', '--join', join1)
    assert.equal((await ready(third)).join, undefined)
    const three = await settled('a1', 3)
    const [alice, bob] = ['alice', 'bob'].map((name) => new Person(name, data(`home-${name}`), String(first.pool), `the password of ${name} is long`))
    assert.ok(alice !== undefined && bob !== undefined)
    for (const person of [alice, bob]) assert.equal((await person.cli(['signup', person.name])).status, 0)
    const sent = await alice.cli(['send', 'bob', 'hello', '--json'])
    assert.deepEqual([sent.status, sent.events.at(-1)?.servers], [0, 3])

    const token = await invite('a2')
    await ready(server('a4', '--join', token))
    assert.equal((await pool('a1', 'remove', '3')).status, 6)
    const gone = three[2]?.peerId ?? ''
    assert.equal((await done('a1', 'drain', gone.slice(0, 16))).at(-1)?.isDrained, true)
    await done('a1', 'remove', gone)
    assert.equal(await third.end(), 1)
    const now = await settled('a1', 3)
    assert.deepEqual([now.length, now.some(({ peerId }) => peerId === gone)], [3, false])
    assert.equal((await runCli(['rendezvous', '--data', data('a3'), '--log', 'error', '--json'])).events[0]?.code, 'ERR_NOT_IN_POOL')

    assert.equal((await bob.cli(['listen', '--exit-after', '1', '--json'])).events.at(-1)?.text, 'hello')
    // By the setup that the removed server has never seen, and once more by the new record.
    for (const home of ['again', 'and-again']) assert.equal((await new Person('alice', data(home), String(first.pool), alice.password).cli(['login', 'alice'])).status, 0)
  })

  it('takes no token that was used, has expired or is not whole', async () => {
    await ready(server('b1'))
    const used = await invite('b1')
    await ready(server('b2', '--join', used))
    const expired = await invite('b1', '1s')
    const refusal = async (token: string): Promise<unknown> => {
      const { status, events } = await runCli(['rendezvous', '--data', data('b3'), '--listen', '/ip4/127.0.0.1/tcp/0', '--join', token, '--log', 'error', '--json'])
      return [status, events[0]?.code]
    }
    assert.deepEqual(await refusal(used), [6, 'ERR_NOT_PERMITTED'])
    assert.deepEqual(await refusal(`${used}x`), [2, 'ERR_USAGE'])
    assert.deepEqual(await refusal(expired), [6, 'ERR_NOT_PERMITTED'])
    assert.equal((await servers('b1')).length, 2)
  })

  it('has a server in the pool once, however often it was killed while it joined', async () => {
    await ready(server('c1'))
    const token = await invite('c1')
    for (const afterMs of [600, 900, 1_200, 1_500, 2_000]) {
      const joining = server('c2', '--join', token)
      await new Promise((resolve) => { setTimeout(resolve, afterMs) })
      await joining.end('SIGKILL')
    }
    await ready(server('c2', '--join', token))
    assert.equal((await settled('c1', 2)).length, 2)
    assert.deepEqual((await done('c1', 'doctor')).filter(({ severity }) => severity === 'problem'), [])
  })

  it('runs several servers with one command, starts one again that was killed, and ends them all', async () => {
    const up = start('pool', 'up', '3', '--data', data('d'))
    const first = await ready(up)
    const children = first.servers as Array<{ pid: number, peerId: string }>
    assert.equal((await settled('d', 3)).length, 3)
    const [, second] = children
    assert.ok(second !== undefined)
    process.kill(second.pid, 'SIGKILL')
    for (let n = 0; ; n++) {
      const back = (await servers('d')).find(({ peerId }) => peerId === second.peerId)
      if (back?.figures !== null && !isAlive(second.pid)) break
      assert.ok(n < 100, 'It does not come back.')
      await new Promise((resolve) => { setTimeout(resolve, 300) })
    }
    assert.equal(await up.end('SIGTERM'), 0)
    for (const { pid } of children) assert.equal(isAlive(pid), false)

    const again = await ready(start('pool', 'up', '4', '--data', data('d')))
    assert.deepEqual((again.servers as typeof children).slice(0, 3).map(({ peerId }) => peerId), children.map(({ peerId }) => peerId))
    assert.equal((await settled('d', 3)).length, 4)
  })
})

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
