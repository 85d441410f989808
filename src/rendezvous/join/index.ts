/**
 * How servers come into a pool: one that is in it makes an invitation and prints a token, another one shows the token
 * and is given the roster and the pool's secret. docs/pool-operate.md tells operators; it has the wire, too.
 *
 * - token.ts: what is copied from one machine to the other
 * - invites.ts: invitations, as registers that all servers share
 * - setups.ts, setup-renewal.ts, secrets.ts: the pool's secret (OPAQUE setups), as registers; a new one after a removal
 * - admission.ts: the side that lets in
 * - enter-pool.ts, joiner.ts, joining-state.ts: the side that comes in
 */
export { admissionHandlers, type AdmissionComponents } from './admission.js'
export { enterPool } from './enter-pool.js'
export { FOUNDING_INVITE_ID, Invites } from './invites.js'
export { joinPool, type Joined } from './joiner.js'
export { forgetToken, keepToken, readKeptToken, startAs, type StartAs } from './joining-state.js'
export { tokenLookTimeoutMs } from './limits.js'
export { Secrets } from './secrets.js'
export { dueSetupVersion, renewSetup, type RenewalComponents } from './setup-renewal.js'
export { keepSetup, readSetups } from './setups.js'
export { formatJoinToken, parseJoinToken, type JoinToken } from './token.js'
