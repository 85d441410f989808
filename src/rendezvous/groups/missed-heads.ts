import type { Attachments } from '../directory/index.js'
import { checkedAtOnce, maxMinePage } from '../limits.js'
import type { GroupLog } from './group-log.js'
import { bytesOf, hexOf } from './group-registers.js'
import type { Moved } from './groups.js'
import type { MemberIndex } from './member-index.js'

export interface MissedHeadsComponents {
  attachments: Attachments
  index: MemberIndex
  log: GroupLog
}

/** Where the logs of all groups are that have members here: for when it was missed that some of them moved. */
export async function * missedHeads ({ attachments, index, log }: MissedHeadsComponents): AsyncGenerator<Moved> {
  const members = new Map<string, string[]>()
  await inTurns(attachments.usernames(), async (username) => {
    for (const groupId of await index.groupsOf(username, new Uint8Array(0), maxMinePage)) {
      members.set(hexOf(groupId), [...members.get(hexOf(groupId)) ?? [], username])
    }
  })
  for (const [group, usernames] of members) {
    const groupId = bytesOf(group)
    const head = await log.head(groupId)
    if (head !== undefined) yield { groupId, head, usernames }
  }
}

/** A few at a time. */
async function inTurns<T> (items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += checkedAtOnce) await Promise.all(items.slice(at, at + checkedAtOnce).map(task))
}
