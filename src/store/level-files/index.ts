/**
 * What LevelDB does not look at when it opens a database. It leaves out records of its log that do not match their
 * checksums, and never compares those of its tables, so a flipped bit would silently take back what was promised.
 * Here the files are read by themselves, before it opens them; nothing is written.
 */
export { checkLevelFiles } from './check.js'
