/** "The vault" of docs/wire/sessions.md. */
import { EMPTY, hkdf, join, lp } from './bytes.js'
import { pad, unpad } from './padding.js'
import { open, seal } from './seal.js'

const LABEL = 'p2pchat/1 vault'

function vaultKey (exportKey: Uint8Array): Buffer {
  return hkdf(EMPTY, exportKey, 'p2pchat/1 vault key', 32)
}

export function sealVault (poolId: string, username: string, exportKey: Uint8Array, seed: Uint8Array, salt: Uint8Array): Buffer {
  return seal(vaultKey(exportKey), LABEL, join(lp(poolId), lp(username)), EMPTY, pad(seed), salt)
}

export function openVault (poolId: string, username: string, exportKey: Uint8Array, vault: Uint8Array): Buffer {
  return unpad(open(vaultKey(exportKey), LABEL, join(lp(poolId), lp(username)), EMPTY, vault))
}
