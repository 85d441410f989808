import assert from 'node:assert/strict'
import { isP2pChatError, type P2pChatError } from '../../../src/errors.js'
import { extendRosterHistory, type RosterHistory } from '../../../src/overlay/index.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { fromBody, hex, toBody, unhex, type ReadAnswer } from './client-methods.js'
import { MailRecord, makeDevices, sealedEnvelope, type Device, type Message, type Sender } from './mail-record.js'
import type { PoolServer, PoolServers } from './pool-server.js'
import type { SimProcess } from './sim-node.js'
import type { PoolWorld } from './world.js'

export const CLIENTS: readonly string[] = ['client 0', 'client 1']
const SLOT = '07'
const clientTimeoutMs = 4_000
const attemptsAtOnce = 4
/** The longest that a message can be on its way, in the worst weather. */
const slowestMs = 8_000

export interface MailCounts { appends: number, stored: number, reads: number, caughtUp: number, acknowledged: number, homes: number, refusedForgeries: number }

/** A device at its home, as long as that server runs. */
interface Session {
  server: PoolServer
  process: SimProcess
  cursor: number
  /** Ids of all that was read in it, once or again. */
  seen: Set<string>
  /** Its server has lied in it: cursors and all. */
  isOver: boolean
}

/** Senders and devices: the ones leave mail, the others read it at their homes and acknowledge it, all at once. */
export class MailUsers {
  readonly counts: MailCounts = { appends: 0, stored: 0, reads: 0, caughtUp: 0, acknowledged: 0, homes: 0, refusedForgeries: 0 }
  readonly devices: Device[]
  readonly record = new MailRecord()
  readonly #senders: Sender[] = ['ann', 'ben'].map((name, index) => ({ name, key: new Uint8Array(32).fill(index + 1) }))
  readonly #sessions = new Map<Device, Session>()
  readonly #reading = new Set<Device>()
  /** Messages that no server has called stored yet, and whose sender is not at it right now. */
  readonly #open = new Set<Message[]>()
  readonly #inSlot = new Map<string, Promise<void>>()
  #busy = 0
  #roster: RosterHistory
  #nextMessage = 0

  /** @param onFailure told of the first thing that must not be */
  constructor (private readonly world: PoolWorld, private readonly random: SeededRandom, private readonly all: PoolServers, first: RosterHistory, private readonly onFailure: (error: unknown) => void) {
    this.#roster = first
    this.devices = makeDevices(3, random.between(0, 59))
    for (const name of CLIENTS) world.addNode(name, () => {})
  }

  /** How much is under way or was never told as stored. */
  get unsettled (): number {
    return this.#busy + this.#open.size
  }

  operate (): void {
    const device = this.random.pick(this.devices)
    const what = this.random.pick(['send', 'send', 'send', 'shared', 'receipt', 'again', 'read', 'read', 'read and acknowledge', 'read and acknowledge', 'look', 'leave home'] as const)
    switch (what) {
      case 'send': this.#background(this.#send([this.#newMessage(device)])); return
      case 'shared': {
        const name = `message ${this.#nextMessage++}`
        const sender = this.random.pick(this.#senders)
        this.#background(this.#send(this.devices.map((each) => this.record.newMessage(name, each, sender))))
        return
      }
      case 'receipt': this.#background(this.#sendInSlot(this.#newMessage(device, SLOT))); return
      case 'again': this.retry(1); return
      case 'read': this.#background(this.#readAtHome(device, false)); return
      case 'read and acknowledge': this.#background(this.#readAtHome(device, true)); return
      case 'look': this.#background(this.#lookElsewhere(device)); return
      case 'leave home': this.#sessions.delete(device)
    }
  }

  /** Senders go on with what is open, with the same ids. */
  retry (count = Infinity): void {
    for (const messages of [...this.#open].slice(0, count)) {
      this.#open.delete(messages)
      const [first] = messages
      this.#background(first?.slot === undefined ? this.#send(messages) : this.#sendInSlot(first))
    }
  }

  /** Reads a device's mail from the start at one server. Rejects unless that says that this is all of it. */
  async readAll (device: Device, server: PoolServer, acknowledge: boolean): Promise<void> {
    const { process } = server.node
    assert.ok(process !== undefined)
    const session: Session = { server, process, cursor: 0, seen: new Set(), isOver: false }
    const left = this.record.of(device).filter(({ isStored, mayBeGone }) => isStored && !mayBeGone)
    assert.ok(await this.#readOn(device, session), `${server.name} does not say that ${device.name} has all`)
    for (const message of left) assert.ok(message.slot !== undefined || message.mayBeGone || session.seen.has(message.entryId), `lost: ${message.name} was told as stored, and ${server.name} does not have it in the end`)
    if (acknowledge) await this.#acknowledge(device, [...session.seen])
  }

  check (): void {
    this.record.check(this.devices, this.#senders)
  }

  #background (work: Promise<unknown>): void {
    this.#busy++
    work.catch((error: unknown) => { this.onFailure(error) }).finally(() => { this.#busy-- }).catch(() => {})
  }

  #newMessage (device: Device, slot?: string): Message {
    return this.record.newMessage(`message ${this.#nextMessage++}`, device, this.random.pick(this.#senders), slot)
  }

  // ---- sending

  /** One entry for one mailbox or for several. Tries a few times, each at any server, with the same id. */
  async #send (messages: Message[]): Promise<void> {
    for (let attempt = 0; attempt < attemptsAtOnce; attempt++) {
      if (messages.every((message) => this.record.isReplaced(message))) return
      await this.#append(messages)
      if (messages.every(({ isStored }) => isStored)) return
    }
    this.#open.add(messages)
  }

  async #append (messages: Message[]): Promise<void> {
    const [first] = messages
    if (first === undefined) return
    this.counts.appends++
    const { entryId, sender, slot, mailbox } = first
    const fields = { entryId, envelope: hex(sealedEnvelope(messages)), sender: hex(sender.key) }
    const server = this.#anyServer()
    const outcomes = messages.length === 1
      ? [(await this.#ask<{ outcome: string }>(server, 'client/append', { ...fields, mailbox: hex(mailbox.identity.keys.publicKey), slot: slot ?? '' }))?.outcome]
      : (await this.#ask<{ outcomes: string[] }>(server, 'client/append-shared', { ...fields, mailboxes: messages.map((message) => hex(message.mailbox.identity.keys.publicKey)) }))?.outcomes ?? []
    for (const [index, message] of messages.entries()) {
      if (outcomes[index] !== 'stored' || message.isStored) continue
      message.isStored = true
      this.counts.stored++
      this.world.log(`${message.name} is stored for ${message.mailbox.name}`)
    }
  }

  /** A channel keeps the order of what is sent on it: one after the other in each slot, and no late request behind the next one. */
  async #sendInSlot (message: Message): Promise<void> {
    const key = `${message.mailbox.name} ${message.sender.name}`
    const sending = (this.#inSlot.get(key) ?? Promise.resolve()).then(async () => {
      if (this.record.isReplaced(message)) return
      await this.#send([message])
      if (!message.isStored) await new Promise<void>((resolve) => { this.world.after(slowestMs, resolve) })
    })
    this.#inSlot.set(key, sending)
    await sending
  }

  // ---- reading

  async #readAtHome (device: Device, acknowledge: boolean): Promise<void> {
    if (this.#reading.has(device)) return
    this.#reading.add(device)
    try {
      const session = await this.#session(device)
      if (session === undefined) return
      const isCaughtUp = await this.#readOn(device, session)
      if (isCaughtUp === undefined && this.random.chance(0.5)) this.#sessions.delete(device)
      if (acknowledge) await this.#acknowledge(device, [...session.seen].filter((id) => !this.record.find(device, id).isGone && this.random.chance(0.8)))
    } finally {
      this.#reading.delete(device)
    }
  }

  /** Another program of the same device, at another of its servers. */
  async #lookElsewhere (device: Device): Promise<void> {
    const session = await this.#newSession(device, this.random.between(0, 2))
    if (session !== undefined) await this.#readOn(device, session)
  }

  async #session (device: Device): Promise<Session | undefined> {
    const before = this.#sessions.get(device)
    if (before?.process.isAlive === true && !before.isOver) return before
    const session = await this.#newSession(device, this.random.chance(0.15) ? 1 : 0)
    if (session !== undefined) this.#sessions.set(device, session)
    return session
  }

  /** As a device finds its home: any server tells where it is, and that server must know as new a roster as the device does. */
  async #newSession (device: Device, rank: number): Promise<Session | undefined> {
    const server = this.#anyServer()
    await this.#learnRoster(server)
    const homes = await this.#homes(device, server)
    const home = homes[Math.min(rank, homes.length - 1)]
    const process = home?.node.process
    if (home === undefined || process === undefined) return undefined
    await this.#learnRoster(home)
    if (await this.#ask(home, 'client/settle', { peerId: device.identity.peerId }) === undefined || (await this.#homes(device, home)).length === 0) return undefined
    this.counts.homes++
    this.world.log(`${device.name} is at home at ${home.name}`)
    return { server: home, process, cursor: 0, seen: new Set(), isOver: false }
  }

  async #homes (device: Device, server: PoolServer): Promise<PoolServer[]> {
    const { keys, peerId } = device.identity
    const { version, servers } = this.#roster.newest
    const found = await this.#ask<string[]>(server, 'client/home', { mailbox: hex(keys.publicKey), peerId, rosterVersion: version })
    // Only servers of the roster are believed to be any.
    return (found ?? []).flatMap((key) => servers.filter(({ serverKey }) => hex(serverKey) === key)).flatMap(({ peerId: homeId }) => this.all.get(homeId) ?? [])
  }

  async #learnRoster (server: PoolServer): Promise<void> {
    const askedMs = this.world.nowMs
    const chain = await this.#request(server, 'client/roster', new Uint8Array(0))
    if (chain === undefined || Buffer.compare(chain, this.#roster.chain) === 0) return
    try {
      const learnt = extendRosterHistory(this.#roster, chain)
      if (learnt.newest.version > this.#roster.newest.version) this.#roster = learnt
      assert.ok(learnt.newest.servers.every(({ peerId }) => this.all.has(peerId)), 'forged: a roster with a server that never was one is accepted')
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.#refused(server, askedMs, error)
    }
  }

  /** Reads to the end. True: it is told that this is all; undefined: it got no answer. */
  async #readOn (device: Device, session: Session): Promise<boolean | undefined> {
    const { server } = session
    const messages = this.record.of(device)
    const must = messages.filter(({ isStored }) => isStored)
    const gone = new Set(messages.filter(({ isGone }) => isGone).map(({ entryId }) => entryId))
    const maxEntries = this.random.pick([3, 100, 100])
    // Between two readings a server may have given the mailbox away and taken it over again: then all of it comes anew.
    const inOneGo = new Set<string>()
    for (;;) {
      this.counts.reads++
      const askedMs = this.world.nowMs
      const answer = await this.#ask<ReadAnswer>(server, 'client/read', { mailbox: hex(device.identity.keys.publicKey), afterCursor: session.cursor, maxEntries })
      if (answer?.outcome !== 'read') return undefined
      const page = answer.entries.filter(({ entryId, envelope }) => this.#take(device, server, entryId, unhex(envelope), askedMs))
      for (const { entryId } of page) {
        assert.ok(!inOneGo.has(entryId), `doubled: ${this.record.find(device, entryId).name} is read twice in one go at ${server.name}`)
        inOneGo.add(entryId)
        session.seen.add(entryId)
      }
      // A server that lies may withhold; no more is claimed.
      session.isOver = server.hasLiedSince(askedMs)
      if (session.isOver) return undefined
      if (!answer.more) {
        this.counts.caughtUp++
        for (const message of must) assert.ok(this.record.isRead(message), `lost: ${message.name} was told as stored, and ${device.name} is told at ${server.name} that it has all without it`)
        for (const { entryId } of page) assert.ok(!gone.has(entryId), `back: ${this.record.find(device, entryId).name} was acknowledged, and is back at ${server.name}`)
      }
      session.cursor = answer.entries.at(-1)?.cursor ?? session.cursor
      if (!answer.more) return true
      if (answer.entries.length === 0) assert.fail('There is more behind nothing.')
    }
  }

  #take (device: Device, server: PoolServer, entryId: string, envelope: Uint8Array, askedMs: number): boolean {
    if (this.record.take(device, entryId, envelope)) return true
    this.#refused(server, askedMs, `an entry for ${device.name}`)
    return false
  }

  async #acknowledge (device: Device, entryIds: string[]): Promise<void> {
    if (entryIds.length === 0) return
    const messages = entryIds.map((id) => this.record.find(device, id))
    for (const message of messages) message.mayBeGone = true
    const signed = makeMailboxAcknowledgement(device.identity.keys, entryIds.map(unhex))
    const answer = await this.#ask<{ outcome: string }>(this.#anyServer(), 'client/acknowledge', { mailbox: hex(device.identity.keys.publicKey), entryIds, acknowledgement: hex(signed) })
    if (answer?.outcome !== 'acknowledged') return
    for (const message of messages) message.isGone = true
    this.counts.acknowledged += entryIds.length
    this.world.log(`${device.name} has acknowledged ${messages.map(({ name }) => name).join(', ')}`)
  }

  // ---- asking

  /** Of the roster that clients know; once all of those have gone for good, another one, which a look into the DHT finds. */
  #anyServer (): PoolServer {
    const { nodes } = this.world
    const known = this.#roster.newest.servers.map(({ peerId }) => this.all.get(peerId) ?? assert.fail())
    const isLost = known.every(({ name }) => !nodes.has(name))
    return this.random.pick(isLost ? [...this.all.values()].filter(({ name }) => nodes.has(name)) : known)
  }

  #refused (server: PoolServer, askedMs: number, what: string | P2pChatError): void {
    assert.ok(server.hasLiedSince(askedMs), `${server.name} does not lie, and gave something that was refused: ${String(what)}`)
    this.counts.refusedForgeries++
  }

  async #ask<Answer> (server: PoolServer, method: string, fields: object): Promise<Answer | undefined> {
    const answer = await this.#request(server, method, toBody(fields))
    return answer === undefined ? undefined : fromBody<Answer>(answer)
  }

  /** Undefined: refused or not answered. */
  async #request (server: PoolServer, method: string, body: Uint8Array): Promise<Uint8Array | undefined> {
    const client = this.world.nodes.get(this.random.pick(CLIENTS))?.process
    try {
      return await client?.request(server.name, method, body, { timeoutMs: clientTimeoutMs })
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return undefined
    }
  }
}
