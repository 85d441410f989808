/**
 * A home in a file, under a password (docs/backup.md): what people would miss, and nothing of what makes a device. A home
 * that was restored signs in as a new device, so no ratchet, sequence or prekey is ever used twice.
 *
 * - contents.ts: which shelves of a home are in a backup
 * - rows.ts: rows to bytes and back; parts.ts: those bytes as a file of sealed parts, and back
 * - left-behind.ts: what is not in a backup and would be missed
 * - write-backup.ts, restore-home.ts: from a home to a file, from a file to a home
 */
export { restoreHome, type RestoredHome, type RestoreHomeOptions } from './restore-home.js'
export { assertNotHalfRestored } from './half-restored.js'
export { findBackup, writeBackup, type BackupComponents } from './write-backup.js'
