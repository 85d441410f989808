import assert from 'node:assert/strict'
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import type { Beside, LocalMailboxes } from '../../../src/rendezvous/mailboxes/beside.js'
import type { Append, AppendOutcome } from '../../../src/rendezvous/mailboxes/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { createPoolMail, defaultReplicationLimits, type PoolMail, type PoolMailComponents, type RosterView } from '../../../src/rendezvous/replication/index.js'
import { replicasOf, type PlacedServer } from '../../../src/rendezvous/replication/placement.js'
import { silentLogger } from '../../../src/runtime.js'
import type { KeyValueStore } from '../../../src/store/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import type { CrashPoint, DiskImage } from './sim-disk.js'
import type { SimNode, SimProcess } from './sim-node.js'
import { PoolWorld } from './world.js'

/** Deliberate bugs that the simulation must find. */
export type Bug =
  | 'acknowledgement before storage'
  | 'quorum of one'
  | 'replica sets from live discovery'
  | 'tombstone dropped too early'
  | 'no sync'

export interface MailScenarioInit {
  servers: number
  operations: number
  /** Faults beside them. */
  faults: number
  /** Whether servers come, are drained, go and lose their disks. */
  rosterChanges: boolean
  bug?: Bug
}

type Fault =
  | 'crash' | 'crash before sync' | 'crash after sync' | 'crash after answer' | 'start'
  | 'cut' | 'cut one way' | 'partition' | 'heal' | 'freeze' | 'full disk' | 'slow disk' | 'clock'
  | 'roster' | 'lost disk' | 'stale disk' | 'copy of a disk' | 'rest'

const serverFaults: readonly Fault[] = ['crash', 'crash before sync', 'crash after sync', 'crash after answer', 'cut', 'cut one way', 'partition', 'heal', 'freeze', 'full disk', 'slow disk', 'clock', 'start', 'start']
const rosterFaults: readonly Fault[] = ['roster', 'roster', 'roster', 'lost disk', 'stale disk', 'stale disk', 'copy of a disk', 'copy of a disk', 'rest']

export interface MailReport { operations: number, faults: number, stored: number, acknowledged: number, reads: number, rosters: number }

interface Message {
  name: string
  mailbox: Device
  entryId: Uint8Array
  sender: Uint8Array
  /** -1: none */
  slot: number
  /** of its sender in its slot */
  order: number
  isStored: boolean
  /** An acknowledgement of it was sent; it may be gone. */
  mayBeGone: boolean
  /** An acknowledgement of it was confirmed; it must not come back. */
  isGone: boolean
}

interface Device {
  name: string
  keys: Ed25519KeyPair
  /** Names of all that it has read. */
  inbox: Set<string>
}

const OPERATOR = 'operator'
const CLIENTS = ['client 0', 'client 1']
const requestTimeoutMs = 1_000
const clientTimeoutMs = 4_000
const text = new TextEncoder()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const unhex = (name: string): Uint8Array => new Uint8Array(Buffer.from(name, 'hex'))

/**
 * Senders leave mail and devices read and acknowledge it through any server, while servers crash, freeze, are cut off,
 * run out of disk, have wrong clocks, come, are emptied and go. What a sender was told as stored, its recipient reads
 * when it is told that it is caught up; what a recipient was told as acknowledged, it does not read again.
 */
export class MailScenario {
  readonly world: PoolWorld
  readonly #random: SeededRandom
  readonly #servers = new Map<string, PlacedServer>()
  readonly #mail = new Map<string, PoolMail>()
  readonly #rosters: RosterView[] = []
  /** The newest roster that a server has heard of, by its name. */
  readonly #heard = new Map<string, number>()
  readonly #messages = new Map<string, Message>()
  readonly #devices: Device[]
  readonly #senders: Uint8Array[]
  readonly #slots = new Map<string, number>()
  readonly #sending = new Map<string, Promise<void>>()
  readonly #busy = new Set<Promise<unknown>>()
  /** A server that has an old disk and goes on with it. */
  #stale: string | undefined
  /** A disk was lost, and not all that was on it is where it belongs. */
  #mustSettle = false
  readonly #oldImages = new Map<string, DiskImage>()
  readonly #images = new Map<string, DiskImage>()
  readonly #report: MailReport = { operations: 0, faults: 0, stored: 0, acknowledged: 0, reads: 0, rosters: 0 }
  #nextServer = 0
  #shared = 0
  /** What went wrong first, while something else was waited for. */
  #failed: unknown

  constructor (seed: string, private readonly init: MailScenarioInit) {
    this.world = new PoolWorld(seed)
    this.#random = this.world.random.fork('mail scenario')
    this.#devices = [0, 1, 2].map((index) => ({ name: `device ${index}`, keys: ed25519KeyPair(sha256(u32(index), text.encode(seed))), inbox: new Set() }))
    this.#senders = [0, 1].map((index) => sha256(u32(index), text.encode('sender')))
  }

  /** What happened, one line each: the same for the same seed. */
  get trace (): string[] {
    return this.world.trace
  }

  async run (): Promise<MailReport> {
    await this.#setUp()
    const { operations, faults } = this.init
    for (let step = 0; step < operations + faults; step++) {
      if (this.#random.between(1, operations + faults - step) <= operations - this.#report.operations) this.#operate()
      else await this.#fault()
      await this.world.run(this.#random.pick([0, 0, 5, 20, 100, 400, 1_500]))
      if (this.#failed !== undefined) throw this.#failed
    }
    await this.#heal()
    await this.#check()
    if (this.#failed !== undefined) throw this.#failed
    return this.#report
  }

  async #setUp (): Promise<void> {
    const { world } = this
    world.addNode(OPERATOR, (process) => {
      process.serve(async () => text.encode(String(this.#rosters.length)))
    })
    for (const name of CLIENTS) world.addNode(name, () => {})
    for (const node of world.nodes.values()) await node.start()
    for (let index = 0; index < this.init.servers; index++) this.#addServer()
    this.#decide([...this.#servers.values()])
    for (const name of this.#servers.keys()) await this.world.until(this.#node(name).start())
    if (this.#random.chance(0.5)) world.network.duplicateChance = 0.05
    if (this.#random.chance(0.3)) world.network.lossChance = 0.02
    if (this.#random.chance(0.5)) world.network.straggleChance = 0.03
  }

  // ---- servers

  #addServer (): string {
    const index = this.#nextServer++
    const name = `server ${index}`
    this.#servers.set(name, { peerId: name, serverKey: sha256(u32(index), text.encode(this.world.seed)), state: 'member' })
    this.world.addNode(name, async (process) => { await this.#boot(name, process) })
    return name
  }

  #node (name: string): SimNode {
    const node = this.world.nodes.get(name)
    assert.ok(node !== undefined)
    return node
  }

  async #boot (name: string, process: SimProcess): Promise<void> {
    const { bug } = this.init
    // A server may have died before it had kept the newest roster it knew.
    if (this.#random.chance(0.3)) this.#heard.set(name, Math.max(1, (this.#heard.get(name) ?? 1) - 1))
    const store = bug === 'no sync' ? withoutSync(process.store) : process.store
    const limits = {
      ...defaultLimits,
      ...defaultReplicationLimits,
      caughtUpMs: 0,
      ...bug === 'quorum of one' ? { writeQuorum: 1 } : {},
      ...bug === 'tombstone dropped too early' ? { tombstoneMs: 500 } : {}
    }
    const stored = createStoreMailboxes({ store, clock: process.clock, limits })
    const localMailboxes = bug === 'acknowledgement before storage' ? eager(stored, process) : stored
    const mail = await createPoolMail({
      peerId: name,
      store,
      localMailboxes,
      rosters: this.#rostersOf(name, process),
      ask: async (peerId, method, body) => await process.request(peerId, method, body, { timeoutMs: requestTimeoutMs }),
      poolAddressesOf: (peerIds) => [...peerIds],
      clock: process.clock,
      random: process.random.fork('mail'),
      logger: { ...silentLogger, error: (fields, message) => { this.world.log(`${name}: ${message} ${JSON.stringify(fields)}`) } },
      limits
    })
    this.#mail.set(name, mail)
    process.serve(async (from, method, body) => {
      const handler = mail.handlers[method]
      if (handler !== undefined) return await handler(from, body)
      return await serveClient(mail, method, body)
    })
    mail.start()
    this.#sweep(mail, process)
  }

  #sweep (mail: PoolMail, process: SimProcess): void {
    process.clock.schedule(5_000, () => {
      mail.mailboxes.sweep().catch(() => {}).finally(() => { this.#sweep(mail, process) }).catch(() => {})
    })
  }

  #rostersOf (name: string, process: SimProcess): PoolMailComponents['rosters'] {
    const heard = (): number => this.#heard.get(name) ?? 1
    return {
      current: () => {
        const roster = this.#rosters[heard() - 1] ?? assert.fail()
        if (this.init.bug !== 'replica sets from live discovery') return roster
        return { ...roster, servers: roster.servers.filter(({ peerId }) => peerId === name || this.#sees(name, peerId)) }
      },
      at: (version) => this.#rosters[version - 1],
      refresh: async () => {
        try {
          const answer = await process.request(OPERATOR, 'roster', new Uint8Array(0), { timeoutMs: requestTimeoutMs })
          this.#hear(name, Number(Buffer.from(answer).toString()))
        } catch (error) {
          if (!isP2pChatError(error)) throw error
        }
      }
    }
  }

  #sees (from: string, to: string): boolean {
    const { network, nodes } = this.world
    return nodes.get(to)?.process !== undefined && !network.isCut(from, to) && !network.isCut(to, from)
  }

  #hear (name: string, version: number): void {
    if (version <= (this.#heard.get(name) ?? 1)) return
    this.#heard.set(name, version)
    this.world.log(`${name} hears of roster ${version}`)
    this.#mail.get(name)?.rosterChanged()
  }

  /** The operator's next roster, of which each server hears in its time, if it can be reached then. */
  #decide (servers: PlacedServer[]): void {
    const version = this.#rosters.length + 1
    this.#rosters.push({ version, servers: servers.map((server) => ({ ...server })) })
    this.#report.rosters++
    this.world.log(`roster ${version}: ${servers.map(({ peerId, state }) => `${peerId} ${state}`).join(', ')}`)
    for (const { peerId } of servers) {
      const tell = (): void => {
        if (!this.#servers.has(peerId)) return
        if (this.world.network.isCut(OPERATOR, peerId) || this.#node(peerId).process === undefined) this.world.after(1_000, tell)
        else this.#hear(peerId, version)
      }
      this.world.after(version === 1 ? 0 : this.#random.between(0, 3_000), tell)
    }
  }

  get #roster (): RosterView {
    return this.#rosters.at(-1) ?? assert.fail()
  }

  // ---- operations

  #operate (): void {
    this.#report.operations++
    const what = this.#random.pick(['send', 'send', 'send', 'shared', 'receipt', 'read', 'read', 'acknowledge', 'acknowledge'] as const)
    switch (what) {
      case 'send': this.#background(this.#send(this.#newMessage(-1))); return
      case 'shared': this.#background(this.#sendShared()); return
      case 'receipt': this.#background(this.#sendInOrder(this.#newMessage(0))); return
      case 'read': this.#background(this.#read(this.#random.pick(this.#devices), false)); return
      case 'acknowledge': this.#background(this.#read(this.#random.pick(this.#devices), true))
    }
  }

  #background (work: Promise<unknown>): void {
    const watched = work.catch((error: unknown) => { this.#failed ??= error }).finally(() => { this.#busy.delete(watched) })
    this.#busy.add(watched)
  }

  #newMessage (slot: number): Message {
    const mailbox = this.#random.pick(this.#devices)
    const sender = this.#random.pick(this.#senders)
    const name = `message ${this.#messages.size}`
    const key = `${mailbox.name} ${hex(sender)} ${slot}`
    const order = (this.#slots.get(key) ?? 0) + 1
    this.#slots.set(key, order)
    const message: Message = { name, mailbox, entryId: sha256(text.encode(name)).slice(0, 16), sender, slot, order, isStored: false, mayBeGone: false, isGone: false }
    this.#messages.set(`${mailbox.name} ${hex(message.entryId)}`, message)
    return message
  }

  /** One envelope, one id, all mailboxes. */
  async #sendShared (): Promise<void> {
    const sender = this.#random.pick(this.#senders)
    const name = `shared message ${this.#shared++}`
    const entryId = sha256(text.encode(name)).slice(0, 16)
    const messages = this.#devices.map((mailbox): Message => ({ name, mailbox, entryId, sender, slot: -1, order: 0, isStored: false, mayBeGone: false, isGone: false }))
    for (const message of messages) this.#messages.set(`${message.mailbox.name} ${hex(entryId)}`, message)
    for (let attempt = 0; attempt < 4 && messages.some(({ isStored }) => !isStored); attempt++) {
      const answer = await this.#ask(this.#anyServer(), 'client/append-shared', { mailboxes: this.#devices.map(({ keys }) => hex(keys.publicKey)), entryId: hex(entryId), envelope: hex(text.encode(name)), sender: hex(sender) })
      if (answer?.outcome !== 'shared') continue
      for (const [index, message] of messages.entries()) {
        if (answer.outcomes[index] !== 'stored' || message.isStored) continue
        message.isStored = true
        this.#report.stored++
      }
      this.world.log(`${name} is stored at ${answer.outcomes.join(', ')}`)
    }
  }

  /** A channel keeps the order of what is sent on it: one after the other in each slot. */
  async #sendInOrder (message: Message): Promise<void> {
    const key = `${message.mailbox.name} ${hex(message.sender)} ${message.slot}`
    const sending = (this.#sending.get(key) ?? Promise.resolve()).then(async () => { await this.#send(message) })
    this.#sending.set(key, sending)
    await sending
  }

  /** Tries until it is stored, a few times; each at any server, with the same id. */
  async #send (message: Message): Promise<void> {
    const { name, mailbox, entryId, sender, slot, order } = message
    const request = { mailbox: hex(mailbox.keys.publicKey), entryId: hex(entryId), envelope: hex(text.encode(name)), sender: hex(sender), slot: slot < 0 ? '' : '07' }
    for (let attempt = 0; attempt < 4; attempt++) {
      // A sender gives up a receipt once it has a newer one.
      if (slot >= 0 && order < (this.#slots.get(`${mailbox.name} ${hex(sender)} ${slot}`) ?? 0)) return
      const answer = await this.#ask(this.#anyServer(), 'client/append', request)
      if (answer?.outcome === 'stored') {
        message.isStored = true
        this.#report.stored++
        this.world.log(`${name} is stored`)
        return
      }
    }
  }

  #anyServer (): string {
    return this.#random.pick([...this.#servers.keys()])
  }

  /** Reads a mailbox at one of its servers from the start to the end, and may acknowledge all of it. */
  async #read (device: Device, acknowledge: boolean, server = this.#homeOf(device)): Promise<boolean> {
    const must = [...this.#messages.values()].filter((message) => message.mailbox === device && message.isStored && !message.mayBeGone)
    const mustNot = [...this.#messages.values()].filter((message) => message.mailbox === device && message.isGone)
    const read: string[] = []
    const maxEntries = this.#random.pick([3, 100, 100])
    for (let afterCursor = 0; ;) {
      const answer = await this.#ask(server, 'client/read', { mailbox: hex(device.keys.publicKey), afterCursor, maxEntries })
      if (answer?.outcome !== 'read') break
      const page = answer.entries.map(({ entryId }) => entryId)
      for (const id of page) {
        assert.ok(!read.includes(id), `${this.#messageOf(device, id).name} is read twice in one go`)
        read.push(id)
        device.inbox.add(this.#messageOf(device, id).name)
      }
      const last = answer.entries.at(-1)
      if (!answer.more) {
        this.#report.reads++
        for (const message of must) {
          assert.ok(message.mayBeGone || this.#isRead(message, device), `${message.name} was told as stored, and ${device.name} is told at ${server} that it has all without it (slot ${message.slot}, order ${message.order})`)
        }
        for (const message of mustNot) assert.ok(!page.includes(hex(message.entryId)), `${message.name} was acknowledged and is back at ${server}`)
        break
      }
      if (last === undefined) assert.fail('There is more behind nothing.')
      afterCursor = last.cursor
    }
    if (acknowledge && read.length > 0) await this.#acknowledge(device, read.filter(() => this.#random.chance(0.8)))
    return read.length > 0
  }

  /** It, or what took its place in its slot. */
  #isRead (message: Message, device: Device): boolean {
    return [...this.#messages.values()].some((other) => device.inbox.has(other.name) && (other === message ||
      (message.slot >= 0 && other.mailbox === device && other.sender === message.sender && other.slot === message.slot && other.order > message.order)))
  }

  async #acknowledge (device: Device, ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const messages = ids.map((id) => this.#messageOf(device, id))
    for (const message of messages) message.mayBeGone = true
    const signed = makeMailboxAcknowledgement(device.keys, ids.map(unhex))
    const answer = await this.#ask(this.#anyServer(), 'client/acknowledge', { mailbox: hex(device.keys.publicKey), entryIds: ids, acknowledgement: hex(signed) })
    if (answer?.outcome !== 'acknowledged') return
    for (const message of messages) message.isGone = true
    this.#report.acknowledged += ids.length
    this.world.log(`${messages.map(({ name }) => name).join(', ')} acknowledged`)
  }

  #homeOf (device: Device): string {
    const roster = this.#rosters[this.#random.chance(0.8) ? this.#rosters.length - 1 : this.#random.between(0, this.#rosters.length - 1)] ?? assert.fail()
    return this.#random.pick(replicasOf(device.keys.publicKey, roster, 3)).peerId
  }

  #messageOf (device: Device, id: string): Message {
    return this.#messages.get(`${device.name} ${id}`) ?? assert.fail(`${id} was never sent to ${device.name}`)
  }

  async #ask (server: string, method: string, fields: object): Promise<ClientAnswer | undefined> {
    // Clients have the proof of every roster that one of their servers goes by.
    const body = JSON.stringify({ ...fields, rosterVersion: Math.max(...this.#heard.values(), 1) })
    const client = this.#node(this.#random.pick(CLIENTS)).process
    try {
      const answer = await client?.request(server, method, text.encode(body), { timeoutMs: clientTimeoutMs })
      return answer === undefined ? undefined : JSON.parse(Buffer.from(answer).toString())
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return undefined
    }
  }

  // ---- faults

  async #fault (): Promise<void> {
    this.#report.faults++
    const { network } = this.world
    const name = this.#random.pick([...this.#servers.keys()])
    const node = this.#node(name)
    const kind = this.#random.pick(this.init.rosterChanges ? [...serverFaults, ...rosterFaults] : serverFaults)
    this.world.log(`fault: ${kind} ${name}`)
    switch (kind) {
      case 'crash': node.crash(); break
      case 'crash before sync': this.#crashAt(node, 'before sync'); break
      case 'crash after sync': this.#crashAt(node, 'after sync'); break
      case 'crash after answer': this.#crashAt(node, 'after answer'); break
      case 'cut': network.cut(name, this.#other(name)); break
      case 'cut one way': network.cutOneWay(name, this.#other(name)); break
      case 'partition': {
        const all = [...this.#servers.keys(), ...CLIENTS, OPERATOR]
        const left = all.filter(() => this.#random.chance(0.5))
        network.partition(left, all.filter((one) => !left.includes(one)))
        break
      }
      case 'heal': network.heal(); break
      case 'freeze':
        node.freeze()
        this.world.after(this.#random.pick([2_000, 30_000]), () => { node.thaw() })
        break
      case 'full disk': node.disk.isFull = true; break
      case 'slow disk': node.disk.syncMs = this.#random.pick([[0, 3], [10, 200], [200, 900]] as const); break
      case 'clock': node.jumpClock(this.#random.pick([-3_600_000, 3_600_000])); break
      case 'start': for (const one of this.#servers.keys()) await this.#start(one); break
      case 'roster': await this.#changeRoster(); break
      case 'lost disk': await this.#loseDisk(); break
      case 'stale disk': await this.#restoreDisk(); break
      case 'rest': await this.#heal(); break
      case 'copy of a disk': this.#images.set(name, await node.disk.image()); break
    }
  }

  #crashAt (node: SimNode, when: CrashPoint['when']): void {
    if (node.process !== undefined) node.crashAt({ when, count: this.#random.between(1, 4) })
  }

  #other (name: string): string {
    return this.#random.pick([...this.#servers.keys(), ...CLIENTS, OPERATOR].filter((one) => one !== name))
  }

  async #start (name: string): Promise<void> {
    const node = this.#node(name)
    node.disk.isFull = false
    await this.world.until(node.start())
  }

  /** A server comes, begins to be emptied, or goes, if it may. */
  async #changeRoster (): Promise<void> {
    // With one that must go already there is none to spare.
    if (this.#mustSettle) return
    const members = this.#roster.servers.filter(({ state }) => state === 'member')
    const draining = this.#roster.servers.filter(({ state }) => state === 'draining')
    const what = this.#random.pick(['add', 'drain', 'remove', 'remove'] as const)
    if (what === 'add' && members.length < 6) {
      const name = this.#addServer()
      this.#decide([...this.#roster.servers, this.#placed(name)])
      await this.#start(name)
      return
    }
    const leaving = what === 'drain' ? members : draining
    if (leaving.length === 0) return
    const { peerId } = this.#random.pick(leaving)
    if (what === 'drain' && members.length > this.#random.between(1, 3)) {
      this.#placed(peerId).state = 'draining'
      this.#decide(this.#roster.servers.map((server) => this.#placed(server.peerId)))
    }
    if (what === 'remove') this.#removeIfDrained(peerId)
  }

  /** As an operator does it: some server says that it may go. Then its disk is gone. */
  #removeIfDrained (peerId: string): boolean {
    const asked = [...this.#mail].filter(([name]) => this.#node(name).process !== undefined && this.#heard.get(name) === this.#roster.version)
    if (!asked.some(([, mail]) => mail.drain(peerId).mayBeRemoved)) return false
    this.#forget(peerId)
    this.#decide(this.#roster.servers.filter((server) => server.peerId !== peerId).map((server) => this.#placed(server.peerId)))
    return true
  }

  /** One of at least three is lost for good, the only one until all is where it belongs again. Another one comes. */
  async #loseDisk (): Promise<void> {
    if (!this.#maySpareOne()) return
    const { peerId } = this.#random.pick(this.#roster.servers)
    this.#mustSettle = true
    this.world.log(`${peerId} is lost for good`)
    await this.#replace(peerId)
  }

  /** Someone puts an old copy of its disk into a server, which goes on as if nothing had happened until it is found out. */
  async #restoreDisk (): Promise<void> {
    const candidates = this.#roster.servers.filter(({ peerId }) => this.#oldImages.has(peerId))
    if (!this.#maySpareOne() || candidates.length === 0) return
    const { peerId } = this.#random.pick(candidates)
    const node = this.#node(peerId)
    node.crash()
    await node.disk.replace(this.#oldImages.get(peerId) ?? assert.fail())
    this.world.log(`${peerId} has an old disk`)
    this.#mustSettle = true
    this.#stale = peerId
    await this.#start(peerId)
  }

  #maySpareOne (): boolean {
    const closed = Math.max(1, ...[...this.#mail.values()].map((mail) => mail.status().closedVersion))
    // What is still to be taken over from one or two servers is not on three yet.
    const isOnThree = this.#rosters.slice(closed - 1).every(({ servers }) => servers.filter(({ state }) => state === 'member').length >= 3)
    return !this.#mustSettle && isOnThree && this.#roster.servers.every(({ state }) => state === 'member')
  }

  /** Copies of disks that the other servers have heard of later changes of. */
  async #keepOldImages (): Promise<void> {
    const writes = (image: DiskImage): string => hex(image.find(([key]) => key === 'replica-writes')?.[1] ?? new Uint8Array(0))
    for (const [name, image] of this.#images) if (writes(image) < writes(await this.#node(name).disk.image())) this.#oldImages.set(name, image)
  }

  async #replace (peerId: string): Promise<void> {
    this.#forget(peerId)
    const name = this.#addServer()
    this.#decide([...this.#roster.servers.filter((server) => server.peerId !== peerId).map((server) => this.#placed(server.peerId)), this.#placed(name)])
    await this.#start(name)
  }

  #forget (name: string): void {
    this.#node(name).crash()
    this.#servers.delete(name)
    this.#mail.delete(name)
    this.#images.delete(name)
    this.#oldImages.delete(name)
    this.world.nodes.delete(name)
  }

  #placed (name: string): PlacedServer {
    return this.#servers.get(name) ?? assert.fail()
  }

  // ---- the end

  /** Everything works again; and goes on until all mail is where it belongs. */
  async #heal (): Promise<void> {
    const { world } = this
    world.log('everything heals')
    world.network.heal()
    world.network.lossChance = 0
    for (const name of this.#servers.keys()) {
      const node = this.#node(name)
      node.thaw()
      node.disk.syncMs = [0, 3]
      // A disk that was full, or a crash that was set and did not come, ends with the process.
      node.crash()
      await this.#start(name)
    }
    for (let round = 0; round < 60; round++) {
      await world.run(2_500)
      if (this.#isSettled() && this.#busy.size === 0 && this.#stale === undefined) {
        this.#mustSettle = false
        await this.#keepOldImages()
        return
      }
      // What an operator is told by the status of the others.
      const stale = this.#stale
      if (stale !== undefined && (round > 5 || [...this.#mail.values()].some((mail) => mail.status().distrusted.includes(stale)))) {
        this.#stale = undefined
        await this.#replace(stale)
      }
    }
    assert.fail(`Mail does not come to rest: ${JSON.stringify([...this.#mail].map(([name, mail]) => ({ name, ...mail.status() })))}`)
  }

  #isSettled (): boolean {
    const { version } = this.#roster
    return this.#roster.servers.filter(({ state }) => state === 'member').every(({ peerId }) => {
      const status = this.#mail.get(peerId)?.status()
      return status?.closedVersion === version && status.lastRound?.rosterVersion === version && status.lastRound.underReplicated === 0 && status.lastRound.notCompared.length === 0
    })
  }

  async #check (): Promise<void> {
    for (const server of this.#roster.servers.filter(({ state }) => state === 'draining')) {
      assert.ok(this.#removeIfDrained(server.peerId), `${server.peerId} is never drained`)
      await this.#heal()
    }
    // Each home tells the same, and all of it.
    for (const device of this.#devices) {
      for (const { peerId } of replicasOf(device.keys.publicKey, this.#roster, 3)) {
        device.inbox.clear()
        for (const message of this.#messages.values()) if (message.mayBeGone && message.mailbox === device) device.inbox.add(message.name)
        const before = this.#report.reads
        await this.world.until(this.#read(device, false, peerId))
        assert.equal(this.#report.reads, before + 1, `${peerId} does not say that ${device.name} has all`)
      }
      await this.world.until(this.#read(device, true))
    }
  }
}

type ClientAnswer =
  | { outcome: 'shared', outcomes: string[] }
  | { outcome: 'stored' | 'acknowledged' | 'refused' | 'unknown' | 'overloaded' }
  | { outcome: 'read', entries: Array<{ entryId: string, cursor: number }>, more: boolean }

async function serveClient ({ mailboxes, rosterSeen }: PoolMail, method: string, body: Uint8Array): Promise<Uint8Array> {
  const request = JSON.parse(Buffer.from(body).toString())
  await rosterSeen(request.rosterVersion)
  const mailbox = unhex(request.mailbox ?? '')
  const answer = async (): Promise<object> => {
    switch (method) {
      case 'client/append': return await mailboxes.append({ mailbox, entryId: unhex(request.entryId), envelope: unhex(request.envelope), sender: unhex(request.sender), slot: unhex(request.slot) })
      case 'client/append-shared': {
        const outcomes = await mailboxes.appendShared({ mailboxes: request.mailboxes.map(unhex), entryId: unhex(request.entryId), envelope: unhex(request.envelope), sender: unhex(request.sender) })
        return { outcome: 'shared', outcomes: outcomes.map(({ outcome }) => outcome) }
      }
      case 'client/acknowledge': return await mailboxes.acknowledge(mailbox, request.entryIds.map(unhex), unhex(request.acknowledgement))
      case 'client/read': {
        const read = await mailboxes.read(mailbox, { afterCursor: request.afterCursor, maxEntries: request.maxEntries, maxBytes: 1_000_000 })
        return read.outcome === 'read' ? { ...read, entries: read.entries.map(({ entryId, cursor }) => ({ entryId: hex(entryId), cursor })) } : read
      }
      default: throw new P2pChatError('ERR_UNSUPPORTED', `There is no ${method}.`)
    }
  }
  return text.encode(JSON.stringify(await answer()))
}

/** A bug: every write says that it is synced, and none is. */
function withoutSync (store: KeyValueStore): KeyValueStore {
  return {
    get: async (key) => await store.get(key),
    range: (options) => store.range(options),
    close: async () => { await store.close() },
    batch: async (operations) => { await store.batch(operations, { sync: false }) }
  }
}

/** A bug: says that it is stored while it is being stored. */
function eager (mailboxes: LocalMailboxes, process: SimProcess): LocalMailboxes {
  return new Proxy(mailboxes, {
    get (target, name) {
      const found: unknown = Reflect.get(target, name)
      if (name !== 'appendWith') return typeof found === 'function' ? found.bind(target) : found
      return async (entry: Append, beside: Beside): Promise<AppendOutcome> => {
        target.appendWith(entry, beside).catch(() => {})
        return { outcome: 'stored', replicas: 1, servers: 1, expiresAtMs: process.clock.now() + defaultLimits.mailRetentionMs }
      }
    }
  })
}
