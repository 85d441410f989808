import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person, runCli, type JsonLine } from '../helpers/p2pchat-process.js'
import { poolStatus, ServerProcess, startPool, untilWhole } from '../helpers/pool-process.js'
import { SmallDisk } from '../helpers/small-disk.js'

const MiB = 1024 * 1024

/** Real processes on loopback whose disks fail them. */
describe('e2e: servers whose disks fail', function () {
  this.timeout(240_000)
  let folder: string
  const everybody: Person[] = []

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-disks-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

  async function people (pool: string): Promise<[Person, Person]> {
    const both = ['alice', 'bob'].map((name) => new Person(name, join(folder, name), pool, `the password of ${name} is long`)) as [Person, Person]
    for (const person of both) {
      const { status, stderr } = await person.cli(['signup', person.name])
      assert.equal(status, 0, stderr)
    }
    everybody.push(...both)
    return both
  }

  async function heard (person: Person, count: number): Promise<unknown[]> {
    const { status, events, stderr } = await person.cli(['listen', '--json', '--exit-after', String(count)])
    assert.equal(status, 0, stderr)
    return events.filter(({ event }) => event === 'message').map(({ text }) => text)
  }

  it('a full one takes no mail and says so, serves what it has, and goes on by itself once there is room', async function () {
    const disk = await SmallDisk.make(join(folder, 'disk'), 64 * MiB)
    if (disk === undefined) return this.skip()
    const server = await new ServerProcess(join(disk.folder, 'server'), undefined).ready()
    try {
      const [alice, bob] = await people(server.pool)
      assert.equal((await alice.cli(['send', 'bob', 'before'])).status, 0)

      // More than what is left of the page that was written last.
      const whileFull = 'while it was full '.repeat(500)
      await disk.fill()
      const refused = await alice.cli(['send', 'bob', '--json', '--timeout', '3', whileFull])
      assert.equal(refused.status, 9, refused.stdout)
      // On a machine with much else to do three seconds may be too short for it to ask at all.
      const listener = await alice.listen()
      await server.running.until(({ stderr }) => (stderr.includes('the disk refuses to be written') ? true : undefined), 'the operator was told')
      assert.match((await alice.cli(['users'])).stdout, /bob/)

      await disk.empty()
      await server.running.until(({ stderr }) => (stderr.includes('there is room again') ? true : undefined), 'it began anew')
      await server.running.until(({ events }) => (events.filter(({ event }) => event === 'ready').length === 2 ? true : undefined), 'it was ready again')
      assert.equal((await alice.cli(['send', 'bob', 'after'])).status, 0)
      assert.deepEqual(await heard(bob, 3), ['before', whileFull, 'after'])
      await listener.end('SIGTERM')
      assert.equal(await server.running.end('SIGTERM'), 0)
    } finally {
      for (const running of everybody.splice(0).flatMap((person) => person.running)) await running.end('SIGKILL')
      await server.running.end('SIGKILL')
      disk.remove()
    }
  })

  it('a damaged one is refused with what to do; its machine comes back as a new server, one that lost something else is believed no more, and no mail is lost', async () => {
    const pool = await startPool(folder, 3)
    const [first, second, third] = pool.servers as [ServerProcess, ServerProcess, ServerProcess]
    let back: ServerProcess | undefined
    try {
      await untilWhole(first)
      const [alice, bob] = await people(pool.pool)
      for (let n = 1; n <= 3; n++) assert.equal((await alice.cli(['send', 'bob', `before ${n}`])).status, 0)
      await third.running.end('SIGTERM')
      await flipInLog(join(third.data, 'db'))
      assert.equal((await alice.cli(['send', 'bob', 'meanwhile'])).status, 0)

      const started = await runCli(['rendezvous', '--data', third.data, '--log', 'silent', '--json'])
      assert.equal(started.status, 1)
      const [error] = started.events
      assert.equal(error?.code, 'ERR_STORE_CORRUPT')
      assert.match(String(error.message), /^.*server 3: The store is damaged: \d+\.log: .*Nothing in it was changed\. .*pool remove SERVER --force.*--join TOKEN/)

      const removed = await runCli(['pool', 'remove', third.peerId, '--force', '--data', first.data, '--json'])
      assert.equal(removed.status, 0, removed.stdout)
      const [token] = (await runCli(['pool', 'invite', '--data', first.data, '--json'])).events
      back = await new ServerProcess(join(folder, 'server 3, new'), String(token?.token)).ready()
      await untilWhole(first)
      assert.deepEqual((await poolStatus(first)).filter(({ event }) => event === 'server').map(({ peerId }) => peerId).sort(), [first.peerId, second.peerId, back.peerId].sort())

      // Of any three, the one that is new and one more have all of it.
      await second.running.end('SIGKILL')
      assert.deepEqual(await heard(bob, 4), ['before 1', 'before 2', 'before 3', 'meanwhile'])

      // A log without its end looks as after a crash; the others know that there was more.
      const [log, bytes] = await logOf(join(second.data, 'db'))
      await writeFile(log, bytes.subarray(0, bytes.byteLength / 3))
      await second.restart()
      const findings = async (): Promise<JsonLine[]> => (await runCli(['pool', 'doctor', '--data', first.data, '--json'])).events
      while (!(await findings()).some(({ code }) => code === 'disk-retired' || code === 'disk-distrusted')) await new Promise((resolve) => { setTimeout(resolve, 300) })
      for (const person of [alice, bob]) assert.equal((await person.cli(['send', person === bob ? 'alice' : 'bob', 'after'])).status, 0)
      assert.deepEqual(await heard(bob, 1), ['after'])
    } finally {
      await Promise.all([first, second, third, back].map(async (server) => await server?.running.end('SIGKILL')))
    }
  })
})

/** What was written last, which is not in a table yet. */
async function logOf (folder: string): Promise<[string, Buffer]> {
  const name = (await readdir(folder)).filter((file) => file.endsWith('.log')).sort().at(-1) ?? ''
  return [join(folder, name), await readFile(join(folder, name))]
}

async function flipInLog (folder: string): Promise<void> {
  const [log, bytes] = await logOf(folder)
  const at = Math.floor(bytes.byteLength / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(log, bytes)
}
