/**
 * Groups: the membership log that members verify and servers order (docs/wire/groups.md). Entries are made and verified
 * in `entry`, taken or refused by the rules in `fold`, summed up in `state`; `checkpoint` is where newcomers begin, and
 * `epochs` what the log says of secrets and messages. Pure; the secrets themselves are the matter of crypto/group.
 */
export { accountRecordsOf, type GroupAction } from './action.js'
export * from './checkpoint.js'
export * from './entry.js'
export * from './epochs.js'
export * from './fold.js'
export * from './limits.js'
export * from './names.js'
export * from './state.js'
export { decodeGroupState, encodeGroupState, readStoredGroupState } from './state-codec.js'
