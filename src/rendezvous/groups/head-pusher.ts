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
  waiting: Map<string, { sequence: number, head: Uint8Array }>
  sending: boolean
}

/** Tells the devices of members that are attached here where the log of their group is. */
export class HeadPusher {
  readonly #components: HeadPusherComponents
  readonly #byChannel = new WeakMap<Channel, Told>()

  constructor (components: HeadPusherComponents) {
    this.#components = components
  }

  moved ({ groupId, head: { sequence, hash }, usernames }: Moved): void {
    const { attachments, logger } = this.#components
    const group = hexOf(groupId)
    const head = encode(GroupHead, headToWire(groupId, { sequence, hash }))
    for (const username of usernames) {
      for (const { channel } of attachments.ofUsername(username)) {
        const told = this.#byChannel.get(channel) ?? { waiting: new Map<string, { sequence: number, head: Uint8Array }>(), sending: false }
        this.#byChannel.set(channel, told)
        // Heads that were moved at different servers are not heard of in their order.
        if ((told.waiting.get(group)?.sequence ?? 0) < sequence) told.waiting.set(group, { sequence, head })
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
      for (const [group, { head }] of told.waiting) {
        if (channel.closed.aborted) return
        told.waiting.delete(group)
        await channel.notify('groups/head', head)
      }
    } finally {
      told.sending = false
    }
  }
}
