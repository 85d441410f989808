/** What both ends of the file benchmark share. */
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { FileLink } from '../../src/node/files/transfer/link.js'
import { maxFileFrameBytes } from '../../src/node/files/limits.js'
import type { PeerStream } from '../../src/overlay/channel/transport.js'
import { bulkLink } from '../../src/node/transfers/bulk-link.js'
import { openBulkStream } from '../../src/overlay/bulk/index.js'
import { createHost, type Host } from '../../src/overlay/host/options.js'
import { Dialer } from '../../src/overlay/host/dial.js'
import { ownAddresses } from '../../src/overlay/host/own-addresses.js'
import { Libp2pTransport } from '../../src/overlay/host/transport.js'
import { systemClock, systemRandom } from '../../src/runtime.js'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { peerIdFromEd25519 } from '../../src/overlay/peer-id.js'

export const BULK_PROTOCOL = '/p2pchat/bench-bulk/1'
export const ECHO_PROTOCOL = '/p2pchat/bench-echo/1'

const listen = ['/ip4/127.0.0.1/tcp/0']

/** A libp2p node as clients have it; not started. */
export function makeTransport (): Libp2pTransport {
  return transportOf(createHost)
}

/** One as libp2p has it, with no setting of ours; not started. */
export function makeBareTransport (): Libp2pTransport {
  return transportOf(async ({ seed }) => await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { own: ownAddresses([]) }
  }) as unknown as Host)
}

function transportOf (create: typeof createHost): Libp2pTransport {
  const seed = systemRandom.bytes(32)
  return new Libp2pTransport({
    peerId: peerIdFromEd25519(ed25519KeyPair(seed).publicKey),
    createHost: async () => {
      const host = await create({ role: 'client', seed, listen, announce: [] })
      return { host, dialer: new Dialer(host, systemClock) }
    },
    listen,
    clock: systemClock,
    onHost: async () => {},
    onStop: () => {}
  })
}

export function linkOver (opened: PeerStream): FileLink {
  return bulkLink(openBulkStream(opened, systemClock, maxFileFrameBytes))
}

type PeerAddress = { peerId: string, addresses: string[] }

export interface Job {
  sender: PeerAddress
  /** the same process, on a node without any setting of ours */
  bareSender: PeerAddress
  folder: string
  /** an encoded manifest, base64 */
  manifest: string
  bulkBytes: number
}

/** Milliseconds, bytes. */
export interface Outcome {
  bulkMs: number
  ownBulkMs: number
  fetchMs: number
  finishMs: number
  echoIdleMs: number[]
  echoBusyMs: number[]
  maxRss: number
  bulkCpuMs: number
  fileCpuMs: number
}

/** Processor time that this process has taken since it began, all threads. */
export function cpuMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
