import { P2pChatError } from '../../errors.js'
import type { Standing } from './messages.js'

const BYTES = 16

export function encodeStanding ({ incarnation, writes }: Standing): Uint8Array {
  const bytes = new Uint8Array(BYTES)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(incarnation))
  view.setBigUint64(8, BigInt(writes))
  return bytes
}

/** @throws ERR_STORE_CORRUPT */
export function decodeStanding (stored: Uint8Array): Standing {
  if (stored.byteLength !== BYTES) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: how far a disk was cannot be read. Restore a backup.')
  const view = new DataView(stored.buffer, stored.byteOffset)
  return { incarnation: Number(view.getBigUint64(0)), writes: Number(view.getBigUint64(8)) }
}
