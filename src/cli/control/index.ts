/**
 * One process owns a home and serves a socket in it (mode 0600); any other command on that home asks through it.
 * JSON-RPC 2.0, one object a line: the methods of ChatNode by name, with parameters by name; `events` is answered with
 * null, then comes an `event` notification for each, until `events-ended`. docs/cli.md describes it for programs.
 *
 * A rendezvous server serves one in its data folder, too, for its operator: pool-methods.ts, pool-client.ts.
 */
export { remoteChatNode, type RemoteChatNode } from './client.js'
export { drainTimeoutMs } from './limits.js'
export { remotePool, type RemotePool } from './pool-client.js'
export { POOL_METHODS, servePoolControl } from './pool-methods.js'
export { serveControl, type ControlServer } from './server.js'
export { findSocketPath } from './socket-path.js'
