import { toString } from 'uint8arrays/to-string'
import type { Clock } from '../../runtime.js'
import type { StoredAccount } from './stored-account.js'

/** What others need to know of an account a hundred times a second. */
export interface KnownAccount {
  /** of the account record */
  recordVersion: number
  /** device keys, in hexadecimal: a few */
  devices: readonly string[]
}

export interface KnownAccountsComponents {
  clock: Clock
  /** Reads the register. */
  read: (username: string) => Promise<StoredAccount | undefined>
}

/**
 * How long an account is believed without being read again. Servers tell each other of every change, and say so when a
 * telling may have been missed, so this is only for what nobody thought of. An old answer has mail or a bundle of prekeys
 * handled for a device that was removed meanwhile, which nobody reads, or a new device noticed later.
 */
export const knownAccountMs = 10 * 60 * 1000
/** How long it is believed that an account does not list a device: a device that was just added must not miss messages to its groups. */
export const knownAbsenceMs = 5_000
/** Accounts that are remembered, all of a large pool: about 400 bytes each with two devices. What is not remembered costs a read from the others each time. */
export const maxKnownAccounts = 150_000
/** Devices of which the account is remembered: about 50 bytes each beside the account, 150 without it. */
export const maxKnownDevices = 400_000

/** Accounts as they were read a while ago: sending to a device must not cost a question to the other servers each time. */
export class KnownAccounts {
  readonly #components: KnownAccountsComponents
  readonly #accounts = new Map<string, { account: KnownAccount, atMs: number }>()
  readonly #reading = new Map<string, Promise<KnownAccount | undefined>>()
  /** Whose a device was when it was last looked at: only a place to look. */
  readonly #owners = new Map<string, string>()

  constructor (components: KnownAccountsComponents) {
    this.#components = components
  }

  /** The account as it was when it was last read; undefined when it is to be read first. */
  remembered (username: string): KnownAccount | undefined {
    const known = this.#accounts.get(username)
    const ageMs = this.#components.clock.now() - (known?.atMs ?? 0)
    return known !== undefined && ageMs >= 0 && ageMs < knownAccountMs ? known.account : undefined
  }

  /** The account now, or as it was when it was last read. */
  async get (username: string): Promise<KnownAccount | undefined> {
    return this.remembered(username) ?? await (this.#reading.get(username) ?? this.read(username))
  }

  /** The account now. */
  async read (username: string): Promise<KnownAccount | undefined> {
    const reading = this.#read(username)
    this.#reading.set(username, reading)
    try {
      const account = await reading
      // What changed while it was read is not remembered as it was.
      if (account !== undefined && this.#reading.get(username) === reading) this.#remember(username, account)
      return account
    } finally {
      if (this.#reading.get(username) === reading) this.#reading.delete(username)
    }
  }

  /** Whether the account lists a device. That it does not is said only of what was read just now, or a few seconds ago. */
  async lists (username: string, device: string): Promise<boolean> {
    if ((await this.get(username))?.devices.includes(device) === true) return true
    const known = this.#accounts.get(username)
    if (known !== undefined && Math.abs(this.#components.clock.now() - known.atMs) < knownAbsenceMs) return false
    return (await this.read(username))?.devices.includes(device) === true
  }

  /** The account that lists this device as far as is remembered. */
  async ownerOf (device: string): Promise<string | undefined> {
    const username = this.#owners.get(device)
    return username !== undefined && (await this.get(username))?.devices.includes(device) === true ? username : undefined
  }

  /** It has changed, or may have. */
  forget (username: string): void {
    this.#accounts.delete(username)
    this.#reading.delete(username)
  }

  forgetAll (): void {
    this.#accounts.clear()
    this.#reading.clear()
  }

  async #read (username: string): Promise<KnownAccount | undefined> {
    const account = await this.#components.read(username)
    if (account === undefined) return undefined
    const { version, deviceKeys } = account.record
    return { recordVersion: version, devices: deviceKeys.map((deviceKey) => toString(deviceKey, 'base16')) }
  }

  #remember (username: string, account: KnownAccount): void {
    this.#accounts.delete(username)
    this.#accounts.set(username, { account, atMs: this.#components.clock.now() })
    const [oldest] = this.#accounts.keys()
    if (this.#accounts.size > maxKnownAccounts && oldest !== undefined) this.#accounts.delete(oldest)
    if (this.#owners.size > maxKnownDevices) this.#owners.clear()
    for (const device of account.devices) this.#owners.set(device, username)
  }
}
