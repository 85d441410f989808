/**
 * What makes a server a server of its pool: its key, the pool's OPAQUE setups, the public half of the recovery key and
 * the chain of rosters. Made at the first start or given when it joined, kept in the store, the key the same ever after.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import { P2pChatError } from '../../errors.js'
import { createFirstRoster, type RosterHistory } from '../../overlay/index.js'
import type { Clock, Random } from '../../runtime.js'
import { keyOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { PoolSetups } from './pool-setups.js'

const SERVER_SEED = keyOf('pool', 'server-seed')
const RECOVERY_KEY = keyOf('pool', 'recovery-key')
const ROSTER = keyOf('pool', 'roster')
const POOL_ID = keyOf('pool', 'id')
const FIRST_SETUP_VERSION = 1
const SEED_BYTES = 32

export interface PoolStateComponents {
  store: KeyValueStore
  random: Random
  opaque: OpaqueServer
  /** Puts the private half of a new pool's recovery key where the operator finds it. */
  keepRecoverySeed: (seed: Uint8Array) => Promise<void>
  /** Whether this server is about to join a pool, instead of founding one. Default: false. */
  joins?: boolean
}

export interface ServerIdentity {
  /** Ed25519 */
  seed: Uint8Array
  /** undefined: given when it joins */
  recoveryPublicKey: Uint8Array | undefined
  /** None before it has joined. */
  setups: PoolSetups
}

export interface Membership {
  poolId: string
  /** RosterChain */
  chain: Uint8Array
}

/** This server's identity; at the first start it is made, and a new pool's recovery key's private half handed out once. */
export async function loadIdentity (components: PoolStateComponents): Promise<ServerIdentity> {
  const { store, joins = false } = components
  const seed = await store.get(SERVER_SEED)
  const recoveryPublicKey = await store.get(RECOVERY_KEY)
  const setups = await PoolSetups.load(store)
  const isWhole = recoveryPublicKey !== undefined && setups.currentVersion > 0
  if (seed !== undefined && isWhole) return { seed, recoveryPublicKey, setups }
  if (isWhole || recoveryPublicKey !== undefined || setups.currentVersion > 0 || await store.get(ROSTER) !== undefined) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: parts of the pool are missing. Restore a backup.')
  }
  if (!joins) return await makePool(components, seed)
  return { seed: seed ?? await makeSeed(components), recoveryPublicKey, setups }
}

/** Of a server that joins, its own in every case: an identity is never taken from elsewhere. */
async function makeSeed ({ store, random }: PoolStateComponents): Promise<Uint8Array> {
  const seed = random.bytes(SEED_BYTES)
  await store.batch([{ type: 'put', key: SERVER_SEED, value: seed }], { sync: true })
  return seed
}

/** @param before the seed of a server that was to join once, and never came so far as to show its token */
async function makePool ({ store, random, opaque, keepRecoverySeed }: PoolStateComponents, before: Uint8Array | undefined): Promise<ServerIdentity> {
  const seed = before ?? random.bytes(SEED_BYTES)
  const recovery = ed25519KeyPair(random.bytes(SEED_BYTES))
  const made = new Map([[FIRST_SETUP_VERSION, await opaque.createSetup()]])
  // Before the store knows of the pool: a crash in between makes another key next time, of a pool nobody has seen.
  await keepRecoverySeed(recovery.seed)
  recovery.seed.fill(0)
  const operations: Operation[] = [
    { type: 'put', key: SERVER_SEED, value: seed },
    { type: 'put', key: RECOVERY_KEY, value: recovery.publicKey },
    ...PoolSetups.operations(made)
  ]
  await store.batch(operations, { sync: true })
  return { seed, recoveryPublicKey: recovery.publicKey, setups: await PoolSetups.load(store) }
}

/** The pool this server is in; undefined before it has made or joined one. */
export async function loadMembership (store: KeyValueStore): Promise<Membership | undefined> {
  const chain = await store.get(ROSTER)
  const poolId = await store.get(POOL_ID)
  return chain === undefined || poolId === undefined ? undefined : { poolId: toString(poolId), chain }
}

/** Makes a pool of this one server. */
export async function foundPool (store: KeyValueStore, identity: ServerIdentity, pool: { addresses: string[], name: string, clock: Clock }): Promise<Membership> {
  if (identity.recoveryPublicKey === undefined) throw new P2pChatError('ERR_INTERNAL', 'A server that joins a pool founds none.')
  const { chain, poolId } = createFirstRoster({
    serverSeed: identity.seed,
    recoveryPublicKey: identity.recoveryPublicKey,
    addresses: pool.addresses,
    opaqueSetupVersion: identity.setups.currentVersion,
    name: pool.name,
    nowMs: pool.clock.now()
  })
  await store.batch(membership({ poolId, chain }), { sync: true })
  return { poolId, chain }
}

/** Keeps all that a server was given that joined, and `also`, in one synced batch. */
export async function saveJoined (store: KeyValueStore, identity: ServerIdentity, { history, opaqueSetups }: { history: RosterHistory, opaqueSetups: ReadonlyMap<number, Uint8Array> }, also: readonly Operation[]): Promise<Membership> {
  const { poolId, chain, newest } = history
  await store.batch([
    ...membership({ poolId, chain }),
    { type: 'put', key: RECOVERY_KEY, value: newest.recoveryKey },
    ...PoolSetups.operations(opaqueSetups),
    ...also
  ], { sync: true })
  identity.setups.took(opaqueSetups)
  return { poolId, chain }
}

/** Keeps a newer chain of rosters. */
export async function saveChain (store: KeyValueStore, chain: Uint8Array): Promise<void> {
  await store.batch([{ type: 'put', key: ROSTER, value: chain }], { sync: true })
}

function membership ({ poolId, chain }: Membership): Operation[] {
  return [
    { type: 'put', key: ROSTER, value: chain },
    { type: 'put', key: POOL_ID, value: fromString(poolId) }
  ]
}
