import type { Connection } from '@libp2p/interface'

/** A direct one rather than one through a relay, then the newest. */
export function bestConnection (connections: readonly Connection[]): Connection | undefined {
  const open = connections.filter((connection) => connection.status === 'open')
  return open.findLast((connection) => !isRelayed(connection)) ?? open.at(-1)
}

export function isRelayed (connection: Pick<Connection, 'limits' | 'remoteAddr'>): boolean {
  return connection.limits !== undefined || connection.remoteAddr.toString().includes('/p2p-circuit')
}
