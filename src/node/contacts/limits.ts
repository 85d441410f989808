/** How exactly it is remembered when a record was last vouched for: each time is a write. */
export const confirmationStepMs = 30_000
/** Messages of one person that wait to be accepted: enough to say who one is and why. Further ones stay with the server, and with who sent them. */
export const maxWaitingMessages = 10
/** People who wait to be accepted: with 10 messages of at most 64 KiB each, 128 MiB of a home's disk at the worst. */
export const maxAsking = 200
