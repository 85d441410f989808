/**
 * The cryptography of groups (docs/wire/groups.md): one secret an epoch → a hash chain for each sending device → a key for
 * each message, sealed once for everyone and signed by its sender. Who is a member, and which epoch it is, says the
 * membership log in records/group.
 */
export * from './codec.js'
export * from './epoch.js'
export * from './header.js'
export * from './limits.js'
export * from './message.js'
export * from './receipt.js'
