/** The methods blobs/*: one function each. */
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import * as pb from '../../protocol/pb/blob.js'
import type { Attachments } from '../directory/index.js'
import { assertBytes } from '../fields.js'
import { maxSmallBodyBytes } from '../limits.js'
import { method } from '../method.js'
import { asError } from '../outcome.js'
import type { Limiter } from '../rate/limiter.js'
import type { BlobLimit, Blobs, CreateOutcome } from './index.js'
import { fileIdBytes } from './limits.js'
import { quotaToWire, stateToWire } from './wire.js'

export interface BlobHandlersComponents {
  attachments: Attachments
  blobs: Blobs
  /** by device */
  requests: Limiter
}

export function blobHandlers (components: BlobHandlersComponents): Record<string, RequestHandler> {
  return {
    'blobs/create': create(components),
    'blobs/status': status(components),
    'blobs/remove': remove(components)
  }
}

function create ({ attachments, blobs, requests }: BlobHandlersComponents): RequestHandler {
  return method({
    request: pb.BlobCreateRequest,
    response: pb.BlobCreateResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ fileId, chunks, sealedBytes, root }, { channel }) {
      const { username, deviceKey } = attachments.require(channel)
      requests.take(toString(deviceKey, 'base16'))
      const outcome = await blobs.create({ fileId, username, chunks, sealedBytes: Number(sealedBytes), root })
      if (outcome.outcome !== 'there') throw asRefusal(outcome)
      return { state: stateToWire(outcome.status), quota: quotaToWire(outcome.quota) }
    }
  })
}

function status ({ attachments, blobs, requests }: BlobHandlersComponents): RequestHandler {
  return method({
    request: pb.BlobStatusRequest,
    response: pb.BlobStatusResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ fileId }, { channel }) {
      const { username, deviceKey } = attachments.require(channel)
      requests.take(toString(deviceKey, 'base16'))
      const quota = quotaToWire(await blobs.quota(username))
      if (fileId.byteLength === 0) return { quota }
      assertBytes(fileId, fileIdBytes, 'A file id')
      const outcome = await blobs.status(fileId)
      if (outcome.outcome === 'absent') throw notFound()
      if (outcome.outcome === 'unknown') throw asError(outcome)
      return { quota, state: stateToWire(outcome.status) }
    }
  })
}

function remove ({ attachments, blobs, requests }: BlobHandlersComponents): RequestHandler {
  return method({
    request: pb.BlobRemoveRequest,
    response: pb.BlobRemoveResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ fileId }, { channel }) {
      const { username, deviceKey } = attachments.require(channel)
      requests.take(toString(deviceKey, 'base16'))
      assertBytes(fileId, fileIdBytes, 'A file id')
      const outcome = await blobs.remove(fileId, username)
      switch (outcome.outcome) {
        // Removing again is no error: the first answer may have been lost.
        case 'removed':
        case 'absent': return {}
        case 'foreign': throw new P2pChatError('ERR_NOT_PERMITTED', 'Only the account that left this file may remove it.')
        case 'unknown': throw asError(outcome)
      }
    }
  })
}

function asRefusal (outcome: Exclude<CreateOutcome, { outcome: 'there' }>): P2pChatError {
  switch (outcome.outcome) {
    case 'conflict': return new P2pChatError('ERR_CONFLICT', 'Another file was left under this id. Send the file anew.')
    case 'refused': {
      const instead = outcome.limit === 'maxRemovedBlobsPerAccount' ? 'Wait' : 'Take one back, wait until one expires'
      return new P2pChatError('ERR_LIMIT', `${refusedFor(outcome)} (limit ${outcome.limit}). ${instead}, or send this one while its recipient is online.`, { retryAfterMs: outcome.retryAfterMs })
    }
    case 'full': return outcome.reason
    case 'unknown': return asError(outcome)
  }
}

function refusedFor ({ limit, max }: { limit: BlobLimit, max: number }): string {
  switch (limit) {
    case 'maxBlobsPerAccount': return `You have left ${max} files on the pool, which is all that one account may`
    case 'maxBlobBytesPerAccount': return `Your files on the pool would take more than ${max} bytes`
    case 'maxRemovedBlobsPerAccount': return `You have taken ${max} files back from the pool within a month, which is all that one account may`
  }
}

function notFound (): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', 'This server has no such file, or no longer.')
}
