/** Version of the frames after Hello. */
export const channelVersion = 1
/** Capabilities in one Hello, and characters of each: far more than there will ever be. */
export const maxCapabilities = 64
export const maxCapabilityChars = 64
/** `folder/what-it-does`. */
export const maxMethodChars = 64
/** What a Frame adds around a body: ids, lengths and the method's name. */
export const frameOverheadBytes = 128
/** How long an answer may take when the asker does not say. */
export const requestTimeoutMs = 10_000
/** How long making a channel may take when the asker does not say: dial, handshakes and Hello. */
export const connectTimeoutMs = 5_000
/** How long the other side of an incoming stream may take for its Hello. */
export const helloTimeoutMs = 10_000
/** Requests one side has open at a time; more wait their turn. 64 in 100 ms still are 640 a second. */
export const maxOpenRequests = 64
/** Requests served at a time: cancelled ones count until their handler has ended, hence more than one side may ask. */
export const maxServedRequests = 128
/** Refusals that the other side has not made room for: who asks on without reading is no longer listened to. Each holds about 2 KB. */
export const maxUnsentRefusals = 1024
/** Bodies of requests and notifications being worked on: from here on no more is read … */
export const pauseAtHeldBytes = 4 * 1024 * 1024
/** … unless an answer is awaited, and from here on requests are refused and a flood of notifications ends the channel. */
export const maxHeldBytes = 16 * 1024 * 1024
/** Notifications being worked on; as with bytes. */
export const pauseAtNotifications = 1024
export const maxNotifications = 16_384
/** When to ask again after a refusal for too many open requests. */
export const overloadedRetryAfterMs = 1000
/** Text of a remote error: one line on a terminal. */
export const maxErrorMessageChars = 500
export const maxAlternatives = 16
export const maxAlternativeChars = 2000
/** A remote may ask for patience, not for ever. */
export const maxRetryAfterMs = 24 * 60 * 60 * 1000
/**
 * Silence is counted in ticks: after 2.5 to 5 s of it the other side is asked, after 7.5 to 10 s it is given up, so it has
 * 5 s for a sign of life. Clients of a frozen server are to be elsewhere within 15 s of its last word; of that 5 s are
 * left for finding and attaching. An idle channel costs two small frames every 5 s.
 */
export const keepaliveTickMs = 2_500
export const askAfterTicks = 2
export const giveUpAfterTicks = 4
/** Channels of one protocol that one peer may have open to us: both may dial at once, and reconnect after a silent loss. */
export const maxChannelsPerPeer = 4
/** How long a channel through a relay stays after a direct one has opened: what is asked on it has been answered by then. */
export const drainMs = 15_000
