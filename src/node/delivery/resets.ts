/** When two devices cannot read each other any more: a new session, and everything that was not acknowledged again. */
import { findDevice } from '../../records/index.js'
import type { Clock, Random, Timer } from '../../runtime.js'
import { listsDevice } from '../contacts/contacts.js'
import { fromHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { jsonTable, rememberedTable } from '../home/table.js'
import type { Sessions } from '../sessions/sessions.js'
import { enqueueHello } from './hello.js'
import { findInChain, inChains, parkedTotal, unparkEarly } from './in-chain.js'
import { resendAnswerMs, resendRequestMs } from './limits.js'
import { enqueue, findEntry, findOutChain, listEntries } from './outbox.js'
import { encodeSystem } from './payload.js'
import type { People } from './people.js'
import type { Progress } from './progress.js'
import type { Senders } from './senders.js'
import type { Tasks } from './tasks.js'

/** A device that is to be asked as soon as it may be, unless what is expected of it has come by then. */
interface Wanted { username: string, expected: number }

const wantedTable = jsonTable<Wanted>('session-wanted')
/** Under which sequence a device was asked last. */
const askedTable = rememberedTable<{ sequence: number }>('session-asked')

export interface ResetsComponents {
  lane: Lane
  clock: Clock
  random: Random
  sessions: Sessions
  progress: Progress
  senders: Pick<Senders, 'restart'>
  people: Pick<People, 'writableRecord' | 'isWelcome'>
  tasks: Tasks
}

export class Resets {
  private readonly lastAsked = new Map<string, number>()
  /** Devices that are asked after a pause. */
  private readonly asking = new Map<string, Timer>()
  private readonly lastAnswered = new Map<string, number>()
  /** Devices that are given everything again after a pause. */
  private readonly waiting = new Map<string, Timer>()
  private stopped = false

  constructor (private readonly components: ResetsComponents) {}

  /** Asks what an earlier run had to put off. */
  async start (): Promise<void> {
    for (const [device = ''] of await wantedTable.keys(this.components.lane, [])) this.askAfter(device, 0)
  }

  /** What waits for its time is asked in the next run, and given again when it is asked for again. */
  stop (): void {
    this.stopped = true
    for (const timer of [...this.asking.values(), ...this.waiting.values()]) timer.cancel()
  }

  /**
   * In the transaction that took what we could not read: its device is told so, in a session of our making. Soon after
   * the last time this is put off, as what could not be read now may not be covered by it.
   */
  async ask (tx: Transaction, username: string, device: string): Promise<void> {
    const now = this.components.clock.now()
    // A clock that went back must not keep us from asking until it has caught up.
    const sinceMs = Math.abs(now - (this.lastAsked.get(device) ?? Number.NEGATIVE_INFINITY))
    if (sinceMs >= resendRequestMs) {
      await this.askNow(tx, username, device, now)
      return
    }
    await this.putOff(tx, username, device, resendRequestMs - sinceMs)
  }

  /** As {@link ask}, but only once nothing has come of the device for a while; nor while it has not heard that it was asked. */
  async askUnlessItComes (tx: Transaction, username: string, device: string): Promise<void> {
    const asked = await askedTable.get(tx, device)
    if (asked !== undefined && await findEntry(tx, device, asked.sequence) !== undefined) return
    if (await wantedTable.get(tx, device) === undefined) await this.putOff(tx, username, device, resendRequestMs)
  }

  /** The mailbox was read to its end: what is held back now waits for what is on its way, or for what was lost. */
  async askForMissing (): Promise<void> {
    const { lane, people } = this.components
    for (const { device, chain: { username, held } } of await inChains(lane)) {
      if (held.length === 0) continue
      const record = await people.writableRecord(username)
      if (record === undefined || findDevice(record, fromHex(device)) === undefined || !await people.isWelcome(device)) continue
      await lane.write(async (tx) => { await this.askUnlessItComes(tx, username, device) })
    }
  }

  /** In the transaction that took a receipt: a device that has heard that it was asked has sealed everything again. */
  async heard (tx: Transaction, device: string): Promise<void> {
    const asked = await askedTable.get(tx, device)
    if (asked === undefined || ((await findOutChain(tx, device))?.deliveredThrough ?? 0) < asked.sequence) return
    askedTable.delete(tx, device)
    await unparkEarly(tx, device)
  }

  private async putOff (tx: Transaction, username: string, device: string, delayMs: number): Promise<void> {
    wantedTable.put(tx, { username, expected: (await findInChain(tx, device, username)).expected }, device)
    tx.afterCommit(() => { this.askAfter(device, delayMs) })
  }

  private askAfter (device: string, delayMs: number): void {
    const { lane, clock, tasks } = this.components
    if (this.stopped || this.asking.has(device)) return
    this.asking.set(device, clock.schedule(delayMs, () => {
      this.asking.delete(device)
      tasks.run(async () => {
        await lane.write(async (tx) => {
          const wanted = await wantedTable.get(tx, device)
          if (wanted === undefined) return
          wantedTable.delete(tx, device)
          const { expected, held } = await findInChain(tx, device, wanted.username)
          // It was asked before that and has sealed everything again since.
          if (expected === wanted.expected || held.length > 0) await this.ask(tx, wanted.username, device)
          else if ((await parkedTotal(tx, device)).count > 0) await this.putOff(tx, wanted.username, device, resendRequestMs)
        })
      })
    }, { unref: true }))
  }

  private async askNow (tx: Transaction, username: string, device: string, now: number): Promise<void> {
    const { random, sessions, progress } = this.components
    wantedTable.delete(tx, device)
    // One that is gone would be owed the question for ever.
    if (!await listsDevice(tx, username, device)) return
    this.lastAsked.set(device, now)
    await sessions.distrust(tx, device)
    await progress.sealAgain(tx, device)
    const { sequence } = await enqueue(tx, device, username, {
      messageId: '',
      wireId: random.bytes(16),
      content: encodeSystem({ resend: true }),
      conversation: new Uint8Array(0),
      sentAtMs: now
    })
    askedTable.put(tx, { sequence }, device)
    tx.afterCommit(() => { this.restart(device) })
  }

  /** In the transaction that took a device's word that it could not read us. The sealing itself may have to wait. */
  async answer (tx: Transaction, device: string): Promise<void> {
    await this.components.progress.sealAgain(tx, device)
    // With nothing to seal again, what the device holds back waits for what has expired: it is to hear that.
    if ((await listEntries(tx, device, { limit: 1 })).length === 0) await enqueueHello(tx, device, this.components)
    tx.afterCommit(() => {
      const { clock } = this.components
      const now = clock.now()
      const last = this.lastAnswered.get(device)
      if (this.stopped || this.waiting.has(device)) return
      if (last === undefined || Math.abs(now - last) >= resendAnswerMs) {
        this.lastAnswered.set(device, now)
        this.restart(device)
        return
      }
      this.waiting.set(device, clock.schedule(resendAnswerMs, () => {
        this.waiting.delete(device)
        this.lastAnswered.set(device, clock.now())
        this.restart(device)
      }, { unref: true }))
    })
  }

  private restart (device: string): void {
    const { tasks, senders } = this.components
    tasks.run(async () => { await senders.restart(device) })
  }
}
