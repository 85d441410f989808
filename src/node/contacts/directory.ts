/** What the pool says about accounts: their records, held against what is pinned here, and where their devices are. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger } from '../../runtime.js'
import { toHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { lookup as requestLookup, type Lookup } from '../pool/requests.js'
import { findRecord, takeRecord, type TakenRecord } from './contacts.js'

export interface DirectoryComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  /** the server's channel if there is one now */
  channel: () => Channel | undefined
  /** Runs in the transaction that takes a record: devices may have come and gone. */
  onRecord: (tx: Transaction, before: VerifiedAccountRecord | undefined, taken: TakenRecord) => Promise<void>
  /** Those of somebody's addresses that this device may use. Default: all. */
  usable?: (addresses: string[], username: string) => Promise<string[]>
}

/** When the pool is asked again about a device that is there, but has not said yet where. */
const unknownFreshMs = 1_000

interface CachedLookup { atMs: number, devices: Map<string, { online: boolean, addresses: string[] }> }

export class Directory {
  private readonly underWay = new Map<string, Promise<Lookup>>()
  private readonly cache = new Map<string, CachedLookup>()

  constructor (private readonly components: DirectoryComponents) {}

  /**
   * Asks the pool for an account and takes its record. Concurrent calls for one name share a request.
   *
   * @throws ERR_NOT_FOUND, ERR_NO_SERVER, ERR_INVALID_RECORD (what the server said was refused), ERR_TIMEOUT
   */
  async refresh (username: string): Promise<Lookup> {
    const underWay = this.underWay.get(username) ?? this.ask(username).finally(() => { this.underWay.delete(username) })
    this.underWay.set(username, underWay)
    return await underWay
  }

  /** Asks again about an account whose key was said to have changed, if it can: it may have been one server that said so, once. */
  async lookAgain (username: string): Promise<void> {
    await this.refresh(username).catch((error: unknown) => {
      if (!isP2pChatError(error)) throw error
    })
  }

  /** The record here, after asking the pool when that was not done for `maxAgeMs` and a server is there. */
  async record (username: string, maxAgeMs: number): Promise<VerifiedAccountRecord | undefined> {
    const known = await findRecord(this.components.lane, username)
    if (known !== undefined && this.ageMs(username) <= maxAgeMs) return known
    try {
      await this.refresh(username)
    } catch (error) {
      if (known === undefined || !isP2pChatError(error)) throw error
      this.components.logger.info({ username, code: error.code }, 'a record could not be refreshed; the known one is used')
    }
    return await findRecord(this.components.lane, username)
  }

  /** Where a device of an account can be dialled: empty when it is offline, or when nobody can be asked. */
  async addressesOf (username: string, device: string, maxAgeMs: number): Promise<string[]> {
    const known = this.cache.get(username)?.devices.get(device)
    if (this.ageMs(username) > (known?.online === true && known.addresses.length === 0 ? unknownFreshMs : maxAgeMs)) {
      try {
        await this.refresh(username)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
      }
    }
    const { usable = async (addresses) => addresses } = this.components
    return await usable(this.cache.get(username)?.devices.get(device)?.addresses ?? [], username)
  }

  /** Somebody came or went: what is remembered of where they are is out of date. */
  forget (username: string): void {
    this.cache.delete(username)
  }

  private ageMs (username: string): number {
    const cached = this.cache.get(username)
    // What is from the future, after the clock went back, is of an unknown age.
    return cached === undefined ? Number.POSITIVE_INFINITY : Math.abs(this.components.clock.now() - cached.atMs)
  }

  private async ask (username: string): Promise<Lookup> {
    const { lane, clock, onRecord } = this.components
    const channel = this.components.channel()
    if (channel === undefined) throw new P2pChatError('ERR_NO_SERVER', `Sorry, no rendezvous server is reachable, so ${username} cannot be looked up now.`)
    const answer = await requestLookup(channel, username)
    await lane.write(async (tx) => {
      const before = await findRecord(tx, username)
      await onRecord(tx, before, await takeRecord(tx, answer.record, clock.now()))
    })
    const devices = new Map(answer.devices.map(({ device, online, addresses }) => [toHex(device.deviceKey), { online, addresses: online ? addresses : [] }]))
    this.cache.set(username, { atMs: clock.now(), devices })
    return answer
  }
}
