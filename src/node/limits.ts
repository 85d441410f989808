/** How long a command that needs a server looks for one. */
export const serverTimeoutMs = 10_000
/** Users in a page when the caller does not say. */
export const defaultUserPage = 100
/** Entries of a conversation when the caller does not say. */
export const defaultHistoryEntries = 50
/** Entries of a conversation in one answer. */
export const maxHistoryEntries = 10_000
/** When a server that could not give the mailbox now is asked again, the first time and at most. */
export const firstServerRetryMs = 1_000
export const maxServerRetryMs = 30_000
/** How long one may go on being unable to before another one is tried, the first time and at most. */
export const serverPatienceMs = 10_000
export const maxServerPatienceMs = 10 * 60_000
/** Names that can listen in one home, each with a mark of its own. */
export const maxConsumers = 64
/** A name that nobody has used for so long makes room for another. */
export const consumerKeptMs = 30 * 24 * 60 * 60 * 1000

/** Below, the store may not be able to tidy itself up any more. */
export const minDiskBytes = 64 * 1024 * 1024
/** Below, a large file does not fit. */
export const lowDiskBytes = 1024 * 1024 * 1024
/** A person who was not online for so long may be away for more: worth saying. */
export const outboxWaitsLongMs = 24 * 60 * 60 * 1000
export const fileFailureIsNewsMs = 7 * 24 * 60 * 60 * 1000
/** What was said since is lost with the disk. */
export const backupIsOldMs = 30 * 24 * 60 * 60 * 1000
/** The end of the year 9999: no time is later, whatever a broken clock or a forged message says. */
export const endOfTimeMs = Date.UTC(10_000, 0) - 1
