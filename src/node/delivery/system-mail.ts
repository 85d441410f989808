/** What the node itself has to say to given devices: never shown, with notice of when it is with the device or with a server. */
import type { Clock, Random, Timer } from '../../runtime.js'
import { listsDevice } from '../contacts/contacts.js'
import type { Lane, Transaction } from '../home/lane.js'
import { enqueue } from './outbox.js'

export interface SystemMail {
  username: string
  /** device key in hex */
  device: string
  /** an encoded Content */
  content: Uint8Array
}

/** 'dropped': the device is no longer one of its account's, or its mail expired; 'waiting': none of these within the time. */
export type MailOutcome = 'delivered' | 'stored' | 'dropped' | 'waiting'

export interface SystemMailerComponents {
  lane: Lane
  clock: Clock
  random: Random
  /** Something is owed to these devices now. */
  owed: (devices: string[]) => void
}

export class SystemMailer {
  /** Who waits for an entry, by device and sequence. */
  private readonly waiters = new Map<string, (outcome: MailOutcome) => void>()
  private stopped = false

  constructor (private readonly components: SystemMailerComponents) {}

  /**
   * Keeps the mail in this transaction and begins to deliver it after. No device is dialled for it. Returns the sequences;
   * undefined where the account does not list the device, which would be owed it for ever.
   */
  async enqueue (tx: Transaction, mail: SystemMail[]): Promise<Array<number | undefined>> {
    const { clock, random, owed } = this.components
    const sequences: Array<number | undefined> = []
    for (const { device, username, content } of mail) {
      if (!await listsDevice(tx, username, device)) {
        sequences.push(undefined)
        continue
      }
      const { sequence } = await enqueue(tx, device, username, {
        messageId: '',
        wireId: random.bytes(16),
        content,
        conversation: new Uint8Array(0),
        sentAtMs: clock.now(),
        noDial: true
      })
      sequences.push(sequence)
    }
    tx.afterCommit(() => { owed(mail.filter((_, i) => sequences[i] !== undefined).map(({ device }) => device)) })
    return sequences
  }

  /**
   * Sends each and waits until all have come somewhere, or at least half have and no other has for `lullMs`, or the time
   * is over: what waits then goes on by itself.
   */
  async send (mail: SystemMail[], { timeoutMs, lullMs }: { timeoutMs: number, lullMs: number }): Promise<MailOutcome[]> {
    const { lane, clock } = this.components
    const outcomes = mail.map((): MailOutcome => 'waiting')
    if (mail.length === 0) return outcomes
    let open = mail.length
    let finish = (): void => {}
    let lull: Timer | undefined
    const all = new Promise<void>((resolve) => { finish = resolve })
    const settle = (i: number, outcome: MailOutcome): void => {
      outcomes[i] = outcome
      lull?.cancel()
      if (--open === 0) finish()
      else if (2 * open <= mail.length) lull = clock.schedule(lullMs, finish)
    }
    const keys = await lane.write(async (tx) => {
      const sequences = await this.enqueue(tx, mail)
      // Before anything can settle: effects of the commit run after this.
      return sequences.flatMap((sequence, i) => {
        if (sequence === undefined) {
          settle(i, 'dropped')
          return []
        }
        const key = nameOf(mail[i]!.device, sequence)
        this.waiters.set(key, (outcome) => {
          this.waiters.delete(key)
          settle(i, outcome)
        })
        return [key]
      })
    })
    if (this.stopped) finish()
    const timer = clock.schedule(timeoutMs, finish)
    await all
    timer.cancel()
    lull?.cancel()
    for (const key of keys) this.waiters.delete(key)
    return outcomes
  }

  /** After the commit that says so. */
  settled (device: string, sequence: number, outcome: MailOutcome): void {
    this.waiters.get(nameOf(device, sequence))?.(outcome)
  }

  /** Nobody waits any longer. */
  stop (): void {
    this.stopped = true
    for (const settle of [...this.waiters.values()]) settle('waiting')
  }
}

function nameOf (device: string, sequence: number): string {
  return `${device} ${sequence}`
}
