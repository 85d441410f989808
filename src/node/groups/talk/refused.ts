import { lpAll, sha256 } from '../../../crypto/bytes.js'
import type { GroupMessageHeader } from '../../../crypto/group/index.js'
import type { GroupChange } from '../types.js'
import type { NamedGroup } from './shelf.js'

/** The line that tells, once for each device that was taken away, that more came of it and is not shown. */
export function refusedLine (group: NamedGroup, { groupId, sender, senderDevice, epoch }: GroupMessageHeader, atMs: number): GroupChange {
  return {
    group: { id: group.id, name: group.name },
    kind: 'refused',
    by: null,
    users: [sender],
    text: `A message of ${sender} was refused: its device was removed from the group before it was sent.`,
    hash: sha256(lpAll('refused', groupId, sender, senderDevice, String(epoch))),
    atMs
  }
}
