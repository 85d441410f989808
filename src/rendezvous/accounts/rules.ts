/** Who may write what into the register of an account (DESIGN §3). Pure. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { OPAQUE_RECORD_BYTES } from '../../crypto/opaque/server.js'
import { P2pChatError } from '../../errors.js'
import { assertSuccessor, sameAccountKey, type VerifiedAccountRegister } from '../../records/index.js'
import { maxVaultBytes } from '../limits.js'

export interface RegisterChange {
  /** what is stored now */
  current: VerifiedAccountRegister | undefined
  /** what shall be; its signature by the key that it introduces was verified */
  next: VerifiedAccountRegister
  /** what the writer believes is stored; 0: nothing */
  expectedVersion: number
  /** the OPAQUE setup of new registrations */
  currentSetupVersion: number
}

/**
 * @throws ERR_NAME_TAKEN, ERR_NOT_FOUND (a change of an account that is not there), ERR_CONFLICT (another version is
 * stored, or the password was registered by another setup than new ones are), ERR_NOT_PERMITTED (another account key),
 * ERR_INVALID_RECORD
 */
export function assertMayWrite (change: RegisterChange): void {
  const { current, next, expectedVersion } = change
  if (next.version !== expectedVersion + 1) throw invalid(`its version must be ${expectedVersion + 1}`)
  assertSizes(next)
  if (current === undefined) {
    if (expectedVersion !== 0) throw new P2pChatError('ERR_NOT_FOUND', `There is no account ${next.username}.`)
    if (next.accountRecord.version !== 1) throw invalid('its account record must have version 1')
  } else assertMayFollow(current, change)
  assertSetup(change)
}

function assertMayFollow (current: VerifiedAccountRegister, { next, expectedVersion }: RegisterChange): void {
  if (expectedVersion === 0) throw new P2pChatError('ERR_NAME_TAKEN', `The name ${next.username} is taken. Choose another one.`)
  if (!sameAccountKey(current, next)) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only the account itself may change its register.')
  if (current.version !== expectedVersion) throw new P2pChatError('ERR_CONFLICT', `The account was changed meanwhile: it has version ${current.version}. Read it again.`)
  if (!constantTimeEqual(current.accountRecord.hash, next.accountRecord.hash)) assertSuccessor(current.accountRecord, next.accountRecord)
}

function assertSizes (next: VerifiedAccountRegister): void {
  if (next.opaqueRecord.byteLength !== OPAQUE_RECORD_BYTES) throw invalid(`its OPAQUE record must have ${OPAQUE_RECORD_BYTES} bytes`)
  if (next.vault.byteLength > maxVaultBytes) throw new P2pChatError('ERR_LIMIT', `A vault of ${next.vault.byteLength} bytes was refused: the limit is ${maxVaultBytes} bytes.`)
}

function assertSetup ({ current, next, currentSetupVersion }: RegisterChange): void {
  if (current !== undefined && constantTimeEqual(current.opaqueRecord, next.opaqueRecord)) {
    if (next.opaqueSetupVersion !== current.opaqueSetupVersion) throw invalid(`its OPAQUE setup version must be ${current.opaqueSetupVersion}`)
  } else if (next.opaqueSetupVersion !== currentSetupVersion) {
    throw new P2pChatError('ERR_CONFLICT', 'The pool has changed how it keeps passwords meanwhile. Try again.')
  }
}

function invalid (why: string): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', `An account register was refused: ${why}.`)
}
