import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Damage } from './damage.js'
import { readLog } from './log.js'
import { readManifest, type Manifest } from './manifest.js'
import { checkTable } from './table.js'

/**
 * Reads a database that no process has open, and compares everything with its checksums: its list of files, logs, and
 * tables, the newest first, as far as `maxBytes` of them go. What a crash leaves behind is right: the newest log may end
 * within a record, and so may the one before it, which LevelDB does not sync when it begins another. So it is not seen when
 * a disk has lost the end of that one, which soon is a table. A log that nothing was written to yet does not count.
 *
 * @returns what is damaged, for a message; undefined when nothing is
 * @throws what the file system says
 */
export async function checkLevelFiles (folder: string, maxBytes: number): Promise<string | undefined> {
  let file = 'CURRENT'
  try {
    const name = await readFile(join(folder, file), 'latin1')
    if (!/^MANIFEST-\d+\n$/.test(name)) throw new Damage('it names no list of files')
    file = name.trimEnd()
    const manifest = readManifest(readLog(await readFile(join(folder, file))).records)
    let followers = 0
    for (const log of (await liveLogs(folder, manifest)).reverse()) {
      file = log
      const { records, isCutOff } = readLog(await readFile(join(folder, file)))
      if (isCutOff && followers > 1) throw new Damage('it ends within a record, and newer ones go on')
      if (records.length > 0) followers++
    }
    let left = maxBytes
    for (const [number, bytes] of [...manifest.tables].sort(([a], [b]) => b - a)) {
      file = `${String(number).padStart(6, '0')}.ldb`
      if ((await stat(join(folder, file))).size !== bytes) throw new Damage('it is not as long as it was')
      if (left < bytes) continue
      left -= bytes
      checkTable(await readFile(join(folder, file)))
    }
    return undefined
  } catch (error) {
    if (error instanceof Damage) return `${file}: ${error.message}`
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return `${file} is not there`
    if (code === 'EIO') return `${file}: the disk does not give it back`
    throw error
  }
}

/** Those that are not in tables yet, in their order. @throws Damage */
async function liveLogs (folder: string, { logNumber }: Manifest): Promise<string[]> {
  const logs = (await readdir(folder))
    .map((name) => ({ name, number: Number(/^(\d+)\.log$/.exec(name)?.[1] ?? -1) }))
    .filter(({ number }) => number >= logNumber)
    .sort((a, b) => a.number - b.number)
  // It was made before the list named it, and goes only after the list names a newer one.
  if (logNumber > 0 && logs[0]?.number !== logNumber) throw new Damage(`it names log ${logNumber}, which is not there`)
  return logs.map(({ name }) => name)
}
