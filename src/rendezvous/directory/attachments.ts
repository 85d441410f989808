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
  attachedAtMs: number
}

/** Which devices are connected to this server. A device may be there more than once while it reconnects. */
export class Attachments {
  readonly #byChannel = new Map<Channel, Attachment>()
  readonly #byDevice = new Map<string, Set<Attachment>>()
  readonly #byUsername = new Map<string, Set<Attachment>>()
  readonly #listeners = new Set<(username: string) => void>()
  readonly #deviceListeners = new Set<(deviceKey: Uint8Array) => void>()
  /** Channels whose end is listened for: a device of two accounts may go from one to the other without end. */
  readonly #known = new WeakSet<Channel>()

  /** Calls `listener` when the first device of an account comes, its last one goes, or one says that it is to be dialled elsewhere. */
  onPresence (listener: (username: string) => void): void {
    this.#listeners.add(listener)
  }

  /** Calls `listener` when a device comes, goes or has another locator. */
  onDevice (listener: (deviceKey: Uint8Array) => void): void {
    this.#deviceListeners.add(listener)
  }

  /** Attaches a channel until it ends, or gives it another locator. */
  attach (attachment: Attachment): void {
    const { channel, username } = attachment
    const before = this.#byChannel.get(channel)
    if (before !== undefined && before.username === username) {
      before.locator = attachment.locator
      this.#tellOfDevice(attachment.deviceKey)
      this.#tell(username)
      return
    }
    if (before !== undefined) this.detach(channel)
    if (channel.closed.aborted) return
    const wasOnline = this.isOnline(username)
    this.#byChannel.set(channel, attachment)
    add(this.#byDevice, hex(attachment.deviceKey), attachment)
    add(this.#byUsername, username, attachment)
    this.#listen(channel)
    this.#tellOfDevice(attachment.deviceKey)
    if (!wasOnline) this.#tell(username)
  }

  detach (channel: Channel): void {
    const attachment = this.#byChannel.get(channel)
    if (attachment === undefined) return
    this.#byChannel.delete(channel)
    remove(this.#byDevice, hex(attachment.deviceKey), attachment)
    remove(this.#byUsername, attachment.username, attachment)
    this.#tellOfDevice(attachment.deviceKey)
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

  /** Keys of all devices that are connected. */
  devices (): Uint8Array[] {
    return [...this.#byDevice.values()].flatMap((attached) => [...attached].slice(0, 1)).map(({ deviceKey }) => deviceKey)
  }

  /** Accounts of which a device is connected. */
  usernames (): string[] {
    return [...this.#byUsername.keys()]
  }

  /** Whether a device of the account is connected to this server. */
  isOnline (username: string): boolean {
    return this.#byUsername.has(username)
  }

  /** Devices that are connected. */
  get size (): number {
    return this.#byDevice.size
  }

  #listen (channel: Channel): void {
    if (this.#known.has(channel)) return
    this.#known.add(channel)
    channel.closed.addEventListener('abort', () => { this.detach(channel) }, { once: true })
  }

  #tellOfDevice (deviceKey: Uint8Array): void {
    for (const listener of this.#deviceListeners) listener(deviceKey)
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
