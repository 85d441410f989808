import { Accounts, deriveDeviceIndex } from '../../../src/rendezvous/accounts/index.js'
import { GroupFolds } from '../../../src/rendezvous/groups/group-folds.js'
import { GroupLog } from '../../../src/rendezvous/groups/group-log.js'
import { GroupNames } from '../../../src/rendezvous/groups/group-names.js'
import { Groups } from '../../../src/rendezvous/groups/groups.js'
import { deriveMemberIndex, MemberIndex } from '../../../src/rendezvous/groups/member-index.js'
import type { IndexedRegisters } from '../../../src/rendezvous/registers/index.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { makeGroupEntry, type GroupAction, type GroupHead } from '../../../src/records/group/index.js'
import type { VerifiedAccountRecord } from '../../../src/records/index.js'
import { silentLogger } from '../../../src/runtime.js'
import type { KeyValueStore } from '../../../src/store/index.js'
import type { FakeClock } from '../../helpers/fake-clock.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { makeDevice, nextRegister, type TestDevice } from '../helpers/test-client.js'

/** The groups of one server without its network. */
export interface Core {
  registers: IndexedRegisters
  accounts: Accounts
  log: GroupLog
  names: GroupNames
  folds: GroupFolds
  groups: Groups
  index: MemberIndex
}

export function registersOn (store: KeyValueStore): IndexedRegisters {
  return createStoreRegisters({ store, derive: (...change) => [...deriveDeviceIndex(...change), ...deriveMemberIndex(...change)] })
}

export function makeCore ({ store, clock, registers = registersOn(store) }: { store: KeyValueStore, clock: FakeClock, registers?: IndexedRegisters }): Core {
  const accounts = new Accounts({ registers, clock, currentSetupVersion: 1 })
  const log = new GroupLog(registers)
  const names = new GroupNames({ registers, log, clock })
  const folds = new GroupFolds({ log, store, logger: silentLogger })
  const groups = new Groups({ log, names, folds, accounts })
  const fold = async (groupId: Uint8Array): ReturnType<ConstructorParameters<typeof MemberIndex>[0]['fold']> => {
    const head = await log.head(groupId)
    return head === undefined ? undefined : await folds.at(groupId, head)
  }
  return { registers, accounts, log, names, folds, groups, index: new MemberIndex({ registers, store, fold, logger: silentLogger }) }
}

/** An account with one device, that signs entries. */
export class Author {
  readonly username: string
  readonly device: TestDevice
  readonly register: Uint8Array
  readonly record: VerifiedAccountRecord

  constructor (username: string, random: SeededRandom) {
    this.username = username
    this.device = makeDevice(random)
    const { signed, accountRecord } = nextRegister(ed25519KeyPair(random.bytes(32)), username, undefined, { devices: [this.device.certified] })
    this.register = signed
    this.record = accountRecord
  }

  get asker (): { username: string, deviceKey: Uint8Array } {
    return { username: this.username, deviceKey: this.device.key.publicKey }
  }

  async signUp ({ accounts }: Core): Promise<this> {
    await accounts.write(0, this.register, () => {})
    return this
  }

  entry (head: GroupHead | undefined, action: GroupAction): Uint8Array {
    return makeGroupEntry({ username: this.username, device: this.device.key }, head, 1, action).signed
  }

  founding (name: string, commitment: Uint8Array = new Uint8Array(32).fill(1)): Uint8Array {
    return this.entry(undefined, { kind: 'found', name, inviteOnly: false, unlisted: false, accountRecord: this.record, commitment })
  }
}

/** Every entry of a group in order, as the server would give them. */
export async function entriesOf ({ log }: Core, groupId: Uint8Array): Promise<Uint8Array[]> {
  const head = await log.head(groupId)
  const entries: Uint8Array[] = []
  if (head !== undefined) for await (const { signed } of log.entries(groupId, 0, head)) entries.push(signed)
  return entries
}
