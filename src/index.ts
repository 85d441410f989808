import './polyfill.js'
/**
 * p2pchat as a library: what the command line does, programs can do. docs/library.md has examples that run.
 */
export { createNode, restoreHome, type CreateNodeOptions, type RestoredHome, type RestoreHomeOptions, type RunningNode } from './node/index.js'
export type {
  AccountInfo, BackupInfo, BackupRequest, ChatNode, ConnectionState, ContactInfo, DeviceInfo, DeviceTrace, ErrorEvent, Finding, FindingCode, GapEvent, HistoryEntry, HistoryRequest,
  IdentityChangedEvent, IdentityState, LimitInfo, ListedUser, MessageEvent, MessageState, MessageTrace, NodeEvent, NodeStatus,
  PoolEvent, PresenceEvent, RecoverRequest, SafetyNumber, SignInRequest, SignUpRequest, StatusEvent, UnknownContentEvent,
  UserPage, UsersRequest, Via, WaitRequest
} from './node/index.js'
export { createRendezvous, type Metrics, type RendezvousInit, type RendezvousLimits, type RendezvousServer, type RendezvousStatus } from './rendezvous/index.js'
export { testnet, testPassword, type TestClient, type Testnet, type TestnetOptions } from './testnet.js'
export { ERROR_EXIT_STATUS, P2pChatError, isP2pChatError, type ErrorCode } from './errors.js'
