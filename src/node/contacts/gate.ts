/** Lets in whose messages the user takes, keeps back who has to ask, and drops what comes from who is blocked. */
import { P2pChatError } from '../../errors.js'
import type { Logger } from '../../runtime.js'
import type { NodeEvent } from '../chat-node.js'
import type { Arrived } from '../delivery/shelf.js'
import type { Reader, Transaction } from '../home/lane.js'
import { admissionOf, type Admission, type ContactsPolicy, type Decision } from './admission.js'
import { findContact, putContact } from './contacts.js'
import { keepWaiting, takeWaiting } from './requests.js'

export interface GateComponents {
  logger: Logger
  /** this account, whose other devices are always let in */
  username: string
  policy: () => ContactsPolicy
  emit: (event: NodeEvent) => void
}

export class Gate {
  constructor (private readonly components: GateComponents) {}

  /**
   * Whether receipts, direct connections and addresses are for this account.
   *
   * @param username undefined: nobody who is known here
   */
  async isWelcome (reader: Reader, username: string | undefined): Promise<boolean> {
    return await this.admissionOf(reader, username) === 'welcome'
  }

  /** What the user lets this account do unasked. */
  async admissionOf (reader: Reader, username: string | undefined): Promise<Admission> {
    const { username: self, policy } = this.components
    if (username === self) return 'welcome'
    return admissionOf(username === undefined ? undefined : await findContact(reader, username), policy())
  }

  /** Keeps a message of who asks; one that is welcome belongs into the history now. @throws ERR_LIMIT too much waits already: it is to come again */
  async admit (tx: Transaction, arrived: Arrived): Promise<Admission> {
    const { logger, username: self, policy, emit } = this.components
    const { sender } = arrived
    if (sender === self) return 'welcome'
    const admission = admissionOf(await findContact(tx, sender), policy())
    if (admission === 'asks' && await keepWaiting(tx, arrived)) {
      tx.afterCommit(() => { emit({ event: 'contact-request', username: sender, message: `${sender} would like to write to you. \`p2pchat contacts accept ${sender}\` shows what, \`p2pchat contacts block ${sender}\` refuses it.` }) })
    }
    if (admission === 'blocked') logger.info({ sender }, 'a message of somebody who is blocked was dropped')
    return admission
  }

  /** Answers what waited of this person, which is now to be put into the history, or to be forgotten. @throws ERR_NOT_FOUND */
  async decide (tx: Transaction, username: string, decision: Decision): Promise<Arrived[]> {
    const contact = await findContact(tx, username)
    if (contact === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
    putContact(tx, username, { ...contact, decision })
    return await takeWaiting(tx, username)
  }

  /** What waited of who is welcome by now without having been decided about: another device of this account has answered. */
  async letIn (tx: Transaction, username: string): Promise<Arrived[]> {
    return await this.isWelcome(tx, username) ? await takeWaiting(tx, username) : []
  }
}

/** @throws ERR_NOT_PERMITTED who is blocked is not written to */
export async function assertNotBlocked (reader: Reader, username: string): Promise<void> {
  if ((await findContact(reader, username))?.decision === 'blocked') {
    throw new P2pChatError('ERR_NOT_PERMITTED', `You have blocked ${username}. \`p2pchat contacts accept ${username}\` ends that.`)
  }
}
