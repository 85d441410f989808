import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { asError } from '../outcome.js'
import { listScanPage, maxListScan, maxRaces, nameReservationMs } from '../limits.js'
import type { Register, Registers } from '../registers/index.js'
import { decodeName, encodeName, nameName, nameOfRegister, type StoredHead, type StoredName } from './group-registers.js'
import type { GroupLog, ReadHead } from './group-log.js'

export interface GroupNamesComponents {
  registers: Registers
  log: GroupLog
  clock: Clock
}

export interface NamedGroup {
  name: string
  groupId: Uint8Array
  head: ReadHead
}

/**
 * Names of groups. A register says which group a name was reserved for; it is that group's name while the group has members
 * and its head says the same. A reservation that came to nothing, or that was left behind, lapses.
 *
 * All methods throw ERR_UNKNOWN_OUTCOME and ERR_OVERLOADED.
 */
export class GroupNames {
  readonly #components: GroupNamesComponents

  constructor (components: GroupNamesComponents) {
    this.#components = components
  }

  /** The group of that name. */
  async find (name: string): Promise<NamedGroup | undefined> {
    const register = await this.#read(name)
    return register === undefined ? undefined : await this.#holder(name, decodeName(register.value))
  }

  /**
   * Keeps the name for a group that is about to be founded or renamed; no other gets it for the next minute at least.
   *
   * @throws ERR_NAME_TAKEN
   */
  async reserve (name: string, groupId: Uint8Array): Promise<void> {
    const { registers, clock } = this.#components
    for (let race = 0; race < maxRaces; race++) {
      const register = await this.#read(name)
      const before = register === undefined ? undefined : decodeName(register.value)
      if (before !== undefined && await this.#keeps(name, before, groupId)) throw taken(name)
      // What is left of one's own reservation may be too short for what comes next.
      const write = await registers.compareAndSet(nameName(name), register?.version ?? 0, encodeName({ groupId, reservedAtMs: clock.now() }))
      if (write.outcome === 'written') return
      if (write.outcome !== 'conflict') throw asError(write)
    }
    throw taken(name)
  }

  /**
   * Groups by name, behind `after`: at most `limit`, and fewer when too many names in a row are nobody's or unlisted.
   * `next`: where to go on; undefined at the end.
   */
  async list (prefix: string, after: string, limit: number): Promise<{ groups: NamedGroup[], next: string | undefined }> {
    const { registers } = this.#components
    const groups: NamedGroup[] = []
    let from = after === '' ? undefined : nameName(after)
    for (let scanned = 0; scanned < maxListScan; scanned += listScanPage) {
      const list = await registers.list(nameName(prefix), { after: from, limit: Math.min(listScanPage, limit - groups.length) })
      if (list.outcome !== 'listed') throw asError(list)
      const found = await Promise.all(list.page.registers.map(async ({ name, value }) => await this.#holder(nameOfRegister(name), decodeName(value))))
      groups.push(...found.filter((group) => group !== undefined).filter(({ head }) => !head.unlisted))
      from = list.page.next
      if (from === undefined || groups.length >= limit) break
    }
    return { groups, next: from === undefined ? undefined : nameOfRegister(from) }
  }

  async #read (name: string): Promise<Register | undefined> {
    const read = await this.#components.registers.read(nameName(name))
    if (read.outcome !== 'read') throw asError(read)
    return read.register
  }

  async #holder (name: string, { groupId }: StoredName): Promise<NamedGroup | undefined> {
    const head = await this.#components.log.head(groupId)
    return head !== undefined && isHeld(name, head) ? { name, groupId, head } : undefined
  }

  /** Whether the name is another group's than this one. */
  async #keeps (name: string, { groupId, reservedAtMs }: StoredName, asking: Uint8Array): Promise<boolean> {
    if (equals(groupId, asking)) return false
    const { log, clock } = this.#components
    const head = await log.head(groupId)
    if (head !== undefined && isHeld(name, head)) return true
    if (head?.members === 0) return false
    // Also after the clock was set back: a reservation from far ahead is none.
    return Math.abs(clock.now() - reservedAtMs) < nameReservationMs
  }
}

function isHeld (name: string, head: StoredHead): boolean {
  return head.name === name && head.members > 0
}

function taken (name: string): P2pChatError {
  return new P2pChatError('ERR_NAME_TAKEN', `There is a group ${name} already. Choose another name, or join it.`)
}
