/** The recovery key: the account key's seed for paper. Base32 in groups of four, with a checksum against typing errors. */
import { base32 } from 'multiformats/bases/base32'
import { concat } from 'uint8arrays/concat'
import { constantTimeEqual, sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'

const CHECK_BYTES = 3

/** @param seed 32 bytes */
export function formatRecoveryKey (seed: Uint8Array): string {
  const text = base32.baseEncode(concat([seed, check(seed)]))
  return text.match(/.{1,4}/g)?.join('-') ?? ''
}

/** @throws ERR_BAD_CREDENTIALS when it is none or has a typing error */
export function parseRecoveryKey (text: string): Uint8Array {
  try {
    const bytes = base32.baseDecode(text.toLowerCase().replace(/[\s-]/g, ''))
    const seed = bytes.slice(0, 32)
    if (bytes.byteLength === 32 + CHECK_BYTES && constantTimeEqual(bytes.slice(32), check(seed))) return seed
  } catch {}
  throw new P2pChatError('ERR_BAD_CREDENTIALS', 'That is not a recovery key; check it for typing errors.')
}

function check (seed: Uint8Array): Uint8Array {
  return sha256(seed).slice(0, CHECK_BYTES)
}
