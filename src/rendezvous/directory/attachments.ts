import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'

/** A channel whose PeerId is a device of an account. */
export interface Attachment {
  channel: Channel
  username: string
  /** Ed25519, the key of the channel's PeerId */
  deviceKey: Uint8Array
  /** The newest locator; undefined: the device cannot be dialled. */
  locator: { signed: Uint8Array, expiresAtMs: number } | undefined
}

/** Which devices are connected to this server. A device may be there more than once while it reconnects. */
export class Attachments {
  readonly #byChannel = new Map<Channel, Attachment>()
  readonly #byDevice = new Map<string, Set<Attachment>>()
  readonly #byUsername = new Map<string, Set<Attachment>>()
  readonly #listeners = new Set<(username: string) => void>()

  /** Calls `listener` when the first device of an account comes or its last one goes. */
  onPresence (listener: (username: string) => void): void {
    this.#listeners.add(listener)
  }

  /** Attaches a channel until it ends, or gives it another locator. */
  attach (attachment: Attachment): void {
    const { channel, username } = attachment
    const before = this.#byChannel.get(channel)
    if (before !== undefined && before.username === username) {
      before.locator = attachment.locator
      return
    }
    if (before !== undefined) this.detach(channel)
    if (channel.closed.aborted) return
    const wasOnline = this.isOnline(username)
    this.#byChannel.set(channel, attachment)
    add(this.#byDevice, hex(attachment.deviceKey), attachment)
    add(this.#byUsername, username, attachment)
    channel.closed.addEventListener('abort', () => { this.detach(channel) }, { once: true })
    if (!wasOnline) this.#tell(username)
  }

  detach (channel: Channel): void {
    const attachment = this.#byChannel.get(channel)
    if (attachment === undefined) return
    this.#byChannel.delete(channel)
    remove(this.#byDevice, hex(attachment.deviceKey), attachment)
    remove(this.#byUsername, attachment.username, attachment)
    if (!this.isOnline(attachment.username)) this.#tell(attachment.username)
  }

  of (channel: Channel): Attachment | undefined {
    return this.#byChannel.get(channel)
  }

  /** @throws ERR_NOT_PERMITTED when the channel is not attached */
  require (channel: Channel): Attachment {
    const attachment = this.#byChannel.get(channel)
    if (attachment === undefined) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only a signed-in device may ask for this: attach it first.')
    return attachment
  }

  ofDevice (deviceKey: Uint8Array): Attachment[] {
    return [...this.#byDevice.get(hex(deviceKey)) ?? []]
  }

  ofUsername (username: string): Attachment[] {
    return [...this.#byUsername.get(username) ?? []]
  }

  isOnline (username: string): boolean {
    return this.#byUsername.has(username)
  }

  /** Devices that are connected. */
  get size (): number {
    return this.#byDevice.size
  }

  #tell (username: string): void {
    for (const listener of this.#listeners) listener(username)
  }
}

function hex (bytes: Uint8Array): string {
  return toString(bytes, 'base16')
}

function add (map: Map<string, Set<Attachment>>, key: string, attachment: Attachment): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([attachment]))
  else set.add(attachment)
}

function remove (map: Map<string, Set<Attachment>>, key: string, attachment: Attachment): void {
  const set = map.get(key)
  set?.delete(attachment)
  if (set?.size === 0) map.delete(key)
}
