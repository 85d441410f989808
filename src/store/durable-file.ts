import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file of mode 0600 so that after a crash either the old contents are there or the new. */
export async function writeFileDurably (path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`
  const file = await open(unfinished, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
