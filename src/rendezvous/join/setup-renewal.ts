/**
 * A new OPAQUE setup after a server was removed. It is made once the roster without that server is decided, so the
 * removed one has never seen it. It has the number of that version of the roster, and so from the rosters alone follows
 * whether one is still due.
 */
import type { Roster, RosterHistory } from '../../overlay/index.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import { formerServers, type RosterChange } from '../consensus/index.js'
import type { Invites } from './invites.js'
import type { Registers } from '../registers/index.js'
import { keepSetup } from './setups.js'

export interface RenewalComponents {
  history: () => RosterHistory
  change: (change: RosterChange) => Promise<Roster>
  registers: Registers
  opaque: OpaqueServer
  invites: Pick<Invites, 'closeFounding'>
}

/** Makes the setup that is due, if one is. Repeatable. @throws ERR_UNREACHABLE, ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
export async function renewSetup ({ history, change, registers, opaque, invites }: RenewalComponents): Promise<void> {
  const version = dueSetupVersion(history())
  if (version === undefined) return
  // Who has the disk of the removed one may have this token, with which any key gets in.
  await invites.closeFounding()
  await keepSetup(registers, version, await opaque.createSetup())
  await change({ kind: 'opaque-setup', version })
}

/** The version of the OPAQUE setup that is due; undefined: none. */
export function dueSetupVersion (history: RosterHistory): number | undefined {
  const removedIn = Math.max(0, ...formerServers(history).map(({ removedInVersion }) => removedInVersion))
  return removedIn > history.newest.opaqueSetupVersion ? removedIn : undefined
}
