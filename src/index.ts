import './polyfill.js'
/**
 * p2pchat as a library: what the command line does, programs can do. docs/library.md has examples that run.
 */
export { createNode, restoreHome, type CreateNodeOptions, type PasswordWork, type RestoredHome, type RestoreHomeOptions, type RunningNode } from './node/index.js'
export type * from './node/chat-node.js'
export { createRendezvous, type Metrics, type RendezvousInit, type RendezvousLimits, type RendezvousServer, type RendezvousStatus } from './rendezvous/index.js'
export type { DrainStatus, Finding as PoolFinding, MadeToken, PoolAdmin, PoolStatus, ServerFigures, ServerStatus } from './rendezvous/index.js'
export { testnet, testPassword, type TestClient, type Testnet, type TestnetOptions } from './testnet.js'
export { ERROR_EXIT_STATUS, P2pChatError, isP2pChatError, type ErrorCode } from './errors.js'
export type { KeyValueStore } from './store/index.js'
export type { Clock, Logger, Random, Timer } from './runtime.js'
