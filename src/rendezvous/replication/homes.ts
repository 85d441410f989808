import type { ReplicaSet } from './replica-sets.js'

/** Chooses a home among a mailbox's replicas. */
export class Homes {
  /** What a server said last, and the mailboxes that were sent there since. */
  readonly #loads = new Map<string, { clients: number, sent: Set<string> }>()

  /** A server tells how many clients it has. One that says nothing is not chosen unless none does. */
  report (peerId: string, clients: number): void {
    this.#loads.set(peerId, { clients, sent: new Set() })
  }

  /** It does not answer. */
  forget (peerId: string): void {
    this.#loads.delete(peerId)
  }

  /**
   * The replicas from the least loaded to the most; equal ones in the order of placement. Whoever is sent to the first
   * is counted there until that server reports again, so that a crowd between two reports does not go to one place; once,
   * however often it asks.
   *
   * @param mailbox in hexadecimal
   */
  choose (mailbox: string, { peerIds }: Pick<ReplicaSet, 'peerIds'>): string[] {
    const chosen = peerIds
      .map((peerId, order) => ({ peerId, order, load: this.load(peerId) }))
      .sort((a, b) => a.load === b.load ? a.order - b.order : a.load - b.load)
      .map(({ peerId }) => peerId)
    this.#loads.get(chosen[0] ?? '')?.sent.add(mailbox)
    return chosen
  }

  /** Its clients as far as is known; Infinity for one that says nothing. */
  load (peerId: string): number {
    const load = this.#loads.get(peerId)
    return load === undefined ? Infinity : load.clients + load.sent.size
  }
}
