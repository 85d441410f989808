/** One server of the benchmark's pool, in a process of its own: told what to do, and asked what it cost, by messages. */
import '../../src/cli/memory.js'
import '../../src/polyfill.js'
import { createRendezvous, type RendezvousServer } from '../../src/rendezvous/index.js'

export type Asked = { do: 'start', dataDir: string, join?: string } | { do: 'cost' } | { do: 'stop' }

export interface Answer {
  n: number
  poolAddress?: string
  joinToken?: string
  peerId?: string
  /** processor time since the process began */
  cpuMs?: number
}

let server: RendezvousServer | undefined

async function answer (asked: Asked): Promise<Omit<Answer, 'n'>> {
  if (asked.do === 'start') {
    server = await createRendezvous({
      dataDir: asked.dataDir,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      limits: { signUpsPerAddress: { burst: 100_000, refillMs: 1 } },
      ...(asked.join === undefined ? {} : { join: asked.join })
    })
    await server.start()
    return { poolAddress: server.poolAddress, joinToken: await server.joinToken(), peerId: server.peerId }
  }
  if (asked.do === 'stop') await server?.stop()
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000 }
}

process.on('message', (message: Asked & { n: number }) => {
  answer(message).then((given) => {
    process.send?.({ n: message.n, ...given })
    if (message.do === 'stop') process.disconnect()
  }, (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
