/** How often servers tell each other how many clients they have. */
export const loadIntervalMs = 2_000
/** … and at once when it has changed by so much since: a crowd that comes in between is seen. */
export const minTellingChange = 16
export const tellingChangePart = 0.1
/** A server that has not answered this by then is not a home to send anybody to until it does: it is waited for a while longer. */
export const loadTimeoutMs = 1_000
/** A server that has said nothing for so long is not heard of: it was asked meanwhile, and had its time to answer. */
export const unheardMs = loadIntervalMs + loadTimeoutMs
/** Who has a home stays, unless another of its three has so much less to do: a move costs a handshake and the mailbox read anew. */
export const stayLoadFactor = 1.25
export const stayLoadMargin = 8
/** When a server ends, its clients go over this time: a handshake takes the others about 20 ms, so one a core has room. */
export const spreadPerClientMs = 15
export const maxSpreadMs = 5_000
/** How long it goes on answering those that have not gone after that: all of it stays below the 10 s that machines give a service to end. */
export const leaveGraceMs = 3_000
/** How often it looks whether all have gone. */
export const leavePollMs = 50
/** After the last has gone: a request that was under way when its device left gets its answer. */
export const lastAnswersMs = 250
/** A server that has not heard of a majority for so long sends its clients to the others: past a restart, and a link that blinks. */
export const cutOffMs = 5_000
/** Others are asked for a newer roster, because a client says that there is one, at most this often. */
export const minRosterLookMs = 1_000
