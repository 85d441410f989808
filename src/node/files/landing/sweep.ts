import { join } from 'node:path'
import { temporaryName, transferOf, type LandingComponents } from './landing.js'
import { incomingTable, listIncoming } from './records.js'

/**
 * Removes temporary files of this device that none of its transfers goes on with; other homes may use the folder too.
 * Call at start, before files are opened. @returns how many
 */
export async function sweepLeftovers (components: LandingComponents, folder: string): Promise<number> {
  const { lane, disk, device } = components
  await takeOldNames(components)
  let removed = 0
  for (const name of await disk.list(folder)) {
    const id = transferOf(device, name)
    if (id === undefined) continue
    const record = await incomingTable.get(lane, id)
    // Wherever it was begun: a folder has many names, and a home may have been moved with what is in it.
    if (record !== undefined && record.state !== 'landed') continue
    await disk.remove(join(folder, name))
    removed++
  }
  return removed
}

/** What was begun before the device was in the name goes on under the name of now. */
async function takeOldNames ({ lane, disk, device }: LandingComponents): Promise<void> {
  for (const { id, record } of await listIncoming(lane)) {
    if (record.state === 'landed') continue
    const old = join(record.folder, `.p2pchat-${id}.part`)
    const now = join(record.folder, temporaryName(device, id))
    if (await disk.size(old) !== undefined && await disk.size(now) === undefined) await disk.rename(old, now)
  }
}
