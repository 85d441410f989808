import { constantTimeEqual } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { foldEntry } from './fold.js'
import { verifyGroupEntry } from './entry.js'
import { decodeGroupState, hashGroupState } from './state-codec.js'
import type { GroupAction } from './action.js'
import type { GroupState } from './state.js'

/** What an admin's device signs to let newcomers begin at `state`. */
export function checkpointOf (state: GroupState): GroupAction {
  return { kind: 'checkpoint', stateHash: hashGroupState(state) }
}

/** Where a newcomer begins, and whom it trusts with all that came before: to be shown until the rest was walked. */
export interface CheckpointStart {
  /** after the checkpoint entry */
  state: GroupState
  admin: string
  /** Ed25519, 32 bytes: the one pinned for `admin`, or the checkpoint is not theirs */
  adminAccountKey: Uint8Array
}

/**
 * Begins at a checkpoint instead of the found entry. The state is bound to the entry by hash, and the entry is signed by
 * a device of an admin that the state itself names: whether that account is an admin is known to who walks the log from
 * the found entry, which gives the same head with every honest server.
 *
 * @param groupId as it is known from elsewhere (the name's register, an invitation)
 * @param signedEntry the checkpoint entry
 * @param encodedState what it commits to
 * @throws ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE, ERR_LIMIT, ERR_CONFLICT, ERR_NOT_PERMITTED
 */
export function startFromCheckpoint (groupId: Uint8Array, signedEntry: Uint8Array, encodedState: Uint8Array): CheckpointStart {
  const entry = verifyGroupEntry(signedEntry)
  const before = decodeGroupState(encodedState)
  if (entry.action.kind !== 'checkpoint' || !constantTimeEqual(before.groupId, groupId)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'This is not a checkpoint of that group and was refused.')
  }
  const state = foldEntry(before, entry)
  return { state, admin: entry.author, adminAccountKey: before.members.get(entry.author)!.accountRecord.accountKey }
}
