/** How files are remembered in the store; their bytes lie on a BlobDisk. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { encode } from '../../protocol/codec.js'
import { StoredBlob, StoredBlobPiece } from '../../protocol/pb/blob.js'
import { keyOf, parseOrderedInteger, partsOf, rangeUnder } from '../../store/index.js'
import type { OwnedBlob } from './index.js'
import type { Shape } from './shape.js'

export interface BlobRecord extends Shape {
  /** whose it is */
  username: string
  root: Uint8Array
  keptChunks: number
  /** when something of it was last kept; of a whole file, when it became so */
  changedAtMs: number
  /** its place in the index by expiry */
  dueAtMs: number
  /** It does not expire before, whatever it lacks: a copy has the expiry of what it was made from. 0: says nothing. */
  keepUntilMs: number
}

export interface PieceRecord {
  /** bits of its chunks, of ChunkBits.piece */
  kept: Uint8Array
  /** audit path of its root */
  path: Uint8Array
}

const TABLE = 'blob'
const PIECE_TABLE = 'blob-piece'
const OWNER_TABLE = 'blob-owner'
const DUE_TABLE = 'blob-due'
const OWNED_BYTES = 16

export const blobKey = (fileId: Uint8Array): string => keyOf(TABLE, fileId)
export const blobRange = (): { gte: string, lt: string } => rangeUnder(TABLE)
export const pieceKey = (fileId: Uint8Array, piece: number): string => keyOf(PIECE_TABLE, fileId, piece)
export const pieceRange = (fileId: Uint8Array): { gte: string, lt: string } => rangeUnder(PIECE_TABLE, fileId)
export const ownerKey = (username: string, fileId: Uint8Array): string => keyOf(OWNER_TABLE, username, fileId)
export const ownerRange = (username: string): { gte: string, lt: string } => rangeUnder(OWNER_TABLE, username)
export const dueKey = (dueAtMs: number, fileId: Uint8Array): string => keyOf(DUE_TABLE, dueAtMs, fileId)
export const dueRange = (untilMs: number): { gte: string, lt: string } => ({ gte: rangeUnder(DUE_TABLE).gte, lt: keyOf(DUE_TABLE, untilMs + 1) })

/** The file id at the end of a key; of a piece's key it is {@link pieceOfKey} that stands there. */
export function fileIdOfKey (key: string): Uint8Array {
  return fromString(partsOf(key).at(-1) ?? '', 'base16')
}

export function pieceOfKey (key: string): number {
  return parseOrderedInteger(partsOf(key).at(-1) ?? '')
}

/** The name of a file on the BlobDisk. */
export function diskName (fileId: Uint8Array): string {
  return toString(fileId, 'base16')
}

export function encodeBlob ({ sealedBytes, changedAtMs, dueAtMs, keepUntilMs, ...record }: BlobRecord): Uint8Array {
  return encode(StoredBlob, { ...record, sealedBytes: BigInt(sealedBytes), changedAtMs: BigInt(changedAtMs), dueAtMs: BigInt(dueAtMs), keepUntilMs: BigInt(keepUntilMs) })
}

/** @throws ERR_STORE_CORRUPT */
export function decodeBlob (bytes: Uint8Array): BlobRecord {
  const { sealedBytes, changedAtMs, dueAtMs, keepUntilMs, ...record } = read(() => StoredBlob.decode(bytes))
  return { ...record, sealedBytes: Number(sealedBytes), changedAtMs: Number(changedAtMs), dueAtMs: Number(dueAtMs), keepUntilMs: Number(keepUntilMs) }
}

export function encodePiece (record: PieceRecord): Uint8Array {
  return encode(StoredBlobPiece, record)
}

/** @throws ERR_STORE_CORRUPT */
export function decodePiece (bytes: Uint8Array): PieceRecord {
  return read(() => StoredBlobPiece.decode(bytes))
}

/** What a file counts for, beside its owner's name: an account's files are counted without their records. */
export function encodeOwned ({ bytes, expiresAtMs }: Omit<OwnedBlob, 'fileId'>): Uint8Array {
  const stored = new Uint8Array(OWNED_BYTES)
  const view = new DataView(stored.buffer)
  view.setBigUint64(0, BigInt(bytes))
  view.setBigUint64(8, BigInt(expiresAtMs))
  return stored
}

/** @throws ERR_STORE_CORRUPT */
export function decodeOwned (stored: Uint8Array): Omit<OwnedBlob, 'fileId'> {
  if (stored.byteLength !== OWNED_BYTES) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: what a file counts for is not said. Restore a backup.')
  const view = new DataView(stored.buffer, stored.byteOffset)
  return { bytes: Number(view.getBigUint64(0)), expiresAtMs: Number(view.getBigUint64(8)) }
}

function read<T> (decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a file in it is not described. Restore a backup.', { cause })
  }
}
