/** When two devices cannot read each other any more: a new session, and everything that was not acknowledged again. */
import type { Clock, Random } from '../../runtime.js'
import type { Transaction } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { resendAnswerMs, resendRequestMs } from './limits.js'
import { enqueue } from './outbox.js'
import { encodeSystem } from './payload.js'
import type { Progress } from './progress.js'
import type { Senders } from './senders.js'
import type { Tasks } from './tasks.js'

export interface ResetsComponents {
  clock: Clock
  random: Random
  sessions: Sessions
  progress: Progress
  senders: Pick<Senders, 'restart'>
  tasks: Tasks
}

export class Resets {
  private readonly lastAsked = new Map<string, number>()
  private readonly lastAnswered = new Map<string, number>()
  /** Devices that are given everything again after a pause. */
  private readonly waiting = new Set<string>()

  constructor (private readonly components: ResetsComponents) {}

  /** In the transaction that took what we could not read: its device is told so, in a session of our making. */
  async ask (tx: Transaction, username: string, device: string): Promise<void> {
    const { clock, random, sessions, progress } = this.components
    const now = clock.now()
    // A clock that went back must not keep us from asking until it has caught up.
    if (Math.abs(now - (this.lastAsked.get(device) ?? Number.NEGATIVE_INFINITY)) < resendRequestMs) return
    this.lastAsked.set(device, now)
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
