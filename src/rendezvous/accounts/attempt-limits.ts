import { toString } from 'uint8arrays/to-string'
import { addressGroup } from '../../overlay/index.js'
import type { Channel } from '../../overlay/network.js'
import type { Clock } from '../../runtime.js'
import type { RendezvousLimits } from '../limits.js'
import { giveBackAll, Limiter, takeAll } from '../rate/limiter.js'

export type AttemptLimitsInit = Pick<RendezvousLimits,
  'loginsPerAccountAndAddress' | 'loginsPerAccount' | 'loginsPerDevice' | 'loginsPerAddress' | 'registrationsPerAccount' | 'registrationsPerAddress' | 'signUpsPerAddress' | 'accountWritesPerAddress' | 'writesPerAccount'>

/** The device key of a channel that is attached as a device of that account; undefined: it is not. */
export type DeviceOf = (channel: Channel, username: string) => Uint8Array | undefined

/**
 * How often passwords may be tried and accounts made. Each function throws ERR_RATE_LIMITED with retryAfterMs. The address
 * is always asked first: what it refuses must leave no trace in the tables by name, which forget what was used longest ago.
 */
export class AttemptLimits {
  readonly #deviceOf: DeviceOf
  readonly #loginsPerAccountAndAddress: Limiter
  readonly #loginsPerAccount: Limiter
  readonly #loginsPerDevice: Limiter
  readonly #loginsPerAddress: Limiter
  readonly #registrationsPerAccount: Limiter
  readonly #registrationsPerAddress: Limiter
  readonly #signUpsPerAddress: Limiter
  readonly #accountWritesPerAddress: Limiter
  readonly #writesPerAccount: Limiter

  constructor (clock: Clock, limits: AttemptLimitsInit, deviceOf: DeviceOf) {
    this.#deviceOf = deviceOf
    this.#loginsPerAccountAndAddress = new Limiter(clock, limits.loginsPerAccountAndAddress, 'sign-in attempts for this account')
    this.#loginsPerAccount = new Limiter(clock, limits.loginsPerAccount, 'sign-in attempts for this account')
    this.#loginsPerDevice = new Limiter(clock, limits.loginsPerDevice, 'sign-in attempts from this device')
    this.#loginsPerAddress = new Limiter(clock, limits.loginsPerAddress, 'sign-in attempts from your address')
    this.#registrationsPerAccount = new Limiter(clock, limits.registrationsPerAccount, 'registrations for this name')
    this.#registrationsPerAddress = new Limiter(clock, limits.registrationsPerAddress, 'registrations from your address')
    this.#signUpsPerAddress = new Limiter(clock, limits.signUpsPerAddress, 'new accounts from your address')
    this.#accountWritesPerAddress = new Limiter(clock, limits.accountWritesPerAddress, 'changes of accounts from your address')
    this.#writesPerAccount = new Limiter(clock, limits.writesPerAccount, 'changes of this account')
  }

  /** A sign-in is begun. Returns what gives the attempt back, for when the password was right. */
  login (username: string, channel: Channel): () => void {
    const address = addressGroup(channel.remoteAddress)
    const takes: Array<[Limiter, string]> = [[this.#loginsPerAddress, address], ...this.#guess(username, address, channel)]
    takeAll(takes)
    return () => { giveBackAll(takes) }
  }

  /** A registration is asked for, and nobody has looked yet whether there is such an account: that is a majority read. */
  registrationFrom (channel: Channel): void {
    this.#registrationsPerAddress.take(addressGroup(channel.remoteAddress))
  }

  /**
   * A registration is begun. Its answer evaluates the same function of the password that a sign-in does, so for an
   * account that exists it counts as a guess. What strangers begin for a name does not hold up its own devices.
   */
  registration (username: string, exists: boolean, channel: Channel): void {
    const address = addressGroup(channel.remoteAddress)
    takeAll([
      ...(exists ? this.#guess(username, address, channel) : []),
      ...(this.#deviceOf(channel, username) === undefined ? [[this.#registrationsPerAccount, username] as [Limiter, string]] : [])
    ])
  }

  /** An account is made. Returns what gives the attempt back, for when it was not. */
  signUp (channel: Channel): () => void {
    const address = addressGroup(channel.remoteAddress)
    this.#signUpsPerAddress.take(address)
    return () => { this.#signUpsPerAddress.giveBack(address) }
  }

  /** A register is brought, and nothing of it was looked at yet. */
  write (channel: Channel): void {
    this.#accountWritesPerAddress.take(addressGroup(channel.remoteAddress))
  }

  /** An account is changed by its owner, or what is stored of it is brought again. */
  change (username: string): void {
    this.#writesPerAccount.take(username)
  }

  #guess (username: string, address: string, channel: Channel): Array<[Limiter, string]> {
    const device = this.#deviceOf(channel, username)
    // Others behind its address, or with its account's name, do not use up what a device of the account may.
    if (device !== undefined) return [[this.#loginsPerDevice, `${username} ${toString(device, 'base16')}`]]
    return [[this.#loginsPerAccountAndAddress, `${username} ${address}`], [this.#loginsPerAccount, username]]
  }
}
