/**
 * How far a server has come in joining, on its disk: the token lies there from before it is shown until all that was
 * given for it is. So after a crash at any point the server goes on under the same identity.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { keyOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { parseJoinToken } from './token.js'

const TOKEN_KEY = keyOf('pool', 'join-token')

/** What to do at the start of a server. */
export type StartAs =
  /** It is in a pool already. */
  | { kind: 'member' }
  | { kind: 'founder' }
  /** @property token as text */
  | { kind: 'joiner', token: string }

export interface StartView {
  /** The pool that this folder is of. */
  poolId: string | undefined
  /** The token given now. */
  given: string | undefined
  /** The token that was being shown when the server last ended. */
  kept: string | undefined
}

/**
 * Pure.
 *
 * @throws ERR_USAGE: it is no token; ERR_STORE_FOREIGN: the folder is of another pool than the token's
 */
export function startAs ({ poolId, given, kept }: StartView): StartAs {
  const token = given ?? kept
  const tokenPool = given === undefined ? undefined : parseJoinToken(given).poolId
  if (poolId !== undefined) {
    if (tokenPool !== undefined && tokenPool !== poolId) throw foreign('belongs to another pool than the token is for')
    return { kind: 'member' }
  }
  if (token === undefined) return { kind: 'founder' }
  // Whoever was let in there may be in its roster.
  if (given !== undefined && kept !== undefined && parseJoinToken(kept).poolId !== tokenPool) throw foreign('has begun to join another pool than the token is for')
  return { kind: 'joiner', token }
}

export async function readKeptToken (store: KeyValueStore): Promise<string | undefined> {
  const stored = await store.get(TOKEN_KEY)
  return stored === undefined ? undefined : toString(stored)
}

export function keepToken (token: string): Operation {
  return { type: 'put', key: TOKEN_KEY, value: fromString(token) }
}

export function forgetToken (): Operation {
  return { type: 'delete', key: TOKEN_KEY }
}

function foreign (what: string): P2pChatError {
  return new P2pChatError('ERR_STORE_FOREIGN', `This data folder ${what}. Name a new, empty folder with --data.`)
}
