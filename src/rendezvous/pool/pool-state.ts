/**
 * What makes a server a server of its pool: its key, the pool's OPAQUE setups, the public half of the recovery key and
 * the chain of rosters. Made at the first start, kept in the store, the same ever after.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import { P2pChatError } from '../../errors.js'
import { createFirstRoster } from '../../overlay/index.js'
import type { Clock, Random } from '../../runtime.js'
import { keyOf, partsOf, parseOrderedInteger, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import type { OpaqueSetups } from '../accounts/index.js'

const SERVER_SEED = keyOf('pool', 'server-seed')
const RECOVERY_KEY = keyOf('pool', 'recovery-key')
const ROSTER = keyOf('pool', 'roster')
const POOL_ID = keyOf('pool', 'id')
const OPAQUE_TABLE = ['pool', 'opaque-setup'] as const
const FIRST_SETUP_VERSION = 1
const SEED_BYTES = 32

export interface PoolStateComponents {
  store: KeyValueStore
  random: Random
  opaque: OpaqueServer
  /** Puts the private half of a new pool's recovery key where the operator finds it. */
  keepRecoverySeed: (seed: Uint8Array) => Promise<void>
}

export interface ServerIdentity {
  /** Ed25519 */
  seed: Uint8Array
  recoveryPublicKey: Uint8Array
  setups: OpaqueSetups
}

export interface Membership {
  poolId: string
  /** RosterChain */
  chain: Uint8Array
}

/** This server's identity; at the first start it is made, and the recovery key's private half handed out once. */
export async function loadIdentity (components: PoolStateComponents): Promise<ServerIdentity> {
  const { store } = components
  const seed = await store.get(SERVER_SEED)
  if (seed === undefined) return await makeIdentity(components)
  const recoveryPublicKey = await store.get(RECOVERY_KEY)
  const setups = await readSetups(store)
  if (recoveryPublicKey === undefined || setups === undefined) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: parts of the pool are missing. Restore a backup.')
  }
  return { seed, recoveryPublicKey, setups }
}

async function makeIdentity ({ store, random, opaque, keepRecoverySeed }: PoolStateComponents): Promise<ServerIdentity> {
  const seed = random.bytes(SEED_BYTES)
  const recovery = ed25519KeyPair(random.bytes(SEED_BYTES))
  const setup = await opaque.createSetup()
  // Before the store knows of the pool: a crash in between makes another key next time, of a pool nobody has seen.
  await keepRecoverySeed(recovery.seed)
  recovery.seed.fill(0)
  const operations: Operation[] = [
    { type: 'put', key: SERVER_SEED, value: seed },
    { type: 'put', key: RECOVERY_KEY, value: recovery.publicKey },
    { type: 'put', key: keyOf(...OPAQUE_TABLE, FIRST_SETUP_VERSION), value: setup }
  ]
  await store.batch(operations, { sync: true })
  return { seed, recoveryPublicKey: recovery.publicKey, setups: setupsOf(new Map([[FIRST_SETUP_VERSION, setup]])) }
}

/** The pool this server is in; undefined before it has made one. */
export async function loadMembership (store: KeyValueStore): Promise<Membership | undefined> {
  const chain = await store.get(ROSTER)
  const poolId = await store.get(POOL_ID)
  return chain === undefined || poolId === undefined ? undefined : { poolId: toString(poolId), chain }
}

/** Makes a pool of this one server. */
export async function foundPool (store: KeyValueStore, identity: ServerIdentity, pool: { addresses: string[], name: string, clock: Clock }): Promise<Membership> {
  const { chain, poolId } = createFirstRoster({
    serverSeed: identity.seed,
    recoveryPublicKey: identity.recoveryPublicKey,
    addresses: pool.addresses,
    opaqueSetupVersion: identity.setups.currentVersion,
    name: pool.name,
    nowMs: pool.clock.now()
  })
  await store.batch([
    { type: 'put', key: ROSTER, value: chain },
    { type: 'put', key: POOL_ID, value: fromString(poolId) }
  ], { sync: true })
  return { poolId, chain }
}

/** Keeps a newer chain of rosters. */
export async function saveChain (store: KeyValueStore, chain: Uint8Array): Promise<void> {
  await store.batch([{ type: 'put', key: ROSTER, value: chain }], { sync: true })
}

async function readSetups (store: KeyValueStore): Promise<OpaqueSetups | undefined> {
  const setups = new Map<number, Uint8Array>()
  for await (const [key, setup] of store.range(rangeUnder(...OPAQUE_TABLE))) setups.set(parseOrderedInteger(partsOf(key)[2] ?? ''), setup)
  return setups.size === 0 ? undefined : setupsOf(setups)
}

function setupsOf (setups: ReadonlyMap<number, Uint8Array>): OpaqueSetups {
  return {
    currentVersion: Math.max(...setups.keys()),
    get (version) {
      const setup = setups.get(version)
      if (setup === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', `The store is damaged: OPAQUE setup ${version} is missing. Restore a backup.`)
      return setup
    }
  }
}
