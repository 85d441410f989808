import assert from 'node:assert/strict'
import { isP2pChatError } from '../../src/errors.js'
import { deviceId } from '../../src/node/account/device-id.js'
import type { KnownGroup } from '../../src/node/groups/types.js'
import { settle } from '../helpers/fake-clock.js'
import type { SeededRandom } from '../helpers/seeded-random.js'
import { bookOf, GroupWorld, laneOf } from '../node/groups/book/group-world.js'
import { markedText, marksIn, rowsOf, SealedTexts, textOf, WholeLog, type SealedText } from './groups-record.js'
import { PASSWORD, type SimulatedDevice } from './world.js'

export interface GroupScenarioInit {
  accounts: number
  /** Some of them have a second device. */
  secondDevices: number
  groups: number
  steps: number
  /** Faults as part of all steps, 0 to 1. */
  faults: number
  /** Sends as part of all that people do, 0 to 1. */
  sends: number
}

export interface GroupScenarioReport { sent: number, read: number, changes: number, faults: number, longestWithoutKeyMs: number }

type Deed = 'join' | 'leave' | 'add' | 'remove' | 'promote' | 'demote' | 'rename' | 'policy' | 'revoke'
const deeds: Deed[] = ['join', 'join', 'join', 'leave', 'add', 'add', 'remove', 'remove', 'promote', 'promote', 'demote', 'rename', 'policy', 'revoke']
// The pool is tried again after a minute at most; then a key is made within seconds.
const maxKeylessMs = 120_000
const lookMs = 5_000
const quietMs = 90_000
const maxQuietRounds = 20

/**
 * Devices found, join, change and write to groups while links are cut, silent or slow and while devices and the server
 * die and come back. Whoever has a server has the key within moments, whatever becomes of the others. In the end
 * everything heals, and then there is one log, one epoch, and every message is where it must be and nowhere else.
 */
export class GroupScenario {
  readonly #world: GroupWorld
  readonly #random: SeededRandom
  readonly #sealed = new SealedTexts()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #kept: Array<{ device: SimulatedDevice, text: string, id: string, group: string, sequence: number }> = []
  readonly #report: GroupScenarioReport = { sent: 0, read: 0, changes: 0, faults: 0, longestWithoutKeyMs: 0 }
  /** Devices whose way to the server is cut, silent or slow. */
  readonly #impaired = new Set<SimulatedDevice>()
  /** Texts of which a device may have the plaintext. */
  readonly #allowedTo = new Map<SimulatedDevice, Set<string>>()
  #tried = 0

  constructor (seed: string, private readonly init: GroupScenarioInit) {
    this.#world = new GroupWorld(seed)
    this.#random = this.#world.random.fork('groups')
    this.#world.onWritten = (device, operations) => { this.#sealed.onWritten(device, operations) }
  }

  /** What happened, one line each: the same for the same seed. */
  get story (): string[] {
    return this.#world.story
  }

  async run (): Promise<GroupScenarioReport> {
    await this.#setUp()
    for (let step = 0; step < this.init.steps; step++) {
      if (this.#random.chance(this.init.faults)) await this.#fault()
      else if (this.#random.chance(0.02)) await this.#assertKeysCome(true)
      else await this.#operation()
      await this.#world.clock.advance(this.#random.pick([0, 0, 1, 10, 100, 1_000, 5_000]))
    }
    await this.#heal()
    await this.#assertKeysCome(false)
    await this.#quieten()
    await this.#check()
    await this.#world.stop()
    await this.#checkDisks()
    return this.#report
  }

  get #groupNames (): string[] {
    return Array.from({ length: this.init.groups }, (_, i) => `group-${i}`)
  }

  async #setUp (): Promise<void> {
    const world = this.#world
    const { accounts, secondDevices } = this.init
    await world.startServer()
    for (let i = 0; i < accounts; i++) await world.addDevice(`user${i}-a`, `user${i}`)
    for (let i = 0; i < secondDevices; i++) await world.addDevice(`user${i}-b`, `user${i}`)
    for (const [i, name] of this.#groupNames.entries()) {
      const founder = world.devices[i % accounts]
      const others = world.devices.slice(0, accounts).filter((device) => device !== founder && this.#random.chance(0.6))
      if (founder !== undefined) await world.do(founder.node.groupCreate({ name, members: others.map(({ username }) => username) }))
    }
    await world.clock.advance(5_000)
    if (this.#random.chance(0.5)) world.hub.delay({ minMs: 0, maxMs: this.#random.pick([5, 50, 400]) })
  }

  async #operation (): Promise<void> {
    const device = this.#pickRunning()
    if (device === undefined) return
    if (this.#random.chance(this.init.sends)) {
      const burst = this.#random.chance(0.1) ? this.#random.between(2, 20) : 1
      const groups = await this.#groupsOf(device)
      const chosen = groups.filter(() => this.#random.chance(0.5))
      for (let i = 0; i < burst; i++) this.#send(device, chosen.length > 0 ? chosen : groups.slice(0, 1))
    } else await this.#change(device)
    await settle()
  }

  #pickRunning (): SimulatedDevice | undefined {
    const running = this.#world.devices.filter((device) => device.isRunning && isSignedIn(device))
    return running.length === 0 ? undefined : this.#random.pick(running)
  }

  async #groupsOf (device: SimulatedDevice): Promise<KnownGroup[]> {
    return (await bookOf(device).list(laneOf(device))).filter(({ standing }) => standing === 'member')
  }

  #send (device: SimulatedDevice, groups: KnownGroup[]): void {
    if (groups.length === 0) return
    const text = markedText(device, this.#tried++)
    this.#world.log(`${device.name} writes ${text} to ${groups.map(({ name }) => name).join(', ')}`)
    const heads = new Map(groups.map(({ name, id, head }) => [name, { id, head }]))
    this.#begin(device.node.groupSend({ names: [...heads.keys()], text }).then((sent) => {
      for (const { group, id } of sent) {
        const known = heads.get(group)
        if (known !== undefined) this.#kept.push({ device, text, id, group: known.id, sequence: known.head.sequence })
        this.#report.sent++
      }
    }))
  }

  async #change (device: SimulatedDevice): Promise<void> {
    const random = this.#random
    const { node } = device
    const deed = random.pick(deeds)
    const known = random.chance(0.8) ? (await this.#groupsOf(device)).map(({ name }) => name) : []
    const name = random.pick(deed === 'join' || known.length === 0 ? this.#groupNames : known)
    const whom = `user${random.between(0, this.init.accounts - 1)}`
    const request = { name, usernames: [whom] }
    // Whether a device still has a sibling is looked at now, so that the last one is never taken away.
    const sibling = this.#world.devices.find((other) => other !== device && other.username === device.username)
    if (deed === 'revoke' && (sibling === undefined || !random.chance(0.3))) return
    this.#world.log(`${device.name}: ${deed} ${whom} ${name}`)
    this.#report.changes++
    switch (deed) {
      case 'join': this.#begin(node.groupJoin({ name })); return
      case 'leave': this.#begin(node.groupLeave({ name })); return
      case 'add': this.#begin(node.groupAdd(request)); return
      case 'remove': this.#begin(node.groupRemove(request)); return
      case 'promote': this.#begin(node.groupPromote(request)); return
      case 'demote': this.#begin(node.groupDemote(request)); return
      case 'rename': this.#begin(node.groupRename({ name, newName: random.pick([...this.#groupNames, 'other-name']) })); return
      case 'policy': this.#begin(node.groupPolicy({ name, inviteOnly: random.chance(0.3) })); return
      case 'revoke':
        if (sibling?.deviceKey !== undefined) this.#begin(node.removeDevice({ id: deviceId(sibling.deviceKey), password: PASSWORD }))
    }
  }

  /** What goes wrong in a way that people are told of is no matter; anything else is. */
  #begin (work: Promise<unknown>): void {
    const done = work.catch((error: unknown) => { if (!isP2pChatError(error)) throw error })
    this.#underWay.add(done)
    void done.finally(() => { this.#underWay.delete(done) }).catch(() => {})
  }

  async #fault (): Promise<void> {
    this.#report.faults++
    const world = this.#world
    const { hub, serverPeerId, clock } = world
    const device = this.#random.pick(world.devices)
    const isServer = this.#random.chance(0.5)
    const other = isServer ? serverPeerId : this.#random.pick(world.devices).peerId
    const { peerId } = device
    const kind = this.#random.pick(['cut', 'hold', 'slow', 'partition', 'heal', 'heal', 'reset', 'crash', 'crash in a write', 'crash in a write', 'stop', 'start', 'start', 'start', 'server', 'freeze', 'jump'] as const)
    world.log(`fault: ${kind} ${device.name} ${isServer ? 'server' : ''}`)
    switch (kind) {
      case 'cut':
        if (peerId !== undefined && other !== undefined) hub.cut(peerId, other)
        if (isServer) this.#impaired.add(device)
        return
      case 'hold':
        if (peerId !== undefined && other !== undefined) hub.hold(peerId, other)
        if (isServer) this.#impaired.add(device)
        return
      case 'slow':
        if (peerId !== undefined && other !== undefined) hub.delay({ minMs: 500, maxMs: 4_000 }, peerId, other)
        if (isServer) this.#impaired.add(device)
        return
      case 'partition':
        this.#partition()
        return
      case 'heal':
        hub.heal()
        this.#impaired.clear()
        return
      case 'reset':
        if (peerId !== undefined) hub.reset(peerId)
        return
      case 'freeze':
        if (peerId !== undefined) hub.freeze(peerId)
        this.#impaired.add(device)
        return
      case 'crash':
        device.crash()
        return
      case 'crash in a write':
        device.crashAt({ batches: this.#random.between(1, 12), written: this.#random.chance(0.5) })
        return
      case 'stop':
        if (device.isRunning) await clock.until(device.stop())
        return
      case 'start':
        await this.#start(device)
        return
      case 'server':
        if (world.serverIsRunning) world.crashServer()
        else await world.startServer()
        return
      case 'jump':
        clock.jump(this.#random.pick([-3_600_000, -1_000, 1_000, 60_000, 600_000]))
    }
  }

  /** Some devices, with the server or without it, hear nothing of the others. */
  #partition (): void {
    const { devices, hub, serverPeerId } = this.#world
    const away = devices.filter(() => this.#random.chance(0.4))
    const here = devices.filter((device) => !away.includes(device))
    const peers = (some: SimulatedDevice[]): string[] => some.flatMap(({ peerId }) => peerId === undefined ? [] : [peerId])
    hub.partition(peers(away), [...peers(here), serverPeerId])
    for (const device of away) this.#impaired.add(device)
  }

  async #start (device: SimulatedDevice): Promise<void> {
    if (device.isRunning) return
    this.#world.log(`${device.name} starts`)
    await this.#world.clock.until(device.start())
  }

  async #heal (): Promise<void> {
    const { hub, devices } = this.#world
    this.#world.log('everything heals')
    hub.heal()
    hub.delay({ minMs: 0, maxMs: 0 })
    if (!this.#world.serverIsRunning) await this.#world.startServer()
    for (const device of devices) {
      device.crashAt({ batches: Number.POSITIVE_INFINITY, written: true })
      await this.#start(device)
    }
    this.#impaired.clear()
    await this.#world.do(Promise.all(this.#underWay))
  }

  /** Time passes without new faults: whoever has a server all the while comes to have the key of all its groups. */
  async #assertKeysCome (onlyConnected: boolean): Promise<void> {
    const { devices, clock } = this.#world
    if (!this.#world.serverIsRunning) return
    this.#world.log('time passes')
    const isConnected = async (device: SimulatedDevice): Promise<boolean> => device.isRunning && isSignedIn(device) && !this.#impaired.has(device) && (await device.node.status()).connection.kind === 'connected'
    let watched = devices.filter((device) => device.isRunning && isSignedIn(device))
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      if (onlyConnected) {
        const connected = await Promise.all(watched.map(isConnected))
        watched = watched.filter((_, i) => connected[i])
      }
      const keyless = (await Promise.all(watched.map(async (device) => await this.#keyless(device)))).flat()
      this.#report.longestWithoutKeyMs = Math.max(this.#report.longestWithoutKeyMs, waitedMs)
      if (keyless.length === 0) return
      assert.ok(waitedMs < maxKeylessMs, `without a key for too long: ${keyless.join('; ')}`)
      await clock.advance(lookMs)
    }
  }

  async #keyless (device: SimulatedDevice): Promise<string[]> {
    if (!device.isRunning || !isSignedIn(device)) return []
    const keyless: string[] = []
    for (const { id, name } of await this.#groupsOf(device)) {
      const sending = await bookOf(device).sendingEpoch(laneOf(device), id)
      if (sending.kind === 'waiting') keyless.push(`${device.name} in ${name}: ${sending.why}`)
    }
    return keyless
  }

  async #quieten (): Promise<void> {
    for (let round = 0; round < maxQuietRounds; round++) {
      await this.#world.clock.advance(quietMs)
      await Promise.all(this.#underWay)
      const queued = await Promise.all(this.#world.devices.map(async ({ node }) => (await node.status()).queued))
      if (queued.every((count) => count === 0)) return
    }
  }

  async #check (): Promise<void> {
    const { devices } = this.#world
    for (const device of devices) assert.deepEqual(device.errors, [])
    const sealed = this.#sealed.all
    const known = await Promise.all(devices.filter(isSignedIn).map(async (device) => await bookOf(device).list(laneOf(device))))
    const groups = new Set([...sealed.map(({ group }) => group), ...known.flat().map(({ id }) => id)])
    for (const group of groups) await this.#checkGroup(group, sealed.filter((one) => one.group === group))
  }

  async #checkGroup (group: string, sealed: SealedText[]): Promise<void> {
    const { devices } = this.#world
    const log = await WholeLog.of(group, devices)
    const state = log.at(log.length)
    assert.ok(state !== undefined, 'nobody has the log')
    const members = devices.filter((device) => log.isIn(device, log.length))
    this.#world.log(`the log of ${group.slice(0, 8)}, with ${members.map(({ name }) => name).join(', ')}:\n${log.tell()}`)
    for (const device of devices.filter((one) => isSignedIn(one) && !members.includes(one))) {
      assert.notEqual((await bookOf(device).find(laneOf(device), group))?.standing, 'member', `${device.name} does not know that it is no member`)
      // Until a fresh one is made, the key is still that of before.
      if (state.epoch.dueHash === undefined) assert.ok(await bookOf(device).receiptKey(laneOf(device), group, state.epoch.number) === undefined, `${device.name} has the key of a group that it is not in`)
    }
    if (members.length > 0) assert.equal(await this.#world.assertTogether(group, ...members), state.epoch.number)
    for (const one of sealed) assert.deepEqual(log.at(one.head.sequence)?.head, one.head, `${one.device.name} sent at a head that is not in the log`)
    const histories = new Map<SimulatedDevice, Array<{ from: string, text: string }>>()
    for (const device of devices) histories.set(device, (await rowsOf(device, group)).flatMap(({ from, body }) => body.kind === 'text' ? [{ from, text: body.text }] : []))
    await this.#checkKept(group, log, sealed)
    for (const sender of devices) {
      const own = sealed.filter(({ device }) => device === sender).sort((a, b) => a.sequence - b.sequence)
      const said = await Promise.all(own.map(async (one) => ({ ...one, text: await textOf(one) })))
      for (const receiver of devices.filter((device) => device !== sender)) this.#checkReader(log, said, receiver, histories.get(receiver) ?? [])
    }
  }

  /** What was said to be kept is kept; and handed over, unless its device was no member's at some time since. */
  async #checkKept (group: string, log: WholeLog, sealed: SealedText[]): Promise<void> {
    for (const one of this.#kept.filter((kept) => kept.group === group)) {
      const row = (await rowsOf(one.device, group)).find(({ id }) => id === one.id)
      assert.ok(row?.body.kind === 'text' && row.body.text === one.text, `${one.device.name} forgot ${one.text}, which it had said was kept`)
      if (!log.staysFrom(one.device, one.sequence)) continue
      const isSealed = sealed.some(({ device, messageId }) => device === one.device && messageId === one.id)
      const isForSomebody = (row.sent?.members?.of ?? 0) > 0
      assert.ok(isSealed || !isForSomebody, `${one.device.name} never sent ${one.text}: ${row.sent?.state ?? ''}`)
      assert.ok(row.sent?.state !== 'expired' && row.sent?.state !== 'queued', `${one.device.name} gave up ${one.text}, or still has it: ${row.sent?.state ?? ''}`)
    }
  }

  #checkReader (log: WholeLog, said: Array<SealedText & { text: string }>, receiver: SimulatedDevice, history: Array<{ text: string }>): void {
    const texts = new Set(said.map(({ text }) => text))
    const arrived = history.map(({ text }) => text).filter((text) => texts.has(text))
    assert.deepEqual(arrived, said.map(({ text }) => text).filter((text) => arrived.includes(text)), `${receiver.name} has something twice or out of order`)
    for (const { device, text, head } of said) {
      const may = log.isIn(receiver, head.sequence)
      if (may) this.#allow(receiver, text)
      const must = may && log.staysFrom(receiver, head.sequence) && log.staysFrom(device, head.sequence)
      assert.ok(may || !arrived.includes(text), `${receiver.name} reads ${text}, which was not for it`)
      assert.ok(!must || arrived.includes(text), `${receiver.name} does not have ${text}`)
    }
    this.#report.read += arrived.length
    const heard = receiver.heard.filter((event) => event.text !== null && texts.has(event.text)).map(({ text }) => text ?? '')
    const told = heard.filter((text, at) => arrived.includes(text) && heard.indexOf(text) === at)
    if (isSignedIn(receiver)) assert.deepEqual(new Set(told), new Set(arrived), `the listener at ${receiver.name} was not told of all that is there`)
  }

  /** What devices and the server have on their disks after all of that. */
  async #checkDisks (): Promise<void> {
    const { devices } = this.#world
    assert.deepEqual([...await marksIn(this.#world.storedAtServer())], [], 'the server has plaintext')
    for (const device of devices) {
      const allowed = this.#allowedTo.get(device) ?? new Set()
      for (const text of await marksIn(device.stored())) assert.ok(allowed.has(text) || text.startsWith(`[[${device.name} `), `${device.name} has ${text} on its disk, which was not for it`)
    }
  }

  #allow (device: SimulatedDevice, text: string): void {
    this.#allowedTo.set(device, (this.#allowedTo.get(device) ?? new Set()).add(text))
  }
}

function isSignedIn (device: SimulatedDevice): boolean {
  return device.isRunning && device.node['signedIn'] !== undefined
}
