/** u32 big-endian before every frame. */
export const lengthBytes = 4
/** Frames that wait for the stream: above it send() waits. The largest frame, so that one never waits for nothing. */
export const maxQueuedBytes = 1024 * 1024
/** One write: what yamux sends in one piece, and asks for room for with one answer; more frames of the turn go into the next. */
export const maxBatchBytes = 256 * 1024
/** Frames from this size on are sent from where they are, without a copy. */
export const uncopiedBytes = 16 * 1024
/** Large frames whose memory is kept for the ones to come. */
export const maxSpareFrames = 16
/** First size of the buffer that a frame is gathered in; it grows with what really arrives, not with what was declared. */
export const firstBufferBytes = 4096
/** A reader that takes nothing for this long is gone or hostile. */
export const stallTimeoutMs = 30_000
/** How long what is queued may take to leave, and the other side to answer a goodbye. */
export const goodbyeTimeoutMs = 2000
