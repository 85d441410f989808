/** JetStream with three replicas, as Debian packages it, doing the same: for orientation, measured in the same run. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

const servers = 3

/** Acknowledged publications a second, or undefined where there is no nats-server. It does not sync before it acknowledges. */
export async function jetStreamPerSecond (folder: string, { count, underWay, bytes }: { count: number, underWay: number, bytes: number }): Promise<number | undefined> {
  const ports = await Promise.all(Array.from({ length: 2 * servers }, freePort))
  const children: ChildProcess[] = []
  try {
    for (let n = 0; n < servers; n++) {
      const child = await startServer(join(folder, `nats-${n}`), `n${n}`, ports[n]!, ports[servers + n]!, ports.slice(servers))
      if (child === undefined) return undefined
      children.push(child)
    }
    const client = await NatsClient.connect(ports[0]!)
    await client.createStream()
    const payload = Buffer.alloc(bytes, 7)
    let next = 0
    const startMs = performance.now()
    await Promise.all(Array.from({ length: underWay }, async () => {
      while (next++ < count) await client.request('deposits.one', payload)
    }))
    const tookMs = performance.now() - startMs
    client.close()
    return count / tookMs * 1_000
  } finally {
    await Promise.all(children.map(async (child) => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    }))
  }
}

async function startServer (folder: string, name: string, port: number, clusterPort: number, clusterPorts: readonly number[]): Promise<ChildProcess | undefined> {
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'nats.conf')
  const routes = clusterPorts.map((route) => `nats://127.0.0.1:${route}`).join(', ')
  await writeFile(config, `server_name: ${name}\nlisten: 127.0.0.1:${port}\njetstream { store_dir: "${folder}" }\ncluster { name: bench, listen: 127.0.0.1:${clusterPort}, routes: [${routes}] }\n`)
  const child = spawn('nats-server', ['-c', config], { stdio: 'ignore' })
  const isThere = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)])
  return isThere ? child : undefined
}

/** As much of the protocol as is needed: requests by a reply subject, answered in any order. */
class NatsClient {
  readonly #waiting = new Map<string, (answer: string) => void>()
  #next = 0
  #received: Buffer = Buffer.alloc(0)

  private constructor (private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => { this.#take(bytes) })
    socket.write('CONNECT {"verbose":false,"pedantic":false,"headers":false}\r\nSUB _bench.* 1\r\n')
  }

  static async connect (port: number): Promise<NatsClient> {
    for (let attempt = 0; ; attempt++) {
      const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
      try {
        await once(socket, 'connect')
        return new NatsClient(socket)
      } catch (error) {
        if (attempt === 50) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  /** Waits until the servers have found each other. */
  async createStream (): Promise<void> {
    const stream = Buffer.from(JSON.stringify({ name: 'deposits', subjects: ['deposits.*'], num_replicas: servers, storage: 'file', retention: 'limits' }))
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await Promise.race([this.request('$JS.API.STREAM.CREATE.deposits', stream), new Promise<string>((resolve) => setTimeout(resolve, 2_000, ''))])
      if (answer.includes('"did_create":true')) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('JetStream did not make a stream.')
  }

  async request (subject: string, payload: Buffer): Promise<string> {
    const reply = `_bench.${this.#next++}`
    const answer = new Promise<string>((resolve) => { this.#waiting.set(reply, resolve) })
    this.socket.write(Buffer.concat([Buffer.from(`PUB ${subject} ${reply} ${payload.byteLength}\r\n`), payload, Buffer.from('\r\n')]))
    return await answer
  }

  close (): void {
    this.socket.destroy()
  }

  #take (bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (let end = this.#received.indexOf('\r\n'); end >= 0; end = this.#received.indexOf('\r\n')) {
      const line = this.#received.subarray(0, end).toString()
      if (line.startsWith('PING')) this.socket.write('PONG\r\n')
      const length = line.startsWith('MSG') ? Number(line.split(' ').at(-1)) + 2 : 0
      if (this.#received.byteLength < end + 2 + length) return
      if (length > 0) this.#answer(line.split(' ')[1] ?? '', this.#received.subarray(end + 2, end + length).toString())
      this.#received = this.#received.subarray(end + 2 + length)
    }
  }

  #answer (reply: string, answer: string): void {
    this.#waiting.get(reply)?.(answer)
    this.#waiting.delete(reply)
  }
}

async function freePort (): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
