/** Mail that a pool of servers keeps: how much, how soon, and what it costs them as they become more. */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atLeast, atMost, type Row } from './lib/row.js'
import { sized } from './lib/size.js'
import { Load, type Deposits } from './pool/deposits.js'
import { jetStreamPerSecond } from './pool/jetstream.js'
import { Servers } from './pool/servers.js'

const bytes = 1_024
/** With three servers; a larger pool is for more people, so that each server has as much to do. */
const underWayOfThree = 100
const countOfThree = Number(process.env.DEPOSITS ?? sized(5_000, 100))
/** What servers do with nobody asking anything, after what they do for each other once they have met. */
const [settleMs, restMs] = [sized(5_000, 100), Number(process.env.REST_MS ?? sized(10_000, 100))]
const sizes = (process.env.POOL_SIZES ?? sized('3,5,9', '3')).split(',').map(Number)
const minPerSecond = 1_000
const maxP99Ms = 250
/** For each server, in pools of every size: far from what these processors can do, so that no server waits for another's turn. */
const [perServerSecond, atEaseMs] = [40, sized(20_000, 500)]

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  try {
    const rows: Row[] = [{ what: 'load average of the machine, last minute', figure: (loadavg()[0] ?? 0).toFixed(1) }]
    for (const size of sizes) rows.push(...rowsOf(size, await measure(size, join(folder, String(size)))))
    const theirs = await jetStreamPerSecond(join(folder, 'nats'), { count: countOfThree, underWay: underWayOfThree, bytes })
    rows.push({ what: 'beside: JetStream, three replicas, acknowledged without a sync', figure: theirs === undefined ? 'not installed' : `${theirs.toFixed(0)} /s` })
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Measured extends Deposits {
  cpuMs: number
  loadCpuMs: number
  restCpuMs: number
  /** with the same number of deposits a second for each server, what they do at rest taken off */
  atEaseCpuMs: number
}

/** As much for each server as in a pool of three. */
function ofPool (size: number, ofThree: number): number {
  return Math.round(ofThree * Math.max(3, size) / 3)
}

async function measure (size: number, folder: string): Promise<Measured> {
  const servers = await Servers.start(size, folder)
  const [underWay, count] = [ofPool(size, underWayOfThree), ofPool(size, countOfThree)]
  try {
    const load = await Load.connect(servers.poolAddresses)
    // A server's first thousands cost it about twice as much, in part for compiling its code, in each process by itself.
    await load.deposit({ count, underWay, bytes })
    await sleep(settleMs)
    const atRest = await servers.cpuMs()
    await sleep(restMs)
    const restCpuMs = (await servers.cpuMs() - atRest) / restMs * 1_000
    const [before, own] = [await servers.cpuMs(), process.cpuUsage()]
    const deposits = await load.deposit({ count, underWay, bytes })
    const { user, system } = process.cpuUsage(own)
    const cpuMs = (await servers.cpuMs() - before) / count
    const atEaseCpuMs = await atEase(size, load, servers, restCpuMs)
    await load.stop()
    return { ...deposits, cpuMs, loadCpuMs: (user + system) / 1_000 / count, restCpuMs, atEaseCpuMs }
  } finally {
    await servers.stop()
  }
}

async function atEase (size: number, load: Load, servers: Servers, restCpuMs: number): Promise<number> {
  const perSecond = perServerSecond * size
  const count = Math.round(perSecond * atEaseMs / 1_000)
  const [before, startMs] = [await servers.cpuMs(), performance.now()]
  await load.deposit({ count, underWay: ofPool(size, underWayOfThree), bytes, perSecond })
  const tookMs = performance.now() - startMs
  return (await servers.cpuMs() - before - restCpuMs * tookMs / 1_000) / count
}

function rowsOf (size: number, { perSecond, medianMs, p99Ms, failed, cpuMs, loadCpuMs, restCpuMs, atEaseCpuMs }: Measured): Row[] {
  const what = `${size} servers: deposits of ${bytes} bytes, ${ofPool(size, underWayOfThree)} under way`
  const isTarget = size === 3
  return [
    isTarget ? atLeast(what, perSecond, minPerSecond, '/s') : { what, figure: `${perSecond.toFixed(0)} /s` },
    { what: `${size} servers: until synced on two, median`, figure: `${medianMs.toFixed(1)} ms` },
    isTarget ? atMost(`${size} servers: until synced on two, p99`, p99Ms, maxP99Ms, 'ms') : { what: `${size} servers: until synced on two, p99`, figure: `${p99Ms.toFixed(1)} ms` },
    { what: `${size} servers: processor time of all of them, a deposit`, figure: `${cpuMs.toFixed(2)} ms` },
    { what: `${size} servers: the same with ${perServerSecond} a second for each of them`, figure: `${atEaseCpuMs.toFixed(2)} ms` },
    { what: `${size} servers: processor time of those who send, a deposit`, figure: `${loadCpuMs.toFixed(2)} ms` },
    { what: `${size} servers: processor time of all of them at rest, a second`, figure: `${restCpuMs.toFixed(1)} ms` },
    { what: `${size} servers: not known to be kept`, figure: String(failed) }
  ]
}
