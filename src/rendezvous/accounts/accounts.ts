import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { verifyAccountRegister, type VerifiedAccountRegister } from '../../records/index.js'
import { rangeUnder, type KeyValueStore } from '../../store/index.js'
import { listScanPage } from '../limits.js'
import { asError } from '../outcome.js'
import type { Register, Registers } from '../registers/index.js'
import { assertMayWrite } from './rules.js'
import { accountRegisterName, readStoredAccount, type StoredAccount } from './stored-account.js'

export interface AccountsComponents {
  registers: Registers
  /** holds the index that deriveDeviceIndex makes */
  store: KeyValueStore
  currentSetupVersion: number
}

export interface AccountWritten {
  previous: StoredAccount | undefined
  next: StoredAccount
}

/** Device keys known to be registered; positive answers only, about 100 bytes each. */
const maxKnownDevices = 100_000

/** The accounts of the pool, as their registers have them. */
export class Accounts {
  readonly #components: AccountsComponents
  readonly #listeners = new Set<(written: AccountWritten) => void>()
  readonly #knownDevices = new Set<string>()

  constructor (components: AccountsComponents) {
    this.#components = components
  }

  /** Calls `listener` after every change of an account. */
  onWritten (listener: (written: AccountWritten) => void): void {
    this.#listeners.add(listener)
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
   * @param admit called once the change is allowed; what it throws refuses it
   * @throws what verifyAccountRegister and assertMayWrite say, ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED
   */
  async write (expectedVersion: number, signed: Uint8Array, admit: (next: VerifiedAccountRegister) => void): Promise<number> {
    const next = verifyAccountRegister(signed)
    const register = await this.#read(next.username)
    if (register !== undefined && equals(register.value, signed)) return register.version
    const current = register === undefined ? undefined : verifyAccountRegister(register.value)
    assertMayWrite({ current, next, expectedVersion, currentSetupVersion: this.#components.currentSetupVersion })
    admit(next)
    const write = await this.#components.registers.compareAndSet(accountRegisterName(next.username), expectedVersion, signed)
    switch (write.outcome) {
      case 'written': break
      case 'conflict': throw expectedVersion === 0
        ? new P2pChatError('ERR_NAME_TAKEN', `The name ${next.username} is taken. Choose another one.`)
        : new P2pChatError('ERR_CONFLICT', 'The account was changed meanwhile. Read it again.')
      default: throw asError(write)
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

  /** Whether some account lists this device. */
  async hasDevice (deviceKey: Uint8Array): Promise<boolean> {
    const device = toString(deviceKey, 'base16')
    if (this.#knownDevices.has(device)) return true
    const listed = await this.isListed(deviceKey)
    if (listed) {
      if (this.#knownDevices.size >= maxKnownDevices) this.#knownDevices.clear()
      this.#knownDevices.add(device)
    }
    return listed
  }

  /** The same, asked of the store. */
  async isListed (deviceKey: Uint8Array): Promise<boolean> {
    let listed = false
    for await (const [key] of this.#components.store.range({ ...rangeUnder('device', deviceKey), limit: 1 })) listed = key !== ''
    return listed
  }

  async #read (username: string): Promise<Register | undefined> {
    const read = await this.#components.registers.read(accountRegisterName(username))
    if (read.outcome !== 'read') throw asError(read)
    return read.register
  }

  #tell (written: AccountWritten): void {
    for (const deviceKey of removedDevices(written)) this.#knownDevices.delete(toString(deviceKey, 'base16'))
    for (const listener of this.#listeners) listener(written)
  }
}

/** Device keys that the account listed before and no longer does. */
export function removedDevices ({ previous, next }: AccountWritten): Uint8Array[] {
  return (previous?.record.deviceKeys ?? []).filter((deviceKey) => !next.record.deviceKeys.some((kept) => equals(kept, deviceKey)))
}
