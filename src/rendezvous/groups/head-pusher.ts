import { asP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { GroupHead } from '../../protocol/pb/service.js'
import type { Logger } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import { hexOf } from './group-registers.js'
import type { Moved } from './groups.js'
import { headToWire } from './wire.js'

export interface HeadPusherComponents {
  attachments: Attachments
  logger: Logger
}

interface Told {
  /** The newest head of each group, encoded, that is still to be told: at most one for each group of the account. */
  waiting: Map<string, Uint8Array>
  sending: boolean
}

/** Tells the attached devices of members, of before and after a change, where the log of their group is. */
export class HeadPusher {
  readonly #components: HeadPusherComponents
  readonly #byChannel = new WeakMap<Channel, Told>()

  constructor (components: HeadPusherComponents) {
    this.#components = components
  }

  moved ({ before, after }: Moved): void {
    const { attachments, logger } = this.#components
    const head = encode(GroupHead, headToWire(after.groupId, after.head))
    for (const username of new Set([...before?.members.keys() ?? [], ...after.members.keys()])) {
      for (const { channel } of attachments.ofUsername(username)) {
        const told = this.#byChannel.get(channel) ?? { waiting: new Map<string, Uint8Array>(), sending: false }
        this.#byChannel.set(channel, told)
        told.waiting.set(hexOf(after.groupId), head)
        if (told.sending) continue
        this.#send(channel, told).catch((error: unknown) => {
          logger.debug({ error: asP2pChatError(error), peer: channel.remotePeer }, 'a group\'s head could not be told')
        })
      }
    }
  }

  async #send (channel: Channel, told: Told): Promise<void> {
    told.sending = true
    try {
      for (const [group, head] of told.waiting) {
        if (channel.closed.aborted) return
        told.waiting.delete(group)
        await channel.notify('groups/head', head)
      }
    } finally {
      told.sending = false
    }
  }
}
