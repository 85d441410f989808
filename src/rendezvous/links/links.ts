/** Answers one method for another server. @param asker its PeerId, which is in the newest roster that this server knows */
export type ServerHandler = (asker: string, body: Uint8Array) => Promise<Uint8Array>

export interface AskOptions {
  /** Default: limits.askTimeoutMs. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface Links {
  /**
   * Asks another server of the roster.
   *
   * @throws ERR_UNREACHABLE (also at once, when it could not be reached a moment ago), ERR_TIMEOUT, ERR_CLOSED, or what
   * the other side says
   */
  ask: (peerId: string, method: string, body: Uint8Array, options?: AskOptions) => Promise<Uint8Array>
  /** PeerIds of the other servers of the newest roster, learners and draining ones too. */
  others: () => string[]
  isLinked: (peerId: string) => boolean
  /** Calls `listener` when the first channel to another server has opened, whoever opened it, and when its last one has ended. */
  onLink: (listener: (peerId: string, isUp: boolean) => void) => void
}
