import type { LocalMailboxes } from '../mailboxes/beside.js'
import { idOf, type Box } from './box.js'
import { BoxChange } from './box-change.js'
import type * as rows from './rows.js'

const nothing = new Uint8Array(0)

/**
 * Rows that were written before the mailbox that they tell of, as servers did before both were one batch, and whose second
 * half a crash cut off: a look into the mailbox tells what became of them.
 */
export async function settleHalfDone (mailboxes: LocalMailboxes, box: Box, halfDone: ReadonlyMap<string, rows.ItemRow>): Promise<void> {
  const leaving = [...halfDone].flatMap(([id, row]) => row.state === 'leaving' ? [idOf(id)] : [])
  const arrived = new Set<string>()
  for (const [id, row] of halfDone) {
    if (row.state === 'arriving' && await mailboxes.find(box.mailbox, idOf(id)) !== undefined) arrived.add(id)
  }
  let change: BoxChange | undefined
  const { outcome } = await mailboxes.acknowledge(box.mailbox, leaving, nothing, async (view) => {
    const settled = change = new BoxChange(box, view)
    for (const [id, row] of halfDone) {
      if (row.state === 'leaving') settled.putItem(idOf(id), row, { ...row, state: 'gone' })
      else if (row.state !== 'arriving') continue
      else if (arrived.has(id)) await settled.store(idOf(id), row, { ...row, state: 'stored' })
      else settled.deleteItem(idOf(id), row)
    }
    return () => settled.writes()
  })
  if (outcome === 'acknowledged') change?.count()
}
