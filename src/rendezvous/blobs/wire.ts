import type * as pb from '../../protocol/pb/blob.js'
import type { BlobQuota, BlobStatus } from './index.js'

export type WireState = Omit<BlobStatus, 'sealedBytes' | 'expiresAtMs'> & { sealedBytes: bigint, expiresAtMs: bigint }

export function stateToWire ({ sealedBytes, expiresAtMs, ...status }: BlobStatus): WireState {
  return { ...status, sealedBytes: BigInt(sealedBytes), expiresAtMs: BigInt(expiresAtMs) }
}

export function quotaToWire ({ maxBytes, usedBytes, maxBlobBytes, maxBlobs, usedBlobs }: BlobQuota): pb.BlobQuota {
  return { maxBytes: BigInt(maxBytes), usedBytes: BigInt(usedBytes), maxBlobBytes: BigInt(maxBlobBytes), maxBlobs, usedBlobs }
}
