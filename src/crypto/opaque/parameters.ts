/** What both halves of OPAQUE must agree on, apart from the messages. */

/** Who talks to whom. Both names are authenticated by the key exchange (RFC 9807 §6.1, client_identity and server_identity). */
export interface OpaqueContext {
  /** canonical */
  username: string
  /** as formatPoolId writes it: any server of the pool can answer */
  poolId: string
}

/** RFC 9106 §4, second recommended option: Argon2id, 3 passes, 64 MiB, 4 lanes. Only the client does this work. */
export const KEY_STRETCHING = 'memory-constrained'

export function identifiers ({ username, poolId }: OpaqueContext): { client: string, server: string } {
  return { client: username, server: poolId }
}
