import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import { openPoolChannel, poolServers, readRosterHistory, type Network, type PeerAddress, type RosterHistory } from '../../overlay/index.js'
import { decode, encode } from '../../protocol/codec.js'
import { SERVER_PROTOCOL } from '../../protocol/ids.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { JoinRequest, JoinResponse } from '../../protocol/pb/join.js'
import { sleep, type Clock, type Logger } from '../../runtime.js'
import { JOIN_METHOD } from './admission.js'
import { admitTimeoutMs, joinPatienceMs, maxJoinRetryMs, maxSetupBytes, minJoinRetryMs, proveTimeoutMs } from './limits.js'
import type { JoinToken } from './token.js'

export interface JoinerComponents {
  /** Started: others can reach this server under its addresses. */
  network: Network
  clock: Clock
  logger: Logger
  /** Called once, when a server has proven that it belongs to the pool and before the token is shown: must be on the disk then. */
  onProven: () => Promise<void>
  signal: AbortSignal
}

/** What a server is given that was let in. */
export interface Joined {
  history: RosterHistory
  /** by version */
  opaqueSetups: Map<number, Uint8Array>
}

/** Only these say that this token, or this server, will never do. */
const FINAL = ['ERR_NOT_PERMITTED', 'ERR_LIMIT', 'ERR_INVALID_RECORD'] as const

/**
 * Shows a token to the pool's servers, one after the other, until one has let this server in. Nothing is shown before
 * a server has proven by the chain of rosters that it is of the token's pool. It may be called again after any failure.
 *
 * @throws ERR_NOT_PERMITTED: the token is unknown, used or expired; ERR_NOT_IN_POOL: this server was removed; ERR_LIMIT;
 * ERR_NO_SERVER: none of the pool's servers could be asked within a minute; ERR_ABORTED
 */
export async function joinPool (components: JoinerComponents, token: JoinToken, addresses: readonly string[]): Promise<Joined> {
  const { clock, signal } = components
  const joining = new Joining(components, token, addresses)
  const giveUpAtMs = clock.monotonicMs() + joinPatienceMs
  for (let pauseMs = minJoinRetryMs; ; pauseMs = Math.min(maxJoinRetryMs, pauseMs * 2)) {
    const joined = await joining.askAll()
    if (joined !== undefined) return joined
    if (clock.monotonicMs() + pauseMs > giveUpAtMs) throw joining.failure()
    await sleep(clock, pauseMs, signal)
  }
}

class Joining {
  readonly #components: JoinerComponents
  readonly #token: JoinToken
  readonly #addresses: readonly string[]
  /** Servers of the pool as they become known, those of the token first. */
  readonly #servers = new Map<string, PeerAddress>()
  #isProven = false
  /** What was told, or thrown by the disk, that no other server can help. */
  #final: unknown
  #error: P2pChatError | undefined

  constructor (components: JoinerComponents, token: JoinToken, addresses: readonly string[]) {
    this.#components = components
    this.#token = token
    this.#addresses = addresses
    for (const server of poolServers(token)) this.#servers.set(server.peerId, server)
  }

  /** Undefined when none would, and it is worth asking again. */
  async askAll (): Promise<Joined | undefined> {
    const asked = new Set<string>()
    for (;;) {
      const next = [...this.#servers.values()].find(({ peerId }) => !asked.has(peerId) && peerId !== this.#components.network.peerId)
      if (next === undefined) return undefined
      asked.add(next.peerId)
      try {
        return await this.#ask(next)
      } catch (error) {
        if (this.#components.signal.aborted) throw error
        if (isP2pChatError(error, ...FINAL) || error === this.#final) throw error
        this.#error = asP2pChatError(error)
        this.#components.logger.debug({ peerId: next.peerId, error: this.#error }, 'a server did not let this one in')
      }
    }
  }

  failure (): P2pChatError {
    const cause = this.#error
    const said = cause === undefined ? '' : ` The last thing heard: ${cause.message}`
    return new P2pChatError('ERR_NO_SERVER', `No server of the pool could let this one in. Look whether those of the token run and can be reached from here, then start this server again as before.${said}`, { cause })
  }

  async #ask (peer: PeerAddress): Promise<Joined> {
    const { network, clock, signal } = this.#components
    const { poolId, inviteId, secret } = this.#token
    const { channel: client, history: { newest: roster } } = await openPoolChannel(network, peer, poolId, { clock, signal, timeoutMs: proveTimeoutMs })
    await client.close()
    for (const server of roster.servers) if (!this.#servers.has(server.peerId)) this.#servers.set(server.peerId, server)
    if (!this.#isProven) await this.#prove()
    const channel = await network.connect(peer, SERVER_PROTOCOL, { timeoutMs: proveTimeoutMs, signal })
    const request = encode(JoinRequest, { inviteId, secret, addresses: [...this.#addresses] })
    try {
      return this.#read(await channel.request(JOIN_METHOD, request, { timeoutMs: admitTimeoutMs, signal }))
    } catch (error) {
      // Only here: a server that has not proven itself may be one of another pool.
      if (isP2pChatError(error, 'ERR_NOT_IN_POOL')) this.#final = error
      throw error
    } finally {
      // Both sides open another one by the roster, and know each other on it as servers from the beginning.
      await channel.close()
    }
  }

  async #prove (): Promise<void> {
    try {
      await this.#components.onProven()
      this.#isProven = true
    } catch (error) {
      this.#final = error
      throw error
    }
  }

  #read (answer: Uint8Array): Joined {
    const { rosterChain, opaqueSetups } = decode(JoinResponse, answer, maxFrameBytes, 'The answer to a token')
    const history = readRosterHistory(this.#token.poolId, rosterChain)
    if (!history.newest.servers.some(({ peerId }) => peerId === this.#components.network.peerId)) {
      throw new P2pChatError('ERR_UNREACHABLE', 'The server that was asked knows of no roster with this server in it.')
    }
    const setups = new Map(opaqueSetups.filter(({ setup }) => setup.byteLength > 0 && setup.byteLength <= maxSetupBytes).map(({ version, setup }) => [version, setup]))
    if (!setups.has(history.newest.opaqueSetupVersion)) {
      throw new P2pChatError('ERR_UNREACHABLE', 'The server that was asked did not give the pool\'s secret.')
    }
    return { history, opaqueSetups: setups }
  }
}
