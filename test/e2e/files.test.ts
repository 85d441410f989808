import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashOf, writeNoise } from '../helpers/noise-file.js'
import { Person, startServer, type JsonLine, type Running, type RunningServer } from '../helpers/p2pchat-process.js'

const MiB = 1024 * 1024
/** More of it in scripts/soak.ts. */
const killedMiB = Number(process.env.FILE_MIB ?? 24)
const largeMiB = Number(process.env.LARGE_FILE_MIB ?? 48)
/** Resident memory of either side, however large the file. */
const maxMemoryBytes = 150 * MiB
/** how often each of the three dies */
const kills = Number(process.env.FILE_KILLS ?? 1)

function fileEvent ({ events }: Running): JsonLine | undefined {
  return events.find(({ event }) => event === 'file')
}

/** The real binary, real processes, a real server: the compiled program must be there (npm run build). */
describe('e2e: files', function () {
  this.timeout(process.env.FILE_MIB === undefined && process.env.LARGE_FILE_MIB === undefined ? 180_000 : 0)
  let folder: string
  let server: RunningServer & { listen: string }
  const everybody: Person[] = []

  async function person (name: string): Promise<Person> {
    const one = new Person(name, join(folder, name), server.pool, `the password of ${name} is long`)
    everybody.push(one)
    const { status, stderr } = await one.cli(['signup', name, '--json'])
    assert.equal(status, 0, stderr)
    return one
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-files-'))
    server = await startServer(join(folder, 'server'))
  })

  afterEach(async () => {
    for (const { running } of everybody.splice(0)) for (const one of running) await one.end('SIGKILL')
    await server.running.end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function assertArrived (event: JsonLine, name: string, sha256: string): Promise<void> {
    assert.equal(event.sha256, sha256)
    assert.equal(event.name, name)
    const path = String(event.path)
    assert.equal(await hashOf(path), sha256)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  }

  it('go to who is online and to who is not, and listen tells where they lie', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')]
    const hashes = [await writeNoise(join(folder, 'cat.png'), 3 * MiB + 5), await writeNoise(join(folder, 'dog.png'), 2 * MiB)]
    const [atAlice, atBob] = [await alice.listen(), await bob.listen()]
    const direct = await alice.cli(['send-file', 'bob', join(folder, 'cat.png'), '--caption', 'a cat', '--json'])
    assert.equal(direct.status, 0, direct.stderr)
    const first = await atBob.until(fileEvent, 'the file came')
    await assertArrived(first, 'cat.png', hashes[0] ?? '')
    assert.deepEqual([first.from, first.to, first.bytes, first.caption, first.via], ['alice', 'bob', 3 * MiB + 5, 'a cat', 'direct'])
    assert.equal(await atBob.end('SIGTERM'), 0)

    const stored = await alice.cli(['send-file', 'bob', join(folder, 'dog.png'), '--json'])
    assert.equal(stored.status, 0, stored.stderr)
    assert.equal(await atAlice.end('SIGTERM'), 0)
    const again = await bob.listen()
    await assertArrived(await again.until(({ events }) => events.find(({ event, name }) => event === 'file' && name === 'dog.png'), 'the file came'), 'dog.png', hashes[1] ?? '')
    assert.equal(await again.end('SIGTERM'), 0)
    assert.deepEqual((await readdir(join(bob.home, 'downloads'))).sort(), ['cat.png', 'dog.png'])

    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const [path, status] of [[folder, 2], [join(folder, 'pipe'), 2], [join(folder, 'none'), 5]] as const) {
      const refused = await alice.cli(['send-file', 'bob', path, '--json'])
      assert.equal(refused.status, status, refused.stdout + refused.stderr)
    }
  })

  it(`take no more memory for being large: ${largeMiB} MiB`, async () => {
    const [alice, bob] = [await person('alice'), await person('bob')]
    const path = join(folder, 'movie.mp4')
    const sha256 = await writeNoise(path, largeMiB * MiB)
    await bob.cli(['settings', 'auto-accept', String(largeMiB * MiB)])
    const [atAlice, atBob] = [await alice.listen(), await bob.listen()]
    const sending = alice.start(['send-file', 'bob', path, '--json'])
    await assertArrived(await atBob.until(fileEvent, 'the file came'), 'movie.mp4', sha256)
    const peaks = [atAlice, atBob].map(({ peakMemoryBytes }) => peakMemoryBytes)
    console.log(`      peak of the sender and of the receiver: ${peaks.map((bytes) => bytes === undefined ? 'not known' : `${(bytes / MiB).toFixed(0)} MiB`).join(', ')}`)
    for (const bytes of peaks) assert.ok(bytes === undefined || bytes <= maxMemoryBytes)
    await sending.end('SIGTERM')
    await Promise.all([atAlice.end('SIGTERM'), atBob.end('SIGTERM')])
  })

  it(`go on by themselves, ${killedMiB} MiB, after the receiver, the sender and the server were killed in mid-file`, async () => {
    const [alice, bob] = [await person('alice'), await person('bob')]
    const path = join(folder, 'movie.mp4')
    const sha256 = await writeNoise(path, killedMiB * MiB)
    await bob.cli(['settings', 'auto-accept', String(killedMiB * MiB)])
    let [atAlice, atBob] = [await alice.listen(), await bob.listen()]
    const sending = alice.start(['send-file', 'bob', path, '--json'])
    const came = (from: number) => ({ events }: Running): number | undefined => {
      const bytes = Math.max(0, ...events.filter(({ event, direction }) => event === 'progress' && direction === 'in').map(({ bytes: so }) => Number(so)))
      return bytes > from || fileEvent(atBob) !== undefined ? bytes : undefined
    }
    const victims = ['bob', 'alice', 'server'] as const
    const step = killedMiB * MiB / (kills * victims.length + 2)
    let far = 0
    let killed = 0
    for (let n = 0; n < kills * victims.length && fileEvent(atBob) === undefined; n++) {
      // Each dies when some more of it has come.
      far = await atBob.until(came(far + step), 'more of the file came')
      if (fileEvent(atBob) !== undefined) break
      killed++
      switch (victims[n % victims.length] ?? 'server') {
        case 'bob':
          await atBob.end('SIGKILL')
          atBob = await bob.listen()
          break
        case 'alice':
          await atAlice.end('SIGKILL')
          atAlice = await alice.listen()
          break
        case 'server':
          await server.running.end('SIGKILL')
          server = await startServer(join(folder, 'server'), server.listen)
      }
    }
    await assertArrived(await atBob.until(fileEvent, 'the file came'), 'movie.mp4', sha256)
    assert.ok(killed > 0, 'nobody was killed in mid-file')
    await sending.end('SIGTERM')
    await Promise.all([atAlice.end('SIGTERM'), atBob.end('SIGTERM')])
    assert.deepEqual(await readdir(join(bob.home, 'downloads')), ['movie.mp4'])
    const { events } = await bob.cli(['listen', '--json', '--after', '00000000000000', '--exit-after', '1'])
    assert.equal(events.filter(({ event }) => event === 'file').length, 1)
  })
})
