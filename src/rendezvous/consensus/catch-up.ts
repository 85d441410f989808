import { isQuorum } from '../../overlay/index.js'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import { compareBallots, type Ballot } from './ballot.js'
import { gather } from './gather.js'
import { catchUpParallel, catchUpPauseMs, maxListedNames } from './limits.js'
import type { RegisterBallot } from './messages.js'
import { mergePages } from './pages.js'
import type { Peers } from './peers.js'
import type { Configure, Proposer } from './proposer.js'

export interface CatchUpComponents {
  self: string
  peers: Peers
  proposer: Proposer
  configuration: Configure
  clock: Clock
}

interface BallotPage { ballots: RegisterBallot[], more: boolean }

/** A register of which this acceptor has something older than another one, or nothing. */
interface Missed { name: string, own: Ballot | undefined }

/**
 * Gives this acceptor what was decided without it: compares its ballots with those of a majority, page by page, and has
 * every register of which another one has accepted something newer go through a round that changes nothing. Without it such
 * a register is at as few disks as decided it until somebody asks for it, and may be lost with them.
 *
 * @returns how many registers it lacked
 * @throws ERR_UNREACHABLE when too few acceptors answer; ERR_STORE_IO when this one's disk does not take it; ERR_ABORTED
 */
export async function catchUp (components: CatchUpComponents, signal?: AbortSignal): Promise<number> {
  const { proposer, clock } = components
  let settled = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const page: { missed: Missed[], next: string | undefined } = await missedBehind(components, after)
    for (let at = 0; at < page.missed.length; at += catchUpParallel) {
      signal?.throwIfAborted()
      await Promise.all(page.missed.slice(at, at + catchUpParallel).map(async (missed) => {
        const proposed = await proposer.propose({ space: 'registers', name: missed.name }, () => undefined)
        if (proposed.outcome !== 'done') throw unreachable()
        // Otherwise what another one has accepted was never chosen.
        if (proposed.current !== undefined) await assertTaken(components, missed)
        settled++
      }))
    }
    after = page.next
    if (after !== undefined) await sleep(clock, catchUpPauseMs, signal)
  }
  return settled
}

/** What this acceptor lacks in one page, by what it and some others, a majority together, have. */
async function missedBehind ({ self, peers, configuration }: CatchUpComponents, after: string): Promise<{ missed: Missed[], next: string | undefined }> {
  const { version, quorum } = configuration('registers')
  const pages = new Map<string, BallotPage>()
  const all = await gather(
    quorum,
    async (server) => await peers.ask(server, async (side) => await side.ballots({ rosterVersion: version, after, limit: maxListedNames })),
    (server, page) => {
      pages.set(server, page)
      return pages.has(self) && isQuorum(quorum, new Set(pages.keys())) ? new Map(pages) : undefined
    })
  if (all === undefined) throw unreachable()
  const { names, next } = mergePages([...all.values()].map(({ ballots, more }) => ({ names: ballots.map(({ name }) => name), more })), maxListedNames)
  const tables = new Map([...all].map(([server, { ballots }]) => [server, new Map(ballots.map(({ name, accepted }) => [name, accepted]))]))
  const missed = names.map((name) => ({ name, own: tables.get(self)?.get(name) }))
  return { missed: missed.filter(({ name, own }) => [...tables.values()].some((table) => isNewer(table.get(name), own))), next }
}

/** The round came through without this acceptor when its own disk refuses, and would again. */
async function assertTaken ({ self, peers, configuration }: CatchUpComponents, { name, own }: Missed): Promise<void> {
  const rosterVersion = configuration('registers').version
  const answer = await peers.ask(self, async (side) => await side.vote({ kind: 'peek', rosterVersion, place: { space: 'registers', name } }))
  if (answer?.vote.vote === 'granted' && isNewer(answer.vote.accepted?.ballot, own)) return
  throw new P2pChatError('ERR_STORE_IO', 'The disk of this server does not take what was decided without it.')
}

function isNewer (one: Ballot | undefined, other: Ballot | undefined): boolean {
  return one !== undefined && (other === undefined || compareBallots(one, other) > 0)
}

function unreachable (): P2pChatError {
  return new P2pChatError('ERR_UNREACHABLE', 'Too few servers of the pool can be reached to compare registers.')
}
