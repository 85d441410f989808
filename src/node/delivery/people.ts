/** Whose devices there are, what they may, and where they can be reached: by what is known here, and by the directory. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger } from '../../runtime.js'
import { findContact, findRecord, listsDevice, putTalked } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import type { Gate } from '../contacts/gate.js'
import type { Lane } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { addressFreshMs } from './limits.js'
import { findOutChain } from './outbox.js'

export interface PeopleComponents {
  /** After the commit: somebody is talked with who was not before. */
  welcomed: (username: string) => void
  lane: Lane
  clock: Clock
  logger: Logger
  /** this account */
  username: string
  directory: Directory
  sessions: Sessions
  /** Whether the device has shown in this run that it is a member's of a group of this account. */
  isMember?: (device: string) => boolean
  /** Without it everybody is welcome. */
  gate?: Pick<Gate, 'isWelcome'>
}

/** Devices are named by their keys in hex. */
export class People {
  constructor (private readonly components: PeopleComponents) {}

  /** The newest record of this account here. */
  async ownRecord (): Promise<VerifiedAccountRecord> {
    const record = await findRecord(this.components.lane, this.components.username)
    if (record === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', 'The home lacks its own account record; sign in again.')
    return record
  }

  /** The newest record of an account; undefined while it may not be written to. */
  async writableRecord (username: string): Promise<VerifiedAccountRecord | undefined> {
    if ((await findContact(this.components.lane, username))?.identity === 'changed') return undefined
    return await findRecord(this.components.lane, username)
  }

  /** Whose device it is, when it is this account's or of one with which messages were exchanged. */
  async contactOf (device: string): Promise<string | undefined> {
    const { lane, username: self } = this.components
    const username = await this.ownerOf(device)
    if (username === undefined || username === self) return username
    const contact = await findContact(lane, username)
    return contact?.talked === true && contact.decision !== 'blocked' ? username : undefined
  }

  /** Whether the device may hand over as much as a contact's. */
  async isOfContact (device: string): Promise<boolean> {
    return this.components.isMember?.(device) === true || await this.contactOf(device) !== undefined
  }

  /** Whether the device may talk to this one directly; members' devices may, for what their groups need. */
  async isWelcome (device: string): Promise<boolean> {
    const { lane, gate, isMember } = this.components
    if (gate === undefined || isMember?.(device) === true) return true
    return await gate.isWelcome(lane, await this.ownerOf(device))
  }

  /** Where a device can be dialled that something is owed to. */
  async addressesOf (device: string): Promise<string[]> {
    const { lane, directory } = this.components
    const chain = await findOutChain(lane, device)
    return chain === undefined ? [] : await directory.addressesOf(chain.username, device, addressFreshMs)
  }

  /** Who was never talked with is not called unasked: that would show where this device is. */
  async addressesOfContact (device: string): Promise<string[]> {
    const username = await this.contactOf(device)
    return username === undefined ? [] : await this.components.directory.addressesOf(username, device, addressFreshMs)
  }

  /** Whether the device may be told where this one is. That its user shares a group with this one is not enough. */
  async mayLearnAddress (device: string): Promise<boolean> {
    const { lane, gate } = this.components
    const username = await this.ownerOf(device)
    return username !== undefined && (gate === undefined || await gate.isWelcome(lane, username))
  }

  /** Whose device it is by what was exchanged with it; of one that its account lists no more, nobody's. */
  private async ownerOf (device: string): Promise<string | undefined> {
    const { lane, sessions } = this.components
    const username = await sessions.usernameOf(lane, device)
    return username !== undefined && await listsDevice(lane, username, device) ? username : undefined
  }

  /** Another device of this account talks with this account: so do we. */
  async meet (username: string): Promise<void> {
    await this.refresh(username)
    await this.components.lane.write(async (tx) => {
      const contact = await findContact(tx, username)
      if (contact !== undefined) putTalked(tx, username, { ...contact, lastMessageAtMs: this.components.clock.now() }, this.components.welcomed)
    })
  }

  /** Looks an account's record up. Whether the directory answered, be it that there is no such user, or with a record that cannot be believed. */
  async refresh (username: string): Promise<boolean> {
    try {
      await this.components.directory.refresh(username)
      return true
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.components.logger.info({ username, code: error.code }, 'a record could not be looked up')
      return isP2pChatError(error, 'ERR_NOT_FOUND', 'ERR_INVALID_RECORD')
    }
  }
}
