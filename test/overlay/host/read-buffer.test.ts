import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect, Socket, type AddressInfo } from 'node:net'
import { readBufferBytes } from '../../../src/overlay/host/limits.js'
import { readIntoOne } from '../../../src/overlay/host/read-buffer.js'

/** As libp2p's connection over TCP: it hands out what comes, or keeps it. */
class Connection {
  readStatus = 'readable'
  readBufferLength = 0
  listeners = 1
  readonly views: Buffer[] = []
  readonly copied: Buffer[] = []

  constructor (readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.views.push(bytes)
      this.copied.push(Buffer.from(bytes))
    })
  }

  listenerCount (type: string): number {
    return type === 'message' ? this.listeners : 0
  }

  async until (bytes: number): Promise<Buffer> {
    while (Buffer.concat(this.copied).byteLength < bytes) await new Promise<void>((resolve) => { this.socket.once('data', () => { resolve() }) })
    return Buffer.concat(this.copied)
  }
}

async function withPairs (count: number, work: (pairs: Array<{ client: Socket, connection: Connection }>) => Promise<void>): Promise<void> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pairs: Array<{ client: Socket, connection: Connection }> = []
  try {
    for (let n = 0; n < count; n++) {
      const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
      const [peer] = await once(server, 'connection') as [Socket]
      pairs.push({ client, connection: new Connection(peer) })
    }
    await work(pairs)
  } finally {
    for (const { client, connection } of pairs) {
      client.destroy()
      connection.socket.destroy()
    }
    server.close()
  }
}

function pattern (length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, n) => (n * 7 + seed) & 255))
}

describe('what is read from TCP', () => {
  it('comes whole and in order into memory that all connections share', async () => {
    await withPairs(2, async ([a, b]) => {
      assert.ok(a !== undefined && b !== undefined)
      for (const { connection } of [a, b]) readIntoOne(connection)
      const sent = [pattern(3 * readBufferBytes + 5, 1), pattern(2 * readBufferBytes, 2)] as const
      a.client.write(sent[0])
      b.client.write(sent[1])
      assert.ok((await a.connection.until(sent[0].byteLength)).equals(sent[0]))
      assert.ok((await b.connection.until(sent[1].byteLength)).equals(sent[1]))
      const memories = new Set([...a.connection.views, ...b.connection.views].map(({ buffer }) => buffer))
      assert.equal(memories.size, 1, 'this version of Node reads otherwise: look at it again')
    })
  })

  it('is left as it is where the connection keeps it', async () => {
    const ways: Array<(connection: Connection) => void> = [
      (connection) => { connection.readStatus = 'paused' },
      (connection) => { connection.readBufferLength = 1 },
      (connection) => { connection.listeners = 0 }
    ]
    for (const keep of ways) {
      await withPairs(2, async ([a, b]) => {
        assert.ok(a !== undefined && b !== undefined)
        for (const { connection } of [a, b]) readIntoOne(connection)
        keep(a.connection)
        a.client.write(pattern(1000, 1))
        await a.connection.until(1000)
        b.client.write(pattern(1000, 2))
        await b.connection.until(1000)
        assert.ok(Buffer.concat(a.connection.views).equals(pattern(1000, 1)))
      })
    }
  })

  it('holds the sender back while the socket is paused, and its end is told', async () => {
    await withPairs(1, async ([a]) => {
      assert.ok(a !== undefined)
      const { client, connection } = a
      readIntoOne(connection)
      client.write('one')
      await connection.until(3)
      connection.socket.pause()
      client.write('two')
      await new Promise((resolve) => { client.write('', resolve) })
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
      assert.equal(Buffer.concat(connection.copied).toString(), 'one')
      connection.socket.resume()
      assert.equal((await connection.until(6)).toString(), 'onetwo')
      client.end()
      await once(connection.socket, 'end')
    })
  })

  it('is read as ever where a connection is another one', async () => {
    for (const strange of [{}, { socket: {} }, { socket: new Socket() }, { socket: new Socket(), readBufferLength: 0 }]) assert.doesNotThrow(() => { readIntoOne(strange) })
  })
})
