/** What people would miss and a backup cannot hold, counted, so that they can see to it first. */
import type { Reader } from '../home/lane.js'
import { listIn } from '../transfers/records.js'

/** Messages that came and cannot be shown yet. They are sealed to this device, or take their turn in what it has of the others. */
const WAITING_SHELVES = ['held', 'parked', 'group-held', 'group-parked']

/** `waiting`: messages that came and are not shown yet; `files`: offered, and not here yet */
export interface LeftBehind { waiting: number, files: number }

export async function countLeftBehind (reader: Reader): Promise<LeftBehind> {
  const shelves = await Promise.all(WAITING_SHELVES.map(async (shelf) => await reader.list(`${shelf}/`, { keysOnly: true })))
  const coming = (await listIn(reader)).filter(({ state: { kind } }) => kind === 'offered' || kind === 'active' || kind === 'paused')
  return { waiting: shelves.flat().length, files: coming.length }
}
