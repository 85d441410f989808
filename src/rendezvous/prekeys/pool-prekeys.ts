import { toString } from 'uint8arrays/to-string'
import { asP2pChatError, type P2pChatError } from '../../errors.js'
import { verifySignedPrekey } from '../../records/index.js'
import { sleep, type Clock, type Logger } from '../../runtime.js'
import type { Links, ServerHandler } from '../links/index.js'
import { asError } from '../outcome.js'
import { checkedAtOnce, maxUnforgotten, sweepPage, sweepPauseMs, sweptAtOnce } from './limits.js'
import type { PrekeyShelf } from './prekey-shelf.js'
import type { Bundle, OneTimePrekey, PrekeyReplica, Prekeys, PrekeyStock } from './types.js'
import { prekeyReplicaHandlers, remotePrekeys } from './wire.js'

export interface PoolPrekeysComponents {
  /** one's own PeerId */
  self: string
  shelf: PrekeyShelf
  links: Pick<Links, 'ask' | 'isLinked'>
  /** PeerIds of the servers that keep a device's mailbox, in the order of placement. */
  replicasOf: (device: Uint8Array) => string[]
  /** Whether some account lists a device now. Rejects when it cannot be known. */
  isListed: (device: Uint8Array) => Promise<boolean>
  /** Whether the account that is remembered to list a device does: one question for all devices of an account. False when none is remembered. */
  isRemembered: (device: Uint8Array) => Promise<boolean>
  clock: Clock
  logger: Logger
}

/**
 * Prekeys on the servers of a device's mailbox: the signed prekey on each, every one-time prekey on one. Which one follows
 * from its id, so that whoever repeats an upload gives it to the same; each server takes no id twice, and deletes what it
 * gives away first. Nothing that is unknown to have arrived is sent anywhere else.
 */
export class PoolPrekeys implements Prekeys {
  readonly #components: PoolPrekeysComponents
  readonly #own: PrekeyReplica
  #sweeping: Promise<void> | undefined
  #checksAll = false
  /** Devices that are gone and of which a server that did not answer may still have prekeys, by key in hexadecimal. */
  readonly #unforgotten = new Map<string, Uint8Array>()

  constructor (components: PoolPrekeysComponents) {
    const { self, shelf, replicasOf } = components
    this.#components = components
    this.#own = {
      keep: async (device, signedPrekey, prekeys, upTo) => {
        if (!replicasOf(device).includes(self)) return { kept: false, oneTimePrekeys: 0 }
        return { kept: true, oneTimePrekeys: (await shelf.upload(device, signedPrekey, prekeys, upTo)).oneTimePrekeys }
      },
      give: async (device, oneTime) => await shelf.take(device, oneTime),
      stock: async (device) => await shelf.stock(device),
      forget: async (device) => { await shelf.remove(device) }
    }
  }

  /** What other servers may ask. */
  get handlers (): Record<string, ServerHandler> {
    return prekeyReplicaHandlers(this.#own)
  }

  async upload (device: Uint8Array, signedPrekey: Uint8Array, prekeys: readonly OneTimePrekey[]): Promise<number> {
    const servers = this.#components.replicasOf(device)
    const upTo = Math.max(0, ...prekeys.map(({ id }) => id))
    const kept = await this.#ofEach(servers, async (replica, i) => await replica.keep(device, signedPrekey, prekeys.filter(({ id }) => id % servers.length === i), upTo))
    if (!kept.some((one) => one?.kept === true)) throw asError({ outcome: 'unknown' })
    return kept.reduce((sum, one) => sum + (one?.oneTimePrekeys ?? 0), 0)
  }

  async take (device: Uint8Array, oneTime: boolean): Promise<Bundle | undefined> {
    const { self, links, replicasOf } = this.#components
    const nearness = (server: string): number => server === self ? 0 : links.isLinked(server) ? 1 : 2
    const servers = [...replicasOf(device)].sort((a, b) => nearness(a) - nearness(b))
    let best: Bundle | undefined
    let failure: P2pChatError | undefined
    for (const server of servers) {
      try {
        best = better(device, best, await this.#replica(server).give(device, oneTime))
      } catch (error) {
        failure = asP2pChatError(error)
      }
      if (best !== undefined && (!oneTime || best.oneTimePrekey !== undefined)) break
    }
    if (best === undefined && failure !== undefined) throw asError({ outcome: 'unknown' })
    return best
  }

  async stock (device: Uint8Array): Promise<PrekeyStock> {
    const { self, links, replicasOf } = this.#components
    const stocks = await this.#ofEach(replicasOf(device).filter((server) => server === self || links.isLinked(server)), async (replica) => await replica.stock(device))
    const known = stocks.filter((stock) => stock !== undefined)
    return {
      oneTimePrekeys: known.reduce((sum, stock) => sum + stock.oneTimePrekeys, 0),
      // The device brings its signed prekey again when one of them has another.
      signedPrekeyId: known.length === 0 ? 0 : Math.min(...known.map(({ signedPrekeyId }) => signedPrekeyId))
    }
  }

  /** A device that no account lists any more, unless one does: the next sweep has its prekeys forgotten. */
  removeLater (device: Uint8Array): void {
    if (this.#unforgotten.size < maxUnforgotten) this.#unforgotten.set(toString(device, 'base16'), device)
  }

  /** A server that does not answer is asked again with each sweep. */
  async remove (device: Uint8Array): Promise<void> {
    const { self, replicasOf } = this.#components
    const hex = toString(device, 'base16')
    const forgotten = await this.#ofEach([...new Set([self, ...replicasOf(device)])], async (replica) => {
      await replica.forget(device)
      return true
    })
    if (forgotten.every((one) => one === true)) this.#unforgotten.delete(hex)
    else this.removeLater(device)
  }

  /** It may have been missed that devices were removed: the next sweep looks at all that are here. */
  newsMissed (): void {
    this.#checksAll = true
  }

  /**
   * Brings what is here to where it belongs by the roster of now: signed prekeys to every server of the mailbox, and what is
   * others' to keep away from here. To be called after a new roster and now and then.
   */
  async sweep (): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => { this.#sweeping = undefined })
    await this.#sweeping
  }

  async #sweep (): Promise<void> {
    const { shelf, clock, logger } = this.#components
    const checksAll = this.#checksAll
    this.#checksAll = false
    const atOnce = checksAll ? checkedAtOnce : sweptAtOnce
    let page: Uint8Array[] = []
    do {
      if (page.length > 0) await sleep(clock, sweepPauseMs)
      page = await shelf.devices(page.at(-1), sweepPage)
      for (let at = 0; at < page.length; at += atOnce) {
        await Promise.all(page.slice(at, at + atOnce).map(async (device) => {
          await this.#look(device, checksAll).catch((error: unknown) => {
            this.#checksAll ||= checksAll
            logger.debug({ error: asP2pChatError(error) }, 'prekeys of a device could not be brought into order')
          })
        }))
      }
    } while (page.length === sweepPage)
    await this.#forgetAgain()
  }

  async #forgetAgain (): Promise<void> {
    const { isListed, logger } = this.#components
    for (const [hex, device] of [...this.#unforgotten]) {
      try {
        // Some account may list it again.
        if (await isListed(device)) this.#unforgotten.delete(hex)
        else await this.remove(device)
      } catch (error) {
        logger.debug({ error: asP2pChatError(error) }, 'it could not be read whether a device is gone')
      }
    }
  }

  async #look (device: Uint8Array, checks: boolean): Promise<void> {
    const { self, shelf, replicasOf, isListed, isRemembered } = this.#components
    const servers = replicasOf(device)
    const where = [...servers].sort().join(' ')
    const isOurs = servers.includes(self)
    const isSpread = isOurs && (servers.length === 1 || await shelf.spread(device) === where)
    if (isSpread && !checks) return
    if (!await isRemembered(device) && !await isListed(device)) {
      await shelf.remove(device)
      return
    }
    if (isSpread) return
    const signedPrekey = await shelf.signed(device)
    if (signedPrekey === undefined || servers.length === 0) return
    if (!isOurs) await this.#handOver(device, servers, signedPrekey)
    const { upTo } = await shelf.stock(device)
    // With it goes which ids were seen, so that a new server takes none of them when an upload is repeated.
    const kept = await this.#ofEach(servers.filter((server) => server !== self), async (replica) => await replica.keep(device, signedPrekey, [], upTo))
    if (!kept.every((one) => one?.kept === true)) return
    if (isOurs) await shelf.noteSpread(device, signedPrekey, where)
    else await shelf.leave(device)
  }

  /** One-time prekeys go to a server that has seen none of them, at most once: they are deleted here first, and not sent again. */
  async #handOver (device: Uint8Array, servers: readonly string[], signedPrekey: Uint8Array): Promise<void> {
    const { shelf } = this.#components
    if ((await shelf.stock(device)).oneTimePrekeys === 0) return
    const stocks = await this.#ofEach(servers, async (replica) => await replica.stock(device))
    // Whom this server has not asked may be the one to have them.
    if (stocks.some((stock) => stock === undefined)) return
    const prekeys = await shelf.takeAll(device)
    const ids = prekeys.map(({ id }) => id)
    const target = servers[stocks.findIndex((stock) => stock !== undefined && stock.upTo < Math.min(...ids))]
    if (target !== undefined) await this.#replica(target).keep(device, signedPrekey, prekeys, Math.max(...ids))
  }

  #replica (server: string): PrekeyReplica {
    const { self, links } = this.#components
    return server === self ? this.#own : remotePrekeys(links, server)
  }

  /** What each of these answers; undefined: nothing. */
  async #ofEach<T> (servers: readonly string[], ask: (replica: PrekeyReplica, index: number) => Promise<T>): Promise<Array<T | undefined>> {
    return await Promise.all(servers.map(async (server, i) => {
      try {
        return await ask(this.#replica(server), i)
      } catch (error) {
        this.#components.logger.debug({ server, error: asP2pChatError(error) }, 'a server did not answer about prekeys')
        return undefined
      }
    }))
  }
}

/** The newer of two signed prekeys, and the one-time prekey that there is. */
function better (device: Uint8Array, a: Bundle | undefined, b: Bundle | undefined): Bundle | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const signedPrekey = verifySignedPrekey(b.signedPrekey, device).id > verifySignedPrekey(a.signedPrekey, device).id ? b.signedPrekey : a.signedPrekey
  return { signedPrekey, oneTimePrekey: a.oneTimePrekey ?? b.oneTimePrekey }
}
