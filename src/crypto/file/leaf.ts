/** What the Merkle tree has at its feet. Beside chunk.ts, because servers check chunks and can open none. */
import { concat } from 'uint8arrays/concat'
import { lpAll, sha256 } from '../bytes.js'

const leafStart = concat([Uint8Array.of(0), lpAll('p2pchat/1 file leaf')])

export const LEAF_BYTES = 32

/** SHA-256 over a domain label and the chunk as it travels. */
export function leafHash (sealed: Uint8Array): Uint8Array {
  return sha256(leafStart, sealed)
}
