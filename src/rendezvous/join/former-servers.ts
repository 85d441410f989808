import { readRoster, type RosterHistory, type RosterServer } from '../../overlay/index.js'

/** Servers that were in the roster once and are no more, each as it last was; with the version that took it out. */
export function formerServers (history: RosterHistory): Array<{ server: RosterServer, removedInVersion: number }> {
  const last = new Map<string, { server: RosterServer, version: number }>()
  for (const { roster } of history.signed) {
    const { servers, version } = readRoster(history.poolId, roster)
    for (const server of servers) last.set(server.peerId, { server, version })
  }
  return [...last.values()]
    .filter(({ version }) => version < history.newest.version)
    .map(({ server, version }) => ({ server, removedInVersion: version + 1 }))
}
