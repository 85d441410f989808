/** A server's word on whether this account may read a log: it was removed, or the server lies; a later read shows. */
import type { GroupState } from '../../../records/group/index.js'
import type { Lane } from '../../home/lane.js'
import { groupTable, type GroupRow } from './tables.js'

/** It may not read on. */
export async function shutOut (lane: Lane, id: string, nowMs: number): Promise<void> {
  await lane.write(async (tx) => {
    const row = await groupTable.get(tx, id)
    if (row?.standing === 'member') groupTable.put(tx, { ...row, standing: 'removed', outSinceMs: nowMs }, id)
  })
}

/** It may, and the log has it as a member. True when that is news. */
export async function letIn (lane: Lane, id: string, username: string, state: GroupState): Promise<boolean> {
  const isOut = (row: GroupRow | undefined): row is GroupRow => row?.standing === 'removed' && state.members.has(username)
  if (!isOut(await groupTable.get(lane, id))) return false
  return await lane.write(async (tx) => {
    const row = await groupTable.get(tx, id)
    if (!isOut(row)) return false
    const { outSinceMs, ...rest } = row
    groupTable.put(tx, { ...rest, standing: 'member' }, id)
    return true
  })
}
