import type { RendezvousLimits } from '../limits.js'
import type { CreateOutcome, OwnedBlob } from './index.js'
import { blobOverheadBytes } from './limits.js'

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
