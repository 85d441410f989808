/** The methods admin/*: what servers ask each other for their operator. */
import { connect } from 'node:net'
import { decode, encode } from '../../protocol/codec.js'
import { ReachAnswer } from '../../protocol/pb/server-admin.js'
import type { Roster } from '../../overlay/index.js'
import type { ServerHandler } from '../links/index.js'
import { encodeFigures } from './figures.js'
import { maxReachBytes, probeTimeoutMs } from './limits.js'
import type { ServerFigures } from './types.js'

export interface AdminHandlersComponents {
  figures: () => Promise<ServerFigures>
  roster: () => Roster
  /** Whether somebody takes a connection under a multiaddr; undefined: it cannot be told. */
  probe: (address: string) => Promise<boolean | undefined>
}

export function adminHandlers ({ figures, roster, probe }: AdminHandlersComponents): Record<string, ServerHandler> {
  return {
    'admin/figures': async () => encodeFigures(await figures()),
    'admin/reach': async (asker) => {
      // Only what the roster says: nobody has this server knock at doors of its choice.
      const addresses = roster().servers.find(({ peerId }) => peerId === asker)?.addresses ?? []
      const outcomes = await Promise.all(addresses.map(async (address) => ({ address, isReached: await probe(address) })))
      return encode(ReachAnswer, {
        reached: outcomes.filter(({ isReached }) => isReached === true).map(({ address }) => address),
        notReached: outcomes.filter(({ isReached }) => isReached === false).map(({ address }) => address)
      })
    }
  }
}

export function decodeReach (bytes: Uint8Array): { reached: string[], notReached: string[] } {
  const { reached, notReached } = decode(ReachAnswer, bytes, maxReachBytes, 'What a server says of our addresses')
  return { reached, notReached }
}

/** A plain TCP connection, closed at once. */
export async function probeTcp (address: string): Promise<boolean | undefined> {
  const [, protocol = '', host = '', transport, port] = address.split('/')
  if (!['ip4', 'ip6', 'dns', 'dns4', 'dns6', 'dnsaddr'].includes(protocol) || transport !== 'tcp' || address.includes('/p2p-circuit')) return undefined
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: probeTimeoutMs })
    const end = (isReached: boolean) => (): void => {
      socket.destroy()
      resolve(isReached)
    }
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false))
  })
}
