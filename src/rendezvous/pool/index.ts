/** The pool as this server knows it: who it is itself, and the roster that says so. */
export { poolHandlers, stillStarting } from './handlers.js'
export { foundPool, loadIdentity, loadMembership, saveChain, saveJoined, type Membership, type ServerIdentity } from './pool-state.js'
export { PoolSetups } from './pool-setups.js'
export { loadPorts, portsOf, savePorts, withPorts, type Ports } from './ports.js'
export { removeRecoveryKey, writeRecoveryKey } from './recovery-key.js'
