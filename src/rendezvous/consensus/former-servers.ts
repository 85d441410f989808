import type { RosterHistory, RosterServer } from '../../overlay/index.js'

/** Servers that were in the roster once and are no more, each as it last was; with the version that took it out. */
export function formerServers ({ versions }: RosterHistory): Array<{ server: RosterServer, removedInVersion: number }> {
  return versions.flatMap(({ roster: { servers } }, at) => {
    const after = versions[at + 1]?.roster
    if (after === undefined) return []
    return servers
      .filter(({ peerId }) => !after.servers.some((server) => server.peerId === peerId))
      .map((server) => ({ server, removedInVersion: after.version }))
  })
}
