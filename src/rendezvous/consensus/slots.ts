/**
 * Slots on the disk. A register's value lies where one server alone keeps it (registers/store-registers.ts), with its
 * ballots beside it, so that a pool of one grows without rewriting anything: a value without ballots was accepted under
 * the lowest.
 */
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { keyOf, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import type { Register } from '../registers/index.js'
import { EMPTY_SLOT, type Accepted, type Slot } from './acceptor.js'
import { LOWEST_BALLOT, type Ballot } from './ballot.js'

export type Space = 'registers' | 'rosters'

const TABLES = {
  registers: { value: 'register', ballots: 'ballot' },
  rosters: { value: 'roster-proposal', ballots: 'roster-ballot' }
} as const
const NUMBER_BYTES = 8
const PROPOSER_BYTES = 16
const BALLOT_BYTES = NUMBER_BYTES + PROPOSER_BYTES
const NO_PROPOSER = new Uint8Array(PROPOSER_BYTES)

/** What was promised and accepted of a name. */
export async function readSlot (store: KeyValueStore, space: Space, name: string): Promise<Slot> {
  const tables = TABLES[space]
  return slotOf(await store.get(keyOf(tables.value, name)), await store.get(keyOf(tables.ballots, name)))
}

/** What brings the disk from one slot to the next. */
export function writeSlot (space: Space, name: string, before: Slot, after: Slot): Operation[] {
  const tables = TABLES[space]
  const operations: Operation[] = [{ type: 'put', key: keyOf(tables.ballots, name), value: encodeBallots(after) }]
  if (after.accepted !== undefined && after.accepted !== before.accepted) {
    operations.push({ type: 'put', key: keyOf(tables.value, name), value: encodeRegister(after.accepted.register) })
  }
  return operations
}

/** Registers with an accepted value behind `after`, in the order of their names. */
export async function * listAccepted (store: KeyValueStore, prefix: string, after: string): AsyncGenerator<{ name: string, accepted: Accepted }> {
  const { value: table, ballots } = TABLES.registers
  for await (const [key, stored] of store.range(namesBehind(table, after < prefix ? prefix : after, after < prefix))) {
    const name = partsOf(key)[1] ?? ''
    if (!name.startsWith(prefix)) return
    const { accepted } = slotOf(stored, await store.get(keyOf(ballots, name)))
    if (accepted !== undefined) yield { name, accepted }
  }
}

/** Names of registers of which anything was promised or accepted, behind `after`, in order. */
export async function listTouched (store: KeyValueStore, after: string, limit: number): Promise<string[]> {
  const names = new Set<string>()
  for (const table of Object.values(TABLES.registers)) {
    for await (const [key] of store.range({ ...namesBehind(table, after, after === ''), limit, keysOnly: true })) names.add(partsOf(key)[1] ?? '')
  }
  return [...names].sort(compareNames).slice(0, limit)
}

/**
 * The ballots of registers behind `after`, in the order of their names. A value without ballots is left out: it is of a
 * pool of one, in which nobody misses anything, and gets ballots when others come to vote.
 */
export async function listBallots (store: KeyValueStore, after: string, limit: number): Promise<Array<{ name: string, accepted: Ballot | undefined }>> {
  const listed: Array<{ name: string, accepted: Ballot | undefined }> = []
  for await (const [key, stored] of store.range({ ...namesBehind(TABLES.registers.ballots, after, after === ''), limit })) {
    listed.push({ name: partsOf(key)[1] ?? '', accepted: decodeBallots(stored).accepted })
  }
  return listed
}

/** The order of keys, which is that of ASCII. */
export function compareNames (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function namesBehind (table: string, name: string, including: boolean): { gte: string, lt: string } {
  const all = rangeUnder(table)
  // No character of a name sorts below the space, so this is the first key behind it.
  return { ...all, gte: including ? all.gte + name : `${all.gte}${name} ` }
}

function slotOf (stored: Uint8Array | undefined, ballots: Uint8Array | undefined): Slot {
  if (ballots === undefined) {
    if (stored === undefined) return EMPTY_SLOT
    return { promised: LOWEST_BALLOT, accepted: { ballot: LOWEST_BALLOT, register: decodeRegister(stored) } }
  }
  const { promised, accepted } = decodeBallots(ballots)
  if (accepted === undefined) return { promised, accepted: undefined }
  if (stored === undefined) throw damaged()
  return { promised, accepted: { ballot: accepted, register: decodeRegister(stored) } }
}

function decodeBallots (ballots: Uint8Array): { promised: Ballot, accepted: Ballot | undefined } {
  if (ballots.byteLength !== BALLOT_BYTES && ballots.byteLength !== 2 * BALLOT_BYTES) throw damaged()
  return { promised: decodeBallot(ballots, 0), accepted: ballots.byteLength === BALLOT_BYTES ? undefined : decodeBallot(ballots, BALLOT_BYTES) }
}

function encodeBallots ({ promised, accepted }: Slot): Uint8Array {
  return concat(accepted === undefined ? [encodeBallot(promised)] : [encodeBallot(promised), encodeBallot(accepted.ballot)])
}

function encodeBallot ({ counter, proposer }: Ballot): Uint8Array {
  return concat([number(counter), proposer === '' ? NO_PROPOSER : fromString(proposer, 'base16')], BALLOT_BYTES)
}

function decodeBallot (bytes: Uint8Array, at: number): Ballot {
  const proposer = bytes.subarray(at + NUMBER_BYTES, at + BALLOT_BYTES)
  return { counter: readNumber(bytes, at), proposer: equals(proposer, NO_PROPOSER) ? '' : toString(proposer, 'base16') }
}

function encodeRegister ({ version, value }: Register): Uint8Array {
  return concat([number(version), value])
}

function decodeRegister (stored: Uint8Array): Register {
  if (stored.byteLength < NUMBER_BYTES) throw damaged()
  return { version: readNumber(stored, 0), value: stored.slice(NUMBER_BYTES) }
}

function number (value: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function readNumber (bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at))
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a register cannot be read. Restore a backup.')
}
