/**
 * The book of a client's groups: logs, membership, epochs and keys of one signed-in device. It wires what is in this
 * folder, and says when each has to work; the rules are in the files it wires.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import type { GroupChainOwner, GroupMessageHeader, SenderChain } from '../../../crypto/group/index.js'
import { isP2pChatError } from '../../../errors.js'
import type { Channel, RequestContext } from '../../../overlay/network.js'
import type { VerifiedAccountRecord } from '../../../records/index.js'
import type { GroupHead, GroupState } from '../../../records/group/index.js'
import { deadline, raceSignal, type Clock, type Logger, type Random } from '../../../runtime.js'
import type { GroupVerification } from '../../chat-groups.js'
import type { NodeEvent } from '../../chat-node.js'
import type { Admission } from '../../contacts/admission.js'
import type { TakenRecord } from '../../contacts/contacts.js'
import type { Directory } from '../../contacts/directory.js'
import type { SystemMailer } from '../../delivery/system-mail.js'
import { Tasks } from '../../delivery/tasks.js'
import { toHex } from '../../home/hex.js'
import { stampNow, steadyNow } from '../../home/home-time.js'
import type { Lane, Reader, Transaction } from '../../home/lane.js'
import { myGroups, readGroupHead, type ServedHead } from '../../pool/group-requests.js'
import { endInvitation } from '../invitations.js'
import type { GroupBook, GroupChange, GroupContent, GroupContentSender, GroupContentTaker, KnownGroup, LogAccount, NamedHead, SendingEpoch, Standing } from '../types.js'
import { letIn, shutOut } from './access.js'
import { Caretaker } from './caretaker.js'
import { Changes } from './changes.js'
import { Confirmer } from './confirmer.js'
import { mailFor } from './fresh-secret.js'
import { HeadPace } from './head-pace.js'
import { Heads } from './heads.js'
import { Keys, type Doubt } from './keys.js'
import { Ledger } from './ledger.js'
import { oldEpochMs, readRetryMs, servedSecretMs, tellDevicesMs } from './limits.js'
import { LogReader } from './log-reader.js'
import { NamedHeads } from './named-heads.js'
import { Notices } from './notices.js'
import { Operations } from './operations.js'
import { Secrets } from './secrets.js'
import { Speakers } from './speakers.js'
import { States } from './states.js'
import { accountOf } from './stays.js'
import { entryTable, groupTable, stateTable, stayTable, type GroupRow } from './tables.js'
import { Timers } from './timers.js'
import { Turns } from './turns.js'
import { Walker } from './walk.js'

export interface BookComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  self: { username: string, deviceKey: Uint8Array, seed: Uint8Array }
  directory: Directory
  mail: SystemMailer
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
  /** A channel to a device of an account, open or dialled. */
  reach: (username: string, device: Uint8Array) => Promise<Channel | undefined>
  /** Runs in the transaction that takes an account's record. */
  onRecord: (tx: Transaction, before: VerifiedAccountRecord | undefined, taken: TakenRecord) => Promise<void>
  putChange: (tx: Transaction, change: GroupChange) => Promise<void>
  /** After the commit: an invitation has ended, so there is room for what was left in the mailbox. */
  answered: () => void
  /** What the user lets somebody do who is not asked for. */
  admissionOf: (reader: Reader, username: string) => Promise<Admission>
  emit: (event: NodeEvent) => void
}

export class Book implements GroupBook, GroupContentTaker {
  readonly operations: Operations
  private readonly states = new States()
  private readonly keys: Keys
  private readonly reader: LogReader
  private readonly secrets: Secrets
  private readonly speakers: Speakers
  private readonly caretaker: Caretaker
  private readonly walker: Walker
  private readonly heads: Heads
  private readonly headPace: HeadPace
  private readonly notices: Notices
  private readonly namedHeads: NamedHeads
  private readonly timers: Timers
  private readonly tasks: Tasks
  private readonly stopping = new AbortController()
  private readonly listeners: Array<(id: string) => void> = []
  /** Over which channel the mailbox was read to its end, and when. */
  private mailRead: { channel: Channel, atMs: number } | undefined

  constructor (private readonly components: BookComponents) {
    const { lane, clock, random, logger, self, directory, mail, online, reach, channel, poolChannel, onRecord, putChange, answered, admissionOf, emit } = components
    const { states } = this
    const { signal } = this.stopping
    const author = { username: self.username, device: { seed: self.seed, publicKey: self.deviceKey } }
    const changed = (id: string): void => { this.changed(id) }
    const forked = async (id: string, head: GroupHead): Promise<void> => { await this.notices.forked(id, head) }
    this.tasks = new Tasks(logger)
    this.timers = new Timers(clock)
    this.notices = new Notices({ lane, clock, timers: this.timers, tasks: this.tasks, sendingEpoch: async (id) => await this.sendingEpoch(lane, id), putChange, emit })
    const confirmer = new Confirmer({ lane, logger, timers: this.timers, tasks: this.tasks, read: async (id) => await this.reader.read(id), dropped: async (id) => { await this.notices.dropped(id) } })
    const keys = this.keys = new Keys({
      clock,
      self,
      give: async (tx, devices, content) => { await mail.enqueue(tx, await mailFor(tx, self, devices, content)) },
      served: (id) => { this.sweepServedLater(id) }
    })
    this.speakers = new Speakers({
      clock,
      self,
      states,
      keys,
      poolChannel,
      look: (id) => { this.caretaker.look(id) },
      forked: (id, head) => { this.tasks.run(async () => { await forked(id, head) }) }
    })
    const ledger = new Ledger({ clock, logger, self, states, keys, putChange, answered, admissionOf, onRecord })
    const reader = this.reader = new LogReader({
      lane,
      clock,
      logger,
      self,
      states,
      ledger,
      channel,
      changed,
      forked,
      behind: async (server, id, served) => { await confirmer.behind(server, id, served) },
      shutOut: async (id) => {
        await shutOut(lane, id, await stampNow(lane, clock))
        changed(id)
      },
      readable: async (id, state) => { if (await letIn(lane, id, self.username, state)) changed(id) }
    })
    this.namedHeads = new NamedHeads({ lane, states, timers: this.timers, tasks: this.tasks, hasServer: () => poolChannel() !== undefined, read: async (id) => await reader.read(id), hidden: async (...found) => { await this.notices.hidden(...found) } })
    const changes = new Changes({ lane, clock, random, author, reader, ledger, channel, changed, appended: (id) => { confirmer.appended(id) }, signal })
    const afterReading = (id: string, then: () => Promise<void>): void => {
      this.tasks.run(async () => {
        await reader.read(id)
        await then()
      })
    }
    const secrets = this.secrets = new Secrets({ tellDoubt: async (tx, id, doubt) => { await this.tellDoubt(tx, id, doubt) }, lane, clock, random, logger, self, states, keys, mail, online, changed, afterReading, unknownGroup: () => { this.readMineSoon() } })
    const sealing = { lane, random, logger, self, keys, mail }
    const turns = new Turns({ lane, clock, logger, self, online })
    this.caretaker = new Caretaker({ ...sealing, clock, states, reader, changes, secrets, turns, timers: this.timers, tasks: this.tasks, changed, hasServer: () => poolChannel() !== undefined, mailReadAtMs: () => this.mailRead?.channel === poolChannel() ? this.mailRead?.atMs : undefined })
    this.operations = new Operations({ ...sealing, clock, author, directory, reader, ledger, changes, channel, changed })
    this.walker = new Walker({ lane, clock, logger, poolChannel, signal, forked })
    this.headPace = new HeadPace({
      clock,
      random,
      timers: this.timers,
      membersOf: async (id) => (await this.find(lane, id))?.size ?? 0,
      look: async (served) => { if (!await this.hasEntry(served)) await this.catchUp(served) },
      run: (work) => { this.tasks.run(work) }
    })
    this.heads = new Heads({ lane, self, states, reader, online, reach, forked })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    for (const { key: [id = ''] } of await groupTable.list(this.components.lane, [])) await this.sweepServed(id)
  }

  /** Nothing is begun any more. */
  async stop (): Promise<void> {
    this.stopping.abort()
    this.timers.stop()
    await this.tasks.stop()
  }

  /** This device is attached to a server: reads what happened, before the mail that may need it. */
  async onServer (channel: Channel): Promise<void> {
    try {
      await this.readMine(channel)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.components.logger.info({ code: error.code }, 'the groups of this account could not be read')
      this.timers.set('mine', readRetryMs, () => { this.readMineSoon() })
    }
  }

  /** The mailbox was read to its end, or `isRead` is false: what is missing then is asked for. */
  async afterMail (channel: Channel, isRead: boolean): Promise<void> {
    if (isRead) this.mailRead = { channel, atMs: this.components.clock.now() }
    this.tasks.run(async () => { await this.lookAtAll() })
    for (const id of await this.ids()) this.tasks.run(async () => { await this.walker.walk(id) })
  }

  /** The notification groups/head. */
  onHead (body: Uint8Array): void {
    this.tasks.run(async () => { await this.headPace.told(readGroupHead(body)) })
  }

  /** This account's devices may have changed. */
  ownRecordTaken (): void {
    this.tasks.run(async () => { await this.lookAtAll() })
  }

  /** This account has removed a device: nobody sends to it once the logs of its groups say so. What takes longer is done in turn, as after any change. */
  async tellDevices (): Promise<void> {
    const rows = await groupTable.list(this.components.lane, [])
    const all = rows.filter(({ value }) => value.standing === 'member').map(async ({ key: [id = ''] }) => { await this.tasks.finish(async () => { await this.caretaker.tellDevices(id) }) })
    const limit = deadline(this.components.clock, tellDevicesMs, this.stopping.signal)
    await raceSignal(Promise.all(all), limit.signal).catch(() => {
      // It is under way, or tried again later.
    })
    limit.clear()
  }

  /** peer/group-head */
  async answerHead (body: Uint8Array, context: RequestContext): Promise<Uint8Array> {
    return await this.heads.answer(body, context)
  }

  async verify (id: string): Promise<GroupVerification> {
    return await this.heads.verify(id)
  }

  /** Deletes old keys, and what was only looked at. */
  async upkeep (): Promise<void> {
    const { lane, clock } = this.components
    await lane.write(async (tx) => { await this.keys.sweepCandidates(tx) })
    const steadyMs = await steadyNow(lane, clock)
    for (const { key: [id = ''] } of await groupTable.list(lane, [])) {
      await lane.write(async (tx) => {
        const row = await groupTable.get(tx, id)
        const isOver = row?.outSinceMs !== undefined && steadyMs - row.outSinceMs > oldEpochMs
        if (isOver && row?.standing === 'outside') await this.forget(tx, id)
        else if (isOver) await this.keys.wipeAll(tx, id)
        else await this.keys.wipe(tx, id, steadyMs - oldEpochMs)
      })
      await this.caretaker.looked(id)
    }
  }

  async groupContent (tx: Transaction, sender: GroupContentSender, content: GroupContent): Promise<void> {
    await this.secrets.take(tx, sender, content)
  }

  async find (reader: Reader, id: string): Promise<KnownGroup | undefined> {
    const row = await groupTable.get(reader, id)
    return row === undefined ? undefined : await this.known(reader, id, row)
  }

  /** One that this account is in, before one that it was in. */
  async findByName (reader: Reader, name: string): Promise<KnownGroup | undefined> {
    const named = (await groupTable.list(reader, [])).filter(({ value }) => value.name === name && value.standing !== 'outside')
    const found = named.find(({ value }) => value.standing === 'member') ?? named.sort((a, b) => (a.value.outSinceMs ?? 0) - (b.value.outSinceMs ?? 0)).at(-1)
    return found === undefined ? undefined : await this.known(reader, found.key[0] ?? '', found.value)
  }

  async list (reader: Reader): Promise<KnownGroup[]> {
    const groups: KnownGroup[] = []
    for (const { key: [id = ''], value } of await groupTable.list(reader, [])) {
      const group = await this.known(reader, id, value)
      if (group !== undefined) groups.push(group)
    }
    return groups.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What the log folds to, as far as it is known here. */
  async state (reader: Reader, id: string): Promise<GroupState | undefined> {
    return await this.states.of(reader, id)
  }

  async standingOf (reader: Reader, header: GroupMessageHeader): Promise<Standing> {
    return await this.speakers.standingOf(reader, header)
  }

  async sendingEpoch (reader: Reader, id: string): Promise<SendingEpoch> {
    return await this.speakers.sendingEpoch(reader, id)
  }

  async memberSince (reader: Reader, id: string, epoch?: number): Promise<{ sequence: number, epoch: number } | undefined> {
    return await this.speakers.memberSince(reader, id, epoch)
  }

  async accountOf (reader: Reader, id: string, username: string): Promise<LogAccount | undefined> {
    const record = (await this.states.of(reader, id))?.members.get(username)?.accountRecord
    return record === undefined ? undefined : accountOf(record)
  }

  async chain (reader: Reader, id: string, epoch: number, owner: GroupChainOwner): Promise<SenderChain | undefined> {
    return await this.keys.chain(reader, id, epoch, owner)
  }

  async putChain (tx: Transaction, id: string, epoch: number, chain: SenderChain): Promise<void> {
    await this.keys.putChain(tx, id, epoch, chain)
  }

  async receiptKey (reader: Reader, id: string, epoch: number): Promise<Uint8Array | undefined> {
    return (await this.keys.ready(reader, id, epoch))?.receiptKey
  }

  readLog (id: string, named?: NamedHead): void {
    this.tasks.run(async () => {
      if (await groupTable.get(this.components.lane, id) === undefined) return this.readMineSoon()
      if (named !== undefined) await this.namedHeads.note(id, named)
      await this.readAgain(id)
    })
  }

  missEpoch (id: string, epoch: number): void {
    this.tasks.run(async () => {
      const state = await this.states.of(this.components.lane, id)
      if (state !== undefined && epoch > state.epoch.number) await this.readAgain(id)
      this.caretaker.look(id)
    })
  }

  async cannotRead (tx: Transaction, id: string, epoch: number, username: string): Promise<boolean> {
    const doubt = await this.keys.doubt(tx, id, epoch, username)
    if (doubt !== undefined) await this.tellDoubt(tx, id, doubt)
    return await this.keys.isSure(tx, id, epoch)
  }

  async isLost (reader: Reader, id: string, epoch: number): Promise<boolean> {
    const state = await this.states.of(reader, id)
    return state !== undefined && await this.keys.isLost(reader, id, epoch, state.epoch.number)
  }

  onChange (listener: (id: string) => void): void {
    this.listeners.push(listener)
  }

  private async tellDoubt (tx: Transaction, id: string, doubt: Doubt): Promise<void> {
    await this.notices.doubt(tx, id, doubt)
    tx.afterCommit(() => { this.changed(id) })
  }

  /** One after the other: each may have to be read and folded first, and other work comes in between. */
  private async lookAtAll (): Promise<void> {
    for (const id of await this.ids()) await this.caretaker.looked(id)
  }

  private async ids (): Promise<string[]> {
    return (await groupTable.keys(this.components.lane, [])).map(([id = '']) => id)
  }

  private async known (reader: Reader, id: string, row: GroupRow): Promise<KnownGroup | undefined> {
    const state = row.standing === 'outside' ? undefined : await this.states.of(reader, id)
    if (state === undefined || row.standing === 'outside') return undefined
    return { id, name: row.name, standing: row.standing, head: state.head, epoch: state.epoch.number, members: { [Symbol.iterator]: () => state.members.keys() }, size: state.members.size }
  }

  private changed (id: string): void {
    for (const listener of this.listeners) listener(id)
    this.caretaker.look(id)
    this.tasks.run(async () => {
      await this.secrets.answerKept(id)
      await this.notices.look(id)
    })
  }

  private async readMine (channel: Channel): Promise<void> {
    const { lane, logger } = this.components
    const served = new Map<string, ServedHead>()
    for (let after: Uint8Array = new Uint8Array(0), more = true; more;) {
      const page = await myGroups(channel, after)
      for (const head of page.groups) served.set(toHex(head.groupId), head)
      const last = page.groups.at(-1)?.groupId
      more = page.more && last !== undefined && Buffer.compare(last, after) > 0
      after = last ?? after
    }
    const rows = await groupTable.list(lane, [])
    // What the server does not name any more has ended for this account, or the server hides it: its log says.
    const missing = rows.filter(({ key, value }) => value.standing === 'member' && !served.has(key[0] ?? '')).map(({ key }) => key[0] ?? '')
    const reads = [...[...served.values()].map(async (head) => { await this.catchUp(head) }), ...missing.map(async (id) => { await this.reader.read(id) })]
    for (const result of await Promise.allSettled(reads)) {
      if (result.status === 'rejected' && !isP2pChatError(result.reason)) logger.error({ error: result.reason as unknown }, 'a group could not be read')
    }
  }

  private readMineSoon (): void {
    this.timers.ensure('mine', 0, () => {
      const channel = this.components.poolChannel()
      if (channel !== undefined) this.tasks.run(async () => { await this.onServer(channel) })
    })
  }

  /** Of a run of changes this device may have read more than it is told of. */
  private async hasEntry ({ groupId, head }: ServedHead): Promise<boolean> {
    const entry = await entryTable.get(this.components.lane, toHex(groupId), head.sequence)
    return entry !== undefined && constantTimeEqual(entry.hash, head.hash)
  }

  /** A server named a head of a group that this account is, or was, in. */
  private async catchUp ({ groupId, head }: ServedHead): Promise<void> {
    const { lane, self } = this.components
    const id = toHex(groupId)
    const row = await groupTable.get(lane, id)
    if (row !== undefined && row.later === undefined && row.head.sequence === head.sequence && constantTimeEqual(row.head.hash, head.hash)) return
    this.reader.noteServed(id, head.sequence)
    if (row !== undefined) await this.readAgain(id)
    else if (!(await this.reader.read(id)).members.has(self.username)) return
    this.tasks.run(async () => { await this.walker.walk(id) })
  }

  /** What fails is tried again later, while there is a server. */
  private async readAgain (id: string): Promise<void> {
    try {
      await this.reader.read(id)
    } catch (error) {
      if (!isP2pChatError(error) || isP2pChatError(error, 'ERR_NOT_PERMITTED', 'ERR_NOT_FOUND', 'ERR_NO_SERVER', 'ERR_UNSUPPORTED')) throw error
      this.timers.ensure(`read ${id}`, readRetryMs, () => { if (this.components.poolChannel() !== undefined) this.readLog(id) })
      throw error
    }
  }

  private async forget (tx: Transaction, id: string): Promise<void> {
    await this.keys.wipeAll(tx, id)
    groupTable.delete(tx, id)
    stateTable.delete(tx, id)
    await endInvitation(tx, id)
    for (const { key: [, sequence = ''] } of await entryTable.list(tx, [id])) entryTable.delete(tx, id, Number.parseInt(sequence, 16))
    for (const [, username = '', device = ''] of await stayTable.keys(tx, [id])) stayTable.delete(tx, id, username, device)
  }

  private sweepServedLater (id: string): void {
    this.timers.ensure(`served ${id}`, servedSecretMs, () => { this.tasks.run(async () => { await this.sweepServed(id) }) })
  }

  private async sweepServed (id: string): Promise<void> {
    const left = await this.components.lane.write(async (tx) => await this.keys.sweepServed(tx, id))
    if (left) this.sweepServedLater(id)
  }
}
