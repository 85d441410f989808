import { maxSealBytes } from '../../protocol/limits.js'

/** Plaintext of one part: as much as goes under one key. */
export const backupPartBytes = maxSealBytes
/** A row: the longest message in JSON, every byte of it escaped, or an entry of a group's log. More was not written by this. */
export const maxBackupRowBytes = 16 * 1024 * 1024
/** Rows that are put into a home in one batch. */
export const restoreBatchBytes = 1024 * 1024
