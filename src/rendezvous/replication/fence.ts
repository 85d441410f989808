import { gather } from './gather.js'
import type { RosterView } from './placement.js'
import type { Stale } from './replica.js'
import type { ReplicaSet, ReplicaSets, Rosters } from './replica-sets.js'
import type { Standings } from './standings.js'

export interface FenceComponents {
  /** Whether a server, asked by this version, has answered by it. */
  answersBy: (peerId: string, version: number) => Promise<boolean | Stale>
  rosters: Rosters
  sets: ReplicaSets
  standings: Pick<Standings, 'distrusted'>
}

/**
 * What is written by a new roster is told as stored only once no home can say "you have everything" by an old one any more: so
 * many of a mailbox's (or file's) servers of each open roster go by the new one that no read quorum of them is left. Without it a home that is
 * cut off with one other amid a change would know nothing of the new servers, nor of what they took.
 */
export class Fence {
  readonly #components: FenceComponents
  /** The newest version that a server has answered by, by PeerId: it answers by no older one, also after a crash. */
  readonly #answered = new Map<string, number>()
  /** Questions under way, by PeerId and version: one for all mailboxes. */
  readonly #asking = new Map<string, Promise<boolean>>()

  constructor (components: FenceComponents) {
    this.#components = components
  }

  /** Whether what `set` has written under this key may be told. At once true but while something is being handed over. */
  async holds (key: Uint8Array, set: ReplicaSet): Promise<boolean> {
    // Those who have just written go by its version: of the same servers no read quorum is left either.
    const older = this.#components.sets.open(key).filter((one) => !sameServers(one, set))
    const held = await Promise.all(older.map(async (one) => await this.#holdsFor(one, set.version)))
    return held.every(Boolean)
  }

  async #holdsFor ({ peerIds, read }: ReplicaSet, version: number): Promise<boolean> {
    const needed = peerIds.length - read + 1
    const others = peerIds.filter((peerId) => !this.#goesBy(peerId, version))
    const known = peerIds.length - others.length
    if (known >= needed) return true
    return await gather(others.map(async (peerId) => await this.#ask(peerId, version)), (answers, pending) => {
      if (known + answers.filter(Boolean).length >= needed) return true
      return pending > 0 ? undefined : false
    })
  }

  #goesBy (peerId: string, version: number): boolean {
    const { rosters, standings } = this.#components
    return !speaksFor(peerId, rosters.current(), standings) || (this.#answered.get(peerId) ?? 0) >= version
  }

  async #ask (peerId: string, version: number): Promise<boolean> {
    const question = `${peerId} ${version}`
    const asking = this.#asking.get(question) ?? this.#hasAnswered(peerId, version).finally(() => { this.#asking.delete(question) })
    this.#asking.set(question, asking)
    return await asking
  }

  async #hasAnswered (peerId: string, version: number): Promise<boolean> {
    const { answersBy, rosters } = this.#components
    const answer = await answersBy(peerId, version)
    if (typeof answer === 'object') await rosters.refresh(answer.rosterVersion)
    if (answer !== true) return false
    this.#answered.set(peerId, Math.max(version, this.#answered.get(peerId) ?? 0))
    return true
  }
}

/**
 * Whether a server may say "you have everything" by itself: not one that was taken out of the roster, which is gone by its
 * operator's word, nor one whose disk is an old copy, which makes sure of nothing.
 */
export function speaksFor (peerId: string, { servers }: RosterView, { distrusted }: Pick<Standings, 'distrusted'>): boolean {
  return servers.some((server) => server.peerId === peerId) && !distrusted.includes(peerId)
}

function sameServers (a: ReplicaSet, b: ReplicaSet): boolean {
  return a.peerIds.length === b.peerIds.length && a.peerIds.every((peerId) => b.peerIds.includes(peerId))
}
