/**
 * Groups, the server's half (docs/wire/groups.md, "What servers do"): logs, heads and names are registers, which the fold's
 * rules guard; everything else here (folded states, the index of members) follows from them and can be made anew.
 */
import type { Random, Clock, Logger } from '../../runtime.js'
import type { RequestHandler } from '../../overlay/network.js'
import type { KeyValueStore } from '../../store/index.js'
import type { IndexedRegisters } from '../registers/index.js'
import { GroupFolds } from './group-folds.js'
import { GroupLog } from './group-log.js'
import { GroupNames } from './group-names.js'
import { groupHandlers, type GroupHandlersComponents } from './handlers.js'
import { Groups, type Moved } from './groups.js'
import { HeadPusher } from './head-pusher.js'
import { MailIds } from './mail-ids.js'
import { MemberIndex } from './member-index.js'
import { missedHeads } from './missed-heads.js'

export type { Moved } from './groups.js'
export { deriveMemberIndex, memberIndexTables } from './member-index.js'

export interface GroupServiceComponents extends Omit<GroupHandlersComponents, 'groups' | 'log' | 'names' | 'folds' | 'index' | 'mailIds'> {
  /** with deriveMemberIndex */
  registers: IndexedRegisters
  /** of this server alone: copies and the index */
  store: KeyValueStore
  clock: Clock
  random: Random
  logger: Logger
}

export interface GroupService {
  requests: Record<string, RequestHandler>
  /** Calls `listener` after every entry that was taken here; members' devices that are attached here were told. */
  onMoved: (listener: (moved: Moved) => void) => void
  /** An entry was taken at another server: tells members' devices that are attached here. */
  movedElsewhere: (moved: Moved) => void
  /** Brings the index of members that this server has into order, where this server has missed a head; mostly there is nothing to do. */
  settle: () => Promise<void>
  /** Entries may have been taken at other servers without a word: tells members' devices that are attached here where all their groups are. */
  newsMissed: () => Promise<void>
}

/** The handlers of groups/*, and the pushes of groups/head. */
export function createGroupService (components: GroupServiceComponents): GroupService {
  const { registers, store, clock, random, logger, accounts, attachments } = components
  const log = new GroupLog(registers)
  const names = new GroupNames({ registers, log, clock })
  const folds = new GroupFolds({ log, store, logger })
  const groups = new Groups({ log, names, folds, accounts })
  const index = new MemberIndex({
    registers,
    store,
    logger,
    fold: async (groupId) => {
      const head = await log.head(groupId)
      return head === undefined ? undefined : await folds.at(groupId, head)
    }
  })
  const pusher = new HeadPusher({ attachments, logger })
  groups.onMoved((moved) => { pusher.moved(moved) })
  return {
    requests: groupHandlers({ ...components, groups, log, names, folds, index, mailIds: new MailIds({ registers, random }) }),
    onMoved: (listener) => { groups.onMoved(listener) },
    movedElsewhere: (moved) => { pusher.moved(moved) },
    settle: async () => { await index.settle() },
    newsMissed: async () => {
      for await (const moved of missedHeads({ attachments, index, log })) pusher.moved(moved)
    }
  }
}
