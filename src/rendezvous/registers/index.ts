/**
 * Registers: one value a name, changed by compare-and-set, linearizable. Servers keep them together (consensus/);
 * store-registers.ts keeps them on one disk, for tests and benchmarks, and reads what a server has of its own.
 */
export interface Register {
  /** 1 for the first value, one more with every change. */
  version: number
  value: Uint8Array
}

export interface Overloaded {
  outcome: 'overloaded'
  retryAfterMs: number
  /** Pool addresses of servers that may take the request. */
  alternatives: string[]
  /** The limit that was reached, when it was one. */
  limit?: 'maxStoredMailBytes'
}

/** Neither done nor not done as far as is known: ask again, with the same bytes. */
export interface Unknown {
  outcome: 'unknown'
}

export type RegisterRead = { outcome: 'read', register: Register | undefined } | Unknown | Overloaded

export type RegisterWrite =
  | { outcome: 'written', version: number }
  /** Someone else's value is there. */
  | { outcome: 'conflict', current: Register | undefined }
  | Unknown
  | Overloaded

export interface RegisterPage {
  registers: Array<Register & { name: string }>
  /** Pass it as `after` for the next page; undefined at the end. */
  next: string | undefined
}

export type RegisterList = { outcome: 'listed', page: RegisterPage } | Unknown | Overloaded

/** Names are printable ASCII. */
export interface Registers {
  read: (name: string) => Promise<RegisterRead>
  /**
   * Sets the value if the register has `expectedVersion` (0: is absent). Asking again for what was already written is
   * `written`, so that whoever got no answer may simply repeat.
   */
  compareAndSet: (name: string, expectedVersion: number, value: Uint8Array) => Promise<RegisterWrite>
  /** Names with this prefix after `after`, in order. No snapshot: each register is as it was at some time meanwhile. */
  list: (prefix: string, options: { after?: string, limit: number }) => Promise<RegisterList>
}

export type KeyList = { outcome: 'listed', keys: string[], next: string | undefined } | Unknown

/** Registers with indexes: keys that follow from their values (indexes.ts). */
export interface IndexedRegisters extends Registers {
  /**
   * Keys of an index that begin with `prefix`, behind `after`, in order: at least those that follow from the present
   * registers. Others may be among them, so the register that a key names has the last word.
   *
   * @param options ofAll: waits for all acceptors that answer, where a majority of now may lack what those of before have. Default: false
   */
  derived: (prefix: string, options: { after?: string, limit: number, ofAll?: boolean }) => Promise<KeyList>
}
