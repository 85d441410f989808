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
