import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on loopback that can fall silent, as a network does that swallows packets. */
export interface TcpProxy {
  /** /ip4/127.0.0.1/tcp/PORT */
  address: string
  /** Nothing gets through any more, and nobody is told. */
  freeze: () => void
  stop: () => Promise<void>
}

export async function startTcpProxy (targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, '127.0.0.1')
    const pipe = (from: Socket, to: Socket): void => {
      sockets.add(from)
      from.on('data', (bytes) => { if (!frozen) to.write(bytes) })
      from.on('error', () => {})
      from.on('close', () => { sockets.delete(from); if (!frozen) to.destroy() })
    }
    pipe(inbound, outbound)
    pipe(outbound, inbound)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.')
  return {
    address: `/ip4/127.0.0.1/tcp/${address.port}`,
    freeze: () => { frozen = true },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
    }
  }
}
