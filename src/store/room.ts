import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { probedRoomBytes } from './limits.js'

/** Whether the disk of `folder` takes some MiB, tried by writing them. */
export async function hasRoom (folder: string, bytes = probedRoomBytes): Promise<boolean> {
  const path = join(folder, 'room.new')
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.writeFile(new Uint8Array(bytes).fill(1))
      await file.sync()
    } finally {
      await file.close()
    }
    return true
  } catch {
    return false
  } finally {
    await rm(path, { force: true }).catch(() => {})
  }
}
