/** What an account record means to who already knows something of that account. Pure. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { findDevice, type CertifiedDevice, type VerifiedAccountRecord } from '../../records/index.js'

/** What is remembered of an account: the pinned key, the newest verified record's head, and what its devices said. */
export interface Pin {
  accountKey: Uint8Array
  headVersion: number
  headHash: Uint8Array
  claim?: HeadClaim
}

/**
 * A newer head that a device named inside a sealed message, whose record was not seen yet. It holds against records
 * that still list this device: one that was removed could otherwise block its account by naming a head that never was.
 */
export interface HeadClaim { version: number, hash: Uint8Array, device: Uint8Array }

export type Observation =
  /** never seen: the key is pinned now */
  | { kind: 'first' }
  | { kind: 'same' }
  | { kind: 'newer', added: CertifiedDevice[] }
  /** older than the highest head seen: refused */
  | { kind: 'stale' }
  /** another record under a head that was seen: refused */
  | { kind: 'forked' }
  /** another account key under this name: shown loudly, blocks sending */
  | { kind: 'changed' }

/** @param current the record that is in use, if any */
export function observeRecord (pin: Pin | undefined, current: VerifiedAccountRecord | undefined, next: VerifiedAccountRecord): Observation {
  if (pin === undefined) return { kind: 'first' }
  if (!constantTimeEqual(pin.accountKey, next.accountKey)) return { kind: 'changed' }
  const claim = pin.claim !== undefined && findDevice(next, pin.claim.device) !== undefined ? pin.claim : undefined
  if (next.version < Math.max(pin.headVersion, claim?.version ?? 0)) return { kind: 'stale' }
  if (next.version === pin.headVersion && !constantTimeEqual(next.hash, pin.headHash)) return { kind: 'forked' }
  if (next.version === claim?.version && !constantTimeEqual(next.hash, claim.hash)) return { kind: 'forked' }
  if (current !== undefined && current.version === next.version) return { kind: 'same' }
  return { kind: 'newer', added: next.devices.filter((device) => current === undefined || findDevice(current, device.deviceKey) === undefined) }
}
