/**
 * Messages from one client to another over loopback, each a process with a home on the disk, beside what carries them
 * (requests on a bare channel of the same network) and what keeps them (synced writes of the same store). This process has
 * the server.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetwork } from '../src/overlay/index.js'
import { createRendezvous } from '../src/rendezvous/index.js'
import { silentLogger, systemClock, systemRandom } from '../src/runtime.js'
import { openLevel } from '../src/store/level.js'
import type { Row } from './lib/row.js'
import { sized } from './lib/size.js'
import { startClient, type Client } from './messages/jobs.js'

const loopback = ['/ip4/127.0.0.1/tcp/0']
/** One after the other, and before that some that are not counted: code is slow until it has run for a while. */
const texts = Number(process.env.BENCH_TEXTS ?? sized(500, 5))
const warmUp = sized(200, 5)
/** All at once. */
const burst = Number(process.env.BENCH_BURST ?? sized(2000, 20))
const roundTrips = sized(200, 5)

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const server = await createRendezvous({ dataDir: join(folder, 'server'), listen: loopback })
  const clients: Client[] = []
  const client = async (username: string): Promise<Client> => {
    const one = startClient()
    clients.push(one)
    await one.ask({ do: 'start', home: join(folder, username), pool: server.poolAddress, username })
    return one
  }
  try {
    await server.start()
    const [alice, bob] = [await client('alice'), await client('bob')]
    await alice.ask({ do: 'one-by-one', to: 'bob', count: warmUp, state: 'delivered' })
    const [writeMs, bareMs] = [await syncedWrites(join(folder, 'bare')), await bareRoundTrips()]
    const before = [await alice.ask({ do: 'shown' }), await bob.ask({ do: 'shown' })]
    const calm = await alice.ask({ do: 'one-by-one', to: 'bob', count: texts, state: 'delivered' })
    const shown = await bob.ask({ do: 'shown' })
    const direct = await alice.ask({ do: 'at-once', to: 'bob', count: burst, state: 'delivered' })
    const taken = await bob.ask({ do: 'shown' })
    await bob.stop({ do: 'stop' })
    const stored = await alice.ask({ do: 'at-once', to: 'bob', count: burst, state: 'stored' })
    await alice.stop({ do: 'stop' })
    const [senderMs, receiverMs] = [calm.cpuMs - (before[0]?.cpuMs ?? 0), shown.cpuMs - (before[1]?.cpuMs ?? 0)]
    return [
      { what: 'load average of the machine, last minute', figure: (loadavg()[0] ?? 0).toFixed(1) },
      { what: 'a synced write of the store, median', figure: ms(writeMs, 0.5) },
      { what: 'bare request and answer on a channel, median', figure: ms(bareMs, 0.5) },
      { what: `send to shown, ${texts} texts one after the other, median`, figure: ms(shown.timesMs, 0.5) },
      { what: 'send to shown, p99', figure: ms(shown.timesMs, 0.99) },
      { what: 'send to delivered, median', figure: ms(calm.timesMs, 0.5) },
      { what: 'send to delivered, p99', figure: ms(calm.timesMs, 0.99) },
      { what: 'processor time of the sender, a text', figure: `${(senderMs / texts).toFixed(2)} ms` },
      { what: 'processor time of the receiver, a text', figure: `${(receiverMs / texts).toFixed(2)} ms` },
      { what: `${burst} texts at once, direct, delivered`, figure: rate(direct.timesMs) },
      { what: 'processor time of the sender, a text of those', figure: `${((direct.cpuMs - calm.cpuMs) / burst).toFixed(2)} ms` },
      { what: 'processor time of the receiver, a text of those', figure: `${((taken.cpuMs - shown.cpuMs) / burst).toFixed(2)} ms` },
      { what: `${burst} texts at once, to the mailbox, stored`, figure: rate(stored.timesMs) }
    ]
  } finally {
    for (const one of clients) await one.kill()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function bareRoundTrips (): Promise<number[]> {
  const make = (): ReturnType<typeof createNetwork> => {
    const network = createNetwork({ role: 'client', seed: systemRandom.bytes(32), listen: loopback, announce: [], clock: systemClock, logger: silentLogger })
    network.serve('/p2pchat/bench/1', { requests: { echo: async (body) => body } })
    return network
  }
  const [asker, answerer] = [make(), make()]
  await asker.start()
  await answerer.start()
  try {
    const channel = await asker.connect({ peerId: answerer.peerId, addresses: answerer.addresses() }, '/p2pchat/bench/1')
    return await timesOf(async () => { await channel.request('echo', new Uint8Array(100)) })
  } finally {
    await asker.stop()
    await answerer.stop()
  }
}

async function syncedWrites (folder: string): Promise<number[]> {
  const store = await openLevel({ folder, createIfMissing: true })
  try {
    return await timesOf(async (i) => { await store.batch([{ type: 'put', key: `number/${i}`, value: new Uint8Array(1000) }], { sync: true }) })
  } finally {
    await store.close()
  }
}

async function timesOf (work: (i: number) => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < roundTrips; i++) {
    const start = performance.now()
    await work(i)
    times.push(performance.now() - start)
  }
  return times
}

function ms (times: number[], quantile: number): string {
  const sorted = times.toSorted((a, b) => a - b)
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN).toFixed(2)} ms`
}

function rate ([tookMs = Number.NaN]: number[]): string {
  return `${(burst / tookMs * 1000).toFixed(0)} /s`
}
