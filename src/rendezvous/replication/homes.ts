import type { ReplicaSet } from './replica-sets.js'

/** Chooses a home among a mailbox's replicas. */
export class Homes {
  /** What a server said last, and who was sent there since. */
  readonly #loads = new Map<string, { clients: number, sent: number }>()

  /** A server tells how many clients it has. One that says nothing is not chosen unless none does. */
  report (peerId: string, clients: number): void {
    this.#loads.set(peerId, { clients, sent: 0 })
  }

  /** It does not answer. */
  forget (peerId: string): void {
    this.#loads.delete(peerId)
  }

  /**
   * The replicas from the least loaded to the most; equal ones in the order of placement. Whoever is sent to the first
   * is counted there until that server reports again, so that a crowd between two reports does not go to one place.
   */
  choose ({ peerIds }: Pick<ReplicaSet, 'peerIds'>): string[] {
    const chosen = peerIds
      .map((peerId, order) => ({ peerId, order, load: this.load(peerId) }))
      .sort((a, b) => a.load === b.load ? a.order - b.order : a.load - b.load)
      .map(({ peerId }) => peerId)
    const load = this.#loads.get(chosen[0] ?? '')
    if (load !== undefined) load.sent++
    return chosen
  }

  /** Its clients as far as is known; Infinity for one that says nothing. */
  load (peerId: string): number {
    const load = this.#loads.get(peerId)
    return load === undefined ? Infinity : load.clients + load.sent
  }
}
