import { readRoster, type Roster } from '../../overlay/index.js'
import type { RosterKeeper } from '../consensus/index.js'
import type { Links } from '../links/index.js'
import type { Rosters } from '../replication/index.js'

/** Every version of the roster that this server has proof of, as those see it who place things by it. */
export function knownRosters (keeper: RosterKeeper, links: Links): Rosters {
  const read = new Map<number, Roster>()
  return {
    current: () => keeper.roster,
    at: (version) => {
      const signed = keeper.history.signed[version - 1]
      if (signed === undefined) return undefined
      const known = read.get(version) ?? readRoster(keeper.history.poolId, signed.roster)
      read.set(version, known)
      return known
    },
    refresh: async (atLeast) => {
      await Promise.all(links.others().map(async (peerId) => {
        try {
          if (keeper.roster.version < atLeast) await keeper.install(await links.ask(peerId, 'roster/chain', new Uint8Array(0)))
        } catch {
          // Another one may know it; who asks looks at what is known then.
        }
      }))
    }
  }
}
