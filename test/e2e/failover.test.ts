import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person, type JsonLine, type Running } from '../helpers/p2pchat-process.js'
import { startPool, type PoolProcess, type ServerProcess } from '../helpers/pool-process.js'

describe('end to end: servers that die, freeze and end', function () {
  this.timeout(300_000)
  let folder: string
  let pool: PoolProcess
  let alice: Person
  let bob: Person
  let aliceListens: Running
  let bobListens: Running
  let n = 0

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-failover-'))
    pool = await startPool(folder, 3)
    alice = new Person('alice', join(folder, 'alice'), pool.pool, 'four random words here')
    bob = new Person('bob', join(folder, 'bob'), pool.pool, 'four other words there')
    for (const person of [alice, bob]) {
      const { status, stderr } = await person.cli(['signup', person.name])
      assert.equal(status, 0, stderr)
    }
    aliceListens = await alice.listen()
    bobListens = await bob.listen()
  })

  after(async () => {
    for (const listener of [aliceListens, bobListens]) await listener.end('SIGTERM')
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const poolEvents = (running: Running): JsonLine[] => running.events.filter(({ event }) => event === 'pool')
  const serverOf = (running: Running): ServerProcess => {
    const connected = poolEvents(running).findLast(({ connection }) => (connection as JsonLine).kind === 'connected')
    return pool.server(String((connected?.connection as JsonLine).server))
  }

  /** Both write to each other until `happens` is over; returns when all of it is with the other, in order and once. */
  async function talk (happens: () => Promise<void>): Promise<void> {
    const state = { isOver: false }
    const happening = happens().finally(() => { state.isOver = true })
    const from = n
    do {
      n++
      const sent = await Promise.all([alice.cli(['send', 'bob', `a ${n}`]), bob.cli(['send', 'alice', `b ${n}`])])
      for (const { status, stderr } of sent) assert.equal(status, 0, stderr)
    } while (!state.isOver)
    await happening
    const wanted = (prefix: string): string[] => Array.from({ length: n - from }, (_, index) => `${prefix} ${from + index + 1}`)
    for (const [listener, prefix] of [[aliceListens, 'b'], [bobListens, 'a']] as const) {
      const last = `${prefix} ${n}`
      await listener.until(({ texts }) => (texts.includes(last) ? true : undefined), `${last} came`)
      assert.deepEqual(listener.texts.slice(from), wanted(prefix))
    }
  }

  /** Waits for the next `change` of alice's pool after now, and tells how long it took. */
  async function next (change: string, what: string): Promise<void> {
    const before = aliceListens.events.length
    const startMs = performance.now()
    await aliceListens.until(({ events }) => events.slice(before).find((event) => event.event === 'pool' && event.change === change), what)
    console.log(`      ${what}: ${Math.round(performance.now() - startMs)} ms`)
  }

  it('a home that is killed', async () => {
    const home = serverOf(aliceListens)
    await talk(async () => {
      home.running.process.kill('SIGKILL')
      await next('connected', 'elsewhere after SIGKILL')
      await home.running.end()
    })
    assert.notEqual(serverOf(aliceListens).peerId, home.peerId)
    await home.restart()
  })

  it('a home that freezes', async () => {
    const home = serverOf(aliceListens)
    await talk(async () => {
      home.running.process.kill('SIGSTOP')
      await next('connected', 'elsewhere after SIGSTOP')
      home.running.process.kill('SIGCONT')
    })
    assert.notEqual(serverOf(aliceListens).peerId, home.peerId)
  })

  it('a home that is told to end hands its clients over', async () => {
    const home = serverOf(aliceListens)
    const before = poolEvents(aliceListens).length
    await talk(async () => {
      const moved = next('moved', 'elsewhere after SIGTERM')
      assert.equal(await home.running.end('SIGTERM'), 0)
      await moved
    })
    assert.deepEqual(poolEvents(aliceListens).slice(before).map(({ change }) => change), ['moved'])
    await home.restart()
  })

  it('no server at all: what is direct goes on, and the user reads so', async () => {
    await talk(async () => {})
    for (const { running } of pool.servers) running.process.kill('SIGKILL')
    for (const { running } of pool.servers) await running.end()
    await aliceListens.until(({ events }) => (events.at(-1)?.change === 'offline' ? true : undefined), 'alice was offline')
    const sent = await alice.cli(['send', 'bob', '--wait', 'delivered', 'still here'])
    assert.equal(sent.status, 0, sent.stderr)
    assert.match(sent.stderr, /^Sorry, no rendezvous server is reachable\. Messages to bob go on directly; all others are kept/)
    await bobListens.until(({ texts }) => texts.find((text) => text === 'still here'), 'it came')
    const who = await alice.cli(['whoami'])
    assert.match(who.stdout, /Sorry, no rendezvous server is reachable/)
    // Together: a server may wait for others until it is ready.
    await Promise.all(pool.servers.map(async (server) => { await server.restart() }))
    await aliceListens.until(({ events }) => (events.at(-1)?.change === 'connected' ? true : undefined), 'alice was connected')
  })
})
