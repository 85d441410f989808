/** When two devices cannot read each other any more: a new session, and everything that was not acknowledged again. */
import type { Clock, Random } from '../../runtime.js'
import type { Lane, Transaction } from '../home/lane.js'
import { jsonTable } from '../home/table.js'
import type { Sessions } from '../sessions/sessions.js'
import { findInChain } from './in-chain.js'
import { resendAnswerMs, resendRequestMs } from './limits.js'
import { enqueue } from './outbox.js'
import { encodeSystem } from './payload.js'
import type { Progress } from './progress.js'
import type { Senders } from './senders.js'
import type { Tasks } from './tasks.js'

/** A device that is to be asked as soon as it may be, unless what is expected of it has come by then. */
interface Wanted { username: string, expected: number }

const wantedTable = jsonTable<Wanted>('session-wanted')

export interface ResetsComponents {
  lane: Lane
  clock: Clock
  random: Random
  sessions: Sessions
  progress: Progress
  senders: Pick<Senders, 'restart'>
  tasks: Tasks
}

export class Resets {
  private readonly lastAsked = new Map<string, number>()
  /** Devices that are asked after a pause. */
  private readonly asking = new Set<string>()
  private readonly lastAnswered = new Map<string, number>()
  /** Devices that are given everything again after a pause. */
  private readonly waiting = new Set<string>()

  constructor (private readonly components: ResetsComponents) {}

  /** Asks what an earlier run had to put off. */
  async start (): Promise<void> {
    for (const [device = ''] of await wantedTable.keys(this.components.lane, [])) this.askAfter(device, 0)
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
    wantedTable.put(tx, { username, expected: (await findInChain(tx, device, username)).expected }, device)
    tx.afterCommit(() => { this.askAfter(device, resendRequestMs - sinceMs) })
  }

  private askAfter (device: string, delayMs: number): void {
    const { lane, clock, tasks } = this.components
    if (this.asking.has(device)) return
    this.asking.add(device)
    clock.schedule(delayMs, () => {
      this.asking.delete(device)
      tasks.run(async () => {
        await lane.write(async (tx) => {
          const wanted = await wantedTable.get(tx, device)
          if (wanted === undefined) return
          wantedTable.delete(tx, device)
          const { expected, held } = await findInChain(tx, device, wanted.username)
          // It was asked before that and has sealed everything again since.
          if (expected === wanted.expected || held.length > 0) await this.ask(tx, wanted.username, device)
        })
      })
    }, { unref: true })
  }

  private async askNow (tx: Transaction, username: string, device: string, now: number): Promise<void> {
    const { random, sessions, progress } = this.components
    this.lastAsked.set(device, now)
    wantedTable.delete(tx, device)
    await sessions.distrust(tx, device)
    await progress.sealAgain(tx, device)
    await enqueue(tx, device, username, {
      messageId: '',
      wireId: random.bytes(16),
      content: encodeSystem({ resend: true }),
      conversation: new Uint8Array(0),
      sentAtMs: now
    })
    tx.afterCommit(() => { this.restart(device) })
  }

  /** In the transaction that took a device's word that it could not read us. The sealing itself may have to wait. */
  async answer (tx: Transaction, device: string): Promise<void> {
    await this.components.progress.sealAgain(tx, device)
    tx.afterCommit(() => {
      const { clock } = this.components
      const now = clock.now()
      const last = this.lastAnswered.get(device)
      if (this.waiting.has(device)) return
      if (last === undefined || Math.abs(now - last) >= resendAnswerMs) {
        this.lastAnswered.set(device, now)
        this.restart(device)
        return
      }
      this.waiting.add(device)
      clock.schedule(resendAnswerMs, () => {
        this.waiting.delete(device)
        this.lastAnswered.set(device, clock.now())
        this.restart(device)
      }, { unref: true })
    })
  }

  private restart (device: string): void {
    const { tasks, senders } = this.components
    tasks.run(async () => { await senders.restart(device) })
  }
}
