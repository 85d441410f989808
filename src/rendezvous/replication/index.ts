/**
 * Mail on several servers. A mailbox is kept by three of the pool's storing servers (placement.ts); what is told as
 * stored or acknowledged was synced by two of them (replicated-mailboxes.ts), and the third gets it then or from repair
 * (keeper.ts). Each server keeps a row for every entry beside its own Mailboxes (local-replica.ts), so that two servers
 * find in a few small messages what they do not have in common (inventory.ts, digest.ts, difference.ts, reconcile.ts). After a change
 * of the roster the servers before it are asked, too, until the new ones are complete (replica-sets.ts, handover.ts).
 * docs/pool-mail.md tells it in full; handlers.ts and remote-replica.ts put it on the wire.
 */
export { createPoolMail, type PoolMail, type PoolMailComponents } from './pool-mail.js'
export { drainProgress, type DrainProgress } from './drain.js'
export { Homes } from './homes.js'
export type { KeeperReport } from './keeper.js'
export { defaultReplicationLimits, type ReplicationLimits } from './limits.js'
export type { RosterView } from './placement.js'
export type { Rosters } from './replica-sets.js'
