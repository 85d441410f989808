import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { corkTurns } from '../../../src/overlay/host/corked.js'
import { maxUnsentSocketBytes } from '../../../src/overlay/host/limits.js'

async function withSockets (work: (client: Socket, peer: Socket) => Promise<void>): Promise<void> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [peer] = await once(server, 'connection') as [Socket]
  try {
    await work(client, peer)
  } finally {
    client.destroy()
    peer.destroy()
    server.close()
  }
}

describe('writes of one turn', () => {
  it('leave together, in order, when it ends', async () => {
    await withSockets(async (client, peer) => {
      corkTurns({ socket: client })
      for (const byte of [1, 2, 3]) client.write(Uint8Array.of(byte))
      assert.equal(client.writableLength, 3)
      await new Promise(process.nextTick)
      assert.equal(client.writableCorked, 0)
      client.write(Uint8Array.of(4))
      const got: number[] = []
      for await (const bytes of peer) {
        got.push(...(bytes as Buffer))
        if (got.length === 4) break
      }
      assert.deepEqual(got, [1, 2, 3, 4])
    })
  })

  it('are refused above a limit, and a drain is told', async () => {
    await withSockets(async (client, peer) => {
      corkTurns({ socket: client })
      assert.equal(client.write(new Uint8Array(maxUnsentSocketBytes - 1)), true)
      assert.equal(client.write(new Uint8Array(1)), false)
      peer.resume()
      await once(client, 'drain')
      assert.equal(client.writableLength, 0)
    })
  })

  it('are left alone where a connection has no socket', () => {
    assert.doesNotThrow(() => { corkTurns({}) })
    assert.doesNotThrow(() => { corkTurns({ socket: {} }) })
  })
})
