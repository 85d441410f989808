/** A pool of several servers, each in a process of its own: for the end-to-end tests and the bench of failing servers. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli, Running, type JsonLine } from './p2pchat-process.js'

export class ServerProcess {
  running: Running
  peerId = ''
  pool = ''
  join = ''
  private listen = '/ip4/127.0.0.1/tcp/0'

  constructor (readonly data: string, private readonly token: string | undefined) {
    this.running = this.begin()
  }

  async ready (): Promise<this> {
    const ready = await this.running.until(({ events }) => events.find(({ event }) => event === 'ready'), 'the server was ready')
    this.peerId = String(ready.peerId)
    this.pool = String(ready.pool)
    this.join = String(ready.join)
    this.listen = ((ready.addresses as string[])[0] ?? '').replace(/\/p2p\/.*$/, '')
    return this
  }

  /** The same server again, at the same address. */
  async restart (): Promise<void> {
    this.running = this.begin()
    await this.ready()
  }

  private begin (): Running {
    const join = this.token === undefined || this.peerId !== '' ? [] : ['--join', this.token]
    return new Running(['rendezvous', '--data', this.data, '--listen', this.listen, '--log', 'warn', ...join])
  }
}

export interface PoolProcess {
  servers: ServerProcess[]
  /** with the addresses of all of them */
  pool: string
  server: (peerId: string) => ServerProcess
  stop: () => Promise<void>
}

export async function startPool (folder: string, count: number): Promise<PoolProcess> {
  const first = await new ServerProcess(join(folder, 'server 1'), undefined).ready()
  const servers = [first]
  for (let number = 2; number <= count; number++) servers.push(await new ServerProcess(join(folder, `server ${number}`), first.join).ready())
  const [poolId = ''] = first.pool.split('@')
  return {
    servers,
    pool: `${poolId}@${servers.map(({ pool }) => pool.split('@')[1] ?? '').join(',')}`,
    server: (peerId) => {
      const found = servers.find((server) => server.peerId === peerId)
      if (found === undefined) throw new Error(`No server is called ${peerId}.`)
      return found
    },
    stop: async () => { await Promise.all(servers.map(async ({ running }) => await running.end('SIGTERM'))) }
  }
}

/** A pool of three for the tests of a suite: whole before the first, and gone after what the suite itself does at its end. */
export function suitePool (name: string): { readonly pool: PoolProcess } {
  const suite: { folder?: string, pool?: PoolProcess } = {}
  before(async () => {
    suite.folder = await mkdtemp(join(tmpdir(), `p2pchat-${name}-`))
    suite.pool = await startPool(suite.folder, 3)
    await untilWhole(suite.pool.servers[0]!)
  })
  after(async () => {
    await suite.pool?.stop()
    if (suite.folder !== undefined) await rm(suite.folder, { recursive: true, force: true })
  })
  return {
    get pool () {
      if (suite.pool === undefined) throw new Error('The pool was not started.')
      return suite.pool
    }
  }
}

/** What `pool status` tells at this server. */
export async function poolStatus ({ data }: ServerProcess): Promise<JsonLine[]> {
  return (await runCli(['pool', 'status', '--data', data, '--json'])).events
}

/** Until all servers answer, as many vote as should, and each has all that it should have, as this one sees it. */
export async function untilWhole (server: ServerProcess, voters = 3): Promise<void> {
  for (;;) {
    const [found] = await poolStatus(server)
    if (found?.event === 'pool-status' && found.acceptorsUp === voters && found.underReplicated === 0 && found.mailboxesLeft === 0) return
    await new Promise((resolve) => { setTimeout(resolve, 300) })
  }
}
