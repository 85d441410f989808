/** Bytes of batches that are written together: large enough to fill a sync, small enough not to hold up a reader. */
export const maxGroupBytes = 4 * 1024 * 1024
/** Entries an iteration reads at once: one thread switch for many, little memory for each. */
export const rangePage = 64
/** Tables whose checksums are compared when a database is opened, at some 500 MB a second: a home is opened by every single command … */
export const maxCheckedHomeBytes = 32 * 1024 * 1024
/** … and a server once in a long while. */
export const maxCheckedServerBytes = 2 * 1024 * 1024 * 1024
/** While another process has a database open its files come and go: what is seen so often is no coincidence. */
export const looksForDamage = 3
