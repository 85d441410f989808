/** A request: the largest text (60,000 bytes) with every byte escaped as \uXXXX, and room for the rest. */
export const maxRequestBytes = 1024 * 1024
/** An answer: a page of history full of the largest texts, escaped the same way. */
export const maxAnswerBytes = 64 * 1024 * 1024
/** Messages of one page of history asked for through the socket, so that an answer stays below maxAnswerBytes. */
export const historyPage = 100
/** Requests of one client that run at the same time; further ones wait unread in the socket. */
export const maxRequestsAtOnce = 64
/** Clients at the same time: a home belongs to one person and their scripts. */
export const maxClients = 256
/** How often it is looked whether a client that says nothing more is still there to be answered. */
export const probeMs = 30_000
/** sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included. */
export const maxSocketPathBytes = 103
/** How long an owner that ends lets requests finish that it has begun to answer. */
export const drainTimeoutMs = 10_000
