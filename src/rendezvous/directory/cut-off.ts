import { equals } from 'uint8arrays/equals'
import { asP2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Accounts } from '../accounts/index.js'
import { checkedAtOnce, recheckMs } from '../limits.js'
import type { Attachments } from './attachments.js'

export interface CutOffComponents {
  accounts: Pick<Accounts, 'read'>
  attachments: Attachments
  clock: Clock
  logger: Logger
}

/**
 * Cuts off devices that their account lists no more. That an account was changed is heard from whoever changed it, at this
 * server or another; which devices it has now, the register says.
 */
export class CutOff {
  readonly #components: CutOffComponents
  /** Accounts to look at. */
  readonly #due = new Set<string>()
  /** Accounts whose register is being read for a device that attaches, and whether they have changed since. */
  readonly #attaching = new Set<{ username: string, hasChanged: boolean }>()
  #running = 0

  constructor (components: CutOffComponents) {
    this.#components = components
  }

  /** An account has changed, or may have. */
  check (username: string): void {
    for (const attaching of this.#attaching) if (attaching.username === username) attaching.hasChanged = true
    if (!this.#components.attachments.isOnline(username)) return
    this.#due.add(username)
    this.#run()
  }

  /** Any account may have changed. */
  checkAll (): void {
    for (const attaching of this.#attaching) attaching.hasChanged = true
    for (const username of this.#components.attachments.usernames()) this.#due.add(username)
    this.#run()
  }

  /** Runs a task that reads an account and then attaches a device of it. If the account changes meanwhile it is looked at again. */
  async attaching<T> (username: string, task: () => Promise<T>): Promise<T> {
    const attaching = { username, hasChanged: false }
    this.#attaching.add(attaching)
    try {
      return await task()
    } finally {
      this.#attaching.delete(attaching)
      if (attaching.hasChanged) this.check(username)
    }
  }

  #run (): void {
    while (this.#running < checkedAtOnce) {
      const [username] = this.#due
      if (username === undefined) return
      this.#due.delete(username)
      this.#running++
      void this.#check(username).finally(() => {
        this.#running--
        this.#run()
      })
    }
  }

  /** Never rejects. */
  async #check (username: string): Promise<void> {
    const { accounts, attachments, clock, logger } = this.#components
    try {
      const account = await accounts.read(username)
      for (const { channel, deviceKey } of attachments.ofUsername(username)) {
        if (account?.record.deviceKeys.some((listed) => equals(listed, deviceKey)) === true) continue
        attachments.detach(channel)
        await channel.close()
      }
    } catch (error) {
      logger.warn({ error: asP2pChatError(error), username }, 'it could not be read which devices an account has; it is tried again')
      clock.schedule(recheckMs, () => { this.check(username) }, { unref: true })
    }
  }
}
