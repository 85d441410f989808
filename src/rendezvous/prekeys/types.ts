/** Prekeys as clients use them (Prekeys), and as one server keeps them for others (PrekeyReplica). */

export interface OneTimePrekey {
  /** One more than any before it on the same device, from 1 on. */
  id: number
  /** X25519 */
  publicKey: Uint8Array
}

export interface Bundle {
  /** SignedRecord of a SignedPrekey */
  signedPrekey: Uint8Array
  oneTimePrekey: OneTimePrekey | undefined
}

export interface PrekeyStock {
  oneTimePrekeys: number
  /** 0: none */
  signedPrekeyId: number
}

/** What one server has of a device. */
export interface ShelfStock extends PrekeyStock {
  /** No id up to here is taken any more. */
  upTo: number
}

/** The prekeys of the pool. */
export interface Prekeys {
  /**
   * Keeps prekeys of a device, and gives how many one-time prekeys there are.
   *
   * @param signedPrekey verified by the caller; an older one than is there does not replace it
   * @throws ERR_UNKNOWN_OUTCOME
   */
  upload: (device: Uint8Array, signedPrekey: Uint8Array, prekeys: readonly OneTimePrekey[]) => Promise<number>
  /**
   * A bundle, undefined when the device never uploaded one. No one-time prekey is ever in two bundles.
   *
   * @param oneTime false: its one-time prekeys are left alone
   * @throws ERR_UNKNOWN_OUTCOME nobody who may have one could be asked
   */
  take: (device: Uint8Array, oneTime: boolean) => Promise<Bundle | undefined>
  /** As far as the servers that have them say. */
  stock: (device: Uint8Array) => Promise<PrekeyStock>
  /** Forgets a device that is gone. */
  remove: (device: Uint8Array) => Promise<void>
}

export interface Kept {
  kept: boolean
  /** that are there now */
  oneTimePrekeys: number
}

/** One server's shelf. All methods reject when it does not answer. */
export interface PrekeyReplica {
  /**
   * Synced when it resolves. Not kept when the server is none of the mailbox's.
   *
   * @param upTo no id up to here shall be taken any more
   */
  keep: (device: Uint8Array, signedPrekey: Uint8Array, prekeys: readonly OneTimePrekey[], upTo: number) => Promise<Kept>
  /** As Prekeys.take, of this server alone. What it gives is gone there, also when the answer is lost. */
  give: (device: Uint8Array, oneTime: boolean) => Promise<Bundle | undefined>
  stock: (device: Uint8Array) => Promise<ShelfStock>
  forget: (device: Uint8Array) => Promise<void>
}
