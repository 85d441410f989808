/** What both ends of the file benchmark share. */
import type { FileLink } from '../../src/node/files/transfer/link.js'
import { maxFileFrameBytes } from '../../src/node/files/limits.js'
import type { PeerStream } from '../../src/overlay/channel/transport.js'
import { bulkLink } from '../../src/node/transfers/bulk-link.js'
import { openBulkStream } from '../../src/overlay/bulk/index.js'
import { createHost } from '../../src/overlay/host/options.js'
import { Dialer } from '../../src/overlay/host/dial.js'
import { Libp2pTransport } from '../../src/overlay/host/transport.js'
import { systemClock, systemRandom } from '../../src/runtime.js'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { peerIdFromEd25519 } from '../../src/overlay/peer-id.js'

export const BULK_PROTOCOL = '/p2pchat/bench-bulk/1'
export const ECHO_PROTOCOL = '/p2pchat/bench-echo/1'

const listen = ['/ip4/127.0.0.1/tcp/0']

/** A libp2p node as clients have it; not started. */
export function makeTransport (): Libp2pTransport {
  const seed = systemRandom.bytes(32)
  return new Libp2pTransport({
    peerId: peerIdFromEd25519(ed25519KeyPair(seed).publicKey),
    createHost: async () => {
      const host = await createHost({ role: 'client', seed, listen, announce: [] })
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
  /** where the same process has a node of libp2p as it comes */
  bareAddresses: string[]
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
