/** The account key's seed, sealed under what OPAQUE gives to who knows the password (docs/wire/sessions.md, "The vault"). */
import { fromString } from 'uint8arrays/from-string'
import { expectLength, lpAll } from './bytes.js'
import { hkdf } from './hkdf.js'
import { pad, unpad } from './padding.js'
import { open, SALT_BYTES, seal } from './seal.js'
import type { Random } from '../runtime.js'

const LABEL = 'p2pchat/1 vault'
const KEY_INFO = fromString('p2pchat/1 vault key')
const NO_HEADER = new Uint8Array(0)

export interface VaultOwner {
  /** The pool id as it is written in addresses. */
  readonly poolId: string
  readonly username: string
  /** OPAQUE's export key, 64 bytes */
  readonly exportKey: Uint8Array
}

/** Draws 16 bytes. @param seed the account key's, 32 bytes */
export function sealVault (owner: VaultOwner, seed: Uint8Array, random: Random): Uint8Array {
  const [key, padded] = [vaultKey(owner), pad(expectLength(seed, 32, 'An account seed'))]
  const vault = seal(key, LABEL, associatedData(owner), NO_HEADER, padded, random.bytes(SALT_BYTES))
  key.fill(0)
  padded.fill(0)
  return vault
}

/** The seed, 32 bytes; the caller wipes it. @throws ERR_DECRYPT another owner's, or changed */
export function openVault (owner: VaultOwner, vault: Uint8Array): Uint8Array {
  const key = vaultKey(owner)
  try {
    const padded = open(key, LABEL, associatedData(owner), NO_HEADER, vault)
    const seed = unpad(padded)
    padded.fill(0)
    return seed
  } finally {
    key.fill(0)
  }
}

function vaultKey ({ exportKey }: VaultOwner): Uint8Array {
  return hkdf(new Uint8Array(0), expectLength(exportKey, 64, 'An export key'), KEY_INFO, 32)
}

function associatedData ({ poolId, username }: VaultOwner): Uint8Array {
  return lpAll(poolId, username)
}
