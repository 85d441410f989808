import { P2pChatError } from '../../errors.js'
import { GroupShelf, type GroupShelfComponents } from './talk/shelf.js'
import type { GroupTalk } from './types.js'

/** A conversation in which only changes of the group stand. */
export function quietTalk (components: GroupShelfComponents): GroupTalk {
  const shelf = new GroupShelf(components)
  return {
    send: async () => { throw new P2pChatError('ERR_UNSUPPORTED', 'Messages to groups are not there yet.') },
    putChange: async (tx, change) => { await shelf.putChange(tx, change) },
    unread: async () => ({ unread: 0, lastMessageAtMs: null }),
    markRead: async () => {}
  }
}
