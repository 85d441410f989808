/** What the user's answers do to what has come: somebody is let in or blocked, and messages are read. */
import { findContact, putContact } from '../contacts/contacts.js'
import type { Gate } from '../contacts/gate.js'
import { readThrough } from '../history/reading.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import { withDropped } from './dropped.js'
import { findInChain, inChainsOf, markReceiptDue, putInChain } from './in-chain.js'
import type { Mailbox } from './mailbox.js'
import type { Receipts } from './receipts.js'
import type { Arrived, Shelf } from './shelf.js'

export interface ReceptionComponents {
  lane: Lane
  shelf: Pick<Shelf, 'putArrived'>
  receipts: Pick<Receipts, 'schedule'>
  mailbox: Pick<Mailbox, 'answered'>
  /** Without it everybody is welcome. */
  gate?: Pick<Gate, 'isWelcome' | 'letIn'>
  /** Groups that somebody who is welcome now has added this account to are shown. */
  letGroupsIn?: (tx: Transaction, username: string) => Promise<void>
}

export class Reception {
  constructor (private readonly components: ReceptionComponents) {}

  /** Whether receipts are for this account. */
  async isWelcome (reader: Reader, username: string | undefined): Promise<boolean> {
    return await this.components.gate?.isWelcome(reader, username) ?? true
  }

  /** Puts into the history what has waited of somebody who is welcome now, and gives the receipts that were held back. */
  async admitted (tx: Transaction, username: string, waiting: Arrived[]): Promise<void> {
    const { shelf, receipts } = this.components
    for (const arrived of waiting) await shelf.putArrived(tx, arrived)
    for (const { device, chain } of await inChainsOf(tx, username)) {
      await markReceiptDue(tx, device, chain)
      tx.afterCommit(() => { receipts.schedule(device) })
    }
  }

  /** What has waited of somebody who is blocked now is never shown. */
  async dropped (tx: Transaction, waiting: Arrived[]): Promise<void> {
    for (const { device, sender, payload } of waiting) {
      const chain = await findInChain(tx, device, sender)
      putInChain(tx, device, { ...chain, dropped: withDropped(chain.dropped ?? [], [payload.sequence]) })
    }
  }

  /** Somebody is talked with who was not before, maybe by another device of this account. */
  async welcome (username: string): Promise<void> {
    const { lane, gate, letGroupsIn, mailbox } = this.components
    await lane.write(async (tx) => {
      const waiting = await gate?.letIn(tx, username) ?? []
      if (waiting.length > 0) await this.admitted(tx, username, waiting)
      if (await this.isWelcome(tx, username)) await letGroupsIn?.(tx, username)
    })
    await mailbox.answered()
  }

  /** Everything of this account was read, up to now or to this cursor. @param tell whether the devices that sent it may know */
  async markRead (username: string, tell: boolean, through?: number): Promise<void> {
    const { lane, receipts } = this.components
    await lane.write(async (tx) => {
      const contact = await findContact(tx, username)
      const { sequenceOf, ...now } = await readThrough(tx, username, contact ?? { unread: 0 }, through)
      if (contact !== undefined && contact.unread > 0) putContact(tx, username, { ...contact, ...now })
      if (!tell || !await this.isWelcome(tx, username)) return
      for (const { device, chain } of await inChainsOf(tx, username)) {
        const sequence = Math.min(sequenceOf(username, device), chain.expected - 1)
        if (chain.readThrough >= sequence) continue
        const read = { ...chain, readThrough: sequence }
        putInChain(tx, device, read)
        await markReceiptDue(tx, device, read)
        tx.afterCommit(() => { receipts.schedule(device) })
      }
    })
  }
}
