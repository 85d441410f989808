/** Secrets that came before the log said what they are for: some of each device, for a day. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { epochCommitment } from '../../../crypto/group/index.js'
import { parseOrderedInteger } from '../../../store/keys.js'
import { fromHex } from '../../home/hex.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { candidateTtlMs, maxCandidatesPerDevice, maxUnknownCandidates, maxUnknownPerDevice } from './limits.js'
import { wasDeviceAt } from './stays.js'
import { candidateTable, groupTable, type CandidateRow, type MissingRow } from './tables.js'

/** A secret as it came from a device, or was made here. */
export interface GivenSecret {
  username: string
  /** in hex */
  device: string
  secret: Uint8Array
  /** of the entry that it follows from; undefined: a fresh one */
  entryHash: Uint8Array | undefined
}

/** The one that an epoch has waited for, taken out, and who gave it. */
export async function takeCandidate (tx: Transaction, id: string, missing: MissingRow): Promise<{ secret: Uint8Array, by: string } | undefined> {
  for (const { key: [, device = '', number = ''], value } of await candidateTable.list(tx, [id])) {
    const given: GivenSecret = { username: value.username, device, secret: value.secret, entryHash: value.entryHash }
    const isMember = await wasDeviceAt(tx, id, missing.sequence, { username: value.username, deviceKey: fromHex(device) })
    if (!fitting(given, isMember)(missing)) continue
    candidateTable.delete(tx, id, device, parseOrderedInteger(number))
    return { secret: value.secret, by: value.username }
  }
  return undefined
}

export async function keepCandidate (tx: Transaction, id: string, { username, device, secret, entryHash }: GivenSecret, atMs: number): Promise<void> {
  const kept = await candidateTable.list(tx, [id, device])
  if (kept.some(({ value }) => constantTimeEqual(value.secret, secret))) return
  for (const { key } of kept.slice(0, Math.max(0, kept.length + 1 - maxCandidatesPerDevice))) candidateTable.delete(tx, id, device, parseOrderedInteger(key[2] ?? ''))
  if (await groupTable.get(tx, id) === undefined) await makeRoom(tx, device)
  const number = parseOrderedInteger(kept.at(-1)?.key[2] ?? '00000000000000') + 1
  const row: CandidateRow = { username, secret, atMs, ...(entryHash === undefined ? {} : { entryHash }) }
  candidateTable.put(tx, row, id, device, number)
}

/** Which devices have given a fresh secret since then that no entry has spoken of yet. */
export async function freshGivers (reader: Reader, id: string, sinceMs: number): Promise<Array<Pick<GivenSecret, 'username' | 'device'>>> {
  const rows = await candidateTable.list(reader, [id])
  return rows.filter(({ value }) => value.entryHash === undefined && value.atMs >= sinceMs).map(({ key: [, device = ''], value: { username } }) => ({ username, device }))
}

/** For one more of a group that is not known here: anybody can send such, so that there are only so many, and the oldest go. */
async function makeRoom (tx: Transaction, device: string): Promise<void> {
  const known = new Set((await groupTable.keys(tx, [])).map(([id]) => id))
  const unknown = (await candidateTable.list(tx, [])).filter(({ key: [id] }) => !known.has(id)).sort((a, b) => a.value.atMs - b.value.atMs)
  const own = unknown.filter(({ key: [, giver] }) => giver === device)
  const ownTooMany = Math.max(0, own.length + 1 - maxUnknownPerDevice)
  const tooMany = Math.max(0, unknown.length + 1 - maxUnknownCandidates)
  for (const { key: [id = '', giver = '', number = ''] } of ownTooMany > 0 ? own.slice(0, ownTooMany) : unknown.slice(0, tooMany)) {
    candidateTable.delete(tx, id, giver, parseOrderedInteger(number))
  }
}

/** Deletes those that never counted, of groups that are known here and of others. */
export async function sweepCandidates (tx: Transaction, steadyMs: number): Promise<void> {
  for (const { key: [id = '', device = '', number = ''], value } of await candidateTable.list(tx, [])) {
    if (steadyMs - value.atMs > candidateTtlMs) candidateTable.delete(tx, id, device, parseOrderedInteger(number))
  }
}

export async function wipeCandidates (tx: Transaction, id: string): Promise<void> {
  for (const [, device = '', number = ''] of await candidateTable.keys(tx, [id])) candidateTable.delete(tx, id, device, parseOrderedInteger(number))
}

/** For which epochs a secret is: a fresh one is known by its commitment; one that follows is taken on a member's word for the entry that it names. */
export function fitting ({ secret, entryHash }: GivenSecret, isMember: boolean): (missing: MissingRow) => boolean {
  if (entryHash !== undefined) return (missing) => isMember && missing.commitment === undefined && constantTimeEqual(entryHash, missing.entryHash)
  let commitment: Uint8Array | undefined
  return (missing) => {
    if (missing.commitment === undefined) return false
    commitment ??= epochCommitment(secret)
    return constantTimeEqual(commitment, missing.commitment)
  }
}
