/**
 * The client.
 *
 * - chat-node.ts: what a client can do, in plain JSON; create-node.ts makes one; methods.ts is with which arguments,
 *   and checked-node.ts holds programs to it; client.ts is what exists in it when,
 *   client-node.ts who is asked for what
 * - home/: the one writer of the home's store, and typed shelves in it
 * - account/: sign-up, sign-in, devices, password
 * - pool/: the connection to a server of the pool, and its requests as functions
 * - contacts/: whose keys are pinned, and what the directory says
 * - presence/: who is online
 * - prekeys/, sessions/: X3DH's and the ratchet's state
 * - retry.ts: what is tried until it works: messages to devices and groups, files
 * - delivery/: outbox, inbox, receipts: how messages come to their devices
 * - groups/: membership logs, epochs and messages of groups
 * - files/, transfers/: how a file is cut, sealed and landed; how it gets from one device to others
 * - backup/, doctor/: a home in a file; what is the matter with one
 * - history/, events/: what is kept, and what is told
 */
export { restoreHome, type RestoredHome, type RestoreHomeOptions } from './backup/index.js'
export type { PasswordWork } from './account/password-work.js'
export type { RunningNode } from './checked-node.js'
export { createNode, type CreateNodeOptions } from './create-node.js'
export type * from './chat-node.js'
