import { decode, encode, type MessageType } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/server-blob.js'
import { fileIdBytes } from '../blobs/limits.js'
import { assertBytes } from '../fields.js'
import { integer, queryOf, rangeToWire } from '../replication/codec.js'
import { blobOf, headToWire, stateToWire } from './codec.js'
import type { BlobReplica, ReplicaCreate, ReplicaHave } from './replica.js'

/** Answers a request of the server `asker` (a PeerId), which the caller knows to be of the pool. */
export type BlobReplicaHandler = (asker: string, body: Uint8Array) => Promise<Uint8Array>

/** The methods blobs/* of /p2pchat/server/1. What they throw is a P2pChatError for the asker. */
export function blobReplicaHandlers (replica: BlobReplica): Record<string, BlobReplicaHandler> {
  return {
    'blobs/create': handler(pb.ServerBlobCreateRequest, pb.ServerBlobStateResponse, async ({ rosterVersion, blob }) => {
      return stateResponse(await replica.create(integer(rosterVersion), blobOf(blob)))
    }),
    'blobs/have': handler(pb.ServerBlobHaveRequest, pb.ServerBlobStateResponse, async ({ rosterVersion, fileId }) => {
      assertBytes(fileId, fileIdBytes, 'A file id')
      return stateResponse(await replica.have(integer(rosterVersion), fileId))
    }),
    'blobs/remove': handler(pb.ServerBlobRemoveRequest, pb.ServerBlobDoneResponse, async ({ rosterVersion, fileId, username, expiresAtMs }) => {
      assertBytes(fileId, fileIdBytes, 'A file id')
      return headToWire(await replica.remove(integer(rosterVersion), fileId, username, integer(expiresAtMs)))
    }),
    'blobs/owned': handler(pb.ServerBlobOwnedRequest, pb.ServerBlobOwnedResponse, async ({ username }) => {
      const answer = await replica.owned(username)
      const files = answer.outcome === 'owned' ? answer.files : []
      return { files: files.map(({ fileId, bytes, expiresAtMs }) => ({ fileId, bytes: BigInt(bytes), expiresAtMs: BigInt(expiresAtMs) })) }
    }),
    'blobs/compare': handler(pb.ServerBlobCompareRequest, pb.ServerBlobCompareResponse, async ({ rosterVersion, shared, ...query }, asker) => {
      const answer = await replica.compare(integer(rosterVersion), asker, { ...queryOf(query), shared })
      return answer.outcome === 'ranges' ? { ...headToWire(answer), ranges: answer.ranges.map(rangeToWire) } : headToWire(answer)
    }),
    'blobs/progress': handler(pb.ServerBlobProgressRequest, pb.ServerBlobProgressResponse, async ({ rosterVersion }) => {
      const answer = await replica.progress(integer(rosterVersion))
      if (answer.outcome !== 'progress') return headToWire(answer)
      const { completeVersion, closedVersion, filesLeft, bytesLeft } = answer
      return { ...headToWire(answer), completeVersion: BigInt(completeVersion), closedVersion: BigInt(closedVersion), filesLeft: BigInt(filesLeft), bytesLeft: BigInt(bytesLeft) }
    }),
    'blobs/look': handler(pb.ServerBlobLookRequest, pb.ServerBlobDoneResponse, async () => {
      await replica.look()
      return headToWire({ outcome: 'done' })
    })
  }
}

type Loose<T> = Parameters<typeof encode<T>>[1]

function handler<Request, Response> (request: MessageType<Request>, response: MessageType<Response>, answer: (request: Request, asker: string) => Promise<Loose<Response>>): BlobReplicaHandler {
  return async (asker, body) => encode(response, await answer(decode(request, body, maxFrameBytes, 'A request'), asker))
}

function stateResponse (answer: ReplicaCreate | ReplicaHave): Loose<pb.ServerBlobStateResponse> {
  if (answer.outcome === 'there') return { ...headToWire(answer), state: stateToWire(answer.copy) }
  if (answer.outcome !== 'removed') return headToWire(answer)
  const { username, expiresAtMs } = answer.removal
  return { ...headToWire(answer), removal: { username, expiresAtMs: BigInt(expiresAtMs) } }
}
