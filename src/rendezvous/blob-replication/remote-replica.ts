import { isP2pChatError } from '../../errors.js'
import { decode, encode, type MessageType } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/server-blob.js'
import type { NewBlob, OwnedBlob } from '../blobs/index.js'
import { fileIdBytes } from '../blobs/limits.js'
import type { Unknown } from '../registers/index.js'
import { integer, rangeOf } from '../replication/codec.js'
import type { RangeQuery, Stale } from '../replication/replica.js'
import { blobToWire, createOf, haveOf, notDoneOf } from './codec.js'
import { ITEM_BYTES } from './limits.js'
import type { BlobReplica, ReplicaCreate, ReplicaHave, ReplicaProgress, ReplicaRanges, ReplicaRemove } from './replica.js'

/** Sends a request to one server and gives its answer; rejects as a channel's request does. */
export type AskServer = (method: string, body: Uint8Array) => Promise<Uint8Array>

/** Another server's copies. Whatever keeps it from answering is `unknown`. */
export class RemoteReplica implements BlobReplica {
  constructor (private readonly ask: AskServer) {}

  async create (rosterVersion: number, blob: NewBlob): Promise<ReplicaCreate> {
    const body = encode(pb.ServerBlobCreateRequest, { rosterVersion: BigInt(rosterVersion), blob: blobToWire(blob) })
    return await this.#call('blobs/create', body, pb.ServerBlobStateResponse, createOf)
  }

  async have (rosterVersion: number, fileId: Uint8Array): Promise<ReplicaHave> {
    const body = encode(pb.ServerBlobHaveRequest, { rosterVersion: BigInt(rosterVersion), fileId })
    return await this.#call('blobs/have', body, pb.ServerBlobStateResponse, haveOf)
  }

  async remove (rosterVersion: number, fileId: Uint8Array, username: string, expiresAtMs: number): Promise<ReplicaRemove> {
    const body = encode(pb.ServerBlobRemoveRequest, { rosterVersion: BigInt(rosterVersion), fileId, username, expiresAtMs: BigInt(expiresAtMs) })
    return await this.#call<pb.ServerBlobDoneResponse, ReplicaRemove>('blobs/remove', body, pb.ServerBlobDoneResponse, (answer) => notDoneOf(answer) ?? { outcome: 'done' })
  }

  async owned (username: string): Promise<{ outcome: 'owned', files: OwnedBlob[] } | Unknown> {
    return await this.#call<pb.ServerBlobOwnedResponse, { outcome: 'owned', files: OwnedBlob[] }>('blobs/owned', encode(pb.ServerBlobOwnedRequest, { username }), pb.ServerBlobOwnedResponse, ({ files }) => ({
      outcome: 'owned',
      files: files.map(({ fileId, bytes, expiresAtMs }) => ({ fileId, bytes: integer(bytes), expiresAtMs: integer(expiresAtMs) }))
    }))
  }

  async compare (rosterVersion: number, _asker: string, { fingerprint, prefixes, shared }: RangeQuery & { shared: boolean }): Promise<ReplicaRanges> {
    const body = encode(pb.ServerBlobCompareRequest, { rosterVersion: BigInt(rosterVersion), fingerprint, prefixes: [...prefixes], shared })
    return await this.#call<pb.ServerBlobCompareResponse, ReplicaRanges>('blobs/compare', body, pb.ServerBlobCompareResponse, (answer) =>
      notDoneOf(answer) ?? { outcome: 'ranges', ranges: answer.ranges.map((range) => rangeOf(range, fileIdBytes, ITEM_BYTES)) })
  }

  async progress (rosterVersion: number): Promise<ReplicaProgress | Stale | Unknown> {
    const body = encode(pb.ServerBlobProgressRequest, { rosterVersion: BigInt(rosterVersion) })
    return await this.#call<pb.ServerBlobProgressResponse, ReplicaProgress | Stale | Unknown>('blobs/progress', body, pb.ServerBlobProgressResponse, (answer) => notDoneOf(answer) ?? {
      outcome: 'progress',
      completeVersion: integer(answer.completeVersion),
      closedVersion: integer(answer.closedVersion),
      filesLeft: integer(answer.filesLeft),
      bytesLeft: integer(answer.bytesLeft)
    })
  }

  async look (): Promise<void> {
    await this.#call('blobs/look', encode(pb.ServerBlobLookRequest, {}), pb.ServerBlobDoneResponse, (answer) => answer)
  }

  async #call<Response, Result> (method: string, body: Uint8Array, response: MessageType<Response>, read: (answer: Response) => Result): Promise<Result | Unknown> {
    try {
      return read(decode(response, await this.ask(method, body), maxFrameBytes, 'An answer'))
    } catch (error) {
      if (isP2pChatError(error)) return { outcome: 'unknown' }
      throw error
    }
  }
}
