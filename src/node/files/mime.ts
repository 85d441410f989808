/** What a file is, by its first bytes: never by its name, and never by what a peer says. */

/** How many of the first bytes are looked at. */
export const sniffedBytes = 4_096

export const UNKNOWN_TYPE = 'application/octet-stream'
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

interface Signature { mime: string, at: number, bytes: Buffer }

const sign = (mime: string, text: string, at = 0): Signature => ({ mime, at, bytes: Buffer.from(text, 'latin1') })

const PDF = sign('application/pdf', '%PDF-')

const SIGNATURES: readonly Signature[] = [
  sign('image/png', '\x89PNG\r\n\x1a\n'),
  sign('image/jpeg', '\xff\xd8\xff'),
  sign('image/gif', 'GIF87a'),
  sign('image/gif', 'GIF89a'),
  sign('image/tiff', 'II*\0'),
  sign('image/tiff', 'MM\0*'),
  sign('image/jxl', '\0\0\0\x0cJXL \r\n\x87\n'),
  PDF,
  sign('application/x-7z-compressed', '7z\xbc\xaf\x27\x1c'),
  sign('application/x-xz', '\xfd7zXZ\0'),
  sign('application/vnd.rar', 'Rar!\x1a\x07'),
  sign('application/zstd', '\x28\xb5\x2f\xfd'),
  sign('application/gzip', '\x1f\x8b\x08'),
  sign('application/x-bzip2', 'BZh'),
  sign('application/zip', 'PK\x03\x04'),
  sign('application/zip', 'PK\x05\x06'),
  sign('application/x-tar', 'ustar', 257),
  sign('application/x-executable', '\x7fELF'),
  sign('application/wasm', '\0asm'),
  sign('application/vnd.sqlite3', 'SQLite format 3\0'),
  sign('audio/mpeg', 'ID3'),
  sign('audio/flac', 'fLaC'),
  sign('audio/midi', 'MThd'),
  sign('audio/ogg', 'OggS'),
  sign('video/x-matroska', '\x1a\x45\xdf\xa3'),
  sign('video/mpeg', '\0\0\x01\xba'),
  sign('video/x-flv', 'FLV\x01'),
  sign('font/woff2', 'wOF2')
]

/** The type of a container (RIFF, ISO base media) is told by a name a little behind its start. */
const CONTAINERS: ReadonlyArray<{ start: Signature, at: number, names: Record<string, string> }> = [
  { start: sign('', 'RIFF'), at: 8, names: { WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/x-msvideo' } },
  {
    start: sign('', 'ftyp', 4),
    at: 8,
    names: { avif: 'image/avif', avis: 'image/avif', heic: 'image/heic', heix: 'image/heic', mif1: 'image/heif', 'qt  ': 'video/quicktime', 'M4A ': 'audio/mp4', 'M4B ': 'audio/mp4', 'M4V ': 'video/mp4' }
  }
]

/** @param head the first {@link sniffedBytes} of a file, or all of a shorter one */
export function sniffMime (head: Uint8Array): string {
  // Some signatures are plain letters, which a text may begin with too; only a PDF may be text all along.
  if (isText(head) && !startsWith(head, PDF)) return 'text/plain'
  for (const { start, at, names } of CONTAINERS) {
    if (startsWith(head, start)) return names[Buffer.from(head.subarray(at, at + 4)).toString('latin1')] ?? (start.at === 4 ? 'video/mp4' : UNKNOWN_TYPE)
  }
  // MPEG audio without a tag: eleven bits that are set, a layer, a bit rate.
  if (head.byteLength > 2 && head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2 && ((head[2] ?? 0) & 0xf0) !== 0xf0) return 'audio/mpeg'
  return SIGNATURES.find((signature) => startsWith(head, signature))?.mime ?? UNKNOWN_TYPE
}

/** What a peer says a file is, if that is a MIME type at all. */
export function claimedMime (text: string): string {
  const lower = text.toLowerCase()
  return TYPE.test(lower) ? lower : UNKNOWN_TYPE
}

function startsWith (head: Uint8Array, { at, bytes }: Signature): boolean {
  return head.byteLength >= at + bytes.byteLength && bytes.equals(head.subarray(at, at + bytes.byteLength))
}

/** UTF-8 without control characters, but for the white ones; a character may be cut off at the end. */
function isText (head: Uint8Array): boolean {
  if (head.byteLength === 0) return false
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    // eslint-disable-next-line no-control-regex -- finding control characters is what this is for
    return !/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/.test(text)
  } catch {
    return false
  }
}
