import { join } from 'node:path'
import { transferOf, type LandingComponents } from './landing.js'
import { incomingTable } from './records.js'

/** Removes temporary files that no transfer of this home goes on with. Call at start, before files are opened. @returns how many */
export async function sweepLeftovers ({ lane, disk }: LandingComponents, folder: string): Promise<number> {
  let removed = 0
  for (const name of await disk.list(folder)) {
    const id = transferOf(name)
    if (id === undefined) continue
    const record = await incomingTable.get(lane, id)
    if (record !== undefined && record.state !== 'landed' && record.folder === folder) continue
    await disk.remove(join(folder, name))
    removed++
  }
  return removed
}
