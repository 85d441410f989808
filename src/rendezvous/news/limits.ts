/** What servers tell each other of clients: how often, how much at once, and how much is kept for a slow neighbour. */

/** A neighbour that has heard nothing for so long is told so: that is how it knows that nothing has happened. */
export const beatIntervalMs = 10_000
/** A subscription under which nothing came for so long is made anew: whoever was to tell may have forgotten it. */
export const silentAfterMs = 35_000
/** When to try again after a neighbour did not answer. */
export const retryMs = 1_000
/** How long a neighbour may take for one message: it only writes to memory. */
export const tellTimeoutMs = 5_000
/** Devices in one message; with the longest locators far below a frame. */
export const maxDevicesATell = 100
/** Events in one message, and bytes of them, where one may be larger: a group of a thousand has 34,000 bytes of names. */
export const maxEventsATell = 200
export const maxEventBytesATell = 256 * 1024
/** Devices that are to be told one by one; past it, and past twice as many as there are, the table is told anew. */
export const maxUntoldDevices = 10_000
/** Events kept for neighbours that were away for a moment: some minutes of a busy pool. Who was away for longer reads the registers. */
export const maxKeptEvents = 10_000
export const maxKeptEventBytes = 4 * 1024 * 1024
/** Bytes of a ticket, and of what names a run: nobody guesses one, and no two are the same. */
export const TICKET_BYTES = 16
/** Tickets of a neighbour that are known again: more than it asks for while a message can be under way. */
export const maxKnownTickets = 64
/** A signed locator of sixteen long addresses. */
export const maxLocatorBytes = 4_608
/** Devices that one other server may say to have: ten times what one can hold. */
export const maxHeardDevices = 100_000
