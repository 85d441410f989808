/** What a message says of a file: encoded, and, when it comes from elsewhere, checked field by field. */
import { chunkCount, FILE_ID_BYTES, FILE_KEY_BYTES, LEAF_BYTES, type FileSecret } from '../../crypto/file/index.js'
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { Manifest as ManifestMessage } from '../../protocol/pb/file.js'
import { maxCaptionBytes, maxClaimedNameBytes, maxManifestBytes, maxMimeBytes, maxPreviewBytes, maxPreviewPixels } from './limits.js'
import { claimedMime } from './mime.js'
import { safeFileName } from './names.js'

export interface FilePreview {
  mime: string
  /** pixels */
  width: number
  height: number
  picture: Uint8Array
}

/** Everything to fetch a file and to know that it is the right one. Holds its key: for the recipients alone. */
export interface FileManifest extends FileSecret {
  /** Merkle root over the sealed chunks, 32 bytes */
  readonly root: Uint8Array
  /** of the file, 32 bytes */
  readonly sha256: Uint8Array
  /** fit for a folder: see names.ts */
  readonly name: string
  /** what the sender takes it for: for showing, never for acting on */
  readonly mime: string
  readonly caption: string
  readonly preview?: FilePreview
}

/** @throws ERR_LIMIT, told to the one who sends the file */
export function encodeManifest (manifest: FileManifest): Uint8Array {
  const { fileId, key, bytes, root, sha256, mime, preview } = manifest
  const [name, caption] = [manifest.name, manifest.caption].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array]
  if (caption.byteLength > maxCaptionBytes) {
    throw new P2pChatError('ERR_LIMIT', `This caption has ${caption.byteLength} bytes; a caption may have at most ${maxCaptionBytes} (limit maxCaptionBytes). Send the rest as a message.`)
  }
  if (preview !== undefined && !isPreview(preview)) {
    throw new P2pChatError('ERR_LIMIT', `A preview may have at most ${maxPreviewBytes} bytes and ${maxPreviewPixels} pixels a side (limits maxPreviewBytes, maxPreviewPixels).`)
  }
  return encode(ManifestMessage, {
    fileId, key, bytes: BigInt(bytes), chunks: chunkCount(bytes), root, sha256, name, mime, caption, ...(preview === undefined ? {} : { preview })
  })
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD */
export function parseManifest (encoded: Uint8Array): FileManifest {
  const { fileId, key, bytes, chunks, root, sha256, name, mime, caption, preview } = decode(ManifestMessage, encoded, maxManifestBytes, 'A file')
  const length = Number(bytes)
  const valid = fileId.byteLength === FILE_ID_BYTES && key.byteLength === FILE_KEY_BYTES && root.byteLength === LEAF_BYTES && sha256.byteLength === 32 &&
    Number.isSafeInteger(length) && chunks === chunksOf(length) && name.byteLength <= maxClaimedNameBytes && mime.length <= maxMimeBytes &&
    caption.byteLength <= maxCaptionBytes && (preview === undefined || isPreview(preview))
  const texts = valid ? [name, caption].map(decodeUtf8) : []
  const [nameText, captionText] = texts
  if (nameText === undefined || captionText === undefined) throw new P2pChatError('ERR_INVALID_RECORD', 'A file with impossible fields was refused.')
  return {
    fileId,
    key,
    bytes: length,
    root,
    sha256,
    name: safeFileName(nameText),
    mime: claimedMime(mime),
    caption: captionText,
    ...(preview === undefined ? {} : { preview: { ...preview, mime: claimedMime(preview.mime) } })
  }
}

function isPreview ({ mime, width, height, picture }: FilePreview): boolean {
  const isSide = (pixels: number): boolean => pixels >= 1 && pixels <= maxPreviewPixels
  return picture.byteLength > 0 && picture.byteLength <= maxPreviewBytes && isSide(width) && isSide(height) && mime.length <= maxMimeBytes
}

function chunksOf (bytes: number): number | undefined {
  try {
    return chunkCount(bytes)
  } catch {
    return undefined
  }
}

function decodeUtf8 (bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
