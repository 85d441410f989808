/** Bytes of batches that are written together: large enough to fill a sync, small enough not to hold up a reader. */
export const maxGroupBytes = 4 * 1024 * 1024
/** Entries an iteration reads at once: one thread switch for many, little memory for each. */
export const rangePage = 64
/**
 * Tables of a server whose checksums are compared when it starts, at some 500 MB a second. Those of a home are not, as every
 * single command opens it: its values are compared when they are read.
 */
export const maxCheckedServerBytes = 2 * 1024 * 1024 * 1024
/** A process may have opened and left a database while its files were checked: what is seen so often is no coincidence. */
export const looksForDamage = 2
/**
 * What a server writes before LevelDB makes a table of it; twice that may lie in memory. With 4 MiB, which is its default and
 * enough for a home, a busy server's tables are merged so often that each deposit costs it a third more.
 */
export const serverTableBytes = 16 * 1024 * 1024
/** What a server that was out of room waits for: opening its database moves a log of up to 32 MiB into tables. */
export const probedRoomBytes = 40 * 1024 * 1024
