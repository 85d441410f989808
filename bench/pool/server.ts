/** One server of the benchmark's pool, in a process of its own: told what to do, and asked what it cost, by messages. */
import '../../src/cli/memory.js'
import '../../src/polyfill.js'
import { createRendezvous, type RendezvousServer } from '../../src/rendezvous/index.js'
import { answerParent, type Cost } from '../lib/asked-process.js'

export type Asked = { do: 'start', dataDir: string, join?: string } | { do: 'cost' } | { do: 'stop' }

export interface Answer extends Cost {
  poolAddress?: string
  joinToken?: string
  peerId?: string
}

const many = { burst: 100_000, refillMs: 1 }
let server: RendezvousServer | undefined

async function answer (asked: Asked): Promise<Omit<Answer, keyof Cost>> {
  if (asked.do === 'start') {
    server = await createRendezvous({
      dataDir: asked.dataDir,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      limits: { signUpsPerAddress: many, accountWritesPerAddress: many, accountRequestsPerDevice: many },
      ...(asked.join === undefined ? {} : { join: asked.join })
    })
    await server.start()
    return { poolAddress: server.poolAddress, joinToken: await server.joinToken(), peerId: server.peerId }
  }
  if (asked.do === 'stop') await server?.stop()
  return {}
}

answerParent<Asked, Answer>(answer)
