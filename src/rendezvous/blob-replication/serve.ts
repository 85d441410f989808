/** /p2pchat/server-blob/1: other servers leave files here and fetch them, with the frames of devices. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkService, BulkStream } from '../../overlay/network.js'
import { controlFrame, splitFrame } from '../../protocol/bulk-frames.js'
import { BlobFrame } from '../../protocol/pb/blob.js'
import { FileFrame } from '../../protocol/pb/file.js'
import { ServerBlobOpen } from '../../protocol/pb/server-blob.js'
import type { Clock, Logger } from '../../runtime.js'
import { giveFile } from '../blobs/download.js'
import { FrameReader } from '../blobs/frame-reader.js'
import type { BlobCopies, Blobs } from '../blobs/index.js'
import { fileIdBytes, maxBlobFrameBytes, openTimeoutMs } from '../blobs/limits.js'
import { wireError } from '../blobs/stream-guard.js'
import { receiveFile } from '../blobs/upload.js'
import { asError } from '../outcome.js'
import { integer } from '../replication/codec.js'
import type { PoolState } from '../replication/pool-state.js'
import { fenced } from './fenced.js'
import { maxServerBlobStreams } from './limits.js'

export interface ServerBlobServiceComponents {
  blobs: Pick<Blobs, 'append' | 'read'> & Pick<BlobCopies, 'describe'>
  poolState: PoolState
  /** Whether this is a server (a PeerId) of the newest roster. */
  isServer: (peerId: string) => boolean
  clock: Clock
  logger: Logger
}

type Open = Pick<ServerBlobOpen, 'fileId' | 'write'> & { rosterVersion: number }

export function serverBlobService (components: ServerBlobServiceComponents): BulkService {
  return {
    maxFrameBytes: maxBlobFrameBytes,
    maxStreamsPerPeer: maxServerBlobStreams,
    accept: async (stream) => {
      let isWrite = true
      try {
        assertServer(components, stream)
        const frames = new FrameReader(stream, components.clock)
        const first = await frames.next(openTimeoutMs)
        if (first === undefined) return
        const open = readOpen(first)
        isWrite = open.write
        await serve(components, stream, frames, open)
      } catch (error) {
        const told = wireError(error)
        if (told.code === 'ERR_CLOSED') throw told
        if (told.code === 'ERR_INTERNAL') components.logger.error({ error }, 'a stream of another server failed')
        await stream.send(isWrite
          ? controlFrame(BlobFrame, { end: { reason: told.code, message: told.message, retryAfterMs: BigInt(Math.ceil(told.retryAfterMs ?? 0)) } })
          : controlFrame(FileFrame, { end: { reason: told.code } })).catch(() => {})
      }
    }
  }
}

async function serve (components: ServerBlobServiceComponents, stream: BulkStream, frames: FrameReader, { fileId, write, rosterVersion }: Open): Promise<void> {
  const { blobs, poolState, clock } = components
  const check = (): void => { assertServer(components, stream) }
  const entered = await poolState.read(rosterVersion, async () => await blobs.describe(fileId))
  if (entered === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'This server has no such file, or no longer.')
  if ('outcome' in entered) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The servers of the pool have changed.')
  if (write) {
    const opened = await blobs.append(fileId, entered.blob.username)
    if (opened.outcome === 'unknown') throw asError(opened)
    if (opened.outcome !== 'open') throw new P2pChatError('ERR_NOT_FOUND', 'This server has no such file any more.')
    await receiveFile(stream, frames, fenced(opened.writer, poolState, rosterVersion), check)
    return
  }
  const found = await blobs.read(fileId)
  if (found.outcome === 'unknown') throw asError(found)
  if (found.outcome === 'absent') throw new P2pChatError('ERR_NOT_FOUND', 'This server has no such file any more.')
  await giveFile(stream, frames, found.reader, check, clock)
}

function readOpen (bytes: Uint8Array): Open {
  const frame = splitFrame(bytes)
  if (frame.type !== 'control') throw new P2pChatError('ERR_INVALID_FRAME', 'The first frame names no file.')
  const { rosterVersion, fileId, write } = decodeOpen(frame.bytes)
  if (fileId.byteLength !== fileIdBytes) throw new P2pChatError('ERR_INVALID_FRAME', 'The first frame names no file.')
  return { rosterVersion: integer(rosterVersion), fileId, write }
}

function decodeOpen (bytes: Uint8Array): ServerBlobOpen {
  try {
    return ServerBlobOpen.decode(bytes)
  } catch (cause) {
    if (isP2pChatError(cause)) throw cause
    throw new P2pChatError('ERR_INVALID_FRAME', 'A frame of the other side cannot be read.', { cause })
  }
}

function assertServer ({ isServer }: ServerBlobServiceComponents, { remotePeer }: BulkStream): void {
  if (!isServer(remotePeer)) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only servers of this pool have streams of this kind.')
}
