/**
 * Relays: how a node that cannot be dialled is reached. Servers lend circuits (relay-server, slots, pace, splice), clients
 * reserve slots at their home (relay-client) and are dialled through it by libp2p's own transport. The wire is libp2p's
 * circuit relay v2; docs/wire/relay.md says what of it is used, and how.
 */
export { RelayServer } from './relay-server.js'
export { reserveSlot } from './reserve.js'
