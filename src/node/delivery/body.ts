/** From a message as it is kept to its content as it travels, and back. */
import { isP2pChatError } from '../../errors.js'
import { toHex } from '../home/hex.js'
import { parseManifest, type FileManifest } from '../files/manifest.js'
import type { FileBody, MessageBody, MessageRow } from '../history/messages.js'
import type { Transaction } from '../home/lane.js'
import { encodeFile, encodeText, type ParsedPayload } from './payload.js'

/** An encoded Content; undefined of what is never sent. */
export function contentOf (body: MessageBody): Uint8Array | undefined {
  switch (body.kind) {
    case 'text': return encodeText(body.text)
    case 'file': return encodeFile(body.manifest)
    default: return undefined
  }
}

/** What is kept of a message that is shown. */
export function bodyOf ({ content, encoded }: ParsedPayload): MessageBody {
  switch (content.kind) {
    case 'text': return { kind: 'text', text: content.text }
    case 'file': return tryFileBody(content.manifest) ?? { kind: 'unknown-content', content: encoded }
    default: return { kind: 'unknown-content', content: encoded }
  }
}

export function fileBody (manifest: FileManifest, encoded: Uint8Array, path: string | null, status: FileBody['status']): FileBody {
  const { name, mime, bytes, sha256, caption } = manifest
  return { kind: 'file', manifest: encoded, name, mime, bytes, sha256: toHex(sha256), caption, path, status }
}

function tryFileBody (encoded: Uint8Array): FileBody | undefined {
  try {
    return fileBody(parseManifest(encoded), encoded, null, 'coming')
  } catch (error) {
    if (isP2pChatError(error)) return undefined
    throw error
  }
}

/** Told of files in the transaction that takes their messages; gives the message as it is to be kept. */
export interface FileArrivals {
  /** @param device that sent it, in hex */
  fileArrived: (tx: Transaction, row: MessageRow & { body: FileBody }, device: string) => Promise<MessageRow>
}

/** Without it, files are kept as messages and not fetched. */
export async function withFile (tx: Transaction, row: MessageRow, device: string, arrivals: FileArrivals | undefined): Promise<MessageRow> {
  return row.body.kind === 'file' && arrivals !== undefined ? await arrivals.fileArrived(tx, { ...row, body: row.body }, device) : row
}
