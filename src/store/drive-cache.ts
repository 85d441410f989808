import { open } from 'node:fs/promises'

/** What a drive holds in memory of its own. */
export interface DriveCache {
  /** All that was synced in the folder before is on the drive for good. */
  flush: () => Promise<void>
  close: () => Promise<void>
}

/**
 * Where a sync leaves what is written in the drive's memory: macOS, fsync(2). Node's own sync asks the drive as well
 * (F_FULLFSYNC), LevelDB's does not; and what is asked of one file goes for the whole drive.
 *
 * @returns undefined where a sync is all that it takes
 */
export async function openDriveCache (folder: string, platform = process.platform): Promise<DriveCache | undefined> {
  if (platform !== 'darwin') return undefined
  const handle = await open(folder, 'r')
  return {
    flush: async () => { await handle.sync() },
    close: async () => { await handle.close() }
  }
}
