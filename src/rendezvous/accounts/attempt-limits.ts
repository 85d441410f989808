import { toString } from 'uint8arrays/to-string'
import { addressGroup } from '../../overlay/index.js'
import type { Channel } from '../../overlay/network.js'
import type { Clock } from '../../runtime.js'
import type { RendezvousLimits } from '../limits.js'
import { giveBackAll, Limiter, takeAll } from '../rate/limiter.js'

export type AttemptLimitsInit = Pick<RendezvousLimits,
  'loginsPerAccountAndAddress' | 'loginsPerAccount' | 'loginsPerDevice' | 'loginsPerAddress' | 'registrationsPerAccount' | 'registrationsPerAddress' | 'signUpsPerAddress' | 'accountWritesPerAddress' | 'accountRequestsPerDevice' | 'writesPerAccount'>

/** The account and device that a channel is attached as; undefined: none. */
export type AttachedAs = (channel: Channel) => { username: string, deviceKey: Uint8Array } | undefined

type Take = [Limiter, string]

/**
 * How often passwords may be tried and accounts made. Each function throws ERR_RATE_LIMITED with retryAfterMs. A stranger's
 * address is asked first: what it refuses must leave no trace in the tables by name, which forget what was used longest ago.
 * A device of the account has limits of its own instead: others behind its address, or with its account's name, do not use
 * up what it may.
 */
export class AttemptLimits {
  readonly #attachedAs: AttachedAs
  readonly #loginsPerAccountAndAddress: Limiter
  readonly #loginsPerAccount: Limiter
  readonly #loginsPerDevice: Limiter
  readonly #loginsPerAddress: Limiter
  readonly #registrationsPerAccount: Limiter
  readonly #registrationsPerAddress: Limiter
  readonly #signUpsPerAddress: Limiter
  readonly #accountWritesPerAddress: Limiter
  readonly #accountRequestsPerDevice: Limiter
  readonly #writesPerAccount: Limiter

  constructor (clock: Clock, limits: AttemptLimitsInit, attachedAs: AttachedAs) {
    this.#attachedAs = attachedAs
    this.#loginsPerAccountAndAddress = Limiter.of(clock, limits, 'loginsPerAccountAndAddress', 'sign-in attempts for this account')
    this.#loginsPerAccount = Limiter.of(clock, limits, 'loginsPerAccount', 'sign-in attempts for this account')
    this.#loginsPerDevice = Limiter.of(clock, limits, 'loginsPerDevice', 'sign-in attempts from this device')
    this.#loginsPerAddress = Limiter.of(clock, limits, 'loginsPerAddress', 'sign-in attempts from your address')
    this.#registrationsPerAccount = Limiter.of(clock, limits, 'registrationsPerAccount', 'registrations for this name')
    this.#registrationsPerAddress = Limiter.of(clock, limits, 'registrationsPerAddress', 'registrations from your address')
    this.#signUpsPerAddress = Limiter.of(clock, limits, 'signUpsPerAddress', 'new accounts from your address')
    this.#accountWritesPerAddress = Limiter.of(clock, limits, 'accountWritesPerAddress', 'changes of accounts from your address')
    this.#accountRequestsPerDevice = Limiter.of(clock, limits, 'accountRequestsPerDevice', 'changes of accounts from this device')
    this.#writesPerAccount = Limiter.of(clock, limits, 'writesPerAccount', 'changes of this account')
  }

  /** A sign-in is begun. Returns what gives the attempt back, for when the password was right, or nobody learned whether it is. */
  login (username: string, channel: Channel): () => void {
    const isStranger = this.#deviceOf(channel, username) === undefined
    const takes: Take[] = [...(isStranger ? [[this.#loginsPerAddress, addressOf(channel)] as Take] : []), ...this.#guess(username, channel)]
    takeAll(takes)
    return () => { giveBackAll(takes) }
  }

  /** A registration is asked for, and nobody has looked yet whether there is such an account: that is a majority read. */
  registrationFrom (username: string, channel: Channel): void {
    this.#request(this.#registrationsPerAddress, channel, this.#deviceOf(channel, username))
  }

  /**
   * A registration is begun. Its answer evaluates the same function of the password that a sign-in does, so for an
   * account that exists it counts as a guess. What strangers begin for a name does not hold up its own devices.
   */
  registration (username: string, exists: boolean, channel: Channel): void {
    const isStranger = this.#deviceOf(channel, username) === undefined
    takeAll([...(exists ? this.#guess(username, channel) : []), ...(isStranger ? [[this.#registrationsPerAccount, username] as Take] : [])])
  }

  /** An account is made. Returns what gives the attempt back, for when it was not. */
  signUp (channel: Channel): () => void {
    const address = addressOf(channel)
    this.#signUpsPerAddress.take(address)
    return () => { this.#signUpsPerAddress.giveBack(address) }
  }

  /** A register is brought, and nothing of it was looked at yet. */
  write (channel: Channel): void {
    const attached = this.#attachedAs(channel)
    this.#request(this.#accountWritesPerAddress, channel, attached === undefined ? undefined : toString(attached.deviceKey, 'base16'))
  }

  /** An account is changed by its owner, or what is stored of it is brought again. */
  change (username: string): void {
    this.#writesPerAccount.take(username)
  }

  #guess (username: string, channel: Channel): Take[] {
    const device = this.#deviceOf(channel, username)
    if (device !== undefined) return [[this.#loginsPerDevice, `${username} ${device}`]]
    return [[this.#loginsPerAccountAndAddress, `${username} ${addressOf(channel)}`], [this.#loginsPerAccount, username]]
  }

  /** Something that costs a majority read, before it is made. */
  #request (perAddress: Limiter, channel: Channel, device: string | undefined): void {
    if (device === undefined) perAddress.take(addressOf(channel))
    else this.#accountRequestsPerDevice.take(device)
  }

  /** In hexadecimal; undefined: the channel is not attached as a device of that account. */
  #deviceOf (channel: Channel, username: string): string | undefined {
    const attached = this.#attachedAs(channel)
    return attached?.username === username ? toString(attached.deviceKey, 'base16') : undefined
  }
}

function addressOf ({ remoteAddress }: Channel): string {
  return addressGroup(remoteAddress)
}
