import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { verifyAccountRegister, type VerifiedAccountRegister } from '../../records/index.js'
import type { Clock } from '../../runtime.js'
import { partsOf, rangeUnder } from '../../store/index.js'
import { Turns } from '../blobs/turns.js'
import { listScanPage, maxDeviceOwnersRead, versionsReadAtOnce } from '../limits.js'
import { asError } from '../outcome.js'
import type { IndexedRegisters, Register } from '../registers/index.js'
import { DeviceLookUps } from './device-look-ups.js'
import { KnownAccounts } from './known-accounts.js'
import { assertMayWrite } from './rules.js'
import { accountRegisterName, DEVICE_TABLE, readStoredAccount, type StoredAccount } from './stored-account.js'

export interface AccountsComponents {
  /** with the index that deriveDeviceIndex makes */
  registers: IndexedRegisters
  clock: Clock
  currentSetupVersion: number
}

export interface AccountWritten {
  previous: StoredAccount | undefined
  next: StoredAccount
}

/** The accounts of the pool, as their registers have them. */
export class Accounts {
  readonly #components: AccountsComponents
  readonly #known: KnownAccounts
  readonly #lookUps: DeviceLookUps
  readonly #readingVersions = new Turns(versionsReadAtOnce)
  readonly #listeners = new Set<(written: AccountWritten) => void>()
  readonly #doubtListeners = new Set<(username: string) => void>()

  constructor (components: AccountsComponents) {
    this.#components = components
    this.#known = new KnownAccounts({ clock: components.clock, read: async (username) => await this.read(username) })
    this.#lookUps = new DeviceLookUps({ clock: components.clock, look: async (device) => await this.isListed(fromString(device, 'base16')) })
  }

  /** Calls `listener` after every change of an account that was made here. */
  onWritten (listener: (written: AccountWritten) => void): void {
    this.#listeners.add(listener)
  }

  /** Calls `listener` when an account may have been changed: nobody here knows what by, or whether the others were told. */
  onDoubt (listener: (username: string) => void): void {
    this.#doubtListeners.add(listener)
  }

  /** An account was changed at another server. */
  changedElsewhere (username: string): void {
    this.#forget(username)
  }

  /** Accounts may have been changed at other servers without a word. */
  newsMissed (): void {
    this.#known.forgetAll()
    this.#lookUps.forget()
  }

  /** @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async read (username: string): Promise<StoredAccount | undefined> {
    const register = await this.#read(username)
    return register === undefined ? undefined : readStoredAccount(register.value)
  }

  /**
   * Changes an account, or makes it. Writing what is written already changes nothing and is no error.
   *
   * @returns the version that is stored now
   * @param admit called once the change is allowed, or is found to be a repeat; what it throws refuses it
   * @throws what verifyAccountRegister and assertMayWrite say, ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED
   */
  async write (expectedVersion: number, signed: Uint8Array, admit: (next: VerifiedAccountRegister, isRepeat: boolean) => void): Promise<number> {
    const next = verifyAccountRegister(signed)
    const register = await this.#read(next.username)
    if (register !== undefined && equals(register.value, signed)) {
      admit(next, true)
      // Whoever wrote it may have died before anybody was told.
      this.#doubt(next.username)
      return register.version
    }
    const current = register === undefined ? undefined : verifyAccountRegister(register.value)
    assertMayWrite({ current, next, expectedVersion, currentSetupVersion: this.#components.currentSetupVersion })
    admit(next, false)
    const write = await this.#components.registers.compareAndSet(accountRegisterName(next.username), expectedVersion, signed)
    switch (write.outcome) {
      case 'written': break
      case 'conflict': throw expectedVersion === 0
        ? new P2pChatError('ERR_NAME_TAKEN', `The name ${next.username} is taken. Choose another one.`)
        : new P2pChatError('ERR_CONFLICT', 'The account was changed meanwhile. Read it again.')
      default: {
        this.#doubt(next.username)
        throw asError(write)
      }
    }
    this.#tell({ previous: register === undefined ? undefined : readStoredAccount(register.value), next: readStoredAccount(signed) })
    return write.version
  }

  /** Accounts whose names start with `prefix` and come after `after`, in order. */
  async * list (prefix: string, after: string): AsyncGenerator<StoredAccount> {
    let from: string | undefined = after === '' ? undefined : accountRegisterName(after)
    do {
      const list = await this.#components.registers.list(accountRegisterName(prefix), { after: from, limit: listScanPage })
      if (list.outcome !== 'listed') throw asError(list)
      for (const { value } of list.page.registers) yield readStoredAccount(value)
      from = list.page.next
    } while (from !== undefined)
  }

  /** The number of accounts. */
  async count (): Promise<number> {
    let count = 0
    for await (const account of this.list('', '')) if (account.version > 0) count++
    return count
  }

  /**
   * The version of the account record, 0 without an account. It is now's, or for some minutes that of before when a change
   * at another server was not heard of. Only a few are read at once, whoever asks for how many.
   */
  async recordVersion (username: string): Promise<number> {
    const account = this.#known.remembered(username) ?? await this.#readingVersions.run(async () => await this.#known.get(username))
    return account?.recordVersion ?? 0
  }

  /** Whether some account lists this device, or did some minutes ago. That it does not is said of a few seconds ago at most. */
  async hasDevice (deviceKey: Uint8Array): Promise<boolean> {
    const device = toString(deviceKey, 'base16')
    return await this.#known.ownerOf(device) !== undefined || await this.#lookUps.isListed(device)
  }

  /** The same of one account, which is cheaper to ask than all. */
  async lists (username: string, deviceKey: Uint8Array): Promise<boolean> {
    return await this.#known.lists(username, toString(deviceKey, 'base16'))
  }

  /** Whether the account that is remembered to have listed this device does so now, or did some minutes ago; false when none is remembered. */
  async isRemembered (deviceKey: Uint8Array): Promise<boolean> {
    return await this.#known.ownerOf(toString(deviceKey, 'base16')) !== undefined
  }

  /** Whether some account lists this device now, or too many have ever to read them all. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async isListed (deviceKey: Uint8Array): Promise<boolean> {
    const device = toString(deviceKey, 'base16')
    const { gte: prefix } = rangeUnder(DEVICE_TABLE, deviceKey)
    const list = await this.#components.registers.derived(prefix, { limit: maxDeviceOwnersRead })
    if (list.outcome !== 'listed') throw asError(list)
    if (list.next !== undefined) return true
    for (const key of list.keys) if ((await this.#known.read(partsOf(key)[2] ?? ''))?.devices.includes(device) === true) return true
    return false
  }

  async #read (username: string): Promise<Register | undefined> {
    const read = await this.#components.registers.read(accountRegisterName(username))
    if (read.outcome !== 'read') throw asError(read)
    return read.register
  }

  #tell (written: AccountWritten): void {
    this.#forget(written.next.username)
    for (const listener of this.#listeners) listener(written)
  }

  #doubt (username: string): void {
    this.#forget(username)
    for (const listener of this.#doubtListeners) listener(username)
  }

  #forget (username: string): void {
    this.#known.forget(username)
    this.#lookUps.forget()
  }
}

/** Device keys that the account listed before and no longer does. */
export function removedDevices ({ previous, next }: AccountWritten): Uint8Array[] {
  return (previous?.record.deviceKeys ?? []).filter((deviceKey) => !next.record.deviceKeys.some((kept) => equals(kept, deviceKey)))
}
