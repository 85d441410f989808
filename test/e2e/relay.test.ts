import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Namespaces, namespacesMissing } from '../helpers/namespaces.js'
import { hashOf, writeNoise } from '../helpers/noise-file.js'
import { Person, runCli, startServer, type JsonLine, type Running, type RunningServer } from '../helpers/p2pchat-process.js'

const MiB = 1024 * 1024
const PORT = 4601

/** The real binary on hosts of their own: the compiled program must be there (npm run build). */
describe('e2e: relay, in network namespaces', function () {
  this.timeout(300_000)
  let folder: string
  let hosts: Namespaces
  const servers: RunningServer[] = []
  const everybody: Person[] = []

  before(function () {
    const missing = namespacesMissing()
    if (missing === undefined) return
    console.warn(`      skipped: ${missing}`)
    this.skip()
  })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-relay-'))
    hosts = new Namespaces(`p2p${process.pid}`)
  })

  afterEach(async () => {
    for (const { running } of everybody.splice(0)) for (const one of running) await one.end('SIGKILL')
    for (const { running } of servers.splice(0)) await running.end('SIGKILL')
    hosts.remove()
    await rm(folder, { recursive: true, force: true })
  })

  async function server (name: string, namespace: string, args: string[] = []): Promise<RunningServer> {
    const started = await startServer(join(folder, name), `/ip4/0.0.0.0/tcp/${PORT}`, { namespace, args })
    servers.push(started)
    return started
  }

  async function person (name: string, namespace: string, pool: string): Promise<Person> {
    const one = new Person(name, join(folder, name), pool, `the password of ${name} is long`, namespace)
    everybody.push(one)
    const { status, stdout, stderr } = await one.cli(['signup', name, '--json'])
    assert.equal(status, 0, stdout + stderr)
    return one
  }

  async function sent (from: Person, to: string, text: string): Promise<void> {
    const { status, stdout, stderr } = await from.cli(['send', to, text, '--json'])
    assert.equal(status, 0, stdout + stderr)
  }

  function message (text: string): (running: Running) => JsonLine | undefined {
    return ({ events }) => events.find((event) => event.event === 'message' && event.text === text)
  }

  /** Talks until a message came through the relay: at first some may be quicker by way of the mailbox. */
  async function untilRelayed (from: Person, to: Person, there: Running, word: string): Promise<number> {
    for (let number = 1; ; number++) {
      await sent(from, to.name, `${word} ${number}`)
      const { via } = await there.until(message(`${word} ${number}`), `${word} ${number} came`)
      assert.notEqual(via, 'direct')
      if (via === 'relay') return number
      await new Promise((resolve) => { setTimeout(resolve, 250) })
    }
  }

  it('a server without --announce is reached under the public address that it has', async () => {
    const [home, left] = [hosts.host('s'), hosts.host('a')]
    const [address] = hosts.cable(home, left, '51.0.0')
    const started = await server('server', home)
    assert.ok(started.pool.includes(address), started.pool)
    await person('alice', left, started.pool)
  })

  it('two that cannot reach each other talk and send files through their home, also after links and the home were away', async () => {
    const [home, left, right] = [hosts.host('s'), hosts.host('a'), hosts.host('b')]
    hosts.cable(home, left)
    hosts.cable(home, right)
    const started = await server('server', home)
    const alice = await person('alice', left, started.pool)
    const bob = await person('bob', right, started.pool)
    const [atAlice, atBob] = [await alice.listen(), await bob.listen()]

    await untilRelayed(alice, bob, atBob, 'hello')
    await untilRelayed(bob, alice, atAlice, 'hello back')

    const sha256 = await writeNoise(join(folder, 'cat.png'), 5 * MiB)
    const file = await alice.cli(['send-file', 'bob', join(folder, 'cat.png'), '--json'])
    assert.equal(file.status, 0, file.stderr)
    const came = await atBob.until(({ events }) => events.find(({ event }) => event === 'file'), 'the file came')
    assert.deepEqual([came.via, came.bytes, await hashOf(String(came.path))], ['relay', 5 * MiB, sha256])

    hosts.setLink(right, home, 'down')
    await sent(alice, 'bob', 'while the cable was out')
    hosts.setLink(right, home, 'up')
    await atBob.until(message('while the cable was out'), 'the message came')
    await untilRelayed(bob, alice, atAlice, 'plugged in')

    await started.running.end('SIGKILL')
    await server('server', home)
    await untilRelayed(bob, alice, atAlice, 'the home is back')
    await untilRelayed(alice, bob, atBob, 'so it is')
    for (const text of [...atAlice.texts, ...atBob.texts]) assert.equal([...atAlice.texts, ...atBob.texts].filter((one) => one === text).length, 1)
  })

  it('when the home of one dies, it is reached through the next', async () => {
    const names = ['s1', 's2', 's3']
    const [left, right] = [hosts.host('a'), hosts.host('b')]
    const machines = names.map((name) => hosts.host(name))
    for (const [at, machine] of machines.entries()) for (const other of [left, right, ...machines.slice(at + 1)]) hosts.cable(machine, other)
    const first = await server('s1', machines[0] ?? '')
    const token = String(readyOf(first).join)
    for (const [at, name] of names.entries()) if (at > 0) await server(name, machines[at] ?? '', ['--join', token])
    await untilWhole(join(folder, 's1'))

    const [alice, bob] = [await person('alice', left, first.pool), await person('bob', right, first.pool)]
    const [, atBob] = [await alice.listen(), await bob.listen()]
    await untilRelayed(alice, bob, atBob, 'hello')
    const home = homeOf(atBob)
    await servers.find((one) => readyOf(one).peerId === home)?.running.end('SIGKILL')
    await atBob.until((running) => homeOf(running) === home ? undefined : true, 'bob was at another server')
    await untilRelayed(alice, bob, atBob, 'on with it')
  })

  function readyOf ({ running }: RunningServer): JsonLine {
    return running.events.find(({ event }) => event === 'ready') ?? {}
  }

  /** PeerId of the server that a listener is connected to. */
  function homeOf ({ events }: Running): unknown {
    const connected = events.filter(({ event, connection }) => event === 'pool' && (connection as JsonLine).kind === 'connected')
    return (connected.at(-1)?.connection as JsonLine | undefined)?.server
  }

  /** Until all servers answer and vote. */
  async function untilWhole (data: string): Promise<void> {
    for (;;) {
      const { events: [status] } = await runCli(['pool', 'status', '--data', data, '--json'])
      if (status?.event === 'pool-status' && status.acceptorsUp === 3) return
      await new Promise((resolve) => { setTimeout(resolve, 500) })
    }
  }
})
