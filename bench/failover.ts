/**
 * How long clients are without a server when theirs is killed, frozen or told to end: from that moment until a message to
 * somebody offline is kept by the pool again. Three servers in processes of their own; the clients share this process.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, type RunningNode } from '../src/node/index.js'
import { startPool, type PoolProcess, type ServerProcess } from '../test/helpers/pool-process.js'
import type { Row } from './lib/row.js'
import { sized } from './lib/size.js'

const loopback = ['/ip4/127.0.0.1/tcp/0']
const password = 'a password for benchmarks only'
const clients = Number(process.env.BENCH_CLIENTS ?? sized(12, 2))
const isWhole = sized(true, false)
const rounds = Number(process.env.BENCH_ROUNDS ?? sized(3, 1))

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const pool = await startPool(folder, 3)
  const nodes: RunningNode[] = []
  const client = async (username: string): Promise<RunningNode> => {
    const node = await createNode({ home: join(folder, username), pool: [pool.pool], listen: loopback })
    await node.start()
    await node.signUp({ username, password })
    return node
  }
  try {
    await (await client('offline')).stop()
    for (let n = 0; n < clients; n++) {
      const node = await client(`client${n}`)
      nodes.push(node)
      await store(node, Infinity)
    }
    const killed: number[] = []
    const frozen: number[] = []
    const ended: number[] = []
    for (let round = 0; round < rounds; round++) {
      killed.push(...await fail(pool, nodes, 'SIGKILL'))
      if (isWhole) {
        ended.push(...await fail(pool, nodes, 'SIGTERM'))
        frozen.push(...await fail(pool, nodes, 'SIGSTOP'))
      }
    }
    return [
      row(`killed, of ${killed.length} clients: median`, at(killed, 0.5), 2_000),
      row('killed: at most', at(killed, 1), 5_000),
      ...!isWhole
        ? []
        : [row(`frozen, of ${frozen.length} clients: at most`, at(frozen, 1), 15_000),
            { what: 'frozen: median', figure: `${at(frozen, 0.5).toFixed(0)} ms` },
            { what: `told to end, of ${ended.length} clients: a send takes at most`, figure: `${at(ended, 1).toFixed(0)} ms` }]
    ]
  } finally {
    for (const node of nodes) await node.stop()
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds for each client of the server that most of them are at. */
async function fail (pool: PoolProcess, nodes: RunningNode[], signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP'): Promise<number[]> {
  const { server, homeless } = await busiest(pool, nodes)
  const startMs = performance.now()
  server.running.process.kill(signal)
  const times = await Promise.all(homeless.map(async (node) => await store(node, startMs)))
  if (signal === 'SIGSTOP') server.running.process.kill('SIGCONT')
  else {
    await server.running.end()
    await server.restart()
  }
  // Everybody knows of it again.
  await new Promise<void>((resolve) => { setTimeout(resolve, 5_000) })
  return times
}

async function busiest (pool: PoolProcess, nodes: RunningNode[]): Promise<{ server: ServerProcess, homeless: RunningNode[] }> {
  const byServer = new Map<string, RunningNode[]>()
  for (const node of nodes) {
    const { connection } = await node.status()
    if (connection.kind === 'connected') byServer.set(connection.server, [...byServer.get(connection.server) ?? [], node])
  }
  const [most] = [...byServer].sort(([, a], [, b]) => b.length - a.length)
  if (most === undefined) throw new Error('No client is connected.')
  return { server: pool.server(most[0]), homeless: most[1] }
}

/** Milliseconds since `startMs` until a message that was sent after it is kept. */
async function store (node: RunningNode, startMs: number): Promise<number> {
  const { id } = await node.send({ to: 'offline', text: 'hello' })
  await node.wait({ id, state: 'stored', timeoutMs: 60_000 })
  return performance.now() - startMs
}

function row (what: string, ms: number, maxMs: number): Row {
  return { what, figure: `${ms.toFixed(0)} ms`, target: { text: `at most ${maxMs} ms`, met: ms <= maxMs } }
}

function at (values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN
}
