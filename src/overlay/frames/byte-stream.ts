/** The little that frames need of a stream of bytes in both directions; made from a libp2p stream, or in memory. */
export interface ByteStream {
  /** Takes bytes, which must not change afterwards. False: full, wait for onDrain before sending more. Throws once it has ended. */
  send: (bytes: Uint8Array) => boolean
  /** As `send` of all pieces put together, but without the copy; where it is missing, `send` gets the copy. */
  sendPieces?: (pieces: readonly Uint8Array[]) => boolean
  /** Resolves when more may be sent; rejects when the stream ended first. */
  onDrain: () => Promise<void>
  /** Hands over what arrives, but never before it has returned. Called once. */
  read: (reader: ByteReader) => void
  /** No more bytes until resume; what arrives meanwhile holds the sender back. */
  pause: () => void
  resume: () => void
  /** Ends the own direction after everything sent before; the other goes on until the other side ends it. */
  close: () => Promise<void>
  /** Ends both directions at once; what is under way is lost. */
  abort: (error: Error) => void
}

export interface ByteReader {
  onBytes: (bytes: Uint8Array) => void
  /** Called once: the other side closed its direction, or (with an error) the stream broke or was aborted. */
  onEnd: (error?: Error) => void
}
