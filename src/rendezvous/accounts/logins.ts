import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import type { Clock, Random } from '../../runtime.js'
import { loginStateTtlMs, maxLogins, maxLoginsPerChannel, retryWhenOverloadedMs } from '../limits.js'

/** A sign-in between its two steps. */
export interface Login {
  username: string
  /** OPAQUE's; secret */
  state: Uint8Array
  /** The OPAQUE record that the sign-in was begun with; undefined: there is no such user. */
  opaqueRecord: Uint8Array | undefined
  /** Gives the attempt back, when the password was right. */
  giveBack: () => void
}

interface Entry {
  login: Login
  channel: Channel
  expiresAtMs: number
}

export interface LoginsComponents {
  clock: Clock
  random: Random
}

/** Sign-ins under way: each on its channel, for a minute, and once. A client that finds its password wrong does not say so. */
export class Logins {
  readonly #components: LoginsComponents
  /** In the order in which they expire. */
  readonly #entries = new Map<string, Entry>()

  constructor (components: LoginsComponents) {
    this.#components = components
  }

  /** Keeps a sign-in, of one channel the newest few, and gives its id. @throws ERR_OVERLOADED */
  add (channel: Channel, login: Login): Uint8Array {
    this.#forgetExpired()
    const ofChannel = [...this.#entries].filter(([, entry]) => entry.channel === channel).map(([key]) => key)
    const [oldest] = ofChannel
    if (oldest !== undefined && ofChannel.length >= maxLoginsPerChannel) this.#entries.delete(oldest)
    if (this.#entries.size >= maxLogins) {
      throw new P2pChatError('ERR_OVERLOADED', 'Too many people sign in at this server just now. Try again shortly.', { retryAfterMs: retryWhenOverloadedMs })
    }
    const id = this.#components.random.bytes(16)
    this.#entries.set(toString(id, 'base16'), { login, channel, expiresAtMs: this.#components.clock.monotonicMs() + loginStateTtlMs })
    return id
  }

  /** Takes a sign-in out; undefined when it is not there, not this channel's, or too old. */
  take (channel: Channel, id: Uint8Array): Login | undefined {
    this.#forgetExpired()
    const key = toString(id, 'base16')
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.channel !== channel) return undefined
    this.#entries.delete(key)
    return entry.login
  }

  /** Sign-ins under way. */
  get size (): number {
    return this.#entries.size
  }

  #forgetExpired (): void {
    const now = this.#components.clock.monotonicMs()
    for (const [key, { channel, expiresAtMs }] of this.#entries) {
      if (expiresAtMs <= now || channel.closed.aborted) this.#entries.delete(key)
    }
  }
}
