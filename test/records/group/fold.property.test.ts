import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'
import { applyEntry, checkpointOf, decodeGroupState, encodeGroupState, type GroupAction, type GroupState } from '../../../src/records/group/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { foldAll, Person, type PersonDevice } from './support.js'

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin']

/** What somebody tries. `stale` speaks with a device that was taken away, if there is one. */
interface Step {
  kind: 'join' | 'add' | 'remove' | 'leave' | 'promote' | 'demote' | 'rename' | 'policy' | 'new-device' | 'lose-device' | 'epoch' | 'checkpoint'
  by: number
  on: number
  yes: boolean
  stale: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind']>('join', 'join', 'add', 'add', 'remove', 'leave', 'promote', 'demote', 'rename', 'policy', 'new-device', 'lose-device', 'epoch', 'checkpoint'),
  // The founder, who may do most, tries most.
  by: fc.oneof(fc.constant(0), fc.nat({ max: NAMES.length - 1 })),
  on: fc.nat({ max: NAMES.length - 1 }),
  yes: fc.boolean(),
  stale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0)
})

interface ModelMember { admin: boolean, devices: PersonDevice[] }

/** The rules once more, over plain names, in the words of docs/wire/groups.md. */
class Model {
  readonly members = new Map<string, ModelMember>()
  readonly removed = new Set<string>()
  name = 'team'
  inviteOnly = false
  epoch = 1
  due = false

  constructor (founder: Person) {
    this.members.set(founder.username, { admin: true, devices: founder.devices })
  }

  get admins (): string[] {
    return [...this.members].filter(([, { admin }]) => admin).map(([name]) => name)
  }

  /** Why this is refused, or undefined after it was done. */
  try (step: Step, by: Person, on: Person, device: PersonDevice): ErrorCode | undefined {
    if (this.members.size === 0) return 'ERR_NOT_FOUND'
    const self = this.members.get(by.username)
    const other = this.members.get(on.username)
    if (step.kind === 'join') {
      if (self !== undefined) return 'ERR_USAGE'
      if (this.inviteOnly || this.removed.has(by.username)) return 'ERR_NOT_PERMITTED'
      return this.#enter(by)
    }
    if (step.kind === 'new-device' || step.kind === 'lose-device') return self === undefined ? 'ERR_NOT_PERMITTED' : this.#exchange(self, by.devices)
    if (self === undefined || !self.devices.includes(device)) return 'ERR_NOT_PERMITTED'
    const lastAdmin = this.admins.length === 1 && self.admin
    if (step.kind === 'leave') {
      if (lastAdmin && this.members.size > 1) return 'ERR_NOT_PERMITTED'
      this.members.delete(by.username)
      this.due = true
      return undefined
    }
    if (step.kind === 'epoch') return this.#fresh()
    if (!self.admin) return 'ERR_NOT_PERMITTED'
    switch (step.kind) {
      case 'add':
        if (other !== undefined) return 'ERR_USAGE'
        this.removed.delete(on.username)
        return this.#enter(on)
      case 'remove':
        if (on === by) return 'ERR_USAGE'
        if (other === undefined) return 'ERR_NOT_FOUND'
        this.members.delete(on.username)
        this.removed.add(on.username)
        if (step.yes) return this.#fresh()
        this.due = true
        return undefined
      case 'promote': case 'demote':
        if (other === undefined) return 'ERR_NOT_FOUND'
        if (other.admin === (step.kind === 'promote')) return 'ERR_USAGE'
        if (step.kind === 'demote' && on === by && lastAdmin) return 'ERR_NOT_PERMITTED'
        other.admin = step.kind === 'promote'
        return undefined
      case 'rename': this.name = step.yes ? 'team' : 'crew'; return undefined
      case 'policy': this.inviteOnly = step.yes; return undefined
      case 'checkpoint': return step.yes ? undefined : 'ERR_INVALID_RECORD'
    }
  }

  assertIs (state: GroupState): void {
    assert.equal(state.name, this.name)
    assert.equal(state.inviteOnly, this.inviteOnly)
    assert.equal(state.epoch.number, this.epoch)
    assert.equal(state.epoch.dueHash !== undefined, this.due)
    assert.equal(state.barred.length, this.removed.size)
    assert.deepEqual([...state.members.keys()].sort(), [...this.members.keys()].sort())
    for (const [name, { admin, devices }] of this.members) {
      assert.equal(state.members.get(name)?.admin, admin)
      assert.deepEqual(state.members.get(name)?.accountRecord.devices.map(({ deviceKey }) => deviceKey), devices.map(({ publicKey }) => publicKey))
    }
  }

  #enter (person: Person): undefined {
    this.members.set(person.username, { admin: false, devices: person.devices })
    if (!this.due) this.epoch++
  }

  #fresh (): undefined {
    this.epoch++
    this.due = false
  }

  #exchange (member: ModelMember, devices: PersonDevice[]): undefined {
    if (member.devices.some((device) => !devices.includes(device))) this.due = true
    else if (devices.length > member.devices.length && !this.due) this.epoch++
    member.devices = devices
  }
}

describe('any history of a group', () => {
  it('folds to what the rules say, with every forbidden step refused for its reason', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), fc.nat(), (steps, seed) => {
      const random = new SeededRandom(seed)
      const people = NAMES.map((name) => new Person(name, random))
      const found = people[0]!.found('team')
      const model = new Model(people[0]!)
      const taken = [found]
      let state = applyEntry(undefined, found.signed)
      for (const step of steps) {
        const [by, on] = [people[step.by]!, people[step.on]!]
        if ((step.kind === 'add' && by === on) || (step.kind === 'lose-device' && by.devices.length === 1)) continue
        if (step.kind === 'new-device' && by.devices.length < 3) by.setDevices([...by.devices, by.newDevice()])
        else if (step.kind === 'new-device') continue
        if (step.kind === 'lose-device') by.setDevices(by.devices.slice(step.yes ? 1 : 0, step.yes ? undefined : -1))
        const ownRecord = step.kind === 'join' || step.kind === 'new-device' || step.kind === 'lose-device'
        const device = (step.stale && !ownRecord ? by.gone[0] : undefined) ?? by.device
        const entry = by.entry(state.head, actionOf(step, state, by, on, random), device)
        const reason = model.try(step, by, on, device)
        seen.add(`${step.kind} ${reason ?? 'done'}`)
        if (reason === undefined) {
          state = applyEntry(state, entry.signed)
          taken.push(entry)
        } else {
          assert.throws(() => applyEntry(state, entry.signed), (error) => isP2pChatError(error, reason), `${step.kind} should be refused with ${reason}`)
        }
        model.assertIs(state)
      }
      assert.deepEqual(foldAll(taken), state)
      const bytes = encodeGroupState(state)
      assert.deepEqual(encodeGroupState(decodeGroupState(bytes)), bytes)
    }), { numRuns: 60, seed: 4 })
    for (const [kind, reasons] of [['join', 3], ['add', 3], ['remove', 4], ['leave', 2], ['promote', 4], ['demote', 4], ['checkpoint', 3], ['epoch', 2], ['new-device', 2], ['lose-device', 2]] as const) {
      const outcomes = [...seen].filter((outcome) => outcome.startsWith(`${kind} `))
      assert.ok(outcomes.length >= reasons, `only saw: ${outcomes.join(', ')}`)
    }
  })

  it('cannot be told with an entry changed, moved, dropped, doubled or taken from elsewhere', () => {
    const random = new SeededRandom('tampering')
    const people = NAMES.map((name) => new Person(name, random))
    const histories = ['team', 'crew'].map((name) => {
      const entries = [people[0]!.found(name)]
      for (const person of people.slice(1)) entries.push(person.entry(foldAll(entries).head, { kind: 'join', accountRecord: person.record }))
      for (const person of people) entries.push(person.entry(foldAll(entries).head, { kind: 'epoch', commitment: random.bytes(32) }))
      return entries.map(({ signed }) => ({ signed }))
    }) as [Array<{ signed: Uint8Array }>, Array<{ signed: Uint8Array }>]
    const [entries, others] = histories
    const place = fc.nat({ max: entries.length - 1 })
    fc.assert(fc.property(fc.constantFrom('flip', 'move', 'drop', 'double', 'replace', 'insert'), place, place, fc.nat(), (how, at, to, bit) => {
      const changed = [...entries]
      const one = entries[at]!
      switch (how) {
        case 'flip': {
          const signed = one.signed.slice()
          signed[(bit >> 3) % signed.byteLength]! ^= 1 << (bit & 7)
          changed[at] = { signed }
          break
        }
        case 'move': fc.pre(at !== to); changed.splice(at, 1); changed.splice(to, 0, one); break
        // What the newest entry was, nobody but another member can tell.
        case 'drop': fc.pre(at < entries.length - 1); changed.splice(at, 1); break
        case 'double': changed.splice(to, 0, one); break
        case 'replace': fc.pre(at > 0); changed[at] = others[to]!; break
        case 'insert': changed.splice(at, 0, others[to]!); break
      }
      assert.throws(() => foldAll(changed), (error) => isP2pChatError(error))
    }), { numRuns: 300 })
  })
})

function actionOf (step: Step, state: GroupState, by: Person, on: Person, random: SeededRandom): GroupAction {
  switch (step.kind) {
    case 'join': return { kind: 'join', accountRecord: by.record }
    case 'add': return { kind: 'add', accountRecords: [on.record] }
    case 'remove': return { kind: 'remove', usernames: [on.username], lastSeen: [], commitment: step.yes ? random.bytes(32) : undefined }
    case 'leave': return { kind: 'leave' }
    case 'promote': case 'demote': return { kind: step.kind, username: on.username }
    case 'rename': return { kind: 'rename', name: step.yes ? 'team' : 'crew' }
    case 'policy': return { kind: 'policy', inviteOnly: step.yes, unlisted: false }
    case 'new-device': case 'lose-device': return { kind: 'device-change', accountRecord: by.record, lastSeen: [] }
    case 'epoch': return { kind: 'epoch', commitment: random.bytes(32) }
    case 'checkpoint': return step.yes ? checkpointOf(state) : { kind: 'checkpoint', stateHash: random.bytes(32) }
  }
}
