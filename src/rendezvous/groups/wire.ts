import type { GroupHead } from '../../records/group/index.js'
import { assertBytes } from '../fields.js'

export function headToWire (groupId: Uint8Array, { sequence, hash }: GroupHead): { groupId: Uint8Array, sequence: bigint, headHash: Uint8Array } {
  return { groupId, sequence: BigInt(sequence), headHash: hash }
}

/** @throws ERR_INVALID_RECORD */
export function assertGroupId (groupId: Uint8Array): void {
  assertBytes(groupId, 32, 'A group id')
}
