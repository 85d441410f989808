/**
 * Going on after most of the servers that vote were lost for good: the recovery key signs a roster in which only the
 * others vote. What only the lost ones had is lost; were they started again, there would be two pools.
 */
import { P2pChatError } from '../../errors.js'
import { decidersOf, isQuorum, type RosterServer } from '../../overlay/index.js'
import { sleep, type Clock } from '../../runtime.js'
import { recoverRoster, type Consensus } from '../consensus/index.js'
import type { Links } from '../links/index.js'
import { recoveryPatienceMs, recoveryRetryMs } from './limits.js'

export interface RecoveryComponents {
  self: string
  consensus: Pick<Consensus, 'roster' | 'changer'>
  links: Pick<Links, 'ask' | 'isLinked'>
  clock: Clock
  /** PeerIds of servers that answer and have no vote any more, as their disk is an old copy. */
  retired: ReadonlySet<string>
}

/**
 * Has those decide that are left. Repeatable; and while it is not over, with more that are lost: all that are left must vote.
 *
 * @param lost PeerIds of servers that never come back
 * @throws ERR_NOT_PERMITTED: a majority is there, a lost server answers, or nobody is left; ERR_UNREACHABLE: one that
 * is not lost does not answer; ERR_BAD_CREDENTIALS: it is not the pool's recovery key
 */
export async function recoverPool (components: RecoveryComponents, lost: readonly string[], recoverySeed: Uint8Array): Promise<void> {
  const { consensus: { roster, changer }, clock } = components
  assertLost(components, lost)
  const isSigned = roster.roster.phase === 'recovering' && !roster.roster.servers.some(({ peerId, acceptor }) => acceptor && lost.includes(peerId))
  if (!isSigned) await sign(components, lost, recoverySeed)
  // Who is left begins to vote by the new roster within seconds.
  for (const untilMs = clock.monotonicMs() + recoveryPatienceMs; ;) {
    try {
      await changer.finish()
      return
    } catch (error) {
      if (clock.monotonicMs() >= untilMs) throw error
      await sleep(clock, recoveryRetryMs)
    }
  }
}

/** @throws ERR_NOT_PERMITTED: one of them answers */
export function assertLost ({ self, consensus: { roster }, links, retired }: RecoveryComponents, lost: readonly string[]): void {
  const { servers } = roster.roster
  const at = servers.findIndex(({ peerId }) => lost.includes(peerId) && !retired.has(peerId) && (peerId === self || links.isLinked(peerId)))
  if (at !== -1) throw new P2pChatError('ERR_NOT_PERMITTED', `Server ${at + 1} answers: it is not lost.`)
}

async function sign (components: RecoveryComponents, lost: readonly string[], recoverySeed: Uint8Array): Promise<void> {
  const { self, consensus: { roster }, links, retired } = components
  const { servers } = roster.roster
  const voters = servers.filter(({ acceptor, nextAcceptor }) => acceptor || nextAcceptor)
  const survivors = voters.map(({ peerId }) => peerId).filter((peerId) => !lost.includes(peerId))
  const isThere = (peerId: string): boolean => peerId === self || links.isLinked(peerId)
  const numberOf = (server: RosterServer): number => servers.indexOf(server) + 1
  if (survivors.length === 0) throw new P2pChatError('ERR_NOT_PERMITTED', 'Of the servers that vote none would be left, and nobody knows the accounts. Restore the disk of one of them.')
  const silent = voters.find(({ peerId }) => survivors.includes(peerId) && !isThere(peerId))
  if (silent !== undefined) throw new P2pChatError('ERR_UNREACHABLE', `Server ${numberOf(silent)} votes and does not answer. Start it, or say that it is lost, too: --lost ${numberOf(silent)}`)
  const old = voters.find(({ peerId }) => survivors.includes(peerId) && retired.has(peerId))
  if (old !== undefined) throw new P2pChatError('ERR_NOT_PERMITTED', `Server ${numberOf(old)} runs on an old copy of its disk and has no vote any more. Say that it is lost, too: --lost ${numberOf(old)}`)
  if (isQuorum(decidersOf(roster.roster), new Set(survivors))) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'Those that are left are enough to decide: take the lost ones out one by one with p2pchat pool remove SERVER --force')
  }
  const chain = recoverRoster(roster.history, survivors, recoverySeed)
  await roster.install(chain)
  await Promise.all(survivors.filter((peerId) => peerId !== self).map(async (peerId) => { await links.ask(peerId, 'roster/install', chain) }))
}
