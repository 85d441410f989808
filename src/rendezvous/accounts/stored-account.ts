/** What a register of an account holds, read from our own store: signatures were verified before it was written. */
import { P2pChatError } from '../../errors.js'
import { encode } from '../../protocol/codec.js'
import { AccountRecord, AccountRegister, SignedRecord } from '../../protocol/pb/account.js'
import { keyOf, type Operation } from '../../store/index.js'

export interface StoredAccount {
  username: string
  /** of the register */
  version: number
  opaqueSetupVersion: number
  opaqueRecord: Uint8Array
  /** the SignedRecord of the register, vault included */
  signed: Uint8Array
  record: {
    /** the SignedRecord of the account record */
    signed: Uint8Array
    version: number
    unlisted: boolean
    /** Ed25519 */
    deviceKeys: Uint8Array[]
  }
}

const PREFIX = 'account:'
export const DEVICE_TABLE = 'device'
/** What deriveDeviceIndex writes to. */
export const deviceIndexTables = [DEVICE_TABLE] as const

export function accountRegisterName (username: string): string {
  return PREFIX + username
}

/** @throws ERR_STORE_CORRUPT */
export function readStoredAccount (signed: Uint8Array): StoredAccount {
  const register = attempt(() => AccountRegister.decode(SignedRecord.decode(signed).payload))
  const signedRecord = register.accountRecord ?? { payload: new Uint8Array(0), signature: new Uint8Array(0) }
  const record = attempt(() => AccountRecord.decode(signedRecord.payload))
  return {
    username: register.username,
    version: Number(register.version),
    opaqueSetupVersion: register.opaqueSetupVersion,
    opaqueRecord: register.opaqueRecord,
    signed,
    record: {
      signed: encode(SignedRecord, signedRecord),
      version: Number(record.version),
      unlisted: record.unlisted,
      deviceKeys: record.devices.map((device) => device.deviceKey)
    }
  }
}

/** One entry for each account that has listed a device: a stranger who lists somebody else's changes nothing by it. */
export function deviceIndexKey (deviceKey: Uint8Array, username: string): string {
  return keyOf(DEVICE_TABLE, deviceKey, username)
}

/**
 * The index of devices, brought forward with every register of an account. Nothing is ever taken out of it: what one
 * acceptor has taken in may never have been chosen, and a device that is left out would get no mail. So the index says
 * where to look, and the register which devices there are.
 */
export function deriveDeviceIndex (name: string, _previous: Uint8Array | undefined, next: Uint8Array): Operation[] {
  if (!name.startsWith(PREFIX)) return []
  const username = name.slice(PREFIX.length)
  return readStoredAccount(next).record.deviceKeys.map((deviceKey): Operation => ({ type: 'put', key: deviceIndexKey(deviceKey, username), value: new Uint8Array(0) }))
}

function attempt<T> (read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: an account cannot be read. Restore a backup.', { cause })
  }
}
