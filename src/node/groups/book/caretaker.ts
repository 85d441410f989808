/**
 * What a group needs of this device without anybody asking for it: the next key when one is due, missing, or a week old;
 * its account's devices and checkpoints in the log. Looked at after every change; devices that could all do it take turns.
 */
import { constantTimeEqual, sha256 } from '../../../crypto/bytes.js'
import { isP2pChatError } from '../../../errors.js'
import { findDevice, type VerifiedAccountRecord } from '../../../records/index.js'
import { checkpointOf, epochMakers, isCheckpointDue, isGroupDevice, type GroupAction, type GroupState } from '../../../records/group/index.js'
import type { Clock, Logger, Random } from '../../../runtime.js'
import { findRecord } from '../../contacts/contacts.js'
import type { Tasks } from '../../delivery/tasks.js'
import type { Lane } from '../../home/lane.js'
import type { Changes } from './changes.js'
import { devicesWithout, FreshSecret, type FreshSecretComponents } from './fresh-secret.js'
import type { Keys } from './keys.js'
import { askGraceMs, askTimeoutMs, doubtGraceMs, epochLifeMs, lostAfterMs, maxAppendAttempts, maxClockDifferenceMs, maxKeylessPauseMs, readRetryMs, turnMs } from './limits.js'
import type { LogReader } from './log-reader.js'
import type { Secrets } from './secrets.js'
import type { States } from './states.js'
import { entryTable, groupTable, type GroupRow } from './tables.js'
import type { Timers } from './timers.js'
import { placeAmong, wait, type Called, type Turns } from './turns.js'

export interface CaretakerComponents extends FreshSecretComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  states: States
  keys: Keys
  reader: LogReader
  changes: Changes
  secrets: Secrets
  turns: Turns
  timers: Timers
  tasks: Tasks
  hasServer: () => boolean
  /** When the mailbox was read to its end at the server that there is now; undefined: it was not. */
  mailReadAtMs: () => number | undefined
  /** After the commit: an epoch was given up. */
  changed: (id: string) => void
}

export class Caretaker {
  /** Groups that are being looked at; true: once more after that. */
  private readonly looking = new Map<string, boolean>()
  /** Groups for which a fresh secret is being made. */
  private readonly making = new Set<string>()
  /** How often in a row this device made an epoch because it lacked the key of one. */
  private readonly keylessRounds = new Map<string, number>()

  constructor (private readonly components: CaretakerComponents) {}

  /** Something has changed, or a server is there. */
  look (id: string): void {
    void this.looked(id)
  }

  /** As look, for who looks at many one after the other. Never rejects. */
  async looked (id: string): Promise<void> {
    const isUnderWay = this.looking.has(id)
    this.looking.set(id, isUnderWay)
    if (isUnderWay) return
    await this.components.tasks.finish(async () => {
      try {
        for (let again = true; again;) {
          this.looking.set(id, false)
          await this.lookOnce(id)
          again = this.looking.get(id) === true
        }
      } finally {
        this.looking.delete(id)
      }
    })
  }

  private async lookOnce (id: string): Promise<void> {
    const { lane, states, self, timers } = this.components
    const row = await groupTable.get(lane, id)
    const state = row === undefined ? undefined : await states.of(lane, id)
    // Of a log that a later version has gone on with, nothing can be known to be due.
    if (row?.standing !== 'member' || state === undefined || row.later !== undefined) {
      for (const what of timersOf(id)) timers.cancel(what)
      return
    }
    if (!this.components.hasServer()) return
    await this.careForDevices(id, state)
    if (!isGroupDevice(state, self.username, self.deviceKey)) return
    await this.careForKey(id, row, state)
    this.careForCheckpoint(id, state)
  }

  /** Since when the present key is there was told by a clock that was ahead: from now on, or its week would not be over for as long. */
  private async beginWeek (id: string, nowMs: number): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const row = await groupTable.get(tx, id)
      if (row !== undefined) groupTable.put(tx, { ...row, epochSinceMs: nowMs }, id)
    })
  }

  private async careForKey (id: string, row: GroupRow, state: GroupState): Promise<void> {
    const { lane, clock, timers, keys, mailReadAtMs } = this.components
    // What is being made comes first; this is looked at again after it.
    if (this.making.has(id)) return
    const nowMs = clock.now()
    const { number, dueHash } = state.epoch
    const missing = await keys.missingEpochs(lane, id)
    if (mailReadAtMs() !== undefined && missing.some((epoch) => epoch < number || dueHash !== undefined)) timers.ensure(`lost ${id}`, lostAfterMs, () => { this.inBackground(id, async () => { await this.giveUpLost(id) }) })
    const isMissing = missing.includes(number)
    // Timers of another reason are of no use any more.
    if (dueHash !== undefined || !isMissing) timers.cancel(`key ${id} missing`)
    if (dueHash === undefined) timers.cancel(`key ${id} due`)
    timers.cancel(`key ${id} week`)
    if (dueHash !== undefined) {
      await this.awaitTurn(id, `key ${id} due`, state, { sinceMs: row.dueSinceMs ?? nowMs, afterMs: 0 }, async (now) => now.epoch.dueHash !== undefined)
    } else if (isMissing) {
      if (!await this.mayAsk(id, state)) {
        timers.cancel(`key ${id} missing`)
        return
      }
      const isOurs = await this.isOurEntry(id, state.epoch.madeBy.sequence)
      timers.ensure(`key ${id} missing`, isOurs ? 0 : askGraceMs, () => { this.inBackground(id, async () => { await this.askFor(id) }) })
    } else if (await keys.doubted(lane, id, number) !== undefined) {
      await this.careForDoubt(id, state)
    } else {
      timers.cancel(`key ${id} doubted`)
      if (this.keylessRounds.has(id) && !await this.isOurEntry(id, state.epoch.madeBy.sequence)) this.keylessRounds.delete(id)
      if (row.epochSinceMs > nowMs + maxClockDifferenceMs) await this.beginWeek(id, nowMs)
      const leftMs = wait(row.epochSinceMs, epochLifeMs, nowMs)
      // Whose turn it is takes a hash for each member: it is asked for when the week is over, and not at every change.
      if (leftMs > 0) timers.set(`key ${id} week`, leftMs, () => { this.look(id) })
      else await this.awaitTurn(id, `key ${id} week`, state, { sinceMs: row.epochSinceMs, afterMs: epochLifeMs }, async (now) => now.epoch.number === number && now.epoch.dueHash === undefined)
    }
  }

  /** Makes a fresh epoch when it is this device's turn. */
  private async awaitTurn (id: string, timer: string, state: GroupState, called: Called, isNeeded: (state: GroupState) => Promise<boolean>): Promise<void> {
    const turn = await this.components.turns.next(id, state, called)
    this.components.timers.set(timer, turn.inMs, () => {
      this.inBackground(id, async () => {
        if (turn.kind === 'make') await this.makeEpoch(id, isNeeded)
        else await this.components.turns.ask(id, state)
      })
    })
  }

  /** Members first; when they do not answer, or there are none, this device makes an epoch of its own. */
  private async askFor (id: string): Promise<void> {
    const { reader, secrets, timers, keys } = this.components
    const state = await reader.read(id)
    const stillMissing = async (now: GroupState): Promise<boolean> => now.epoch.dueHash === undefined && (await keys.missingEpochs(this.components.lane, id)).includes(now.epoch.number) && await this.mayAsk(id, now)
    if (!await stillMissing(state)) return
    const asked = await secrets.ask(id, state)
    const rounds = this.keylessRounds.get(id) ?? 0
    const pauseMs = Math.min(maxKeylessPauseMs, (asked > 0 ? askTimeoutMs : 0) + (rounds === 0 ? 0 : askTimeoutMs * 2 ** rounds))
    timers.set(`key ${id} missing`, pauseMs, () => {
      this.inBackground(id, async () => {
        const made = await this.makeEpoch(id, stillMissing)
        // Whoever cannot give us its key, and makes the next one, is not to be answered in kind for ever.
        if (made) this.keylessRounds.set(id, rounds + 1)
      })
    })
  }

  /** A key that is missing may lie in the mailbox, unless this device's own entry calls for it. */
  private async mayAsk (id: string, state: GroupState): Promise<boolean> {
    return this.components.mailReadAtMs() !== undefined || await this.isOurEntry(id, state.epoch.madeBy.sequence)
  }

  /** Somebody has another key than others: the next one is committed to in the log, and cannot be wrong. Whose key may be wrong makes it. */
  private async careForDoubt (id: string, state: GroupState): Promise<void> {
    const { lane, self, timers, keys } = this.components
    const { number } = state.epoch
    const doubted = await keys.doubted(lane, id, number)
    const rounds = this.keylessRounds.get(id) ?? 0
    const pauseMs = Math.min(maxKeylessPauseMs, (doubted?.given === true ? 0 : doubtGraceMs + placeAmong(epochMakers(state), self) * turnMs) + (rounds === 0 ? 0 : askTimeoutMs * 2 ** rounds))
    timers.ensure(`key ${id} doubted`, pauseMs, () => {
      this.inBackground(id, async () => {
        const made = await this.makeEpoch(id, async (now) => now.epoch.number === number && now.epoch.dueHash === undefined)
        if (made) this.keylessRounds.set(id, rounds + 1)
      })
    })
  }

  /** Whether a fresh epoch of this device is in the log. */
  private async makeEpoch (id: string, isNeeded: (state: GroupState) => Promise<boolean>): Promise<boolean> {
    const { reader, changes } = this.components
    if (this.making.has(id)) return false
    this.making.add(id)
    try {
      let fresh: FreshSecret | undefined
      for (let attempt = 1; attempt <= maxAppendAttempts; attempt++) {
        const state = await reader.read(id)
        if (!await isNeeded(state)) return false
        if (fresh === undefined || !await fresh.again(state, [])) fresh = await FreshSecret.make(this.components, id, state, devicesWithout(state, []))
        if ((await changes.tryAt(id, state, { kind: 'epoch', commitment: fresh.commitment })).kind === 'done') return true
        await changes.pause(attempt)
      }
      return false
    } finally {
      this.making.delete(id)
    }
  }

  /** The log says which devices an account has in the group: one of them tells it of a change. */
  private async careForDevices (id: string, state: GroupState): Promise<void> {
    const { lane, self, timers } = this.components
    const record = await findRecord(lane, self.username)
    const logged = state.members.get(self.username)?.accountRecord
    if (record === undefined || logged === undefined || !isNews(logged, record) || findDevice(record, self.deviceKey) === undefined) {
      timers.cancel(`devices ${id}`)
      return
    }
    const isNew = findDevice(logged, self.deviceKey) === undefined
    const ordered = record.devices.map((device) => ({ ...device, username: self.username })).sort((a, b) => Buffer.compare(sha256(record.hash, a.deviceKey), sha256(record.hash, b.deviceKey)))
    const place = isNew ? 0 : 1 + placeAmong(ordered, self)
    timers.ensure(`devices ${id}`, place * turnMs, () => {
      this.inBackground(id, async () => { await this.tellDevices(id) })
    })
  }

  /** At once, whoever's turn it is. @throws as Changes.append */
  async tellDevices (id: string): Promise<void> {
    await this.components.changes.append(id, async (now) => await this.deviceChange(id, now))
  }

  private async deviceChange (id: string, state: GroupState): Promise<GroupAction | undefined> {
    const { lane, self, keys } = this.components
    const record = await findRecord(lane, self.username)
    const logged = state.members.get(self.username)?.accountRecord
    if (record === undefined || logged === undefined || !isNews(logged, record)) return undefined
    const gone = logged.devices.filter(({ deviceKey }) => findDevice(record, deviceKey) === undefined)
    const seen = await Promise.all(gone.map(async ({ deviceKey }) => await keys.lastSeen(lane, id, state.epoch.number, { username: self.username, deviceKey })))
    return { kind: 'device-change', accountRecord: record, lastSeen: seen.filter((one) => one !== undefined) }
  }

  private careForCheckpoint (id: string, state: GroupState): void {
    const { self, timers, changes } = this.components
    if (state.members.get(self.username)?.admin !== true || !isCheckpointDue(state)) {
      timers.cancel(`checkpoint ${id}`)
      return
    }
    const admins = epochMakers(state).filter(({ username }) => state.members.get(username)?.admin === true)
    timers.ensure(`checkpoint ${id}`, (1 + placeAmong(admins, self)) * turnMs, () => {
      this.inBackground(id, async () => {
        const now = await this.components.reader.read(id)
        if (now.members.get(self.username)?.admin === true && isCheckpointDue(now)) await changes.tryAt(id, now, checkpointOf(now))
      })
    })
  }

  private async giveUpLost (id: string): Promise<void> {
    const { lane, states, keys, clock, mailReadAtMs, changed } = this.components
    const readAtMs = mailReadAtMs()
    const hasPassed = (sinceMs: number): boolean => Math.abs(clock.now() - sinceMs) >= lostAfterMs
    if (readAtMs === undefined || !hasPassed(readAtMs)) return
    await lane.write(async (tx) => {
      const state = await states.of(tx, id)
      for (const { epoch, row } of await keys.missing(tx, id)) {
        const isOver = state === undefined || epoch < state.epoch.number || state.epoch.dueHash !== undefined
        if (!isOver || !hasPassed(row.sinceMs)) continue
        await keys.lose(tx, id, epoch, row)
        tx.afterCommit(() => { changed(id) })
      }
    })
  }

  /** What fails is looked at again after a while; without a server, when there is one. */
  private inBackground (id: string, work: () => Promise<void>): void {
    const { tasks, timers, logger } = this.components
    tasks.run(async () => {
      try {
        await work()
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        logger.info({ group: id, code: error.code }, 'what a group needs could not be done now')
        timers.ensure(`again ${id}`, readRetryMs, () => { this.look(id) })
        return
      }
      this.look(id)
    })
  }

  private async isOurEntry (id: string, sequence: number): Promise<boolean> {
    return (await entryTable.get(this.components.lane, id, sequence))?.own === true
  }
}

function timersOf (id: string): string[] {
  return [`key ${id} due`, `key ${id} missing`, `key ${id} doubted`, `key ${id} week`, `lost ${id}`, `devices ${id}`, `checkpoint ${id}`, `again ${id}`]
}

/** Whether the log has to be told of the record: it has other devices in it. */
function isNews (logged: VerifiedAccountRecord, record: VerifiedAccountRecord): boolean {
  if (record.version <= logged.version || !constantTimeEqual(record.accountKey, logged.accountKey)) return false
  return record.devices.length !== logged.devices.length || record.devices.some(({ deviceKey, identityKey }) => {
    const same = findDevice(logged, deviceKey)
    return same === undefined || !constantTimeEqual(same.identityKey, identityKey)
  })
}
