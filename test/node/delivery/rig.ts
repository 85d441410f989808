import assert from 'node:assert/strict'
import type { NodeEvent, HistoryEntry } from '../../../src/node/chat-node.js'
import { takeRecord } from '../../../src/node/contacts/contacts.js'
import { encodeMessageEnvelope, encodeReceiptEnvelope } from '../../../src/node/delivery/envelope.js'
import { fanOut } from '../../../src/node/delivery/fan-out.js'
import { findInChain } from '../../../src/node/delivery/in-chain.js'
import { Inbox, type GroupMail, type InboxEffects } from '../../../src/node/delivery/inbox.js'
import { findEntry } from '../../../src/node/delivery/outbox.js'
import { encodeDirect, encodePayload, encodeText, type PayloadFields } from '../../../src/node/delivery/payload.js'
import { Progress } from '../../../src/node/delivery/progress.js'
import type { Resets } from '../../../src/node/delivery/resets.js'
import { Sealer } from '../../../src/node/delivery/sealer.js'
import { Shelf } from '../../../src/node/delivery/shelf.js'
import { addMessage, findMessage, readConversation, type MessageRow, type SentDetails } from '../../../src/node/history/messages.js'
import { historyEntry } from '../../../src/node/history/view.js'
import { toHex } from '../../../src/node/home/hex.js'
import { Lane } from '../../../src/node/home/lane.js'
import { Prekeys } from '../../../src/node/prekeys/prekeys.js'
import { Sessions } from '../../../src/node/sessions/sessions.js'
import { encode } from '../../../src/protocol/codec.js'
import { Receipt } from '../../../src/protocol/pb/content.js'
import { verifySignedPrekey, type VerifiedAccountRecord } from '../../../src/records/index.js'
import { silentLogger, type Logger } from '../../../src/runtime.js'
import { createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import type { FakeClock } from '../../helpers/fake-clock.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { makeAccount, selfEnd, type TestAccount, type TestDevice } from '../support.js'

export interface PartyInit {
  clock: FakeClock
  random: SeededRandom
  /** Default: of one device, made from `random`. */
  account?: TestAccount
  device?: TestDevice
  store?: KeyValueStore
  groups?: GroupMail
  /** in the place of those that only note what they were asked */
  effects?: Partial<InboxEffects>
}

/** One device with everything that receives and keeps messages, and no network. */
export class Party {
  readonly clock: FakeClock
  readonly random: SeededRandom
  readonly account: TestAccount
  readonly device: TestDevice
  readonly lane: Lane
  readonly prekeys: Prekeys
  readonly sessions: Sessions
  readonly sealer: Sealer
  readonly progress: Progress
  readonly inbox: Inbox
  /** Without it nobody is asked for a new session, nor answered. */
  resets: Resets | undefined
  readonly events: NodeEvent[] = []
  /** What the inbox asked of its surroundings, in words. */
  readonly effects: string[] = []
  readonly refusals: string[] = []
  readonly logger: Logger = { ...silentLogger, warn: (fields) => { this.refusals.push(String((fields as { why?: unknown, sender?: unknown }).why ?? 'refused')) } }
  private readonly sequences = new Map<string, number>()

  constructor (readonly username: string, { clock, random, account, device, store, groups, effects }: PartyInit) {
    this.clock = clock
    this.random = random
    this.account = account ?? makeAccount(username, random)
    this.device = device ?? this.account.devices[0] as TestDevice
    this.lane = new Lane(store ?? createMemoryStore())
    this.prekeys = new Prekeys({ clock, random, device: this.device })
    this.sessions = new Sessions({ clock, random, prekeys: this.prekeys })
    this.sealer = new Sealer({ self: this.end(), sessions: this.sessions, random })
    const emit = (event: NodeEvent): void => { this.events.push(event) }
    this.progress = new Progress({ clock, random, username, emit, readsLeft: (device) => { this.effects.push(`reads left of ${device}`) }, foundOlder: async (tx, name, hex) => { await this.resets?.ask(tx, name, hex) } })
    const shelf = new Shelf({ clock, logger: this.logger, username, emit, welcomed: () => {}, met: (name) => { this.effects.push(`met ${name}`) } })
    this.inbox = new Inbox({ clock, lane: this.lane, logger: this.logger, self: selfEnd(this.account, this.device), sessions: this.sessions, shelf, effects: { ...this.#effects(), ...effects }, ...(groups === undefined ? {} : { groups }) })
  }

  get hex (): string { return this.device.hex }

  /** What the directory would do: takes an account's record. */
  async pins (record: VerifiedAccountRecord): Promise<void> {
    await this.lane.write(async (tx) => { await takeRecord(tx, record, 0) })
  }

  async knows (...others: Party[]): Promise<void> {
    for (const other of [this, ...others]) await this.pins(other.account.record)
  }

  /** A session with the device of `to` that nothing was sent in yet. */
  async begin (to: Party): Promise<void> {
    const bundle = await to.lane.write(async (tx) => {
      const { id, signed } = await to.prekeys.currentSigned(tx)
      return { signedPrekey: { id, publicKey: verifySignedPrekey(signed, to.device.deviceKey).publicKey }, oneTimePrekey: await to.prekeys.makeDirect(tx) }
    })
    await this.lane.write(async (tx) => { await this.sessions.begin(tx, selfEnd(this.account, this.device), selfEnd(to.account, to.device), bundle) })
  }

  /** An envelope with a text, the next of its chain unless told otherwise. */
  async text (to: Party, text: string, changed: Partial<PayloadFields> = {}): Promise<Uint8Array> {
    return await this.envelope(to, { content: encodeText(text), conversation: encodeDirect(this.username, to.username), ...changed })
  }

  async envelope (to: Party, changed: Partial<PayloadFields>, introduces: VerifiedAccountRecord = this.account.record): Promise<Uint8Array> {
    const sequence = changed.sequence ?? (this.sequences.get(to.hex) ?? 0) + 1
    this.sequences.set(to.hex, sequence)
    const { version, hash } = this.account.record
    return await this.plaintext(to, encodePayload({
      wireId: this.random.bytes(16),
      sequence,
      lowestAlive: 1,
      record: { version, hash },
      sentAtMs: this.clock.now(),
      conversation: new Uint8Array(0),
      content: encodeText('x'),
      ...changed
    }), introduces)
  }

  /** An envelope with any bytes in it. */
  async plaintext (to: Party, plaintext: Uint8Array, introduces: VerifiedAccountRecord = this.account.record): Promise<Uint8Array> {
    if (!await this.sessions.hasSession(this.lane, to.hex)) await this.begin(to)
    const sealed = await this.lane.write(async (tx) => await this.sessions.seal(tx, to.hex, plaintext))
    assert.ok(sealed !== undefined)
    return encodeMessageEnvelope({ senderDevice: this.device.deviceKey, recipientDevice: to.device.deviceKey }, this.random.bytes(16), sealed, introduces.signed)
  }

  async receipt (to: Party, deliveredThrough: number, readThrough = 0): Promise<Uint8Array> {
    const { expected, taken } = await findInChain(this.lane, to.hex, to.username)
    const marks = taken === undefined || deliveredThrough !== expected - 1 ? {} : { taken }
    return await this.receiptBytes(to, encode(Receipt, { deliveredThrough: BigInt(deliveredThrough), readThrough: BigInt(readThrough), dropped: [], ...marks }))
  }

  async receiptBytes (to: Party, plaintext: Uint8Array): Promise<Uint8Array> {
    const sealed = await this.sessions.sealReceipt(this.lane, to.hex, plaintext)
    assert.ok(sealed !== undefined)
    return encodeReceiptEnvelope({ senderDevice: this.device.deviceKey, recipientDevice: to.device.deviceKey }, this.random.bytes(16), sealed)
  }

  /** Puts a message into the history and the outbox, as `send` does. */
  async owes (to: Party, text: string): Promise<string> {
    const now = this.clock.now()
    const sent: SentDetails = { state: 'queued', steps: [{ state: 'queued', atMs: now }], devices: {} }
    return await this.lane.write(async (tx) => {
      const row = await addMessage(tx, {
        id: toHex(this.random.bytes(16)), from: this.username, to: to.username, conversation: to.username, body: { kind: 'text', text }, sentAtMs: now, receivedAtMs: now, via: null, read: true, sent
      })
      await fanOut(tx, { deviceKey: this.device.deviceKey, message: { ...row, sent }, recipient: to.account.record, own: this.account.record, nowMs: now })
      return row.id
    })
  }

  async entryState (to: Party, sequence: number): Promise<string | undefined> {
    return (await findEntry(this.lane, to.hex, sequence))?.state.kind
  }

  async row (id: string): Promise<MessageRow | undefined> {
    return await findMessage(this.lane, this.username, id)
  }

  async history (conversation: string): Promise<HistoryEntry[]> {
    return (await readConversation(this.lane, conversation, { limit: 10_000 })).map(historyEntry)
  }

  async texts (conversation: string): Promise<Array<string | null>> {
    return (await this.history(conversation)).map(({ text }) => text)
  }

  end (): ReturnType<typeof selfEnd> {
    return selfEnd(this.account, this.device)
  }

  #effects (): InboxEffects {
    const note = (what: string): void => { this.effects.push(what) }
    return {
      recordOutdated: (username) => { note(`record outdated ${username}`) },
      receiptDue: () => {},
      roomMade: () => { note('room made') },
      identityChanged: (username) => { note(`identity changed ${username}`) },
      needNewSession: async (tx, username, device) => {
        note(`needs new session ${username}`)
        await this.resets?.ask(tx, username, device)
      },
      mayNeedNewSession: async (tx, username, device) => {
        note(`may need new session ${username}`)
        await this.resets?.askUnlessItComes(tx, username, device)
      },
      sealAgain: async (tx, device) => {
        note(`seals again ${device.slice(0, 4)}`)
        await this.resets?.answer(tx, device)
      },
      receiptArrived: async (tx, device, receipt, via) => {
        await this.progress.receipt(tx, device, receipt, via)
        await this.resets?.heard(tx, device)
      },
      recordTaken: async (_tx, before, taken) => { note(`record ${before.version} to ${taken.record.version} of ${taken.record.username}`) },
      groupContent: async (_tx, sender, content) => { note(`${content.kind} of ${sender.username}`) },
      fileReport: async (_tx, sender, { done }) => { note(`file ${done ? 'done' : 'declined'} by ${sender.username}`) }
    }
  }
}
