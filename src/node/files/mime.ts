/** What a file is, by its first bytes: never by its name, and never by what a peer says. */
import { later } from '../../later.js'

/** How many of the first bytes are looked at: as many as the library asks for. */
export const sniffedBytes = 4_100

export const UNKNOWN_TYPE = 'application/octet-stream'
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/
const PDF = Buffer.from('%PDF-')

/** Most commands send no file. */
const signatures = later(async () => await import('file-type'))

/** @param head the first {@link sniffedBytes} of a file, or all of a shorter one */
export async function sniffMime (head: Uint8Array): Promise<string> {
  // Some signatures are plain letters, which a text may begin with too; only a PDF may be text all along.
  if (isText(head) && !PDF.equals(head.subarray(0, PDF.byteLength))) return 'text/plain'
  const { fileTypeFromBuffer } = await signatures()
  try {
    const [mime] = ((await fileTypeFromBuffer(head))?.mime ?? UNKNOWN_TYPE).split(';')
    return claimedMime(mime ?? UNKNOWN_TYPE)
  } catch {
    // A file that breaks off inside of what its head promises.
    return UNKNOWN_TYPE
  }
}

/** What someone says a file is, if that is a MIME type at all. */
export function claimedMime (text: string): string {
  const lower = text.toLowerCase()
  return TYPE.test(lower) ? lower : UNKNOWN_TYPE
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
