/** Real processes in network namespaces: cables of a home that carry nothing in one direction, and nobody is told. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Namespaces, namespacesMissing } from '../helpers/namespaces.js'
import { Person, runCli, startServer, type JsonLine, type Running, type RunningServer } from '../helpers/p2pchat-process.js'

const PORT = 4601

describe('e2e: a home that hears and is not heard', function () {
  this.timeout(240_000)
  let folder: string
  let hosts: Namespaces
  const servers: RunningServer[] = []
  const people: Person[] = []

  before(async function () {
    const missing = namespacesMissing()
    if (missing !== undefined) {
      console.warn(`      skipped: ${missing}`)
      return this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-one-way-'))
    hosts = new Namespaces(`p2w${process.pid}`)
  })

  after(async () => {
    if (folder === undefined) return
    for (const { running } of people) for (const one of running) await one.end('SIGKILL')
    for (const { running } of servers) await running.end('SIGKILL')
    hosts.remove()
    await rm(folder, { recursive: true, force: true })
  })

  const readyOf = ({ running }: RunningServer): JsonLine => running.events.find(({ event }) => event === 'ready') ?? {}
  /** PeerId of the server that a listener is connected to. */
  const homeOf = ({ events }: Running): unknown => {
    const connected = events.filter(({ event, connection }) => event === 'pool' && (connection as JsonLine).kind === 'connected')
    return (connected.at(-1)?.connection as JsonLine | undefined)?.server
  }

  it('is left by its clients; nothing is lost, doubled or out of order, and it is a server again when it is heard', async () => {
    const names = ['s1', 's2', 's3']
    const machines = names.map((name) => hosts.host(name))
    const [left, right] = [hosts.host('a'), hosts.host('b')]
    for (const [at, machine] of machines.entries()) for (const other of [left, right, ...machines.slice(at + 1)]) hosts.cable(machine, other)
    for (const [at, name] of names.entries()) {
      const token = at === 0 ? [] : ['--join', String(readyOf(servers[0]!).join)]
      servers.push(await startServer(join(folder, name), `/ip4/0.0.0.0/tcp/${PORT}`, { namespace: machines[at]!, args: token }))
    }
    const status = async (): Promise<JsonLine | undefined> => (await runCli(['pool', 'status', '--data', join(folder, 's1'), '--json'])).events[0]
    const whole = async (): Promise<void> => { while ((await status())?.acceptorsUp !== 3) await new Promise((resolve) => { setTimeout(resolve, 500) }) }
    await whole()
    const listeners: Running[] = []
    for (const [name, namespace] of [['alice', left], ['bob', right]] as const) {
      const person = new Person(name, join(folder, name), servers[0]!.pool, `the password of ${name} is long`, namespace)
      people.push(person)
      assert.equal((await person.cli(['signup', name])).status, 0)
      listeners.push(await person.listen())
    }
    const [atAlice, atBob] = listeners as [Running, Running]
    const [alice, bob] = people as [Person, Person]

    let count = 0
    /** Both write until `happens` is over, and everything has come once and in order. */
    const talk = async (happens: () => Promise<unknown>): Promise<void> => {
      const state = { isOver: false }
      const happening = happens().finally(() => { state.isOver = true })
      do {
        count++
        const sent = await Promise.all([alice.cli(['send', 'bob', `a ${count}`]), bob.cli(['send', 'alice', `b ${count}`])])
        for (const { status, stderr } of sent) assert.equal(status, 0, stderr)
      } while (!state.isOver)
      await happening
      for (const [listener, prefix] of [[atAlice, 'b'], [atBob, 'a']] as const) {
        await listener.until(({ texts }) => (texts.includes(`${prefix} ${count}`) ? true : undefined), `${prefix} ${count} came`)
        assert.deepEqual(listener.texts, Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`))
      }
    }

    const home = homeOf(atAlice)
    const at = servers.findIndex((server) => readyOf(server).peerId === home)
    const machine = machines[at]!
    const others = [left, ...machines.filter((other) => other !== machine)]
    await talk(async () => {
      for (const other of others) hosts.loseOnTheWay(machine, other)
      await atAlice.until((running) => (homeOf(running) === home ? undefined : true), 'alice was at another server')
    })
    for (const other of others) hosts.arrive(machine, other)
    await talk(whole)
  })
})
