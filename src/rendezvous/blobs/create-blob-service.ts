/** Everything about files that a server does for clients, wired. */
import type { BulkService, RequestHandler } from '../../overlay/network.js'
import { BLOB_PROTOCOL, FILE_PROTOCOL } from '../../protocol/ids.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import type { RendezvousLimits } from '../limits.js'
import { Limiter } from '../rate/limiter.js'
import { downloadService } from './download.js'
import { blobHandlers } from './handlers.js'
import type { Blobs } from './index.js'
import { maxBlobFrameBytes } from './limits.js'
import { StreamGuard } from './stream-guard.js'
import { uploadService } from './upload.js'

/** The protocols of `bulk`, and the largest frame of each: what is served must be said before there is anything to serve. */
export const bulkFrameBytes: Record<string, number> = { [BLOB_PROTOCOL]: maxBlobFrameBytes, [FILE_PROTOCOL]: maxBlobFrameBytes }

export interface BlobServiceComponents {
  blobs: Blobs
  attachments: Attachments
  clock: Clock
  logger: Logger
  limits: RendezvousLimits
}

export interface BlobService {
  requests: Record<string, RequestHandler>
  /** by protocol */
  bulk: Record<string, BulkService>
}

export function createBlobService ({ blobs, attachments, clock, logger, limits }: BlobServiceComponents): BlobService {
  const guard = new StreamGuard({ attachments, logger, streams: Limiter.of(clock, limits, 'blobStreamsPerPeer', 'streams of files from this device') })
  return {
    requests: blobHandlers({ attachments, blobs, requests: Limiter.of(clock, limits, 'blobRequestsPerPeer', 'requests about files from this device') }),
    bulk: {
      [BLOB_PROTOCOL]: uploadService({ blobs, clock, guard }),
      [FILE_PROTOCOL]: downloadService({ blobs, clock, guard })
    }
  }
}
