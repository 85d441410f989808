import { toString } from 'uint8arrays/to-string'
import type { Attachments } from '../directory/attachments.js'
import type { AttachedDevice } from './types.js'

export interface DeviceWhereabouts {
  /** How many servers it is attached to: 0 when it is not online, and for a moment 2 while it moves. */
  servers: number
  /** The locator that was issued last, unless it has expired. */
  locator: Uint8Array | undefined
}

export interface HeardChange {
  /** device key, in hexadecimal */
  hex: string
  before: AttachedDevice | undefined
  after: AttachedDevice | undefined
}

/** Who is attached to any server of the pool: to this one, or to another that said so. */
export class Whereabouts {
  readonly #attachments: Attachments
  /** What others said: by device key in hexadecimal, then by PeerId of the server. */
  readonly #byDevice = new Map<string, Map<string, AttachedDevice>>()
  /** How many attachments of an account others said to have. */
  readonly #byUsername = new Map<string, number>()
  readonly #listeners = new Set<(username: string) => void>()

  constructor (attachments: Attachments) {
    this.#attachments = attachments
    attachments.onPresence((username) => {
      if (!this.#byUsername.has(username)) this.#tell(username)
    })
  }

  /** Calls `listener` when the first device of an account comes anywhere, its last one goes, or one is to be dialled elsewhere. */
  onPresence (listener: (username: string) => void): void {
    this.#listeners.add(listener)
  }

  isOnline (username: string): boolean {
    return this.#attachments.isOnline(username) || this.#byUsername.has(username)
  }

  ofDevice (deviceKey: Uint8Array, nowMs: number): DeviceWhereabouts {
    const here = this.#attachments.ofDevice(deviceKey)
    const elsewhere = [...this.#byDevice.get(toString(deviceKey, 'base16'))?.values() ?? []]
    // All locators are made for the same time, so the one that expires last was issued last.
    const newest = [...elsewhere, ...here].map(({ locator }) => locator)
      .reduce((best, locator) => locator !== undefined && locator.expiresAtMs >= (best?.expiresAtMs ?? 0) ? locator : best, undefined)
    return {
      servers: elsewhere.length + (here.length > 0 ? 1 : 0),
      locator: newest !== undefined && newest.expiresAtMs > nowMs ? newest.signed : undefined
    }
  }

  /** Another server (a PeerId) told these changes. */
  heard (server: string, changes: readonly HeardChange[]): void {
    const usernames = new Set(changes.flatMap(({ before, after }) => [before, after]).flatMap((device) => device === undefined ? [] : [device.username]))
    const wereOnline = new Map([...usernames].map((username) => [username, this.isOnline(username)]))
    for (const { hex, before, after } of changes) {
      if (before !== undefined) this.#count(before.username, -1)
      if (after !== undefined) this.#count(after.username, 1)
      this.#set(hex, server, after)
    }
    // A table that is told again says nothing new of most.
    const moved = new Set(changes.filter(({ before, after }) => before !== undefined && after !== undefined && before.locator?.expiresAtMs !== after.locator?.expiresAtMs).map(({ after }) => after?.username))
    for (const [username, wasOnline] of wereOnline) if (this.isOnline(username) !== wasOnline || moved.has(username)) this.#tell(username)
  }

  #set (hex: string, server: string, device: AttachedDevice | undefined): void {
    const servers = this.#byDevice.get(hex) ?? new Map<string, AttachedDevice>()
    if (device === undefined) servers.delete(server)
    else servers.set(server, device)
    if (servers.size === 0) this.#byDevice.delete(hex)
    else this.#byDevice.set(hex, servers)
  }

  #count (username: string, by: number): void {
    const count = (this.#byUsername.get(username) ?? 0) + by
    if (count === 0) this.#byUsername.delete(username)
    else this.#byUsername.set(username, count)
  }

  #tell (username: string): void {
    for (const listener of this.#listeners) listener(username)
  }
}
