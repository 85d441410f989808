import type { BlobQuota, BlobStatus } from './index.js'

export type WireState = Omit<BlobStatus, 'sealedBytes' | 'expiresAtMs'> & { sealedBytes: bigint, expiresAtMs: bigint }

export function stateToWire ({ sealedBytes, expiresAtMs, ...status }: BlobStatus): WireState {
  return { ...status, sealedBytes: BigInt(sealedBytes), expiresAtMs: BigInt(expiresAtMs) }
}

export function quotaToWire ({ maxBytes, usedBytes, maxBlobBytes }: BlobQuota): { maxBytes: bigint, usedBytes: bigint, maxBlobBytes: bigint } {
  return { maxBytes: BigInt(maxBytes), usedBytes: BigInt(usedBytes), maxBlobBytes: BigInt(maxBlobBytes) }
}
