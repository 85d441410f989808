/** What servers tell each other (docs/pool-news.md). */

/** A device that is attached to some server. */
export interface AttachedDevice {
  /** Ed25519, 32 bytes */
  deviceKey: Uint8Array
  username: string
  /** undefined: the device cannot be dialled */
  locator: { signed: Uint8Array, expiresAtMs: number } | undefined
  attachedAtMs: number
}

export interface AccountChanged {
  kind: 'account'
  username: string
  /** of the account record; the register has the last word */
  recordVersion: number
}

export interface GroupMoved {
  kind: 'group'
  /** 32 bytes */
  groupId: Uint8Array
  sequence: number
  /** 32 bytes */
  headHash: Uint8Array
  /** members before and after the entry */
  usernames: string[]
}

export type NewsEvent = AccountChanged | GroupMoved

/** One message of a server to another. */
export interface Tell {
  ticket: Uint8Array
  /** 0, 1, 2 … under this ticket */
  sequence: number
  /** The table is told from its beginning, with this message. */
  begins: boolean
  /** All of the table has been told, with this message. */
  complete: boolean
  attached: AttachedDevice[]
  /** device keys */
  detached: Uint8Array[]
  /** Names the run of the teller that its events are numbered in. */
  run: Uint8Array
  /** The number of the last event in here, or before. */
  lastEvent: number
  /** Events were lost between those heard and those in here. */
  gap: boolean
  events: NewsEvent[]
}
