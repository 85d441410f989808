/** A backup as a file: 14 bytes that say what it is ‖ version ‖ salt, a check of the password, then sealed parts, all but the last of full length. */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { constantTimeEqual } from '../../crypto/bytes.js'
import { BACKUP_CHECK_BYTES, BACKUP_SALT_BYTES, openBackupCheck, openBackupPart, sealBackupCheck, sealBackupPart, type StretchPassword } from '../../crypto/backup.js'
import { SEAL_OVERHEAD_BYTES } from '../../crypto/seal.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Random } from '../../runtime.js'
import type { DiskFile } from '../files/disk-file.js'
import type { ReadableFile } from '../files/outgoing/regular-file.js'
import { backupPartBytes } from './limits.js'

const MAGIC = fromString('p2pchat backup')
/** Of the rows in it as well: those of a home of schema 1. */
const VERSION = 1
const HEADER_BYTES = MAGIC.byteLength + 1 + BACKUP_SALT_BYTES
const PARTS_AT = HEADER_BYTES + BACKUP_CHECK_BYTES
const SEALED_BYTES = backupPartBytes + SEAL_OVERHEAD_BYTES

export interface BackupKeyComponents { stretch: StretchPassword }

/** Takes bytes in pieces of any length and writes them as sealed parts. */
export class PartsWriter {
  private waiting: Uint8Array[] = []
  private waitingBytes = 0
  private at = PARTS_AT
  private index = 0

  private constructor (private readonly file: DiskFile, private readonly key: Uint8Array, private readonly header: Uint8Array, private readonly random: Random) {}

  static async begin (file: DiskFile, password: string, random: Random, { stretch }: BackupKeyComponents): Promise<PartsWriter> {
    const salt = random.bytes(BACKUP_SALT_BYTES)
    const header = concat([MAGIC, Uint8Array.of(VERSION), salt])
    const key = await stretch(password, salt)
    await file.write(concat([header, sealBackupCheck(key, header, random)]), 0)
    return new PartsWriter(file, key, header, random)
  }

  async write (bytes: Uint8Array): Promise<void> {
    this.waiting.push(bytes)
    this.waitingBytes += bytes.byteLength
    // One that is exactly full waits: it may be the last.
    if (this.waitingBytes <= backupPartBytes) return
    const all = concat(this.waiting)
    let at = 0
    for (; all.byteLength - at > backupPartBytes; at += backupPartBytes) await this.seal(all.subarray(at, at + backupPartBytes), false)
    this.waiting = [all.slice(at)]
    this.waitingBytes = all.byteLength - at
  }

  /** The last part, synced. Returns how many bytes the file has. */
  async end (): Promise<number> {
    await this.seal(concat(this.waiting), true)
    this.key.fill(0)
    await this.file.sync()
    return this.at
  }

  private async seal (plaintext: Uint8Array, isLast: boolean): Promise<void> {
    const sealed = sealBackupPart(this.key, this.header, { index: this.index++, isLast }, plaintext, this.random)
    await this.file.write(sealed, this.at)
    this.at += sealed.byteLength
  }
}

/** A file that says that it is a backup. */
export interface SealedBackup { file: ReadableFile, header: Uint8Array, check: Uint8Array, bytes: number }

/** @throws ERR_STORE_FOREIGN (something else), ERR_STORE_NEWER, ERR_STORE_CORRUPT (shorter than any) */
export async function readHeader (file: ReadableFile): Promise<SealedBackup> {
  const { bytes } = await file.state()
  const begin = new Uint8Array(PARTS_AT)
  const found = await file.read(begin, 0)
  const header = begin.subarray(0, HEADER_BYTES)
  if (!constantTimeEqual(header.subarray(0, MAGIC.byteLength), MAGIC)) throw new P2pChatError('ERR_STORE_FOREIGN', `${file.path} is no backup that p2pchat made.`)
  if (found < PARTS_AT || bytes < PARTS_AT + SEAL_OVERHEAD_BYTES) throw damaged(file.path)
  if (header[MAGIC.byteLength] !== VERSION) throw new P2pChatError('ERR_STORE_NEWER', `A newer version of p2pchat made ${file.path}. Update p2pchat.`)
  return { file, header, check: begin.subarray(HEADER_BYTES), bytes }
}

/** @throws ERR_BAD_CREDENTIALS */
export async function keyOfBackup ({ header, check }: SealedBackup, password: string, { stretch }: BackupKeyComponents): Promise<Uint8Array> {
  const key = await stretch(password, header.subarray(HEADER_BYTES - BACKUP_SALT_BYTES))
  try {
    openBackupCheck(key, header, check)
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_DECRYPT')) throw error
    throw new P2pChatError('ERR_BAD_CREDENTIALS', `This is not the password of this backup, or the first ${PARTS_AT} bytes of the file are damaged.`, { cause: error })
  }
  return key
}

/** What was sealed, part by part. @throws ERR_STORE_CORRUPT */
export async function * openParts ({ file, header, bytes }: SealedBackup, key: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = PARTS_AT, index = 0; at < bytes; index++) {
    const sealed = new Uint8Array(Math.min(SEALED_BYTES, bytes - at))
    if (await file.read(sealed, at) < sealed.byteLength) throw damaged(file.path)
    at += sealed.byteLength
    try {
      yield openBackupPart(key, header, { index, isLast: at === bytes }, sealed)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_DECRYPT')) throw error
      throw damaged(file.path, error)
    }
  }
}

function damaged (path: string, cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', `${path} is damaged or was cut off; nothing was restored. Take another copy of it, or an older backup.`, { cause })
}
