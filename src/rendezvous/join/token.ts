/**
 * What lets a server into a pool: `p2pchat-join:CODE@POOLID@MULTIADDR[,MULTIADDR…]`. CODE is base32 of the invitation's
 * id, its secret and a checksum over all of the token, so that a part that was not copied, or a slip, is told at once
 * and nothing is sent anywhere.
 */
import { base32 } from 'multiformats/bases/base32'
import { constantTimeEqual, lpAll, sha256 } from '../../crypto/bytes.js'
import { concat } from 'uint8arrays/concat'
import { P2pChatError } from '../../errors.js'
import { formatPoolAddress, parsePoolAddress } from '../../overlay/index.js'
import { inviteIdBytes, maxTokenChars, secretBytes } from './limits.js'

const SCHEME = 'p2pchat-join:'
const POOL_SCHEME = 'p2pchat:'
const CHECK_BYTES = 8
const CODE_BYTES = inviteIdBytes + secretBytes + CHECK_BYTES
const HOW_TO = 'Give the whole string that "p2pchat pool invite" printed, or the first server as "join".'

export interface JoinToken {
  poolId: string
  /** multiaddrs of servers of the pool, each ending with /p2p and a PeerId; at least one */
  addresses: string[]
  /** 16 bytes */
  inviteId: Uint8Array
  /** 32 bytes; whoever has it can join until the invitation is used or has expired */
  secret: Uint8Array
}

/** @throws ERR_USAGE when an address is none, or there are too many */
export function formatJoinToken ({ poolId, addresses, inviteId, secret }: JoinToken): string {
  const pool = formatPoolAddress({ poolId, addresses }).slice(POOL_SCHEME.length)
  const code = concat([inviteId, secret, checksum(pool, inviteId, secret)], CODE_BYTES)
  return `${SCHEME}${base32.baseEncode(code)}@${pool}`
}

/** @throws ERR_USAGE with a line that says what is wrong and what to give instead */
export function parseJoinToken (text: string): JoinToken {
  const trimmed = text.trim()
  if (trimmed.length > maxTokenChars) throw wrong('That is too long for a token.')
  if (trimmed.startsWith(POOL_SCHEME)) throw wrong('That is the address of a pool, which clients are given; a server needs a token.')
  if (!trimmed.startsWith(SCHEME)) throw wrong(`A token starts with "${SCHEME}".`)
  const at = trimmed.indexOf('@')
  if (at === -1) throw wrong('That token is not whole: it names no pool.')
  const code = decode(trimmed.slice(SCHEME.length, at))
  const pool = trimmed.slice(at + 1)
  const inviteId = code.slice(0, inviteIdBytes)
  const secret = code.slice(inviteIdBytes, inviteIdBytes + secretBytes)
  if (!constantTimeEqual(code.subarray(inviteIdBytes + secretBytes), checksum(pool, inviteId, secret))) {
    throw wrong('That token is not whole, or a character of it has changed.')
  }
  return { ...parsePoolAddress(`${POOL_SCHEME}${pool}`), inviteId, secret }
}

function decode (code: string): Uint8Array {
  try {
    const bytes = base32.baseDecode(code)
    if (bytes.byteLength === CODE_BYTES && base32.baseEncode(bytes) === code) return bytes
  } catch {}
  throw wrong('That token is not whole, or a character of it has changed.')
}

function checksum (pool: string, inviteId: Uint8Array, secret: Uint8Array): Uint8Array {
  return sha256(lpAll('p2pchat/1 join-token', pool, inviteId, secret)).subarray(0, CHECK_BYTES)
}

function wrong (what: string): P2pChatError {
  return new P2pChatError('ERR_USAGE', `${what} ${HOW_TO}`)
}
