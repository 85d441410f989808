/**
 * What an operator sees of a pool and does to it, at any of its servers. docs/pool-operate.md tells it in full.
 *
 * - types.ts: what it can do
 * - pool-admin.ts: doing it; removal.ts: taking a server out; recovery.ts: a lost majority
 * - doctor.ts: what is the matter (pure)
 * - own-figures.ts, figures.ts, handlers.ts: what servers tell each other of themselves
 */
export { adminHandlers, probeTcp } from './handlers.js'
export { ownFigures } from './own-figures.js'
export { createPoolAdmin, type PoolAdminComponents } from './pool-admin.js'
export type { DrainStatus, Finding, MadeToken, PoolAdmin, PoolStatus, ServerFigures, ServerStatus } from './types.js'
