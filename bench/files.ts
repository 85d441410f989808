/**
 * A file from one real client to another over loopback, each a process with a home on the disk, beside a bare stream of
 * libp2p as it comes, and c-toxcore where it is installed, between two processes in the same run. This process has the server.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRendezvous } from '../src/rendezvous/index.js'
import { writeNoise } from '../test/helpers/noise-file.js'
import { startBare, startClient, type Bare, type Client } from './files/jobs.js'
import { toxMs } from './files/tox.js'
import { median } from './lib/paired.js'
import { atLeast, atMost, type Row } from './lib/row.js'
import { sized } from './lib/size.js'

const megabytes = Number(process.env.BENCH_MIB ?? sized(256, 8))
const bytes = megabytes * 1024 * 1024
const MiB = 1024 * 1024
/** A stream, or a file, and again in the same processes: V8 compiles what it runs in the first of them. */
const rounds = sized(4, 2)
/** Texts before the file, for comparison. */
const calmTexts = sized(40, 3)

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const server = await createRendezvous({ dataDir: join(folder, 'server'), listen: ['/ip4/127.0.0.1/tcp/0'] })
  const clients: Client[] = []
  const bares: Bare[] = []
  const client = async (username: string, signUp: boolean): Promise<Client> => {
    const one = startClient()
    clients.push(one)
    await one.ask({ do: 'start', home: join(folder, username), pool: server.poolAddress, username, signUp, autoAcceptBytes: bytes })
    return one
  }
  try {
    await server.start()
    const path = join(folder, 'movie.mp4')
    await writeNoise(path, bytes)
    const bulks = await bareStream(bares)
    const [bulkMs, warmBulkMs] = [bulks[0] ?? Number.NaN, median(bulks.slice(1))]
    const ownBulkMs = await ownStream(clients)
    // Signing up takes memory that is not the files': it is done in processes of its own.
    for (const username of ['alice', 'bob']) await (await client(username, true)).ask({ do: 'stop' })
    const [alice, bob] = [await client('alice', false), await client('bob', false)]
    await alice.ask({ do: 'text', to: 'bob' })
    await bob.ask({ do: 'text', to: 'alice' })
    const calm = await alice.ask({ do: 'texts', to: 'bob', until: { count: calmTexts } })
    const idle = [calm, await bob.ask({ do: 'text', to: 'alice' })]
    const start = performance.now()
    const { id = '', cpuMs: preparedCpu } = await alice.ask({ do: 'send-file', to: 'bob', path })
    const prepared = performance.now()
    const received = await bob.ask({ do: 'until-landed', id })
    const landed = performance.now()
    const { cpuMs: sentCpu } = await alice.ask({ do: 'texts', to: 'bob', until: { count: 0 } })
    const warm: number[] = []
    for (let round = 1; round < rounds; round++) warm.push(await oneMore(alice, bob, path))
    const warmMs = median(warm)
    const { id: another = '' } = await alice.ask({ do: 'send-file', to: 'bob', path })
    const texting = alice.ask({ do: 'texts', to: 'bob', until: { fileId: another } })
    await bob.ask({ do: 'until-landed', id: another })
    const sent = await texting
    const { maxRss: receiverRss } = await bob.ask({ do: 'texts', to: 'alice', until: { count: 0 } })
    const tox = await toxMs(folder, bytes)
    const after = await killedOnce(alice, bob, path, async () => await client('bob', false))
    return [
      { what: 'load average of the machine, last minute', figure: (loadavg()[0] ?? 0).toFixed(1) },
      { what: 'bare libp2p stream, as it comes, 64 KiB pieces: the first', figure: speed(bulkMs) },
      { what: `the median of ${rounds - 1} more in the same processes`, figure: speed(warmBulkMs) },
      { what: 'a first one over this network', figure: speed(ownBulkMs) },
      { what: `reading and hashing ${megabytes} MiB before anything leaves`, figure: speed(prepared - start) },
      { what: 'from there to landed, its hash compared', figure: speed(landed - prepared) },
      atLeast('the same against the first bare stream', bulkMs / (landed - prepared), 0.5, 'x'),
      { what: `the median of ${rounds - 1} more files in the same processes`, figure: speed(warmMs) },
      atLeast('the same against the bare streams in the same processes', warmBulkMs / warmMs, 0.5, 'x'),
      { what: 'c-toxcore, the same bytes, nothing on the disk', figure: tox === undefined ? 'not installed' : speed(tox) },
      ...tox === undefined ? [] : [atLeast('the first file against c-toxcore', tox / (landed - prepared), 2, 'x')],
      { what: 'preparing included, against the first bare stream', figure: `${(bulkMs / (landed - start)).toFixed(2)} x` },
      { what: 'processor time of the sender, preparing', figure: seconds(preparedCpu - (idle[0]?.cpuMs ?? 0)) },
      { what: 'processor time of the sender, sending', figure: seconds(sentCpu - preparedCpu) },
      { what: 'processor time of the receiver', figure: seconds(received.cpuMs - (idle[1]?.cpuMs ?? 0)) },
      { what: `a text while nothing flows, delivered, median of ${calmTexts}`, figure: `${median(calm.timesMs ?? []).toFixed(2)} ms` },
      atMost(`a text while another file flows, delivered, median of ${sent.timesMs?.length ?? 0}`, median(sent.timesMs ?? []), 20, 'ms'),
      atMost('the same, p99', quantile(sent.timesMs ?? [], 0.99), 100, 'ms'),
      atMost('resident memory of the sender', sent.maxRss / MiB, 150, 'MiB'),
      atMost('resident memory of the receiver', receiverRss / MiB, 150, 'MiB'),
      { what: 'the receiver killed half-way: what it had then', figure: `${(after.before / MiB).toFixed(0)} MiB` },
      { what: 'what it had for good when it came back', figure: `${(after.kept / MiB).toFixed(0)} MiB` },
      { what: 'from its start to landed', figure: `${(after.restMs / 1000).toFixed(1)} s` }
    ]
  } finally {
    for (const one of [...clients, ...bares]) await one.kill()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function bareStream (bares: Bare[]): Promise<number[]> {
  const [giver, taker] = [startBare(), startBare()]
  bares.push(giver, taker)
  const { addresses = [] } = await giver.ask({ do: 'serve-bulk', bytes })
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push((await taker.ask({ do: 'take-bulk', addresses, bytes })).ms ?? Number.NaN)
  for (const one of [giver, taker]) await one.stop({ do: 'stop' })
  return times
}

/** @returns milliseconds from when it was read and hashed until it had landed */
async function oneMore (alice: Client, bob: Client, path: string): Promise<number> {
  const { id = '' } = await alice.ask({ do: 'send-file', to: 'bob', path })
  const prepared = performance.now()
  await bob.ask({ do: 'until-landed', id })
  return performance.now() - prepared
}

async function ownStream (clients: Client[]): Promise<number> {
  const [giver, taker] = [startClient(), startClient()]
  clients.push(giver, taker)
  const { peerId = '', addresses = [] } = await giver.ask({ do: 'serve-bulk', bytes })
  const { timesMs = [] } = await taker.ask({ do: 'take-bulk', from: { peerId, addresses }, bytes })
  for (const one of [giver, taker]) await one.ask({ do: 'stop' })
  return timesMs[0] ?? Number.NaN
}

/** The same file again, its receiver killed in the middle: how far it was, what of that was durable, and how long the rest took. */
async function killedOnce (alice: Client, bob: Client, path: string, again: () => Promise<Client>): Promise<{ before: number, kept: number, restMs: number }> {
  const { id = '' } = await alice.ask({ do: 'send-file', to: 'bob', path })
  const { doneBytes: before = 0 } = await bob.ask({ do: 'until-landed', id, bytes: bytes / 2 })
  await bob.kill()
  const start = performance.now()
  const back = await again()
  const { doneBytes: kept = 0 } = await back.ask({ do: 'until-landed', id, bytes: 1 })
  await back.ask({ do: 'until-landed', id })
  return { before, kept, restMs: performance.now() - start }
}

function speed (ms: number): string {
  return `${(bytes / ms / 1000).toFixed(1)} MB/s`
}

function seconds (ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function quantile (times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
