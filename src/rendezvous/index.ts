/**
 * The rendezvous server: accounts, directory, prekeys and mailboxes, for clients that speak /p2pchat/pool/1. It imports
 * from the crypto folder only what verifies signatures and OPAQUE's server half: it cannot read what it keeps.
 *
 * - member/: one member of a pool, wired: begin here; links/: its channels to the other servers
 * - registers/, mailboxes/: the two kinds of state as interfaces; consensus/, replication/, blob-replication/: kept by several servers
 * - accounts/, directory/, prekeys/, mail/, groups/, blobs/, pool/: one folder for the methods of each name
 * - home/, news/, relay/: where a device is served, what servers tell each other of devices, and reaching those that cannot be dialled
 * - join/: how servers come into a pool; admin/: what its operator sees of it and does to it
 * - rate/: limits on how often
 * - metrics/: figures for the operator
 *
 * The methods are described in docs/wire/directory.md and docs/wire/groups.md, those between servers in docs/pool*.md.
 */
export { createRendezvous, type RendezvousInit, type RendezvousServer, type RendezvousStatus } from './create-rendezvous.js'
export type { DrainStatus, Finding, MadeToken, PoolAdmin, PoolStatus, ServerFigures, ServerStatus } from './admin/index.js'
export type { RendezvousLimits } from './limits.js'
export type { Metrics } from './metrics/index.js'
