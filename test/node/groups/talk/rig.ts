import { decodeChain, encodeChain, startGroupEpoch, type GroupChainOwner, type GroupMessageHeader, type SenderChain } from '../../../../src/crypto/group/index.js'
import { P2pChatError } from '../../../../src/errors.js'
import type { HistoryEntry, NodeEvent } from '../../../../src/node/chat-node.js'
import { takeRecord } from '../../../../src/node/contacts/contacts.js'
import { decodeEnvelope } from '../../../../src/node/delivery/envelope.js'
import type { Taken } from '../../../../src/node/delivery/inbox.js'
import { createGroupTalk, type Talk } from '../../../../src/node/groups/talk/index.js'
import type { GroupBook, KnownGroup, LogAccount, SendingEpoch, Standing } from '../../../../src/node/groups/types.js'
import { findMessage, groupConversation, readConversation, type MessageRow } from '../../../../src/node/history/messages.js'
import { historyEntry } from '../../../../src/node/history/view.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { Lane, type Reader, type Transaction } from '../../../../src/node/home/lane.js'
import { bytesTable, jsonTable } from '../../../../src/node/home/table.js'
import type { Channel } from '../../../../src/overlay/network.js'
import { encode } from '../../../../src/protocol/codec.js'
import { EnvelopeKind } from '../../../../src/protocol/enums.js'
import { DeliverRequest, DeliverResponse, GroupSendRequest, GroupSendResponse, MailboxAppendRequest, MailboxAppendResponse } from '../../../../src/protocol/pb/service.js'
import { silentLogger, type Logger } from '../../../../src/runtime.js'
import { createMemoryDisk, type KeyValueStore } from '../../../../src/store/index.js'
import { CountingStore } from '../../../helpers/counting-store.js'
import { FakeClock, settle } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { CrashingStore, type CrashPoint } from '../../../simulation/crashing-store.js'
import { FakeChannel } from '../../pool/fake-channel.js'
import { makeAccount, type TestAccount, type TestDevice } from '../../support.js'

/** What a change of a group's membership leaves behind. */
interface Head { sequence: number, hash: Uint8Array, epoch: number, due: boolean, members: Map<string, TestDevice[]>, lastSeen?: { username: string, epoch: number, counter: number } }

export type Change =
  | { kind: 'join', account: TestAccount }
  /** the last message of theirs that the remover has seen; a fresh epoch comes with it */
  | { kind: 'remove', username: string, seen?: { epoch: number, counter: number } }
  /** a fresh secret is due afterwards */
  | { kind: 'leave', username: string }
  | { kind: 'epoch' }

/** The truth about one group: its log, and the secrets of its epochs. */
export class World {
  readonly groupId: Uint8Array
  readonly id: string
  readonly heads: Head[] = []
  readonly secrets = new Map<number, Uint8Array>()
  name = 'team'
  readonly #random: SeededRandom

  constructor (random: SeededRandom, founders: TestAccount[]) {
    this.#random = random
    this.groupId = random.bytes(32)
    this.id = toHex(this.groupId)
    this.#push(1, false, new Map(founders.map(({ username, devices }) => [username, devices])))
  }

  get head (): Head { return this.heads.at(-1) as Head }

  change (change: Change): void {
    const { epoch, due, members: before } = this.head
    const members = new Map(before)
    switch (change.kind) {
      case 'join':
        members.set(change.account.username, change.account.devices)
        this.#push(due ? epoch : epoch + 1, due, members)
        return
      case 'remove':
        members.delete(change.username)
        this.#push(epoch + 1, false, members, { username: change.username, epoch: 0, counter: -1, ...change.seen })
        return
      case 'leave':
        members.delete(change.username)
        this.#push(epoch, true, members)
        return
      case 'epoch':
        this.#push(epoch + 1, false, members)
    }
  }

  /** The first head of an epoch. */
  maker (epoch: number): Head | undefined {
    return this.heads.find((head) => head.epoch === epoch)
  }

  #push (epoch: number, due: boolean, members: Map<string, TestDevice[]>, lastSeen?: Head['lastSeen']): void {
    if (!this.secrets.has(epoch)) this.secrets.set(epoch, this.#random.bytes(32))
    this.heads.push({ sequence: this.heads.length + 1, hash: this.#random.bytes(32), epoch, due, members, ...(lastSeen === undefined ? {} : { lastSeen }) })
  }
}

const knownTable = jsonTable<number>('fake-known')
const chainTable = bytesTable('fake-chain')
const keyTable = bytesTable('fake-key')
const lostTable = jsonTable<true>('fake-lost')

/** A book that knows as much of the world as it was told, durably. */
export class FakeBook implements GroupBook {
  /** What it was asked for, in words. */
  readonly asked: string[] = []
  readonly #listeners: Array<(id: string) => void> = []

  constructor (private readonly world: World, private readonly self: { username: string, deviceKey: Uint8Array }, private readonly lane: Lane) {}

  /** The log up to here was read. */
  async learn (sequence = this.world.head.sequence): Promise<void> {
    await this.lane.write(async (tx) => { knownTable.put(tx, Math.max(sequence, await this.#known(tx)), this.world.id) })
    this.changed()
  }

  /** The keys of an epoch came; never a second time. */
  async grant (...epochs: number[]): Promise<void> {
    const { world } = this
    await this.lane.write(async (tx) => {
      for (const epoch of epochs) {
        if (await keyTable.get(tx, world.id, epoch) !== undefined || await lostTable.get(tx, world.id, epoch) !== undefined) continue
        const owners = [...world.maker(epoch)?.members ?? []].flatMap(([username, devices]) => devices.map(({ deviceKey }) => ({ username, deviceKey })))
        const keys = startGroupEpoch({ groupId: world.groupId, epoch, secret: world.secrets.get(epoch) as Uint8Array, owners })
        keyTable.put(tx, keys.receiptKey, world.id, epoch)
        for (const chain of keys.chains) await this.putChain(tx, world.id, epoch, chain)
      }
    })
    this.changed()
  }

  /** All of the log, and the keys of all epochs in which this device has a part. */
  async catchUp (): Promise<void> {
    await this.learn()
    const { username } = this.self
    await this.grant(...this.world.heads.filter(({ epoch }) => this.world.maker(epoch)?.members.has(username) === true).map(({ epoch }) => epoch))
  }

  /** What does not open, as the talk has said. */
  readonly unread: string[] = []
  async cannotRead (_tx: Transaction, _id: string, epoch: number, username: string): Promise<boolean> {
    this.unread.push(`${username} in ${epoch}`)
    return this.isSure
  }

  isSure = false
  /** Of whoever sends, as the log has it. */
  account: LogAccount | undefined

  async lose (epoch: number): Promise<void> {
    await this.lane.write((tx) => { lostTable.put(tx, true, this.world.id, epoch) })
    this.changed()
  }

  changed (): void {
    for (const listener of this.#listeners) listener(this.world.id)
  }

  async find (reader: Reader, id: string): Promise<KnownGroup | undefined> {
    const { world, self } = this
    const head = id === world.id ? world.heads[await this.#known(reader) - 1] : undefined
    if (head === undefined) return undefined
    return { id, name: world.name, standing: head.members.has(self.username) ? 'member' : 'removed', head, epoch: head.epoch, members: head.members.keys(), size: head.members.size }
  }

  async findByName (reader: Reader, name: string): Promise<KnownGroup | undefined> {
    return name === this.world.name ? await this.find(reader, this.world.id) : undefined
  }

  async list (reader: Reader): Promise<KnownGroup[]> {
    const group = await this.find(reader, this.world.id)
    return group === undefined ? [] : [group]
  }

  async standingOf (reader: Reader, header: GroupMessageHeader): Promise<Standing> {
    const { world } = this
    const known = toHex(header.groupId) === world.id ? await this.#known(reader) : 0
    if (known === 0 || header.head.sequence > known) return { kind: 'ahead' }
    const at = world.heads[header.head.sequence - 1] as Head
    if (toHex(at.hash) !== toHex(header.head.hash)) return { kind: 'forked' }
    const since = await this.memberSince(reader, world.id)
    if (since === undefined || at.sequence < since.sequence) return { kind: 'before-us' }
    const isDevice = at.members.get(header.sender)?.some(({ hex }) => hex === toHex(header.senderDevice)) === true
    if (!isDevice || header.epoch !== at.epoch || at.due) return { kind: 'refused', why: 'not a member, or an old key', removed: false }
    const removal = world.heads.slice(at.sequence, known).find(({ lastSeen }) => lastSeen?.username === header.sender)?.lastSeen
    if (removal === undefined || header.epoch < removal.epoch || (header.epoch === removal.epoch && header.counter <= removal.counter)) return { kind: 'ok', ...(this.account === undefined ? {} : { account: this.account }) }
    return { kind: 'refused', why: 'removed', removed: true }
  }

  async sendingEpoch (reader: Reader, id: string): Promise<SendingEpoch> {
    const head = id === this.world.id ? this.world.heads[await this.#known(reader) - 1] : undefined
    if (head?.members.has(this.self.username) !== true) return { kind: 'not-member' }
    if (head.due || await keyTable.get(reader, id, head.epoch) === undefined) return { kind: 'waiting', why: 'no key' }
    const devices = [...head.members].sort().flatMap(([username, devices]) => devices.map((device) => ({ ...device, username, addedAtMs: 0, label: '', consent: new Uint8Array(64), signature: new Uint8Array(64) })))
    return { kind: 'ready', epoch: head.epoch, head, devices }
  }

  async accountOf (): Promise<LogAccount | undefined> {
    return this.account
  }

  async memberSince (reader: Reader, id: string): Promise<{ sequence: number, epoch: number } | undefined> {
    const heads = id === this.world.id ? this.world.heads.slice(0, await this.#known(reader)) : []
    const i = heads.findLastIndex((head, i) => head.members.has(this.self.username) && heads[i - 1]?.members.has(this.self.username) !== true)
    const head = heads[i]
    // While a fresh secret is due, the first one for who comes is that.
    return head === undefined ? undefined : { sequence: head.sequence, epoch: head.due ? head.epoch + 1 : head.epoch }
  }

  async chain (reader: Reader, id: string, epoch: number, { username, deviceKey }: GroupChainOwner): Promise<SenderChain | undefined> {
    const bytes = await chainTable.get(reader, id, epoch, username, deviceKey)
    return bytes === undefined ? undefined : decodeChain(bytes)
  }

  async putChain (tx: Transaction, id: string, epoch: number, chain: SenderChain): Promise<void> {
    chainTable.put(tx, encodeChain(chain), id, epoch, chain.username, chain.deviceKey)
  }

  async receiptKey (reader: Reader, id: string, epoch: number): Promise<Uint8Array | undefined> {
    return await keyTable.get(reader, id, epoch)
  }

  readLog (): void { this.asked.push('the log') }

  missEpoch (_id: string, epoch: number): void { this.asked.push(`epoch ${epoch}`) }

  async isLost (reader: Reader, id: string, epoch: number): Promise<boolean> {
    return await lostTable.get(reader, id, epoch) !== undefined
  }

  onChange (listener: (id: string) => void): void { this.#listeners.push(listener) }

  async #known (reader: Reader): Promise<number> {
    return await knownTable.get(reader, this.world.id) ?? 0
  }
}

export interface Mail { id: string, envelope: Uint8Array, slot: string }

/** A server: mailboxes by device in hex, filled by uploads to the group and by receipts. */
export class FakeServer {
  readonly mail = new Map<string, Mail[]>()
  /** Devices without room. */
  readonly full = new Set<string>()
  /** Devices that their accounts list no more. */
  readonly unlisted = new Set<string>()
  /** How many entries a mailbox holds; no bound where there is none. */
  readonly room = new Map<string, number>()
  readonly uploads: Array<{ except: string[], bytes: number }> = []

  constructor (private readonly world: World, private readonly clock: FakeClock) {}

  /** A channel of one device to it. */
  channel (device: TestDevice): FakeChannel {
    return new FakeChannel({
      'groups/send': (body) => this.#send(GroupSendRequest.decode(body), device),
      'mailbox/append': (body) => this.#append(MailboxAppendRequest.decode(body))
    }, 'the server', this.clock)
  }

  box (device: string): Mail[] {
    const box = this.mail.get(device) ?? []
    this.mail.set(device, box)
    return box
  }

  #send ({ envelope, entryId, exceptDevices }: GroupSendRequest, from: TestDevice): Uint8Array {
    const except = exceptDevices.map(toHex)
    const devices = [...this.world.head.members.values()].flat()
    if (!devices.some(({ hex }) => hex === from.hex)) throw new P2pChatError('ERR_NOT_PERMITTED', 'Not a member.')
    this.uploads.push({ except, bytes: envelope.byteLength })
    const others = devices.filter(({ hex }) => hex !== from.hex && !except.includes(hex) && !this.unlisted.has(hex))
    const isFull = (hex: string): boolean => this.full.has(hex) || this.box(hex).length >= (this.room.get(hex) ?? Infinity)
    const refused = others.filter(({ hex }) => isFull(hex) && !this.box(hex).some(({ id }) => id === toHex(entryId))).map(({ deviceKey }) => ({ deviceKey, limit: 'maxMailboxEntries' }))
    for (const { hex } of others) if (!isFull(hex)) this.#put(hex, { id: toHex(entryId), envelope, slot: '' })
    const stored = others.length - refused.length
    return encode(GroupSendResponse, stored === 0 ? { refused } : { replicas: 1, servers: 1, expiresAtMs: BigInt(this.clock.now() + 1e9), devices: stored, refused })
  }

  #append ({ mailbox, entryId, envelope, slot }: MailboxAppendRequest): Uint8Array {
    if (this.unlisted.has(toHex(mailbox))) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such device, or no longer.')
    this.#put(toHex(mailbox), { id: toHex(entryId), envelope, slot: toHex(slot) })
    return encode(MailboxAppendResponse, { replicas: 1, servers: 1, expiresAtMs: BigInt(this.clock.now() + 1e9) })
  }

  #put (device: string, mail: Mail): void {
    const box = this.box(device)
    if (box.some(({ id }) => id === mail.id)) return
    const replaced = mail.slot === '' ? -1 : box.findIndex(({ slot }) => slot === mail.slot)
    if (replaced === -1) box.push(mail)
    else box[replaced] = mail
  }
}

export interface RigOptions { seed?: string, members?: string[], devices?: Record<string, number> }

/** A group, a server, and its members' devices. */
export class Rig {
  readonly clock = new FakeClock()
  readonly random: SeededRandom
  readonly accounts = new Map<string, TestAccount>()
  readonly world: World
  readonly server: FakeServer
  readonly ends: End[] = []

  private constructor (seed: string, members: string[], devices: Record<string, number>) {
    this.random = new SeededRandom(seed)
    for (const name of members) this.accounts.set(name, makeAccount(name, this.random, devices[name] ?? 1))
    this.world = new World(this.random, [...this.accounts.values()])
    this.server = new FakeServer(this.world, this.clock)
  }

  /** Members who know all, and have the keys; the first is alice. */
  static async of ({ seed = 'rig', members = ['alice', 'bob', 'carol'], devices = {} }: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(seed, members, devices)
    for (const account of rig.accounts.values()) for (const device of account.devices) await rig.start(account, device)
    return rig
  }

  /** Somebody new, who is not in the group yet. */
  async outsider (name: string): Promise<End> {
    const account = makeAccount(name, this.random)
    this.accounts.set(name, account)
    return await this.start(account, account.devices[0] as TestDevice, false)
  }

  end (username: string, device = 0): End {
    return this.ends.find((end) => end.username === username && end.device === end.account.devices[device]) as End
  }

  private async start (account: TestAccount, device: TestDevice, catchUp = true): Promise<End> {
    const end = new End(this, account, device)
    this.ends.push(end)
    await end.start()
    if (catchUp) await end.book.catchUp()
    return end
  }

  /** All that is in the mailboxes is taken, receipts too, until nothing more comes. */
  async settle (): Promise<void> {
    for (let idle = 0; idle < 2;) {
      await this.clock.advance(300)
      const taken = await Promise.all(this.ends.map(async (end) => await end.takeMail()))
      idle = taken.some((count) => count > 0) ? 0 : idle + 1
    }
  }

  async stop (): Promise<void> {
    for (const end of this.ends) await end.talk.stop()
  }
}

/** One device of a member, with a disk that outlives it. */
export class End {
  readonly disk = createMemoryDisk()
  readonly events: NodeEvent[] = []
  roomsMade = 0
  readonly refusals: string[] = []
  lane!: Lane
  book!: FakeBook
  talk!: Talk
  /** undefined: offline */
  server: FakeChannel | undefined
  readonly peers = new Map<string, Channel>()
  store!: CrashingStore
  reads!: CountingStore
  private starts = 0
  /** Set once the process has died. */
  dead = false

  constructor (readonly rig: Rig, readonly account: TestAccount, readonly device: TestDevice) {}

  get username (): string { return this.account.username }
  get hex (): string { return this.device.hex }

  async start (): Promise<void> {
    const { rig, device, username } = this
    this.dead = false
    this.reads = new CountingStore(this.disk.open())
    this.store = new CrashingStore(this.reads, () => {
      this.dead = true
      this.disk.crash()
    })
    this.lane = new Lane(this.store as KeyValueStore)
    const self = { username, deviceKey: device.deviceKey, seed: device.seed }
    this.book = new FakeBook(rig.world, self, this.lane)
    this.server = rig.server.channel(device)
    const logger: Logger = { ...silentLogger, warn: (fields) => { this.refusals.push(String((fields as { why?: unknown }).why)) } }
    this.talk = createGroupTalk({
      lane: this.lane,
      clock: rig.clock,
      random: rig.random.fork(`${device.hex} ${this.starts++}`),
      logger,
      self,
      book: this.book,
      poolChannel: () => (this.dead ? undefined : this.server),
      openPeers: () => this.peers,
      takeAnswer: async (envelope) => { await this.talk.takeReceipt(decodeEnvelope(envelope), 'direct') },
      answered: () => {},
      emit: (event) => { this.events.push(event) },
      roomMade: () => { this.roomsMade++ }
    })
    await this.lane.write(async (tx) => { await takeRecord(tx, this.account.record, 0) })
    await this.talk.start()
  }

  crashAt (point: CrashPoint): void { this.store.arm(point) }

  /** As after kill -9, unless it has died already. */
  async restart (): Promise<void> {
    if (!this.dead) this.disk.crash()
    this.dead = true
    this.server = undefined
    await settle()
    await this.start()
  }

  /** Opens a direct channel to another device, both ways. */
  connect (other: End, via: 'direct' | 'relay' = 'direct'): void {
    this.peers.set(other.hex, other.servedTo(this, via))
    other.peers.set(this.hex, this.servedTo(other, via))
  }

  servedTo (asker: End, via: 'direct' | 'relay'): FakeChannel {
    const channel: FakeChannel = new FakeChannel({
      'peer/deliver': async (body) => {
        for (const envelope of DeliverRequest.decode(body).envelopes) await this.take(envelope, via)
        return encode(DeliverResponse, { receipts: await this.talk.receiptsFor(asker.hex, channel) })
      },
      'peer/receipt': async (body) => {
        await this.take(body, via)
        return new Uint8Array(0)
      }
    }, asker.hex, this.rig.clock, via)
    return channel
  }

  async take (envelope: Uint8Array, via: 'direct' | 'relay' | 'mailbox' = 'mailbox'): Promise<Taken> {
    const decoded = decodeEnvelope(envelope)
    return decoded.kind === EnvelopeKind.GROUP_MESSAGE ? await this.talk.takeMessage(decoded, via) : await this.talk.takeReceipt(decoded, via)
  }

  /** Empties the mailbox, as far as it can be taken; a dead device takes nothing. */
  async takeMail (): Promise<number> {
    if (this.dead || this.server === undefined) return 0
    const box = this.rig.server.box(this.hex)
    const mail = [...box]
    const taken = await Promise.all(mail.map(async ({ envelope }) => await this.take(envelope)))
    const done = mail.filter((_, i) => taken[i] === 'taken')
    for (const one of done) if (box.includes(one)) box.splice(box.indexOf(one), 1)
    return done.length
  }

  async send (text: string): Promise<string> {
    const [sent] = await this.talk.send([this.rig.world.id], text)
    return sent?.id as string
  }

  async history (): Promise<HistoryEntry[]> {
    return (await readConversation(this.lane, groupConversation(this.rig.world.id), { limit: 10_000 })).map(historyEntry)
  }

  /** Who said what; a gap as the number of what is missing. */
  async texts (): Promise<string[]> {
    const rows = await readConversation(this.lane, groupConversation(this.rig.world.id), { limit: 10_000 })
    return rows.map(({ from, body }) => (body.kind === 'text' ? `${from}: ${body.text}` : body.kind === 'gap' ? `${from}: (${body.missing} missing)` : body.kind))
  }

  async row (id: string): Promise<MessageRow | undefined> {
    return await findMessage(this.lane, this.username, id)
  }

  /** What is stored under these tables. */
  async keys (...tables: string[]): Promise<string[]> {
    return (await Promise.all(tables.map(async (table) => await this.lane.list(`${table}/`)))).flat().map(([key]) => key)
  }

  /** Envelopes of a kind in this device's mailbox. */
  box (kind: number = EnvelopeKind.GROUP_MESSAGE): Uint8Array[] {
    return this.rig.server.box(this.hex).map(({ envelope }) => envelope).filter((envelope) => decodeEnvelope(envelope).kind === kind)
  }

  status (id: string): Array<[string, number | undefined, number | undefined]> {
    return this.events.flatMap((event) => (event.event === 'status' && event.id === id ? [[event.state, event.members?.delivered, event.members?.read]] : []))
  }
}
