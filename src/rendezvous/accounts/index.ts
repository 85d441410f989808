/** Accounts: OPAQUE sign-up and sign-in, and the registers that hold what the pool keeps of an account. */
export { accountHandlers, type OpaqueSetups } from './handlers.js'
export { Accounts, removedDevices, type AccountWritten } from './accounts.js'
export { AttemptLimits } from './attempt-limits.js'
export { SignUps, type SignUpState } from './sign-ups.js'
export { Logins } from './logins.js'
export { deriveDeviceIndex, deviceIndexTables, type StoredAccount } from './stored-account.js'
