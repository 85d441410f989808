/** Bytes of batches that are written together: large enough to fill a sync, small enough not to hold up a reader. */
export const maxGroupBytes = 4 * 1024 * 1024
/** Entries an iteration reads at once: one thread switch for many, little memory for each. */
export const rangePage = 64
