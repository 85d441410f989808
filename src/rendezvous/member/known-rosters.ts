import { equals } from 'uint8arrays/equals'
import { rosterAt, type Roster } from '../../overlay/index.js'
import type { RosterKeeper } from '../consensus/index.js'
import type { Clock, Timer } from '../../runtime.js'
import type { Links } from '../links/index.js'
import type { Rosters } from '../replication/index.js'

/** How long a server has for its answer before the next one is asked as well: a frozen one answers in no time. */
const askNextMs = 300

/** Every version of the roster that this server has proof of, as those see it who place things by it. */
export function knownRosters (keeper: RosterKeeper, links: Links, clock: Clock): Rosters {
  const known = new Map<number, Roster>()
  return {
    current: () => keeper.roster,
    at: (version) => {
      const roster = known.get(version) ?? rosterAt(keeper.history, version)
      if (roster !== undefined) known.set(version, roster)
      return roster
    },
    refresh: async (atLeast) => {
      const others = linkedFirst(links)
      let asking = 0
      await new Promise<void>((resolve) => {
        // One after the other: mostly the first knows it, and what a client made up is asked for in vain.
        const next = (timer?: Timer): void => {
          timer?.cancel()
          const peerId = keeper.roster.version < atLeast ? others.shift() : undefined
          if (peerId !== undefined) {
            asking++
            const late = clock.schedule(askNextMs, () => { next() }, { unref: true })
            void install(keeper, links, peerId).finally(() => {
              asking--
              next(late)
            })
          } else if (asking === 0 || keeper.roster.version >= atLeast) resolve()
        }
        next()
      })
    }
  }
}

/**
 * Each of two servers has the newer roster of theirs then. Also one that asks nobody: on an old copy of a disk, from a time
 * when its server was alone. Rejects when the other does not answer or has a roster of another pool.
 */
export async function exchangeRosters (keeper: RosterKeeper, links: Links, peerId: string): Promise<void> {
  const theirs = await links.ask(peerId, 'roster/chain', new Uint8Array(0))
  await keeper.install(theirs)
  if (!equals(theirs, keeper.history.chain)) await links.ask(peerId, 'roster/install', keeper.history.chain)
}

/** Never rejects: who asks looks at what is known then, and another one may know it. */
async function install (keeper: RosterKeeper, links: Links, peerId: string): Promise<void> {
  try {
    await keeper.install(await links.ask(peerId, 'roster/chain', new Uint8Array(0)))
  } catch {}
}

function linkedFirst (links: Links): string[] {
  return [...links.others()].sort((a, b) => Number(links.isLinked(b)) - Number(links.isLinked(a)))
}
