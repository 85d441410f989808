/**
 * Messages to a group and removals from it: one server, the sender, and the other members, all real clients with homes on
 * the disk and sockets on loopback. The server and the sender have a process each; the others share a few, as a machine
 * has few processors: what is timed here is the work of all members on this machine, of which each has its own elsewhere.
 * Signing up is done with a stand-in for OPAQUE.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWorker, type Answer, type Worker } from './groups/jobs.js'
import { median } from './lib/paired.js'
import { atMost, type Row } from './lib/row.js'
import { sized } from './lib/size.js'

const sizes = (process.env.GROUP_SIZES ?? sized('50,100,200', '5')).split(',').map(Number)
const sends = Number(process.env.GROUP_SENDS ?? sized(20, 2))
/** Before those: V8 compiles what a member does in its first dozens of messages, and fifty members do it on these few processors at once. */
const warmUps = sized(20, 1)
const memberProcesses = 4
const thousand = 1_000
const targetMs = new Map([[50, 50], [200, 250]])
const removalTargetMs = 3_000

interface Members { server: Worker, sender: Worker, others: Worker[] }

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const server = startWorker('server')
  const sender = startWorker('sender')
  const others = Array.from({ length: memberProcesses }, (_, i) => startWorker(`members ${i}`))
  const all = [server, sender, ...others]
  const rows: Row[] = []
  try {
    const { pool = '' } = await server.ask({ do: 'serve', folder: join(folder, 'server') })
    const most = Math.max(...sizes)
    await Promise.all([sender, ...others].map(async (worker, i) => {
      await worker.ask({ do: 'sign-up', folder, pool, usernames: i === 0 ? [founder] : namesOf(most).filter((_, n) => n % memberProcesses === i - 1) })
    }))
    let perMemberMs = 0
    for (const size of [...sizes].sort((a, b) => a - b)) perMemberMs = await measure({ server, sender, others }, size, rows)
    await Promise.all([sender, ...others].map(async (worker) => { await worker.ask({ do: 'stop' }) }))
    await server.ask({ do: 'stop' })
    const [load = 0] = loadavg()
    return [
      ...rows,
      { what: `a removal in a group of ${thousand}, if each costs what it does in the largest here: processor`, figure: `${(perMemberMs * thousand / 1_000).toFixed(1)} s` },
      { what: 'load average of the machine, and its processors', figure: `${load.toFixed(1)}, ${availableParallelism()}` }
    ]
  } finally {
    for (const worker of all) await worker.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Adds its rows. @returns processor time of a removal for each member, in ms */
async function measure (workers: Members, size: number, rows: Row[]): Promise<number> {
  const { sender, others } = workers
  const group = `bench-${size}`
  const members = namesOf(size)
  const row = (what: string, figure: string): void => { rows.push({ what: `${size} members: ${what}`, figure }) }
  const untilEpoch = async (epoch: number, of: string[]): Promise<number> => await last(others, of, async (worker, some) => await worker.ask({ do: 'until-epoch', group, epoch, of: some }))

  const beforeAdding = await figures(workers)
  const began = performance.now()
  const { epoch = 0 } = await sender.ask({ do: 'create', username: founder, group, members })
  await untilEpoch(epoch, members)
  const addingMs = performance.now() - began
  const adding = since(beforeAdding, await figures(workers))
  row('founded, with all of them added', `${(addingMs / 1_000).toFixed(1)} s`)
  row('… processor of each member, of the server', `${perMember(adding, size)}, ${(adding.serverMs / 1_000).toFixed(1)} s`)

  const times: number[] = []
  const known: number[] = []
  let before = await figures(workers)
  for (let i = -warmUps; i < sends; i++) {
    if (i === 0) before = await figures(workers)
    const text = `message ${i} to ${size}`
    const heard = last(others, members, async (worker, of) => await worker.ask({ do: 'until-heard', text, of }))
    const { atMs = 0, id = '' } = await sender.ask({ do: 'send', username: founder, group, text })
    const delivered = sender.ask({ do: 'until-delivered', username: founder, id })
    const tookMs = await heard - atMs
    const knownMs = (await delivered).atMs ?? 0
    if (i >= 0) {
      times.push(tookMs)
      known.push(knownMs - atMs)
    }
  }
  const sending = since(before, await figures(workers))
  const target = targetMs.get(size)
  const what = `${size} members: send until the last has it on the disk, median`
  rows.push(target === undefined ? { what, figure: `${median(times).toFixed(1)} ms` } : atMost(what, median(times), target, 'ms'))
  row('… the slowest of them', `${Math.max(...times).toFixed(0)} ms`)
  row('… until the sender knows that all have it, median', `${median(known).toFixed(0)} ms`)
  row('uploaded by the sender for one send, acknowledgements of receipts and all', `${(sending.sentBytes / sends).toFixed(0)} bytes`)
  row('processor of each member for one, receipt and all', `${(sending.membersMs / sends / (size - 1)).toFixed(2)} ms`)
  row('processor of the server for one, of the sender', `${(sending.serverMs / sends).toFixed(0)} ms, ${(sending.senderMs / sends).toFixed(0)} ms`)

  const gone = members.at(-1) ?? ''
  const left = members.slice(0, -1)
  const beforeRemoval = await figures(workers)
  const renewed = untilEpoch(epoch + 1, left)
  const { atMs = 0 } = await sender.ask({ do: 'remove', username: founder, group, gone })
  const removalMs = await renewed - atMs
  const removal = since(beforeRemoval, await figures(workers))
  rows.push(atMost(`${size} members: one removed until the last has the new key`, removalMs / 1_000, removalTargetMs / 1_000, 's'))
  row('… processor of each member, of the server, of the remover', `${perMember(removal, size)}, ${removal.serverMs.toFixed(0)} ms, ${removal.senderMs.toFixed(0)} ms`)
  row('… all of it for each member', `${(removal.allMs / size).toFixed(2)} ms`)
  return removal.allMs / size
}

interface Figures { serverMs: number, senderMs: number, membersMs: number, allMs: number, sentBytes: number }

async function figures ({ server, sender, others }: Members): Promise<Figures> {
  const [ofServer, ofSender, ...ofOthers] = await Promise.all([server, sender, ...others].map(async (worker) => await worker.ask({ do: 'figures' })))
  const serverMs = ofServer?.cpuMs ?? 0
  const senderMs = ofSender?.cpuMs ?? 0
  const membersMs = ofOthers.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  return { serverMs, senderMs, membersMs, allMs: serverMs + senderMs + membersMs, sentBytes: ofSender?.sentBytes ?? 0 }
}

function since (before: Figures, after: Figures): Figures {
  const { serverMs, senderMs, membersMs, allMs, sentBytes } = after
  return { serverMs: serverMs - before.serverMs, senderMs: senderMs - before.senderMs, membersMs: membersMs - before.membersMs, allMs: allMs - before.allMs, sentBytes: sentBytes - before.sentBytes }
}

function perMember ({ membersMs }: Figures, size: number): string {
  return `${(membersMs / (size - 1)).toFixed(1)} ms`
}

const founder = 'founder'

/** All but the founder. */
function namesOf (size: number): string[] {
  return Array.from({ length: size - 1 }, (_, i) => `member${i}`)
}

/** When the last of the processes was done, each with its own of these members. */
async function last (workers: Worker[], of: string[], ask: (worker: Worker, of: string[]) => Promise<Answer>): Promise<number> {
  const times = await Promise.all(workers.map(async (worker, i) => (await ask(worker, of.filter((username) => Number(username.slice('member'.length)) % workers.length === i))).atMs ?? 0))
  return Math.max(...times)
}
