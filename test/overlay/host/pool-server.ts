import { createServer, type Server } from 'node:net'
import { createNetwork, createPoolDiscovery, ROSTER_METHOD, type P2pNetwork, type PeerAddress, type Service } from '../../../src/overlay/index.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { silentLogger, systemClock } from '../../../src/runtime.js'

const runtime = { clock: systemClock, logger: silentLogger }

export function makeClient (seed: Uint8Array): P2pNetwork {
  return createNetwork({ role: 'client', seed, listen: [], announce: [], ...runtime })
}

/** A started server that serves a roster chain and notes what it was asked. */
export async function startServer (seed: Uint8Array, chain: Uint8Array, asked: string[] = []): Promise<P2pNetwork> {
  const network = createNetwork({ role: 'server', seed, listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], ...runtime })
  const service: Service = {
    requests: {
      [ROSTER_METHOD]: async () => { asked.push(ROSTER_METHOD); return chain },
      echo: async (body) => { asked.push('echo'); return body }
    }
  }
  network.serve(POOL_PROTOCOL, service)
  await network.start()
  return network
}

export function addressOf (network: P2pNetwork): PeerAddress {
  return { peerId: network.peerId, addresses: network.addresses() }
}

/** Brings a server into the DHT of the others and announces it for the pool. */
export async function joinPool (network: P2pNetwork, poolId: string, bootstrap: PeerAddress[]): Promise<void> {
  for (const peer of bootstrap) await network.connect(peer, POOL_PROTOCOL)
  createPoolDiscovery({ routing: network.routing, poolId, remembered: [], bootstrap, ...runtime }).announce()
}

/** Accepts connections and never says a word, as a process does after SIGSTOP. */
export async function startFrozen (): Promise<{ address: string, stop: () => Promise<void> }> {
  const sockets = new Set<{ destroy: () => void }>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
  return {
    address: `/ip4/127.0.0.1/tcp/${address.port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
    }
  }
}
