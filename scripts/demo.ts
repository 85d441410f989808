/**
 * The story of p2pchat without a keyboard: three servers and four people, each a process of its own, through the real
 * binary. Every step is checked; the first that is not as told ends it with status 1.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { hashOf, writeNoise } from '../test/helpers/noise-file.js'
import { filesWith, Person, runCli, type JsonLine, type Ran, type Running } from '../test/helpers/p2pchat-process.js'
import { ServerProcess, startPool } from '../test/helpers/pool-process.js'

const SECRET = 'The spare key is under the third stone from the left.'
const SUNDAY = 'Who climbs the long ridge on Sunday?'
const WITHOUT_CAROL = 'It shall be a surprise for Carol.'
/** As large as what is fetched unasked, nearly. */
const videoBytes = 24 * 1024 * 1024
/** Longer than all of it takes on a slow machine. */
const maxMs = 300_000

const startedMs = Date.now()
const folder = await mkdtemp(join(tmpdir(), 'p2pchat-demo-'))
const poolFolder = join(folder, 'pool')
const people: Person[] = []
let servers: ServerProcess[] = []

async function step<T> (told: string, done: () => Promise<T>): Promise<T> {
  process.stdout.write(`${told} `)
  const result = await done()
  process.stdout.write('✓\n')
  return result
}

function person (name: string, pool: string): Person {
  const one = new Person(name, join(folder, name), pool, `${name} likes long walks at night`)
  people.push(one)
  return one
}

async function tell (): Promise<void> {
  const { pool, ...started } = await step('Three rendezvous servers start: one pool.', async () => await startPool(poolFolder, 3))
  servers = started.servers
  const [alice, bob, carol, dave] = [person('alice', pool), person('bob', pool), person('carol', pool), person('dave', pool)]

  await step('Alice, Bob, Carol and Dave sign up, each on a machine of their own.', async () => {
    for (const pair of [[alice, bob], [carol, dave]]) {
      await Promise.all(pair.map(async (one) => {
        const { status, stderr } = await one.cli(['signup', one.name, '--json'])
        assert.equal(status, 0, stderr)
      }))
    }
  })

  await step('Somebody tries to get in as Alice with a wrong password, and is refused.', async () => {
    const thief = new Person('alice', join(folder, 'thief'), pool, 'perhaps it is this')
    const { status, stderr } = await thief.cli(['login', 'alice'])
    assert.equal(status, 3)
    assert.match(stderr, /^Wrong username or password/)
  })

  const [atAlice, atBob] = await step('Alice and Bob are online.', async () => await Promise.all([alice.listen(), bob.listen()]))

  await step('Alice writes to Bob, Bob answers; it goes from device to device.', async () => {
    const there = await alice.cli(['send', 'bob', 'Shall we meet at six?', '--wait', 'delivered', '--json'])
    assert.equal(there.status, 0, there.stderr)
    assert.equal(there.events[0]?.via, 'direct')
    const back = await bob.cli(['send', 'alice', SECRET, '--wait', 'delivered', '--json'])
    assert.equal(back.status, 0, back.stderr)
    await atBob.until(({ texts }) => texts.includes('Shall we meet at six?') ? true : undefined, 'Bob read it')
    await atAlice.until(({ texts }) => texts.includes(SECRET) ? true : undefined, 'Alice read it')
  })

  await step('Carol is offline. Alice writes to her three times; two of the servers keep it before it is said to be stored.', async () => {
    for (const text of ['one', 'two', SECRET]) {
      const { status, events, stderr } = await alice.cli(['send', 'carol', text, '--json'])
      assert.equal(status, 0, stderr)
      assert.equal(events[0]?.state, 'stored')
      assert.ok(Number(events[0]?.replicas) >= 2)
    }
  })

  await step('Carol comes online and has all of it, in order.', async () => {
    const { status, events, stderr } = await carol.cli(['listen', '--json', '--exit-after', '3'])
    assert.equal(status, 0, stderr)
    assert.deepEqual(events.filter(({ event }) => event === 'message').map(({ text }) => text), ['one', 'two', SECRET])
  })

  const many = Array.from({ length: 40 }, (_, at) => `number ${at + 1}`)
  await step('Bob types forty lines to Dave. Dave\'s machine dies in the middle (SIGKILL).', async () => {
    const atDave = await dave.listen()
    const typing = bob.cli(['shell'], { stdin: many.map((text) => `SEND dave ${text}\n`).join('') })
    await atDave.until(({ texts }) => texts.length >= 10 ? true : undefined, 'ten lines were there')
    await atDave.end('SIGKILL')
    assert.equal((await typing).status, 0)
  })

  await step('Dave comes back: nothing is lost, nothing is doubled, all is in order.', async () => {
    const atDave = await dave.listen()
    await atDave.until(({ texts }) => texts.includes(many.at(-1) ?? '') ? true : undefined, 'the last line was there')
    const { events } = await dave.cli(['history', 'bob', '--limit', '1000', '--json'])
    assert.deepEqual(events.map(({ text }) => text), many)
    assert.equal(await atDave.end('SIGTERM'), 0)
  })

  await step('All servers go away. Alice writes all the same: it is kept.', async () => {
    assert.deepEqual(await Promise.all(servers.map(async ({ running }) => await running.end('SIGTERM'))), [0, 0, 0])
    const { status } = await alice.cli(['send', 'carol', 'Are you back?', '--timeout', '1s'])
    assert.equal(status, 9)
  })

  await step('Their stores are searched: no word of anybody, and no password.', async () => {
    const store = poolFolder
    for (const hidden of [SECRET, 'Shall we meet', 'number 17', ...people.map(({ password }) => password)]) assert.deepEqual(await filesWith(store, hidden), [])
    assert.notDeepEqual(await filesWith(store, 'alice'), [], 'the search finds what is there')
  })

  await step('The servers come back, and so does Carol: the message was on its way.', async () => {
    await Promise.all(servers.map(async (server) => { await server.restart() }))
    const { status, events, stderr } = await carol.cli(['listen', '--json', '--exit-after', '1'])
    assert.equal(status, 0, stderr)
    assert.ok(events.some(({ text }) => text === 'Are you back?'))
  })

  await tellOfServers({ alice, bob, carol, dave, atAlice, atBob })

  await tellOfGroups({ alice, bob, carol, dave, atAlice, atBob })

  await tellOfFiles({ alice, bob, carol, dave, atAlice, atBob })

  await step('Everybody leaves, and the servers end cleanly.', async () => {
    assert.deepEqual(await Promise.all([atAlice.end('SIGTERM'), atBob.end('SIGTERM')]), [0, 0])
    for (const { running } of servers) assert.equal(await running.end('SIGTERM'), 0)
  })
}

interface Cast { alice: Person, bob: Person, carol: Person, dave: Person, atAlice: Running, atBob: Running }

/** A home that dies, a fourth server, and one that is emptied and taken out. Carol is offline until the end. */
async function tellOfServers ({ alice, bob, carol, atAlice, atBob }: Cast): Promise<void> {
  const homeOf = (running: Running): ServerProcess => {
    const home = running.events.findLast(({ event, change }) => event === 'pool' && (change === 'connected' || change === 'moved'))?.connection as JsonLine
    return servers.find(({ peerId }) => peerId === home.server) ?? assert.fail('nobody knows that server')
  }
  const pool = async (asked: ServerProcess, ...args: string[]): Promise<JsonLine[]> => {
    const { status, events, stderr } = await runCli(['pool', ...args, '--data', asked.data, '--json'])
    assert.equal(status, 0, stderr)
    return events
  }
  const isWhole = async (asked: ServerProcess, count: number): Promise<boolean> => {
    const [found, ...listed] = await pool(asked, 'status')
    return found?.phase === 'settled' && found.mailboxesLeft === 0 && found.acceptorsUp === found.acceptors && listed.filter(({ state, figures }) => state === 'member' && figures !== null).length === count
  }
  const whole = async (asked: ServerProcess, count: number): Promise<void> => {
    while (!await isWhole(asked, count)) await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const kept: string[] = []

  await step('The server where Alice is at home dies (SIGKILL) while she writes to Carol. She goes on at another one.', async () => {
    const home = homeOf(atAlice)
    const writing = (async () => {
      for (let n = 1; n <= 6; n++) {
        const { events } = await ok(alice, ['send', 'carol', `line ${n}`])
        assert.equal(events[0]?.state, 'stored')
        kept.push(`line ${n}`)
      }
    })()
    await home.running.end('SIGKILL')
    await writing
    await atAlice.until(() => homeOf(atAlice) !== home ? true : undefined, 'Alice was at another server')
    await ok(bob, ['send', 'alice', 'Did you notice anything?', '--wait', 'delivered'])
    await home.restart()
  })

  await step('A fourth server joins with an invitation, and takes over its share.', async () => {
    const [first] = servers
    if (first === undefined) assert.fail()
    await whole(first, 3)
    const [{ token } = {}] = await pool(first, 'invite')
    servers.push(await new ServerProcess(join(poolFolder, 'server 4'), String(token)).ready())
    await whole(first, 4)
  })

  await step('The first server is emptied and taken out of the pool. Nobody loses a word: Carol reads what had waited.', async () => {
    const [first, second] = servers
    if (first === undefined || second === undefined) assert.fail()
    await pool(second, 'drain', first.peerId)
    await pool(second, 'remove', first.peerId)
    await first.running.end('SIGTERM')
    await atBob.until(() => homeOf(atBob) !== first ? true : undefined, 'Bob was at another server')
    servers = servers.filter((server) => server !== first)
    const { events } = await ok(carol, ['listen', '--exit-after', String(kept.length)])
    assert.deepEqual(events.filter(({ event }) => event === 'message').map(({ text }) => text), kept)
  })
}

/** Two groups of the four. Alice and Bob are online throughout; Dave is offline until the end. */
async function tellOfGroups ({ alice, bob, carol, dave, atAlice, atBob }: Cast): Promise<void> {
  const heard = async (running: Running, text: string): Promise<void> => { await running.until(({ texts }) => texts.includes(text) ? true : undefined, `"${text}" was read`) }
  const membersOf = async (name: string): Promise<unknown[]> => (await ok(alice, ['group', 'members', name])).events.map(({ username }) => username)
  const historyOf = async (one: Person): Promise<unknown[]> => (await ok(one, ['history', 'group:hike'])).events.filter(({ event }) => event === 'message').map(({ text }) => text)
  const atCarol = await carol.listen()

  await step('Alice makes the group hike with Bob and Dave in it; Carol joins, and founds the group band, which Bob joins.', async () => {
    await ok(alice, ['group', 'create', 'hike', 'bob', 'dave'])
    await ok(carol, ['group', 'join', 'hike'])
    assert.equal((await ok(carol, ['group', 'join', 'band'])).events[0]?.created, true)
    assert.equal((await ok(bob, ['group', 'join', 'band'])).events[0]?.created, false)
    assert.deepEqual(await membersOf('hike'), ['alice', 'bob', 'carol', 'dave'])
    const listed = (await ok(alice, ['groups'])).events.map(({ name, members }) => [name, members])
    assert.deepEqual(listed, [['band', 2], ['hike', 4]])
  })

  await step('Bob writes to both at once. Who is online reads it; of Dave, who is not, trace knows that he is missing.', async () => {
    const { events } = await ok(bob, ['group', 'send', 'hike,band', SUNDAY])
    const ids = new Map(events.map(({ group, id }) => [group, String(id)]))
    await heard(atAlice, SUNDAY)
    await atCarol.until(({ texts }) => texts.filter((text) => text === SUNDAY).length === 2 ? true : undefined, 'Carol read it in both')
    await atBob.until(({ events }) => events.some((event) => event.id === ids.get('band') && event.state === 'delivered') ? true : undefined, 'Bob knew that all of band have it')
    await atBob.until(({ events }) => events.some((event) => event.id === ids.get('hike') && deliveredTo(event) === 2) ? true : undefined, 'Bob knew that two of hike have it')
    const [trace] = (await ok(bob, ['trace', ids.get('hike') ?? ''])).events
    assert.deepEqual((trace?.members as Record<string, unknown>).missing, ['dave'])
  })

  await step('Bob tries to remove Carol from hike: only an admin can.', async () => {
    const { status, stderr } = await bob.cli(['group', 'remove', 'hike', 'carol'])
    assert.equal(status, 6)
    assert.match(stderr, /^Only an admin can add or remove members\./)
  })

  await step('Alice, who is one, does. What is said from now on Carol cannot read, and what she writes is refused.', async () => {
    await ok(alice, ['group', 'remove', 'hike', 'carol'])
    await ok(alice, ['group', 'send', 'hike', WITHOUT_CAROL])
    await heard(atBob, WITHOUT_CAROL)
    assert.equal((await carol.cli(['group', 'send', 'hike', 'Am I still here?'])).status, 6)
    assert.equal((await carol.cli(['group', 'join', 'hike'])).status, 6)
    assert.deepEqual(await historyOf(carol), [SUNDAY])
    assert.deepEqual(await membersOf('hike'), ['alice', 'bob', 'dave'])
  })

  await step('Dave comes online, and has all that was said in hike since he was added, in order.', async () => {
    const atDave = await dave.listen()
    await heard(atDave, WITHOUT_CAROL)
    assert.deepEqual(await historyOf(dave), [SUNDAY, WITHOUT_CAROL])
    const [{ agreed, differing } = {}] = (await ok(dave, ['group', 'verify', 'hike'])).events
    assert.deepEqual([agreed, differing], [['alice', 'bob'], []])
    await ok(dave, ['group', 'leave', 'hike'])
    assert.equal(await atDave.end('SIGTERM'), 0)
  })

  await step('Carol leaves hiking to the others. The servers\' stores are searched again, and her machine: no word that is not for them.', async () => {
    assert.equal(await atCarol.end('SIGTERM'), 0)
    for (const hidden of [SUNDAY, WITHOUT_CAROL]) assert.deepEqual(await filesWith(poolFolder, hidden), [])
    assert.deepEqual(await filesWith(carol.home, WITHOUT_CAROL), [])
  })
}

/** A picture for Bob, a video for a group of all four. Alice and Bob are online throughout; Dave is offline until the end. */
async function tellOfFiles ({ alice, bob, carol, dave, atAlice, atBob }: Cast): Promise<void> {
  const picture = join(folder, 'sunset.png')
  const video = join(folder, 'party.mp4')
  const landed = async (running: Running, name: string, sha256: string): Promise<void> => {
    const event = await running.until(({ events }) => events.find((one) => one.event === 'file' && one.name === name), `${name} had come`)
    assert.equal(event.sha256, sha256)
    assert.equal(await hashOf(String(event.path)), sha256)
  }

  await step('Alice sends Bob a picture. It goes from device to device, and the one is the same as the other.', async () => {
    await writeFile(picture, paint(320, 200))
    await ok(alice, ['send-file', 'bob', picture, '--caption', 'From the third stone'])
    await landed(atBob, 'sunset.png', await hashOf(picture))
    assert.equal(atBob.events.find(({ event }) => event === 'file')?.via, 'direct')
  })

  const sha256 = await writeNoise(video, videoBytes)
  const atCarol = await carol.listen()
  await step('She sends a video to a group of all four. Dave is offline; Carol\'s machine dies in the middle (SIGKILL).', async () => {
    await ok(alice, ['group', 'create', 'film', 'bob', 'carol', 'dave'])
    const sending = ok(alice, ['group', 'send-file', 'film', video])
    await atCarol.until(({ events }) => events.some(({ event, bytes }) => event === 'progress' && Number(bytes) > 0) ? true : undefined, 'some of it had come to Carol')
    await atCarol.end('SIGKILL')
    assert.ok(!atCarol.events.some(({ event }) => event === 'file'), 'not all of it had')
    await sending
  })

  await step('Carol comes back: it goes on by itself. She and Bob have what Alice has.', async () => {
    const again = await carol.listen()
    await landed(again, 'party.mp4', sha256)
    await landed(atBob, 'party.mp4', sha256)
    assert.deepEqual(await readdir(join(carol.home, 'downloads')), ['party.mp4'])
    assert.equal(await again.end('SIGTERM'), 0)
  })

  await step('Alice\'s machine is off. Dave comes online, and has it from the servers, which cannot open it.', async () => {
    assert.equal(await atAlice.end('SIGTERM'), 0)
    const atDave = await dave.listen()
    await landed(atDave, 'party.mp4', sha256)
    assert.equal(await atDave.end('SIGTERM'), 0)
    const piece = (await readFile(video)).subarray(1_000_000, 1_000_064)
    assert.deepEqual(await filesWith(poolFolder, piece), [])
  })
}

/** A picture of a sky, as a PNG. */
function paint (width: number, height: number): Buffer {
  const png = new PNG({ width, height })
  for (let at = 0; at < width * height; at++) png.data.set([255 - at % 97, 120 + Math.floor(at / width) % 120, at % 251, 255], at * 4)
  return PNG.sync.write(png)
}

function deliveredTo ({ members }: JsonLine): unknown {
  return typeof members === 'object' && members !== null && 'delivered' in members ? members.delivered : undefined
}

/** @throws AssertionError with what the command said, unless it ended with status 0 */
async function ok (one: Person, args: string[]): Promise<Ran> {
  const ran = await one.cli([...args, '--json'])
  assert.equal(ran.status, 0, ran.stderr)
  return ran
}

async function clear (): Promise<void> {
  for (const { running } of people) for (const one of running) await one.end('SIGKILL')
  for (const { running } of servers) await running.end('SIGKILL')
  await rm(folder, { recursive: true, force: true })
}

const tooLong = setTimeout(() => {
  process.stdout.write('✗\nIt takes too long.\n')
  void clear().finally(() => process.exit(1))
}, maxMs)
try {
  await tell()
  process.stdout.write(`Done in ${Math.round((Date.now() - startedMs) / 1000)} seconds.\n`)
} catch (error) {
  process.stdout.write(`✗\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  clearTimeout(tooLong)
  await clear()
}
