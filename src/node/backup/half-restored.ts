import { P2pChatError } from '../../errors.js'
import type { Reader } from '../home/lane.js'
import { SELF } from '../home/account-state.js'
import { jsonTable } from '../home/table.js'

/** There from before the first row of a backup is written until the last one is. */
export const restoringTable = jsonTable<true>('restoring')

/** @throws ERR_HOME: what is in this home is a part of somebody's history */
export async function assertNotHalfRestored (reader: Reader): Promise<void> {
  if (await restoringTable.get(reader, SELF) === undefined) return
  throw new P2pChatError('ERR_HOME', 'A backup was not restored to its end here. Do it again: `p2pchat restore FILE`')
}
