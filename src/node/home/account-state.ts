import { P2pChatError } from '../../errors.js'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { x25519KeyPair } from '../../crypto/x25519.js'
import type { PeerAddress } from '../../overlay/network.js'
import type { Random } from '../../runtime.js'
import { jsonTable } from './table.js'
import type { Lane, Reader } from './lane.js'

/** One home is one device: its keys are made with the home, before there is an account. */
export interface HomeDevice {
  /** Ed25519 seed; the libp2p PeerId follows from its public key */
  seed: Uint8Array
  deviceKey: Uint8Array
  /** X25519, X3DH's IK */
  identityPrivate: Uint8Array
  identityKey: Uint8Array
}

/** Whose home this is. The account key is not kept: it is in the vault, under the password. */
export interface HomeAccount {
  username: string
  /** Ed25519 */
  accountKey: Uint8Array
  poolId: string
  signedIn: boolean
}

export interface HomePool {
  poolId: string
  /** as they were given */
  addresses: string[]
  /** highest roster version seen: older ones are refused */
  rosterVersion: number
  /** servers that answered before, newest first */
  remembered: PeerAddress[]
}

const deviceTable = jsonTable<HomeDevice>('device')
export const accountTable = jsonTable<HomeAccount>('account')
export const poolTable = jsonTable<HomePool>('pool')

export const SELF = 'self'

/** The device of this home, made on first use. */
export async function ensureDevice (lane: Lane, random: Random): Promise<HomeDevice> {
  return await lane.write(async (tx) => {
    const stored = await deviceTable.get(tx, SELF)
    if (stored !== undefined) return stored
    const signing = ed25519KeyPair(random.bytes(32))
    const identity = x25519KeyPair(random.bytes(32))
    const device = { seed: signing.seed, deviceKey: signing.publicKey, identityPrivate: identity.privateKey, identityKey: identity.publicKey }
    deviceTable.put(tx, device, SELF)
    return device
  })
}

export async function findAccount (reader: Reader): Promise<HomeAccount | undefined> {
  return await accountTable.get(reader, SELF)
}

/** @throws ERR_NOT_SIGNED_IN */
export async function requireAccount (reader: Reader): Promise<HomeAccount> {
  const account = await findAccount(reader)
  if (account === undefined || !account.signedIn) throw notSignedIn()
  return account
}

export function notSignedIn (): P2pChatError {
  return new P2pChatError('ERR_NOT_SIGNED_IN', 'Not signed in. Use `p2pchat login USERNAME`, or `p2pchat signup USERNAME` for a new account.')
}
