import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import type { GroupHead, VerifiedGroupEntry } from '../../records/group/index.js'
import { listScanPage } from '../limits.js'
import { asError } from '../outcome.js'
import type { RegisterPage, Registers } from '../registers/index.js'
import { afterEntries, corrupt, decodeHead, encodeHead, entryName, entryPrefix, headName, hexOf, placeOfEntry, previousHashOf, type StoredHead } from './group-registers.js'

/** A head with what the next compare-and-set on it needs. */
export interface ReadHead extends StoredHead {
  /** of the register */
  version: number
}

interface StoredEntry {
  sequence: number
  /** hexadecimal */
  hash: string
  signed: Uint8Array
}

/**
 * The logs of groups in registers. An entry is written once, under its sequence and hash, before the head moves to it; those
 * that lost the race for a place stay where they are, and are passed over: the head names the newest entry, and each
 * stored entry the one before it. An entry is stored only for the head that there is, so losers name the same one.
 *
 * All methods throw ERR_UNKNOWN_OUTCOME and ERR_OVERLOADED.
 */
export class GroupLog {
  readonly #registers: Registers

  constructor (registers: Registers) {
    this.#registers = registers
  }

  async head (groupId: Uint8Array): Promise<ReadHead | undefined> {
    const read = await this.#registers.read(headName(groupId))
    if (read.outcome !== 'read') throw asError(read)
    return read.register === undefined ? undefined : { ...decodeHead(read.register.value), version: read.register.version }
  }

  /** Stores an entry that follows the present head. */
  async putEntry (groupId: Uint8Array, entry: VerifiedGroupEntry): Promise<void> {
    const write = await this.#registers.compareAndSet(entryName(groupId, entry), 0, entry.signed)
    // The same payload with another valid signature is the same entry.
    if (write.outcome !== 'written' && write.outcome !== 'conflict') throw asError(write)
  }

  /** Whether the head is there now; false: it had moved. */
  async moveHead (groupId: Uint8Array, expectedVersion: number, head: StoredHead): Promise<boolean> {
    const write = await this.#registers.compareAndSet(headName(groupId), expectedVersion, encodeHead(head))
    if (write.outcome !== 'written' && write.outcome !== 'conflict') throw asError(write)
    return write.outcome === 'written'
  }

  /** The entries after a sequence up to `head`, in order. */
  async * entries (groupId: Uint8Array, afterSequence: number, head: GroupHead): AsyncGenerator<{ sequence: number, signed: Uint8Array }> {
    let next = afterSequence + 1
    let rivals: StoredEntry[] = []
    const settle = (hash: Uint8Array): StoredEntry => {
      const entry = rivals.find((rival) => rival.sequence === next && rival.hash === hexOf(hash))
      if (entry === undefined) throw corrupt(`entry ${next} of a group is missing`)
      rivals = []
      next++
      return entry
    }
    for await (const entry of this.#stored(groupId, afterSequence)) {
      if (entry.sequence > head.sequence) break
      if (rivals[0] !== undefined && entry.sequence !== rivals[0].sequence) yield settle(previousHashOf(entry.signed))
      rivals.push(entry)
    }
    if (next <= head.sequence) yield settle(head.hash)
  }

  /** Whether the entry with this hash is the one at its place in the log. */
  async has (groupId: Uint8Array, { sequence, hash }: GroupHead, head: GroupHead): Promise<boolean> {
    return sequence <= head.sequence && equals(hash, await this.hashAt(groupId, sequence, head))
  }

  /** The hash of the entry with this sequence, which `head` is not before. */
  async hashAt (groupId: Uint8Array, sequence: number, head: GroupHead): Promise<Uint8Array> {
    if (sequence === head.sequence) return head.hash
    // Any entry for the next place will do, won or lost. One that few acceptors have may be listed and then settle to nothing.
    const { value: next } = await this.#stored(groupId, sequence, 1).next()
    if (next?.sequence !== sequence + 1) throw corrupt(`entry ${sequence + 1} of a group is missing`)
    return previousHashOf(next.signed)
  }

  /** All entries with a higher sequence, those that lost included. */
  async * #stored (groupId: Uint8Array, afterSequence: number, pageLimit = listScanPage): AsyncGenerator<StoredEntry, undefined> {
    let after: string | undefined = afterEntries(groupId, afterSequence)
    do {
      const { registers, next } = await this.#page(groupId, after, pageLimit)
      for (const { name, value } of registers) yield { ...placeOfEntry(name), signed: value }
      after = next
    } while (after !== undefined)
  }

  async #page (groupId: Uint8Array, after: string, limit: number): Promise<RegisterPage> {
    const list = await this.#registers.list(entryPrefix(groupId), { after, limit })
    if (list.outcome !== 'listed') throw asError(list)
    return list.page
  }
}

export function noSuchGroup (): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', 'There is no such group.')
}
