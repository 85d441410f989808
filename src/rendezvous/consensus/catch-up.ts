import { isQuorum } from '../../overlay/index.js'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import { compareBallots } from './ballot.js'
import { gather } from './gather.js'
import { catchUpParallel, catchUpPauseMs, maxListedNames } from './limits.js'
import type { RegisterBallot } from './messages.js'
import { mergePages, type Listing } from './pages.js'
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

/**
 * Gives this acceptor what was decided without it: compares its ballots with those of a majority, page by page, and has
 * every register of which they are not the same go through a round that changes nothing. Without it such a register is
 * at as few disks as decided it until somebody asks for it, and may be lost with them.
 *
 * @returns how many registers were not the same
 * @throws ERR_UNREACHABLE when too few acceptors answer
 */
export async function catchUp (components: CatchUpComponents, signal?: AbortSignal): Promise<number> {
  const { proposer, clock } = components
  let settled = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const { names, next }: Listing = await differing(components, after)
    for (let at = 0; at < names.length; at += catchUpParallel) {
      await Promise.all(names.slice(at, at + catchUpParallel).map(async (name) => {
        const { outcome } = await proposer.propose({ space: 'registers', name }, () => undefined)
        if (outcome !== 'done') throw unreachable()
        settled++
      }))
    }
    after = next
    if (after !== undefined) await sleep(clock, catchUpPauseMs, signal)
  }
  return settled
}

/** The names in one page that this acceptor and some others, a majority together, have not accepted under the same ballot. */
async function differing ({ self, peers, configuration }: CatchUpComponents, after: string): Promise<Listing> {
  const { version, quorum } = configuration('registers')
  const pages = new Map<string, BallotPage>()
  const all = await gather(
    quorum,
    async (server) => await peers.ask(server, async (side) => await side.ballots({ rosterVersion: version, after, limit: maxListedNames })),
    (server, page) => {
      pages.set(server, page)
      return pages.has(self) && isQuorum(quorum, new Set(pages.keys())) ? [...pages.values()] : undefined
    })
  if (all === undefined) throw unreachable()
  const { names, next } = mergePages(all.map(({ ballots, more }) => ({ names: ballots.map(({ name }) => name), more })), maxListedNames)
  const tables = all.map(({ ballots }) => new Map(ballots.map(({ name, accepted }) => [name, accepted])))
  return { names: names.filter((name) => !isSame(tables.map((table) => table.get(name)))), next }
}

function isSame ([first, ...others]: Array<RegisterBallot['accepted']>): boolean {
  return others.every((one) => one === undefined || first === undefined ? one === first : compareBallots(one, first) === 0)
}

function unreachable (): P2pChatError {
  return new P2pChatError('ERR_UNREACHABLE', 'Too few servers of the pool can be reached to compare registers.')
}
