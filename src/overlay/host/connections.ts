import type { Connection } from '@libp2p/interface'

/** A direct one rather than one through a relay, then the newest. */
export function bestConnection (connections: readonly Connection[]): Connection | undefined {
  const open = connections.filter((connection) => connection.status === 'open')
  return open.findLast((connection) => !isRelayed(connection)) ?? open.at(-1)
}

export function isRelayed (connection: Pick<Connection, 'limits' | 'remoteAddr'>): boolean {
  return connection.limits !== undefined || connection.remoteAddr.toString().includes('/p2p-circuit')
}

/** How long it took from the open socket to a connection with keys and a muxer: three round trips, and what both sides had to do. */
export function setupMs ({ timeline }: Pick<Connection, 'timeline'>): number {
  return Math.max(0, (timeline.upgraded ?? timeline.open) - timeline.open)
}
