/**
 * Messages from one client to another over loopback, with real disks, beside what carries them: requests on a bare
 * channel of the same network. Both clients, and the server, share this process.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetwork } from '../src/overlay/index.js'
import { createNode, type RunningNode } from '../src/node/index.js'
import { createRendezvous } from '../src/rendezvous/index.js'
import { silentLogger, systemClock, systemRandom } from '../src/runtime.js'
import type { Row } from './lib/row.js'

export const name = 'messages'

const loopback = ['/ip4/127.0.0.1/tcp/0']
const password = 'a password for benchmarks only'
const texts = 2000
const roundTrips = 200

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const server = await createRendezvous({ dataDir: join(folder, 'server'), listen: loopback })
  await server.start()
  const client = async (username: string): Promise<RunningNode> => {
    const node = await createNode({ home: join(folder, username), pool: [server.poolAddress], listen: loopback })
    await node.start()
    await node.signUp({ username, password })
    return node
  }
  const alice = await client('alice')
  const bob = await client('bob')
  try {
    await deliver(alice, 'first contact')
    const latencies: number[] = []
    for (let i = 0; i < roundTrips; i++) {
      const start = performance.now()
      await deliver(alice, `message ${i}`)
      latencies.push(performance.now() - start)
    }
    latencies.sort((a, b) => a - b)

    const start = performance.now()
    const sent = await Promise.all(Array.from({ length: texts }, async (_, i) => await alice.send({ to: 'bob', text: `burst ${i}` })))
    await alice.wait({ id: sent.at(-1)?.id ?? '', state: 'delivered', timeoutMs: 60_000 })
    const direct = texts / (performance.now() - start) * 1000

    await bob.stop()
    const storing = performance.now()
    const stored = await Promise.all(Array.from({ length: texts }, async (_, i) => await alice.send({ to: 'bob', text: `stored ${i}` })))
    await alice.wait({ id: stored.at(-1)?.id ?? '', state: 'stored', timeoutMs: 60_000 })
    const mailbox = texts / (performance.now() - storing) * 1000

    const bare = await bareRoundTrips()
    return [
      { what: 'bare request and answer on a channel, median', figure: `${bare.toFixed(2)} ms` },
      { what: 'send to delivered (synced on both sides), median', figure: `${at(latencies, 0.5).toFixed(2)} ms` },
      { what: 'send to delivered, p99', figure: `${at(latencies, 0.99).toFixed(2)} ms` },
      { what: 'send to delivered against a bare request', figure: `${(at(latencies, 0.5) / bare).toFixed(1)} x` },
      { what: `${texts} texts at once, direct, delivered`, figure: `${direct.toFixed(0)} /s` },
      { what: `${texts} texts at once, to the mailbox, stored`, figure: `${mailbox.toFixed(0)} /s` }
    ]
  } finally {
    await alice.stop()
    await bob.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function deliver (from: RunningNode, text: string): Promise<void> {
  const { id } = await from.send({ to: 'bob', text })
  await from.wait({ id, state: 'delivered', timeoutMs: 10_000 })
}

async function bareRoundTrips (): Promise<number> {
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
    const times: number[] = []
    for (let i = 0; i < roundTrips; i++) {
      const start = performance.now()
      await channel.request('echo', new Uint8Array(100))
      times.push(performance.now() - start)
    }
    times.sort((a, b) => a - b)
    return at(times, 0.5)
  } finally {
    await asker.stop()
    await answerer.stop()
  }
}

function at (sorted: number[], quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN
}
