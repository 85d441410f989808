import { toString } from 'uint8arrays/to-string'
import { maxSharedAtOnce } from '../limits.js'
import type { ReplicaAppend, ReplicaEntry, ReplicaOf } from './replica.js'

/** One entry for many mailboxes: a request a server, not one a mailbox. They are sent when the first answer is asked for. */
export class SharedRequests {
  readonly #replicaOf: ReplicaOf
  readonly #rosterVersion: number
  readonly #entry: ReplicaEntry
  readonly #mailboxes = new Map<string, Map<string, Uint8Array>>()
  readonly #answers = new Map<string, Promise<Map<string, ReplicaAppend>>>()

  constructor (replicaOf: ReplicaOf, rosterVersion: number, entry: ReplicaEntry) {
    this.#replicaOf = replicaOf
    this.#rosterVersion = rosterVersion
    this.#entry = entry
  }

  add (peerId: string, mailbox: Uint8Array): void {
    const mailboxes = this.#mailboxes.get(peerId) ?? new Map<string, Uint8Array>()
    mailboxes.set(toString(mailbox, 'base16'), mailbox)
    this.#mailboxes.set(peerId, mailboxes)
  }

  /** What a server says of one mailbox; undefined when it was not asked so, or by another roster. */
  answer (peerId: string, mailbox: Uint8Array, rosterVersion: number): Promise<ReplicaAppend> | undefined {
    const mailboxes = this.#mailboxes.get(peerId)
    const name = toString(mailbox, 'base16')
    if (rosterVersion !== this.#rosterVersion || mailboxes?.has(name) !== true) return undefined
    const answers = this.#answers.get(peerId) ?? this.#ask(peerId, [...mailboxes])
    this.#answers.set(peerId, answers)
    return answers.then((byName) => byName.get(name) ?? { outcome: 'unknown' })
  }

  async #ask (peerId: string, mailboxes: ReadonlyArray<[string, Uint8Array]>): Promise<Map<string, ReplicaAppend>> {
    const answers = new Map<string, ReplicaAppend>()
    for (let at = 0; at < mailboxes.length; at += maxSharedAtOnce) {
      const some = mailboxes.slice(at, at + maxSharedAtOnce)
      const answer = await this.#replicaOf(peerId).appendShared(this.#rosterVersion, some.map(([, mailbox]) => mailbox), this.#entry)
      for (const [index, [name]] of some.entries()) {
        answers.set(name, answer.outcome === 'appends' ? answer.appends[index] ?? { outcome: 'unknown' } : answer)
      }
    }
    return answers
  }
}
