/** /p2pchat/blob/1: a device leaves a file, chunk by chunk, and is told what lies on the disk for good. */
import { P2pChatError } from '../../errors.js'
import type { BulkService, BulkStream } from '../../overlay/network.js'
import { controlFrame, readControl, splitFrame } from '../../protocol/bulk-frames.js'
import { BlobFrame } from '../../protocol/pb/blob.js'
import type { Clock } from '../../runtime.js'
import { asError } from '../outcome.js'
import { Acknowledgements } from './acknowledgements.js'
import { FrameReader } from './frame-reader.js'
import type { Blobs, BlobWriter } from './index.js'
import { checkEveryFrames, fileIdBytes, idleTimeoutMs, maxBlobFrameBytes, openTimeoutMs } from './limits.js'
import type { StreamGuard, Visitor } from './stream-guard.js'
import { stateToWire } from './wire.js'

export interface UploadComponents {
  blobs: Blobs
  clock: Clock
  guard: StreamGuard
}

export function uploadService ({ blobs, clock, guard }: UploadComponents): BulkService {
  return {
    maxFrameBytes: maxBlobFrameBytes,
    accept: async (stream) => {
      await guard.admit(stream, async (visitor) => { await serve(stream, visitor, blobs, new FrameReader(stream, clock)) }, (error) =>
        controlFrame(BlobFrame, { end: { reason: error.code, message: error.message, retryAfterMs: BigInt(Math.ceil(error.retryAfterMs ?? 0)) } }))
    }
  }
}

async function serve (stream: BulkStream, visitor: Visitor, blobs: Blobs, frames: FrameReader): Promise<void> {
  const first = await frames.next(openTimeoutMs)
  if (first === undefined) return
  await receiveFile(stream, frames, await openWriter(first, visitor, blobs), () => { visitor.accounts() })
}

/**
 * Takes what is left of a file until the other side ends, and closes `writer`.
 *
 * @param check whether the other side still may; it throws when not
 */
export async function receiveFile (stream: BulkStream, frames: FrameReader, writer: BlobWriter, check: () => void): Promise<void> {
  const acknowledgements = new Acknowledgements(stream, writer, (error) => { frames.stop(error) })
  try {
    await stream.send(controlFrame(BlobFrame, { opened: stateToWire(writer.status()) }))
    for (let count = 1; ; count++) {
      const frame = await frames.next(idleTimeoutMs)
      if (frame === undefined) return
      if (count % checkEveryFrames === 0) check()
      const taken = await take(frame, writer)
      if (taken === 'ended') return
      if (taken === 'taken') acknowledgements.add()
    }
  } finally {
    // First: nobody hears any more what would be told, and other servers may never say that they have it.
    await writer.close()
    await acknowledgements.settled()
  }
}

async function openWriter (first: Uint8Array, visitor: Visitor, blobs: Blobs): Promise<BlobWriter> {
  const frame = splitFrame(first)
  const open = frame.type === 'control' ? readControl(BlobFrame, frame.bytes).open : undefined
  if (open === undefined || open.fileId.byteLength !== fileIdBytes) throw new P2pChatError('ERR_INVALID_FRAME', 'The first frame names no file.')
  let foreign = false
  for (const username of visitor.accounts()) {
    const opened = await blobs.append(open.fileId, username)
    if (opened.outcome === 'open') return opened.writer
    if (opened.outcome === 'unknown') throw asError(opened)
    foreign ||= opened.outcome === 'foreign'
  }
  if (foreign) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only the account that began to leave this file may go on with it.')
  throw new P2pChatError('ERR_NOT_FOUND', 'This server has no such file: create it first.')
}

async function take (bytes: Uint8Array, writer: BlobWriter): Promise<'taken' | 'ignored' | 'ended'> {
  const frame = splitFrame(bytes)
  switch (frame.type) {
    case 'unknown': return 'ignored'
    case 'chunk':
      await writer.addChunk(frame.index, frame.sealed)
      return 'taken'
    case 'control': {
      const { leaves, end, open, opened, kept } = readControl(BlobFrame, frame.bytes)
      if (end !== undefined) return 'ended'
      if (open !== undefined || opened !== undefined || kept !== undefined) throw new P2pChatError('ERR_INVALID_FRAME', 'A stream is for one file, and only the server says what it keeps.')
      if (leaves === undefined) return 'ignored'
      await writer.addLeaves(leaves.piece, leaves.leaves, leaves.path)
      return 'taken'
    }
  }
}
