import { sha256 } from '../../crypto/bytes.js'
import type { Random } from '../../runtime.js'
import { asError } from '../outcome.js'
import type { Registers } from '../registers/index.js'

export interface MailIdsComponents {
  registers: Registers
  random: Random
}

export interface GroupMailId {
  /** 32 bytes */
  groupId: Uint8Array
  /** device key, 32 bytes */
  sender: Uint8Array
  /** of the envelope, 16 bytes */
  entryId: Uint8Array
}

const REGISTER = 'group-mail-key'
const KEY_BYTES = 32
const ID_BYTES = 16

/**
 * Under which ids group messages lie in mailboxes. Whoever got a message directly knows its id before the mailboxes of the
 * others have it, and could put something else there under it; so these ids are the pool's own, from a key that no client
 * knows: the same for each retry, whichever server it comes to.
 */
export class MailIds {
  readonly #components: MailIdsComponents
  #key: Promise<Uint8Array> | undefined

  constructor (components: MailIdsComponents) {
    this.#components = components
  }

  /** 16 bytes. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async of ({ groupId, sender, entryId }: GroupMailId): Promise<Uint8Array> {
    this.#key ??= this.#load()
    try {
      return sha256(await this.#key, groupId, sender, entryId).slice(0, ID_BYTES)
    } catch (error) {
      this.#key = undefined
      throw error
    }
  }

  async #load (): Promise<Uint8Array> {
    const { registers, random } = this.#components
    const read = await registers.read(REGISTER)
    if (read.outcome !== 'read') throw asError(read)
    if (read.register !== undefined) return read.register.value
    const key = random.bytes(KEY_BYTES)
    const write = await registers.compareAndSet(REGISTER, 0, key)
    if (write.outcome === 'written') return key
    if (write.outcome !== 'conflict') throw asError(write)
    return write.current?.value ?? await this.#load()
  }
}
