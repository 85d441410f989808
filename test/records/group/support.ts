import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { consentingDevice, makeAccountRecord, type VerifiedAccountRecord } from '../../../src/records/index.js'
import { applyEntry, checkpointOf, makeGroupEntry, type GroupAction, type GroupHead, type GroupState, type VerifiedGroupEntry } from '../../../src/records/group/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'

export interface PersonDevice extends Ed25519KeyPair { identityKey: Uint8Array }

/** An account with devices that come and go. */
export class Person {
  readonly username: string
  readonly account: Ed25519KeyPair
  devices: PersonDevice[]
  /** Those that were taken away. */
  readonly gone: PersonDevice[] = []
  record: VerifiedAccountRecord
  readonly #random: SeededRandom

  constructor (username: string, random: SeededRandom, devices = 1) {
    this.username = username
    this.#random = random
    this.account = ed25519KeyPair(random.bytes(32))
    this.devices = Array.from({ length: devices }, () => this.newDevice())
    this.record = this.#sign(undefined)
  }

  get device (): PersonDevice {
    return this.devices[0]!
  }

  newDevice (): PersonDevice {
    return { ...ed25519KeyPair(this.#random.bytes(32)), identityKey: this.#random.bytes(32) }
  }

  /** A new version of the account record. */
  setDevices (devices: PersonDevice[]): this {
    this.gone.push(...this.devices.filter((device) => !devices.includes(device)))
    this.devices = devices
    this.record = this.#sign(this.record)
    return this
  }

  entry (head: GroupHead | undefined, action: GroupAction, device = this.device): VerifiedGroupEntry {
    return makeGroupEntry({ username: this.username, device }, head, 1_700_000_000_000, action)
  }

  found (name: string, options: { inviteOnly?: boolean, commitment?: Uint8Array } = {}): VerifiedGroupEntry {
    return this.entry(undefined, { kind: 'found', name, inviteOnly: options.inviteOnly ?? false, unlisted: false, accountRecord: this.record, commitment: options.commitment ?? this.#random.bytes(32) })
  }

  #sign (before: VerifiedAccountRecord | undefined): VerifiedAccountRecord {
    return makeAccountRecord(this.account, {
      username: this.username,
      version: (before?.version ?? 0) + 1,
      previousHash: before?.hash ?? new Uint8Array(0),
      devices: this.devices.map(({ seed, publicKey, identityKey }) => consentingDevice({ seed, deviceKey: publicKey, identityKey, addedAtMs: 1_700_000_000_000, label: 'laptop' }, { username: this.username, accountKey: this.account.publicKey })),
      createdAtMs: 1_700_000_000_000,
      unlisted: false
    })
  }
}

/** A log as a server has it: entries in order, and what they fold to. */
export class Log {
  readonly entries: VerifiedGroupEntry[] = []
  state: GroupState

  constructor (found: VerifiedGroupEntry) {
    this.state = applyEntry(undefined, found.signed)
    this.entries.push(found)
  }

  /** @returns the entry, now the newest */
  append (by: Person, action: GroupAction, device = by.device): VerifiedGroupEntry {
    const entry = by.entry(this.state.head, action, device)
    this.state = applyEntry(this.state, entry.signed)
    this.entries.push(entry)
    return entry
  }
}

export function foldAll (entries: Array<{ signed: Uint8Array }>): GroupState {
  let state: GroupState | undefined
  for (const { signed } of entries) state = applyEntry(state, signed)
  if (state === undefined) throw new Error('There is no entry.')
  return state
}

/** One entry of every kind and more, with what a removal may carry. */
export function exampleLog (random: SeededRandom): { log: Log, people: Record<'alice' | 'bob' | 'carol' | 'dave', Person> } {
  const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => new Person(name, random, name === 'carol' ? 2 : 1)) as [Person, Person, Person, Person]
  const log = new Log(alice.found('team'))
  log.append(bob, { kind: 'join', accountRecord: bob.record })
  log.append(alice, { kind: 'add', accountRecords: [carol.record] })
  log.append(alice, { kind: 'promote', username: 'bob' })
  log.append(bob, { kind: 'policy', inviteOnly: true, unlisted: true })
  log.append(bob, { kind: 'rename', name: 'crew' })
  carol.setDevices([carol.devices[1]!])
  log.append(carol, { kind: 'device-change', accountRecord: carol.record, lastSeen: [{ username: 'carol', deviceKey: carol.gone[0]!.publicKey, epoch: 3, counter: 7 }] })
  log.append(carol, { kind: 'epoch', commitment: random.bytes(32) })
  log.append(alice, checkpointOf(log.state))
  log.append(alice, { kind: 'remove', usernames: ['carol'], lastSeen: [{ username: 'carol', deviceKey: carol.device.publicKey, epoch: 4, counter: 0 }], commitment: random.bytes(32) })
  log.append(alice, { kind: 'demote', username: 'bob' })
  log.append(alice, { kind: 'add', accountRecords: [dave.record] })
  log.append(bob, { kind: 'leave' })
  return { log, people: { alice, bob, carol, dave } }
}
