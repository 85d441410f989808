import { equals } from 'uint8arrays/equals'
import type { RendezvousLimits } from '../limits.js'
import type { BlobQuota, CreateOutcome, NewBlob, OwnedBlob } from './index.js'
import { blobOverheadBytes } from './limits.js'

/** @param created of the account, too, whether it is among `owned` yet or not */
export function quotaOf (owned: readonly OwnedBlob[], { maxBlobBytes, maxBlobBytesPerAccount, maxBlobsPerAccount }: Pick<RendezvousLimits, 'maxBlobBytes' | 'maxBlobBytesPerAccount' | 'maxBlobsPerAccount'>, created?: NewBlob): BlobQuota {
  const sizes = owned.map(({ bytes }) => bytes)
  if (created !== undefined && !isAmong(owned, created)) sizes.push(blobOverheadBytes + created.sealedBytes)
  return { maxBytes: maxBlobBytesPerAccount, usedBytes: sizes.reduce((sum, bytes) => sum + bytes, 0), maxBlobBytes, maxBlobs: maxBlobsPerAccount, usedBlobs: sizes.length }
}

export function isAmong (owned: readonly OwnedBlob[], { fileId }: Pick<NewBlob, 'fileId'>): boolean {
  return owned.some((one) => equals(one.fileId, fileId))
}

/** Why an account that has these may not leave one more of this size. */
export function overQuota (owned: readonly OwnedBlob[], sealedBytes: number, limits: Pick<RendezvousLimits, 'maxBlobsPerAccount' | 'maxBlobBytesPerAccount'>, nowMs: number): Extract<CreateOutcome, { outcome: 'refused' }> | undefined {
  const bytes = owned.reduce((sum, one) => sum + one.bytes, 0)
  const used = { maxBlobsPerAccount: owned.length + 1, maxBlobBytesPerAccount: bytes + blobOverheadBytes + sealedBytes }
  for (const limit of ['maxBlobsPerAccount', 'maxBlobBytesPerAccount'] as const) {
    if (used[limit] <= limits[limit]) continue
    const nextExpiryMs = owned.reduce((first, { expiresAtMs }) => Math.min(first, expiresAtMs), owned.length === 0 ? nowMs : Infinity)
    return { outcome: 'refused', limit, max: limits[limit], retryAfterMs: Math.max(1, nextExpiryMs - nowMs) }
  }
  return undefined
}
