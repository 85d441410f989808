/**
 * The parts of a backup, sealed under a password (docs/backup.md). Whoever has the file can try passwords against it, so
 * each try is made to cost memory: scrypt, as OpenSSL has it.
 */
import { scrypt } from 'node:crypto'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { u32 } from './bytes.js'
import { backupScryptCost } from './limits.js'
import { open, SALT_BYTES, seal, SEAL_OVERHEAD_BYTES } from './seal.js'
import { P2pChatError } from '../errors.js'
import type { Random } from '../runtime.js'

const LABEL = 'p2pchat/1 backup'
const NOTHING = new Uint8Array(0)

export const BACKUP_SALT_BYTES = 16
/** By which a wrong password is told from damage. */
export const BACKUP_CHECK_BYTES = SEAL_OVERHEAD_BYTES

/** Stretches a password; tests put something quick in its place. */
export type StretchPassword = (password: string, salt: Uint8Array) => Promise<Uint8Array>

/** 32 bytes; the caller wipes them. @param salt 16 random bytes, of this backup alone */
export const stretchBackupPassword: StretchPassword = async (password, salt) => {
  const { N, r, p } = backupScryptCost
  return await new Promise((resolve, reject) => {
    scrypt(fromString(password.normalize('NFC')), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(new Uint8Array(key))
      else reject(new P2pChatError('ERR_INTERNAL', 'The password could not be stretched: is there little memory left?', { cause: error }))
    })
  })
}

/** A seal of nothing, before the parts. Draws 16 bytes. @param header the first bytes of the file */
export function sealBackupCheck (key: Uint8Array, header: Uint8Array, random: Random): Uint8Array {
  return seal(key, LABEL, header, NOTHING, NOTHING, random.bytes(SALT_BYTES))
}

/** @throws ERR_DECRYPT another password, or changed */
export function openBackupCheck (key: Uint8Array, header: Uint8Array, check: Uint8Array): void {
  open(key, LABEL, header, NOTHING, check)
}

/** Where a part stands: its number from 0 on, and whether it is the last. What is left out or moved does not open. */
export interface BackupPlace { index: number, isLast: boolean }

/** Draws 16 bytes. @param header the first bytes of the file @param plaintext at most maxSealBytes */
export function sealBackupPart (key: Uint8Array, header: Uint8Array, place: BackupPlace, plaintext: Uint8Array, random: Random): Uint8Array {
  return seal(key, LABEL, header, placeBytes(place), plaintext, random.bytes(SALT_BYTES))
}

/** @throws ERR_DECRYPT another password, another place, or changed */
export function openBackupPart (key: Uint8Array, header: Uint8Array, place: BackupPlace, sealed: Uint8Array): Uint8Array {
  return open(key, LABEL, header, placeBytes(place), sealed)
}

function placeBytes ({ index, isLast }: BackupPlace): Uint8Array {
  return concat([u32(index), Uint8Array.of(isLast ? 1 : 0)])
}
