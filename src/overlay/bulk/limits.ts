/** Frames that nobody has read yet: from here on the other side is held back. */
export const pauseAtUnreadBytes = 512 * 1024
/** Bulk streams that one peer may have open to us at a time, over all protocols: a few files each way. */
export const maxBulkStreamsPerPeer = 16
